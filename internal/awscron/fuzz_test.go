package awscron

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// oddExprs are seeds that no vector has.
var oddExprs = []string{
	"", "(", ")", "cron(", "cron()", "rate()", "at()", "cron(,,,,,)", "cron(, , , , , )",
	"cron(0 0 ? * # *)", "cron(0 0 ? * #1 *)", "cron(0 0 ? * L# *)", "cron(0 0 L- * ? *)",
	"cron(0 0 LWW * ? *)", "cron(0 0 WL * ? *)", "cron(0 0 -W * ? *)", "cron(-/- 0 * * ? *)",
	"cron(0/ 0 * * ? *)", "cron(// 0 * * ? *)", "cron(0-5-7 0 * * ? *)", "cron(*/*/* 0 * * ? *)",
	"cron(0 0 ? ? * *)", "cron(0 ０ * * ? *)", "cron(0 0 * * ? 1970-2199/229)", "rate(1\tday)",
	"at(2027-02-30T00:00:00)", "at(9999-12-31T23:59:59)", "at(0000-01-01T00:00:00)", "@every -1h",
	"cron(59-0 23-0 31-1 12-1 ? *)", "cron(0 0 ? * 7-1/6 *)", "0 0 * * 1", "0 0 0 * * 1-7 2030",
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"valid", "invalid", "unsure", "next"} {
		for _, row := range readVectors(f, name) {
			f.Add(row.Expr)
		}
	}
	for _, expr := range oddExprs {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		s, err := Parse(expr)
		if err != nil {
			if s != nil {
				t.Errorf("Parse(%q) returns %v beside an error", expr, s)
			}
			checkParseError(t, expr, err)
			checkRemedy(t, err)
			return
		}
		checkRoundTrip(t, s)
		for _, lang := range language.All {
			if sentence := s.Describe(lang); strings.TrimSpace(sentence) == "" {
				t.Errorf("%s is described as %q", expr, sentence)
			}
		}
		for _, d := range s.Doubts() {
			if d.Message == "" {
				t.Errorf("%s has a doubt without words", expr)
			}
			checkParts(t, d)
		}
		checkNext(t, s, benchAfter, time.UTC)
	})
}

// checkRemedy checks that what an error says to write can be parsed.
func checkRemedy(t *testing.T, err error) {
	t.Helper()
	var parseErr *ParseError
	if !errors.As(err, &parseErr) {
		t.Fatalf("error is a %T", err)
	}
	if text := err.Error(); len(text) > 4*maxLength+500 || strings.ContainsAny(text, "\n\x00\x1b\u202e") {
		t.Errorf("%q is no sentence for people", text)
	}
	mended := strings.Contains(parseErr.Problem, "parenthesis") ||
		strings.Contains(parseErr.Problem, "no expression")
	i := strings.Index(parseErr.Remedy, "write cron(")
	if i < 0 || mended || strings.Contains(parseErr.Remedy, "cron(…)") {
		return // nothing to write, or the same text with only its frame mended
	}
	written := parseErr.Remedy[i+len("write "):]
	written = written[:strings.IndexByte(written, ')')+1]
	if _, err := Parse(written); err != nil {
		t.Errorf("%v\nsays to write %s, but: %v", parseErr, written, err)
	}
}

// checkNext checks that the next run is later, and at a time that s selects.
func checkNext(t *testing.T, s Schedule, after time.Time, loc *time.Location) {
	t.Helper()
	next := s.Next(after, loc)
	if next.IsZero() {
		return
	}
	if !next.After(after) {
		t.Errorf("%s: Next(%s) is %s", s, after, next)
	}
	if next.Location() != loc {
		t.Errorf("%s: Next is in %s, not in %s", s, next.Location(), loc)
	}
	if c, ok := s.(*Cron); ok && (!selects(c, next) || next.Second() != 0 || next.Nanosecond() != 0) {
		t.Errorf("%s: Next(%s) is %s, which it does not select", s, after, next)
	}
}

// selects tells whether c selects t's local minute. It is slow and plain on purpose, so that Next
// can be checked against it.
func selects(c *Cron, t time.Time) bool {
	year, month, day := t.Date()
	if year < firstYear || year > lastYear || !c.years.has(year-firstYear) ||
		c.months>>month&1 == 0 || c.hours>>t.Hour()&1 == 0 || c.minutes>>t.Minute()&1 == 0 {
		return false
	}
	length := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	nearest := func(target int) int {
		for _, distance := range []int{0, -1, 1, -2, 2} {
			d := time.Date(year, month, target+distance, 0, 0, 0, 0, time.UTC)
			if d.Month() == month && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				return d.Day()
			}
		}
		return 0
	}
	for n := range 32 {
		bit := uint32(1) << n
		if c.days.days&bit != 0 && day == n || c.days.last&bit != 0 && day == length-n ||
			c.days.nearest&bit != 0 && n <= length && day == nearest(n) ||
			c.days.lastNearest&bit != 0 && n < length && day == nearest(length-n) {
			return true
		}
	}
	weekday := uint8(1) << t.Weekday()
	return c.weekday.days&weekday != 0 || c.weekday.last&weekday != 0 && day+7 > length ||
		c.weekday.nth[(day-1)/7]&weekday != 0
}

