package timeline

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/hold"
)

// told is an entry in short.
func told(c Course) []string {
	var out []string
	for _, e := range c.Entries {
		line := e.At.UTC().Format("01-02 15:04 ") + string(e.Kind) + " " + e.Event
		if e.Reason != "" {
			line += " " + string(e.Reason)
		}
		if e.Already {
			line += " already"
		}
		out = append(out, line)
	}
	return out
}

func stretches(all []Stretch) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.From.UTC().Format("01-02 15:04 - ")+s.To.UTC().Format("01-02 15:04"))
	}
	return out
}

func awake(c Course) []string {
	var out []string
	for _, a := range c.Awake {
		out = append(out, stretches([]Stretch{a.Stretch})[0]+" "+a.Event+" "+string(a.Reason))
	}
	return out
}

func TestSimulate(t *testing.T) {
	t.Parallel()
	monday := utc(2026, 12, 21, 0, 0)
	night := []Event{
		event(t, "stop", "cron(0 21 ? * MON-FRI *)", "UTC", false, "db"),
		event(t, "start", "cron(0 8 ? * MON-FRI *)", "UTC", true, "db"),
	}
	dayOff := slices.Clone(night)
	dayOff[1].Except = []string{"2026-12-22"}
	weekly := []Event{event(t, "stop", "cron(0 21 ? * MON *)", "UTC", false, "db")}
	weekly[0].Except = []string{"2026-12-28"}
	spring := []Event{
		event(t, "stop", "cron(30 2 * * ? *)", "Europe/Paris", false, "db"),
		event(t, "start", "cron(0 8 * * ? *)", "Europe/Paris", true, "db"),
	}
	ended := slices.Clone(night)
	ended[0].Until = utc(2026, 12, 21, 21, 0)
	ended[1].From = utc(2026, 12, 22, 8, 0)
	for _, tt := range []struct {
		name              string
		events            []Event
		walk              Walk
		entries           []string
		off, awakeThrough []string
	}{
		{
			name: "two days, seeded by the weeks before", events: night,
			walk:    Walk{From: monday, To: monday.AddDate(0, 0, 2)},
			entries: []string{"12-21 08:00 start start", "12-21 21:00 stop stop", "12-22 08:00 start start", "12-22 21:00 stop stop"},
			off:     []string{"12-21 00:00 - 12-21 08:00", "12-21 21:00 - 12-22 08:00", "12-22 21:00 - 12-23 00:00"},
		},
		{
			name: "seeded on", events: night,
			walk:    Walk{From: monday, To: monday.AddDate(0, 0, 1), Seed: SeedOn},
			entries: []string{"12-21 08:00 start start already", "12-21 21:00 stop stop"},
			off:     []string{"12-21 21:00 - 12-22 00:00"},
		},
		{
			name: "a day off", events: dayOff,
			walk:    Walk{From: monday.AddDate(0, 0, 1), To: monday.AddDate(0, 0, 2)},
			entries: []string{"12-22 08:00 skipped start except_dates", "12-22 21:00 stop stop already"},
			off:     []string{"12-22 00:00 - 12-23 00:00"},
		},
		{
			name: "a hold of stops, one of another event, and one that is over", events: night,
			walk: Walk{
				From: monday, To: monday.AddDate(0, 0, 2), Seed: SeedOn, Holds: []hold.Hold{
					{Until: monday.AddDate(0, 0, 1)}, {Event: "other", Until: monday.AddDate(1, 0, 0)},
				},
			},
			entries: []string{
				"12-21 08:00 start start already", "12-21 21:00 skipped stop hold",
				"12-22 08:00 start start already", "12-22 21:00 stop stop",
			},
			off: []string{"12-22 21:00 - 12-23 00:00"},
		},
		{
			name: "AWS's restart, until the next stop", events: weekly,
			walk:         Walk{From: monday, To: monday.AddDate(0, 0, 21), Seed: SeedOn},
			entries:      []string{"12-21 21:00 stop stop", "12-28 21:00 aws_restart stop", "12-28 21:00 skipped stop except_dates", "01-04 21:00 stop stop"},
			off:          []string{"12-21 21:00 - 12-28 21:00", "01-04 21:00 - 01-11 00:00"},
			awakeThrough: []string{"12-28 21:00 - 01-04 21:00 stop aws_restart"},
		},
		{
			name: "seeded off: AWS counts from the first day", events: weekly,
			walk:         Walk{From: monday.AddDate(0, 0, 1), To: monday.AddDate(0, 0, 9), Seed: SeedOff},
			entries:      []string{"12-28 21:00 skipped stop except_dates", "12-29 00:00 aws_restart "},
			off:          []string{"12-22 00:00 - 12-29 00:00"},
			awakeThrough: []string{"12-29 00:00 - 12-30 00:00  aws_restart"},
		},
		{
			name: "a stop that the clocks skip", events: spring,
			walk:         Walk{From: utc(2027, 3, 27, 12, 0), To: utc(2027, 3, 28, 12, 0)},
			entries:      []string{"03-28 01:00 skipped stop clock_change", "03-28 06:00 start start already"},
			awakeThrough: []string{"03-28 01:00 - 03-28 06:00 stop clock_change"},
		},
		{
			name: "a stop that the clocks show twice runs once", events: spring,
			walk:    Walk{From: utc(2027, 10, 30, 22, 0), To: utc(2027, 10, 31, 12, 0)},
			entries: []string{"10-31 00:30 stop stop", "10-31 07:00 start start"},
			off:     []string{"10-31 00:30 - 10-31 07:00"},
		},
		{
			name: "the bounds belong to it", events: ended,
			walk:    Walk{From: monday, To: monday.AddDate(0, 0, 2), Seed: SeedOn},
			entries: []string{"12-21 21:00 stop stop", "12-22 08:00 start start"},
			off:     []string{"12-21 21:00 - 12-22 08:00"},
		},
		{
			name: "at one instant the start is the last", events: []Event{
				event(t, "start", "cron(0 8 ? * MON *)", "UTC", true, "db"),
				event(t, "stop", "cron(0 8 ? * MON *)", "UTC", false, "db"),
			},
			walk:    Walk{From: monday, To: monday.AddDate(0, 0, 1), Seed: SeedOn},
			entries: []string{"12-21 08:00 stop stop", "12-21 08:00 start start"},
		},
		{
			name: "rate() without a start begins with the walk", events: []Event{
				event(t, "stop", "rate(18 hours)", "UTC", false, "web"),
			},
			walk:    Walk{From: monday, To: monday.AddDate(0, 0, 1)},
			entries: []string{"12-21 00:00 stop stop", "12-21 18:00 stop stop already"},
			off:     []string{"12-21 00:00 - 12-22 00:00"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			courses, err := Simulate(tt.events, tt.walk)
			if err != nil || len(courses) != 1 {
				t.Fatalf("got %v, %v, want one course", courses, err)
			}
			c := courses[0]
			if diff := cmp.Diff(tt.entries, told(c)); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.off, stretches(c.Off)); diff != "" {
				t.Errorf("off (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.awakeThrough, awake(c)); diff != "" {
				t.Errorf("awake (-want +got):\n%s", diff)
			}
		})
	}
}

