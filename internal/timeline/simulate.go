package timeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
)

// EntryKind is what happens to a target.
type EntryKind string

// Kinds of entries.
const (
	EntryStop    EntryKind = "stop"
	EntryStart   EntryKind = "start"
	EntryRestart EntryKind = "aws_restart"
	EntrySkipped EntryKind = "skipped"
)

// Reason says why a run is skipped, or why a target is on.
type Reason string

// Reasons.
const (
	// DayOff: the date is one of except_dates.
	DayOff Reason = "except_dates"
	// Held: a hold was in force.
	Held Reason = "hold"
	// ClockChange: the clocks skipped the local time of the run.
	ClockChange Reason = "clock_change"
	// AWS: seven days after a stop, AWS started the target again.
	AWS Reason = "aws_restart"
)

// Entry is one thing that happens to a target.
type Entry struct {
	At     time.Time
	Target string
	Kind   EntryKind
	// Event is the key of the event that runs, or of the stop that AWS undoes.
	Event string
	// Reason is why it is skipped; "" for other kinds.
	Reason Reason
	// Already tells that the target was there before, so that the run changes nothing.
	Already bool
}

// Stretch is a time from From on and before To.
type Stretch struct{ From, To time.Time }

// Awake is a stretch in which a target is on although it was to be off.
type Awake struct {
	Stretch
	// Event is the key of the stop that was undone or lost.
	Event  string
	Reason Reason
}

// Course is what a target goes through.
type Course struct {
	Target string
	// Entries are sorted by time.
	Entries []Entry
	// Off are the stretches in which it is off.
	Off []Stretch
	// Awake are the stretches in which it is on although it was to be off.
	Awake []Awake
}

// OffFor is how long the target is off.
func (c Course) OffFor() time.Duration {
	var d time.Duration
	for _, s := range c.Off {
		d += s.To.Sub(s.From)
	}
	return d
}

// Walk is which days are walked, and how things stand when they begin.
type Walk struct {
	// From belongs to it, To does not.
	From, To time.Time
	// Seed is how all targets stand at From: what the events of the weeks before leave them in,
	// unless it is SeedOn or SeedOff.
	Seed Seed
	// Holds are in force from From on.
	Holds []hold.Hold
}

// Seed is how targets stand when a walk begins.
type Seed int

// Seeds.
const (
	SeedEvents Seed = iota
	SeedOn
	SeedOff
)

// lookBack is how far before its beginning a walk looks for the events that left the targets as they
// are: what runs once a month has run.
const lookBack = 35 * 24 * time.Hour

// MaxRuns bounds a walk: all runs of its events together.
const MaxRuns = 2_000_000

// TooManyRunsError says that a walk would have more than MaxRuns runs.
type TooManyRunsError struct{ Key string }

func (e *TooManyRunsError) Error() string {
	return fmt.Sprintf("with event %q there are more than %d runs; walk fewer days", e.Key, MaxRuns)
}

// Simulate walks through days on paper: each run of each enabled event, what it does to its targets,
// and AWS's own start of a database seven days after its stop. Where a stop and a start come at the
// same instant AWS may run them in either order, and the start counts as the last. A rate() without
// a start runs first when the walk begins. The result is sorted by target. Its error is a
// *TooManyRunsError.
func Simulate(events []Event, w Walk) ([]Course, error) {
	var courses []Course
	left := MaxRuns
	for target, group := range byTarget(events) {
		entries, err := w.entries(group, &left)
		if err != nil {
			return nil, err
		}
		courses = append(courses, w.follow(target, group, entries))
	}
	slices.SortFunc(courses, func(a, b Course) int { return strings.Compare(a.Target, b.Target) })
	return courses, nil
}

// entries are all runs of the events on one target, those before the walk too where they tell how it
// begins.
func (w Walk) entries(group []Event, left *int) ([]planned, error) {
	begin := w.From
	if w.Seed == SeedEvents {
		begin = begin.Add(-lookBack)
	}
	var all []planned
	for _, e := range group {
		if e.Unanchored() {
			e.Schedule = e.Schedule.(*awscron.Rate).From(w.From)
		}
		for at := range e.allRuns(begin, w.To) {
			if *left--; *left < 0 {
				return nil, &TooManyRunsError{e.Key}
			}
			all = append(all, planned{at, w.reason(e, at), &e})
		}
		for _, at := range e.lostRuns(begin, w.To) {
			all = append(all, planned{at, ClockChange, &e})
		}
	}
	slices.SortFunc(all, planned.compare)
	return all, nil
}

// planned is a run of an event, whether it does something or not.
type planned struct {
	at     time.Time
	reason Reason
	event  *Event
}

// compare sorts by time; at one instant stops come before starts.
func (p planned) compare(other planned) int {
	switch byTime := p.at.Compare(other.at); {
	case byTime != 0:
		return byTime
	case p.event.Starts == other.event.Starts:
		return strings.Compare(p.event.Key, other.event.Key)
	case p.event.Starts:
		return 1
	}
	return -1
}

// reason is why a run does nothing, or "".
func (w Walk) reason(e Event, at time.Time) Reason {
	if e.excepted(at) {
		return DayOff
	}
	if at.Before(w.From) {
		return ""
	}
	for _, h := range w.Holds {
		if h.Applies(e.Key, e.Stops || !e.Starts, at) {
			return Held
		}
	}
	return ""
}

// allRuns yields the event's runs from begin on and before end, those on its days off too.
func (e Event) allRuns(begin, end time.Time) func(yield func(time.Time) bool) {
	return func(yield func(time.Time) bool) {
		t := begin
		if t.Before(e.From) {
			t = e.From
		}
		for t = e.Schedule.Next(t.Add(-time.Nanosecond), e.Location); !t.IsZero() && t.Before(end); {
			if !e.Until.IsZero() && t.After(e.Until) || !yield(t) {
				return
			}
			t = e.Schedule.Next(t, e.Location)
		}
	}
}

// lostRuns are the instants from begin on and before end at which the clocks skip one or more local
// times of the event's runs.
func (e Event) lostRuns(begin, end time.Time) []time.Time {
	if _, isRate := e.Schedule.(*awscron.Rate); isRate {
		return nil
	}
	var lost []time.Time
	change := nextChange(begin.Add(-time.Nanosecond), e.Location)
	for ; !change.IsZero() && change.Before(end); change = nextChange(change, e.Location) {
		kind, from, to := changeAt(change, e.Location)
		if kind == SkippedTime && e.inForce(change) && !e.wallWithin(from, to).IsZero() {
			lost = append(lost, change)
		}
	}
	return lost
}
