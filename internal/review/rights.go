package review

import (
	"maps"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

// newRights are what only the policy after allows, sorted: an action that is new stands alone, one that
// was allowed elsewhere already with its resource and condition in brackets. A resource that is new
// widens nothing: its rights come with it. A policy that cannot be read says nothing.
func newRights(before, after planjson.Text) []string {
	if before.State != planjson.IsKnown || after.State != planjson.IsKnown {
		return nil
	}
	had, errBefore := rightsOf(before.Value)
	has, errAfter := rightsOf(after.Value)
	if errBefore != nil || errAfter != nil {
		return nil
	}
	out := map[string]bool{}
	for _, right := range has {
		if slices.ContainsFunc(had, func(h iampolicy.Statement) bool { return covers(h, right) }) {
			continue
		}
		known := slices.ContainsFunc(had, func(h iampolicy.Statement) bool {
			return matches(strings.ToLower(h.Action[0]), strings.ToLower(right.Action[0]))
		})
		out[rightInWords(right, known)] = true
	}
	return slices.Sorted(maps.Keys(out))
}

// rightsOf are a policy's statements, each with one action and one resource; none of a policy that is "".
func rightsOf(policy string) ([]iampolicy.Statement, error) {
	if policy == "" {
		return nil, nil
	}
	statements, err := iampolicy.Parse(policy)
	return iampolicy.Split(statements), err
}

// covers tells whether a allows all that b does. Actions know no case (IAM, "Action").
func covers(a, b iampolicy.Statement) bool {
	// Of many rights mostly the resources differ.
	return matches(a.Resource[0], b.Resource[0]) &&
		matches(strings.ToLower(a.Action[0]), strings.ToLower(b.Action[0])) &&
		(len(a.Condition) == 0 || sameCondition(a.Condition, b.Condition))
}

func sameCondition(a, b map[string]map[string][]string) bool {
	return maps.EqualFunc(a, b, func(a, b map[string][]string) bool { return maps.EqualFunc(a, b, slices.Equal) })
}

// matches tells whether a pattern of IAM stands for all that text does, which may be a pattern itself:
// * is any letters, ? is one.
func matches(pattern, text string) bool {
	// star is where the last * of the pattern is, and from where in text it has been tried.
	p, t, star, from := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && (pattern[p] == text[t] || pattern[p] == '?' && text[t] != '*'):
			p, t = p+1, t+1
		case star >= 0:
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// rightInWords is a right as a reader needs it.
func rightInWords(right iampolicy.Statement, withResource bool) string {
	if !withResource {
		return right.Action[0]
	}
	parts := []string{right.Resource[0]}
	for _, operator := range slices.Sorted(maps.Keys(right.Condition)) {
		keys := right.Condition[operator]
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			parts = append(parts, key+"="+strings.Join(keys[key], "|"))
		}
	}
	return right.Action[0] + " (" + strings.Join(parts, ", ") + ")"
}
