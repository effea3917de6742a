package provider

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// stepsAt is an event of steps, each written as one text.
func stepsAt(expr string, steps ...string) eventModel {
	e := noEvent()
	var all [][]string
	for _, step := range steps {
		all = append(all, strings.Fields(step))
	}
	e.Steps, e.CronExpr = stepList(all), types.StringValue(expr)
	return e
}

func morning() eventModel {
	return stepsAt("cron(0 8 ? * MON-FRI *)", "rds start-cluster db --wait", "rds start-instance x")
}

func except(e eventModel, dates ...string) eventModel {
	e.ExceptDates = stringList(dates)
	return e
}

func one(e eventModel) map[string]eventModel { return map[string]eventModel{"e": e} }

func TestEvent_sentence(t *testing.T) {
	t.Parallel()
	off := except(stopAt("cron(0 21 ? * MON-SUN *)"), "2026-12-29")
	off.EndDate = types.StringValue("2027-03-31T00:00:00+09:00")
	disabled := except(morning(), "2026-12-29", "2026-12-30")
	disabled.Enabled = types.BoolValue(false)
	for want, e := range map[string]eventModel{
		"start Aurora cluster db, waiting until available, then start 2 ECS services of web (api and ui), every day " +
			"at 08:00, Asia/Tokyo": stepsAt("cron(0 8 * * ? *)", "rds start-cluster db --wait", "ecs start-services web/api web/ui"),
		"start Aurora cluster db, waiting until available, then start RDS instance x, every weekday at " +
			"08:00, Asia/Tokyo": morning(),
		"stop Aurora cluster db every day at 21:00, Asia/Tokyo":                                                 stepsAt("cron(0 21 ? * MON-SUN *)", "rds stop-cluster db"),
		"stop Aurora cluster db every day at 21:00, Asia/Tokyo, until 31 Mar 2027 00:00, except on 29 Dec 2026": off,
		"disabled: start Aurora cluster db, waiting until available, then start RDS instance x, every weekday at " +
			"08:00, Asia/Tokyo, except on 2 dates (29 and 30 Dec 2026)": disabled,
	} {
		if e.Enabled.IsNull() {
			e.Enabled = types.BoolValue(true)
		}
		if got := e.sentence(types.StringValue("Asia/Tokyo"), language.English); got != want {
			t.Errorf("sentence\n got %s\nwant %s", got, want)
		}
	}
}

// One changed date or step shows its own list and the summary, and nothing else.
func TestScheduleFill_changedStepOrDate(t *testing.T) {
	t.Parallel()
	events := twenty()
	events["morning"] = except(morning(), "2026-12-29", "2026-12-30")
	state := applied(configured(events))
	if again := planned(configured(events), state); !again.Events.Equal(state.Events) {
		t.Errorf("a second plan differs from the state:\n got %v\nwant %v", again.Events, state.Events)
	}
	for name, changed := range map[string]eventModel{
		"date":     except(morning(), "2026-12-29", "2026-12-31", "2027-01-02"),
		"no dates": morning(),
		"step": except(stepsAt("cron(0 8 ? * MON-FRI *)", "rds start-cluster db", "rds start-instance x"),
			"2026-12-29", "2026-12-30"),
	} {
		events["morning"] = changed
		plan := planned(configured(events), state)
		want := state.events()["morning"]
		want.Steps, want.ExceptDates = changed.Steps, changed.ExceptDates
		got := plan.events()["morning"]
		if got.Summary.IsUnknown() || got.Summary.Equal(want.Summary) {
			t.Errorf("%s: summary %v, want another known one", name, got.Summary)
		}
		want.Summary = got.Summary
		if !got.object().Equal(want.object()) || !plan.PolicyJSON.Equal(state.PolicyJSON) {
			t.Errorf("%s: more than its list and the summary changed:\n got %v\nwant %v", name, got, want)
		}
	}
}

