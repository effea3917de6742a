package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Verdict is the whole in one sentence: where it breaks first, with what was found there.
func (r Report) Verdict() string {
	who := r.Name + " in " + r.Region
	if f := r.first(Broken); f != nil {
		return plain(fmt.Sprintf("%s breaks at %s (%s): %s", who, f.Check, f.On, f.Found))
	}
	if f := r.first(Unknown); f != nil {
		return plain(fmt.Sprintf("%s could not be looked at whole: %s (%s)", who, f.Check, f.On))
	}
	return who + " is healthy"
}

// Text is the verdict and its fix, a table of all that was looked at, and the other fixes.
func (r Report) Text() string {
	var b strings.Builder
	b.WriteString(r.Verdict() + "\n")
	first := r.first(r.Status)
	if r.Status == OK {
		first = nil
	} else if first.Fix != "" {
		b.WriteString("Fix: " + plain(first.Fix) + "\n")
	}
	b.WriteString("\n")
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, f := range r.Findings {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Status, f.Check, plain(f.On), plain(f.Found))
	}
	_ = w.Flush() // to memory
	i := 0
	for line := range strings.Lines(table.String()) {
		f := &r.Findings[i]
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
		if f.Fix != "" && f != first {
			b.WriteString("         fix: " + plain(f.Fix) + "\n")
		}
		i++
	}
	return b.String()
}

// plain keeps a text from AWS on its line, without what a terminal would obey.
func plain(text string) string {
	text = strings.Map(func(char rune) rune {
		if unicode.IsControl(char) {
			return ' '
		}
		return char
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// JSON is the report on a line, without HTML escapes.
func (r Report) JSON() string {
	if r.Findings == nil {
		r.Findings = []Finding{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		panic(err) // structs of strings always encode
	}
	return b.String()
}
