package timeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// at is a minute of the week.
func at(day, hour, minute int) int { return (day*24+hour)*60 + minute }

const (
	mon = iota
	tue
	wed
	thu
	fri
	sat
	sun
)

func TestWeeks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		zone   string
		events []Event
		want   []Span // nil: the target is left out
	}{
		{
			name: "nights and the weekend, over the week's end",
			events: []Event{
				event(t, "stop", "cron(0 21 ? * MON-SUN *)", "Asia/Tokyo", false, "db"),
				event(t, "start", "cron(0 8 ? * MON-FRI *)", "Asia/Tokyo", true, "db"),
			},
			want: []Span{
				{0, at(mon, 8, 0)},
				{at(mon, 21, 0), at(tue, 8, 0)},
				{at(tue, 21, 0), at(wed, 8, 0)},
				{at(wed, 21, 0), at(thu, 8, 0)},
				{at(thu, 21, 0), at(fri, 8, 0)},
				{at(fri, 21, 0), MinutesPerWeek},
			},
		},
		{
			name: "seen on other clocks",
			zone: "UTC",
			events: []Event{
				event(t, "stop", "cron(0 21 ? * FRI *)", "Asia/Tokyo", false, "db"),
				event(t, "start", "cron(0 8 ? * MON *)", "Asia/Tokyo", true, "db"),
			},
			want: []Span{{at(fri, 12, 0), at(sun, 23, 0)}},
		},
		{
			name: "two zones by their standard offsets, whatever season it is",
			zone: "Europe/Berlin",
			events: []Event{
				event(t, "stop", "cron(0 18 ? * MON *)", "America/New_York", false, "db"),
				event(t, "start", "cron(30 8 ? * TUE *)", "Europe/Berlin", true, "db"),
			},
			want: []Span{{at(tue, 0, 0), at(tue, 8, 30)}},
		},
		{
			name: "overlapping ranges: the first start ends both",
			events: []Event{
				event(t, "stop_a", "cron(0 20 ? * MON *)", "Asia/Tokyo", false, "db"),
				event(t, "start_a", "cron(0 7 ? * TUE *)", "Asia/Tokyo", true, "db"),
				event(t, "stop_b", "cron(0 21 ? * MON *)", "Asia/Tokyo", false, "db"),
				event(t, "start_b", "cron(0 8 ? * TUE *)", "Asia/Tokyo", true, "db"),
			},
			want: []Span{{at(mon, 20, 0), at(tue, 7, 0)}},
		},
		{
			name: "both in one minute: on",
			events: []Event{
				event(t, "stop", "cron(0 20,22 ? * MON *)", "Asia/Tokyo", false, "db"),
				event(t, "start", "cron(0 22 ? * MON *)", "Asia/Tokyo", true, "db"),
			},
			want: []Span{{at(mon, 20, 0), at(mon, 22, 0)}},
		},
		{
			name: "always both in one minute: never off",
			events: []Event{
				event(t, "stop", "cron(0 22 ? * MON *)", "Asia/Tokyo", false, "db"),
				event(t, "start", "cron(0 22 ? * MON *)", "Asia/Tokyo", true, "db"),
			},
			want: []Span{},
		},
		{
			name:   "a stop alone",
			events: []Event{event(t, "stop", "cron(0 22 ? * MON *)", "Asia/Tokyo", false, "db")},
		},
		{
			name: "a start that is no weekly one",
			events: []Event{
				event(t, "stop", "cron(0 22 ? * MON *)", "Asia/Tokyo", false, "db"),
				event(t, "monthly", "cron(0 8 1 * ? *)", "Asia/Tokyo", true, "db"),
				event(t, "rate", "rate(1 day)", "Asia/Tokyo", true, "db"),
				event(t, "once", "at(2027-01-01T08:00:00)", "Asia/Tokyo", true, "db"),
				event(t, "year", "cron(0 8 ? * MON 2027)", "Asia/Tokyo", true, "db"),
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone := tt.zone
			if zone == "" {
				zone = "Asia/Tokyo"
			}
			var got []Span
			for _, w := range Weeks(tt.events, load(t, zone)) {
				got = append([]Span{}, w.Off...)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("off (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWeek_Hours(t *testing.T) {
	t.Parallel()
	w := Week{Off: []Span{{0, 61}, {100, 159}, {200, 220}}}
	if got, want := w.Minutes(), 140; got != want {
		t.Errorf("got %d minutes, want %d", got, want)
	}
	if got, want := w.Hours(), 2.33; got != want {
		t.Errorf("got %v hours, want %v", got, want)
	}
}

func load(tb testing.TB, zone string) *time.Location {
	tb.Helper()
	loc, err := awscron.LoadLocation(zone)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

// The judge walks two weeks minute by minute, with Next for what runs, in zones that are as far from
// UTC as the real ones are without daylight saving time; the second week is the one that counts.
func TestWeeks_agreeWithAWalk(t *testing.T) {
	t.Parallel()
	const seed = 20261126
	random := rand.New(rand.NewPCG(seed, 1))
	offsets := map[string]time.Duration{
		"UTC": 0, "Asia/Tokyo": 9 * time.Hour, "Asia/Kolkata": 5*time.Hour + 30*time.Minute,
		"America/New_York": -5 * time.Hour, "Europe/Dublin": 0, "Australia/Lord_Howe": 10*time.Hour + 30*time.Minute,
		"Pacific/Kiritimati": 14 * time.Hour, "Pacific/Pago_Pago": -11 * time.Hour, "Africa/Casablanca": time.Hour,
	}
	zones := make([]string, 0, len(offsets))
	for zone := range offsets {
		zones = append(zones, zone)
	}
	slices.Sort(zones)
	off := 0
	for n := range 400 {
		var events []Event
		for i := range 1 + random.IntN(6) {
			expr := randomWeekly(random)
			zone := zones[random.IntN(len(zones))]
			events = append(events, event(t, fmt.Sprint("e", i), expr, zone, random.IntN(2) == 0, "db"))
		}
		shown := zones[random.IntN(len(zones))]
		want := walk(events, offsets, offsets[shown])
		weeks := Weeks(events, load(t, shown))
		got := make([]bool, MinutesPerWeek)
		for _, w := range weeks {
			for i, s := range w.Off {
				if s.From >= s.To || i > 0 && s.From <= w.Off[i-1].To {
					t.Fatalf("case %d: spans %v are empty, touch or are not sorted", n, w.Off)
				}
				for m := s.From; m < s.To; m++ {
					got[m] = true
				}
			}
			off += w.Minutes()
		}
		if !slices.Equal(got, want) {
			var lines []string
			for _, e := range events {
				lines = append(lines, fmt.Sprintf("%v %s starts=%v", e.Schedule, e.Location, e.Starts))
			}
			t.Fatalf("case %d, on the clocks of %s: %v disagrees with the walk\n%s", n, shown, weeks, strings.Join(lines, "\n"))
		}
	}
	if off == 0 {
		t.Error("no case was off at any time")
	}
}

// randomWeekly is a cron() that repeats weekly.
func randomWeekly(random *rand.Rand) string {
	days := []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	random.Shuffle(len(days), func(i, j int) { days[i], days[j] = days[j], days[i] })
	weekday := strings.Join(days[:1+random.IntN(7)], ",")
	minutes := []string{"0", "30", "*/20", "5,50", "59"}[random.IntN(5)]
	hours := []string{"0", "23", "8", "21", "8,20", "*/6", "22-23"}[random.IntN(7)]
	if random.IntN(8) == 0 {
		return fmt.Sprintf("cron(%s %s * * ? *)", minutes, hours)
	}
	return fmt.Sprintf("cron(%s %s ? * %s *)", minutes, hours, weekday)
}

// walk returns for each minute of the second week whether the target is off.
func walk(events []Event, offsets map[string]time.Duration, shown time.Duration) []bool {
	var stops, starts [2 * MinutesPerWeek]bool
	stopping, starting := false, false
	monday := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, e := range events {
		marks := &stops
		if e.Starts {
			marks = &starts
		}
		starting = starting || e.Starts
		stopping = stopping || !e.Starts
		// begin and end are what the event's own clocks show at both ends of the two weeks.
		begin := monday.Add(offsets[e.Location.String()] - shown)
		end := begin.AddDate(0, 0, 14)
		for t := e.Schedule.Next(begin.Add(-1), time.UTC); t.Before(end); t = e.Schedule.Next(t, time.UTC) {
			marks[t.Sub(begin)/time.Minute] = true
		}
	}
	out := make([]bool, MinutesPerWeek)
	isOff := false
	for minute := range 2 * MinutesPerWeek {
		isOff = !starts[minute] && (isOff || stops[minute])
		if minute >= MinutesPerWeek {
			out[minute-MinutesPerWeek] = isOff && stopping && starting
		}
	}
	return out
}

// The standard offset is that of the zone data, but for zones whose data call the winter's time the
// saved one.
func TestStandardOffset(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]int{
		"UTC": 0, "Asia/Tokyo": 540, "Europe/London": 0, "Europe/Dublin": 0, "America/New_York": -300,
		"Australia/Sydney": 600, "Australia/Lord_Howe": 630, "Africa/Casablanca": 60, "Antarctica/Troll": 0,
		"Pacific/Chatham": 765, "Asia/Kathmandu": 345, "America/St_Johns": -210,
	} {
		if got := standardOffset(load(t, zone)); got != want {
			t.Errorf("%s: got %d minutes, want %d", zone, got, want)
		}
	}
}
