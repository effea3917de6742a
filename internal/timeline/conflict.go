package timeline

import (
	"slices"
	"time"
)

// Conflict is a start and a stop of one target in the same minute.
type Conflict struct {
	Target      string
	Start, Stop string // event keys
	At          time.Time
}

// Conflicts finds, for each pair of opposite events on one target, the first minute after t in which
// both run. It looks a year ahead. The result is sorted by keys.
func Conflicts(events []Event, t time.Time) []Conflict {
	var out []Conflict
	for target, group := range byTarget(events) {
		out = append(out, conflictsOf(target, group, t)...)
	}
	slices.SortFunc(out, func(a, b Conflict) int {
		return slices.Compare([]string{a.Stop, a.Start, a.Target}, []string{b.Stop, b.Start, b.Target})
	})
	return out
}

// few is up to how many pairs of one target are walked pair by pair.
const few = 2

// conflictsOf finds the conflicts of one target. Where there are many pairs, each event is walked
// once; the dense ones, whose year has too many runs, still meet the others pair by pair.
func conflictsOf(target string, group []Event, t time.Time) []Conflict {
	var starts, stops, denseStarts []Event
	for _, e := range group {
		if e.Starts {
			starts = append(starts, e)
		} else {
			stops = append(stops, e)
		}
	}
	var at map[time.Time][]Event
	if len(starts)*len(stops) > few {
		at, denseStarts = minutesOf(starts, t)
	} else {
		denseStarts = starts
	}
	var out []Conflict
	found := func(start, stop Event, minute time.Time) {
		out = append(out, Conflict{Target: target, Start: start.Key, Stop: stop.Key, At: minute})
	}
	for _, stop := range stops {
		walked := denseStarts
		if at != nil && !meet(stop, at, len(starts)-len(denseStarts), t, found) {
			walked = starts
		}
		for _, start := range walked {
			if minute := firstMeeting(start, stop, t); !minute.IsZero() {
				found(start, stop, minute)
			}
		}
	}
	return out
}

// minutesOf returns which events run in which minute of the year after t, and the dense events.
func minutesOf(events []Event, t time.Time) (at map[time.Time][]Event, dense []Event) {
	at = map[time.Time][]Event{}
	for _, e := range events {
		minutes, ok := e.minutes(t)
		if !ok {
			dense = append(dense, e)
			continue
		}
		for _, minute := range minutes {
			at[minute] = append(at[minute], e)
		}
	}
	return at, dense
}

// meet tells found of each of the n starts that stop meets, in the first minute of each. It is false,
// and found was told nothing, where stop is dense.
func meet(
	stop Event, at map[time.Time][]Event, n int, t time.Time, found func(start, stop Event, minute time.Time),
) bool {
	minutes, ok := stop.minutes(t)
	if !ok {
		return false
	}
	met := map[string]bool{}
	for _, minute := range minutes {
		if len(met) == n {
			break
		}
		for _, start := range at[minute] {
			if !met[start.Key] {
				met[start.Key] = true
				found(start, stop, minute.In(start.Location))
			}
		}
	}
	return true
}

// minutes returns the minutes in which the event runs within a year after t; ok is false where they
// are too many.
func (e Event) minutes(t time.Time) (minutes []time.Time, ok bool) {
	end := t.Add(horizon)
	for n := e.next(t); !n.IsZero() && !n.After(end); n = e.next(n) {
		if len(minutes) == maxSteps {
			return nil, false
		}
		minutes = append(minutes, n.Truncate(time.Minute).UTC())
	}
	return minutes, true
}

// firstMeeting lets the two walk towards each other: the earlier one jumps to the later one.
func firstMeeting(a, b Event, t time.Time) time.Time {
	end := t.Add(horizon)
	x, y := a.next(t), b.next(t)
	for range maxSteps {
		if x.IsZero() || y.IsZero() || x.After(end) || y.After(end) {
			return time.Time{}
		}
		mx, my := x.Truncate(time.Minute), y.Truncate(time.Minute)
		switch {
		case mx.Equal(my):
			return mx
		case mx.Before(my):
			x = a.next(my.Add(-time.Nanosecond))
		default:
			y = b.next(mx.Add(-time.Nanosecond))
		}
	}
	return time.Time{}
}