func TestScheduleFill_unknownStepsAndDates(t *testing.T) {
	t.Parallel()
	step := func(last attr.Value) attr.Value {
		return types.ListValueMust(types.StringType, []attr.Value{
			types.StringValue("rds"), types.StringValue("stop-cluster"), last,
		})
	}
	word, dates, list, whole := morning(), morning(), morning(), morning()
	word.Steps = types.ListValueMust(wordsType, []attr.Value{step(types.StringValue("db")), step(types.StringUnknown())})
	list.Steps = types.ListValueMust(wordsType, []attr.Value{step(types.StringValue("db")), types.ListUnknown(types.StringType)})
	whole.Steps = types.ListUnknown(wordsType)
	dates.ExceptDates = types.ListValueMust(types.StringType, []attr.Value{types.StringUnknown()})
	for name, test := range map[string]struct {
		event         eventModel
		policyUnknown bool
	}{
		"a word of a step": {word, true}, "a step": {list, true}, "steps": {whole, true}, "a date": {dates, false},
	} {
		config := configured(map[string]eventModel{"e": test.event, "f": stopAt("cron(0 22 ? * MON-SUN *)")})
		if diags := config.validate(); diags.HasError() {
			t.Errorf("%s: unknown values are errors: %v", name, diags)
		}
		plan := planned(config, nil)
		if events := plan.events(); !events["e"].Summary.IsUnknown() || events["f"].Summary.IsUnknown() {
			t.Errorf("%s: summaries %v, %v; want the first unknown", name, events["e"].Summary, events["f"].Summary)
		}
		if plan.PolicyJSON.IsUnknown() != test.policyUnknown {
			t.Errorf("%s: policy_json %v, want it unknown: %v", name, plan.PolicyJSON, test.policyUnknown)
		}
	}
}

func TestScheduleExpand_steps(t *testing.T) {
	t.Parallel()
	events := configured(map[string]eventModel{
		"args":   stopAt("cron(0 21 ? * MON-SUN *)"),
		"starts": except(stepsAt("cron(0 8 ? * MON-FRI *)", "rds stop-instance x", "rds start-cluster db"), "2026-12-29"),
		"stops":  stepsAt("cron(0 8 ? * MON-FRI *)", "rds stop-instance x", "rds start-cluster db --dry-run"),
	})
	set := events.expand()
	got := set.Events["starts"]
	if d := cmp.Diff([][]string{{"rds", "stop-instance", "x"}, {"rds", "start-cluster", "db"}}, got.Steps); d != "" ||
		got.Args != nil || !slices.Equal(got.ExceptDates, []string{"2026-12-29"}) {
		t.Errorf("%+v, steps (-want +got):\n%s", got, d)
	}
	if set.Events["args"].Steps != nil || set.Events["args"].Args == nil {
		t.Errorf("an event of args: %+v", set.Events["args"])
	}
	if !got.Starts || set.Events["stops"].Starts {
		t.Error("an event that starts anything counts as a start, and only such a one")
	}
}

func TestScheduleFill_policyIsTheUnionOverSteps(t *testing.T) {
	t.Parallel()
	both := planned(configured(map[string]eventModel{
		"a": stopAt("cron(0 21 ? * MON-SUN *)"), "b": stepsAt("cron(0 8 * * ? *)", "rds start-instance x"),
	}), nil)
	steps := planned(configured(one(stepsAt("cron(0 8 * * ? *)", "rds stop-cluster db", "rds start-instance x"))), nil)
	if steps.PolicyJSON.ValueString() != both.PolicyJSON.ValueString() ||
		!strings.Contains(steps.PolicyJSON.ValueString(), "rds:StartDBInstance") {
		t.Errorf("policy of two steps\n got %v\nwant %v", steps.PolicyJSON, both.PolicyJSON)
	}
}

// live is what AWS holds after an apply of the model, with one input replaced.
func live(m *scheduleModel, key, input string) *scheduleset.Live {
	set := m.expand()
	l := &scheduleset.Live{Schedules: map[string]scheduleset.Schedule{}, Tags: map[string]string{}}
	for k, e := range m.events() {
		s := set.Schedule(k)
		s.ARN = e.ScheduleARN.ValueString()
		if k == key {
			s.Input = strings.NewReplacer("SAME", s.Input).Replace(input)
		}
		l.Schedules[k] = s
	}
	return l
}

