package awscron

import "math/bits"

// Weekly returns the minutes of a week in which a cron() runs, counted from Monday 00:00, in
// ascending order, as if clocks never changed. ok is false where it does not do the same each week:
// where it names days of the month, months or years.
func (c *Cron) Weekly() (minutes []int, ok bool) {
	const sunday = 1
	days := c.weekday.days
	switch {
	case c.years != yearField.all, uint64(c.months) != monthField.all[0]:
		return nil, false
	case c.days == monthDays{days: allDays}:
		days = allWeekdays
	case c.days != monthDays{}, c.weekday != weekDays{days: days}:
		return nil, false
	}
	fromMonday := days>>1 | days&sunday<<6
	for day := range members(uint32(fromMonday)) {
		for hour := range members(c.hours) {
			for m := c.minutes; m != 0; m &= m - 1 {
				minutes = append(minutes, (day*24+hour)*60+bits.TrailingZeros64(m))
			}
		}
	}
	return minutes, true
}
