package provider

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

// Defaults of the retry policy. AWS's own are 185 attempts within 24 hours, with which last night's
// stop can arrive at nine in the morning.
const (
	defaultMaximumAttempts = 10
	defaultMaximumEventAge = 3600
)

type scheduleModel struct {
	Name           types.String   `tfsdk:"name"`
	GroupName      types.String   `tfsdk:"group_name"`
	FunctionARN    types.String   `tfsdk:"function_arn"`
	RoleARN        types.String   `tfsdk:"role_arn"`
	RunnerRoleName types.String   `tfsdk:"runner_role_name"`
	RunnerRoleID   types.String   `tfsdk:"runner_role_id"`
	Timezone       types.String   `tfsdk:"timezone"`
	Events         types.Map      `tfsdk:"events"`
	Retry          types.Object   `tfsdk:"retry"`
	DeadLetterARN  types.String   `tfsdk:"dead_letter_arn"`
	Permissions    types.String   `tfsdk:"permissions"`
	Tags           types.Map      `tfsdk:"tags"`
	TagsAll        types.Map      `tfsdk:"tags_all"`
	PolicyJSON     types.String   `tfsdk:"policy_json"`
	OffHours       types.Map      `tfsdk:"off_hours_per_week"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`

	// language is that of summaries. It is the provider's setting, and no attribute of the resource.
	language language.Tag
}

// differs tells that an attribute of the resource is another than in b.
func (m scheduleModel) differs(b scheduleModel) bool {
	x, y := reflect.ValueOf(m), reflect.ValueOf(b)
	for i := range x.NumField() {
		if x.Type().Field(i).Tag.Get("tfsdk") == "" {
			continue
		}
		was, _ := x.Field(i).Interface().(attr.Value)
		is, _ := y.Field(i).Interface().(attr.Value)
		if !was.Equal(is) {
			return true
		}
	}
	return false
}

// eventModel is one element of events. It is taken apart and put together by hand: the framework's
// reflection is the larger part of a plan with a thousand events.
type eventModel struct {
	Args        types.List
	Steps       types.List
	CronExpr    types.String
	Timezone    types.String
	Description types.String
	Enabled     types.Bool
	StartDate   types.String
	EndDate     types.String
	ExceptDates types.List
	Summary     types.String
	ScheduleARN types.String
}

var eventTypes = map[string]attr.Type{
	"args":         wordsType,
	"steps":        types.ListType{ElemType: wordsType},
	"cron_expr":    types.StringType,
	"timezone":     types.StringType,
	"description":  types.StringType,
	"enabled":      types.BoolType,
	"start_date":   types.StringType,
	"end_date":     types.StringType,
	"except_dates": types.ListType{ElemType: types.StringType},
	"summary":      types.StringType,
	"schedule_arn": types.StringType,
}

var eventType = types.ObjectType{AttrTypes: eventTypes}

func (e eventModel) object() types.Object {
	return types.ObjectValueMust(eventTypes, map[string]attr.Value{
		"args":         e.Args,
		"steps":        e.Steps,
		"cron_expr":    e.CronExpr,
		"timezone":     e.Timezone,
		"description":  e.Description,
		"enabled":      e.Enabled,
		"start_date":   e.StartDate,
		"end_date":     e.EndDate,
		"except_dates": e.ExceptDates,
		"summary":      e.Summary,
		"schedule_arn": e.ScheduleARN,
	})
}

// eventOf takes an element of events apart; ok is false where it is null or wholly unknown.
func eventOf(v attr.Value) (eventModel, bool) {
	o, ok := v.(types.Object)
	if !ok || o.IsNull() || o.IsUnknown() {
		return eventModel{}, false
	}
	a := o.Attributes()
	text := func(name string) types.String { s, _ := a[name].(types.String); return s }
	e := eventModel{
		CronExpr:    text("cron_expr"),
		Timezone:    text("timezone"),
		Description: text("description"),
		StartDate:   text("start_date"),
		EndDate:     text("end_date"),
		Summary:     text("summary"),
		ScheduleARN: text("schedule_arn"),
	}
	e.Args, _ = a["args"].(types.List)
	e.Steps, _ = a["steps"].(types.List)
	e.ExceptDates, _ = a["except_dates"].(types.List)
	e.Enabled, _ = a["enabled"].(types.Bool)
	return e, true
}

// events returns the known events by key. Wholly unknown ones are left out.
func (m scheduleModel) events() map[string]eventModel {
	out := map[string]eventModel{}
	for key, v := range m.Events.Elements() {
		if e, ok := eventOf(v); ok {
			out[key] = e
		}
	}
	return out
}

