package review

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

const (
	daysPerWeek   = 7
	hoursPerDay   = 24
	minutesPerDay = hoursPerDay * 60
)

// Cells of a bar; one is an hour. All are of one width class (Unicode Standard Annex 11: ambiguous),
// so that a font that makes one wide makes all wide.
const (
	cellOff  = '█'
	cellOn   = '·'
	cellPart = '▄'
)

// barRow is one line of a target's weeks: days that are alike.
type barRow struct {
	// sign is '-' for before, '+' for after, ' ' where both are the same.
	sign        byte
	first, last int // days from Monday on
	cells       string
	minutes     int // off on each of the days
}

// dayOf is one day of a week.
type dayOf struct {
	cells   string
	minutes int
}

// days takes a week apart; nil for none.
func days(w *timeline.Week) []dayOf {
	if w == nil {
		return nil
	}
	var off [daysPerWeek * hoursPerDay]int
	for _, s := range w.Off {
		for m := s.From; m < s.To; {
			next := min(s.To, m/60*60+60)
			off[m/60] += next - m
			m = next
		}
	}
	out := make([]dayOf, daysPerWeek)
	for d := range out {
		var b strings.Builder
		for _, m := range off[d*hoursPerDay : (d+1)*hoursPerDay] {
			out[d].minutes += m
			switch m {
			case 0:
				b.WriteRune(cellOn)
			case 60:
				b.WriteRune(cellOff)
			default:
				b.WriteRune(cellPart)
			}
		}
		out[d].cells = b.String()
	}
	return out
}

// barRows are a target's weeks, days in a row that are alike in one line.
func (t Target) barRows() []barRow {
	before, after := days(t.Before), days(t.After)
	var rows []barRow
	for d := 0; d < daysPerWeek; {
		last := d
		for last+1 < daysPerWeek && alike(before, d, last+1) && alike(after, d, last+1) {
			last++
		}
		switch {
		case before != nil && after != nil && before[d] == after[d]:
			rows = append(rows, barRow{' ', d, last, after[d].cells, after[d].minutes})
		default:
			if before != nil {
				rows = append(rows, barRow{'-', d, last, before[d].cells, before[d].minutes})
			}
			if after != nil {
				rows = append(rows, barRow{'+', d, last, after[d].cells, after[d].minutes})
			}
		}
		d = last + 1
	}
	return rows
}

func alike(week []dayOf, a, b int) bool { return week == nil || week[a] == week[b] }

// barHours heads the cells of a bar: each hour stands above its cell.
const barHours = "0  3  6  9  12 15 18 21"

// label names the days of a row and the hours off on each: "Mon–Fri 11 h".
func (r barRow) label(lang language.Tag) string {
	return daysLabel(lang, r.first, r.last) + " " + hours(lang, r.minutes)
}

func daysLabel(lang language.Tag, first, last int) string {
	if first == last {
		return dayNames[first].text(lang)
	}
	return dayRange.in(lang, "from", dayNames[first].text(lang), "to", dayNames[last].text(lang)).String()
}

// bar is a target's weeks in monospaced lines, as a diff: the days before with -, after with +.
func (t Target) bar(lang language.Tag) []string {
	lines := []string{"  " + barHours}
	for _, r := range t.barRows() {
		lines = append(lines, string(r.sign)+" "+r.cells+"  "+r.label(lang))
	}
	return lines
}
