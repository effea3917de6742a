package provider

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// eventOn is an event with this expression and these args.
func eventOn(expr string, args ...string) eventModel {
	e := noEvent()
	e.Args, e.CronExpr = stringList(args), types.StringValue(expr)
	return e
}

// night is a stop and a start of my-aurora: off 55 hours a week.
func night() map[string]eventModel {
	return map[string]eventModel{
		"stop":  eventOn("cron(0 21 ? * MON-FRI *)", "rds", "stop-cluster", "my-aurora"),
		"start": eventOn("cron(0 8 ? * TUE-SAT *)", "rds", "start-cluster", "my-aurora"),
	}
}

func hoursOf(t *testing.T, m types.Map) map[string]string {
	t.Helper()
	hours := map[string]string{}
	for target, v := range m.Elements() {
		hours[target] = v.(types.Number).ValueBigFloat().Text('f', -1)
	}
	return hours
}

func TestScheduleOffHours(t *testing.T) {
	t.Parallel()
	with := func(change func(map[string]eventModel)) map[string]eventModel {
		events := night()
		change(events)
		return events
	}
	for name, tt := range map[string]struct {
		events map[string]eventModel
		want   map[string]string
	}{
		"a night": {night(), map[string]string{"rds/cluster/my-aurora": "55"}},
		"none":    {nil, map[string]string{}},
		"one form for every spelling, and rounded": {
			map[string]eventModel{
				"stop": eventOn("cron(0 21 ? * MON *)", "rds", "stop-cluster", "My-Aurora"),
				"start": eventOn("cron(20 21 ? * MON *)", "rds", "start-cluster",
					"arn:aws:rds:ap-northeast-1:123456789012:cluster:my-aurora"),
			},
			map[string]string{"rds/cluster/my-aurora": "0.33"},
		},
		"tags, services and regions": {
			map[string]eventModel{
				"a": eventOn("cron(0 1 * * ? *)", "ec2", "stop-instances", "team=web,deploy=devel"),
				"b": eventOn("cron(0 3 * * ? *)", "ec2", "start-instances", "deploy=devel,team=web"),
				"c": eventOn("cron(0 1 * * ? *)", "ecs", "stop-services", "web/api"),
				"d": eventOn("cron(0 2 * * ? *)", "ecs", "start-services", "web/api/2"),
				"e": eventOn("cron(0 1 * * ? *)", "rds", "stop-cluster", "deploy=devel", "--region", "us-west-2"),
				"f": eventOn("cron(30 1 * * ? *)", "rds", "start-cluster", "deploy=devel", "--region=us-west-2"),
			},
			map[string]string{
				"ec2/tag/deploy=devel,team=web": "14", "ecs/service/web/api": "7",
				"rds/cluster-tag/deploy=devel@us-west-2": "3.5",
			},
		},
		"a region's name and an ARN of there": {
			map[string]eventModel{
				"a": eventOn("cron(0 1 * * ? *)", "rds", "stop-cluster", "db", "--region", "us-west-2"),
				"b": eventOn("cron(0 2 * * ? *)", "rds", "start-cluster", "arn:aws:rds:us-west-2:123456789012:cluster:db"),
			},
			map[string]string{"rds/cluster/db@us-west-2": "7"},
		},
		"one name in two regions": {
			map[string]eventModel{
				"a": eventOn("cron(0 1 * * ? *)", "rds", "stop-cluster", "arn:aws:rds:us-west-2:123456789012:cluster:db"),
				"b": eventOn("cron(0 2 * * ? *)", "rds", "start-cluster", "arn:aws:rds:eu-west-1:123456789012:cluster:db"),
			},
			map[string]string{},
		},
		"a disabled start": {with(func(events map[string]eventModel) {
			e := events["start"]
			e.Enabled = types.BoolValue(false)
			events["start"] = e
		}), map[string]string{}},
		"a disabled event of which nothing is known": {with(func(events map[string]eventModel) {
			events["off"] = eventModel{
				Args: types.ListUnknown(types.StringType), Steps: types.ListNull(wordsType),
				ExceptDates: types.ListNull(types.StringType), CronExpr: types.StringUnknown(),
				Enabled: types.BoolValue(false),
			}
		}), map[string]string{"rds/cluster/my-aurora": "55"}},
		"dates that do not count": {with(func(events map[string]eventModel) {
			e := events["stop"]
			e.StartDate, e.EndDate = types.StringUnknown(), types.StringUnknown()
			e.ExceptDates = types.ListUnknown(types.StringType)
			events["stop"] = e
		}), map[string]string{"rds/cluster/my-aurora": "55"}},
		"a zone of its own": {with(func(events map[string]eventModel) {
			e := events["start"]
			e.Timezone = types.StringValue("UTC") // nine hours later
			events["start"] = e
		}), map[string]string{"rds/cluster/my-aurora": "100"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, hoursOf(t, planned(configured(tt.events), nil).OffHours)); diff != "" {
				t.Errorf("hours (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScheduleOffHours_unknown(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*scheduleModel, *eventModel){
		"cron_expr":           func(_ *scheduleModel, e *eventModel) { e.CronExpr = types.StringUnknown() },
		"args":                func(_ *scheduleModel, e *eventModel) { e.Args = types.ListUnknown(types.StringType) },
		"the event's zone":    func(_ *scheduleModel, e *eventModel) { e.Timezone = types.StringUnknown() },
		"the resource's zone": func(m *scheduleModel, _ *eventModel) { m.Timezone = types.StringUnknown() },
		"the function, and so whether an ARN is in its region": func(m *scheduleModel, e *eventModel) {
			m.FunctionARN = types.StringUnknown()
			e.Args = stringList([]string{"rds", "stop-cluster", "arn:aws:rds:ap-northeast-1:123456789012:cluster:my-aurora"})
		},
		"enabled": func(_ *scheduleModel, e *eventModel) { e.Enabled = types.BoolUnknown() },
	} {
		events := night()
		config := configured(events)
		e := events["stop"]
		change(&config, &e)
		events["stop"] = e
		config.Events = eventsMap(events)
		if got := planned(config, nil).OffHours; !got.IsUnknown() {
			t.Errorf("%s: got %v, want it unknown", name, got)
		}
	}
	config := configured(night())
	config.FunctionARN = types.StringUnknown() // no event names a region
	if diff := cmp.Diff(map[string]string{"rds/cluster/my-aurora": "55"}, hoursOf(t, planned(config, nil).OffHours)); diff != "" {
		t.Errorf("hours of a new function (-want +got):\n%s", diff)
	}
	config = configured(night())
	elements := config.Events.Elements()
	elements["other"] = types.ObjectUnknown(eventTypes)
	config.Events = types.MapValueMust(eventType, elements)
	if got := planned(config, nil).OffHours; !got.IsUnknown() {
		t.Errorf("a whole event: got %v, want it unknown", got)
	}
	config.Events = types.MapUnknown(eventType)
	if got := planned(config, nil).OffHours; !got.IsUnknown() {
		t.Errorf("all events: got %v, want it unknown", got)
	}
}

// A refresh brings the hours up to what is live, and fills them in where an earlier release left
// none; a schedule that something else put into the group takes no part.
func TestScheduleOffHours_refresh(t *testing.T) {
	t.Parallel()
	state := applied(configured(night()))
	set := state.expand()
	live := &scheduleset.Live{Schedules: map[string]scheduleset.Schedule{
		"stranger": {Expression: "cron(0 3 * * ? *)", Timezone: "UTC", FunctionARN: "arn:aws:sqs:x", Enabled: true},
	}}
	for key := range set.Events {
		live.Schedules[key] = set.Schedule(key)
	}
	want := state.OffHours
	state.OffHours = types.MapNull(types.NumberType)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	state.flatten(live, nil, now, nil, false)
	if !state.OffHours.Equal(want) {
		t.Errorf("got %v, want %v", state.OffHours, want)
	}
	moved := live.Schedules["start"]
	moved.Expression = "cron(0 9 ? * TUE-SAT *)"
	live.Schedules["start"] = moved
	state.flatten(live, nil, now, nil, false)
	if got := hoursOf(t, state.OffHours)["rds/cluster/my-aurora"]; got != "60" {
		t.Errorf("moved by an hour: got %s hours, want 60", got)
	}
}

// A number that the state's JSON spells out and Terraform reads again is the one that is planned.
func TestNumber(t *testing.T) {
	t.Parallel()
	for _, f := range []float64{0, 65, 0.33, 65.67, 167.98} {
		got := number(f).ValueBigFloat()
		read, _, err := big.ParseFloat(got.Text('f', -1), 10, 512, big.ToNearestEven)
		if err != nil || read.Cmp(got) != 0 {
			t.Errorf("%v: reads as %v, %v", f, read, err)
		}
	}
}