// A hold of stops keeps a whole event from running that stops one thing and starts another.
func TestSimulate_holdsAnEventThatStopsAnything(t *testing.T) {
	t.Parallel()
	events, err := Config{
		Key: "swap", Commands: [][]string{{"rds", "stop-cluster", "a"}, {"rds", "start-cluster", "b"}},
		CronExpr: "cron(0 8 * * ? *)", Timezone: "UTC",
	}.Events()
	if err != nil {
		t.Fatal(err)
	}
	from := utc(2026, 12, 21, 0, 0)
	courses, err := Simulate(events, Walk{
		From: from, To: from.AddDate(0, 0, 1), Seed: SeedOn, Holds: []hold.Hold{{Until: from.AddDate(0, 0, 1)}},
	})
	if err != nil || len(courses) != 2 {
		t.Fatalf("got %v, %v, want two courses", courses, err)
	}
	for _, c := range courses {
		if diff := cmp.Diff([]string{"12-21 08:00 skipped swap hold"}, told(c)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Target, diff)
		}
	}
}

func TestSimulate_tooManyRuns(t *testing.T) {
	t.Parallel()
	from := utc(2026, 12, 21, 0, 0)
	_, err := Simulate([]Event{event(t, "stop", "cron(* * * * ? *)", "UTC", false, "db")},
		Walk{From: from, To: from.AddDate(5, 0, 0)})
	if tooMany := (*TooManyRunsError)(nil); !errors.As(err, &tooMany) || tooMany.Key != "stop" {
		t.Errorf("got %v, want a TooManyRunsError", err)
	}
}

