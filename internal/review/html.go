package review

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// htmlStyle is the page's. Nothing in it is wider than the screen: long names break anywhere.
const htmlStyle = `
:root{color-scheme:light dark;--back:#fff;--ink:#1f2328;--faint:#59636e;--line:#d1d9e0;--soft:#f6f8fa;
--mark:#fff1c2;--minus:#a40e26;--plus:#116329;--warn:#8a4b00}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--ink:#f0f6fc;--faint:#9198a1;--line:#3d444d;--soft:#161b22;
--mark:#4d3d00;--minus:#ff9492;--plus:#6bdb83;--warn:#f0b757}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,"Hiragino Sans","Noto Sans JP",sans-serif;
overflow-wrap:anywhere}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.3;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;
border-bottom:1px solid var(--line);padding-bottom:.25rem}h3{font-size:1rem;margin:1rem 0 .25rem}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--soft);padding:.1em .3em;
border-radius:4px}
b,strong{background:var(--mark);border-radius:3px}h1 b{background:none}
p{margin:.25rem 0}.faint{color:var(--faint)}
.event{border:1px solid var(--line);border-radius:6px;padding:.5rem .75rem;margin:.5rem 0}.event h3{margin:0 0 .25rem}
dl{margin:0;display:grid;grid-template-columns:1fr;gap:.25rem .75rem}
dt{color:var(--faint);font-size:.875rem}dd{margin:0}
@media(min-width:40rem){.event dl{grid-template-columns:repeat(auto-fit,minmax(16rem,1fr))}}
.minus{border-left:3px solid var(--minus);padding-left:.5rem}.plus{border-left:3px solid var(--plus);padding-left:.5rem}
.warning li{border-left:3px solid var(--warn);padding-left:.5rem;list-style:none}ul{padding-left:1.25rem}
.warning{padding-left:0}li{margin:.25rem 0}
svg{display:block;width:100%;max-width:40rem;height:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem .25rem 0;
border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.25rem 0}
summary:focus-visible{outline:2px solid currentColor;outline-offset:2px}
`

// HTML is the review as one page that needs nothing else: no script, no font, no network.
func (r *Review) HTML(lang language.Tag) string {
	p := page{r: r, lang: lang}
	p.printf(`<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>%s%s</style>
</head>
<body>
<main>
<p class="faint">%s</p>
<h1>%s</h1>
`, lang, titleReview.text(lang), svgStyle, htmlStyle, titleReview.text(lang), p.text(r.headline(lang)))
	for _, more := range append(r.costs(lang), r.counts(lang)...) {
		p.printf("<p>%s</p>\n", p.text(more))
	}
	if r.Errored {
		p.printf("<p><strong>%s</strong></p>\n", p.text(planErrored.in(lang)))
	}
	for _, s := range r.Schedules {
		p.schedule(s)
	}
	p.weeks()
	p.findings(timeline.Warning, titleWarnings)
	p.findings(timeline.Note, titleNotes)
	p.runs()
	p.unchanged()
	p.printf("<p class=\"faint\">%s</p>\n</main>\n</body>\n</html>\n",
		p.text(madeAt.in(lang, "at", r.Now.UTC().Format(time.RFC3339))))
	return p.b.String()
}

