package review

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Terminal is what the text is printed on.
type Terminal struct {
	// Width is the number of columns that lines are wrapped at.
	Width int
	// Colour tells that escape sequences for colours are wanted.
	Colour bool
}

// Escape sequences (ECMA-48, "Control functions").
const (
	escBold, escRed, escGreen, escYellow, escFaint = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m"
	escPlain                                       = "\x1b[0m"
)

// Text is the review for people at a terminal.
func (r *Review) Text(lang language.Tag, on Terminal) string {
	p := printer{r: r, lang: lang, on: on}
	p.line("", escBold, r.headline(lang))
	for _, more := range append(r.costs(lang), r.counts(lang)...) {
		p.line("", "", more)
	}
	if r.Errored {
		p.line("", escRed, planErrored.in(lang))
	}
	for _, s := range r.Schedules {
		p.schedule(s)
	}
	p.weeks()
	p.findings(timeline.Warning, titleWarnings, escYellow)
	p.findings(timeline.Note, titleNotes, "")
	p.runs()
	p.unchanged()
	return p.b.String()
}

type printer struct {
	r    *Review
	lang language.Tag
	on   Terminal
	b    strings.Builder
}

func (p *printer) paint(s, colour string) string {
	if !p.on.Colour || colour == "" {
		return s
	}
	return colour + s + escPlain
}

// line writes a text in lines that fit, all behind the indent of the first.
func (p *printer) line(lead, colour string, r rich) {
	indent := strings.Repeat(" ", columns(lead))
	for i, line := range wrap(planjson.Visible(r.String()), p.on.Width-columns(lead)) {
		if i > 0 {
			lead = indent
		}
		p.b.WriteString(p.paint(lead+line, colour) + "\n")
	}
}

func (p *printer) title(r rich) {
	p.b.WriteString("\n")
	p.line("", escBold, r)
}

func (p *printer) schedule(s Schedule) {
	if !s.HasChanges() {
		return
	}
	p.title(append(append(code(s.Address), span{text: " "}), actionOf(s.Action).in(p.lang)...))
	if s.PreviousAddress != "" {
		p.line("  ", "", movedFrom.in(p.lang, "address", code(s.PreviousAddress)))
	}
	if s.EventsUnknown {
		p.line("  ", "", moreEvents.in(p.lang))
	}
	for _, c := range s.Settings {
		p.line("  ", "", settingOf(p.lang, c))
	}
	for _, c := range s.Changes() {
		p.line("  ", "", c.label(p.lang, false))
		before, after := c.sentences(p.lang)
		if c.Before != nil {
			p.line("    - ", escRed, before)
		}
		if c.After != nil {
			p.line("    + ", escGreen, after)
		}
	}
}

func (p *printer) weeks() {
	groups := p.r.weekGroups()
	if len(groups) > 0 {
		p.title(titleHours.in(p.lang))
		p.line("  ", escFaint, legend.in(p.lang))
	}
	for _, group := range groups {
		p.line("  ", "", captionOf(p.lang, group))
		if group[0].Uncertain {
			continue
		}
		for _, line := range group[0].bar(p.lang) {
			colour := map[byte]string{'-': escRed, '+': escGreen}[line[0]]
			p.b.WriteString("    " + p.paint(line, colour) + "\n")
		}
	}
}

func (p *printer) findings(degree timeline.Degree, title message, colour string) {
	all := p.r.findingsOf(degree)
	if len(all) > 0 {
		p.title(title.in(p.lang))
	}
	for _, f := range all {
		p.line("  - ", colour, f.line(p.lang, len(p.r.Schedules) > 1))
	}
}

func (p *printer) runs() {
	first := true
	for s, c := range p.r.running() {
		if first {
			p.title(titleRuns.in(p.lang))
			first = false
		}
		p.line("  ", "", append(append(p.r.runsOf(c, s, " "), span{text: ": "}), c.runs(p.lang)...))
	}
}

func (p *printer) unchanged() {
	events, targets := 0, 0
	for _, s := range p.r.Schedules {
		events += len(s.Events) - len(s.Changes())
	}
	for _, t := range p.r.Targets {
		if t.Stays() {
			targets++
		}
	}
	if events+targets > 0 {
		p.b.WriteString("\n")
	}
	if events > 0 {
		p.line("", escFaint, titleUnchanged.of(p.lang, events))
	}
	if targets > 0 {
		p.line("", escFaint, titleSame.of(p.lang, targets))
	}
}

// columns is how many columns a terminal gives a text. Letters from U+1100 on that are not in the
// blocks of narrow ones are two wide (Unicode Standard Annex 11, simplified to what is written here:
// Japanese and its marks are wide, blocks, arrows and dashes are not).
func columns(s string) int {
	n := 0
	for _, c := range s {
		n++
		if wide(c) {
			n++
		}
	}
	return n
}

func wide(c rune) bool {
	return c >= 0x1100 && c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 ||
		c >= 0xf900 && c <= 0xfaff || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 ||
		c >= 0xffe0 && c <= 0xffe6 || c >= 0x1f300 && c <= 0x1faff || c >= 0x20000 && c <= 0x3fffd
}

// minWidth is the narrowest text; below it every word would stand alone.
const minWidth = 20

// wrap parts a text into lines of at most width columns, at blanks and between wide letters. A word
// that is longer stands alone.
func wrap(s string, width int) []string {
	width = max(width, minWidth)
	var lines []string
	line, used := "", 0
	for _, piece := range pieces(s) {
		n := columns(piece)
		if used > 0 && used+columns(strings.TrimRight(piece, " ")) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line += piece
		used += n
	}
	return append(lines, strings.TrimRight(line, " "))
}

// pieces parts a text where a line may end: behind each blank, and behind each wide letter unless a
// mark that ends a clause follows.
func pieces(s string) []string {
	var out []string
	letters := []rune(s)
	from := 0
	for i, c := range letters {
		last := i+1 == len(letters)
		if last || c == ' ' || (wide(c) || wide(letters[i+1])) && !strings.ContainsRune("、。）」", letters[i+1]) && c != '（' {
			out = append(out, string(letters[from:i+1]))
			from = i + 1
		}
	}
	return out
}
