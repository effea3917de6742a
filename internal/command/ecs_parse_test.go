package command

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

func TestParse_ecs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args    string
		summary string
		effect  Effect
		targets []string
	}{
		{"ecs set-desired-count web/api/2", "set the desired count of ECS service web/api to 2", Start,
			[]string{"ecs/service/web/api"}},
		{"ecs set-desired-count web/api/0 web/worker/0",
			"set the desired count of 2 ECS services of web (api and worker) to 0", Stop,
			[]string{"ecs/service/web/api", "ecs/service/web/worker"}},
		{"ecs set-desired-count web/api/0 web/worker/1 db/x/10000 --wait",
			"set the desired count of ECS service web/api to 0, of ECS service web/worker to 1 and " +
				"of ECS service db/x to 10000, waiting until that many tasks run", Neither,
			[]string{"ecs/service/db/x", "ecs/service/web/api", "ecs/service/web/worker"}},
		{"ecs set-desired-count web/api/1 --dry-run",
			"set the desired count of ECS service web/api to 1 (dry run)", Neither,
			[]string{"ecs/service/web/api"}},
		{"ecs stop-services web/api", "stop ECS service web/api", Stop,
			[]string{"ecs/service/web/api"}},
		{"ecs stop-services web/api/3 web/Worker_1 db/x --wait",
			"stop 2 ECS services of web (api and Worker_1) and ECS service db/x, waiting until stopped", Stop,
			[]string{"ecs/service/db/x", "ecs/service/web/Worker_1", "ecs/service/web/api"}},
		{"ecs start-services web/* web/api", "start all ECS services of web (api by name)", Start,
			[]string{"ecs/service/web/api", "ecs/services/web/*"}},
		{"ecs start-services web/api team=web,deploy=x=y --region eu-west-1",
			"start ECS service web/api and ECS services tagged deploy=x=y and team=web in eu-west-1",
			Start, []string{"ecs/service/web/api@eu-west-1", "ecs/tag/deploy=x=y,team=web@eu-west-1"}},
		{"eks stop-nodegroup web/workers", "stop EKS node group web/workers", Stop,
			[]string{"eks/nodegroup/web/workers"}},
		{"eks start-nodegroup web/a web/b --wait",
			"start EKS node groups web/a and web/b, waiting until updated", Start,
			[]string{"eks/nodegroup/web/a", "eks/nodegroup/web/b"}},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			call, err := Parse(strings.Fields(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			if got := call.Summary(language.English); got != tt.summary {
				t.Errorf("Summary()\n got %s\nwant %s", got, tt.summary)
			}
			if got := call.Effect(); got != tt.effect {
				t.Errorf("Effect() = %v, want %v", got, tt.effect)
			}
			if d := cmp.Diff(tt.targets, call.Targets("")); d != "" {
				t.Errorf("Targets(): %s", d)
			}
		})
	}
}

