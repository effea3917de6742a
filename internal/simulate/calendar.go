package simulate

import (
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

const (
	hoursPerDay    = 24
	minutesPerHour = 60
)

// date is one local day: 23 or 25 hours where the clocks change.
type date struct {
	start, end time.Time
	hours      []span
}

// span is a time that the clocks show with one hour.
type span struct {
	hour int
	timeline.Stretch
}

// days takes the walk apart.
func (s *Simulation) days() []date {
	var all []date
	for start := s.From; start.Before(s.To); {
		y, m, d := start.Date()
		one := date{start: start, end: earlier(Midnight(y, m, d+1, s.Zone), s.To)}
		for t := start; t.Before(one.end); {
			next := earlier(t.Add(time.Hour-time.Duration(t.Minute())*time.Minute), one.end)
			if _, change := t.ZoneBounds(); !change.IsZero() {
				next = earlier(next, change)
			}
			one.hours = append(one.hours, span{t.Hour(), timeline.Stretch{From: t, To: next}})
			t = next
		}
		all = append(all, one)
		start = one.end
	}
	return all
}

// Midnight is the first instant of a local day, whose clocks may not show 00:00.
func Midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	noon := time.Date(year, month, day, hoursPerDay/2, 0, 0, 0, zone)
	if _, change := t.ZoneBounds(); t.Day() != noon.Day() {
		return change
	}
	return t
}

// stretchesOf are the times without their reasons.
func stretchesOf(all []timeline.Awake) []timeline.Stretch {
	out := make([]timeline.Stretch, len(all))
	for i, a := range all {
		out[i] = a.Stretch
	}
	return out
}

// endAfter leaves out, of sorted stretches, those that are over at t.
func endAfter(all []timeline.Stretch, t time.Time) []timeline.Stretch {
	for len(all) > 0 && !all[0].To.After(t) {
		all = all[1:]
	}
	return all
}

// within is how much of a stretch the others cover; they are sorted and apart.
func within(all []timeline.Stretch, in timeline.Stretch) time.Duration {
	var sum time.Duration
	for _, s := range all {
		if !s.From.Before(in.To) {
			break
		}
		if from, to := later(s.From, in.From), earlier(s.To, in.To); from.Before(to) {
			sum += to.Sub(from)
		}
	}
	return sum
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
