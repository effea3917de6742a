package simulate

import (
	"fmt"
	"html"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// htmlStyle is the page's. Nothing in it is wider than the screen: long names break anywhere.
const htmlStyle = `
:root{color-scheme:light dark;--back:#fff;--ink:#1f2328;--faint:#59636e;--line:#d1d9e0;--soft:#f6f8fa;--warn:#8a4b00}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--ink:#f0f6fc;--faint:#9198a1;--line:#3d444d;--soft:#161b22;
--warn:#f0b757}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.3;margin:.5rem 0}
h2{font-size:1.1rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
code{font:.9em ui-monospace,monospace;background:var(--soft);padding:.1em .3em;border-radius:4px}
p{margin:.25rem 0}.faint{color:var(--faint)}
.warning{padding-left:0}
.warning li{border-left:3px solid var(--warn);padding-left:.5rem;list-style:none;margin:.25rem 0}
svg{display:block;width:100%;max-width:40rem;height:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem .25rem 0;border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.25rem 0}
summary:focus-visible{outline:2px solid currentColor;outline-offset:2px}
`

// HTML is the calendar as one page that needs nothing else: no script, no font, no network. Its error is
// a *TooManyRowsError.
func (s *Simulation) HTML() (string, error) {
	days := s.days()
	if n := len(days) * len(s.Courses); n > MaxRows {
		return "", &TooManyRowsError{n}
	}
	var b strings.Builder
	title := html.EscapeString(s.title())
	fmt.Fprintf(&b, `<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>%s%s</style>
</head>
<body>
<main>
<p class="faint">savings simulate</p>
<h1>%s</h1>
`, s.language(), title, svgStyle, htmlStyle, title)
	for i, c := range s.Courses {
		s.htmlCourse(&b, i, days, c)
	}
	for _, l := range s.Left {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(s.left(l)))
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.String(), nil
}

func (s *Simulation) htmlCourse(b *strings.Builder, index int, days []date, c timeline.Course) {
	fmt.Fprintf(b, "<h2><code>%s</code></h2>\n<p>%s</p>\n", escape(c.Target), capital(s.offFor(c)))
	if len(c.Awake) > 0 {
		b.WriteString("<ul class=\"warning\">\n")
		for _, a := range c.Awake {
			fmt.Fprintf(b, "<li>%s</li>\n", html.EscapeString(capital(s.awake(a))))
		}
		b.WriteString("</ul>\n")
	}
	var picture strings.Builder
	const hours = 20 // height of what stands above the days
	y := s.svgLegend(&picture, s.svgCalendar(&picture, days, c, hours)+svgMargin)
	b.WriteString(svgOpen(fmt.Sprintf("calendar-%d", index), y, c.Target) + picture.String() + "</svg>\n")
	fmt.Fprintf(b, "<details><summary>%s</summary>\n<table><thead><tr><th scope=\"col\">%s</th>"+
		"<th scope=\"col\">%s</th></tr></thead><tbody>\n", s.say(happensWords), s.say(dayWords), s.say(runsWords))
	entries := c.Entries
	for _, d := range days {
		n := 0
		for n < len(entries) && entries[n].At.Before(d.end) {
			n++
		}
		if n > 0 {
			fmt.Fprintf(b, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n",
				s.date(d.start), html.EscapeString(s.happens(entries[:n])))
		}
		entries = entries[n:]
	}
	b.WriteString("</tbody></table></details>\n")
}

// capital begins a sentence.
func capital(s string) string {
	s = strings.TrimSpace(s)
	return strings.ToUpper(s[:1]) + s[1:]
}
