package simulate

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// MaxRows is how many days of all targets together a picture or a page has room for.
const MaxRows = 5000

// TooManyRowsError says that a picture or a page would have more than MaxRows rows.
type TooManyRowsError struct{ Rows int }

func (e *TooManyRowsError) Error() string {
	return fmt.Sprintf("a picture of %d days of all targets is more than anybody looks at (%d); walk fewer days, or "+
		"write --format text", e.Rows, MaxRows)
}

// Measures of the picture, in its own units.
const (
	svgWidth  = 480
	svgLeft   = 104 // where the hours begin
	svgHour   = 15
	svgRow    = 20 // height of a day
	svgBar    = 13 // height of its bar
	svgHead   = 48 // height of a target's name and of the hours
	svgMargin = 8
	svgText   = 15
)

// svgStyle colours the picture for light and dark screens. Each text is at least 4.5 times lighter or
// darker than what is behind it, each bar at least 3 times (WCAG 2.2, 1.4.3 and 1.4.11). What was to be
// off is higher than what is off, for those who see no colours.
const svgStyle = `
.savings{--back:#fff;--ink:#1f2328;--faint:#59636e;--line:#d1d9e0;--on:#f0f3f6;--off:#0b57a4;--awake:#c5221f}
@media(prefers-color-scheme:dark){
.savings{--back:#0d1117;--ink:#f0f6fc;--faint:#9198a1;--line:#3d444d;--on:#1b222c;--off:#6cb0f5;--awake:#ff8a80}}
.savings .back{fill:var(--back)}.savings text{fill:var(--ink);font:15px system-ui,sans-serif}
.savings .name{font:bold 15px ui-monospace,monospace}.savings .faint{fill:var(--faint);font-size:13px}
.savings .on{fill:var(--on)}.savings .off{fill:var(--off)}.savings .awake{fill:var(--awake)}
.savings .line{stroke:var(--line);stroke-width:1}
`

// SVG is the calendar as one picture. Its error is a *TooManyRowsError.
func (s *Simulation) SVG() (string, error) {
	days := s.days()
	if n := len(days) * len(s.Courses); n > MaxRows {
		return "", &TooManyRowsError{n}
	}
	var body strings.Builder
	y := svgMargin
	for _, c := range s.Courses {
		fmt.Fprintf(&body, `<text class="name" x="%d" y="%d">%s</text>`+"\n", svgMargin, y+svgText, svgCut(c.Target))
		y = s.svgCalendar(&body, days, c, y+svgHead) + svgMargin
	}
	y = s.svgLegend(&body, y)
	return svgOpen("savings-calendar", y, s.title()) + "<style>" + svgStyle + "</style>\n" +
		fmt.Sprintf(`<rect class="back" width="%d" height="%d"/>`+"\n", svgWidth, y) + body.String() + "</svg>\n", nil
}

// svgOpen begins a picture. A reader that does not show it is told its title.
func svgOpen(id string, height int, title string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="savings" viewBox="0 0 %d %d" width="%d" `+
		`role="img" aria-labelledby="%s"><title id="%s">%s</title>`+"\n",
		svgWidth, height, svgWidth, id, id, escape(title))
}

// escape makes a name a text of a page or a picture.
func escape(name string) string { return html.EscapeString(planjson.Visible(name)) }

// svgCalendar draws the days of a target from y on, the hours above them, and returns where they end.
func (s *Simulation) svgCalendar(b *strings.Builder, days []date, c timeline.Course, y int) int {
	end := y + len(days)*svgRow
	off, awake := c.Off, stretchesOf(c.Awake)
	for i, d := range days {
		top := y + i*svgRow
		off, awake = endAfter(off, d.start), endAfter(awake, d.start)
		fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`, svgMargin, top+svgBar+1, s.shortDate(d.start))
		fmt.Fprintf(b, `<rect class="on" x="%d" y="%d" width="%d" height="%d"/>`,
			svgLeft, top+2, hoursPerDay*svgHour, svgBar)
		svgBars(b, "off", d.bars(off), top+2, svgBar)
		svgBars(b, "awake", d.bars(awake), top, svgRow)
		b.WriteByte('\n')
	}
	for h := 0; h <= hoursPerDay; h += 6 {
		x := svgLeft + h*svgHour
		fmt.Fprintf(b, `<text class="faint" x="%d" y="%d" text-anchor="middle">%d</text>`, x, y-5, h)
		fmt.Fprintf(b, `<line class="line" x1="%d" x2="%d" y1="%d" y2="%d"/>`+"\n", x, x, y, end)
	}
	return end + svgMargin
}

func svgBars(b *strings.Builder, class string, bars []bar, y, height int) {
	for _, m := range bars {
		fmt.Fprintf(b, `<rect class="%s" x="%s" y="%d" width="%s" height="%d"/>`, class,
			svgX(svgLeft*minutesPerHour+m.from*svgHour), y, svgX((m.to-m.from)*svgHour), height)
	}
}

// svgX is a number of sixtieths of a unit.
func svgX(sixtieths int) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", float64(sixtieths)/minutesPerHour), "0"), ".")
}

func (s *Simulation) svgLegend(b *strings.Builder, y int) int {
	x := svgLeft
	for _, item := range []struct{ class, text string }{
		{"off", s.say(offWords)}, {"awake", s.say(awakeWords)},
	} {
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`, item.class, x, y, svgHour, svgBar)
		fmt.Fprintf(b, `<text class="faint" x="%d" y="%d">%s</text>`+"\n", x+svgHour+6, y+svgBar-1, item.text)
		x += 5 * svgHour
	}
	return y + svgRow + svgMargin
}

// svgCut is a name as far as there is room for it.
func svgCut(name string) string {
	const most = 50
	if letters := []rune(name); len(letters) > most {
		name = string(letters[:most-1]) + "…"
	}
	return escape(name)
}

// bar is a part of a day, in minutes on its clocks.
type bar struct{ from, to int }

// bars are the parts of a day that stretches cover. An hour that comes twice is drawn over.
func (d date) bars(all []timeline.Stretch) []bar {
	var out []bar
	for _, h := range d.hours {
		for _, s := range all {
			if !s.From.Before(h.To) {
				break
			}
			from, to := later(s.From, h.From), earlier(s.To, h.To)
			if !from.Before(to) {
				continue
			}
			minutes := int(to.Sub(from) / time.Minute)
			begin := h.hour*minutesPerHour + h.From.Minute() + int(from.Sub(h.From)/time.Minute)
			if n := len(out); n > 0 && out[n-1].to == begin {
				out[n-1].to += minutes
			} else {
				out = append(out, bar{begin, begin + minutes})
			}
		}
	}
	return out
}
