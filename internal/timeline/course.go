package timeline

import (
	"slices"
	"time"
)

// follower is a target while a walk goes on.
type follower struct {
	walk   Walk
	course Course
	isOff  bool
	// since is when it went off, or woke although it was to be off.
	since time.Time
	// restart is when AWS starts it again; zero while it does not.
	restart time.Time
	// stop is the key of the event that stopped it; reason why it is awake all the same.
	stop   string
	reason Reason
}

// follow lets the runs happen to a target, in their order.
func (w Walk) follow(target string, group []Event, runs []planned) Course {
	f := &follower{walk: w, course: Course{Target: target}}
	if w.Seed == SeedOff {
		f.goOff(w.From, "", slices.ContainsFunc(group, func(e Event) bool { return e.AWSRestarts }))
	}
	for _, r := range runs {
		f.passTo(r.at)
		f.run(r)
	}
	f.passTo(w.To)
	f.endStretch(w.To)
	return f.course
}

// passTo lets the time until t go by: AWS may start the target meanwhile, or at t itself.
func (f *follower) passTo(t time.Time) {
	at := f.restart
	if !f.isOff || at.IsZero() || at.After(t) || !at.Before(f.walk.To) {
		return
	}
	f.endStretch(at)
	f.isOff, f.since, f.reason, f.restart = false, at, AWS, time.Time{}
	f.add(Entry{At: at, Kind: EntryRestart, Event: f.stop})
}

func (f *follower) run(r planned) {
	entry := Entry{At: r.at, Kind: EntryStop, Event: r.event.Key, Reason: r.reason, Already: f.isOff}
	switch {
	case r.reason != "":
		entry.Kind, entry.Already = EntrySkipped, false
		if r.reason == ClockChange && !r.event.Starts && !f.isOff && f.reason == "" {
			f.since, f.stop, f.reason = r.at, r.event.Key, ClockChange
		}
	case r.event.Starts:
		entry.Kind, entry.Already = EntryStart, !f.isOff
		f.endStretch(r.at)
		f.isOff, f.reason, f.restart = false, "", time.Time{}
	case !f.isOff:
		f.endStretch(r.at)
		f.goOff(r.at, r.event.Key, r.event.AWSRestarts)
	}
	f.add(entry)
}

func (f *follower) goOff(t time.Time, stop string, restarts bool) {
	f.isOff, f.since, f.stop, f.reason = true, t, stop, ""
	if restarts {
		f.restart = t.Add(awsRestartAfter)
	}
}

// add keeps what happens in the walk's days.
func (f *follower) add(e Entry) {
	if e.Target = f.course.Target; !e.At.Before(f.walk.From) {
		f.course.Entries = append(f.course.Entries, e)
	}
}

// endStretch ends at t the time in which the target is off, or awake although it was to be off.
func (f *follower) endStretch(t time.Time) {
	s := Stretch{f.since, t}
	if s.From.Before(f.walk.From) {
		s.From = f.walk.From
	}
	switch {
	case !s.From.Before(t):
	case f.isOff:
		f.course.Off = append(f.course.Off, s)
	case f.reason != "":
		f.course.Awake = append(f.course.Awake, Awake{s, f.stop, f.reason})
	}
}
