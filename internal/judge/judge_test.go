package judge_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

const (
	cluster = "arn:aws:rds:us-east-1:123456789012:cluster:my-aurora"
	group   = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1-2:autoScalingGroupName/web"
)

func policy(t *testing.T, statements ...string) judge.Policy {
	t.Helper()
	p, err := judge.Parse(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEvaluate_actionsAndResources(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		effect, actions, resources string
		want                       judge.Decision
	}{
		{"Allow", "rds:StopDBCluster", cluster, judge.Allowed},
		{"Allow", "RDS:stopdbcluster", cluster, judge.Allowed},
		{"Allow", "rds:Stop*", "*", judge.Allowed},
		{"Allow", "rds:StopDBCluste?", "arn:aws:rds:*:123456789012:cluster:my-*", judge.Allowed},
		{"Allow", "*", "arn:aws:rds:us-east-1:123456789012:*", judge.Allowed},
		{"Allow", "rds:StartDBCluster", cluster, judge.ImplicitDeny},
		{"Allow", "rds:StopDBCluster", cluster + "-2", judge.ImplicitDeny},
		{"Allow", "rds:StopDBCluster", "arn:aws:rds:us-east-1:123456789012:cluster:My-Aurora", judge.ImplicitDeny},
		{"Allow", "rds:StopDBCluster", "arn:aws:rds:us-west-2:123456789012:cluster:my-aurora", judge.ImplicitDeny},
		{"Allow", "rds:StopDBCluster", "arn:aws:*:cluster:my-aurora", judge.ImplicitDeny},
		{"Allow", "rds:StopDBCluster", "arn:*", judge.ImplicitDeny},
		{"Deny", "rds:*", "*", judge.ExplicitDeny},
	} {
		p := policy(t, fmt.Sprintf(`{"Effect":%q,"Action":%q,"Resource":%q}`, tt.effect, tt.actions, tt.resources))
		got, doubts := judge.Evaluate([]judge.Policy{p}, judge.Request{Action: "rds:StopDBCluster", Resource: cluster})
		if got != tt.want || len(doubts) > 0 {
			t.Errorf("%s %s on %s: got %v, want %v; doubts %q", tt.effect, tt.actions, tt.resources, got, tt.want, doubts)
		}
	}
}

// A wildcard of the last part of an ARN goes over its colons.
func TestEvaluate_colonsOfTheLastPart(t *testing.T) {
	t.Parallel()
	p := policy(t, `{"Effect":"Allow","Action":"autoscaling:UpdateAutoScalingGroup","Resource":`+
		`"arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/web"}`)
	for resource, want := range map[string]judge.Decision{group: judge.Allowed, group + "2": judge.ImplicitDeny} {
		got, _ := judge.Evaluate([]judge.Policy{p},
			judge.Request{Action: "autoscaling:UpdateAutoScalingGroup", Resource: resource})
		if got != want {
			t.Errorf("%s: got %v, want %v", resource, got, want)
		}
	}
}

func TestEvaluate_denyWins(t *testing.T) {
	t.Parallel()
	allow := `{"Effect":"Allow","Action":"*","Resource":"*"}`
	deny := `{"Effect":"Deny","Action":"rds:StopDBCluster","Resource":"*"}`
	r := judge.Request{Action: "rds:StopDBCluster", Resource: cluster}
	for _, policies := range [][]judge.Policy{
		{policy(t, allow, deny)}, {policy(t, deny, allow)}, {policy(t, allow), policy(t, deny)},
	} {
		if got, _ := judge.Evaluate(policies, r); got != judge.ExplicitDeny {
			t.Errorf("got %v, want an explicit deny", got)
		}
	}
	if got, _ := judge.Evaluate(nil, r); got != judge.ImplicitDeny {
		t.Errorf("without a policy: got %v, want a deny", got)
	}
}

func TestEvaluate_conditions(t *testing.T) {
	t.Parallel()
	context := judge.Context{
		"aws:ResourceTag/team": {"web"}, "aws:TagKeys": {"savings:count", "savings:asg"},
		"kms:GrantIsForAWSResource": {"true"}, "ecs:cluster": {"arn:aws:ecs:us-east-1:1:cluster/web"},
	}
	keys := []string{"aws:ResourceTag/", "aws:TagKeys", "kms:GrantIsForAWSResource", "ecs:cluster"}
	for condition, want := range map[string]judge.Decision{
		`"StringEquals":{"aws:ResourceTag/team":"web"}`:                             judge.Allowed,
		`"StringEquals":{"AWS:resourcetag/Team":["web","api"]}`:                     judge.Allowed,
		`"StringEquals":{"aws:ResourceTag/team":"w*"}`:                              judge.ImplicitDeny,
		`"StringLike":{"aws:ResourceTag/team":"w*"}`:                                judge.Allowed,
		`"StringEquals":{"aws:ResourceTag/team":"web","aws:ResourceTag/env":"dev"}`: judge.ImplicitDeny,
		`"StringNotEquals":{"aws:ResourceTag/team":["web","api"]}`:                  judge.ImplicitDeny,
		`"StringNotEquals":{"aws:ResourceTag/env":"dev"}`:                           judge.Allowed,
		`"StringEqualsIfExists":{"aws:ResourceTag/env":"dev"}`:                      judge.Allowed,
		`"StringEqualsIgnoreCase":{"aws:ResourceTag/team":"WEB"}`:                   judge.Allowed,
		`"Null":{"aws:ResourceTag/env":"true"}`:                                     judge.Allowed,
		`"Null":{"aws:ResourceTag/team":"true"}`:                                    judge.ImplicitDeny,
		`"Null":{"aws:ResourceTag/team":"false"}`:                                   judge.Allowed,
		`"ForAllValues:StringLike":{"aws:TagKeys":"savings:*"}`:                     judge.Allowed,
		`"ForAllValues:StringEquals":{"aws:TagKeys":"savings:asg"}`:                 judge.ImplicitDeny,
		`"ForAllValues:StringEquals":{"aws:ResourceTag/env":"dev"}`:                 judge.Allowed,
		`"ForAnyValue:StringEquals":{"aws:TagKeys":"savings:asg"}`:                  judge.Allowed,
		`"ForAnyValue:StringEquals":{"aws:ResourceTag/env":"dev"}`:                  judge.ImplicitDeny,
		`"Bool":{"kms:GrantIsForAWSResource":"True"}`:                               judge.Allowed,
		`"Bool":{"kms:GrantIsForAWSResource":"false"}`:                              judge.ImplicitDeny,
		`"ArnEquals":{"ecs:cluster":"arn:aws:ecs:us-east-1:*:cluster/w*"}`:          judge.Allowed,
		`"ArnLike":{"ecs:cluster":"arn:aws:ecs:us-west-2:1:cluster/web"}`:           judge.ImplicitDeny,
		`"ArnNotLike":{"ecs:cluster":"arn:aws:ecs:us-west-2:1:cluster/web"}`:        judge.Allowed,
	} {
		p := policy(t, `{"Effect":"Allow","Action":"ecs:Any","Resource":"*","Condition":{`+condition+`}}`)
		got, doubts := judge.Evaluate([]judge.Policy{p},
			judge.Request{Action: "ecs:Any", Resource: "*", Context: context, Keys: keys})
		if got != want || len(doubts) > 0 {
			t.Errorf("%s: got %v, want %v; doubts %q", condition, got, want, doubts)
		}
	}
}

// What is not understood never allows, and is told.
func TestEvaluate_doubts(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		`"NumericLessThan":{"autoscaling:MinSize":"2"}`:   "unknown condition operator",
		`"ForEachValue:StringLike":{"aws:TagKeys":"a"}`:   "unknown condition operator",
		`"StringEquals":{"aws:RequestTag/a":"b"}`:         "has no condition key aws:RequestTag/a",
		`"StringEquals":{"aws:TagKeys":"a"}`:              "several values",
		`"StringEquals":{"aws:ResourceTag/a":"${x}"}`:     "policy variable",
		`"StringNotEquals":{"aws:ResourceTags/a":"none"}`: "has no condition key",
	} {
		p := policy(t, `{"Effect":"Allow","Action":"ecs:Any","Resource":"*","Condition":{`+condition+`}}`)
		got, doubts := judge.Evaluate([]judge.Policy{p}, judge.Request{
			Action: "ecs:Any", Resource: "*", Context: judge.Context{"aws:TagKeys": {"a", "b"}},
			Keys: []string{"aws:TagKeys", "aws:ResourceTag/", "autoscaling:MinSize"},
		})
		if got != judge.ImplicitDeny || len(doubts) != 1 || !strings.Contains(doubts[0], want) {
			t.Errorf("%s: got %v, doubts %q, want one with %q", condition, got, doubts, want)
		}
	}
}

func TestParse_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		``, `{}`, `{"Version":"2008-10-17","Statement":[]}`,
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`,
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*"}}`,
		`{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"iam:*","Resource":"*"}}`,
		`{"Version":"2012-10-17","Statement":[]} {}`,
	} {
		if p, err := judge.Parse(document); err == nil {
			t.Errorf("%s: got %v, want an error", document, p)
		}
	}
}
