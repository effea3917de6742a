// Package timeline asks of a set of events what each target goes through: which events contradict
// each other, and which stopped databases AWS starts again.
package timeline

import (
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// Event is one enabled schedule.
type Event struct {
	Key      string
	Schedule awscron.Schedule
	Location *time.Location
	// From and Until bound the runs; zero where there is no bound.
	From, Until time.Time
	// Except are local dates, such as 2026-12-29, on which runs do nothing and so do not count.
	Except []string
	// Targets are in the command table's normal form. Starts tells a start from a stop.
	Targets []string
	Starts  bool
	// AWSRestarts tells that AWS starts the targets by itself seven days after a stop.
	AWSRestarts bool
	// Stops tells that the event stops something, these targets or others, so that a hold of stops
	// keeps it from running.
	Stops bool
	// LateAfter is how long after its time the event still does something; 0 for ever, or not known.
	LateAfter time.Duration
}

// Unanchored tells that the event's minutes depend on when it is applied: a rate() without a start.
func (e Event) Unanchored() bool {
	_, isRate := e.Schedule.(*awscron.Rate)
	return isRate && e.From.IsZero()
}

// next returns the event's first run strictly after t that does something, or zero.
func (e Event) next(t time.Time) time.Time {
	if !e.From.IsZero() && t.Before(e.From) {
		t = e.From.Add(-time.Nanosecond)
	}
	for {
		n := e.Schedule.Next(t, e.Location)
		switch {
		case n.IsZero(), !e.Until.IsZero() && n.After(e.Until):
			return time.Time{}
		case !e.excepted(n):
			return n
		}
		t = n
	}
}

// excepted tells whether t falls on one of the event's days off.
func (e Event) excepted(t time.Time) bool {
	return len(e.Except) > 0 && slices.Contains(e.Except, t.In(e.Location).Format(time.DateOnly))
}

// NeverAgain tells that the event has no run after t that does something.
func (e Event) NeverAgain(t time.Time) bool { return e.next(t).IsZero() }

// horizon bounds how far ahead contradictions are looked for: a year, and its leap day.
const horizon = 366 * 24 * time.Hour

// maxSteps bounds the work for one pair of events or one target; dense schedules meet, or show that
// they do not, long before.
const maxSteps = 2000

// byTarget groups the events; within a group they keep their order.
func byTarget(events []Event) map[string][]Event {
	out := map[string][]Event{}
	for _, e := range events {
		for _, target := range e.Targets {
			out[target] = append(out[target], e)
		}
	}
	return out
}
