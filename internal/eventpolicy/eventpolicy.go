// Package eventpolicy derives from the commands of events what the runner's role needs to run them:
// policy_json of savings_schedule, the function events_policy and `savings policy` are one document.
package eventpolicy

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// readHolds is the IAM action with which the runner reads the holds of a group (see package hold).
const readHolds = "scheduler:ListTagsForResource"

// Document returns the IAM policy document of the calls, "" without any. The events' own schedule
// group may be held; group is "" where they are in a shared one, which cannot.
func Document(calls []*command.Call, scope command.Scope, group string) string {
	return iampolicy.Document(statements(calls, scope, group))
}

// Actions returns the IAM actions that the calls need, sorted.
func Actions(calls []*command.Call, group string) []string {
	var actions []string
	for _, s := range statements(calls, command.Scope{}, group) {
		actions = append(actions, s.Action...)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

func statements(calls []*command.Call, scope command.Scope, group string) []iampolicy.Statement {
	var all []iampolicy.Statement
	for _, call := range calls {
		all = append(all, call.Statements(scope)...)
	}
	if len(all) == 0 || group == "" {
		return all
	}
	resource := arn.ARN{
		Partition: scope.Partition, Service: "scheduler", Region: scope.Region,
		AccountID: scope.Account, Resource: "schedule-group/" + group,
	}
	return append(all, iampolicy.Statement{Action: []string{readHolds}, Resource: []string{resource.String()}})
}

// Unlimited returns the actions that change something and that the document allows on everything: on
// every resource of an account, with no condition. They are sorted; nil for a document that cannot be
// read.
func Unlimited(document string) []string {
	statements, err := iampolicy.Parse(document)
	if err != nil {
		return nil
	}
	var actions []string
	for _, s := range iampolicy.Split(statements) {
		if len(s.Condition) == 0 && everything(s.Resource[0]) && !reads(s.Action[0]) {
			actions = append(actions, s.Action[0])
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// everything tells whether a resource is all of its kind: "*", or an ARN whose every part behind the
// type is "*".
func everything(resource string) bool {
	if resource == "*" {
		return true
	}
	const arnParts = 6
	parts := strings.SplitN(resource, ":", arnParts)
	if len(parts) < arnParts {
		return false
	}
	_, name, _ := strings.Cut(strings.ReplaceAll(parts[arnParts-1], ":", "/"), "/")
	return name != "" && strings.Trim(name, "*/") == ""
}

// reads tells whether an action only reads, by the words with which AWS begins the names of those.
func reads(action string) bool {
	_, name, _ := strings.Cut(action, ":")
	return slices.ContainsFunc([]string{"Describe", "Get", "List"}, func(word string) bool {
		return strings.HasPrefix(name, word)
	})
}
