package enforcement_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// condition is one key of a statement's conditions.
type condition struct {
	statement     iampolicy.Statement
	operator, key string
}

// conditions are those of a statement.
func conditions(statement iampolicy.Statement) []condition {
	var all []condition
	for operator, keys := range statement.Condition {
		for key := range keys {
			all = append(all, condition{statement, operator, key})
		}
	}
	return all
}

// checkConditions checks that each condition key of each statement matters to each of its actions: a
// request that was seen is denied when the key has another value, or none, and allowed when the
// statement has no such condition. It returns what was checked, as "ACTION if KEY is VALUES", sorted.
func (s stage) checkConditions(
	t *testing.T, statements []iampolicy.Statement, seen []fakeaws.Verdict,
) (checked []string) {
	t.Helper()
	policy := iampolicy.Document(statements)
	for i, statement := range statements {
		for _, c := range conditions(statement) {
			relaxed := slices.Clone(statements)
			relaxed[i] = c.removed()
			for _, action := range statement.Action {
				checked = append(checked, action+" if "+c.key+" is "+strings.Join(statement.Condition[c.operator][c.key], " "))
				v, ok := s.underCondition(c, action, seen)
				if !ok {
					t.Errorf("%s: no request meets the condition on %s", action, c.key)
					continue
				}
				for _, request := range c.spoilt(v) {
					value := request.Context[c.key]
					if s.Allows(request, policy) {
						t.Errorf("%s with %s = %q is allowed", action, c.key, value)
					}
					if !s.Allows(request, iampolicy.Document(relaxed)) {
						t.Errorf("%s with %s = %q is denied without the condition too", action, c.key, value)
					}
				}
			}
		}
	}
	slices.Sort(checked)
	return slices.Compact(checked)
}

// removed is the statement without the condition.
func (c condition) removed() iampolicy.Statement {
	rest := c.statement
	rest.Condition = maps.Clone(rest.Condition)
	keys := maps.Clone(rest.Condition[c.operator])
	delete(keys, c.key)
	rest.Condition[c.operator] = keys
	if len(keys) == 0 {
		delete(rest.Condition, c.operator)
	}
	return rest
}

// underCondition finds a request that the statement alone allows and that brings the condition's key.
func (s stage) underCondition(c condition, action string, seen []fakeaws.Verdict) (fakeaws.Verdict, bool) {
	alone := iampolicy.Document([]iampolicy.Statement{c.statement})
	i := slices.IndexFunc(seen, func(v fakeaws.Verdict) bool {
		return v.Action == action && len(v.Context[c.key]) > 0 && s.Allows(v, alone)
	})
	if i < 0 {
		return fakeaws.Verdict{}, false
	}
	return seen[i], true
}

// spoilt are the request with another value of the condition's key, and without the key; a condition
// on all values holds where there are none.
func (c condition) spoilt(v fakeaws.Verdict) []fakeaws.Verdict {
	value := v.Context[c.key][0]
	switch {
	case c.operator == "Bool":
		value = map[string]string{"true": "false", "false": "true"}[value]
	case strings.HasPrefix(value, "arn:"):
		value += "-other"
	default:
		value = "other-" + value
	}
	another, none := v, v
	another.Context, none.Context = maps.Clone(v.Context), maps.Clone(v.Context)
	another.Context[c.key] = []string{value}
	delete(none.Context, c.key)
	if strings.HasPrefix(c.operator, "ForAllValues:") {
		return []fakeaws.Verdict{another}
	}
	return []fakeaws.Verdict{another, none}
}

