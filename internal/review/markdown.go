package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// MaxMarkdown is the longest comment, in characters. They are counted as UTF-16 units, which is never
// less. GitHub takes 65,536; the rest is for what others write around it, such as the line by which an
// action finds its comment again.
const MaxMarkdown = 65000

// Markdown is the review as a comment on a pull request: GitHub Flavored Markdown of at most
// MaxMarkdown characters. Names that users chose stand in code that they cannot close, so that they
// break no table and mention nobody.
func (r *Review) Markdown(lang language.Tag) string {
	d := markdown{r: r, lang: lang}
	d.add(block{rank: keep, head: d.opening()})
	for _, s := range r.Schedules {
		d.schedule(s)
	}
	d.weeks()
	d.findings(timeline.Warning, titleWarnings, rankWarnings)
	d.findings(timeline.Note, titleNotes, rankNotes)
	d.runs()
	d.unchanged()
	return fit(d.blocks, MaxMarkdown, lang)
}

type markdown struct {
	r      *Review
	lang   language.Tag
	blocks []block
}

func (d *markdown) add(b block) { d.blocks = append(d.blocks, b) }

// text is a rich text as Markdown; the middle of a long one is left out.
func (d *markdown) text(r rich) string {
	var b strings.Builder
	strong := false
	for _, s := range r.shortened(d.lang) {
		if s.strong != strong {
			b.WriteString(map[bool]string{true: "<b>", false: "</b>"}[s.strong])
			strong = s.strong
		}
		if s.code {
			b.WriteString(markdownCode(s.text))
		} else {
			b.WriteString(s.text)
		}
	}
	if strong {
		b.WriteString("</b>")
	}
	return b.String()
}

// markdownCode is a text that users chose as code. A plain one is a code span. Otherwise each mark
// is written as a number: entities are no Markdown, and nothing in <code> is turned into a link.
func markdownCode(s string) string {
	s = planjson.Visible(s)
	if s != "" && !strings.ContainsAny(s, "`|\\<>&") && strings.TrimSpace(s) == s {
		return "`" + s + "`"
	}
	var b strings.Builder
	b.WriteString("<code>")
	for _, c := range s {
		if c <= '~' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			fmt.Fprintf(&b, "&#%d;", c)
		} else {
			b.WriteRune(c)
		}
	}
	b.WriteString("</code>")
	return b.String()
}

func (d *markdown) opening() string {
	costs := d.r.costs(d.lang)
	if len(costs) > maxListed {
		costs = append(costs[:maxListed], andMore.of(d.lang, len(costs)-maxListed))
	}
	lines := []string{"<b>" + d.text(d.r.headline(d.lang)) + "</b>"}
	for _, more := range slices.Concat(costs, d.r.counts(d.lang)) {
		lines = append(lines, d.text(more))
	}
	if d.r.Errored {
		lines = append(lines, "<b>"+d.text(planErrored.in(d.lang))+"</b>")
	}
	if d.lang == language.Japanese {
		return strings.Join(lines, "") + "\n"
	}
	return strings.Join(lines, " ") + "\n"
}

// schedule is a resource's table of changed events.
func (d *markdown) schedule(s Schedule) {
	if !s.HasChanges() {
		return
	}
	var lines []string
	if s.PreviousAddress != "" {
		lines = append(lines, d.text(movedFrom.in(d.lang, "address", code(s.PreviousAddress))))
	}
	if s.EventsUnknown {
		lines = append(lines, d.text(moreEvents.in(d.lang)))
	}
	for _, c := range s.Settings {
		lines = append(lines, "- "+d.text(settingOf(d.lang, c)))
	}
	head := "\n#### " + d.text(code(s.Address)) + " " + actionOf(s.Action).text(d.lang) + "\n"
	if len(lines) > 0 {
		head += "\n" + strings.Join(lines, "\n") + "\n"
	}
	changes := s.Changes()
	if len(changes) == 0 {
		d.add(block{rank: rankEvents, head: head})
		return
	}
	b := block{
		rank: rankEvents,
		head: head + d.tableHead("", columnEvent, columnBefore, columnAfter),
	}
	for _, c := range changes {
		before, after := c.sentences(d.lang)
		b.items = append(b.items, d.row(c.label(d.lang, true), before, after))
	}
	d.add(b)
}

