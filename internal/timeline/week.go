package timeline

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// MinutesPerWeek is the length of a plain week: seven days on which no clock changes.
const MinutesPerWeek = 7 * 24 * 60

// Span is a part of a plain week, in minutes since Monday 00:00: From belongs to it, To does not,
// and 0 ≤ From < To ≤ MinutesPerWeek.
type Span struct{ From, To int }

// Week is when a target is off in a plain week.
type Week struct {
	Target string
	// Off are sorted and apart from each other. One that goes on over the end of the week is two.
	Off []Span
}

// Minutes is how long the target is off.
func (w Week) Minutes() int {
	n := 0
	for _, s := range w.Off {
		n += s.To - s.From
	}
	return n
}

// Hours is how long the target is off, in hours rounded to hundredths.
func (w Week) Hours() float64 { return math.Round(float64(w.Minutes())/60*100) / 100 }

// Weeks returns a plain week of each target that has a stop and a start which repeat weekly, sorted
// by target. Its minutes are on the clocks of zone; zones are mixed by their standard offsets.
//
// A target is off from a stop until the next start, round and round: what comes last in the week
// counts at its beginning. Where both fall into one minute AWS may run them in either order, and the
// target counts as on. Only cron() that names neither days of the month nor months nor years takes
// part. A plain week is one in which every event is in force: From, Until and Except are for others.
func Weeks(events []Event, zone *time.Location) []Week {
	var weeks []Week
	var marks [MinutesPerWeek]mark
	for target, group := range byTarget(events) {
		clear(marks[:])
		var stops, starts bool
		for _, e := range group {
			if markRuns(&marks, e, zone) {
				starts = starts || e.Starts
				stops = stops || !e.Starts
			}
		}
		if stops && starts {
			weeks = append(weeks, Week{Target: target, Off: offSpans(&marks)})
		}
	}
	slices.SortFunc(weeks, func(a, b Week) int { return strings.Compare(a.Target, b.Target) })
	return weeks
}

// mark is what happens to a target in one minute of a plain week.
type mark uint8

const (
	markStop mark = 1 + iota
	// markStart: perhaps a stop too.
	markStart
)

// markRuns marks an event's runs; false where it has no weekly ones.
func markRuns(marks *[MinutesPerWeek]mark, e Event, zone *time.Location) bool {
	cron, ok := e.Schedule.(*awscron.Cron)
	if !ok {
		return false
	}
	minutes, ok := cron.Weekly()
	m := markStop
	if e.Starts {
		m = markStart
	}
	shift := standardOffset(zone) - standardOffset(e.Location)
	for _, minute := range minutes {
		at := (minute + shift + MinutesPerWeek) % MinutesPerWeek
		marks[at] = max(marks[at], m)
	}
	return ok
}

// offSpans walks the week, which begins as its last mark leaves it.
func offSpans(marks *[MinutesPerWeek]mark) []Span {
	var spans []Span
	from := -1
	for _, m := range slices.Backward(marks[:]) {
		if m == markStop {
			from = 0
		}
		if m != 0 {
			break
		}
	}
	for minute, m := range marks {
		switch {
		case m == markStop && from < 0:
			from = minute
		case m == markStart && from >= 0:
			if minute > from {
				spans = append(spans, Span{from, minute})
			}
			from = -1
		}
	}
	if from >= 0 {
		spans = append(spans, Span{from, MinutesPerWeek})
	}
	return spans
}

// standardOffset is how many minutes a zone is ahead of UTC while it has no daylight saving time:
// the smaller of its offsets in winter and summer. It is that of the last year of cron(), in which
// all changes that the zone data foresees have happened, so that it depends on no clock.
func standardOffset(zone *time.Location) int {
	const lastYear = 2199
	_, winter := time.Date(lastYear, time.January, 1, 0, 0, 0, 0, zone).Zone()
	_, summer := time.Date(lastYear, time.July, 1, 0, 0, 0, 0, zone).Zone()
	return min(winter, summer) / 60
}
