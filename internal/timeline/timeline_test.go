package timeline

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

var start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) // a Tuesday

func event(t testing.TB, key, expr, zone string, starts bool, targets ...string) Event {
	t.Helper()
	s, err := awscron.Parse(expr)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := awscron.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return Event{Key: key, Schedule: s, Location: loc, Starts: starts, Targets: targets, AWSRestarts: !starts}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		events []Event
		want   []Conflict
	}{
		{
			name: "start and stop of one target in the same minute",
			events: []Event{
				event(t, "stop", "cron(0 21 ? * MON-FRI *)", "Asia/Tokyo", false, "db"),
				event(t, "start", "cron(0 21 ? * FRI *)", "Asia/Tokyo", true, "db"),
			},
			want: []Conflict{{
				Target: "db", Start: "start", Stop: "stop",
				At: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC),
			}},
		},
		{
			name: "the same minute in two zones",
			events: []Event{
				event(t, "stop", "cron(0 21 * * ? *)", "Asia/Tokyo", false, "db"),
				event(t, "start", "cron(0 12 1 * ? *)", "UTC", true, "db"),
			},
			want: []Conflict{{
				Target: "db", Start: "start", Stop: "stop",
				At: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC),
			}},
		},
		{
			name: "the same minute, other targets",
			events: []Event{
				event(t, "stop", "cron(0 21 * * ? *)", "UTC", false, "db"),
				event(t, "start", "cron(0 21 * * ? *)", "UTC", true, "other"),
			},
		},
		{
			name: "never the same minute",
			events: []Event{
				event(t, "stop", "cron(0/2 * * * ? *)", "UTC", false, "db"),
				event(t, "start", "cron(1/2 * * * ? *)", "UTC", true, "db"),
			},
		},
		{
			name: "two stops agree",
			events: []Event{
				event(t, "a", "cron(0 21 * * ? *)", "UTC", false, "db"),
				event(t, "b", "cron(0 21 * * ? *)", "UTC", false, "db"),
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Conflicts(tt.events, start)
			for i := range got {
				got[i].At = got[i].At.UTC()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
		})
	}
}

// Days off count by the event's own zone.
func TestExcept(t *testing.T) {
	t.Parallel()
	except := func(e Event, dates ...string) Event {
		e.Except = dates
		return e
	}
	stop := event(t, "stop", "cron(0 8 27,28 NOV ? 2026)", "Asia/Tokyo", false, "db")
	wake := event(t, "start", "cron(0 8 27,28 NOV ? 2026)", "Asia/Tokyo", true, "db")
	got := Conflicts([]Event{except(stop, "2026-11-27"), wake}, start)
	second := time.Date(2026, 11, 27, 23, 0, 0, 0, time.UTC) // the 28th in Tokyo
	if len(got) != 1 || !got[0].At.Equal(second) {
		t.Errorf("got %v, want one conflict at %s", got, second)
	}
	if got := Conflicts([]Event{except(stop, "2026-11-27"), except(wake, "2026-11-28")}, start); got != nil {
		t.Errorf("got %v, want no conflict", got)
	}
	if !except(stop, "2026-11-27", "2026-11-28").NeverAgain(start) || except(stop, "2026-11-27").NeverAgain(start) {
		t.Error("an event never fires again where all its runs are on days off, and only there")
	}
	daily := event(t, "stop", "cron(0 21 ? * MON-SUN *)", "UTC", false, "db")
	daily.Except = []string{"2026-12-31"}
	if got := Restarts([]Event{daily}, start); got != nil {
		t.Errorf("got %v, want no restart: the next day's stop comes within 24 hours", got)
	}
	daily.Except = []string{"2026-12-31", "2027-01-01"}
	want := time.Date(2026, 12, 31, 21, 0, 0, 0, time.UTC)
	if got := Restarts([]Event{daily}, start); len(got) != 1 || !got[0].At.Equal(want) {
		t.Errorf("got %v, want a restart at %s, on the first of two days off", got, want)
	}
}

func TestNeverAgain(t *testing.T) {
	t.Parallel()
	over := event(t, "over", "at(2026-01-01T00:00:00)", "UTC", false)
	ended := event(t, "ended", "cron(0 21 * * ? *)", "UTC", false)
	ended.Until = start.Add(time.Hour)
	later := event(t, "later", "cron(0 21 * * ? *)", "UTC", false)
	later.From = start.AddDate(1, 0, 0)
	for _, tt := range []struct {
		event Event
		want  bool
	}{{over, true}, {ended, true}, {later, false}} {
		if got := tt.event.NeverAgain(start); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.event.Key, got, tt.want)
		}
	}
}
