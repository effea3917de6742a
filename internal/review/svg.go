package review

import (
	"fmt"
	"html"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Measures of the picture, in its own units; it is as wide as a small phone's screen is in pixels
// once it is shown at 3/4 of its size.
const (
	svgWidth  = 490
	svgLeft   = 44 // where the hours begin
	svgHour   = 18
	svgDay    = 26 // height of a day
	svgBar    = 10 // height of one bar of it
	svgHead   = 66 // height of what stands above the days
	svgBelow  = 18
	svgMargin = 8
	svgGap    = 3
	// svgPlainHead is the height above the days where the name stands beside the picture.
	svgPlainHead = 22
	svgTextSize  = 15
)

// svgStyle colours the picture for light and dark screens. Each text is at least 4.5 times lighter or
// darker than what is behind it, each bar at least 3 times (WCAG 2.2, 1.4.3 and 1.4.11).
const svgStyle = `
.savings{--back:#fff;--ink:#1f2328;--faint:#59636e;--line:#d1d9e0;--on:#f0f3f6;--was:#8a6d00;--off:#0b57a4}
@media(prefers-color-scheme:dark){
.savings{--back:#0d1117;--ink:#f0f6fc;--faint:#9198a1;--line:#3d444d;--on:#1b222c;--was:#d9a514;--off:#6cb0f5}}
.savings .back{fill:var(--back)}.savings text{fill:var(--ink);font:15px system-ui,sans-serif}
.savings .name{font:bold 15px ui-monospace,monospace}.savings .faint{fill:var(--faint);font-size:13px}
.savings .on{fill:var(--on)}.savings .was{fill:var(--was)}.savings .off{fill:var(--off)}
.savings .line{stroke:var(--line);stroke-width:1}
`

// SVG is the weeks of the targets that change, as a picture of its own.
func (r *Review) SVG(lang language.Tag) string {
	groups := r.weekGroups()
	var body strings.Builder
	y := svgMargin
	if len(groups) == 0 {
		text := r.headline(lang).String()
		fmt.Fprintf(&body, `<text x="%d" y="%d">%s</text>`+"\n", svgMargin, y+svgTextSize, svgText(text, 56))
		y += 2*svgTextSize + svgMargin
	}
	for _, group := range groups {
		y = svgWeek(&body, lang, group, y)
	}
	if len(groups) > 0 {
		y = svgLegend(&body, lang, y)
	}
	return svgOpen("savings-week", y, pictureTitle.text(lang)) + "<style>" + svgStyle + "</style>\n" +
		fmt.Sprintf(`<rect class="back" width="%d" height="%d"/>`+"\n", svgWidth, y) + body.String() + "</svg>\n"
}

// svgOpen begins a picture. A reader that does not show it is told its title.
func svgOpen(id string, height int, title string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="savings" viewBox="0 0 %d %d" width="%d" `+
		`role="img" aria-labelledby="%s"><title id="%s">%s</title>`+"\n",
		svgWidth, height, svgWidth, id, id, html.EscapeString(title))
}

// svgWeek draws the week of a group and returns where the next thing begins.
func svgWeek(b *strings.Builder, lang language.Tag, group []Target, y int) int {
	name := group[0].Name
	if len(group) > 1 {
		name += " + " + andMore.of(lang, len(group)-1).String()
	}
	after := hours(lang, minutes(group[0].After)) + " (" + signed(lang, group[0].Gain()) + ")"
	if group[0].Uncertain {
		after = cellNotYet.text(lang)
	}
	fmt.Fprintf(b, `<text class="name" x="%d" y="%d">%s</text>`+"\n", svgMargin, y+svgTextSize, svgText(name, 48))
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", svgMargin, y+2*svgTextSize+5, svgText(
		hours(lang, minutes(group[0].Before))+" → "+after+", "+group[0].Zone.String(), 56))
	if group[0].Uncertain {
		return y + svgHead
	}
	svgGrid(b, lang, y)
	svgBars(b, "was", group[0].Before, y+svgHead+svgGap)
	svgBars(b, "off", group[0].After, y+svgHead+svgGap+svgBar)
	return y + svgHead + daysPerWeek*svgDay + svgBelow
}

func svgGrid(b *strings.Builder, lang language.Tag, y int) {
	for h := 0; h <= hoursPerDay; h += 6 {
		fmt.Fprintf(b, `<text class="faint" x="%d" y="%d" text-anchor="middle">%d</text>`+"\n",
			svgLeft+h*svgHour, y+svgHead-5, h)
	}
	for d := range daysPerWeek {
		top := y + svgHead + d*svgDay
		fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", svgMargin, top+svgDay/2+5, dayNames[d].text(lang))
		fmt.Fprintf(b, `<rect class="on" x="%d" y="%d" width="%d" height="%d"/>`+"\n",
			svgLeft, top+svgGap, hoursPerDay*svgHour, 2*svgBar)
	}
	for h := 0; h <= hoursPerDay; h += 6 {
		x := svgLeft + h*svgHour
		fmt.Fprintf(b, `<line class="line" x1="%d" x2="%d" y1="%d" y2="%d"/>`+"\n",
			x, x, y+svgHead, y+svgHead+daysPerWeek*svgDay)
	}
}

// svgBars draws when a target is off, a bar for each stretch of a day.
func svgBars(b *strings.Builder, class string, w *timeline.Week, y int) {
	for d, spans := range daySpans(w) {
		for _, s := range spans {
			fmt.Fprintf(b, `<rect class="%s" x="%s" y="%d" width="%s" height="%d"/>`+"\n", class,
				svgX(svgLeft*60+s.From*svgHour), y+d*svgDay, svgX((s.To-s.From)*svgHour), svgBar-1)
		}
	}
}

// svgX is a number of sixtieths of a unit.
func svgX(sixtieths int) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", float64(sixtieths)/60), "0"), ".")
}

// daySpans are when a target is off on each day, in minutes of the day.
func daySpans(w *timeline.Week) [daysPerWeek][]timeline.Span {
	var out [daysPerWeek][]timeline.Span
	if w == nil {
		return out
	}
	for _, s := range w.Off {
		for d := s.From / minutesPerDay; d < daysPerWeek && d*minutesPerDay < s.To; d++ {
			begin := d * minutesPerDay
			out[d] = append(out[d], timeline.Span{
				From: max(s.From, begin) - begin, To: min(s.To, begin+minutesPerDay) - begin,
			})
		}
	}
	return out
}

func svgLegend(b *strings.Builder, lang language.Tag, y int) int {
	for i, item := range []struct {
		class string
		m     message
	}{{"was", columnBefore}, {"off", columnAfter}} {
		x := svgLeft + i*140
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`, item.class, x, y+2, svgHour, svgBar)
		fmt.Fprintf(b, `<text class="faint" x="%d" y="%d">%s: %s</text>`+"\n", x+svgHour+6, y+svgBar+1,
			html.EscapeString(item.m.text(lang)), pictureOff.text(lang))
	}
	return y + svgBar + 2*svgMargin
}

// svgText is a text of a picture, cut where it would be wider than the picture.
func svgText(s string, most int) string {
	s = planjson.Visible(s)
	if columns(s) > most {
		letters := []rune(s)
		for len(letters) > 0 && columns(string(letters)) >= most {
			letters = letters[:len(letters)-1]
		}
		s = string(letters) + "…"
	}
	return html.EscapeString(s)
}
