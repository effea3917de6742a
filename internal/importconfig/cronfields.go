package importconfig

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Names of crontab(5), whose days begin with Sunday as 0; 7 is Sunday too.
var (
	monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	dayNames   = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
)

// cronField is a field of a crontab: its name, its bounds, and names for its numbers from the first on.
type cronField struct {
	name        string
	least, most int
	names       []string
}

var crontabFields = [cronFieldCount]cronField{
	{"minute", 0, 59, nil}, {"hour", 0, 23, nil}, {"day of month", 1, 31, nil}, {"month", 1, 12, monthNames},
	{"day of week", 0, 7, dayNames},
}

// crontabExpressions gives the expressions of EventBridge Scheduler that together run when a crontab's
// five fields do: two where both a day of the month and a day of the week are given, of which either is
// enough. Its error says what cannot be said, and what to do.
func crontabExpressions(fields []string) (expressions, notes []string, err error) {
	var sets [cronFieldCount][]int
	for i, text := range fields {
		if sets[i], err = crontabFields[i].values(text); err != nil {
			return nil, nil, err
		}
	}
	days, weekdays := fields[2], fields[4]
	form := func(day, weekday string) string {
		return fmt.Sprintf("cron(%s %s %s %s %s *)", crontabFields[0].print(sets[0]), crontabFields[1].print(sets[1]), day,
			crontabFields[3].print(sets[3]), weekday)
	}
	dayText, weekdayText := crontabFields[2].print(sets[2]), weekdayList(sets[4])
	allDays, allWeekdays := dayText == "*", weekdayText == "*"
	either := !strings.HasPrefix(days, "*") && !strings.HasPrefix(weekdays, "*")
	switch {
	case allDays && allWeekdays, either && (allDays || allWeekdays):
		return []string{form("*", "?")}, nil, nil
	case allWeekdays:
		return []string{form(dayText, "?")}, nil, nil
	case allDays:
		return []string{form("?", weekdayText)}, nil, nil
	case !either:
		return nil, nil, errors.New("a field that begins with * makes it run where day of month and day of week both fit, " +
			"and an expression has one of them; write the days of the week, and the others as except_dates")
	}
	note := "A crontab runs where day of month or day of week fits: two events, of which either is enough."
	return []string{form(dayText, "?"), form("?", weekdayText)}, []string{note}, nil
}

// values are the numbers that a field's text selects, sorted.
func (f cronField) values(text string) ([]int, error) {
	var out []int
	for _, part := range strings.Split(text, ",") {
		span, stepText, hasStep := strings.Cut(part, "/")
		step := 1
		if hasStep {
			var err error
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return nil, f.wrong(part)
			}
		}
		from, to, err := f.span(span, hasStep)
		if err != nil || from > to {
			return nil, f.wrong(part)
		}
		for v := from; v <= to; v += step {
			if f.most == 7 {
				v := v % 7
				out = append(out, v)
				continue
			}
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// span reads "*", "a" and "a-b"; "a/n" counts from a to the end.
func (f cronField) span(text string, stepped bool) (from, to int, err error) {
	if text == "*" {
		if f.most == 7 {
			return 0, 6, nil
		}
		return f.least, f.most, nil
	}
	first, last, isRange := strings.Cut(text, "-")
	if from, err = f.number(first); err != nil {
		return 0, 0, err
	}
	switch {
	case isRange:
		to, err = f.number(last)
	case stepped:
		to = f.most
	default:
		to = from
	}
	return from, to, err
}

func (f cronField) number(text string) (int, error) {
	if at := slices.Index(f.names, strings.ToLower(text)); at >= 0 {
		return at + f.least, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < f.least || n > f.most {
		return 0, f.wrong(text)
	}
	return n, nil
}

func (f cronField) wrong(text string) error {
	return fmt.Errorf("%q is no %s of crontab(5); write it by hand", text, f.name)
}

// print writes a set of numbers as a field of an expression of AWS.
func (f cronField) print(set []int) string {
	if len(set) == f.most-f.least+1 {
		return "*"
	}
	name := func(v int) string {
		if f.names != nil {
			return strings.ToUpper(f.names[v-f.least])
		}
		return strconv.Itoa(v)
	}
	if step, ok := f.step(set); ok {
		return strconv.Itoa(set[0]) + "/" + strconv.Itoa(step)
	}
	return runs(set, name)
}

// step tells whether a set counts from its first number to the field's end by equal steps.
func (f cronField) step(set []int) (int, bool) {
	if len(set) < 3 || f.names != nil {
		return 0, false
	}
	step := set[1] - set[0]
	for i := range set[1:] {
		if set[i+1]-set[i] != step {
			return 0, false
		}
	}
	return step, step > 1 && set[len(set)-1]+step > f.most
}

// weekdayList writes days of the week, Sunday as 0, by their names: AWS counts Sunday as 1. No range goes
// over Saturday's end.
func weekdayList(set []int) string {
	if len(set) == 7 {
		return "*"
	}
	name := func(v int) string { return strings.ToUpper(dayNames[v]) }
	if len(set) > 1 && set[0] == 0 && set[1] != 1 { // Sunday last, as in a week of Monday to Sunday
		return runs(set[1:], name) + "," + name(0)
	}
	return runs(set, name)
}

// runs writes sorted numbers as ranges of three and more, and single ones.
func runs(set []int, name func(int) string) string {
	var parts []string
	for i := 0; i < len(set); {
		j := i
		for j+1 < len(set) && set[j+1] == set[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, name(set[i])+"-"+name(set[j]))
		} else {
			for _, v := range set[i : j+1] {
				parts = append(parts, name(v))
			}
		}
		i = j + 1
	}
	return strings.Join(parts, ",")
}