func TestParse_ecsErrors(t *testing.T) {
	t.Parallel()
	const (
		set     = "ecs set-desired-count "
		stop    = "ecs stop-services "
		setForm = "an item is CLUSTER/SERVICE/COUNT"
		form    = "an item is CLUSTER/SERVICE, CLUSTER/SERVICE/COUNT, CLUSTER/* or key=value"
		name    = "one has 1 to 255 letters, digits, underscores and hyphens"
		arn     = "arn:aws:ecs:eu-west-1:123456789012:service/web/api"
	)
	tests := []struct{ args, want string }{
		{set + "web/api", `"web/api" has no count; ` + setForm + `; write for example "web/api/1"`},
		{set + "web/api/-1", `"-1" in "web/api/-1" is no count of tasks; one is 0 to 10000`},
		{set + "web/api/10001", `"10001" in "web/api/10001" is no count of tasks; one is 0 to 10000`},
		{set + "web/api/two", `"two" in "web/api/two" is no count of tasks; one is 0 to 10000`},
		{set + "web/api/", `"" in "web/api/" is no count of tasks; one is 0 to 10000`},
		{set + "web/api/1/2", `"web/api/1/2" is no item; ` + setForm},
		{set + "api", `"api" is no item; ` + setForm},
		{set + "web/*/1", `"web/*/1" gives one count to every service of web; ` + setForm +
			"; name each service with its count"},
		{set + "team=web", `"team=web" selects by tag; ` + setForm +
			`; name each service, or use "stop-services" and "start-services"`},
		{set + arn, `"` + arn + `" is an ARN; ` + setForm + `; write for example "web/api/1"`},
		{set + "web/api/1 web/api/2",
			`"web/api/1" and "web/api/2" give one service two counts; keep one of them`},
		{stop + "web/worker web/api/1 web/api/2",
			`"web/api/1" and "web/api/2" give one service two counts; keep one of them`},
		{stop + "web/api/0", `"0" in "web/api/0" is no count of tasks; one is 1 to 10000`},
		{stop + "web/*/2", `"web/*/2" gives one count to every service of web; ` + form +
			"; name each service with its count"},
		{stop + "/api", `"" in "/api" is no name of an ECS cluster; ` + name},
		{stop + "*/api", `"*" in "*/api" is no name of an ECS cluster; ` + name},
		{stop + "web/a.b", `"a.b" in "web/a.b" is no name of an ECS service; ` + name},
		{stop + arn, `"` + arn + `" is an ARN; ` + form + `; write for example "web/api"`},
		{stop + "arn:aws:ecs:eu-west-1:123456789012:cluster/web",
			`"arn:aws:ecs:eu-west-1:123456789012:cluster/web" is an ARN; ` + form},
		{stop + "arn:aws:ecs:eu-west-1:123456789012:service/api", // the old form, without the cluster
			`"arn:aws:ecs:eu-west-1:123456789012:service/api" is an ARN; ` + form},
		{"eks stop-nodegroup workers", `"workers" is no item; an item is CLUSTER/NODEGROUP`},
		{"eks stop-nodegroup web/", `"" in "web/" is no name of an EKS node group; ` +
			"one has 1 to 63 letters, digits, underscores and hyphens, a letter or digit first"},
		{"eks stop-nodegroup -x/y", `unknown flag "-x/y"; the flags are --dry-run, --wait, --region`},
		{"eks stop-nodegroup a.b/y", `"a.b" in "a.b/y" is no name of an EKS cluster; ` +
			"one has 1 to 100 letters, digits, underscores and hyphens, a letter or digit first"},
		{"eks stop-nodegroup arn:aws:eks:eu-west-1:123456789012:nodegroup/web/workers/1a2b",
			`"arn:aws:eks:eu-west-1:123456789012:nodegroup/web/workers/1a2b" is an ARN; ` +
				`an item is CLUSTER/NODEGROUP; write "web/workers"`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(strings.Fields(tt.args))
			usage, ok := errors.AsType[*UsageError](err)
			if !ok || usage.Error() != tt.want {
				t.Errorf("error\n got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// Fault 8 of the old image, its first half: negative and non-numeric counts reached the API, or
// crashed.
func TestFault08_countsAreCheckedAtPlan(t *testing.T) {
	t.Parallel()
	for _, count := range []string{"-1", "1.5", "1e3", "x", "", "+1", "٣", "99999999999999999999"} {
		if _, err := Parse([]string{"ecs", "set-desired-count", "web/api/" + count}); err == nil {
			t.Errorf("the count %q is accepted", count)
		}
	}
}

func TestCall_StatementsOfECSAndEKS(t *testing.T) {
	t.Parallel()
	scope := Scope{Partition: "aws-cn", Region: "cn-north-1", Account: "123456789012"}
	const (
		service = `"arn:aws-cn:ecs:cn-north-1:123456789012:service/`
		keys    = `"ForAllValues:StringLike":{"aws:TagKeys":["savings:*"]}`
		tagged  = `"StringEquals":{"aws:ResourceTag/team":["web"]}`
		targets = `{"Action":["application-autoscaling:DescribeScalableTargets"],` +
			`"Effect":"Allow","Resource":["*"]}`
		register = `{"Action":["application-autoscaling:RegisterScalableTarget"],"Condition":{` +
			`"StringEquals":{"application-autoscaling:scalable-dimension":["ecs:service:DesiredCount"],` +
			`"application-autoscaling:service-namespace":["ecs"]}},"Effect":"Allow","Resource":` +
			`["arn:aws-cn:application-autoscaling:cn-north-1:123456789012:scalable-target/*"]}`
	)
	tests := []struct{ args, want string }{
		{"ecs set-desired-count web/api/2", targets + `,` +
			`{"Action":["ecs:DescribeServices","ecs:UpdateService"],"Effect":"Allow","Resource":[` +
			service + `web/api"]}`},
		{"ecs stop-services web/api", targets + `,` + register + `,` +
			`{"Action":["ecs:DescribeServices","ecs:UpdateService"],"Effect":"Allow","Resource":[` +
			service + `web/api"]},` +
			`{"Action":["ecs:TagResource"],"Condition":{` + keys + `},"Effect":"Allow","Resource":[` +
			service + `web/api"]}`},
		{"ecs start-services web/*", targets + `,` + register + `,` +
			`{"Action":["ecs:DescribeServices","ecs:UpdateService"],"Effect":"Allow","Resource":[` +
			service + `web/*"]},` +
			`{"Action":["ecs:ListServices"],"Condition":{"ArnEquals":{"ecs:cluster":` +
			`["arn:aws-cn:ecs:cn-north-1:123456789012:cluster/web"]}},"Effect":"Allow","Resource":["*"]},` +
			`{"Action":["ecs:TagResource","ecs:UntagResource"],"Condition":{` + keys +
			`},"Effect":"Allow","Resource":[` +
			service + `web/*"]}`},
		{"ecs stop-services team=web",
			`{"Action":["application-autoscaling:DescribeScalableTargets","ecs:ListClusters",` +
				`"ecs:ListServices"],"Effect":"Allow","Resource":["*"]},` + register + `,` +
				`{"Action":["ecs:DescribeServices"],"Effect":"Allow","Resource":[` + service + `*"]},` +
				`{"Action":["ecs:TagResource"],"Condition":{` + keys + `,` + tagged +
				`},"Effect":"Allow","Resource":[` + service + `*"]},` +
				`{"Action":["ecs:UpdateService"],"Condition":{` + tagged +
				`},"Effect":"Allow","Resource":[` + service + `*"]}`},
		{"ecs stop-services web/api --dry-run", targets + `,` +
			`{"Action":["ecs:DescribeServices"],"Effect":"Allow","Resource":[` + service + `web/api"]}`},
		{"eks stop-nodegroup web/workers",
			`{"Action":["eks:DescribeNodegroup","eks:UpdateNodegroupConfig"],"Effect":"Allow","Resource":` +
				`["arn:aws-cn:eks:cn-north-1:123456789012:nodegroup/web/workers/*"]},` +
				`{"Action":["eks:TagResource"],"Condition":{` + keys + `},"Effect":"Allow","Resource":` +
				`["arn:aws-cn:eks:cn-north-1:123456789012:nodegroup/web/workers/*"]}`},
		{"eks start-nodegroup web/workers --dry-run --region cn-northwest-1",
			`{"Action":["eks:DescribeNodegroup"],"Effect":"Allow","Resource":` +
				`["arn:aws-cn:eks:cn-northwest-1:123456789012:nodegroup/web/workers/*"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			call, err := Parse(strings.Fields(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			got := iampolicy.Document(call.Statements(scope))
			want := `{"Statement":[` + tt.want + `],"Version":"2012-10-17"}`
			if d := cmp.Diff(strings.Split(want, "},{"), strings.Split(got, "},{")); d != "" {
				t.Error(d)
			}
		})
	}
}

// The help names every action that an example needs, those of tags and clusters too.
func TestVerb_ActionsOfECS(t *testing.T) {
	t.Parallel()
	v, _ := Lookup("ecs", "stop-services")
	want := []string{
		"application-autoscaling:DescribeScalableTargets",
		"application-autoscaling:RegisterScalableTarget", "ecs:DescribeServices", "ecs:ListClusters",
		"ecs:ListServices", "ecs:TagResource", "ecs:UpdateService",
	}
	if d := cmp.Diff(want, v.Actions()); d != "" {
		t.Error(d)
	}
}
