package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

type runnerModel struct {
	Name                  types.String   `tfsdk:"name"`
	Architecture          types.String   `tfsdk:"architecture"`
	MemorySize            types.Int32    `tfsdk:"memory_size"`
	Timeout               types.Int32    `tfsdk:"timeout"`
	LogRetentionDays      types.Int32    `tfsdk:"log_retention_days"`
	ExecutionRoleARN      types.String   `tfsdk:"execution_role_arn"`
	SchedulerRoleARN      types.String   `tfsdk:"scheduler_role_arn"`
	PermissionsBoundary   types.String   `tfsdk:"permissions_boundary_arn"`
	DeadLetterARN         types.String   `tfsdk:"dead_letter_arn"`
	FailureDestinationARN types.String   `tfsdk:"failure_destination_arn"`
	Tags                  types.Map      `tfsdk:"tags"`
	TagsAll               types.Map      `tfsdk:"tags_all"`
	FunctionARN           types.String   `tfsdk:"function_arn"`
	FunctionName          types.String   `tfsdk:"function_name"`
	CodeDigest            types.String   `tfsdk:"code_digest"`
	RunnerVersion         types.String   `tfsdk:"runner_version"`
	ExecutionRoleName     types.String   `tfsdk:"execution_role_name"`
	LogGroupName          types.String   `tfsdk:"log_group_name"`
	Drift                 types.List     `tfsdk:"drift"`
	Timeouts              timeouts.Value `tfsdk:"timeouts"`
}

// expand returns the stack that the model describes, without the runner's package. Unknown values
// are "".
func (m runnerModel) expand() runnerstack.Stack {
	return runnerstack.Stack{
		Name:                   m.Name.ValueString(),
		Architecture:           m.Architecture.ValueString(),
		MemorySize:             m.MemorySize.ValueInt32(),
		Timeout:                m.Timeout.ValueInt32(),
		LogRetention:           m.LogRetentionDays.ValueInt32(),
		ExecutionRoleARN:       m.ExecutionRoleARN.ValueString(),
		SchedulerRoleARN:       m.SchedulerRoleARN.ValueString(),
		PermissionsBoundaryARN: m.PermissionsBoundary.ValueString(),
		DeadLetterARN:          m.DeadLetterARN.ValueString(),
		FailureDestinationARN:  m.FailureDestinationARN.ValueString(),
		Tags:                   knownStrings(m.TagsAll),
		CodeDigest:             m.CodeDigest.ValueString(),
	}
}

// arrive completes the planned state with what only AWS knows.
func (m *runnerModel) arrive(outcome runnerstack.Outcome) {
	m.FunctionARN = types.StringValue(outcome.FunctionARN)
	m.ExecutionRoleARN = types.StringValue(outcome.ExecutionRoleARN)
	m.ExecutionRoleName = types.StringValue(runnerstack.RoleName(outcome.ExecutionRoleARN))
	m.SchedulerRoleARN = types.StringValue(outcome.SchedulerRoleARN)
}

// refresh is what a Read knows beside what is live.
type refresh struct {
	region      string
	defaultTags map[string]string
	// digest returns the bundled package's digest, "" where there is none.
	digest func(architecture string) string
}

// flatten brings the state up to what is live. What no attribute shows goes to drift.
func (m *runnerModel) flatten(live *runnerstack.Live, with refresh) {
	importing := m.FunctionARN.IsNull()
	want := m.expand()
	m.flattenFunction(live.Function, with)
	if importing {
		m.flattenImport(live, with)
	}
	if group := live.LogGroup; group != nil {
		m.LogRetentionDays = types.Int32Value(group.RetentionDays)
	}
	if live.Async != nil {
		m.FailureDestinationARN = text(live.Async.FailureDestinationARN)
	}
	own := live.Of(m.expand(), with.region)
	for _, role := range []*runnerstack.Role{own.SchedulerRole, own.ExecutionRole} {
		if role != nil {
			m.PermissionsBoundary = text(role.PermissionsBoundaryARN)
		}
	}
	if importing {
		want = m.expand()
	}
	// The attribute shows one role's boundary; drift is where the other one differs from it.
	want.PermissionsBoundaryARN = m.PermissionsBoundary.ValueString()
	m.Drift = stringList(runnerstack.Drift(want, live, with.region))
}

// flattenFunction takes over what the function shows; of one that is missing the state keeps the
// last that was known, and drift says that it is missing.
func (m *runnerModel) flattenFunction(function *runnerstack.Function, with refresh) {
	if function == nil {
		return
	}
	m.FunctionARN = types.StringValue(function.ARN)
	m.Architecture = types.StringValue(function.Architecture)
	m.MemorySize = types.Int32Value(function.MemorySize)
	m.Timeout = types.Int32Value(function.Timeout)
	m.CodeDigest = types.StringValue(function.CodeDigest)
	m.Tags, m.TagsAll = refreshTags(m.Tags, m.TagsAll, runnerstack.UserTags(function.Tags), with.defaultTags)
}

// flattenImport fills in what a state has from its creation.
func (m *runnerModel) flattenImport(live *runnerstack.Live, with refresh) {
	name := m.Name.ValueString()
	m.FunctionName = m.Name
	m.LogGroupName = types.StringValue(runnerstack.LogGroupName(name))
	m.DeadLetterARN = text(live.DeadLetterARN())
	if place, ok := live.Place(with.region); ok {
		m.FunctionARN = types.StringValue(place.FunctionARN(name))
		m.ExecutionRoleARN = types.StringValue(place.ExecutionRoleARN(name))
		if live.SchedulerRole != nil {
			m.SchedulerRoleARN = types.StringValue(place.SchedulerRoleARN(name))
		}
	}
	if live.Function != nil {
		m.ExecutionRoleARN = types.StringValue(live.Function.RoleARN)
	}
	m.ExecutionRoleName = types.StringValue(runnerstack.RoleName(m.ExecutionRoleARN.ValueString()))
	// AWS knows the runner's digest and not its version.
	if with.digest(m.Architecture.ValueString()) == m.CodeDigest.ValueString() {
		m.RunnerVersion = types.StringValue(runnerversion.Version)
	}
}
