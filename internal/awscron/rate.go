package awscron

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// Rate is a rate() expression: it runs at its start and then each time the interval has passed. A
// day is 24 hours, whatever the clocks do.
type Rate struct {
	doubts
	seconds int64
	start   time.Time
}

// From returns a copy that counts from start, the StartDate of the schedule, which is its first
// run. Without a start AWS runs a schedule as soon as it is created, which an expression does not
// know; Next then counts from the instant it is given.
func (r *Rate) From(start time.Time) *Rate {
	from := *r
	from.start = start
	return &from
}

// Next implements Schedule.
func (r *Rate) Next(after time.Time, loc *time.Location) time.Time {
	next := r.start
	switch passed := after.Unix() - r.start.Unix(); {
	case r.start.IsZero():
		next = time.Unix(after.Unix()+r.seconds, int64(after.Nanosecond()))
	case !next.After(after):
		runs := passed / r.seconds
		next = time.Unix(r.start.Unix()+runs*r.seconds, int64(r.start.Nanosecond()))
		if !next.After(after) {
			next = time.Unix(next.Unix()+r.seconds, int64(next.Nanosecond()))
		}
	}
	if next = next.In(loc); next.Year() > lastYear {
		return time.Time{}
	}
	return next
}

// units of rate(), the largest first.
var units = []struct {
	name    string
	seconds int64
}{{"day", 24 * 60 * 60}, {"hour", 60 * 60}, {"minute", 60}}

// value returns the interval in the largest unit that divides it.
func (r *Rate) value() (n int64, unit string) {
	for _, u := range units {
		if r.seconds%u.seconds == 0 {
			return r.seconds / u.seconds, u.name
		}
	}
	return 0, "" // not reached: each interval is a whole number of minutes
}

// String implements Schedule. The start is no part of the expression.
func (r *Rate) String() string {
	n, unit := r.value()
	return rateText(n, unit)
}

func rateText(n int64, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("rate(%d %s)", n, unit)
}

// longRate is an interval in seconds above which a rate() is doubted: ten years.
const longRate = 3650 * 24 * 60 * 60

var rateBody = regexp.MustCompile(`^([0-9]+)( +)([A-Za-z]+)$`)

func parseRate(expr, body string) (Schedule, *ParseError) {
	fail := func(part, found, problem, remedy string) (Schedule, *ParseError) {
		return nil, &ParseError{
			Expr: expr, Field: part, Offset: strings.Index(expr, "(") + 1 + strings.Index(body, found),
			Found: found, Problem: problem, Remedy: remedy,
			Allowed: "a whole number of 1 or more, one blank, and minutes, hours or days",
		}
	}
	m := rateBody.FindStringSubmatch(body)
	if m == nil {
		return fail("value", body, fmt.Sprintf("rate() is given %q", body), rateRemedy(body))
	}
	number, blanks, unit := m[1], m[2], m[3]
	name := strings.TrimSuffix(strings.ToLower(unit), "s")
	seconds := int64(0)
	for _, u := range units {
		if u.name == name {
			seconds = u.seconds
		}
	}
	if seconds == 0 {
		return fail("unit", unit, fmt.Sprintf("rate() has no unit %q", unit), rateRemedy(body))
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > 1<<53/seconds {
		return fail("value", number, fmt.Sprintf("%s is too large for rate()", number), "")
	}
	if n == 0 {
		return fail("value", number, "a rate() of 0 never ends", "write rate(1 "+name+")")
	}
	r := &Rate{seconds: n * seconds}
	plain := rateText(n, name)
	if blanks != " " || number[0] == '0' || unit != strings.ToLower(unit) ||
		n > 1 && !strings.HasSuffix(unit, "s") {
		r.add("AWS does not document the spelling %s; write %s",
			"%s という書き方は AWS の文書にありません。%s と書いてください", expr, plain)
	}
	if r.seconds > longRate {
		r.add("AWS documents no largest interval, and %s is longer than ten years",
			"間隔の上限は AWS の文書にありませんが、%s は 10 年を超えます", plain)
	}
	return r, nil
}

var looseRate = regexp.MustCompile(`^\s*\+?([0-9]+)\s*([A-Za-z]+)\s*$`)

// rateRemedy guesses which rate() was meant; "" if nothing is near.
func rateRemedy(body string) string {
	m := looseRate.FindStringSubmatch(body)
	if m == nil {
		return "write for example rate(5 minutes)"
	}
	n, err := strconv.ParseInt(m[1], 10, 32)
	if err != nil || n == 0 {
		return ""
	}
	switch unit := strings.TrimSuffix(strings.ToLower(m[2]), "s"); unit {
	case "second", "sec":
		return "the shortest is rate(1 minute)"
	case "week":
		return "write " + rateText(7*n, "day")
	case "month":
		return "write cron(0 0 1 * ? *) for the first of each month, or " + rateText(30*n, "day")
	case "year":
		return "write cron(0 0 1 1 ? *) for each 1 January, or " + rateText(365*n, "day")
	case "m", "min":
		return "write " + rateText(n, "minute")
	case "h", "hr":
		return "write " + rateText(n, "hour")
	case "d":
		return "write " + rateText(n, "day")
	default:
		if near := suggest.Nearest(unit, []string{"minute", "hour", "day"}); near != "" {
			return "write " + rateText(n, near)
		}
		return ""
	}
}
