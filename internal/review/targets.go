package review

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// targets gives each target its weeks on one zone's clocks, so that before and after compare. Events
// that never run again after now have no part in them.
func targets(
	before, after []*Event, uncertain map[string]bool, prices Prices, now time.Time,
) []Target {
	was, will := alive(timelineOf(before), now), alive(timelineOf(after), now)
	zones := zonesOf(was, will)
	weeksBefore, weeksAfter := weeks(was, zones), weeks(will, zones)
	var out []Target
	for _, name := range slices.Sorted(maps.Keys(zones)) {
		t := Target{
			Name: name, Zone: zones[name], Uncertain: uncertain[name],
			Before: weeksBefore[name], After: weeksAfter[name], Price: prices.of(name),
		}
		if t.Before != nil || t.After != nil {
			out = append(out, t)
		}
	}
	return out
}

// timelineOf is the events as package timeline takes them, their targets with the scope.
func timelineOf(events []*Event) []timeline.Event {
	var out []timeline.Event
	for _, e := range events {
		for _, t := range e.timeline() {
			if e.scope != "" {
				t.Targets = []string{t.Targets[0] + " (" + e.scope + ")"}
			}
			out = append(out, t)
		}
	}
	return out
}

// alive leaves out events that never run again after now.
func alive(events []timeline.Event, now time.Time) []timeline.Event {
	return slices.DeleteFunc(events, func(e timeline.Event) bool { return e.NeverAgain(now) })
}

// zonesOf is the zone whose clocks a target's week is on: that of most of its events after the plan,
// or before where there are none after; the first by name of several.
func zonesOf(before, after []timeline.Event) map[string]*time.Location {
	out := map[string]*time.Location{}
	for _, side := range [][]timeline.Event{before, after} {
		counts := map[string]map[string]int{}
		zones := map[string]*time.Location{}
		for _, e := range side {
			target, zone := e.Targets[0], e.Location.String()
			if counts[target] == nil {
				counts[target] = map[string]int{}
			}
			counts[target][zone]++
			zones[zone] = e.Location
		}
		for target, of := range counts {
			names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
				return cmp.Or(of[b]-of[a], cmp.Compare(a, b))
			})
			out[target] = zones[names[0]]
		}
	}
	return out
}

// weeks gives the weeks of the targets, each on its zone's clocks.
func weeks(events []timeline.Event, zones map[string]*time.Location) map[string]*timeline.Week {
	byZone := map[*time.Location][]timeline.Event{}
	for _, e := range events {
		zone := zones[e.Targets[0]]
		byZone[zone] = append(byZone[zone], e)
	}
	out := map[string]*timeline.Week{}
	for zone, group := range byZone {
		for _, w := range timeline.Weeks(group, zone) {
			out[w.Target] = &w
		}
	}
	return out
}

// uncertain are the targets of events about which something is known only after apply.
func uncertain(sets []*set) map[string]bool {
	out := map[string]bool{}
	mark := func(e *Event) {
		if e == nil {
			return
		}
		for _, target := range targetsOf(e) {
			if e.scope != "" {
				target += " (" + e.scope + ")"
			}
			out[target] = true
		}
	}
	for _, s := range sets {
		listed := map[*Event]bool{}
		for _, c := range s.changes {
			listed[c.Before] = true
			if c.After != nil && !c.After.known() {
				mark(c.Before)
				mark(c.After)
			}
		}
		for _, e := range s.before {
			if s.unknown && !listed[e] {
				mark(e)
			}
		}
	}
	return out
}