type page struct {
	r    *Review
	lang language.Tag
	b    strings.Builder
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

// text is a rich text as HTML.
func (p *page) text(r rich) string {
	var b strings.Builder
	strong := false
	for _, s := range r {
		if s.strong != strong {
			b.WriteString(map[bool]string{true: "<b>", false: "</b>"}[s.strong])
			strong = s.strong
		}
		text := html.EscapeString(planjson.Visible(s.text))
		if s.code {
			text = "<code>" + text + "</code>"
		}
		b.WriteString(text)
	}
	if strong {
		b.WriteString("</b>")
	}
	return b.String()
}

func (p *page) title(r rich) { p.printf("<h2>%s</h2>\n", p.text(r)) }

func (p *page) schedule(s Schedule) {
	if !s.HasChanges() {
		return
	}
	p.title(append(append(code(s.Address), span{text: " "}), actionOf(s.Action).in(p.lang)...))
	if s.PreviousAddress != "" {
		p.printf("<p>%s</p>\n", p.text(movedFrom.in(p.lang, "address", code(s.PreviousAddress))))
	}
	if s.EventsUnknown {
		p.printf("<p>%s</p>\n", p.text(moreEvents.in(p.lang)))
	}
	for _, c := range s.Settings {
		p.printf("<p>%s</p>\n", p.text(settingOf(p.lang, c)))
	}
	for _, c := range s.Changes() {
		before, after := c.sentences(p.lang)
		p.printf("<div class=\"event\"><h3>%s</h3><dl>", p.text(c.label(p.lang, false)))
		if c.Before != nil {
			p.printf(`<div><dt>%s</dt><dd class="minus">%s</dd></div>`, columnBefore.text(p.lang), p.text(before))
		}
		if c.After != nil {
			p.printf(`<div><dt>%s</dt><dd class="plus">%s</dd></div>`, columnAfter.text(p.lang), p.text(after))
		}
		p.printf("</dl></div>\n")
	}
}

// weeks are the pictures of the targets whose weeks change, each in words too.
func (p *page) weeks() {
	groups := p.r.weekGroups()
	if len(groups) > 0 {
		p.title(titleHours.in(p.lang))
	}
	for i, group := range groups {
		p.printf("<h3>%s</h3>\n", p.text(captionOf(p.lang, group)))
		if group[0].Uncertain {
			continue
		}
		p.b.WriteString(svgGroup(p.lang, group, fmt.Sprintf("week-%d", i)))
		p.spans(group[0])
	}
}

// svgGroup is the picture of one group, styled by the page.
func svgGroup(lang language.Tag, group []Target, id string) string {
	var body strings.Builder
	svgGrid(&body, lang, svgPlainHead-svgHead)
	svgBars(&body, "was", group[0].Before, svgPlainHead+svgGap)
	svgBars(&body, "off", group[0].After, svgPlainHead+svgGap+svgBar)
	y := svgLegend(&body, lang, svgPlainHead+daysPerWeek*svgDay+svgGap)
	return svgOpen(id, y, pictureTitle.text(lang)+": "+planjson.Visible(group[0].Name)) + body.String() + "</svg>\n"
}

// spans say a target's weeks in words.
func (p *page) spans(t Target) {
	p.printf("<details><summary>%s</summary>\n<table><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"+
		"<th scope=\"col\">%s</th></tr></thead><tbody>\n", inWords.text(p.lang), columnDays.text(p.lang),
		columnBefore.text(p.lang), columnAfter.text(p.lang))
	before, after := daySpans(t.Before), daySpans(t.After)
	for d := 0; d < daysPerWeek; {
		last := d
		for last+1 < daysPerWeek && spanWords(p.lang, before[last+1]) == spanWords(p.lang, before[d]) &&
			spanWords(p.lang, after[last+1]) == spanWords(p.lang, after[d]) {
			last++
		}
		p.printf("<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td></tr>\n", daysLabel(p.lang, d, last),
			spanWords(p.lang, before[d]), spanWords(p.lang, after[d]))
		d = last + 1
	}
	p.printf("</tbody></table></details>\n")
}

// spanWords are stretches of a day: "off 00:00–08:00 and 21:00–24:00".
func spanWords(lang language.Tag, spans []timeline.Span) string {
	if len(spans) == 0 {
		return pictureNever.text(lang)
	}
	var parts []string
	for _, s := range spans {
		parts = append(parts, fmt.Sprintf("%02d:%02d–%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
	}
	return pictureOff.text(lang) + " " + lang.List(parts)
}

func (p *page) findings(degree timeline.Degree, title message) {
	all := p.r.findingsOf(degree)
	if len(all) == 0 {
		return
	}
	p.title(title.in(p.lang))
	p.printf("<ul class=\"%s\">\n", degree)
	for _, f := range all {
		p.printf("<li>%s</li>\n", p.text(f.line(p.lang, len(p.r.Schedules) > 1)))
	}
	p.printf("</ul>\n")
}

func (p *page) runs() {
	first := true
	for s, c := range p.r.running() {
		if first {
			p.title(titleRuns.in(p.lang))
			p.printf("<ul>\n")
			first = false
		}
		p.printf("<li>%s: %s</li>\n", p.text(p.r.runsOf(c, s, " ")), p.text(c.runs(p.lang)))
	}
	if !first {
		p.printf("</ul>\n")
	}
}

// unchanged folds away what stays as it is.
func (p *page) unchanged() {
	var events, targets []string
	for _, s := range p.r.Schedules {
		for _, c := range s.Events {
			if c.Kind == Unchanged {
				events = append(events, p.text(code(c.Key))+": "+p.text(c.After.sentence(p.lang)))
			}
		}
	}
	for _, t := range p.r.Targets {
		if t.Stays() {
			targets = append(targets, p.text(code(t.Name))+": "+hours(p.lang, minutes(t.After)))
		}
	}
	p.folded(titleUnchanged.of(p.lang, len(events)), events)
	p.folded(titleSame.of(p.lang, len(targets)), targets)
}

func (p *page) folded(title rich, items []string) {
	if len(items) == 0 {
		return
	}
	p.printf("<details><summary>%s</summary>\n<ul>\n", p.text(title))
	for _, item := range items {
		p.printf("<li>%s</li>\n", item)
	}
	p.printf("</ul>\n</details>\n")
}
