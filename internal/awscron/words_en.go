package awscron

import (
	"fmt"
	"strings"
)

// english is the grammar of English, with a 24-hour clock.
type english struct{}

var (
	englishWeekdays = []string{
		"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
	}
	englishMonths = []string{
		"", "January", "February", "March", "April", "May", "June", "July", "August", "September",
		"October", "November", "December",
	}
	englishNth = []string{"first", "second", "third", "fourth", "fifth"}
)

func (english) rate(n int64, unit string) string {
	return "every " + countedEnglish(int(n), unit) + ", counted from its start"
}

func (e english) at(t atTime) string {
	text := fmt.Sprintf("once on %d %s %d at %s", t.day, englishMonths[t.month][:3], t.year,
		e.time(t.time))
	if t.second != 0 {
		text += fmt.Sprintf(":%02d", t.second)
	}
	return text
}

// cron puts days before times that are few ("every Monday at 08:00"), and times that are many
// before the days ("every 10 minutes on Mondays").
func (e english) cron(o outline) string {
	parts := []string{e.days(o) + " at " + e.list(e.times(o.clock.times))}
	if len(o.clock.times) == 0 {
		parts = []string{e.often(o.clock)}
		switch on := e.on(o); {
		case on != "":
			parts = append(parts, on)
		case len(o.clock.windows) == 0 && len(o.clock.hours) > 0:
			parts = append(parts, "every day")
		}
	}
	months := (o.days.weekly() || !o.days.monthly()) && len(o.months) > 0
	if months {
		parts = append(parts, e.inMonths(o.months))
	}
	if len(o.years) > 0 && !o.isDate() {
		if months || o.years[0].step > 1 {
			parts[len(parts)-1] += ","
		}
		parts = append(parts, e.inYears(o.years))
	}
	if o.never {
		parts = append(parts, "(never: there is no such day)")
	}
	return strings.Join(parts, " ")
}

// often says how often something happens in a day.
func (e english) often(c clockPart) string {
	if len(c.windows) == 0 {
		return e.minutes(c.minutes) + " in " + e.hours(c.hours)
	}
	text := "every " + e.interval(c.windows[0].step)
	switch w := c.windows[0]; {
	case w.first == 0 && roundTheDay(w):
		return text
	case w.step == 60 && roundTheDay(w):
		return text + fmt.Sprintf(" at :%02d", w.first)
	}
	var windows []string
	for _, w := range c.windows {
		windows = append(windows, "from "+e.time(w.first)+" to "+e.time(w.last))
	}
	return text + " " + e.list(windows)
}

func (english) interval(minutes int) string {
	if minutes%60 == 0 {
		return countedEnglish(minutes/60, "hour")
	}
	return countedEnglish(minutes, "minute")
}

// countedEnglish returns "day" for one and "3 days" for three.
func countedEnglish(n int, unit string) string {
	if n == 1 {
		return unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

func (english) time(minutes int) string {
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

func (e english) times(times []int) []string {
	var texts []string
	for _, t := range times {
		texts = append(texts, e.time(t))
	}
	return texts
}

// list joins "a", "b", "c" to "a, b and c".
func (english) list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// minutes says which minutes of an hour: "at :05 and every minute from :10 to :20".
func (e english) minutes(spans []span) string {
	var single, ranges []string
	for _, s := range spans {
		if s.step == 0 {
			single = append(single, fmt.Sprintf(":%02d", s.first))
			continue
		}
		every := "every " + e.interval(s.step)
		if s.first == 0 && s.last+s.step == 60 {
			return every
		}
		ranges = append(ranges, fmt.Sprintf("%s from :%02d to :%02d", every, s.first, s.last))
	}
	if len(single) > 0 {
		ranges = append([]string{"at " + e.list(single)}, ranges...)
	}
	return e.list(ranges)
}

// hours says which hours; none are each.
func (e english) hours(spans []span) string {
	var texts []string
	for _, s := range spans {
		switch s.step {
		case 0:
			texts = append(texts, fmt.Sprintf("%02d", s.first))
		case 1:
			texts = append(texts, fmt.Sprintf("%02d to %02d", s.first, s.last))
		default:
			return fmt.Sprintf("every %s hour from %02d to %02d", e.ordinal(s.step), s.first, s.last)
		}
	}
	switch {
	case len(spans) == 0:
		return "every hour"
	case len(spans) == 1 && spans[0].step == 0:
		return "the hour " + texts[0]
	default:
		return "the hours " + e.list(texts)
	}
}

func (english) ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}
