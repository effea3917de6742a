package timeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestRestarts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		events []Event
		want   time.Time // zero: none
	}{
		{
			name:   "the seed's own block: a stop a day, no start",
			events: []Event{event(t, "stop", "cron(0 21 ? * MON-SUN *)", "UTC", false, "db")},
		},
		{
			name:   "a stop a month",
			events: []Event{event(t, "stop", "cron(0 21 1 * ? *)", "UTC", false, "db")},
			want:   time.Date(2026, 12, 8, 21, 0, 0, 0, time.UTC),
		},
		{
			name:   "a stop a week, at the very hour of the restart",
			events: []Event{event(t, "stop", "cron(0 21 ? * FRI *)", "UTC", false, "db")},
		},
		{
			name: "a stop a month, started by us within the week",
			events: []Event{
				event(t, "stop", "cron(0 21 1 * ? *)", "UTC", false, "db"),
				event(t, "start", "cron(0 8 5 * ? *)", "UTC", true, "db"),
			},
		},
		{
			name:   "stopped once for ever",
			events: []Event{event(t, "stop", "at(2026-12-24T21:00:00)", "UTC", false, "db")},
			want:   time.Date(2026, 12, 31, 21, 0, 0, 0, time.UTC),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Restarts(tt.events, start)
			if tt.want.IsZero() {
				if len(got) != 0 {
					t.Errorf("got %v, want none", got)
				}
				return
			}
			if len(got) != 1 || !got[0].At.Equal(tt.want) || got[0].Stop != "stop" || got[0].Target != "db" {
				t.Errorf("got %v, want one of event stop on db at %s", got, tt.want)
			}
		})
	}
}

// Walking one week for many finds what walking all of them finds.
func TestRestarts_weeks(t *testing.T) {
	t.Parallel()
	const rounds = 4000
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	some := 0
	for range rounds {
		group := randomGroup(t, r)
		steps := maxSteps
		want, found := restartBetween(group, start, start.Add(horizon), &steps)
		got, ok := firstRestart(group, start)
		if ok != found || got.Stop != want.Stop || !got.At.Equal(want.At) {
			t.Fatalf("seed %d: got %v %v, want %v %v, of %v", seed, got, ok, want, found, group)
		}
		if found && want.At.After(start.AddDate(0, 1, 0)) {
			some++
		}
	}
	if some < rounds/100 {
		t.Errorf("seed %d: only %d of %d groups restart after more than a month", seed, some, rounds)
	}
}

// randomGroup is one to three events of one target, nearly all weekly, some of them for a while.
func randomGroup(t *testing.T, r *rand.Rand) []Event {
	t.Helper()
	zones := []string{"Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Asuncion"}
	days := []string{"MON-SUN", "MON-FRI", "FRI", "SUN,WED", "SAT"}
	var group []Event
	for i := range 1 + r.IntN(3) {
		expr := fmt.Sprintf("cron(%d %d ? * %s *)", r.IntN(60), r.IntN(24), days[r.IntN(len(days))])
		if r.IntN(20) == 0 {
			expr = fmt.Sprintf("cron(0 %d %d * ? *)", r.IntN(24), 1+r.IntN(28))
		}
		e := event(t, fmt.Sprint("e", i), expr, zones[r.IntN(len(zones))], i > 0 && r.IntN(2) == 0, "db")
		day := func() time.Time { return start.Add(time.Duration(r.Int64N(int64(horizon)))).Truncate(time.Hour) }
		if r.IntN(4) == 0 {
			e.From = day()
		}
		if r.IntN(4) == 0 {
			e.Until = day()
		}
		group = append(group, e)
	}
	return group
}

func BenchmarkRestarts(b *testing.B) {
	for _, zone := range []string{"Asia/Tokyo", "Europe/London"} {
		b.Run(zone, func(b *testing.B) {
			events := []Event{event(b, "stop", "cron(0 21 ? * MON-SUN *)", zone, false, "db")}
			for b.Loop() {
				Restarts(events, start)
			}
		})
	}
}
