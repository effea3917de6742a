// Package judge decides as IAM does whether identity-based policies allow a request (IAM User
// Guide, "Policy evaluation logic"). It knows what policies of ours need, and reports what it does
// not know instead of passing over it: a policy that nobody understood proves nothing.
package judge

import (
	"fmt"
	"slices"
	"strings"
)

// Request is one action on one resource.
type Request struct {
	// Action is "rds:StopDBCluster". Resource is an ARN, or "*" where AWS knows no resource for it.
	Action, Resource string
	// Context has the values of condition keys; one that is missing is absent from the request.
	Context Context
	// Keys are the condition keys that AWS documents for the action on this kind of resource. One
	// that ends in "/" stands for all that begin with it: "aws:ResourceTag/".
	Keys []string
}

// Context is what the condition keys of a request hold.
type Context map[string][]string

// Decision is the outcome of an evaluation.
type Decision int

// Decisions: what no statement allows is denied, and a Deny wins over every Allow.
const (
	ImplicitDeny Decision = iota
	ExplicitDeny
	Allowed
)

// Evaluate judges a request by all policies of an identity together. The doubts are what could not
// be judged; such a statement counts as one that does not match.
func Evaluate(policies []Policy, r Request) (decision Decision, doubts []string) {
	for _, p := range policies {
		for _, s := range p.Statement {
			if !s.concerns(r) {
				continue
			}
			holds, found := s.conditions(r)
			doubts = append(doubts, found...)
			switch {
			case len(found) > 0 || !holds:
			case s.Effect == "Deny":
				decision = ExplicitDeny
			case decision == ImplicitDeny:
				decision = Allowed
			}
		}
	}
	return decision, doubts
}

// concerns tells whether a statement names the action and the resource.
func (s Statement) concerns(r Request) bool {
	return slices.ContainsFunc(s.Action, func(a string) bool { return MatchAction(a, r.Action) }) &&
		slices.ContainsFunc(s.Resource, func(p string) bool { return matchResource(p, r.Resource) })
}

// MatchAction tells whether an Action element names an action; case does not matter (IAM User
// Guide, "IAM JSON policy elements: Action").
func MatchAction(pattern, action string) bool {
	return Like(strings.ToLower(pattern), strings.ToLower(action))
}

// matchResource compares ARNs part by part, so that a wildcard stays within its own (IAM User
// Guide, "IAM JSON policy elements: Resource").
func matchResource(pattern, resource string) bool {
	return pattern == "*" || likeARN(pattern, resource)
}

// likeARN compares the six parts of two ARNs; the last one may hold colons.
func likeARN(pattern, arn string) bool {
	const parts = 6
	want, got := strings.SplitN(pattern, ":", parts), strings.SplitN(arn, ":", parts)
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !Like(want[i], got[i]) {
			return false
		}
	}
	return true
}

// Like tells whether a pattern stands for a text: * for any characters, ? for one.
func Like(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// conditions tells whether all conditions of the statement hold.
func (s Statement) conditions(r Request) (holds bool, doubts []string) {
	holds = true
	for operator, keys := range s.Condition {
		test, err := parseOperator(operator)
		if err != nil {
			doubts = append(doubts, err.Error())
			continue
		}
		for key, wanted := range keys {
			if !r.knows(key) {
				doubts = append(doubts, fmt.Sprintf("%s has no condition key %s", r.Action, key))
				continue
			}
			if i := slices.IndexFunc(wanted, hasVariable); i >= 0 {
				doubts = append(doubts, fmt.Sprintf("the policy variable in %q", wanted[i]))
				continue
			}
			got, present := r.value(key)
			ok, err := test.holds(got, present, wanted)
			if err != nil {
				doubts = append(doubts, fmt.Sprintf("%s of %s: %v", operator, key, err))
			}
			holds = holds && ok
		}
	}
	slices.Sort(doubts)
	return holds, doubts
}

func hasVariable(value string) bool { return strings.Contains(value, "${") }

// knows tells whether AWS documents the condition key for this request. Names of keys ignore case,
// those of tags within them too (IAM User Guide, "IAM JSON policy elements: Condition").
func (r Request) knows(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc(r.Keys, func(k string) bool {
		k = strings.ToLower(k)
		return key == k || strings.HasSuffix(k, "/") && strings.HasPrefix(key, k)
	})
}

func (r Request) value(key string) (values []string, present bool) {
	for k, values := range r.Context {
		if strings.EqualFold(k, key) {
			return values, true
		}
	}
	return nil, false
}
