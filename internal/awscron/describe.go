package awscron

import "math/bits"

// Describing takes two steps. An outline says what a schedule does without any language; a grammar
// makes a sentence of it. A further language is one more grammar, with its own words and order.

// grammar makes sentences of one language.
type grammar interface {
	// cron says when a cron() runs.
	cron(o outline) string
	// rate says how often a rate() runs, which counts from its start; unit is minute, hour or day.
	rate(n int64, unit string) string
	// at says when an at() runs: once.
	at(t atTime) string
}

// grammars holds a grammar for each language.
var grammars = map[Language]grammar{English: english{}, Japanese: japanese{}}

func grammarOf(lang Language) grammar {
	if g, ok := grammars[lang]; ok {
		return g
	}
	return grammars[English]
}

// Describe implements Schedule.
func (c *Cron) Describe(lang Language) string { return grammarOf(lang).cron(c.outline()) }

// Describe implements Schedule.
func (r *Rate) Describe(lang Language) string {
	n, unit := r.value()
	return grammarOf(lang).rate(n, unit)
}

// Describe implements Schedule.
func (a *At) Describe(lang Language) string {
	return grammarOf(lang).at(atTime{
		a.wall.Year(), int(a.wall.Month()), a.wall.Day(),
		a.wall.Hour()*60 + a.wall.Minute(), a.wall.Second(),
	})
}

// atTime is the local time of an at(); time is in minutes since midnight.
type atTime struct{ year, month, day, time, second int }

// outline is what a cron() does. Each part is empty where it selects everything.
type outline struct {
	clock  clockPart
	days   dayPart
	months []span
	years  []span
	never  bool // no year has such a day
}

// isDate tells whether the days are one date in one year: "on 1 January 2030".
func (o *outline) isDate() bool {
	return o.isYearly() && len(o.years) == 1 && o.years[0].step == 0
}

// isYearly tells whether the days are one day of one month.
func (o *outline) isYearly() bool {
	d := o.days
	return !d.weekly() && len(d.monthDays) == 1 && d.monthDays[0].step == 0 &&
		len(d.nearest)+len(d.last)+len(d.lastNearest) == 0 && len(o.months) == 1 &&
		o.months[0].step == 0
}

// clockPart is the times of a day, in one of three forms. Times are minutes since midnight.
type clockPart struct {
	// times are single times.
	times []int
	// windows are times that are all the same number of minutes apart.
	windows []span
	// minutes of hours is the rest: each of these minutes in each of these hours. hours is empty for
	// each hour.
	minutes, hours []span
}

// dayPart is the days of a cron(), or nothing for every day.
type dayPart struct {
	// weekdays are days of each week, 0 for Sunday; lastWeekdays the last such day of a month;
	// nthWeekdays the kth one, at index k-1.
	weekdays, lastWeekdays []int
	nthWeekdays            [5][]int
	// monthDays are days of the month; nearest the weekday nearest to one; last and lastNearest
	// the same, counted from the last day, which is 0.
	monthDays                  []span
	nearest, last, lastNearest []int
}

// everyDay tells whether all days are selected.
func (d *dayPart) everyDay() bool { return !d.weekly() && !d.monthly() }

// weekly tells whether days of each week are selected.
func (d *dayPart) weekly() bool { return len(d.weekdays) > 0 }

// monthly tells whether days are selected that are counted in a month.
func (d *dayPart) monthly() bool {
	n := len(d.lastWeekdays) + len(d.monthDays) + len(d.nearest) + len(d.last) + len(d.lastNearest)
	for _, days := range d.nthWeekdays {
		n += len(days)
	}
	return n > 0
}

func (c *Cron) outline() outline {
	o := outline{clock: c.clockPart(), never: c.live == (set{})}
	f := c.fields
	if !o.never {
		f = c.plain()
	}
	if f.weekday != (weekDays{}) {
		o.days.weekdays = numbers(uint32(f.weekday.days))
		o.days.lastWeekdays = numbers(uint32(f.weekday.last))
		for k, days := range f.weekday.nth {
			o.days.nthWeekdays[k] = numbers(uint32(days))
		}
	} else if f.days.days != allDays {
		o.days.monthDays = dayField.spans(set{uint64(f.days.days)})
		o.days.nearest = numbers(f.days.nearest)
		o.days.last = numbers(f.days.last)
		o.days.lastNearest = numbers(f.days.lastNearest)
	}
	o.months = restricted(monthField, set{uint64(f.months)})
	o.years = restricted(yearField, f.years)
	return o
}

// weekRuns takes days of the week apart as they are said from Monday on: runs of three or more, and
// single days, whose step is 0. Sunday is 0.
func weekRuns(days []int) []span {
	var week set
	for _, day := range days {
		week.add((day + 6) % 7)
	}
	var runs []span
	for day := week.next(0); day >= 0; day = week.next(day + 1) {
		last := day
		for week.has(last + 1) {
			last++
		}
		if last-day < 2 {
			runs = append(runs, span{(day + 1) % 7, (day + 1) % 7, 0})
			continue
		}
		runs = append(runs, span{(day + 1) % 7, (last + 1) % 7, 1})
		day = last
	}
	return runs
}

// restricted returns the spans of s, or none if it holds all values.
func restricted(f *field, s set) []span {
	if s == f.all {
		return nil
	}
	return f.spans(s)
}

func numbers(mask uint32) []int {
	var found []int
	for n := range members(mask) {
		found = append(found, n)
	}
	return found
}

// minutesPerDay is the length of a day without a change of clocks.
const minutesPerDay = 24 * 60

// Limits of what is still read at a glance.
const maxTimes, maxWindows = 6, 3

// clockPart chooses the form in which the times of a day read best.
func (c *Cron) clockPart() clockPart {
	var all []int
	for hour := range members(c.hours) {
		for m := c.minutes; m != 0; m &= m - 1 {
			all = append(all, hour*60+bits.TrailingZeros64(m))
		}
	}
	windows := evenWindows(all)
	oneMinute := bits.OnesCount64(c.minutes) == 1
	switch {
	case len(windows) == 1 && (len(all) > 3 || roundTheDay(windows[0])):
		return clockPart{windows: windows}
	case len(all) <= maxTimes:
		return clockPart{times: all}
	case len(windows) > 0 && len(windows) <= maxWindows:
		return clockPart{windows: windows}
	case oneMinute:
		return clockPart{times: all}
	default:
		return clockPart{
			minutes: minutesField.spans(set{c.minutes}),
			hours:   restricted(hoursField, set{uint64(c.hours)}),
		}
	}
}

// evenWindows takes times apart into windows of three or more with one step in all of them; nil
// where that is not possible.
func evenWindows(times []int) []span {
	if len(times) < 3 {
		return nil
	}
	step := minutesPerDay
	for i := 1; i < len(times); i++ {
		step = min(step, times[i]-times[i-1])
	}
	windows := []span{{times[0], times[0], step}}
	for _, t := range times[1:] {
		w := &windows[len(windows)-1]
		if t-w.last == step {
			w.last = t
		} else {
			windows = append(windows, span{t, t, step})
		}
	}
	for _, w := range windows {
		if w.last-w.first < 2*step {
			return nil
		}
	}
	return windows
}

// roundTheDay tells whether a window goes on from one day to the next with the same step.
func roundTheDay(w span) bool { return w.last+w.step == w.first+minutesPerDay }
