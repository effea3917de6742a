package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

const (
	testFunction = "arn:aws:lambda:ap-northeast-1:123456789012:function:tools"
	testRole     = "arn:aws:iam::123456789012:role/tools-scheduler"
)

// configured is a configuration as the framework hands it over: computed members are null.
func configured(events map[string]eventModel) scheduleModel {
	return scheduleModel{
		Name:        types.StringValue("saving"),
		FunctionARN: types.StringValue(testFunction),
		RoleARN:     types.StringValue(testRole),
		Timezone:    types.StringValue("Asia/Tokyo"),
		Events:      eventsMap(events),
		Retry:       types.ObjectNull(retryTypes),
		Tags:        types.MapNull(types.StringType),
		language:    language.English,
	}
}

func stopAt(expr string) eventModel {
	e := noEvent()
	e.Args, e.CronExpr = stringList([]string{"rds", "stop-cluster", "db"}), types.StringValue(expr)
	return e
}

// planned runs fill as ModifyPlan does.
func planned(config scheduleModel, state *scheduleModel) scheduleModel {
	plan := config
	plan.fill(config, state, types.MapNull(types.StringType))
	return plan
}

// applied is the state after an apply of the configuration.
func applied(config scheduleModel) *scheduleModel {
	state := planned(config, nil)
	arns := map[string]string{}
	for key := range state.events() {
		arns[key] = "arn:aws:scheduler:ap-northeast-1:123456789012:schedule/saving/" + key
	}
	state.arrive(arns)
	return &state
}

func twenty() map[string]eventModel {
	events := map[string]eventModel{}
	for i := range 20 {
		events[fmt.Sprintf("stop_%02d", i)] = stopAt(fmt.Sprintf("cron(%d 21 ? * MON-SUN *)", i))
	}
	return events
}

func TestScheduleFill_secondPlanEqualsState(t *testing.T) {
	t.Parallel()
	config := configured(twenty())
	state := applied(config)
	again := planned(config, state)
	if !again.Events.Equal(state.Events) || !again.Retry.Equal(state.Retry) ||
		!again.PolicyJSON.Equal(state.PolicyJSON) || !again.TagsAll.Equal(state.TagsAll) ||
		!again.OffHours.Equal(state.OffHours) {
		t.Errorf("a second plan differs from the state:\n got %v\nwant %v", again, state)
	}
}