func TestScheduleFlatten_stepsAndDates(t *testing.T) {
	t.Parallel()
	empty := stopAt("cron(0 21 ? * MON-SUN *)")
	empty.ExceptDates = stringList(nil)
	config := configured(map[string]eventModel{
		"morning": except(morning(), "2026-12-30", "2026-12-29"), "empty": empty, "plain": stopAt("cron(0 22 ? * MON-SUN *)"),
	})
	state := applied(config)
	const rest = `,"group":"saving","schedule":"morning","holds":true,"timezone":"Asia/Tokyo","late_after_seconds":3600,` +
		`"scheduled_time":"<aws.scheduler.scheduled-time>"}`
	const same = `{"steps":[["rds","start-cluster","db","--wait"],["rds","start-instance","x"]]`
	tests := []struct {
		name, input string
		want        func(*eventModel)
		summary     string // its end
	}{
		{"no drift", "SAME", func(*eventModel) {}, "Asia/Tokyo, except on 2 dates (29 and 30 Dec 2026)"},
		{"other dates", same + `,"except_dates":["2026-12-31"]` + rest,
			func(e *eventModel) { e.ExceptDates = stringList([]string{"2026-12-31"}) }, "Tokyo, except on 31 Dec 2026"},
		{"no dates", same + rest,
			func(e *eventModel) { e.ExceptDates = types.ListNull(types.StringType) }, "08:00, Asia/Tokyo"},
		{"other steps", `{"steps":[["rds","start-instance","x"]],"except_dates":["2026-12-30","2026-12-29"]` + rest,
			func(e *eventModel) { e.Steps = stepList([][]string{{"rds", "start-instance", "x"}}) }, "except on 2 dates (29 and 30 Dec 2026)"},
		{"args instead of steps", `{"args":["rds","start-instance","x"],"except_dates":["2026-12-30","2026-12-29"]` + rest,
			func(e *eventModel) {
				e.Steps, e.Args = types.ListNull(wordsType), stringList([]string{"rds", "start-instance", "x"})
			}, "except on 2 dates (29 and 30 Dec 2026)"},
		{"both", `{"args":["rds"],"steps":[["rds"]]}`, func(e *eventModel) {
			e.Steps, e.ExceptDates = types.ListNull(wordsType), types.ListNull(types.StringType)
		}, "input without a command (changed outside: input replaced)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := *state
			got.flatten(live(state, "morning", tt.input), nil, time.Now(), nil, false)
			want := state.events()
			e := want["morning"]
			tt.want(&e)
			e.Summary = got.events()["morning"].Summary
			want["morning"] = e
			if !got.Events.Equal(eventsMap(want)) {
				t.Errorf("events\n got %v\nwant %v", got.Events, eventsMap(want))
			}
			if !strings.HasSuffix(e.Summary.ValueString(), tt.summary) {
				t.Errorf("summary %v, want it to end in %q", e.Summary, tt.summary)
			}
			if plan := planned(config, &got); !plan.Events.Equal(state.Events) {
				t.Errorf("the plan does not undo the drift: %v", plan.Events)
			}
		})
	}
}

func TestScheduleFlatten_importsStepsAndDates(t *testing.T) {
	t.Parallel()
	config := configured(map[string]eventModel{
		"morning": except(morning(), "2026-12-29"), "plain": stopAt("cron(0 22 ? * MON-SUN *)"),
	})
	imported := scheduleModel{Name: config.Name, Tags: types.MapNull(types.StringType), Events: eventsMap(nil)}
	imported.flatten(live(applied(config), "", ""), nil, time.Now(), nil, true)
	if plan := planned(config, &imported); !plan.Events.Equal(imported.Events) {
		t.Errorf("an import into a matching configuration\n got %v\nwant %v", plan.Events, imported.Events)
	}
}

