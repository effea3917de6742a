package awscron

import "slices"

// One set of dates can be written in many ways: 15W, TUE#3 and 15 are one date in June 2027. A
// sentence begins from the dates alone, so that expressions with the same runs have the same words.

// sheet is one month of a calendar: a length and the weekday of its first day, and the days that
// are selected in it.
type sheet struct {
	month, length, weekday int
	days                   uint32
}

// sheets are the months of all kinds of years in which c runs, once each; months and years in
// which it never runs are left out.
func (c *Cron) sheets() []sheet {
	var all []sheet
	var months uint16
	for _, k := range yearsByKind {
		if k.years.meets(c.live) {
			for month := 1; month <= 12; month++ {
				s := sheet{month: month}
				s.length, s.weekday = k.kind.month(month)
				if c.months&(1<<month) != 0 {
					s.days = c.daysOf(k.kind, month)
				}
				if s.days != 0 {
					months |= 1 << month
				}
				all = append(all, s)
			}
		}
	}
	var found []sheet
	for _, s := range all {
		if months&(1<<s.month) != 0 {
			found = append(found, s)
		}
	}
	return found
}

// plain returns the fields that say c's dates in the way that reads best. It depends on the dates
// alone, not on how they are written; c must have some.
func (c *Cron) plain() fields {
	if c.months == allMonths && c.years == yearField.all &&
		c.weekday == (weekDays{days: c.weekday.days}) && c.days == (monthDays{days: c.days.days}) {
		return c.fields // nothing reads better, and nearly all expressions are such ones
	}
	sheets := c.sheets()
	f := fields{minutes: c.minutes, hours: c.hours}
	for _, parts := range [][]part{wholeMonth, singleWeekdays, singleDays, weekdayParts, dayParts} {
		if weekday, days, ok := cover(sheets, parts); ok {
			f.weekday, f.days = weekday, days
			break
		}
	}
	for _, s := range sheets {
		f.months |= 1 << s.month
	}
	f.widenMonths(c.live)
	f.years = f.widenYears(c.live)
	return f
}

// part is the least that a day field can select.
type part struct {
	weekday weekDays
	days    monthDays
}

// in returns the days that the part selects in a month.
func (p part) in(s sheet) uint32 {
	if p.weekday != (weekDays{}) {
		return p.weekday.daysOf(s.length, s.weekday)
	}
	return p.days.daysOf(s.length, s.weekday)
}

// The parts that dates are put together from, in five forms, the best first; within a form the best
// part is first too.
var (
	wholeMonth     = []part{{days: monthDays{days: allDays}}}
	singleWeekdays = partsOf(7, func(n int) part { return part{weekday: weekDays{days: 1 << n}} })
	singleDays     = partsOf(31, func(n int) part { return part{days: monthDays{days: 2 << n}} })

	weekdayParts = slices.Concat(singleWeekdays,
		partsOf(7, func(n int) part { return part{weekday: weekDays{last: 1 << n}} }),
		partsOf(35, func(n int) (p part) {
			p.weekday.nth[n/7] = 1 << (n % 7)
			return p
		}),
	)
	dayParts = slices.Concat(singleDays,
		partsOf(31, func(n int) part { return part{days: monthDays{last: 1 << n}} }),
		partsOf(31, func(n int) part { return part{days: monthDays{nearest: 2 << n}} }),
		partsOf(31, func(n int) part { return part{days: monthDays{lastNearest: 1 << n}} }),
	)
)

func partsOf(n int, of func(int) part) []part {
	parts := make([]part, n)
	for i := range parts {
		parts[i] = of(i)
	}
	return parts
}

// cover chooses parts that together select the days of the sheets and no others: all that fit but
// those that the rest makes idle, the worst of which go first. ok is false where that cannot be.
func cover(sheets []sheet, parts []part) (weekday weekDays, days monthDays, ok bool) {
	// times counts for each day of each sheet the chosen parts that select it.
	times := make([][32]uint8, len(sheets))
	var chosen []part
	for _, p := range parts {
		if p.fits(sheets) {
			chosen = append(chosen, p)
			p.count(sheets, times, 1)
		}
	}
	for i, s := range sheets {
		for day := range members(s.days) {
			if times[i][day] == 0 {
				return weekDays{}, monthDays{}, false
			}
		}
	}
	for _, p := range slices.Backward(chosen) {
		if p.idle(sheets, times) {
			p.count(sheets, times, ^uint8(0))
			continue
		}
		weekday.add(p.weekday)
		days.add(p.days)
	}
	return weekday, days, true
}

// fits tells whether the part selects only days of the sheets, and at least one.
func (p part) fits(sheets []sheet) bool {
	found := uint32(0)
	for _, s := range sheets {
		got := p.in(s)
		if got&^s.days != 0 {
			return false
		}
		found |= got
	}
	return found != 0
}

func (p part) count(sheets []sheet, times [][32]uint8, by uint8) {
	for i, s := range sheets {
		for day := range members(p.in(s)) {
			times[i][day] += by
		}
	}
}

// idle tells whether each of the part's days is selected by another part too.
func (p part) idle(sheets []sheet, times [][32]uint8) bool {
	for i, s := range sheets {
		for day := range members(p.in(s)) {
			if times[i][day] == 1 {
				return false
			}
		}
	}
	return true
}

func (d *weekDays) add(e weekDays) {
	d.days |= e.days
	d.last |= e.last
	for k := range d.nth {
		d.nth[k] |= e.nth[k]
	}
}

func (d *monthDays) add(e monthDays) {
	d.days |= e.days
	d.nearest |= e.nearest
	d.last |= e.last
	d.lastNearest |= e.lastNearest
}

// widenMonths makes "every month" of months that leave out only those without such a day, in the
// years that are live.
func (f *fields) widenMonths(live set) {
	for _, k := range yearsByKind {
		if !k.years.meets(live) {
			continue
		}
		for month := 1; month <= 12; month++ {
			if f.months&(1<<month) == 0 && f.daysOf(k.kind, month) != 0 {
				return
			}
		}
	}
	f.months = allMonths
}

// widenYears returns the live years or, where only years without such a day are missing, the range
// that they make.
func (f *fields) widenYears(live set) set {
	possible := live
	for _, k := range yearsByKind {
		if !f.runsIn(k.kind) {
			possible = possible.union(k.years)
		}
	}
	const end = lastYear - firstYear
	first, last := live.next(0), end
	for !live.has(last) {
		last--
	}
	if possible.holds(0, first) {
		first = 0
	}
	if possible.holds(last, end) {
		last = end
	}
	if !possible.holds(first, last) {
		return live
	}
	var years set
	for year := first; year <= last; year++ {
		years.add(year)
	}
	return years
}
