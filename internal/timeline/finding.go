package timeline

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kind is what a finding is about.
type Kind string

// Kinds of findings that are warnings: almost surely mistakes.
const (
	// Contradiction: a start and a stop of one target in the same minute. Keys are the stop's and the
	// start's.
	Contradiction Kind = "contradiction"
	// NeverFires: an event that has no run after now.
	NeverFires Kind = "never_fires"
	// AWSRestart: a database that AWS starts again seven days after a stop, at At, and that nothing
	// stops within the next 24 hours.
	AWSRestart Kind = "aws_restart"
	// DoubtfulExpression: a form that AWS does not document; the schedule's Doubts say which.
	DoubtfulExpression Kind = "doubtful_expression"
	// LateLimit: an event whose last attempt can come too late, since LateAfter is shorter than
	// LongestWait. No savings_schedule has one: its limit is an hour or more.
	LateLimit Kind = "late_limit"
)

// Kinds of findings that are notes: worth a look.
const (
	// StopOnly and StartOnly: a target that nothing starts, or nothing stops. Keys are those that
	// stop or start it.
	StopOnly  Kind = "stop_only"
	StartOnly Kind = "start_only"
	// Overlap: a target that one event starts at At although another keeps it off until later. Keys
	// are those of the two stops and the two starts, sorted.
	Overlap Kind = "overlap"
	// SkippedTime and RepeatedTime: a run at a local time that the clocks skip within a year, so that
	// it is lost, or show twice, so that it runs the first time. At is when the clocks change, Wall
	// the local time of the run.
	SkippedTime  Kind = "skipped_time"
	RepeatedTime Kind = "repeated_time"
	// OffHoursGone: a target that was off at times, and no longer is.
	OffHoursGone Kind = "off_hours_gone"
)

// Degree tells how much a finding matters.
type Degree string

// Degrees of findings.
const (
	Warning Degree = "warning"
	Note    Degree = "note"
)

// Degree returns the degree of findings of this kind.
func (k Kind) Degree() Degree {
	switch k {
	case Contradiction, NeverFires, AWSRestart, DoubtfulExpression, LateLimit:
		return Warning
	}
	return Note
}

// Finding is something about a set of events that a reviewer should know. It has no words, so that
// it can be said in any language.
type Finding struct {
	Kind Kind
	// Keys are those of the events that it is about.
	Keys []string
	// Target is what it is about, "" where it is about the event as a whole.
	Target string
	// At is when it happens; zero where it happens at no instant.
	At time.Time
	// Wall is a local time, held as if it were UTC; zero for most kinds.
	Wall time.Time
}

// LongestWait is how long an event can go on: three invocations of the function of 15 minutes each,
// the second one minute after the first and the third two minutes after the second (AWS Lambda
// Developer Guide, "How Lambda handles errors and retries with asynchronous invocation").
const LongestWait = 48 * time.Minute

// Findings returns everything about a set of enabled events that a reviewer should know from now on,
// warnings first, each degree sorted by target, keys and kind.
func Findings(events []Event, now time.Time) []Finding {
	var out []Finding
	for _, c := range Conflicts(slices.DeleteFunc(slices.Clone(events), Event.Unanchored), now) {
		out = append(out, Finding{
			Kind: Contradiction, Keys: []string{c.Stop, c.Start}, Target: c.Target, At: c.At,
		})
	}
	for _, r := range Restarts(events, now) {
		out = append(out, Finding{Kind: AWSRestart, Keys: []string{r.Stop}, Target: r.Target, At: r.At})
	}
	seen := map[string]bool{}
	for _, e := range events {
		if !seen[e.Key] {
			seen[e.Key] = true
			out = append(out, e.findings(now)...)
		}
	}
	for target, group := range byTarget(events) {
		out = append(out, targetFindings(target, group, now)...)
	}
	slices.SortFunc(out, compareFindings)
	return out
}

// Gone returns the targets that were off at times before, and never after.
func Gone(before, after []Week) []Finding {
	var out []Finding
	for _, w := range before {
		still := slices.ContainsFunc(after, func(a Week) bool {
			return a.Target == w.Target && a.Minutes() > 0
		})
		if w.Minutes() > 0 && !still {
			out = append(out, Finding{Kind: OffHoursGone, Target: w.Target})
		}
	}
	return out
}

func compareFindings(a, b Finding) int {
	rank := func(f Finding) int {
		if f.Kind.Degree() == Warning {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)),
		strings.Compare(a.Target, b.Target),
		slices.Compare(a.Keys, b.Keys),
		cmp.Compare(a.Kind, b.Kind),
	)
}

// findings are those of one event, whatever it acts on.
func (e Event) findings(now time.Time) []Finding {
	var out []Finding
	add := func(k Kind, at, wall time.Time) {
		out = append(out, Finding{Kind: k, Keys: []string{e.Key}, At: at, Wall: wall})
	}
	switch {
	case e.Schedule.Doubts() != nil:
		add(DoubtfulExpression, time.Time{}, time.Time{})
	case e.NeverAgain(now):
		add(NeverFires, time.Time{}, time.Time{})
	}
	if e.LateAfter > 0 && e.LateAfter < LongestWait {
		add(LateLimit, time.Time{}, time.Time{})
	}
	for _, c := range e.clockChanges(now) {
		add(c.Kind, c.At, c.Wall)
	}
	return out
}

// targetFindings are those of the events on one target together.
func targetFindings(target string, group []Event, now time.Time) []Finding {
	var starts, stops []string
	for _, e := range group {
		if e.Starts {
			starts = append(starts, e.Key)
		} else {
			stops = append(stops, e.Key)
		}
	}
	slices.Sort(starts)
	slices.Sort(stops)
	switch {
	case starts == nil:
		return []Finding{{Kind: StopOnly, Keys: slices.Compact(stops), Target: target}}
	case stops == nil:
		return []Finding{{Kind: StartOnly, Keys: slices.Compact(starts), Target: target}}
	}
	if f, ok := overlap(group, now); ok {
		f.Target = target
		return []Finding{f}
	}
	return nil
}