func TestVerbs_conditionsMatter(t *testing.T) {
	t.Parallel()
	eachTrial(t, func(t *testing.T, x trial) {
		statements := x.statements(t)
		if strings.Contains(x.args, "--wait") || !slices.ContainsFunc(statements, func(s iampolicy.Statement) bool {
			return len(s.Condition) > 0
		}) {
			return
		}
		arms := []func(*fakeaws.AWS){func(*fakeaws.AWS) {}}
		for _, p := range paths {
			if p.verb == x.service+" "+x.verb {
				arms = append(arms, p.arm)
			}
		}
		var all []fakeaws.Verdict
		for _, arm := range arms {
			s := x.prepare(t)
			arm(s.AWS)
			seen := s.record()
			s.run(t, s.as(statements), x.command())
			all = append(all, seen()...)
		}
		checked := newStage(t).checkConditions(t, statements, all)
		for _, action := range actionsOf(statements) {
			for _, want := range shared[action].conditions {
				if !slices.Contains(checked, action+" if "+want) {
					t.Errorf("%s lacks the condition that %s: %q", action, want, checked)
				}
			}
		}
	})
}

// The same goes for the deployer: a role is passed to its own service alone, and stays under the boundary.
func TestDeployer_conditionsMatter(t *testing.T) {
	t.Parallel()
	checked := newStage(t).checkConditions(t, deployment.Statements(), ofAllActs(t))
	want := []string{
		"iam:CreateRole if iam:PermissionsBoundary is " + boundary,
		"iam:DeleteRole if iam:PermissionsBoundary is " + boundary,
		"iam:DeleteRolePolicy if iam:PermissionsBoundary is " + boundary,
		"iam:PassRole if iam:PassedToService is lambda.amazonaws.com",
		"iam:PassRole if iam:PassedToService is scheduler.amazonaws.com",
		"iam:PutRolePermissionsBoundary if iam:PermissionsBoundary is " + boundary,
		"iam:PutRolePolicy if iam:PermissionsBoundary is " + boundary,
		"iam:UpdateAssumeRolePolicy if iam:PermissionsBoundary is " + boundary,
	}
	if !slices.Equal(checked, want) {
		t.Errorf("got  %q\nwant %q", checked, want)
	}
}

// Who holds by hand writes holds, and no other tag.
func TestByHand_conditionsMatter(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Scheduler().PutGroup("web", nil)
	var statements []iampolicy.Statement
	for _, g := range deployment.Holding() {
		statements = append(statements, g.Statement)
	}
	seen := s.record()
	client := scheduler.NewFromConfig(s.ConfigOf(s.UserKey(iampolicy.Document(statements))))
	group, key := aws.String("arn:aws:scheduler:us-east-1:123456789012:schedule-group/web"), hold.TagKey
	_, err := client.TagResource(t.Context(), &scheduler.TagResourceInput{
		ResourceArn: group, Tags: []schedulertypes.Tag{{Key: &key, Value: aws.String("x")}},
	})
	noError(t, err)
	_, err = client.UntagResource(t.Context(), &scheduler.UntagResourceInput{ResourceArn: group, TagKeys: []string{key}})
	noError(t, err)
	want := []string{
		"scheduler:TagResource if aws:TagKeys is savings:hold*", "scheduler:UntagResource if aws:TagKeys is savings:hold*",
	}
	if checked := s.checkConditions(t, statements, seen()); !slices.Equal(checked, want) {
		t.Errorf("got  %q\nwant %q", checked, want)
	}
}

// A runner's two roles get no condition, since each of their actions is on one resource; a condition
// needs a request here that meets it.
func TestRoles_conditionsMatter(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.IAM().PutManagedPolicy(boundary, iampolicy.Document(deployer.Boundary()))
	aRepository(t, s)
	if _, err := s.keeper(s.Config()).Create(t.Context(), withImage(t, "one")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tools-us-east-1", "tools-us-east-1-scheduler"} {
		role, ok := s.IAM().Role(name)
		if !ok || len(role.Policies) == 0 {
			t.Fatalf("role %s: %v", name, role)
		}
		for _, document := range role.Policies {
			statements, err := iampolicy.Parse(document)
			noError(t, err)
			s.checkConditions(t, statements, nil)
		}
	}
}
