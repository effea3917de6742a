package fakeaws

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
)

// oneOrMore is a list whose JSON may be its only element, as policy documents have them.
type oneOrMore[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*l = oneOrMore[T]{one}
	return nil
}

type trustPolicy struct {
	Statement oneOrMore[trustStatement]
}

type trustStatement struct {
	Effect    string
	Action    oneOrMore[string]
	Principal struct{ Service oneOrMore[string] }
	// Condition is operator → condition key → values.
	Condition map[string]map[string]oneOrMore[string]
}

// assumable tells whether a service may assume a role when it acts for the resource sourceARN. It
// counts the refusals that new roles start with.
func (i *IAM) assumable(roleARN, service, sourceARN string) bool {
	if i.unchecked {
		return true
	}
	role := i.roles[strings.ToLower(roleARN[strings.LastIndex(roleARN, "/")+1:])]
	if role == nil || role.ARN != roleARN {
		return false
	}
	var policy trustPolicy
	if err := json.Unmarshal([]byte(role.Trust), &policy); err != nil {
		return false
	}
	context := map[string]string{
		"aws:sourceaccount": i.aws.account,
		"aws:sourcearn":     sourceARN,
	}
	if !slices.ContainsFunc(policy.Statement, func(s trustStatement) bool {
		return s.allows(service, context)
	}) {
		return false
	}
	if i.aws.now().Before(role.trustedAt) {
		return false
	}
	if role.refused == nil {
		role.refused = map[string]int{}
	}
	role.refused[service]++
	return role.refused[service] > role.refusals
}

func (s trustStatement) allows(service string, context map[string]string) bool {
	if s.Effect != "Allow" || !slices.Contains(s.Action, "sts:AssumeRole") ||
		!slices.Contains(s.Principal.Service, service) {
		return false
	}
	for operator, keys := range s.Condition {
		for key, wanted := range keys {
			value := context[strings.ToLower(key)]
			if !slices.ContainsFunc(wanted, func(w string) bool { return holds(operator, value, w) }) {
				return false
			}
		}
	}
	return true
}

// holds evaluates the condition operators that trust policies of services use. Wildcards work with
// the Like operators and with both ARN operators only (IAM User Guide, "Condition operators").
func holds(operator, value, wanted string) bool {
	switch operator {
	case "StringEquals":
		return value == wanted
	case "StringLike", "ArnLike", "ArnEquals":
		pattern := regexp.QuoteMeta(wanted)
		pattern = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(pattern)
		return regexp.MustCompile("^" + pattern + "$").MatchString(value)
	}
	return false
}

// newTrust starts the time that a role's trust policy needs to spread.
func (i *IAM) newTrust(role *Role, document string) {
	role.Trust = document
	role.trustedAt = time.Time{}
	if i.trustDelay > 0 {
		role.trustedAt = i.aws.now().Add(i.trustDelay)
	}
}

// grants tells whether an inline policy of the role allows an action on a resource by their names.
func (i *IAM) grants(roleARN, action, resource string) bool {
	role := i.roles[strings.ToLower(roleARN[strings.LastIndex(roleARN, "/")+1:])]
	if role == nil {
		return false
	}
	for _, document := range role.Policies {
		var policy struct {
			Statement oneOrMore[struct {
				Effect           string
				Action, Resource oneOrMore[string]
			}]
		}
		if err := json.Unmarshal([]byte(document), &policy); err != nil {
			continue
		}
		for _, s := range policy.Statement {
			if s.Effect == "Allow" && slices.Contains(s.Action, action) && slices.Contains(s.Resource, resource) {
				return true
			}
		}
	}
	return false
}
