package awscron

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// nexts returns up to n runs after after, in the zone's own time.
func nexts(s Schedule, after time.Time, loc *time.Location, n int) []string {
	var found []string
	for len(found) < n {
		after = s.Next(after, loc)
		if after.IsZero() {
			break
		}
		found = append(found, after.Format(time.RFC3339))
	}
	return found
}

func TestNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, expr, zone, after string
		want                    []string
	}{
		{
			"strictly after", "cron(0 21 * * ? *)", "Asia/Tokyo", "2026-11-24T12:00:00Z",
			[]string{"2026-11-25T21:00:00+09:00"},
		},
		{
			"a nanosecond before", "cron(0 21 * * ? *)", "Asia/Tokyo", "2026-11-24T11:59:59.999999999Z",
			[]string{"2026-11-24T21:00:00+09:00"},
		},
		{
			"five Mondays in a February", "cron(0 0 ? 2 MON#5 *)", "UTC", "2026-01-01T00:00:00Z",
			[]string{"2044-02-29T00:00:00Z", "2072-02-29T00:00:00Z", "2112-02-29T00:00:00Z"},
		},
		{
			"no leap year in 2100", "cron(0 0 29 2 ? *)", "UTC", "2095-01-01T00:00:00Z",
			[]string{"2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"},
		},
		{
			"a leap year in 2000", "cron(0 0 29 2 ? *)", "UTC", "1999-01-01T00:00:00Z",
			[]string{"2000-02-29T00:00:00Z", "2004-02-29T00:00:00Z"},
		},
		{
			"last minute of the last year", "cron(* * * * ? *)", "UTC", "2199-12-31T23:58:00Z",
			[]string{"2199-12-31T23:59:00Z"},
		},
		{
			"after the last year", "cron(* * * * ? *)", "UTC", "2300-01-01T00:00:00Z", nil,
		},
		{
			"before the first year", "cron(0 0 * * ? *)", "UTC", "1600-06-01T00:00:00Z",
			[]string{"1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"},
		},
		{"no such day", "cron(0 0 31 2 ? *)", "UTC", "2026-01-01T00:00:00Z", nil},
		{"past years", "cron(0 0 1 1 ? 2020)", "UTC", "2026-01-01T00:00:00Z", nil},
		{
			"no 31st", "cron(0 0 31 * ? *)", "UTC", "2026-01-31T00:00:00Z",
			[]string{"2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"},
		},
		// 31 Jan 2026 is a Saturday, 31 May 2026 a Sunday.
		{
			"31W stays in its month and skips short ones", "cron(0 0 31W * ? 2026)", "UTC",
			"2026-01-01T00:00:00Z",
			[]string{
				"2026-01-30T00:00:00Z", "2026-03-31T00:00:00Z", "2026-05-29T00:00:00Z",
				"2026-07-31T00:00:00Z", "2026-08-31T00:00:00Z", "2026-10-30T00:00:00Z",
				"2026-12-31T00:00:00Z",
			},
		},
		// 1 Aug 2026 is a Saturday.
		{
			"1W stays in its month", "cron(0 0 1W 8 ? *)", "UTC", "2026-07-01T00:00:00Z",
			[]string{"2026-08-03T00:00:00Z"},
		},
		// 28 Feb 2027 is a Sunday: three days before is a Thursday.
		{
			"days before the last", "cron(0 0 L-3,L-2W 2 ? *)", "UTC", "2027-01-01T00:00:00Z",
			[]string{"2027-02-25T00:00:00Z", "2027-02-26T00:00:00Z", "2028-02-26T00:00:00Z"},
		},
		{
			"last Thursday", "cron(0 0 ? * 5L *)", "UTC", "2026-12-01T00:00:00Z",
			[]string{"2026-12-31T00:00:00Z", "2027-01-28T00:00:00Z"},
		},

		{
			"gap of an hour", "cron(0/30 2 * * ? *)", "America/New_York", "2026-03-07T20:00:00Z",
			[]string{"2026-03-09T02:00:00-04:00", "2026-03-09T02:30:00-04:00"},
		},
		{
			"second pass of a repeated hour", "cron(* 1 * * ? *)", "America/New_York",
			"2026-11-01T06:10:00Z", []string{"2026-11-02T01:00:00-05:00"},
		},
		{
			"repeated hour east of Greenwich", "cron(30 2 * * ? *)", "Europe/Paris",
			"2026-10-24T12:00:00Z",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		},
		{
			"repeated hour with no offset in winter", "cron(30 1 * * ? *)", "Europe/London",
			"2026-10-24T12:00:00Z",
			[]string{"2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00Z"},
		},
		{
			"a day that never was", "cron(0 12 * * ? *)", "Pacific/Apia", "2011-12-28T23:00:00Z",
			[]string{"2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00"},
		},
		{
			"a zone with seconds in its offset", "cron(0 0 * * ? *)", "Africa/Monrovia",
			"1971-12-31T12:00:00Z", []string{"1972-01-01T00:00:00-00:44"},
		},
		{
			"only ever in the gap", "cron(30 2 8 3 ? 2026)", "America/New_York",
			"2026-01-01T00:00:00Z", nil,
		},

		{
			"at", "at(2026-07-01T09:00:30)", "Asia/Tokyo", "2026-01-01T00:00:00Z",
			[]string{"2026-07-01T09:00:30+09:00"},
		},
		{"at is over", "at(2026-07-01T09:00:00)", "UTC", "2026-07-01T09:00:00Z", nil},
		{
			"at in a gap", "at(2026-03-08T02:30:00)", "America/New_York", "2026-01-01T00:00:00Z", nil,
		},
		{
			"at in a repeated hour", "at(2026-11-01T01:30:00)", "America/New_York",
			"2026-01-01T00:00:00Z", []string{"2026-11-01T01:30:00-04:00"},
		},

		{
			"rate without a start", "rate(5 minutes)", "Asia/Tokyo", "2026-01-01T00:00:07Z",
			[]string{"2026-01-01T09:05:07+09:00", "2026-01-01T09:10:07+09:00"},
		},
		{
			"a day of rate is 24 hours", "rate(1 day)", "America/New_York", "2026-03-07T17:00:00Z",
			[]string{"2026-03-08T13:00:00-04:00", "2026-03-09T13:00:00-04:00"},
		},
		{"rate beyond the last year", "rate(999999999 days)", "UTC", "2026-01-01T00:00:00Z", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			after, err := time.Parse(time.RFC3339Nano, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			got := nexts(mustParse(t, tt.expr), after, mustLoad(t, tt.zone), max(1, len(tt.want)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestRate_From(t *testing.T) {
	t.Parallel()
	plain := mustParse(t, "rate(1 hour)").(*Rate)
	start := time.Date(2026, 1, 1, 0, 20, 5, 500, time.UTC)
	s := plain.From(start)
	tests := []struct{ name, after, want string }{
		{"the start is the first run", "2025-06-01T00:00:00Z", "2026-01-01T00:20:05.0000005Z"},
		{"just before the start", "2026-01-01T00:20:05Z", "2026-01-01T00:20:05.0000005Z"},
		{"at the start", "2026-01-01T00:20:05.0000005Z", "2026-01-01T01:20:05.0000005Z"},
		{"between two runs", "2026-01-02T03:00:00Z", "2026-01-02T03:20:05.0000005Z"},
		{"just before a run", "2026-01-02T03:20:05.0000004Z", "2026-01-02T03:20:05.0000005Z"},
		{"at a run", "2026-01-02T03:20:05.0000005Z", "2026-01-02T04:20:05.0000005Z"},
	}
	for _, tt := range tests {
		after, err := time.Parse(time.RFC3339Nano, tt.after)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(after, time.UTC).Format(time.RFC3339Nano); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	if Equal(plain, s) {
		t.Error("a start makes no difference")
	}
	if s.String() != plain.String() || s.Describe(English) != plain.Describe(English) {
		t.Errorf("a start changes the expression: %s, %s", s, s.Describe(English))
	}
}

// benchSchedules are what Next is measured on.
var benchSchedules = []struct{ name, expr, zone string }{
	{"dense", "cron(* * * * ? *)", "UTC"},
	{"nightly", "cron(0 21 ? * MON-SUN *)", "UTC"},
	{"weekdays", "cron(0/10 8-17 ? * MON-FRI *)", "UTC"},
	{"leap day", "cron(0 0 29 2 ? *)", "UTC"},
	{"leap day on a Monday", "cron(0 0 ? 2 MON#5 *)", "UTC"},
	{"last weekday", "cron(0 18 LW * ? *)", "UTC"},
	{"never", "cron(0 0 31 2 ? *)", "UTC"},
	{"nightly, zone without changes", "cron(0 21 ? * MON-SUN *)", "Asia/Tokyo"},
	{"nightly, zone with changes", "cron(0 21 ? * MON-SUN *)", "America/New_York"},
	{"leap day, zone with changes", "cron(0 0 29 2 ? *)", "America/New_York"},
	{"at", "at(2031-07-01T09:00:00)", "America/New_York"},
	{"rate", "rate(5 minutes)", "America/New_York"},
}

var benchAfter = time.Date(2026, 11, 24, 22, 41, 8, 0, time.UTC)

// Not parallel: AllocsPerRun counts for the whole process.
func TestNext_allocatesNothing(t *testing.T) {
	instants := []time.Time{
		benchAfter,
		time.Date(2026, 3, 8, 6, 59, 0, 0, time.UTC),  // before New York's gap
		time.Date(2026, 11, 1, 6, 10, 0, 0, time.UTC), // in its repeated hour
	}
	for _, b := range benchSchedules {
		s, loc := mustParse(t, b.expr), mustLoad(t, b.zone)
		for _, after := range instants {
			if n := testing.AllocsPerRun(20, func() { s.Next(after, loc) }); n != 0 {
				t.Errorf("%s: Next after %s allocates %v times", b.name, after, n)
			}
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for _, bench := range benchSchedules {
		b.Run(bench.name, func(b *testing.B) {
			s, loc := mustParse(b, bench.expr), mustLoad(b, bench.zone)
			b.ReportAllocs()
			for b.Loop() {
				s.Next(benchAfter, loc)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, expr string }{
		{"nightly", "cron(0 21 ? * MON-SUN *)"},
		{"weekdays", "cron(0/10 8-17 ? * MON-FRI *)"},
		{"long", "cron(1,24,50-55,58 * 25 MAR/4 ? 2020,2021,2023,2028)"},
		{"never", "cron(0 0 31 2 ? *)"},
		{"rate", "rate(5 minutes)"},
		{"at", "at(2031-07-01T09:00:00)"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(bench.expr); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDescribe(b *testing.B) {
	s := mustParse(b, "cron(0/10 8-17 ? * MON-FRI *)")
	b.ReportAllocs()
	for b.Loop() {
		s.Describe(English)
	}
}
