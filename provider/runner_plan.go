package provider

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// ModifyPlan makes known whatever can be: a new runner shows its digest and version, an update keeps
// ARNs, and drift goes to [].
func (r *runnerResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan runnerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	var state *runnerModel
	if !req.State.Raw.IsNull() {
		state = &runnerModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if state != nil && (!plan.Name.Equal(state.Name) || plan.rolePath() != state.rolePath()) {
		state = nil // a replacement is planned like a new one
	}
	plan.fill(config, state, r.region(ctx), r.clients.plannedTags())
	if err := plan.planCode(config, state, r.bundled); err != nil {
		addBundleError(&resp.Diagnostics, err)
		return
	}
	plan.checkRegion(&resp.Diagnostics, r.region(ctx))
	config.checkPlace(&resp.Diagnostics, r.region(ctx), state)
	name := plan.Name.ValueString()
	warnOfRegion(&resp.Diagnostics, name, "dead_letter_arn", config.DeadLetterARN, r.region(ctx))
	warnOfRegion(&resp.Diagnostics, name, "failure_destination_arn", config.FailureDestinationARN, r.region(ctx))
	plan.warnOfPackageChange(&resp.Diagnostics, state)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// fill sets every computed value that is not about the code. state is nil for a new resource, region
// "" where it is not known.
func (m *runnerModel) fill(config runnerModel, state *runnerModel, region string, defaultTags types.Map) {
	m.Tags = config.Tags
	if state != nil {
		m.Tags = planOwnTags(config.Tags, state.Tags)
	}
	m.TagsAll = planTags(config.Tags, defaultTags)
	m.Drift = stringList(nil)
	m.FunctionName, m.LogGroupName = m.Name, types.StringUnknown()
	if isKnown(m.Name) {
		m.LogGroupName = types.StringValue(runnerstack.LogGroupName(m.Name.ValueString()))
	}
	m.FunctionARN = types.StringUnknown()
	ownExecution, ownScheduler := types.StringUnknown(), types.StringUnknown()
	if state != nil && isKnown(state.FunctionARN) {
		m.FunctionARN = state.FunctionARN
		if place, err := runnerstack.FunctionPlace(state.FunctionARN.ValueString()); err == nil {
			ownExecution = types.StringValue(place.ExecutionRoleARN(m.Name.ValueString(), m.rolePath()))
			ownScheduler = types.StringValue(place.SchedulerRoleARN(m.Name.ValueString(), m.rolePath()))
		}
	}
	m.ExecutionRoleARN, m.SchedulerRoleARN = config.ExecutionRoleARN, config.SchedulerRoleARN
	if m.ExecutionRoleARN.IsNull() {
		m.ExecutionRoleARN = ownExecution
	}
	if m.SchedulerRoleARN.IsNull() {
		m.SchedulerRoleARN = ownScheduler
	}
	m.ExecutionRoleName = types.StringUnknown()
	switch {
	case isKnown(m.ExecutionRoleARN):
		m.ExecutionRoleName = types.StringValue(runnerstack.RoleName(m.ExecutionRoleARN.ValueString()))
	case config.ExecutionRoleARN.IsNull() && isKnown(m.Name) && region != "":
		m.ExecutionRoleName = types.StringValue(runnerstack.ExecutionRoleName(m.Name.ValueString(), region))
	}
}

// checkPlace refuses what is in another partition than the runner, and roles and a boundary of another
// account, as far as a plan without AWS knows: no role is passed to a service of another account (IAM
// User Guide, "Grant a user permissions to pass a role to an AWS service"). Queues, topics and event
// buses may be another account's. state is nil for a new resource.
func (m runnerModel) checkPlace(diags *diag.Diagnostics, region string, state *runnerModel) {
	var partition, account place
	if region != "" {
		partition = place{command.PartitionOf(region), "region " + region}
	}
	if state != nil {
		if function, err := arn.Parse(state.FunctionARN.ValueString()); err == nil {
			partition, account = place{function.Partition, "function_arn"}, place{function.AccountID, "function_arn"}
		}
	}
	for _, a := range []struct {
		attribute string
		value     types.String
		own       bool // is of the runner's account
	}{
		{"execution_role_arn", m.ExecutionRoleARN, true},
		{"scheduler_role_arn", m.SchedulerRoleARN, true},
		{"permissions_boundary_arn", m.PermissionsBoundary, true},
		{"dead_letter_arn", m.DeadLetterARN, false},
		{"failure_destination_arn", m.FailureDestinationARN, false},
	} {
		found, err := arn.Parse(a.value.ValueString())
		if err != nil {
			continue // not known, or reported by ValidateConfig
		}
		wrong := func(what, found string, want place) {
			diags.AddAttributeError(path.Root(a.attribute), "ARN of another "+what, fmt.Sprintf(
				"%s: %s %s is in %s %s, and %s in %s. Write the ARN of one in %[4]s %[7]s.",
				m.Name.ValueString(), a.attribute, quoted(a.value), what, found, want.of, want.value))
		}
		if account.value == "" && a.own && found.AccountID != managedByAWS {
			account = place{found.AccountID, a.attribute}
		}
		switch {
		case found.Partition != partition.value && partition.value != "":
			wrong("partition", found.Partition, partition)
		case found.AccountID != account.value && a.own && found.AccountID != managedByAWS:
			wrong("account", found.AccountID, account)
		}
	}
}

// place is a partition or an account, and what it is of.
type place struct{ value, of string }

// managedByAWS stands for the account in ARNs of policies that AWS manages.
const managedByAWS = "aws"
