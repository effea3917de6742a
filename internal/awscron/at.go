package awscron

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// At is an at() expression: one run, at a local time of the schedule's zone.
type At struct {
	doubts
	// wall is the local time, held as if it were UTC.
	wall time.Time
}

const atLayout = "2006-01-02T15:04:05"

// Next implements Schedule. AWS does not document what at() does where clocks are changed, so that
// the rules of cron() are used: a local time that does not exist never runs (which the plan then
// warns of), and one that comes twice runs the first time.
func (a *At) Next(after time.Time, loc *time.Location) time.Time {
	date := a.wall
	w := wall{date.Year(), int(date.Month()), date.Day(), date.Hour(), date.Minute()}
	t, exists := firstInstant(w, loc)
	t = t.Add(time.Duration(date.Second()) * time.Second)
	if !exists || !t.After(after) {
		return time.Time{}
	}
	return t
}

// String implements Schedule.
func (a *At) String() string { return "at(" + a.wall.Format(atLayout) + ")" }

var atBody = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$`)

func parseAt(expr, body string) (Schedule, *ParseError) {
	fail := func(found, problem, remedy string) (Schedule, *ParseError) {
		return nil, &ParseError{
			Expr: expr, Field: "time", Offset: strings.Index(expr, "(") + 1, Found: found,
			Problem: problem, Remedy: remedy,
			Allowed: "a local time as yyyy-mm-ddThh:mm:ss, without a zone",
		}
	}
	m := atBody.FindStringSubmatch(body)
	if m == nil {
		return fail(body, fmt.Sprintf("at() is given %q", body), atRemedy(body))
	}
	var n [7]int
	for i := 1; i < len(n); i++ {
		n[i], _ = strconv.Atoi(m[i]) // only digits
	}
	t := time.Date(n[1], time.Month(n[2]), n[3], n[4], n[5], n[6], 0, time.UTC)
	if t.Format(atLayout) != body && n[4] == 24 && n[5] == 0 && n[6] == 0 {
		return fail(body, fmt.Sprintf("there is no time %q", body), "write at("+t.Format(atLayout)+")")
	}
	if t.Format(atLayout) != body {
		return fail(body, fmt.Sprintf("there is no time %q", body), impossibleDate(n[1], n[2], n[3]))
	}
	a := &At{wall: t}
	if t.Year() < firstYear || t.Year() > lastYear {
		a.add("AWS does not document at() in the year %d; its cron() knows %d to %d",
			"%d 年の at() は AWS の文書にありません。cron() は %d 年から %d 年までです",
			t.Year(), firstYear, lastYear)
	}
	return a, nil
}

// impossibleDate says how long the month is, where the day is what is wrong.
func impossibleDate(year, month, day int) string {
	if month < 1 || month > 12 || day < 1 {
		return ""
	}
	length := daysIn(month, isLeap(year))
	if day <= length {
		return ""
	}
	return fmt.Sprintf("%s %d has %d days", time.Month(month), year, length)
}

// atSpellings are layouts that people write for what at() wants, and what to say about each.
var atSpellings = []struct{ layout, note string }{
	{"2006-01-02T15:04:05", ""},
	{"2006-01-02 15:04:05", ""},
	{"2006-01-02T15:04", ""},
	{"2006-01-02 15:04", ""},
	{"2006-01-02T15:04:05Z", ` and timezone "UTC"`},
	{"2006-01-02T15:04:05Z07:00", " and the zone in timezone"},
	{"2006-01-02T15:04Z07:00", " and the zone in timezone"},
	{"2006-01-02", ""},
	{"2006/01/02 15:04:05", ""},
	{"2006/01/02 15:04", ""},
	{"2006/01/02", ""},
}

// atRemedy says what to write for what stands in an at() and is none.
func atRemedy(body string) string {
	if t, note, ok := readDate(body); ok {
		return "write at(" + t.Format(atLayout) + ")" + note
	}
	return "write for example at(2027-03-31T21:00:00)"
}

// readDate reads a date in one of the spellings that people use, as a local time.
func readDate(text string) (t time.Time, note string, ok bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	for _, s := range atSpellings {
		if t, err := time.Parse(s.layout, text); err == nil {
			return t, s.note, true
		}
	}
	return time.Time{}, "", false
}
