// Package iampolicy builds IAM policy documents whose JSON is sorted and stable, so that a plan
// shows a change of rights only where rights change.
package iampolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Version is the policy language that every document names.
const Version = "2012-10-17"

// Statement is one Allow statement. Action and Resource need no order; Condition is
// operator → condition key → values.
type Statement struct {
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string
}

// Document returns the policy's JSON: normalised statements, sorted keys and values, no HTML
// escapes, no blanks. It is "" without statements, since IAM refuses an empty list.
func Document(statements []Statement) string {
	d := document{Version: Version}
	for _, s := range Normalize(statements) {
		d.Statement = append(d.Statement, statement{
			Action: s.Action, Resource: s.Resource, Condition: values(s.Condition), Effect: allow,
		})
	}
	if len(d.Statement) == 0 {
		return ""
	}
	return encode(d)
}

// Normalize returns statements that allow the same in one form: nothing twice, statements that
// differ only in their resources merged, then those that differ only in their actions, all sorted.
func Normalize(statements []Statement) []Statement {
	// Condition (as JSON) → action → its resources.
	resources := map[string]map[string]map[string]bool{}
	conditions := map[string]map[string]map[string][]string{}
	for _, s := range statements {
		condition := sortedCondition(s.Condition)
		key := encode(condition)
		conditions[key] = condition
		if resources[key] == nil {
			resources[key] = map[string]map[string]bool{}
		}
		for _, action := range s.Action {
			if resources[key][action] == nil {
				resources[key][action] = map[string]bool{}
			}
			for _, resource := range s.Resource {
				resources[key][action][resource] = true
			}
		}
	}
	var out []Statement
	for _, key := range slices.Sorted(maps.Keys(resources)) {
		out = append(out, mergeActions(resources[key], conditions[key])...)
	}
	slices.SortFunc(out, func(a, b Statement) int { return strings.Compare(encode(a), encode(b)) })
	return out
}

// Split returns statements that allow the same, each with one action and one resource.
func Split(statements []Statement) []Statement {
	var out []Statement
	for _, s := range Normalize(statements) {
		for _, action := range s.Action {
			for _, resource := range s.Resource {
				out = append(out, Statement{
					Action: []string{action}, Resource: []string{resource}, Condition: s.Condition,
				})
			}
		}
	}
	return out
}

func mergeActions(
	resources map[string]map[string]bool, condition map[string]map[string][]string,
) []Statement {
	merged := map[string]*Statement{}
	for _, action := range slices.Sorted(maps.Keys(resources)) {
		list := slices.Sorted(maps.Keys(resources[action]))
		if len(list) == 0 {
			continue
		}
		key := encode(list)
		if merged[key] == nil {
			merged[key] = &Statement{Resource: list, Condition: condition}
		}
		merged[key].Action = append(merged[key].Action, action)
	}
	var out []Statement
	for _, s := range merged {
		out = append(out, *s)
	}
	return out
}

func sortedCondition(c map[string]map[string][]string) map[string]map[string][]string {
	if len(c) == 0 {
		return nil
	}
	out := make(map[string]map[string][]string, len(c))
	for operator, keys := range c {
		out[operator] = make(map[string][]string, len(keys))
		for key, list := range keys {
			out[operator][key] = slices.Compact(slices.Sorted(slices.Values(list)))
		}
	}
	return out
}

// Parse reads a document of Allow statements as Document writes it, or as AWS and people spell the
// same: one value instead of a list, one statement instead of a list, a Sid. Its error says what
// this package cannot express, such as Deny, NotAction or a Principal.
func Parse(doc string) ([]Statement, error) {
	var d struct {
		Version   string
		ID        string `json:"Id"`
		Statement json.RawMessage
	}
	if err := strict(doc, &d); err != nil {
		return nil, fmt.Errorf("reading a policy document: %w", err)
	}
	if d.Version != Version {
		return nil, fmt.Errorf("reading a policy document: version %q, not %q", d.Version, Version)
	}
	list := []json.RawMessage{d.Statement}
	if bytes.HasPrefix(bytes.TrimSpace(d.Statement), []byte("[")) {
		if err := json.Unmarshal(d.Statement, &list); err != nil {
			return nil, fmt.Errorf("reading a policy document: %w", err)
		}
	}
	var out []Statement
	for i, raw := range list {
		var s statement
		if err := strict(string(raw), &s); err != nil {
			return nil, fmt.Errorf("reading statement %d of a policy document: %w", i, err)
		}
		if s.Effect != allow {
			return nil, fmt.Errorf("reading statement %d of a policy document: effect %q", i, s.Effect)
		}
		out = append(out, Statement{
			Action: s.Action, Resource: s.Resource, Condition: s.Condition.plain(),
		})
	}
	return out, nil
}

// Equal tells whether two documents allow the same, however they are spelled. A document that Parse
// cannot read equals only itself.
func Equal(a, b string) bool {
	if a == b {
		return true
	}
	as, errA := Parse(a)
	bs, errB := Parse(b)
	return errA == nil && errB == nil && Document(as) == Document(bs)
}

const allow = "Allow"

// The members are in the order of their names, as Terraform's jsonencode has them.
type document struct {
	Statement []statement
	Version   string
}

type statement struct {
	Action    oneOrMore
	Condition conditions `json:",omitempty"`
	Effect    string
	Resource  oneOrMore
	Sid       string `json:",omitempty"`
}

type conditions map[string]map[string]oneOrMore

func values(c map[string]map[string][]string) conditions {
	if len(c) == 0 {
		return nil
	}
	out := conditions{}
	for operator, keys := range c {
		out[operator] = map[string]oneOrMore{}
		for key, list := range keys {
			out[operator][key] = list
		}
	}
	return out
}

func (c conditions) plain() map[string]map[string][]string {
	out := map[string]map[string][]string{}
	for operator, keys := range c {
		out[operator] = map[string][]string{}
		for key, list := range keys {
			out[operator][key] = list
		}
	}
	return out
}

// oneOrMore is a list that may be written as its only value.
type oneOrMore []string

func (v *oneOrMore) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte("[")) {
		return json.Unmarshal(raw, (*[]string)(v))
	}
	var one string
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	*v = oneOrMore{one}
	return nil
}

func strict(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errors.New("text after the JSON document")
	}
	return nil
}

// encode writes JSON as IAM wants to compare it: & < > stay as they are, map keys sorted.
func encode(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings, lists and maps of strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}
