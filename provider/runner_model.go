package provider

import (
	"cmp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

type runnerModel struct {
	Name                  types.String   `tfsdk:"name"`
	RepositoryURL         types.String   `tfsdk:"repository_url"`
	ImageURI              types.String   `tfsdk:"image_uri"`
	KeepImage             types.Bool     `tfsdk:"keep_image"`
	Architecture          types.String   `tfsdk:"architecture"`
	MemorySize            types.Int32    `tfsdk:"memory_size"`
	Timeout               types.Int32    `tfsdk:"timeout"`
	LogRetentionDays      types.Int32    `tfsdk:"log_retention_days"`
	ExecutionRoleARN      types.String   `tfsdk:"execution_role_arn"`
	SchedulerRoleARN      types.String   `tfsdk:"scheduler_role_arn"`
	Path                  types.String   `tfsdk:"path"`
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
		ImageURI:               m.ImageURI.ValueString(),
		Repository:             m.repository(),
		KeepImage:              m.KeepImage.ValueBool(),
		Path:                   m.rolePath(),
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

// repository is where the bundled image goes, nil where it goes nowhere. ValidateConfig refuses a
// repository_url that cannot be read.
func (m runnerModel) repository() *runnerimage.Repository {
	if !isKnown(m.RepositoryURL) {
		return nil
	}
	repo, err := runnerimage.ParseRepository(m.RepositoryURL.ValueString())
	if err != nil {
		return nil
	}
	return &repo
}

// rolePath is the IAM path, where "/" and nothing are the same.
func (m runnerModel) rolePath() string {
	if path := m.Path.ValueString(); path != "/" {
		return path
	}
	return ""
}

// arrive completes the planned state with what only the apply knows.
func (m *runnerModel) arrive(written runnerstack.Stack, outcome runnerstack.Outcome) {
	m.ImageURI = text(written.ImageURI)
	if m.CodeDigest.IsUnknown() { // else as planned; a later refresh shows what Lambda found since
		m.CodeDigest = types.StringValue(cmp.Or(written.CodeDigest, outcome.CodeDigest))
	}
	if m.RunnerVersion.IsUnknown() {
		m.RunnerVersion = bundledVersion(written)
	}
	m.FunctionARN = types.StringValue(outcome.FunctionARN)
	m.ExecutionRoleARN = types.StringValue(outcome.ExecutionRoleARN)
	m.ExecutionRoleName = types.StringValue(runnerstack.RoleName(outcome.ExecutionRoleARN))
	m.SchedulerRoleARN = types.StringValue(outcome.SchedulerRoleARN)
}

// refresh is what a Read knows beside what is live.
type refresh struct {
	region      string
	defaultTags map[string]string
	// zipDigest and imageDigest return the digest of the bundled package as Lambda's CodeSha256, ""
	// where there is none.
	zipDigest, imageDigest func(architecture string) string
}

// flatten brings the state up to what is live. What no attribute shows goes to drift.
func (m *runnerModel) flatten(live *runnerstack.Live, with refresh) {
	importing := m.FunctionARN.IsNull()
	want := m.expand()
	if importing {
		m.Tags = stringMap(nil) // "tags = {}" and no tags are then both no diff
	}
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
	if m.RepositoryURL.IsNull() { // else it stays what was pushed, so that an update can take it away
		m.ImageURI = text(function.ImageURI)
	}
	m.Tags, m.TagsAll = refreshTags(m.Tags, m.TagsAll, runnerstack.UserTags(function.Tags), with.defaultTags)
}

// flattenImport fills in what a state has from its creation.
func (m *runnerModel) flattenImport(live *runnerstack.Live, with refresh) {
	name := m.Name.ValueString()
	m.FunctionName = m.Name
	m.LogGroupName = types.StringValue(runnerstack.LogGroupName(name))
	m.DeadLetterARN = text(live.DeadLetterARN())
	for _, role := range []*runnerstack.Role{live.SchedulerRole, live.ExecutionRole} {
		if role != nil && runnerstack.RolePath(role.ARN) != "/" {
			m.Path = types.StringValue(runnerstack.RolePath(role.ARN))
		}
	}
	if place, ok := live.Place(with.region); ok {
		m.FunctionARN = types.StringValue(place.FunctionARN(name))
		m.ExecutionRoleARN = types.StringValue(place.ExecutionRoleARN(name, m.rolePath()))
		if live.SchedulerRole != nil {
			m.SchedulerRoleARN = types.StringValue(place.SchedulerRoleARN(name, m.rolePath()))
		}
	}
	if live.Function != nil {
		m.ExecutionRoleARN = types.StringValue(live.Function.RoleARN)
	}
	m.ExecutionRoleName = types.StringValue(runnerstack.RoleName(m.ExecutionRoleARN.ValueString()))
	// AWS knows the code's digest and not the runner's version, nor who pushed an image.
	architecture, digest := m.Architecture.ValueString(), m.CodeDigest.ValueString()
	if m.ImageURI.IsNull() {
		if with.zipDigest(architecture) == digest {
			m.RunnerVersion = types.StringValue(runnerversion.Version)
		}
	} else if url, hash, ok := strings.Cut(m.ImageURI.ValueString(), "@sha256:"); ok &&
		hash == digest && with.imageDigest(architecture) == digest {
		m.RepositoryURL = types.StringValue(url)
		live.Image = m.ImageURI.ValueString() // the next refresh looks whether it is there
		m.RunnerVersion = types.StringValue(runnerversion.Version)
	}
}

// bundledVersion is the runner's version where the function runs the bundled one.
func bundledVersion(s runnerstack.Stack) types.String {
	if s.ImageURI != "" && s.Repository == nil {
		return types.StringNull()
	}
	return types.StringValue(runnerversion.Version)
}
