package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
