package provider

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// ModifyPlan fills every computed value, so that a plan shows what changes and nothing else: one
// function for the whole resource, since plan modifiers of nested values leave all computed members
// of all events unknown as soon as one event changes.
func (r *scheduleResource) ModifyPlan(
	ctx context.Context,
	req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		return // destroy
	}
	var config, plan scheduleModel
	resp.Diagnostics.Append(readModel(ctx, req.Config, &config, (*aside).configEvents)...)
	resp.Diagnostics.Append(readModel(ctx, req.Plan, &plan, (*aside).plannedEvents)...)
	var state *scheduleModel
	if !req.State.Raw.IsNull() {
		state = &scheduleModel{}
		resp.Diagnostics.Append(readModel(ctx, req.State, state, (*aside).priorEvents)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	plan.language = r.clients.summaries()
	plan.fill(config, state, r.clients.plannedTags())
	r.noticeNewRole(ctx, &plan, state, req.Config.Raw.IsFullyKnown())
	resp.Diagnostics.Append(writeModel(ctx, &resp.Plan, plan)...)
	resp.Diagnostics.Append(r.warnings(plan)...)
	plan.checkScope(&resp.Diagnostics)
	r.checkPlace(ctx, plan, &resp.Diagnostics)
	r.checkJoinedNames(plan, &resp.Diagnostics)
	r.checkPolicySize(ctx, plan, state, &resp.Diagnostics)
	if n := len(plan.TagsAll.Elements()); n > maxTags {
		resp.Diagnostics.AddAttributeError(path.Root("tags"), "Too many tags", tooManyTags(n))
	}
}

// fill completes the plan from the configuration and the state (nil on create). It is
// deterministic: no clock, no order of maps.
func (m *scheduleModel) fill(config scheduleModel, state *scheduleModel, defaultTags types.Map) {
	m.Retry = planRetry(config.Retry)
	m.Tags = config.Tags
	if state != nil {
		m.Tags = planOwnTags(config.Tags, state.Tags)
	}
	m.RunnerRoleID = planRoleID(config, state)
	m.TagsAll = planTags(config.Tags, defaultTags)
	switch {
	case config.GroupName.IsUnknown():
		m.TagsAll = types.MapUnknown(types.StringType)
	case !config.GroupName.IsNull():
		m.TagsAll = stringMap(nil) // tags go on a group of our own
	}
	m.Timezone = config.Timezone
	if state != nil && !state.Timezone.IsNull() && config.noneInherits() {
		m.Timezone = state.Timezone
	}
	m.fillEvents(config, state)
	m.OffHours = m.offHours()
	m.PolicyJSON = m.policy()
	if state != nil && !m.PolicyJSON.IsUnknown() &&
		iampolicy.Equal(m.PolicyJSON.ValueString(), state.PolicyJSON.ValueString()) {
		m.PolicyJSON = state.PolicyJSON
	}
}

// planRoleID keeps the identifier that the state has, null too, for a refresh reads it. It is unknown
// where the role is another, and while the function's ARN is: then the runner is being made, with a
// new role.
func planRoleID(config scheduleModel, state *scheduleModel) types.String {
	switch {
	case config.RunnerRoleName.IsNull():
		return types.StringNull()
	case state == nil || config.FunctionARN.IsUnknown() || !config.RunnerRoleName.Equal(state.RunnerRoleName):
		return types.StringUnknown()
	}
	return state.RunnerRoleID
}

// noneInherits tells that every event has a zone of its own, so that the resource's has no effect.
func (m scheduleModel) noneInherits() bool {
	if m.Events.IsUnknown() || len(m.Events.Elements()) == 0 {
		return false
	}
	for _, v := range m.Events.Elements() {
		if e, ok := eventOf(v); !ok || e.Timezone.IsNull() || e.Timezone.IsUnknown() {
			return false
		}
	}
	return true
}

func (m *scheduleModel) fillEvents(config scheduleModel, state *scheduleModel) {
	if config.Events.IsUnknown() || config.Events.IsNull() {
		m.Events = config.Events
		return
	}
	var prior map[string]eventModel
	moved := true
	if state != nil {
		prior = state.events()
		moved = !m.Name.Equal(state.Name) || !m.GroupName.Equal(state.GroupName)
	}
	elements := map[string]attr.Value{}
	for key, v := range config.Events.Elements() {
		e, known := eventOf(v)
		if !known {
			elements[key] = types.ObjectUnknown(eventTypes)
			continue
		}
		have, exists := prior[key]
		if exists {
			e.keepSpelling(have, m.Timezone)
		}
		e.complete(have, exists, m.Timezone, state, m.language)
		e.ScheduleARN = types.StringUnknown()
		if exists && !moved && !have.ScheduleARN.IsNull() {
			e.ScheduleARN = have.ScheduleARN
		}
		elements[key] = e.object()
	}
	m.Events = types.MapValueMust(eventType, elements)
}

// keepSpelling keeps the state's text where the configuration's means the same, so that spelling
// makes no diff. Terraform accepts the prior value of a configured attribute.
func (e *eventModel) keepSpelling(have eventModel, zone types.String) {
	if !e.CronExpr.IsUnknown() && sameExpression(e.CronExpr, have.CronExpr) {
		e.CronExpr = have.CronExpr
	}
	if t := instant(e.StartDate); !t.IsZero() && t.Equal(instant(have.StartDate)) {
		e.StartDate = have.StartDate
	}
	if t := instant(e.EndDate); !t.IsZero() && t.Equal(instant(have.EndDate)) {
		e.EndDate = have.EndDate
	}
	if sameDates(*e, have) {
		e.ExceptDates = have.ExceptDates
	}
	// An import spells every zone out; the configuration may leave it to the resource.
	if e.Timezone.IsNull() && !zone.IsUnknown() && have.Timezone.Equal(zone) {
		e.Timezone = have.Timezone
	}
}

// sameDates tells that two events have the same days off, in whatever order, and that each has some.
func sameDates(a, b eventModel) bool {
	x, knownX := a.exceptDates()
	y, knownY := b.exceptDates()
	return knownX && knownY && len(x) > 0 &&
		slices.Equal(slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y)))
}

