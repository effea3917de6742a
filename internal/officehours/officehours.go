// Package officehours turns "Monday to Friday", 8 and 21 into schedule expressions.
package officehours

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// Hours are the cron() expressions of the beginning and the end of office hours.
type Hours struct{ Start, Stop string }

// Argument is what an ArgumentError is about.
type Argument int

// Arguments of New, in their order.
const (
	Days Argument = iota
	From
	To
)

// ArgumentError says which argument is wrong, what was found, and what to write.
type ArgumentError struct {
	Argument Argument
	Sentence string
}

func (e *ArgumentError) Error() string { return e.Sentence }

const (
	daysPerWeek    = 7
	hoursPerDay    = 24
	minutesPerHour = 60
	minutesPerDay  = hoursPerDay * minutesPerHour
)

// New returns the expressions of office hours on these days, from one time of day to another. Days
// are written as the sentence of an event says them ("Monday to Friday", "every weekday", "Monday,
// Wednesday and Friday", "every day"), or as in cron() (MON-FRI); times as 8, 8:30 or 08:30, and 24 for
// midnight. An end that is not after the beginning is on the next day. Its error is an
// *ArgumentError.
func New(days, from, to string) (Hours, error) {
	on, err := parseDays(days)
	if err != nil {
		return Hours{}, err
	}
	start, err := parseTime(From, from)
	if err != nil {
		return Hours{}, err
	}
	stop, err := parseTime(To, to)
	if err != nil {
		return Hours{}, err
	}
	switch {
	case start == minutesPerDay:
		return Hours{}, &ArgumentError{From, "24:00 ends a day and does not begin one; write 0:00"}
	case start == stop%minutesPerDay && stop != minutesPerDay:
		return Hours{}, &ArgumentError{To, fmt.Sprintf("office hours from %s to %s have no length; "+
			"write another end, such as 21:00", clock(start), clock(stop))}
	}
	ends := on
	if stop <= start || stop == minutesPerDay {
		ends = on.shifted()
	}
	if stop%minutesPerDay == start {
		// Whole days: one that follows another has neither an end before it nor a beginning.
		on, ends = on.without(ends), ends.without(on)
	}
	if ends == (week{}) {
		return Hours{}, &ArgumentError{To, "office hours of every whole day never end; write an end such as 21:00"}
	}
	return Hours{Start: expression(on, start), Stop: expression(ends, stop%minutesPerDay)}, nil
}

// week are days of the week from Monday on.
type week [daysPerWeek]bool

// shifted are the days after these.
func (w week) shifted() week {
	var out week
	for i, has := range w {
		out[(i+1)%daysPerWeek] = has
	}
	return out
}

// without are those of these days that are not among others.
func (w week) without(others week) week {
	for i, has := range others {
		w[i] = w[i] && !has
	}
	return w
}

var (
	short = [daysPerWeek]string{"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}
	long  = [daysPerWeek]string{
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	}
)

// expression is a cron() at a time on some days, in its canonical spelling.
func expression(on week, minute int) string {
	var names []string
	for i, has := range on {
		if has {
			names = append(names, short[i])
		}
	}
	text := fmt.Sprintf("cron(%d %d ? * %s *)", minute%minutesPerHour, minute/minutesPerHour, strings.Join(names, ","))
	if s, err := awscron.Parse(text); err == nil {
		return s.String()
	}
	return text // not reached: it is valid
}

// separators part days, or ends of ranges.
var separators = strings.NewReplacer(" to ", "-", "–", "-", " - ", "-", ", and ", ",", " and ", ",", ", ", ",")

func parseDays(text string) (week, error) {
	var on week
	rest := strings.TrimPrefix(strings.ToLower(strings.Join(strings.Fields(text), " ")), "every ")
	switch rest {
	case "day", "days", "daily":
		rest = "mon-sun"
	case "weekday", "weekdays":
		rest = "mon-fri"
	case "weekend", "weekends":
		rest = "sat-sun"
	}
	for part := range strings.SplitSeq(separators.Replace(rest), ",") {
		begin, end, isRange := strings.Cut(part, "-")
		first, last := dayNumber(begin), dayNumber(end)
		if !isRange {
			last = first
		}
		if first < 0 || last < 0 {
			return on, daysError(text, part)
		}
		for i := first; ; i = (i + 1) % daysPerWeek {
			on[i] = true
			if i == last {
				break
			}
		}
	}
	return on, nil
}

func daysError(text, part string) error {
	found := fmt.Sprintf("the days are %q", text)
	if !strings.EqualFold(text, part) && part != "" {
		found = fmt.Sprintf("the days %q hold %q", text, part)
	}
	if strings.ContainsAny(part, "0123456789") {
		found += ", and numbers of days count from Sunday in AWS and from Monday elsewhere"
	}
	return &ArgumentError{Days, found + `; write "Monday to Friday", "MON-FRI", "Monday, Wednesday and Friday", ` +
		`"every weekday" or "every day"`}
}

// dayNumber is a day's number from Monday on, by its name, its plural or three letters; -1 for none.
func dayNumber(name string) int {
	for i := range daysPerWeek {
		if name == long[i] || name == long[i]+"s" || name == strings.ToLower(short[i]) {
			return i
		}
	}
	return -1
}

var timeForm = regexp.MustCompile(`^([0-9]{1,2})(?::([0-5][0-9]))?$`)

// parseTime returns minutes since midnight, 0 to 1440.
func parseTime(a Argument, text string) (int, error) {
	m := timeForm.FindStringSubmatch(strings.TrimSpace(text))
	if m != nil {
		hour, _ := strconv.Atoi(m[1])   // one or two digits
		minute, _ := strconv.Atoi(m[2]) // two digits, or none for 0
		if at := hour*minutesPerHour + minute; at <= minutesPerDay {
			return at, nil
		}
	}
	return 0, &ArgumentError{a, fmt.Sprintf("%q is no time of day; write 8, 8:30 or 21:00, up to 24:00", text)}
}

func clock(minute int) string {
	return fmt.Sprintf("%d:%02d", minute/minutesPerHour, minute%minutesPerHour)
}