// tableHead begins a table; align has a letter for each column that is set to the right.
func (d *markdown) tableHead(align string, columns ...message) string {
	var b strings.Builder
	b.WriteString("\n|")
	for _, c := range columns {
		b.WriteString(" " + c.text(d.lang) + " |")
	}
	b.WriteString("\n|")
	for i := range columns {
		if i < len(align) && align[i] == 'r' {
			b.WriteString("--:|")
		} else {
			b.WriteString(":--|")
		}
	}
	return b.String() + "\n"
}

func (d *markdown) row(cells ...rich) string {
	var b strings.Builder
	b.WriteString("|")
	for _, c := range cells {
		b.WriteString(" " + d.text(c) + " |")
	}
	return b.String() + "\n"
}

// weeks are the pictures of the targets whose hours change.
func (d *markdown) weeks() {
	groups := d.r.weekGroups()
	if len(groups) == 0 {
		return
	}
	b := block{
		rank: rankWeeks, title: titleHours.in(d.lang),
		head: "\n#### " + titleHours.text(d.lang) + "\n\n" + legend.text(d.lang) + "\n",
	}
	for _, group := range groups {
		text := "\n" + d.text(captionOf(d.lang, group)) + "\n"
		if !group[0].Uncertain {
			text += "\n```diff\n" + strings.Join(group[0].bar(d.lang), "\n") + "\n```\n"
		}
		b.items = append(b.items, text)
	}
	d.add(b)
}

func (d *markdown) findings(degree timeline.Degree, title message, rank int) {
	b := block{rank: rank, title: title.in(d.lang), head: "\n#### " + title.text(d.lang) + "\n\n"}
	for _, f := range d.r.findingsOf(degree) {
		b.items = append(b.items, "- "+d.text(f.line(d.lang, len(d.r.Schedules) > 1))+"\n")
	}
	if len(b.items) > 0 {
		d.add(b)
	}
}

// runs are the next runs of what changes.
func (d *markdown) runs() {
	b := block{
		rank: rankRuns, title: titleRuns.in(d.lang),
		head: "\n#### " + titleRuns.text(d.lang) + "\n" + d.tableHead("", columnEvent, columnRuns),
	}
	for s, c := range d.r.running() {
		b.items = append(b.items, d.row(d.r.runsOf(c, s, "<br>"), c.runs(d.lang)))
	}
	if len(b.items) > 0 {
		d.add(b)
	}
}

// unchanged folds away what stays as it is.
func (d *markdown) unchanged() {
	b := block{rank: rankUnchanged}
	columns := []message{columnEvent, columnDoes, columnSchedule}
	if len(d.r.Schedules) == 1 {
		columns = columns[:2]
	}
	for _, s := range d.r.Schedules {
		for _, c := range s.Events {
			if c.Kind == Unchanged {
				cells := []rich{code(c.Key), c.After.sentence(d.lang), code(s.Address)}
				b.items = append(b.items, d.row(cells[:len(columns)]...))
			}
		}
	}
	if len(b.items) > 0 {
		b.title = titleUnchanged.of(d.lang, len(b.items))
		b.head = "\n<details><summary>" + b.title.String() + "</summary>\n" +
			d.tableHead("", columns...)
		b.foot = "\n</details>\n"
		d.add(b)
	}
	same := block{rank: rankUnchanged}
	for _, t := range d.r.Targets {
		if t.Stays() {
			same.items = append(same.items, d.row(code(t.Name), plain(hours(d.lang, minutes(t.After)))))
		}
	}
	if len(same.items) > 0 {
		same.title = titleSame.of(d.lang, len(same.items))
		same.head = "\n<details><summary>" + same.title.String() + "</summary>\n" +
			d.tableHead("-r", columnTarget, titleHours)
		same.foot = "\n</details>\n"
		d.add(same)
	}
}

// actionOf says what happens to a resource.
func actionOf(a planjson.Action) message {
	switch a {
	case planjson.Create:
		return actionCreate
	case planjson.Update:
		return actionUpdate
	case planjson.Replace:
		return actionReplace
	case planjson.Delete:
		return actionDelete
	case planjson.Forget:
		return actionForget
	}
	return actionNone
}
