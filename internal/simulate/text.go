package simulate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
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

// Text is a calendar: per target a line a day, an hour a cell, and what happens on it.
func (s *Simulation) Text() string {
	var b strings.Builder
	days := s.days()
	b.WriteString(s.title() + "\n")
	fmt.Fprintf(&b, "%c %s  %c %s  %c %s  %c %s\n", cellOff, s.say(offWords), cellOn, s.say(onWords),
		cellPart, s.say(partWords), cellAwake, s.say(awakeWords))
	for _, c := range s.Courses {
		fmt.Fprintf(&b, "\n%s: %s\n", planjson.Visible(c.Target), s.offFor(c))
		b.WriteString(strings.Repeat(" ", s.dateColumns()+2) + "0  3  6  9  12 15 18 21\n")
		entries, off, awake := c.Entries, c.Off, stretchesOf(c.Awake)
		for _, d := range days {
			off, awake = endAfter(off, d.start), endAfter(awake, d.start)
			n := 0
			for n < len(entries) && entries[n].At.Before(d.end) {
				n++
			}
			line := s.date(d.start) + "  " + d.cells(off, awake) + "  " + s.happens(entries[:n])
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
		b.WriteString(s.left(l) + "\n")
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
		text := s.entry(e)
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
			part = s.say(timesWords, part, h.last.In(s.Zone).Format(minute), h.times)
		}
		parts = append(parts, part+" "+h.words)
	}
	return strings.Join(parts, s.say(nextWords))
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
