package importconfig

import (
	"fmt"
	"slices"
)

// change is a time at which a schedule starts or stops what it is for.
type change struct {
	start      bool
	expression string
	notes      []string
}

const (
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
)

// state is what a schedule wants of an instance.
type state int

// What is wanted: in anyState instances stay as they are.
const (
	stopped state = iota
	anyState
	running
)

// at is what a period of weeks wants at a minute of the week, from Monday 00:00: to run between its times
// on its days, and to be stopped else. With a begintime alone instances stay as they are before it, with
// an endtime alone too.
func (p period) at(minute int) state {
	day, m := minute/minutesOfDay, minute%minutesOfDay
	switch {
	case !slices.Contains(p.days, day):
		return stopped
	case p.begin < 0 && p.end < 0:
		return running
	case p.begin < 0:
		if m >= p.end {
			return stopped
		}
		return anyState
	case p.end < 0:
		if m >= p.begin {
			return running
		}
		return anyState
	case m >= p.begin && m < p.end:
		return running
	}
	return stopped
}

// changesOf gives the starts and stops of a schedule's periods. Those that do the same each week are
// taken together, minute by minute, so that periods which meet or overlap are one. The others are
// translated one by one.
func changesOf(periods []period) (changes []change, problems []Left) {
	var weekly []period
	for _, p := range periods {
		if p.days != nil {
			weekly = append(weekly, p)
			continue
		}
		more, problem := p.changes(len(periods) > 1)
		changes = append(changes, more...)
		if problem != "" {
			problems = append(problems, Left{p.name, problem})
		}
	}
	return append(changesOfWeek(weekly), changes...), problems
}

// changes are those of a period with months or days of the month.
func (p period) changes(among bool) ([]change, string) {
	if p.begin < 0 && p.end < 0 {
		return nil, "it has neither begintime nor endtime, so it begins and ends with its days; " +
			"write its starts and stops by hand"
	}
	var notes []string
	if among {
		notes = []string{"The schedule has several periods, and this one was translated alone: look whether another one " +
			"runs on at this time."}
	}
	var out []change
	for _, side := range []struct {
		start  bool
		minute int
	}{{true, p.begin}, {false, p.end}} {
		if side.minute >= 0 {
			out = append(out, change{side.start, fmt.Sprintf("cron(%d %d %s %s %s *)", side.minute%60, side.minute/60,
				p.monthday, p.months, p.weekday), notes})
		}
	}
	return out, ""
}

// changesOfWeek walks a week and finds where what is wanted turns to running, or to stopped.
func changesOfWeek(periods []period) []change {
	if len(periods) == 0 {
		return nil
	}
	wanted := make([]state, minutesOfWeek)
	for minute := range wanted {
		for _, p := range periods {
			wanted[minute] = max(wanted[minute], p.at(minute))
		}
	}
	type moment struct {
		minute int
		start  bool
	}
	days := map[moment][]int{}
	for minute, now := range wanted {
		before := wanted[(minute+minutesOfWeek-1)%minutesOfWeek]
		if now == before || now == anyState {
			continue
		}
		at := moment{minute % minutesOfDay, now == running}
		days[at] = append(days[at], minute/minutesOfDay)
	}
	var moments []moment
	for at := range days {
		moments = append(moments, at)
	}
	slices.SortFunc(moments, func(a, b moment) int {
		if a.start != b.start {
			if a.start {
				return -1
			}
			return 1
		}
		return a.minute - b.minute
	})
	var out []change
	for _, at := range moments {
		monthday, weekday := "?", weekdayList(fromSunday(days[at]))
		if weekday == "*" {
			monthday, weekday = "*", "?"
		}
		expression := fmt.Sprintf("cron(%d %d %s * %s *)", at.minute%60, at.minute/60, monthday, weekday)
		out = append(out, change{at.start, expression, nil})
	}
	return out
}
