package awscron

import (
	"math/bits"
	"slices"
)

var (
	monthLengths = [13]uint8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	// monthStarts are the days of a common year before each month.
	monthStarts = [13]uint16{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}
)

func isLeap(year int) bool {
	return year%4 == 0 && (year%100 != 0 || year%400 == 0)
}

// daysIn returns the number of days of a month.
func daysIn(month int, leap bool) int {
	if month == 2 && leap {
		return 29
	}
	return int(monthLengths[month])
}

// yearKind is all that matters of a year: leap or not, and the weekday of 1 January, 0 for Sunday.
// There are 14 of them.
type yearKind struct {
	leap    bool
	weekday int
}

// kindOf returns the kind of a year after 0 (weekday by Gauss).
func kindOf(year int) yearKind {
	y := year - 1
	return yearKind{isLeap(year), (1 + 5*(y%4) + 4*(y%100) + 6*(y%400)) % 7}
}

// month returns the length of a month and the weekday of its first day.
func (k yearKind) month(month int) (length, weekday int) {
	weekday = k.weekday + int(monthStarts[month])
	if k.leap && month > 2 {
		weekday++
	}
	return daysIn(month, k.leap), weekday % 7
}

// daysOf returns the days of a month on which the fields select something; bit n is day n.
func (f *fields) daysOf(k yearKind, month int) uint32 {
	length, weekday := k.month(month)
	if f.weekday != (weekDays{}) {
		return f.weekday.daysOf(length, weekday)
	}
	return f.days.daysOf(length, weekday)
}

// daysOf returns the days in a month of this length whose first day is this weekday.
func (d *monthDays) daysOf(length, weekday int) uint32 {
	found := d.days
	for last := d.last; last != 0; last &= last - 1 {
		if day := length - bits.TrailingZeros32(last); day >= 1 {
			found |= 1 << day
		}
	}
	for nearest := d.nearest; nearest != 0; nearest &= nearest - 1 {
		if day := bits.TrailingZeros32(nearest); day <= length {
			found |= 1 << nearestWeekday(day, length, weekday)
		}
	}
	for last := d.lastNearest; last != 0; last &= last - 1 {
		if day := length - bits.TrailingZeros32(last); day >= 1 {
			found |= 1 << nearestWeekday(day, length, weekday)
		}
	}
	return found & (1<<(length+1) - 2)
}

// nearestWeekday returns the day from Monday to Friday that is nearest to day and in its month.
func nearestWeekday(day, length, weekday int) int {
	switch (weekday + day - 1) % 7 {
	case 6: // Saturday
		if day == 1 {
			return 3
		}
		return day - 1
	case 0: // Sunday
		if day == length {
			return day - 2
		}
		return day + 1
	default:
		return day
	}
}

// daysOf returns the days in a month of this length whose first day is this weekday.
func (d *weekDays) daysOf(length, weekday int) uint32 {
	found := everyWeek(d.days, weekday)
	if d.last != 0 {
		found |= everyWeek(d.last, weekday) >> (length - 6) << (length - 6)
	}
	for k, days := range d.nth {
		if days != 0 {
			found |= everyWeek(days, weekday) & (0x7F << (7*k + 1))
		}
	}
	return found & (1<<(length+1) - 2)
}

// everyWeek returns the days 1 to 35 of a month on which these weekdays fall, if its first day is
// weekday, as far as they fit.
func everyWeek(days uint8, weekday int) uint32 {
	week := (uint64(days)>>weekday | uint64(days)<<(7-weekday)) & 0x7F
	return uint32(week * (1 | 1<<7 | 1<<14 | 1<<21 | 1<<28) << 1)
}

// yearsByKind holds the years from firstYear to lastYear, sorted by kind.
var yearsByKind = func() (kinds []kindYears) {
	for year := firstYear; year <= lastYear; year++ {
		k := kindOf(year)
		i := slices.IndexFunc(kinds, func(other kindYears) bool { return other.kind == k })
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, kindYears{kind: k})
		}
		kinds[i].years.add(year - firstYear)
	}
	return kinds
}()

// kindYears are the years of one kind, counted from firstYear.
type kindYears struct {
	kind  yearKind
	years set
}

// everyMonth are the days that each month has.
const everyMonth = 1<<29 - 2

// liveYears returns the years in which the fields select at least one day.
func (f *fields) liveYears() set {
	if f.weekday.days != 0 || f.days.days&everyMonth != 0 {
		return f.years // each month has such a day
	}
	var live set
	for _, k := range yearsByKind {
		if f.runsIn(k.kind) {
			live = live.union(k.years)
		}
	}
	return live.intersection(f.years)
}

// runsIn tells whether the fields select at least one day in a year of this kind.
func (f *fields) runsIn(k yearKind) bool {
	for month := range members(uint32(f.months)) {
		if f.daysOf(k, month) != 0 {
			return true
		}
	}
	return false
}