// Simulate agrees with Next, and with a walk minute by minute that knows the rules on its own.
func TestSimulate_agreesWithNext(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(20261126, 2))
	zones := []string{"UTC", "Asia/Tokyo", "America/New_York", "Europe/Paris", "Australia/Lord_Howe"}
	restarts := 0
	for n := range 40 {
		from := utc(2027, 3, 1+random.IntN(240), random.IntN(24), 0)
		w := Walk{From: from, To: from.AddDate(0, 0, 21), Seed: Seed(1 + random.IntN(2))}
		var events []Event
		for i := range 1 + random.IntN(4) {
			expr := []string{
				randomWeekly(random), "cron(0 21 ? * SUN *)", "cron(30 2 L * ? *)", "cron(0 2 15W * ? *)", "rate(31 hours)",
			}[random.IntN(5)]
			e := event(t, fmt.Sprint("e", i), expr, zones[random.IntN(len(zones))], random.IntN(3) == 0, "db")
			if random.IntN(3) == 0 {
				e.Except = []string{from.AddDate(0, 0, random.IntN(21)).Format(time.DateOnly)}
			}
			events = append(events, e)
		}
		courses, err := Simulate(events, w)
		if err != nil {
			t.Fatal(err)
		}
		want, wantOff := minutes(events, w)
		var got []string
		for _, e := range courses[0].Entries {
			restarts += map[EntryKind]int{EntryRestart: 1}[e.Kind]
			if e.Reason != ClockChange && e.Kind != EntryRestart {
				got = append(got, fmt.Sprint(e.At.Unix(), e.Event, e.Kind))
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("case %d: runs (-want +got):\n%s", n, diff)
		}
		if got := courses[0].OffFor(); got != wantOff {
			t.Fatalf("case %d: off for %s, want %s: %v", n, got, wantOff, told(courses[0]))
		}
	}
	if restarts == 0 {
		t.Error("AWS started nothing again in any case")
	}
}

// minutes walks minute by minute. It returns the runs, sorted, and how long the target is off.
func minutes(events []Event, w Walk) (runs []string, off time.Duration) {
	isOff, since := w.Seed == SeedOff, w.From
	restarting := slices.ContainsFunc(events, func(e Event) bool { return e.AWSRestarts })
	for t := w.From; t.Before(w.To); t = t.Add(time.Minute) {
		if isOff && restarting && t.Sub(since) >= 7*24*time.Hour {
			isOff = false
		}
		stop, start := false, false
		for _, e := range events {
			s := e.Schedule
			if e.Unanchored() {
				if t.Sub(w.From)%(31*time.Hour) != 0 {
					continue
				}
			} else if !s.Next(t.Add(-time.Nanosecond), e.Location).Equal(t) {
				continue
			}
			kind := EntryStop
			switch {
			case slices.Contains(e.Except, t.In(e.Location).Format(time.DateOnly)):
				kind = EntrySkipped
			case e.Starts:
				kind, start = EntryStart, true
			default:
				stop = true
			}
			runs = append(runs, fmt.Sprint(t.Unix(), e.Key, kind))
		}
		switch {
		case start:
			isOff = false
		case stop && !isOff:
			isOff, since, restarting = true, t, true
		}
		if isOff {
			off += time.Minute
		}
	}
	slices.Sort(runs)
	return runs, off
}

// A year of 1,000 events: 500 databases that sleep at night.
func BenchmarkSimulate_yearOf1000(b *testing.B) {
	events := manyEvents(b, 1000)
	from := utc(2027, 1, 1, 0, 0)
	for b.Loop() {
		if _, err := Simulate(events, Walk{From: from, To: from.AddDate(1, 0, 0)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWeeks_of1000(b *testing.B) {
	events := manyEvents(b, 1000)
	for b.Loop() {
		Weeks(events, time.UTC)
	}
}

func manyEvents(tb testing.TB, n int) []Event {
	tb.Helper()
	var events []Event
	for i := range n {
		e := Config{
			Key: fmt.Sprint("e", i), Timezone: "Asia/Tokyo",
			Commands: [][]string{{"rds", "stop-cluster", fmt.Sprint("db", i/2)}}, CronExpr: "cron(0 21 ? * MON-SUN *)",
		}
		if i%2 == 1 {
			e.Commands[0][1], e.CronExpr = "start-cluster", "cron(0 8 ? * MON-FRI *)"
		}
		all, err := e.Events()
		if err != nil {
			tb.Fatal(err)
		}
		events = append(events, all...)
	}
	return events
}