// walk is Next by going from minute to minute until the end. A local time that is not later than
// one seen before is the second of two and does not run.
func walk(c *Cron, after, end time.Time) time.Time {
	var seen int64
	for t := after.Add(-maxShift).Truncate(time.Second); t.Before(end); {
		_, offset := t.Zone()
		shown := time.Unix(t.Unix()+int64(offset), 0).UTC()
		if shown.Unix() > seen || seen == 0 {
			seen = shown.Unix()
			if shown.Second() == 0 && t.After(after) && selects(c, shown) {
				return t
			}
		}
		t = t.Add(time.Duration(60-shown.Second()) * time.Second)
	}
	return time.Time{}
}

// walkZones have all sorts of changes: none, an hour, half an hour, two hours, a day, at midnight,
// in seconds, negative summer time, twice around Ramadan.
var walkZones = []string{
	"UTC", "Asia/Tokyo", "America/New_York", "Europe/London", "Europe/Paris", "Europe/Dublin",
	"Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Pacific/Apia", "Africa/Monrovia",
	"Africa/Casablanca", "Antarctica/Troll", "Pacific/Kwajalein", "America/Caracas",
	"Asia/Pyongyang", "America/Scoresbysund", "Asia/Gaza",
}

func FuzzNext(f *testing.F) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range walkZones {
		for _, expr := range []string{
			"cron(* * * * ? *)", "cron(0/10 * * * ? *)", "cron(30 1,2 * * ? *)", "cron(0 0 * * ? *)",
			randomCron(random),
		} {
			f.Add(expr, uint8(i), int64(1_793_500_000)) // a day before clocks change, autumn 2026
			f.Add(expr, uint8(i), int64(1_774_700_000)) // and in spring
			f.Add(expr, uint8(i), random.Int64N(4_000_000_000))
		}
	}
	f.Fuzz(func(t *testing.T, expr string, zone uint8, unix int64) {
		s, err := Parse(expr)
		if err != nil || unix < -1<<33 || unix > 1<<33 {
			return
		}
		loc := mustLoad(t, walkZones[int(zone)%len(walkZones)])
		after := time.Unix(unix, 0).In(loc)
		checkNext(t, s, after, loc)
		if c, ok := s.(*Cron); ok {
			checkWalk(t, c, after)
		}
	})
}

// checkWalk checks that Next agrees with a walk over two days.
func checkWalk(t *testing.T, c *Cron, after time.Time) {
	t.Helper()
	end := after.Add(48 * time.Hour)
	want, got := walk(c, after, end), c.Next(after, after.Location())
	if want.IsZero() && !got.IsZero() && got.Before(end) || !want.IsZero() && !got.Equal(want) {
		t.Errorf("%s after %s (%s): Next is %s, a walk finds %s",
			c, after, after.Location(), got, want)
	}
}

// Every change of clocks of some years in all of the zones above.
func TestNext_agreesWithWalk(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	tenMinutes := mustParse(t, "cron(0/10 * * * ? *)").(*Cron)
	changes := 0
	for _, zone := range walkZones {
		loc := mustLoad(t, zone)
		for year := 2011; year <= 2027; year++ {
			for day := 1; day <= 366; day++ {
				after := time.Date(year, 1, day, 12, 0, 0, 0, time.UTC).In(loc)
				_, before := after.Zone()
				if _, offset := after.Add(24 * time.Hour).Zone(); offset == before {
					continue
				}
				changes++
				after = after.Add(time.Duration(random.Int64N(24*60)) * time.Minute)
				checkWalk(t, tenMinutes, after)
				if s, err := Parse(randomCron(random)); err == nil {
					checkWalk(t, s.(*Cron), after)
				}
			}
		}
	}
	if changes < 200 {
		t.Errorf("only %d changes of clocks", changes)
	}
}

func FuzzLoadLocation(f *testing.F) {
	for _, name := range []string{"Asia/Tokio", "JST", "UTC+9", "+", "", "/", "..", "Tokyo Time"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		loc, err := LoadLocation(name)
		if err == nil {
			if loc.String() != name {
				t.Errorf("zone %q calls itself %q", name, loc)
			}
			return
		}
		var zoneErr *ZoneError
		if !errors.As(err, &zoneErr) {
			t.Fatalf("error is a %T", err)
		}
		if text := err.Error(); len(text) > 4*maxZoneName+200 || strings.ContainsAny(text, "\n\x00\x1b\u202e") {
			t.Errorf("%q is no sentence for people", text)
		}
		if zoneErr.Nearest == "" {
			return
		}
		if _, err := LoadLocation(zoneErr.Nearest); err != nil {
			t.Errorf("%v, but: %v", zoneErr, err)
		}
	})
}
