package timeline

import (
	"slices"
	"time"
)

// overlapHorizon is how far ahead overlapping events are looked for: two weeks show what repeats
// weekly from any state to its end.
const overlapHorizon = 14 * 24 * time.Hour

// overlap finds the first two ranges of different events that overlap on one target after t: a stop,
// another event's stop, a start, and later another event's start, with nothing else between them.
// Ranges that end at one instant agree, as those of an event that is there twice do.
func overlap(group []Event, t time.Time) (Finding, bool) {
	var stops, starts []run
	for r := range runs(group, t, t.Add(overlapHorizon)) {
		if !r.event.Starts {
			if len(starts) > 0 {
				stops, starts = nil, nil
			}
			stops = append(stops, r)
			continue
		}
		starts = append(starts, r)
		ends := slices.CompactFunc(slices.Clone(starts), func(a, b run) bool { return a.at.Equal(b.at) })
		if first, second := stops, starts; differ(first) && differ(second) && len(ends) > 1 {
			keys := keysOf(slices.Concat(first, second))
			return Finding{Kind: Overlap, Keys: keys, At: starts[0].at}, true
		}
	}
	return Finding{}, false
}

// run is one run of an event that does something.
type run struct {
	at    time.Time
	event Event
}

// runs yields the runs of a group after t and up to end, in their order, at most maxSteps of them.
// Those of one instant are in the group's order.
func runs(group []Event, t, end time.Time) func(yield func(run) bool) {
	return func(yield func(run) bool) {
		next := make([]time.Time, len(group))
		for i, e := range group {
			next[i] = e.next(t)
		}
		for range maxSteps {
			first := -1
			for i, at := range next {
				if !at.IsZero() && !at.After(end) && (first < 0 || at.Before(next[first])) {
					first = i
				}
			}
			if first < 0 || !yield(run{next[first], group[first]}) {
				return
			}
			next[first] = group[first].next(next[first])
		}
	}
}

// differ tells whether runs are of more than one event.
func differ(all []run) bool {
	return slices.ContainsFunc(all, func(r run) bool { return r.event.Key != all[0].event.Key })
}

func keysOf(all []run) []string {
	var keys []string
	for _, r := range all {
		keys = append(keys, r.event.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
