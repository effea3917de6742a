package awscron

import (
	"iter"
	"math/bits"
	"strconv"
	"strings"
)

// Cron is a cron() expression.
type Cron struct {
	doubts
	fields
	// live holds the years in which it runs at least once, so that a sparse expression finds its
	// next year as fast as a dense one.
	live set
	// source is the text it was parsed from.
	source string
}

// fields are what a cron() expression selects. Bit n of a field stands for the value n, and of a
// year for firstYear+n. Two expressions that select the same are equal in all members (normalize).
type fields struct {
	minutes uint64
	hours   uint32
	months  uint16
	years   set
	days    monthDays
	weekday weekDays
}

// monthDays is the day-of-month field; all its members are 0 where it is ?.
type monthDays struct {
	// days are the days 1 to 31.
	days uint32
	// nearest are the days n of nW: the weekday nearest to day n, in the same month.
	nearest uint32
	// last are the offsets n of L-n, n days before the last; bit 0 is L.
	last uint32
	// lastNearest are the offsets n of L-nW; bit 0 is LW, the last weekday.
	lastNearest uint32
}

// weekDays is the day-of-week field; all its members are 0 where it is ?. Bit 0 is Sunday, one less
// than AWS's number.
type weekDays struct {
	days uint8
	// last are the days of nL: the last such day of a month.
	last uint8
	// nth are the days of n#k, the kth such day of a month, at index k-1.
	nth [5]uint8
}

const (
	allDays     = 1<<32 - 2
	allWeekdays = 1<<7 - 1
	allMonths   = 1<<13 - 2
)

// normalize brings fields that select the same days into the same form: a whole week becomes every
// day of the month, and what another item or the length of the months makes idle is dropped.
func (f *fields) normalize() {
	f.weekday.last &^= f.weekday.days
	for k := range f.weekday.nth {
		f.weekday.nth[k] &^= f.weekday.days
	}
	if f.weekday.days == allWeekdays {
		f.weekday, f.days = weekDays{}, monthDays{days: allDays}
		return
	}
	longest := f.longestMonth()
	possible := uint32(1<<(longest+1) - 2)
	kept := monthDays{
		days:        f.days.days & possible,
		nearest:     f.days.nearest & possible,
		last:        f.days.last & (possible >> 1),
		lastNearest: f.days.lastNearest & (possible >> 1),
	}
	switch {
	case kept.days == possible:
		f.days = monthDays{days: allDays}
	case kept != monthDays{}:
		f.days = kept
	}
}

// longestMonth returns the number of days of the longest month that is selected; 29 for February.
func (f *fields) longestMonth() int {
	longest := 0
	for n := range members(uint32(f.months)) {
		longest = max(longest, daysIn(n, true))
	}
	return longest
}

// shortestMonth returns the number of days of the shortest month that is selected; 28 for February.
func (f *fields) shortestMonth() int {
	shortest := 31
	for n := range members(uint32(f.months)) {
		shortest = min(shortest, daysIn(n, false))
	}
	return shortest
}

// String implements Schedule.
func (c *Cron) String() string {
	day, weekday := "?", "?"
	if c.weekday != (weekDays{}) {
		weekday = c.weekday.text()
	} else {
		day = c.days.text()
	}
	text := "cron(" + strings.Join([]string{
		minutesField.text(set{c.minutes}),
		hoursField.text(set{uint64(c.hours)}),
		day,
		monthField.text(set{uint64(c.months)}),
		weekday,
		yearField.text(c.years),
	}, " ") + ")"
	if len(text) > maxLength {
		return c.source
	}
	return text
}

func (d monthDays) text() string {
	var items []string
	if d.days != 0 {
		items = append(items, dayField.text(set{uint64(d.days)}))
	}
	for n := range members(d.nearest) {
		items = append(items, strconv.Itoa(n)+"W")
	}
	for n := range members(d.last) {
		items = append(items, fromLast(n))
	}
	for n := range members(d.lastNearest) {
		items = append(items, fromLast(n)+"W")
	}
	return strings.Join(items, ",")
}

// fromLast returns L or L-n.
func fromLast(n int) string {
	if n == 0 {
		return "L"
	}
	return "L-" + strconv.Itoa(n)
}

// text writes the last Friday as 6L, since AWS documents L after a number only.
func (d weekDays) text() string {
	var items []string
	if d.days != 0 {
		items = append(items, weekdayField.text(set{uint64(d.days)}))
	}
	for n := range members(uint32(d.last)) {
		items = append(items, strconv.Itoa(n+1)+"L")
	}
	for k, days := range d.nth {
		for n := range members(uint32(days)) {
			items = append(items, weekdayField.value(n+1)+"#"+strconv.Itoa(k+1))
		}
	}
	return strings.Join(items, ",")
}

// members yields the numbers of the bits that are set, in ascending order.
func members(mask uint32) iter.Seq[int] {
	return func(yield func(int) bool) {
		for ; mask != 0; mask &= mask - 1 {
			if !yield(bits.TrailingZeros32(mask)) {
				return
			}
		}
	}
}

// UnixWorkingDays is how Monday to Friday is written everywhere but in AWS, where it is Sunday to
// Thursday (EventBridge Scheduler User Guide, "Schedule types": 1 is Sunday).
const UnixWorkingDays = "1-5"

// CountsFromSunday tells whether the day-of-week field is UnixWorkingDays: legal, and almost surely
// meant to be MON-FRI.
func (c *Cron) CountsFromSunday() bool {
	parts := strings.Fields(strings.TrimSuffix(strings.TrimPrefix(c.source, "cron("), ")"))
	return len(parts) > 4 && parts[4] == UnixWorkingDays
}
