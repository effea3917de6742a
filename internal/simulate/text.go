package simulate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Cells of the calendar, an hour each.
const (
	cellOff   = '█'
	cellOn    = '·'
	cellPart  = '▄'
	cellAwake = '!'
	cellNone  = ' '
)

const (
	day    = "Mon 2006-01-02"
	minute = "15:04"
)

// Text is a calendar: per target a line a day, an hour a cell, and what happens on it.
func (s *Simulation) Text() string {
	var b strings.Builder
	days := s.days()
	b.WriteString(s.title() + "\n")
	fmt.Fprintf(&b, "%c off  %c on  %c partly  %c on although it was to be off\n", cellOff, cellOn, cellPart, cellAwake)
	for _, c := range s.Courses {
		fmt.Fprintf(&b, "\n%s: off %s of %s\n", c.Target, duration(c.OffFor()), duration(s.To.Sub(s.From)))
		b.WriteString(strings.Repeat(" ", len(day)+2) + "0  3  6  9  12 15 18 21\n")
		entries, off, awake := c.Entries, c.Off, stretchesOf(c.Awake)
		for _, d := range days {
			off, awake = endAfter(off, d.start), endAfter(awake, d.start)
			n := 0
			for n < len(entries) && entries[n].At.Before(d.end) {
				n++
			}
			line := d.start.Format(day) + "  " + d.cells(off, awake) + "  " + s.happens(entries[:n])
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			entries = entries[n:]
		}
		for _, a := range c.Awake {
			b.WriteString("! " + s.awake(a) + "\n")
		}
	}
	for i, l := range s.Left {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "left out: %s: %s\n", l.Event, l.Why)
	}
	return b.String()
}

// happens names the entries of a day; what happens several times is named once.
func (s *Simulation) happens(entries []timeline.Entry) string {
	type happening struct {
		words       string
		first, last time.Time
		times       int
	}
	var all []happening
	for _, e := range entries {
		text := words(e)
		i := slices.IndexFunc(all, func(h happening) bool { return h.words == text })
		if i < 0 {
			i = len(all)
			all = append(all, happening{words: text, first: e.At})
		}
		all[i].last = e.At
		all[i].times++
	}
	var parts []string
	for _, h := range all {
		part := h.first.In(s.Zone).Format(minute)
		if h.times > 1 {
			part += fmt.Sprintf("-%s %d times:", h.last.In(s.Zone).Format(minute), h.times)
		}
		parts = append(parts, part+" "+h.words)
	}
	return strings.Join(parts, ", ")
}

func words(e timeline.Entry) string {
	switch {
	case e.Kind == timeline.EntryRestart:
		return "AWS starts it, seven days after its stop"
	case e.Reason == timeline.DayOff:
		return e.Event + " skipped: day off"
	case e.Reason == timeline.Held:
		return e.Event + " skipped: held"
	case e.Reason == timeline.ClockChange:
		return e.Event + " skipped: the clocks skip its time"
	case e.Already && e.Kind == timeline.EntryStop:
		return e.Event + " (off already)"
	case e.Already:
		return e.Event + " (on already)"
	}
	return string(e.Kind) + " by " + e.Event
}

// awake says when a target is on although it was to be off, and why.
func (s *Simulation) awake(a timeline.Awake) string {
	why := "the clocks skipped the stop of " + a.Event
	if a.Reason == timeline.AWS {
		why = "AWS started it again seven days after its stop"
		if a.Event != "" {
			why += " by " + a.Event
		}
	}
	return fmt.Sprintf("on although it was to be off, from %s for %s: %s",
		a.From.In(s.Zone).Format(day+" "+minute), duration(a.To.Sub(a.From)), why)
}

// cells are the hours of a day.
func (d date) cells(off, awake []timeline.Stretch) string {
	var total, isOff, isAwake [hoursPerDay]time.Duration
	for _, h := range d.hours {
		total[h.hour] += h.To.Sub(h.From)
		isOff[h.hour] += within(off, h.Stretch)
		isAwake[h.hour] += within(awake, h.Stretch)
	}
	var b strings.Builder
	for hour := range total {
		switch {
		case total[hour] == 0:
			b.WriteRune(cellNone)
		case isAwake[hour] > 0:
			b.WriteRune(cellAwake)
		case isOff[hour] == total[hour]:
			b.WriteRune(cellOff)
		case isOff[hour] == 0:
			b.WriteRune(cellOn)
		default:
			b.WriteRune(cellPart)
		}
	}
	return b.String()
}

// duration is a time in hours and minutes: "11 h", "11 h 30 min".
func duration(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case minutes == 0:
		return fmt.Sprintf("%d h", hours)
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d h %d min", hours, minutes)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
