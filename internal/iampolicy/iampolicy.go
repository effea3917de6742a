// Package iampolicy builds IAM policy documents whose JSON is sorted and stable, so that a plan
// shows a change of rights only where rights change.
package iampolicy

// Statement is one Allow statement. Action and Resource need no order; Condition is
// operator → condition key → values.
type Statement struct {
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string
}
