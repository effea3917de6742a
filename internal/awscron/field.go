package awscron

import (
	"strconv"
	"strings"
)

// Years that cron() knows.
const firstYear, lastYear = 1970, 2199

// field describes one of the six fields of cron().
type field struct {
	name      string
	low, high int
	// base is the value that bit 0 of the field's set stands for.
	base int
	// names are the names of low, low+1, …; nil if there are none.
	names []string
	// digits is how many digits AWS shows a value with; more of them are doubted.
	digits  int
	allowed string
	// all is the set of all values.
	all set
}

// newField returns f with the set of all its values.
func newField(f field) *field {
	for n := f.low; n <= f.high; n++ {
		f.all.add(n - f.base)
	}
	return &f
}

var (
	minutesField = newField(field{name: "minutes", high: 59, digits: 2, allowed: "0-59 with , - * /"})
	hoursField   = newField(field{name: "hours", high: 23, digits: 2, allowed: "0-23 with , - * /"})
	dayField     = newField(field{
		name: "day-of-month", low: 1, high: 31, digits: 2, allowed: "1-31 with , - * ? / L W",
	})
	monthField = newField(field{
		name: "month", low: 1, high: 12, digits: 2, allowed: "1-12 or JAN-DEC with , - * /",
		names: []string{
			"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
		},
	})
	weekdayField = newField(field{
		name: "day-of-week", low: 1, high: 7, base: 1, digits: 1,
		allowed: "1-7 (1 is SUN) or SUN-SAT with , - * ? L #",
		names:   []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"},
	})
	yearField = newField(field{
		name: "year", low: firstYear, high: lastYear, base: firstYear, digits: 4,
		allowed: "1970-2199 with , - * /",
	})

	// cronFields are the fields in the order in which cron() has them.
	cronFields = [6]*field{
		minutesField, hoursField, dayField, monthField, weekdayField, yearField,
	}
)

// spans takes a set of the field's values apart.
func (f *field) spans(s set) []span {
	found := s.spans(f.low-f.base, f.high-f.base)
	for i := range found {
		found[i].first += f.base
		found[i].last += f.base
	}
	return found
}

// value returns the canonical text of a value.
func (f *field) value(n int) string {
	if f.names != nil {
		return f.names[n-f.low]
	}
	return strconv.Itoa(n)
}

// text returns the canonical text of a set of values. Names are never given a step, since AWS shows
// none and some readers of cron ignore it.
func (f *field) text(s set) string {
	if s == f.all {
		return "*"
	}
	var items []string
	for _, p := range f.spans(s) {
		switch {
		case p.step == 0:
			items = append(items, f.value(p.first))
		case p.step == 1:
			items = append(items, f.value(p.first)+"-"+f.value(p.last))
		case f.names != nil:
			for n := p.first; n <= p.last; n += p.step {
				items = append(items, f.value(n))
			}
		case p.last+p.step > f.high:
			items = append(items, f.value(p.first)+"/"+strconv.Itoa(p.step))
		default:
			items = append(items, f.value(p.first)+"-"+f.value(p.last)+"/"+strconv.Itoa(p.step))
		}
	}
	return strings.Join(items, ",")
}

// rangeText returns the text of a range that may be a single value.
func (f *field) rangeText(first, last int) string {
	if first == last {
		return f.value(first)
	}
	return f.value(first) + "-" + f.value(last)
}