func TestScheduleFill_roleID(t *testing.T) {
	t.Parallel()
	const role, other = "tools-ap-northeast-1", "other-ap-northeast-1"
	null, unknown, id := types.StringNull(), types.StringUnknown(), types.StringValue("AROAEXAMPLEID")
	function := types.StringValue(testFunction)
	tests := []struct {
		name               string
		role, function     types.String
		state              bool
		stateRole, stateID types.String
		want               types.String
	}{
		{"create", types.StringValue(role), function, false, null, null, unknown},
		{"no role", null, function, true, types.StringValue(role), id, null},
		{"the same role", types.StringValue(role), function, true, types.StringValue(role), id, id},
		{"never read", types.StringValue(role), function, true, types.StringValue(role), null, null},
		{"another role", types.StringValue(role), function, true, types.StringValue(other), id, unknown},
		{"a role that is not known", unknown, function, true, types.StringValue(role), id, unknown},
		{"the runner is made again", types.StringValue(role), unknown, true, types.StringValue(role), id, unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := configured(twenty())
			var state *scheduleModel
			if tt.state {
				state = applied(config)
				state.RunnerRoleName, state.RunnerRoleID = tt.stateRole, tt.stateID
			}
			config.RunnerRoleName, config.FunctionARN = tt.role, tt.function
			if got := planned(config, state).RunnerRoleID; !got.Equal(tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestScheduleFill_oneChangedEvent(t *testing.T) {
	t.Parallel()
	events := twenty()
	state := applied(configured(events))
	events["stop_07"] = stopAt("cron(30 22 ? * MON-FRI *)")
	plan := planned(configured(events), state)
	before := state.events()
	for key, e := range plan.events() {
		if key != "stop_07" && !e.object().Equal(before[key].object()) {
			t.Errorf("event %s changed: %v", key, e)
		}
	}
	got := plan.events()["stop_07"]
	if want := "stop Aurora cluster db every weekday at 22:30, Asia/Tokyo"; got.Summary.ValueString() != want {
		t.Errorf("summary: got %q, want %q", got.Summary.ValueString(), want)
	}
	if !got.ScheduleARN.Equal(before["stop_07"].ScheduleARN) {
		t.Errorf("schedule_arn: got %v, want that of the state", got.ScheduleARN)
	}
	if !plan.PolicyJSON.Equal(state.PolicyJSON) {
		t.Errorf("policy_json changed: %v", plan.PolicyJSON)
	}
}

func TestScheduleFill_renamedKeyHasNewARNOnly(t *testing.T) {
	t.Parallel()
	state := applied(
		configured(
			map[string]eventModel{"old": stopAt("cron(0 21 ? * MON-SUN *)"), "other": stopAt("cron(1 21 ? * MON-SUN *)")},
		),
	)
	plan := planned(
		configured(
			map[string]eventModel{"new": stopAt("cron(0 21 ? * MON-SUN *)"), "other": stopAt("cron(1 21 ? * MON-SUN *)")},
		),
		state,
	)
	events := plan.events()
	if !events["new"].ScheduleARN.IsUnknown() || events["new"].Summary.IsUnknown() {
		t.Errorf(
			"new event: schedule_arn %v, summary %v; want unknown, known",
			events["new"].ScheduleARN,
			events["new"].Summary,
		)
	}
	if !events["other"].object().Equal(state.events()["other"].object()) {
		t.Errorf("the other event changed: %v", events["other"])
	}
}

func TestScheduleFill_keepsSpelling(t *testing.T) {
	t.Parallel()
	state := applied(configured(map[string]eventModel{"e": func() eventModel {
		e := stopAt("cron(0 21 ? * MON-SUN *)")
		e.StartDate = types.StringValue("2027-03-31T12:00:00Z")
		return e
	}()}))
	e := stopAt("cron(0 21 ? * Mon-Sun *)")
	e.StartDate = types.StringValue("2027-03-31T21:00:00+09:00")
	plan := planned(configured(map[string]eventModel{"e": e}), state)
	if !plan.Events.Equal(state.Events) {
		t.Errorf("another spelling is a diff:\n got %v\nwant %v", plan.Events, state.Events)
	}
}

func TestScheduleFill_defaultsSpelledOut(t *testing.T) {
	t.Parallel()
	state := applied(configured(map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-SUN *)")}))
	e := stopAt("cron(0 21 ? * MON-SUN *)")
	e.Enabled = types.BoolValue(true)
	config := configured(map[string]eventModel{"e": e})
	config.Retry = types.ObjectValueMust(retryTypes, map[string]attr.Value{
		"maximum_attempts": types.Int64Value(10), "maximum_event_age_seconds": types.Int64Null(),
	})
	plan := planned(config, state)
	if !plan.Events.Equal(state.Events) || !plan.Retry.Equal(state.Retry) {
		t.Errorf("spelled-out defaults are a diff: %v, %v", plan.Events, plan.Retry)
	}
}

// Fault 11 of the old system: with AWS's default of 185 attempts in 24 hours last night's stop arrived
// at nine in the morning. Ours end within the hour, and the runner refuses what comes later.
func TestFault11_retriesEndWithinTheHour(t *testing.T) {
	t.Parallel()
	set := planned(configured(map[string]eventModel{
		"stop": stopAt("cron(0 21 ? * Mon-Sun *)"),
	}), nil).expand()
	schedule := set.Schedule("stop")
	if schedule.MaximumAttempts != 10 || schedule.MaximumEventAge != time.Hour {
		t.Errorf("%d attempts within %s", schedule.MaximumAttempts, schedule.MaximumEventAge)
	}
	if !strings.Contains(schedule.Input, `"late_after_seconds":3600`) {
		t.Errorf("input %s", schedule.Input)
	}
}

func TestScheduleFill_newWordingMakesNoDiff(t *testing.T) {
	t.Parallel()
	config := configured(map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-SUN *)")})
	state := applied(config)
	events := state.events()
	e := events["e"]
	e.Summary = types.StringValue("halt the cluster db each day, nine in the evening, Tokyo")
	events["e"] = e
	state.Events = eventsMap(events)
	if plan := planned(config, state); !plan.Events.Equal(state.Events) {
		t.Errorf("an older release's wording is a diff: %v", plan.Events)
	}
}

// Another language shows each summary and nothing else, whatever release wrote it; the same one again
// is no diff.
func TestScheduleFill_changedLanguage(t *testing.T) {
	t.Parallel()
	config := configured(twenty())
	state := applied(config)
	config.language = language.Japanese
	plan := planned(config, state)
	prior := state.events()
	for key, got := range plan.events() {
		want := prior[key]
		if sentence.Language(got.Summary.ValueString()) != language.Japanese {
			t.Errorf("%s: summary %v is not Japanese", key, got.Summary)
		}
		want.Summary = got.Summary
		if !got.object().Equal(want.object()) {
			t.Errorf("%s: more than the summary changed:\n got %v\nwant %v", key, got, want)
		}
	}
	if again := planned(config, applied(config)); !again.Events.Equal(plan.Events) {
		t.Errorf("a second plan differs:\n got %v\nwant %v", again.Events, plan.Events)
	}
}

// Drift is told in the language of the sentence that it stands behind, and planned away in the
// provider's.
func TestScheduleFlatten_japanese(t *testing.T) {
	t.Parallel()
	config := configured(map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-FRI *)")})
	config.language = language.Japanese
	state := applied(config)
	schedule := state.expand().Schedule("e")
	schedule.MaximumAttempts = 185
	other := scheduleset.Schedule{Name: "x", Expression: "rate(1 day)", Timezone: "UTC", FunctionARN: "arn:x"}
	live := &scheduleset.Live{Schedules: map[string]scheduleset.Schedule{"e": schedule, "x": other}}
	const plain = "毎週月〜金曜 21:00（Asia/Tokyo）に Aurora クラスタ db を停止"
	for lang, want := range map[language.Tag]string{
		language.Japanese: plain,
		language.English:  "stop Aurora cluster db every weekday at 21:00, Asia/Tokyo",
	} {
		got := *state
		got.language = lang
		got.flatten(live, nil, time.Now(), nil, false)
		drifted := got.events()["e"].Summary.ValueString()
		if drifted != plain+"（外部で変更: リトライ回数 10 → 185）" {
			t.Errorf("summary %s", drifted)
		}
		if stranger := got.events()["x"].Summary.ValueString(); sentence.Language(stranger) != lang {
			t.Errorf("%s: the stranger is %q", lang, stranger)
		}
		config.language = lang
		if after := planned(config, &got).events()["e"].Summary.ValueString(); after != want {
			t.Errorf("%s: planned %q, want %q", lang, after, want)
		}
	}
}

func TestScheduleFill_driftIsPlannedAway(t *testing.T) {
	t.Parallel()
	config := configured(map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-SUN *)")})
	state := applied(config)
	events := state.events()
	e := events["e"]
	plain := e.Summary
	e.Summary = types.StringValue(
		sentence.ChangedOutside(language.English, plain.ValueString(), "185 retries instead of 10"))
	events["e"] = e
	state.Events = eventsMap(events)
	if got := planned(config, state).events()["e"].Summary; !got.Equal(plain) {
		t.Errorf("summary: got %v, want the plain sentence %v", got, plain)
	}
}

// An import spells out each event's zone, and takes the most frequent one for the resource.
func TestScheduleFill_importedZones(t *testing.T) {
	t.Parallel()
	imported := func() *scheduleModel {
		e := stopAt("cron(0 21 ? * MON-SUN *)")
		e.Timezone = types.StringValue("Asia/Tokyo")
		return applied(configured(map[string]eventModel{"e": e}))
	}
	t.Run("the configuration leaves the zone to the resource", func(t *testing.T) {
		t.Parallel()
		state := imported()
		plan := planned(configured(map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-SUN *)")}), state)
		if !plan.Events.Equal(state.Events) {
			t.Errorf("got %v, want %v", plan.Events, state.Events)
		}
	})
	t.Run("the resource's zone is another, and no event inherits it", func(t *testing.T) {
		t.Parallel()
		state := imported()
		e := stopAt("cron(0 21 ? * MON-SUN *)")
		e.Timezone = types.StringValue("Asia/Tokyo")
		config := configured(map[string]eventModel{"e": e})
		config.Timezone = types.StringValue("UTC")
		if plan := planned(config, state); !plan.Timezone.Equal(state.Timezone) || !plan.Events.Equal(state.Events) {
			t.Errorf("got %v %v, want %v %v", plan.Timezone, plan.Events, state.Timezone, state.Events)
		}
	})
	t.Run("the resource's zone changes after an import", func(t *testing.T) {
		t.Parallel()
		config := configured(map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-SUN *)")})
		config.Timezone = types.StringValue("Europe/Paris")
		e := planned(config, imported()).events()["e"]
		if !strings.HasSuffix(e.Summary.ValueString(), ", Europe/Paris") || !e.Timezone.IsNull() {
			t.Errorf("got summary %v, timezone %v; want the resource's new zone", e.Summary, e.Timezone)
		}
	})
	t.Run("the resource's zone changes for an event that inherits it", func(t *testing.T) {
		t.Parallel()
		config := configured(map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-SUN *)")})
		state := applied(config)
		config.Timezone = types.StringValue("Europe/Berlin")
		e := planned(config, state).events()["e"]
		if !strings.HasSuffix(e.Summary.ValueString(), ", Europe/Berlin") || !e.Timezone.IsNull() {
			t.Errorf("got summary %v, timezone %v", e.Summary, e.Timezone)
		}
	})
}

func TestScheduleFill_unknown(t *testing.T) {
	t.Parallel()
	base := func() scheduleModel {
		return configured(
			map[string]eventModel{"e": stopAt("cron(0 21 ? * MON-SUN *)"), "f": stopAt("cron(0 22 ? * MON-SUN *)")},
		)
	}
	edit := func(m *scheduleModel, change func(*eventModel)) {
		events := m.events()
		e := events["e"]
		change(&e)
		events["e"] = e
		m.Events = eventsMap(events)
	}
	tests := []struct {
		name           string
		change         func(*scheduleModel)
		e, f, policyIs string // "known" or "unknown": summaries and policy_json
	}{
		{"nothing", func(*scheduleModel) {}, "known", "known", "known"},
		{"a word of args", func(m *scheduleModel) {
			edit(m, func(e *eventModel) {
				e.Args = types.ListValueMust(types.StringType, []attr.Value{
					types.StringValue("rds"), types.StringValue("stop-cluster"), types.StringUnknown(),
				})
			})
		}, "unknown", "known", "unknown"},
		{"args", func(m *scheduleModel) {
			edit(m, func(e *eventModel) { e.Args = types.ListUnknown(types.StringType) })
		}, "unknown", "known", "unknown"},
		{"cron_expr", func(m *scheduleModel) {
			edit(m, func(e *eventModel) { e.CronExpr = types.StringUnknown() })
		}, "unknown", "known", "known"},
		{"the event's zone", func(m *scheduleModel) {
			edit(m, func(e *eventModel) { e.Timezone = types.StringUnknown() })
		}, "unknown", "known", "known"},
		{
			"the resource's zone",
			func(m *scheduleModel) { m.Timezone = types.StringUnknown() },
			"unknown",
			"unknown",
			"known",
		},
		// The group's ARN is in the policy.
		{"name", func(m *scheduleModel) { m.Name = types.StringUnknown() }, "known", "known", "unknown"},
		{"group_name", func(m *scheduleModel) {
			m.GroupName = types.StringUnknown()
		}, "known", "known", "unknown"},
		{"name in a shared group", func(m *scheduleModel) {
			m.Name, m.GroupName = types.StringUnknown(), types.StringValue("default")
		}, "known", "known", "known"},
		{"function_arn", func(m *scheduleModel) { m.FunctionARN = types.StringUnknown() }, "known", "known", "unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := base()
			tt.change(&config)
			plan := planned(config, nil)
			events := plan.events()
			for what, got := range map[string]struct {
				value types.String
				want  string
			}{
				"summary of e": {events["e"].Summary, tt.e},
				"summary of f": {events["f"].Summary, tt.f},
				"policy_json":  {plan.PolicyJSON, tt.policyIs},
			} {
				if got.value.IsUnknown() != (got.want == "unknown") {
					t.Errorf("%s: got %v, want it %s", what, got.value, got.want)
				}
			}
		})
	}
	t.Run("a whole event", func(t *testing.T) {
		t.Parallel()
		config := base()
		elements := config.Events.Elements()
		elements["e"] = types.ObjectUnknown(eventTypes)
		config.Events = types.MapValueMust(eventType, elements)
		plan := planned(config, nil)
		if !plan.Events.Elements()["e"].IsUnknown() || plan.events()["f"].Summary.IsUnknown() ||
			!plan.PolicyJSON.IsUnknown() {
			t.Errorf("got %v, policy %v", plan.Events, plan.PolicyJSON)
		}
	})
	t.Run("all events", func(t *testing.T) {
		t.Parallel()
		config := base()
		config.Events = types.MapUnknown(eventType)
		plan := planned(config, nil)
		if !plan.Events.IsUnknown() || !plan.PolicyJSON.IsUnknown() {
			t.Errorf("got %v, policy %v", plan.Events, plan.PolicyJSON)
		}
	})
}

// No verb of today needs such a right: the warning is for one to come.
func TestWarner_unlimited(t *testing.T) {
	t.Parallel()
	w := warner{name: "saving"}
	w.unlimited(`{"Statement":[{"Action":["x:StopAll"],"Effect":"Allow","Resource":["*"]},` +
		`{"Action":["x:ListAll"],"Effect":"Allow","Resource":["*"]}],"Version":"2012-10-17"}`)
	if len(w.diags) != 1 || w.diags[0].Summary() != "saving: rights on everything" ||
		!strings.Contains(w.diags[0].Detail(), "need x:StopAll, which AWS lets nobody limit") {
		t.Errorf("got %v", w.diags)
	}
}
