package provider

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