func eventsMap(events map[string]eventModel) types.Map {
	elements := make(map[string]attr.Value, len(events))
	for key, e := range events {
		elements[key] = e.object()
	}
	return types.MapValueMust(eventType, elements)
}

// zone returns the zone that the event runs in, which is the resource's unless it has its own.
func (e eventModel) zone(resource types.String) types.String {
	if e.Timezone.IsNull() {
		return resource
	}
	return e.Timezone
}

// group returns the schedule group, and whether the group is the resource's own.
func (m scheduleModel) group() (name string, own bool) {
	if m.GroupName.IsNull() {
		return m.Name.ValueString(), true
	}
	return m.GroupName.ValueString(), false
}

// expand returns what the model wants to exist. Every member must be known.
func (m scheduleModel) expand() scheduleset.Set {
	attempts, age := m.retry()
	set := scheduleset.Set{
		Name:            m.Name.ValueString(),
		GroupName:       m.GroupName.ValueString(),
		FunctionARN:     m.FunctionARN.ValueString(),
		RoleARN:         m.RoleARN.ValueString(),
		MaximumAttempts: attempts,
		MaximumEventAge: age,
		DeadLetterARN:   m.DeadLetterARN.ValueString(),
		Tags:            knownStrings(m.TagsAll),
		RunnerRoleName:  m.RunnerRoleName.ValueString(),
		RunnerRoleID:    m.RunnerRoleID.ValueString(),
		PolicyJSON:      m.PolicyJSON.ValueString(),
		Events:          map[string]scheduleset.Event{},
		Drifted:         map[string]bool{},
	}
	for key, e := range m.events() {
		set.Events[key] = e.expand(m.Timezone)
		if sentence.HasDrift(e.Summary.ValueString()) {
			set.Drifted[key] = true
		}
	}
	return set
}

func (e eventModel) expand(resourceZone types.String) scheduleset.Event {
	out := scheduleset.Event{
		Expression:  e.CronExpr.ValueString(),
		Timezone:    e.zone(resourceZone).ValueString(),
		Description: e.Description.ValueString(),
		Enabled:     e.Enabled.ValueBool(),
		StartDate:   instant(e.StartDate),
		EndDate:     instant(e.EndDate),
		ARN:         e.ScheduleARN.ValueString(),
	}
	out.ExceptDates, _ = e.exceptDates()
	if e.Steps.IsNull() {
		out.Args, _ = words(e.Args)
	} else {
		out.Steps, _ = e.commands()
	}
	out.Starts = slices.ContainsFunc(e.calls(), func(c *command.Call) bool {
		return c.Effect() == command.Start
	})
	return out
}

// retry returns the retry policy, with its defaults.
func (m scheduleModel) retry() (attempts int32, age time.Duration) {
	attempts, age = defaultMaximumAttempts, defaultMaximumEventAge*time.Second
	a := m.Retry.Attributes()
	if v, ok := a["maximum_attempts"].(types.Int64); ok && !v.IsNull() && !v.IsUnknown() {
		attempts = int32(v.ValueInt64()) //nolint:gosec // validated: 0 to 185
	}
	if v, ok := a["maximum_event_age_seconds"].(types.Int64); ok && !v.IsNull() && !v.IsUnknown() {
		age = time.Duration(v.ValueInt64()) * time.Second
	}
	return attempts, age
}

var retryTypes = map[string]attr.Type{
	"maximum_attempts":          types.Int64Type,
	"maximum_event_age_seconds": types.Int64Type,
}

func retryObject(attempts int32, age time.Duration) types.Object {
	return types.ObjectValueMust(retryTypes, map[string]attr.Value{
		"maximum_attempts":          types.Int64Value(int64(attempts)),
		"maximum_event_age_seconds": types.Int64Value(int64(age / time.Second)),
	})
}

// instant reads a validated RFC 3339 text; the zero time where there is none.
func instant(s types.String) time.Time {
	t, err := time.Parse(time.RFC3339, s.ValueString())
	if err != nil {
		return time.Time{}
	}
	return t
}

// instantText writes t, keeping the prior text where it names the same instant.
func instantText(t time.Time, prior types.String) types.String {
	switch {
	case t.IsZero():
		return types.StringNull()
	case instant(prior).Equal(t):
		return prior
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// text writes s, with null for the empty string.
func text(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// sameExpression tells that two spellings of an expression have the same runs.
func sameExpression(a, b types.String) bool {
	if a.Equal(b) {
		return true
	}
	x, errX := awscron.Parse(a.ValueString())
	y, errY := awscron.Parse(b.ValueString())
	return errX == nil && errY == nil && awscron.Equal(x, y)
}

// sortedKeys returns a map's keys in order. Terraform plans again at apply and compares, so nothing
// may depend on Go's map order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
