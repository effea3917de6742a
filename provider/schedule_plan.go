package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
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
	plan.fill(config, state, r.clients.plannedTags())
	resp.Diagnostics.Append(writeModel(ctx, &resp.Plan, plan)...)
	resp.Diagnostics.Append(r.warnings(plan)...)
	plan.checkPolicySize(&resp.Diagnostics)
	if n := len(plan.TagsAll.Elements()); n > maxTags {
		resp.Diagnostics.AddAttributeError(path.Root("tags"), "Too many tags", tooManyTags(n))
	}
}

// maxPolicyLength is what the inline policies of a role may have together, white space not counted
// (IAM User Guide, "IAM and AWS STS quotas").
const maxPolicyLength = 10_240

func (m scheduleModel) checkPolicySize(diags *diag.Diagnostics) {
	if n := len(m.PolicyJSON.ValueString()); n > maxPolicyLength && !m.RunnerRoleName.IsNull() {
		diags.AddAttributeError(path.Root("events"), "Policy too large", fmt.Sprintf("%s: the rights of these events "+
			"(policy_json) have %d characters, and AWS allows a role %d in all its inline policies. Select targets by a "+
			"tag instead of identifiers, or split the events over two savings_schedule with a savings_runner each.",
			m.Name.ValueString(), n, maxPolicyLength))
	}
}

// fill completes the plan from the configuration and the state (nil on create). It is
// deterministic: no clock, no order of maps.
func (m *scheduleModel) fill(config scheduleModel, state *scheduleModel, defaultTags types.Map) {
	m.Retry = planRetry(config.Retry)
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
		e.complete(have, exists, m.Timezone, state)
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
	// An import spells every zone out; the configuration may leave it to the resource.
	if e.Timezone.IsNull() && !zone.IsUnknown() && have.Timezone.Equal(zone) {
		e.Timezone = have.Timezone
	}
}

// complete fills enabled and summary.
func (e *eventModel) complete(have eventModel, exists bool, zone types.String, state *scheduleModel) {
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
	case exists && !strings.Contains(have.Summary.ValueString(), changedOutside) &&
		!have.Summary.IsNull() && e.sameInputsIn(have, zone, state.Timezone):
		e.Summary = have.Summary
	default:
		e.Summary = types.StringValue(e.sentence(zone))
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
	var statements []iampolicy.Statement
	for _, key := range sortedKeys(events) {
		if _, known := events[key].commands(); !known {
			return types.StringUnknown()
		}
		for _, call := range events[key].calls() {
			statements = append(statements, call.Statements(scope)...)
		}
	}
	if len(statements) > 0 && m.GroupName.IsNull() {
		if m.Name.IsUnknown() {
			return types.StringUnknown()
		}
		statements = append(statements, holdStatement(scope, m.Name.ValueString()))
	}
	return text(iampolicy.Document(statements))
}

// readHolds is the IAM action with which the runner reads the holds of a group (see package hold).
const readHolds = "scheduler:ListTagsForResource"

// holdStatement lets the runner read the holds of a group of ours. A shared group has none.
func holdStatement(scope command.Scope, group string) iampolicy.Statement {
	resource := arn.ARN{
		Partition: scope.Partition, Service: "scheduler", Region: scope.Region,
		AccountID: scope.Account, Resource: "schedule-group/" + group,
	}
	return iampolicy.Statement{Action: []string{readHolds}, Resource: []string{resource.String()}}
}

// scopeOf reads partition, region and account from the function's ARN.
func scopeOf(functionARN types.String) (command.Scope, error) {
	a, err := arn.Parse(functionARN.ValueString())
	if err != nil {
		return command.Scope{}, err
	}
	return command.Scope{Partition: a.Partition, Region: a.Region, Account: a.AccountID}, nil
}
