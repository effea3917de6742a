package timeline

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

func utc(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
}

func TestFindings(t *testing.T) {
	t.Parallel()
	late := event(t, "stop", "cron(0 21 * * ? *)", "UTC", false, "db")
	late.LateAfter = 30 * time.Minute
	inTime := late
	inTime.LateAfter = LongestWait
	summer := event(t, "stop", "cron(30 2 * * ? *)", "Europe/Paris", false, "db")
	summer.Except = []string{"2027-03-28"}
	ended := event(t, "stop", "cron(30 2 * * ? *)", "Europe/Paris", false, "db")
	ended.Until = utc(2027, 3, 1, 0, 0)
	tests := []struct {
		name   string
		events []Event
		want   []Finding
	}{
		{
			name: "nothing to say",
			events: []Event{
				event(t, "stop", "cron(0 21 * * ? *)", "Asia/Tokyo", false, "db"),
				event(t, "start", "cron(0 8 * * ? *)", "Asia/Tokyo", true, "db"),
			},
		},
		{
			name: "opposite events in one minute",
			events: []Event{
				event(t, "night", "cron(0 21 * * ? *)", "UTC", false, "db"),
				event(t, "day", "cron(0 21 ? * FRI *)", "UTC", true, "db"),
			},
			want: []Finding{
				{Kind: Contradiction, Keys: []string{"night", "day"}, Target: "db", At: utc(2026, 11, 27, 21, 0)},
			},
		},
		{
			name: "the minutes of a rate() without a start are not known",
			events: []Event{
				event(t, "night", "rate(1 minute)", "UTC", false, "db"),
				event(t, "day", "cron(0 21 ? * FRI *)", "UTC", true, "db"),
			},
		},
		{
			name: "over, and twice on one event",
			events: []Event{
				event(t, "once", "at(2026-01-01T00:00:00)", "UTC", false, "a"),
				event(t, "once", "at(2026-01-01T00:00:00)", "UTC", true, "b"),
			},
			want: []Finding{
				{Kind: NeverFires, Keys: []string{"once"}},
				{Kind: StopOnly, Keys: []string{"once"}, Target: "a"},
				{Kind: StartOnly, Keys: []string{"once"}, Target: "b"},
			},
		},
		{
			name:   "AWS starts it again",
			events: []Event{event(t, "stop", "cron(0 21 1 * ? *)", "UTC", false, "db")},
			want: []Finding{
				{Kind: AWSRestart, Keys: []string{"stop"}, Target: "db", At: utc(2026, 12, 8, 21, 0)},
				{Kind: StopOnly, Keys: []string{"stop"}, Target: "db"},
			},
		},
		{
			name: "a doubtful form",
			events: []Event{
				event(t, "stop", "cron(0 21 L-3 * ? *)", "UTC", false, "db"),
				event(t, "start", "cron(0 8 L-2 * ? *)", "UTC", true, "db"),
			},
			want: []Finding{
				{Kind: DoubtfulExpression, Keys: []string{"start"}},
				{Kind: DoubtfulExpression, Keys: []string{"stop"}},
			},
		},
		{
			name:   "a limit shorter than the longest wait",
			events: []Event{late},
			want: []Finding{
				{Kind: LateLimit, Keys: []string{"stop"}},
				{Kind: StopOnly, Keys: []string{"stop"}, Target: "db"},
			},
		},
		{
			name:   "a limit that is long enough",
			events: []Event{inTime},
			want:   []Finding{{Kind: StopOnly, Keys: []string{"stop"}, Target: "db"}},
		},
		{
			name: "local times that are lost and that come twice",
			events: []Event{
				event(t, "stop", "cron(30 2 * * ? *)", "Europe/Paris", false, "db"),
				event(t, "start", "cron(0 8 * * ? *)", "Europe/Paris", true, "db"),
			},
			want: []Finding{
				{
					Kind: RepeatedTime, Keys: []string{"stop"},
					At: utc(2027, 10, 31, 1, 0), Wall: utc(2027, 10, 31, 2, 30),
				},
				{
					Kind: SkippedTime, Keys: []string{"stop"},
					At: utc(2027, 3, 28, 1, 0), Wall: utc(2027, 3, 28, 2, 30),
				},
			},
		},
		{
			name:   "a lost time on a day off is none",
			events: []Event{summer},
			want: []Finding{
				{
					Kind: RepeatedTime, Keys: []string{"stop"},
					At: utc(2027, 10, 31, 1, 0), Wall: utc(2027, 10, 31, 2, 30),
				},
				{Kind: StopOnly, Keys: []string{"stop"}, Target: "db"},
			},
		},
		{
			name:   "nor is one after the event's end",
			events: []Event{ended},
			want: []Finding{
				{Kind: AWSRestart, Keys: []string{"stop"}, Target: "db", At: utc(2027, 3, 1, 1, 30)},
				{Kind: StopOnly, Keys: []string{"stop"}, Target: "db"},
			},
		},
		{
			name: "ranges that overlap",
			events: []Event{
				event(t, "stop_a", "cron(0 20 ? * MON *)", "UTC", false, "db"),
				event(t, "start_a", "cron(0 7 ? * TUE *)", "UTC", true, "db"),
				event(t, "stop_b", "cron(0 21 ? * MON *)", "UTC", false, "db"),
				event(t, "start_b", "cron(0 8 ? * TUE *)", "UTC", true, "db"),
			},
			want: []Finding{{
				Kind: Overlap, Keys: []string{"start_a", "start_b", "stop_a", "stop_b"}, Target: "db",
				At: utc(2026, 12, 1, 7, 0),
			}},
		},
		{
			name: "events that are there twice, as in the middle of a move, agree",
			events: []Event{
				event(t, "stop_old", "cron(0 20 ? * MON *)", "UTC", false, "db"),
				event(t, "start_old", "cron(0 7 ? * TUE *)", "UTC", true, "db"),
				event(t, "stop_new", "cron(0 20 ? * MON *)", "UTC", false, "db"),
				event(t, "start_new", "cron(0 7 ? * TUE *)", "UTC", true, "db"),
			},
		},
		{
			name: "a second stop in one night is no overlap",
			events: []Event{
				event(t, "stop", "cron(0 20 ? * MON *)", "UTC", false, "db"),
				event(t, "again", "cron(0 23 ? * MON *)", "UTC", false, "db"),
				event(t, "start", "cron(0 7-9 ? * TUE *)", "UTC", true, "db"),
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Findings(tt.events, start)
			for i := range got {
				if !got[i].At.IsZero() {
					got[i].At = got[i].At.UTC()
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	off := []Span{{0, 60}}
	before := []Week{{"a", off}, {"b", off}, {"c", off}, {"never", nil}}
	after := []Week{{"a", []Span{{0, 1}}}, {"b", nil}}
	want := []Finding{{Kind: OffHoursGone, Target: "b"}, {Kind: OffHoursGone, Target: "c"}}
	if diff := cmp.Diff(want, Gone(before, after)); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
}

func TestKind_Degree(t *testing.T) {
	t.Parallel()
	warnings := []Kind{Contradiction, NeverFires, AWSRestart, DoubtfulExpression, LateLimit}
	for _, k := range slices.Concat(warnings, []Kind{StopOnly, StartOnly, Overlap, SkippedTime, RepeatedTime, OffHoursGone}) {
		want := Note
		if slices.Contains(warnings, k) {
			want = Warning
		}
		if got := k.Degree(); got != want {
			t.Errorf("%s: got %s, want %s", k, got, want)
		}
	}
}

func TestConfig_Events(t *testing.T) {
	t.Parallel()
	c := Config{
		Key: "morning",
		Commands: [][]string{
			{"rds", "start-cluster", "my-aurora"},
			{"ecs", "stop-services", "web/api"},
			{"ecs", "start-services", "web/api/2"},
			{"ec2", "restart-instances", "deploy=devel"},
			{"rds", "stop-instance", "other", "--dry-run"},
		},
		CronExpr: "rate(1 day)", Timezone: "Asia/Tokyo", StartDate: utc(2026, 12, 1, 0, 0),
	}
	events, err := c.Events()
	if err != nil {
		t.Fatal(err)
	}
	type effect struct {
		target           string
		starts, restarts bool
	}
	var got []effect
	for _, e := range events {
		got = append(got, effect{e.Targets[0], e.Starts, e.AWSRestarts})
		if next := e.Schedule.Next(start, e.Location); !next.Equal(c.StartDate) {
			t.Errorf("first run at %s, want the start date", next)
		}
	}
	want := []effect{{"ecs/service/web/api", true, false}, {"rds/cluster/my-aurora", true, false}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	c.Disabled = true
	if events, err := c.Events(); events != nil || err != nil {
		t.Errorf("disabled: got %v, %v, want nothing", events, err)
	}
}

func TestConfig_Events_wrong(t *testing.T) {
	t.Parallel()
	good := Config{
		Key: "stop", Commands: [][]string{{"rds", "stop-cluster", "db"}}, CronExpr: "cron(0 21 * * ? *)", Timezone: "UTC",
	}
	for want, change := range map[string]func(*Config){
		`event "stop" has cron_expr: `:                     func(c *Config) { c.CronExpr = "cron(0 21 * * *)" },
		`event "stop" has timezone: unknown time zone "X"`: func(c *Config) { c.Timezone = "X" },
		`event "stop" has args: `:                          func(c *Config) { c.Commands = [][]string{{"rds"}} },
	} {
		c := good
		change(&c)
		_, err := c.Events()
		if err == nil || len(err.Error()) <= len(want) || err.Error()[:len(want)] != want {
			t.Errorf("got %v, want an error that begins with %q", err, want)
		}
	}
}

// The call's own words tell what AWS restarts.
func TestByTarget(t *testing.T) {
	t.Parallel()
	call, err := command.Parse([]string{"rds", "stop-cluster", "b", "a"})
	if err != nil {
		t.Fatal(err)
	}
	events := ByTarget(Event{Key: "stop"}, []*command.Call{call}, "")
	if len(events) != 2 || events[0].Targets[0] != "rds/cluster/a" || !events[0].AWSRestarts || events[0].Starts {
		t.Errorf("got %+v, want stops of a and b that AWS undoes", events)
	}
}
