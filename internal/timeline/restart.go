package timeline

import (
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// Restart is a database that AWS starts again, and that then runs on.
type Restart struct {
	Target string
	Stop   string // key of the event whose stop AWS undoes
	At     time.Time
}

// awsRestartAfter is how long AWS leaves an RDS instance or an Aurora, DocumentDB or Neptune cluster
// stopped (Amazon Aurora User Guide, "Stopping and starting an Amazon Aurora DB cluster").
const awsRestartAfter = 7 * 24 * time.Hour

// stopWithin is how long after AWS's restart a stop still counts as caring for it.
const stopWithin = 24 * time.Hour

// Restarts finds the targets that AWS starts again after seven days with no start of ours before and
// no stop of ours within the next 24 hours. It looks a year ahead and reports the first for each
// target, sorted by target.
func Restarts(events []Event, t time.Time) []Restart {
	var out []Restart
	for target, group := range byTarget(events) {
		if r, ok := firstRestart(group, t); ok {
			r.Target = target
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Restart) int { return strings.Compare(a.Target, b.Target) })
	return out
}

// lookahead is how far after a stop it is settled whether AWS's restart is cared for.
const lookahead = awsRestartAfter + stopWithin + time.Nanosecond

// firstRestart walks the stops of a year. Where each week is as the one before, it walks one of them.
func firstRestart(group []Event, t time.Time) (Restart, bool) {
	const week = 7 * 24 * time.Hour
	steps, end := maxSteps, t.Add(horizon)
	weekly := !slices.ContainsFunc(group, func(e Event) bool { return !e.weekly() })
	for weekly && t.Before(end) {
		change := firstChange(group, t, end)
		if alike := change.Add(-lookahead); t.Add(week).Before(alike) {
			if r, ok := restartBetween(group, t, t.Add(week), &steps); ok {
				return r, true
			}
			t = alike
		}
		if r, ok := restartBetween(group, t, change, &steps); ok {
			return r, true
		}
		t = change
	}
	return restartBetween(group, t, end, &steps)
}

// weekly tells that the event does the same each week, while no clock changes and it is in force.
func (e Event) weekly() bool {
	cron, ok := e.Schedule.(*awscron.Cron)
	if !ok || len(e.Except) > 0 {
		return false
	}
	_, ok = cron.Weekly()
	return ok
}

// firstChange returns when a clock changes next after t, or an event comes into force or goes out of
// it; end where that is later.
func firstChange(group []Event, t, end time.Time) time.Time {
	first := end
	for _, e := range group {
		for _, at := range []time.Time{nextChange(t, e.Location), e.From, e.Until} {
			if at.After(t) && at.Before(first) {
				first = at
			}
		}
	}
	return first
}

// restartBetween walks the stops after t and up to end.
func restartBetween(group []Event, t, end time.Time, steps *int) (Restart, bool) {
	for ; *steps > 0; *steps-- {
		stop, key := earliest(group, t, func(e Event) bool { return !e.Starts && e.AWSRestarts })
		if stop.IsZero() || stop.After(end) {
			return Restart{}, false
		}
		restart := stop.Add(awsRestartAfter)
		t = stop
		start, _ := earliest(group, stop, func(e Event) bool { return e.Starts })
		if wokenByUs := !start.IsZero() && !start.After(restart); wokenByUs {
			continue
		}
		again, _ := earliest(group, restart.Add(-time.Nanosecond), func(e Event) bool { return !e.Starts })
		if stoppedAgain := !again.IsZero() && !again.After(restart.Add(stopWithin)); !stoppedAgain {
			return Restart{Stop: key, At: restart}, true
		}
	}
	return Restart{}, false
}

func earliest(group []Event, t time.Time, which func(Event) bool) (at time.Time, key string) {
	for _, e := range group {
		if !which(e) {
			continue
		}
		if n := e.next(t); !n.IsZero() && (at.IsZero() || n.Before(at)) {
			at, key = n, e.Key
		}
	}
	return at, key
}
