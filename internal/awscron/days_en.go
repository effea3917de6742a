package awscron

import (
	"fmt"
	"slices"
)

// days says on which days, before the times: "every weekday", "on the 1st of every month".
func (e english) days(o outline) string {
	switch {
	case o.days.everyDay():
		return "every day"
	case o.days.weekly() && o.days.monthly():
		return "every " + e.weekdays(o.days.weekdays, "") + " and " + e.on(monthly(o))
	case o.days.weekly():
		return "every " + e.weekdays(o.days.weekdays, "")
	case o.isYearly() && len(o.years) == 0:
		return "every year " + e.on(o)
	default:
		return e.on(o)
	}
}

// on says on which days, after the times: "on weekdays", "on the 1st of every month"; "" for every
// day.
func (e english) on(o outline) string {
	switch {
	case o.days.everyDay():
		return ""
	case o.days.weekly() && o.days.monthly():
		return "on " + e.weekdays(o.days.weekdays, "s") + " and " + e.on(monthly(o))
	case o.days.weekly():
		return "on " + e.weekdays(o.days.weekdays, "s")
	case o.isYearly():
		text := fmt.Sprintf("on %d %s", o.days.monthDays[0].first, englishMonths[o.months[0].first])
		if o.isDate() {
			text += fmt.Sprintf(" %d", o.years[0].first)
		}
		return text
	default:
		return "on " + e.list(e.monthDays(o.days)) + " of " + e.ofMonths(o.months)
	}
}

// monthly returns o without its days of each week, and without its months, which hold for both.
func monthly(o outline) outline {
	o.days.weekdays, o.months = nil, nil
	return o
}

var mondayToFriday = []int{1, 2, 3, 4, 5}

// weekdays names days of the week from Monday on, in the singular or with an s behind each:
// "weekday", "Monday and Friday", "Monday to Thursday".
func (e english) weekdays(days []int, plural string) string {
	if slices.Equal(days, mondayToFriday) {
		return "weekday" + plural
	}
	var names []string
	for _, run := range weekRuns(days) {
		name := englishWeekdays[run.first] + plural
		if run.step == 1 {
			name += " to " + englishWeekdays[run.last] + plural
		}
		names = append(names, name)
	}
	return e.list(names)
}

// maxNamedDays is how many days of a month are named one by one.
const maxNamedDays = 8

// monthDays names days that are counted in a month, as in "the last Friday".
func (e english) monthDays(d dayPart) []string {
	var texts []string
	for _, s := range d.monthDays {
		switch n := (s.last-s.first)/max(s.step, 1) + 1; {
		case s.step == 1:
			texts = append(texts, "the "+e.ordinal(s.first)+" to the "+e.ordinal(s.last))
		case n <= maxNamedDays:
			for day := s.first; day <= s.last; day += max(s.step, 1) {
				texts = append(texts, "the "+e.ordinal(day))
			}
		default:
			texts = append(texts, fmt.Sprintf("every %s day from the %s to the %s",
				e.ordinal(s.step), e.ordinal(s.first), e.ordinal(s.last)))
		}
	}
	for _, day := range d.nearest {
		texts = append(texts, "the weekday nearest the "+e.ordinal(day))
	}
	for _, n := range d.last {
		texts = append(texts, e.fromLast(n))
	}
	for _, n := range d.lastNearest {
		if n == 0 {
			texts = append(texts, "the last weekday")
		} else {
			texts = append(texts, "the weekday nearest "+e.fromLast(n))
		}
	}
	for _, day := range d.lastWeekdays {
		texts = append(texts, "the last "+englishWeekdays[day])
	}
	for k, days := range d.nthWeekdays {
		for _, day := range days {
			texts = append(texts, "the "+englishNth[k]+" "+englishWeekdays[day])
		}
	}
	return texts
}

// fromLast names the day that is n days before the last.
func (e english) fromLast(n int) string {
	switch n {
	case 0:
		return "the last day"
	case 1:
		return "the day before the last day"
	default:
		return "the " + e.ordinal(n) + " day before the last day"
	}
}

// ofMonths names the months that days are counted in: "every month", "January and July".
func (e english) ofMonths(months []span) string {
	switch {
	case len(months) == 0:
		return "every month"
	case len(months) == 1 && months[0].step == 1:
		return "every month from " + e.list(e.monthNames(months))
	default:
		return e.list(e.monthNames(months))
	}
}

// inMonths says in which months: "in June", "from June to August".
func (e english) inMonths(months []span) string {
	if len(months) == 1 && months[0].step == 1 {
		return "from " + e.list(e.monthNames(months))
	}
	return "in " + e.list(e.monthNames(months))
}

func (english) monthNames(months []span) []string {
	var names []string
	for _, s := range months {
		if s.step == 1 {
			names = append(names, englishMonths[s.first]+" to "+englishMonths[s.last])
			continue
		}
		for m := s.first; m <= s.last; m += max(s.step, 1) {
			names = append(names, englishMonths[m])
		}
	}
	return names
}

// inYears says in which years: "in 2026 and 2028", "from 2026 to 2030", "every 2 years from 2026".
func (e english) inYears(years []span) string {
	if len(years) == 1 && years[0].step > 0 {
		s := years[0]
		text := fmt.Sprintf("from %d", s.first)
		if s.step > 1 {
			text = fmt.Sprintf("every %d years from %d", s.step, s.first)
		}
		if s.last+s.step > lastYear {
			return text + " on"
		}
		return fmt.Sprintf("%s to %d", text, s.last)
	}
	var texts []string
	for _, s := range years {
		if s.step == 0 {
			texts = append(texts, fmt.Sprintf("%d", s.first))
		} else {
			texts = append(texts, fmt.Sprintf("%d to %d", s.first, s.last))
		}
	}
	return "in " + e.list(texts)
}
