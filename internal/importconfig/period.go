package importconfig

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// period is a time in which instances run. All of its conditions have to be true.
type period struct {
	name string
	// begin and end are minutes of a day, -1 without one.
	begin, end int
	// days are those of the week, Monday as 0, where that is all that the period says of days; else days
	// is nil and the three texts hold what an expression has to say.
	days                      []int
	weekday, monthday, months string
}

// Names of Instance Scheduler, whose days begin with Monday as 0.
var periodDays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func newPeriod(name string, r record) (p period, err error) {
	p = period{name: name}
	if p.begin, err = minuteOf(r.text("begintime")); err != nil {
		return p, err
	}
	if p.end, err = minuteOf(r.text("endtime")); err != nil {
		return p, err
	}
	if p.begin >= 0 && p.end >= 0 && p.end <= p.begin {
		return p, fmt.Errorf("endtime %s is not after begintime %s; a night needs two periods there, and here a start "+
			"and a stop", r.text("endtime"), r.text("begintime"))
	}
	monthdays, months, weekdays := r.texts("monthdays"), r.texts("months"), r.texts("weekdays")
	all := func(texts []string) bool {
		return len(texts) == 0 || slices.Contains(texts, "*") || slices.Contains(texts, "?")
	}
	days, simple := daySet(weekdays)
	if all(weekdays) {
		days, simple = []int{0, 1, 2, 3, 4, 5, 6}, true
	}
	if all(monthdays) && all(months) && simple {
		p.days = days
		return p, nil
	}
	return p, p.dated(days, simple, all(weekdays), weekdays, monthdays, months)
}

// dated fills in the fields of a period that does not do the same each week.
func (p *period) dated(days []int, simple, allWeekdays bool, weekdays, monthdays, months []string) (err error) {
	if p.months, err = monthField(months); err != nil {
		return err
	}
	everyDay := len(monthdays) == 0 || slices.Contains(monthdays, "*") || slices.Contains(monthdays, "?")
	switch {
	case !everyDay && !allWeekdays:
		return errors.New("it has days of the month and days of the week, of which both have to be true, " +
			"and an expression has one of them; write the days of the week, and the others as except_dates")
	case !everyDay:
		p.monthday, p.weekday = strings.ToUpper(strings.Join(monthdays, ",")), "?"
	case allWeekdays:
		p.monthday, p.weekday = "*", "?"
	case simple:
		p.monthday, p.weekday = "?", weekdayList(fromSunday(days))
	default:
		p.monthday = "?"
		p.weekday, err = specialDay(weekdays)
	}
	return err
}

// fromSunday turns days with Monday as 0 into days with Sunday as 0, sorted.
func fromSunday(days []int) []int {
	out := make([]int, len(days))
	for i, d := range days {
		out[i] = (d + 1) % 7
	}
	slices.Sort(out)
	return out
}

func minuteOf(text string) (int, error) {
	if text == "" {
		return -1, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time like 09:00", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// dayNumber reads a day: its number, its name, or the name's first three letters.
func dayNumber(text string) (int, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, n >= 0 && n < len(periodDays)
	}
	if len(text) < 3 || !strings.HasPrefix(time.Weekday((slices.Index(periodDays, text[:3])+1)%7).String(),
		strings.ToUpper(text[:1])+text[1:]) {
		return 0, false
	}
	n := slices.Index(periodDays, text[:3])
	return n, n >= 0
}

// daySet reads days and ranges of them, which may go over Sunday's end; ok is false for anything else.
func daySet(texts []string) (days []int, ok bool) {
	for _, text := range texts {
		first, last, isRange := strings.Cut(text, "-")
		from, ok := dayNumber(first)
		if !ok {
			return nil, false
		}
		to := from
		if isRange {
			if to, ok = dayNumber(last); !ok {
				return nil, false
			}
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == to {
				break
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days), true
}

// specialDay reads mon#1, the first Monday of a month, and friL, the last Friday. AWS counts Sunday as 1.
func specialDay(texts []string) (string, error) {
	if len(texts) == 1 {
		text := texts[0]
		if day, nth, ok := strings.Cut(text, "#"); ok {
			if n, known := dayNumber(day); known {
				return fmt.Sprintf("%d#%s", (n+1)%7+1, nth), nil
			}
		}
		if n, known := dayNumber(strings.TrimSuffix(text, "l")); known && strings.HasSuffix(text, "l") {
			return fmt.Sprintf("%dL", (n+1)%7+1), nil
		}
	}
	return "", fmt.Errorf("its weekdays %s cannot be said in one expression; write an event for each by hand",
		strings.Join(texts, ","))
}

// monthField reads months: numbers, names or their first three letters, ranges, steps.
func monthField(texts []string) (string, error) {
	if len(texts) == 0 || slices.Contains(texts, "*") || slices.Contains(texts, "?") {
		return "*", nil
	}
	field := cronField{"month", 1, 12, monthNames}
	var parts []string
	for _, text := range texts {
		parts = append(parts, shortNames(text))
	}
	set, err := field.values(strings.Join(parts, ","))
	if err != nil {
		return "", err
	}
	return field.print(set), nil
}

// shortNames cuts the names in a text to three letters.
func shortNames(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return r < 'a' || r > 'z' })
	for _, word := range words {
		if len(word) > 3 {
			text = strings.Replace(text, word, word[:3], 1)
		}
	}
	return text
}
