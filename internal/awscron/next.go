package awscron

import (
	"math/bits"
	"time"
)

// Next implements Schedule. It follows the Scheduler's documented rules for time zones that change
// their clocks: a local time that does not exist is skipped, and one that comes twice runs once,
// the first time. For expressions that run several times in a repeated hour the documentation is
// silent; they keep to the same rule. It allocates nothing.
func (c *Cron) Next(after time.Time, loc *time.Location) time.Time {
	z := clockAt(after.In(loc))
	for w, ok := c.atOrAfter(z.wallAfter()); ok; w, ok = c.atOrAfter(w.add(1)) {
		if t, exists := z.instant(w); exists && t.After(after) {
			return t
		}
	}
	return time.Time{}
}

// wall is a local time, to the minute.
type wall struct{ year, month, day, hour, minute int }

const secondsPerDay = 24 * 60 * 60

// wallOf returns the local time that a clock in UTC shows so many seconds after 1970.
func wallOf(seconds int64) wall {
	year, month, day := time.Unix(seconds, 0).UTC().Date()
	inDay := int((seconds%secondsPerDay + secondsPerDay) % secondsPerDay)
	return wall{year, int(month), day, inDay / 3600, inDay / 60 % 60}
}

// seconds is the inverse of wallOf, for years from 1 on.
func (w wall) seconds() int64 {
	y := w.year - 1
	days := y*365 + y/4 - y/100 + y/400 + int(monthStarts[w.month]) + w.day - 1
	if w.month > 2 && isLeap(w.year) {
		days++
	}
	const daysTo1970 = 719162
	return int64(days-daysTo1970)*secondsPerDay + int64(w.hour*3600+w.minute*60)
}

// add returns the local time some minutes later, as if clocks never changed.
func (w wall) add(minutes int) wall {
	if w.minute += minutes; w.minute < 60 {
		return w
	}
	return wallOf(w.seconds())
}

// atOrAfter returns the first local time from w on that the expression selects.
func (c *Cron) atOrAfter(w wall) (wall, bool) {
	if w.year < firstYear {
		w = wall{year: firstYear, month: 1, day: 1}
	}
	if w.year > lastYear {
		return wall{}, false
	}
	if c.live.has(w.year-firstYear) && c.months&(1<<w.month) != 0 {
		days := c.daysOf(kindOf(w.year), w.month)
		if days&(1<<w.day) != 0 && c.timeAtOrAfter(&w) {
			return w, true
		}
		if later := days >> (w.day + 1); later != 0 {
			return c.firstOn(w.year, w.month, w.day+1+bits.TrailingZeros32(later)), true
		}
	}
	return c.afterMonth(w.year, w.month)
}

// timeAtOrAfter moves w on to the first selected time of its day, if there is one.
func (c *Cron) timeAtOrAfter(w *wall) bool {
	if c.hours&(1<<w.hour) != 0 {
		if later := c.minutes >> w.minute; later != 0 {
			w.minute += bits.TrailingZeros64(later)
			return true
		}
	}
	later := c.hours >> (w.hour + 1)
	if later == 0 {
		return false
	}
	w.hour += 1 + bits.TrailingZeros32(later)
	w.minute = bits.TrailingZeros64(c.minutes)
	return true
}

// firstOn returns the first selected time of a day.
func (c *Cron) firstOn(year, month, day int) wall {
	return wall{
		year, month, day, bits.TrailingZeros32(c.hours), bits.TrailingZeros64(c.minutes),
	}
}

// afterMonth returns the first selected local time after the end of a month.
func (c *Cron) afterMonth(year, month int) (wall, bool) {
	for {
		if c.live.has(year - firstYear) {
			k := kindOf(year)
			for month++; month <= 12; month++ {
				if c.months&(1<<month) == 0 {
					continue
				}
				if days := c.daysOf(k, month); days != 0 {
					return c.firstOn(year, month, bits.TrailingZeros32(days)), true
				}
			}
		}
		next := c.live.next(year + 1 - firstYear)
		if next < 0 {
			return wall{}, false
		}
		year, month = firstYear+next, 0
	}
}

// maxShift is more than any clock was ever changed by at once.
const maxShift = 26 * time.Hour

// clock turns local times of a zone into instants. It knows the period without a change of clocks
// around one instant, in seconds since 1970, so that most local times need no look-up.
type clock struct {
	loc         *time.Location
	at          int64
	offset      int64
	first, last int64
}

func clockAt(t time.Time) clock {
	const far = 1 << 60
	c := clock{loc: t.Location(), at: t.Unix(), first: -far, last: far}
	if c.loc == time.UTC {
		return c
	}
	_, offset := t.Zone()
	c.offset = int64(offset)
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		c.first = start.Add(maxShift).Unix()
	}
	if !end.IsZero() {
		c.last = end.Unix()
	}
	return c
}

// wallAfter returns the local time at the start of the next minute.
func (c clock) wallAfter() wall {
	return wallOf(c.at + c.offset + 60)
}

// instant returns the first instant at which the zone's clocks show w; false if they never do.
func (c clock) instant(w wall) (time.Time, bool) {
	if u := w.seconds() - c.offset; c.first <= u && u < c.last {
		return time.Unix(u, 0).In(c.loc), true
	}
	return firstInstant(w, c.loc)
}

// firstInstant is instant without what the clock knows. time.Date returns a shifted time for one
// that does not exist, and either instant of one that comes twice.
func firstInstant(w wall, loc *time.Location) (time.Time, bool) {
	t := time.Date(w.year, time.Month(w.month), w.day, w.hour, w.minute, 0, 0, loc)
	_, offset := t.Zone()
	if t.Unix()+int64(offset) != w.seconds() {
		return time.Time{}, false
	}
	start, _ := t.ZoneBounds()
	if start.IsZero() || t.Sub(start) >= maxShift {
		return t, true
	}
	_, before := start.Add(-1).Zone()
	if earlier := t.Add(time.Duration(offset-before) * time.Second); earlier.Before(start) {
		return earlier, true
	}
	return t, true
}
