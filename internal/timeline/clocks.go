package timeline

import (
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// clockChanges finds the event's first run within a year of t whose local time does not exist, and
// the first whose local time comes twice. A rate() has no local times.
func (e Event) clockChanges(t time.Time) []Finding {
	if _, isRate := e.Schedule.(*awscron.Rate); isRate {
		return nil
	}
	var out []Finding
	found := map[Kind]bool{}
	end := t.Add(horizon)
	for at := nextChange(t, e.Location); !at.IsZero() && !at.After(end); at = nextChange(at, e.Location) {
		kind, from, to := changeAt(at, e.Location)
		if found[kind] || !e.inForce(at) {
			continue
		}
		if wall := e.wallWithin(from, to); !wall.IsZero() {
			found[kind] = true
			out = append(out, Finding{Kind: kind, At: at, Wall: wall})
		}
	}
	return out
}

// nextChange returns when the clocks of a zone change next after t, or zero.
func nextChange(t time.Time, zone *time.Location) time.Time {
	_, end := t.In(zone).ZoneBounds()
	return end
}

// changeAt returns what a change of clocks does to local times, and to which: from and to are local
// times, held as if they were UTC; from belongs to them, to does not. A change of the zone's name
// alone gives none.
func changeAt(at time.Time, zone *time.Location) (kind Kind, from, to time.Time) {
	_, after := at.In(zone).Zone()
	_, before := at.Add(-time.Second).In(zone).Zone()
	wall := func(offset int) time.Time { return at.UTC().Add(time.Duration(offset) * time.Second) }
	if after > before {
		return SkippedTime, wall(before), wall(after)
	}
	return RepeatedTime, wall(after), wall(before)
}

// wallWithin returns the first local time from from on and before to at which the event would run,
// or zero. The times are held as if they were UTC.
func (e Event) wallWithin(from, to time.Time) time.Time {
	for t := from.Add(-time.Nanosecond); ; {
		t = e.Schedule.Next(t, time.UTC)
		switch {
		case t.IsZero(), !t.Before(to):
			return time.Time{}
		case !slices.Contains(e.Except, t.Format(time.DateOnly)):
			return t
		}
	}
}

// inForce tells whether t is within the event's bounds.
func (e Event) inForce(t time.Time) bool {
	return !t.Before(e.From) && (e.Until.IsZero() || !t.After(e.Until))
}
