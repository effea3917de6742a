package provider

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

const (
	runnerFunction      = "arn:aws-cn:lambda:cn-north-1:123456789012:function:tools"
	runnerExecutionRole = "arn:aws-cn:iam::123456789012:role/tools-cn-north-1"
	runnerSchedulerRole = "arn:aws-cn:iam::123456789012:role/tools-cn-north-1-scheduler"
)

// plannedRunner runs fill as ModifyPlan does.
func plannedRunner(config runnerModel, state *runnerModel) runnerModel {
	plan := config
	plan.fill(config, state, "", stringMap(map[string]string{"owner": "ops"}))
	return plan
}

func TestRunnerFill_new(t *testing.T) {
	t.Parallel()
	plan := plannedRunner(configuredRunner(), nil)
	for name, s := range map[string]types.String{
		"function_arn": plan.FunctionARN, "execution_role_arn": plan.ExecutionRoleARN,
		"execution_role_name": plan.ExecutionRoleName, "scheduler_role_arn": plan.SchedulerRoleARN,
	} {
		if !s.IsUnknown() {
			t.Errorf("%s is %v, want it unknown: the account is", name, s)
		}
	}
	if got := plan.LogGroupName.ValueString(); got != "/aws/lambda/tools" {
		t.Errorf("got log group %q", got)
	}
	if !plan.TagsAll.Equal(stringMap(map[string]string{"owner": "ops"})) {
		t.Errorf("got tags_all %v, want the default tags", plan.TagsAll)
	}
}

func TestRunnerFill_unknownName(t *testing.T) {
	t.Parallel()
	config := configuredRunner()
	config.Name = types.StringUnknown()
	plan := plannedRunner(config, nil)
	if !plan.FunctionName.IsUnknown() || !plan.LogGroupName.IsUnknown() {
		t.Errorf("got function %v, log group %v; want both unknown", plan.FunctionName, plan.LogGroupName)
	}
}

func TestRunnerFill_updateKnowsEverything(t *testing.T) {
	t.Parallel()
	given := configuredRunner()
	given.ExecutionRoleARN = types.StringValue("arn:aws-cn:iam::123456789012:role/path/mine")
	given.SchedulerRoleARN = types.StringValue("arn:aws-cn:iam::123456789012:role/other")
	state := plannedRunner(given, nil)
	state.FunctionARN = types.StringValue(runnerFunction)

	got := plannedRunner(configuredRunner(), &state)
	want := []string{runnerFunction, runnerExecutionRole, "tools-cn-north-1", runnerSchedulerRole}
	if diff := cmp.Diff(want, runnerResultsOf(got)); diff != "" {
		t.Errorf("roles no longer given (-want +got):\n%s", diff)
	}
	got = plannedRunner(given, &got)
	want = []string{runnerFunction, given.ExecutionRoleARN.ValueString(), "mine", given.SchedulerRoleARN.ValueString()}
	if diff := cmp.Diff(want, runnerResultsOf(got)); diff != "" {
		t.Errorf("roles given (-want +got):\n%s", diff)
	}
}

func runnerResultsOf(m runnerModel) []string {
	return []string{m.FunctionARN.ValueString(), m.ExecutionRoleARN.ValueString(), m.ExecutionRoleName.ValueString(),
		m.SchedulerRoleARN.ValueString()}
}

func TestRunnerModel_importThenExpand(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"team": "web", "owner": "ops", "aws:x": "y"}
	live := &runnerstack.Live{
		Function: &runnerstack.Function{
			ARN: runnerFunction, RoleARN: runnerExecutionRole, Runtime: "provided.al2023", Handler: "bootstrap",
			PackageType: "Zip", Architecture: "x86_64", MemorySize: 256, Timeout: 60, LogGroup: "/aws/lambda/tools", LogFormat: "Text",
			CodeDigest: "digest", Tags: tags,
		},
		Async:    &runnerstack.AsyncConfig{MaximumRetryAttempts: 2, MaximumEventAge: 3600},
		LogGroup: &runnerstack.LogGroup{RetentionDays: 30, Tags: tags},
		ExecutionRole: &runnerstack.Role{
			ARN: runnerExecutionRole, Name: "tools-cn-north-1", PermissionsBoundaryARN: managedPolicyExample, Tags: tags,
			Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"Service":"lambda.amazonaws.com"},"Action":["sts:AssumeRole"]}]}`,
			Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Action":["logs:CreateLogStream","logs:PutLogEvents"],` +
				`"Resource":["arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/lambda/tools:*"]}]}`,
		},
	}
	m := configuredRunner()
	m.flatten(live, refresh{
		region: "cn-north-1", defaultTags: map[string]string{"owner": "ops"},
		zipDigest: func(string) string { return "digest" }, imageDigest: func(string) string { return "" },
	})
	want := runnerstack.Stack{
		Name: "tools", Architecture: "x86_64", MemorySize: 256, Timeout: 60, LogRetention: 30,
		ExecutionRoleARN: runnerExecutionRole, PermissionsBoundaryARN: managedPolicyExample,
		Tags: map[string]string{"team": "web", "owner": "ops"}, CodeDigest: "digest",
	}
	if diff := cmp.Diff(want, m.expand()); diff != "" {
		t.Errorf("stack (-want +got):\n%s", diff)
	}
	if !m.Tags.Equal(stringMap(map[string]string{"team": "web"})) {
		t.Errorf("got tags %v, want them without the default tags", m.Tags)
	}
	if got := m.RunnerVersion.ValueString(); got == "" {
		t.Error("the bundled runner was found, its version is missing")
	}
	// The scheduler's role is not there: either another one is used, which AWS does not tell, or it
	// was deleted.
	missing := stringList([]string{"scheduler's role tools-cn-north-1-scheduler is missing"})
	if !m.SchedulerRoleARN.IsNull() || !m.Drift.Equal(missing) {
		t.Errorf("got scheduler_role_arn %v, drift %v", m.SchedulerRoleARN, m.Drift)
	}
}