// complete fills enabled and summary.
func (e *eventModel) complete(
	have eventModel, exists bool, zone types.String, state *scheduleModel, lang language.Tag,
) {
	if e.Enabled.IsNull() {
		e.Enabled = types.BoolValue(true)
	}
	_, commandsKnown := e.commands()
	_, datesKnown := e.exceptDates()
	inputsKnown := commandsKnown && datesKnown && !e.CronExpr.IsUnknown() && !e.zone(zone).IsUnknown() &&
		!e.Enabled.IsUnknown() && !e.StartDate.IsUnknown() && !e.EndDate.IsUnknown()
	switch {
	case !inputsKnown:
		e.Summary = types.StringUnknown()
	case exists && have.hasSentence(lang) && e.sameInputsIn(have, zone, state.Timezone):
		e.Summary = have.Summary
	default:
		e.Summary = types.StringValue(e.sentence(zone, lang))
	}
}

func planRetry(config types.Object) types.Object {
	if config.IsUnknown() {
		return config
	}
	a := config.Attributes()
	member := func(name string, def int64) types.Int64 {
		if v, ok := a[name].(types.Int64); ok && !v.IsNull() {
			return v
		}
		return types.Int64Value(def)
	}
	return types.ObjectValueMust(retryTypes, map[string]attr.Value{
		"maximum_attempts":          member("maximum_attempts", defaultMaximumAttempts),
		"maximum_event_age_seconds": member("maximum_event_age_seconds", defaultMaximumEventAge),
	})
}

// policy is what the runner's role needs for these events and no more. It is unknown while an
// argument, the group's name, or the function whose ARN tells partition, region and account, is.
func (m scheduleModel) policy() types.String {
	scope, err := scopeOf(m.FunctionARN)
	if m.FunctionARN.IsUnknown() || m.Events.IsUnknown() || m.GroupName.IsUnknown() || err != nil {
		return types.StringUnknown()
	}
	events := m.events()
	if len(events) < len(m.Events.Elements()) {
		return types.StringUnknown()
	}
	group, own := "", m.GroupName.IsNull()
	if own && m.Name.IsUnknown() {
		return types.StringUnknown()
	}
	if own {
		group = m.Name.ValueString()
	}
	var calls []*command.Call
	for _, key := range sortedKeys(events) {
		if _, known := events[key].commands(); !known {
			return types.StringUnknown()
		}
		calls = append(calls, events[key].calls()...)
	}
	return text(eventpolicy.Document(calls, scope, group))
}

// scopeOf reads partition, region and account from the function's ARN.
func scopeOf(functionARN types.String) (command.Scope, error) {
	a, err := arn.Parse(functionARN.ValueString())
	if err != nil {
		return command.Scope{}, err
	}
	return command.Scope{Partition: a.Partition, Region: a.Region, Account: a.AccountID}, nil
}