func TestScheduleWarnings_stepsAndDates(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 29, 16, 0, 0, 0, time.UTC) // already the 30th in Tokyo
	const restart = "cron(0 3 ? * MON-SUN *)"
	disabled := except(stopAt("cron(0 21 ? * MON-SUN *)"), "2020-01-01")
	disabled.Enabled = types.BoolValue(false)
	tests := []struct {
		name   string
		events map[string]eventModel
		want   []string
	}{
		{"all past", one(except(stopAt("cron(0 21 ? * MON-SUN *)"), "2026-12-29", "2026-12-28")),
			[]string{"saving: e has except_dates that are all past"}},
		{"the last is today in the event's zone", one(except(stopAt("cron(0 21 ? * MON-SUN *)"), "2026-12-30", "2020-01-01")), nil},
		{"all past, disabled", one(disabled), nil},
		{"every run is on a day off", one(except(stopAt("at(2026-12-31T21:00:00)"), "2026-12-31")),
			[]string{"saving: e never fires again"}},
		{"a restart does not contradict itself", one(stepsAt(restart, "rds stop-cluster db --wait", "rds start-cluster db")), nil},
		{"a restart ends in a start", map[string]eventModel{
			"e": stepsAt(restart, "rds stop-cluster db --wait", "rds start-cluster db"),
			"f": stepsAt(restart, "rds stop-cluster db", "rds start-cluster other"),
		}, []string{"saving: f and e contradict each other on rds/cluster/db"}},
		{"each step with its own effect", map[string]eventModel{
			"e": stepsAt(restart, "rds start-cluster a", "rds stop-instance b"),
			"f": stepsAt(restart, "rds stop-cluster other", "rds start-instance b"),
		}, []string{"saving: e and f contradict each other on rds/instance/b"}},
		{"no contradiction on days off", map[string]eventModel{
			"e": except(stopAt("cron(0 21 31 12 ? 2026)"), "2026-12-31"),
			"f": stepsAt("cron(0 21 31 12 ? 2026)", "rds start-cluster db"),
		}, []string{"saving: e never fires again"}},
		{"a stop as second step that AWS undoes", one(stepsAt("cron(0 21 1 * ? *)", "rds start-instance x", "rds stop-cluster db")),
			[]string{"saving: e is undone by AWS after seven days: rds/cluster/db"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := configured(tt.events)
			config.Permissions = types.StringValue(permissionsExternal)
			r := &scheduleResource{now: func() time.Time { return now }}
			var got []string
			for _, d := range r.warnings(planned(config, nil)) {
				got = append(got, d.Summary())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("warnings (-want +got):\n%s", d)
			}
		})
	}
}

func TestScheduleValidate_inputTooLong(t *testing.T) {
	t.Parallel()
	items := slices.Repeat([]string{`rds stop-cluster ` + strings.Repeat("x", 60)}, 3200)
	errors := func(e eventModel) (details []string) {
		for _, d := range configured(one(e)).validate() {
			details = append(details, d.Detail())
		}
		return details
	}
	if got := errors(stepsAt("cron(0 21 * * ? *)", items[:2900]...)); got != nil {
		t.Errorf("2900 steps: got %v, want no error", got)
	}
	got := errors(stepsAt("cron(0 21 * * ? *)", items...))
	if len(got) != 1 || !strings.Contains(got[0], "bytes to the function; AWS allows 262144. Select the targets by a tag") {
		t.Errorf("3200 steps: got %v, want one error on their length", got)
	}
}

func TestWrongDate(t *testing.T) {
	t.Parallel()
	const form = `. Write year, month and day, such as "2026-12-29"`
	for date, want := range map[string]string{
		"2026-12-29":           "",
		"2028-02-29":           "",
		"2027-02-29":           "which does not exist: February 2027 has the days 1 to 28",
		"2026-02-30":           "which does not exist: February 2026 has the days 1 to 28",
		"2026-12-00":           "which does not exist: December 2026 has the days 1 to 31",
		"2026-13-01":           "which is no date: there is no month 13" + form,
		"2026-1-5":             `which is not in the form year-month-day. Write "2026-01-05"`,
		"2026/12/29":           `which is not in the form year-month-day. Write "2026-12-29"`,
		"20261229":             `which is not in the form year-month-day. Write "2026-12-29"`,
		"2026-12-29T00:00:00Z": `which is not in the form year-month-day. Write "2026-12-29"`,
		"29 Dec 2026":          "which is no date" + form,
		"12/29/2026":           "which is no date" + form,
		" 2026-12-29":          "which is no date" + form,
		"":                     "which is no date" + form,
	} {
		if got := wrongDate(date); got != want {
			t.Errorf("%q\n got %s\nwant %s", date, got, want)
		}
	}
}