func TestRunnerModel_checkPlace(t *testing.T) {
	t.Parallel()
	const (
		here   = "arn:aws:iam::123456789012:role/mine"
		there  = "arn:aws:iam::999999999999:role/mine"
		china  = "arn:aws-cn:iam::123456789012:role/mine"
		queue  = "arn:aws:sqs:us-west-2:999999999999:letters"
		queues = "arn:aws-cn:sqs:cn-north-1:123456789012:letters"
	)
	made := &runnerModel{FunctionARN: text("arn:aws:lambda:us-east-1:123456789012:function:tools")}
	for name, test := range map[string]struct {
		region string
		state  *runnerModel
		change func(*runnerModel)
		want   []string
	}{
		"roles of the account, others' queues": {"us-east-1", made, func(m *runnerModel) {
			m.ExecutionRoleARN, m.SchedulerRoleARN = text(here), text(here)
			m.DeadLetterARN, m.FailureDestinationARN = text(queue), text(queue)
		}, nil},
		"boundary that AWS manages": {"us-east-1", made, func(m *runnerModel) {
			m.PermissionsBoundary = text("arn:aws:iam::aws:policy/PowerUserAccess")
		}, nil},
		"unknown": {"us-east-1", made, func(m *runnerModel) {
			m.ExecutionRoleARN, m.DeadLetterARN = types.StringUnknown(), types.StringUnknown()
		}, nil},
		"new, where nothing is known": {"", nil, func(m *runnerModel) {
			m.ExecutionRoleARN, m.DeadLetterARN = text(china), text(queue)
		}, nil},
		"role of another account": {"us-east-1", made, func(m *runnerModel) { m.ExecutionRoleARN = text(there) }, []string{
			`execution_role_arn: ARN of another account: tools: execution_role_arn "` + there +
				`" is in account 999999999999, and function_arn in 123456789012. Write the ARN of one in account 123456789012.`,
		}},
		"new, roles of two accounts": {"us-east-1", nil, func(m *runnerModel) {
			m.ExecutionRoleARN, m.SchedulerRoleARN = text(here), text(there)
		}, []string{
			`scheduler_role_arn: ARN of another account: tools: scheduler_role_arn "` + there +
				`" is in account 999999999999, and execution_role_arn in 123456789012. Write the ARN of one in account 123456789012.`,
		}},
		"boundary of another account": {"us-east-1", made, func(m *runnerModel) {
			m.PermissionsBoundary = text("arn:aws:iam::999999999999:policy/boundary")
		}, []string{
			`permissions_boundary_arn: ARN of another account: tools: permissions_boundary_arn ` +
				`"arn:aws:iam::999999999999:policy/boundary" is in account 999999999999, and function_arn in 123456789012. ` +
				`Write the ARN of one in account 123456789012.`,
		}},
		"new, of another partition": {"us-east-1", nil, func(m *runnerModel) {
			m.DeadLetterARN, m.FailureDestinationARN = text(queues), text(queue)
		}, []string{
			`dead_letter_arn: ARN of another partition: tools: dead_letter_arn "` + queues +
				`" is in partition aws-cn, and region us-east-1 in aws. Write the ARN of one in partition aws.`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := configuredRunner()
			test.change(&m)
			var diags diag.Diagnostics
			m.checkPlace(&diags, test.region, test.state)
			if diff := cmp.Diff(test.want, findings(diags)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// The plan refuses them, so that nothing is made or changed.
func TestRunnerResource_otherPlaces(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.run(
		resource.TestStep{
			Config:      r.config(`dead_letter_arn = "arn:aws-cn:sqs:cn-north-1:123456789012:letters"`),
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(`ARN of another partition`),
		},
		resource.TestStep{Config: r.config()},
		resource.TestStep{
			Config:      r.config(`execution_role_arn = "arn:aws:iam::999999999999:role/mine"`),
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(`ARN of another account`),
		},
	)
}
