package runnerstack

import (
	"encoding/json"
	"fmt"
	"strings"
)

// loose is a policy document as others may have written it: one value or a list.
type loose struct{ Statement list[looseStatement] }

type looseStatement struct {
	Effect                string
	Principal             json.RawMessage
	Action, NotAction     list[string]
	Resource, NotResource list[string]
	Condition             map[string]map[string]list[string]
}

type list[T any] []T

func (l *list[T]) UnmarshalJSON(text []byte) error {
	var one T
	if json.Unmarshal(text, &one) == nil {
		*l = list[T]{one}
		return nil
	}
	var all []T
	err := json.Unmarshal(text, &all)
	*l = all
	return err
}

// inWords says what a policy document allows. Quotes are left out: a plan would escape them.
func inWords(document string) string {
	var doc loose
	if json.Unmarshal([]byte(document), &doc) != nil {
		return "unreadable"
	}
	var statements []string
	for _, s := range doc.Statement {
		statements = append(statements, s.inWords())
	}
	if len(statements) == 0 {
		return "empty"
	}
	return strings.Join(statements, "; ")
}

func (s looseStatement) inWords() string {
	words := []string{strings.ToLower(s.Effect)}
	if len(s.Principal) > 0 {
		words = append(words, strings.Trim(strings.ReplaceAll(string(s.Principal), `"`, ""), "{}"))
	}
	for _, part := range []struct {
		before string
		values []string
	}{
		{"", s.Action}, {"all but ", s.NotAction}, {"on ", s.Resource}, {"on all but ", s.NotResource},
	} {
		if len(part.values) > 0 {
			words = append(words, part.before+strings.Join(part.values, ", "))
		}
	}
	for _, operator := range sortedKeys(s.Condition) {
		for _, key := range sortedKeys(s.Condition[operator]) {
			words = append(words, fmt.Sprintf("if %s %s %s", key, operator,
				strings.Join(s.Condition[operator][key], ", ")))
		}
	}
	return strings.Join(words, " ")
}
