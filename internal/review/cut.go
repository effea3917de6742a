package review

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Ranks of blocks: the higher, the sooner one is cut. What is kept is never cut.
const (
	keep = iota
	rankWarnings
	rankEvents
	rankWeeks
	rankNotes
	rankRuns
	rankUnchanged
)

// block is a part of a comment that can be cut: its last items first.
type block struct {
	rank       int
	title      rich
	head, foot string
	items      []string
	// left counts the items that were cut.
	left int
	gone bool
}

func length(s string) int {
	n := 0
	for _, c := range s {
		n += utf16.RuneLen(c)
	}
	return n
}

// note says what was cut. The tables of events that are gone have one note together.
func (b block) note(lang language.Tag) string {
	d := markdown{lang: lang}
	switch {
	case b.gone && b.rank == rankEvents:
		return ""
	case b.gone:
		return "\n" + d.text(cutSection.in(lang, "title", b.title)) + "\n"
	case b.left > 0:
		return "\n" + d.text(cutRows.of(lang, b.left)) + "\n"
	}
	return ""
}

func (b block) text(lang language.Tag) string {
	if b.gone {
		return b.note(lang)
	}
	return b.head + strings.Join(b.items, "") + b.note(lang) + b.foot
}

// noteTables says how many tables of events are gone.
func noteTables(n int, lang language.Tag) string {
	d := markdown{lang: lang}
	return "\n" + d.text(cutTables.of(lang, n)) + "\n"
}

// fit joins the blocks, and cuts the least important until they are no longer than limit: of one rank
// the last first, the warnings last of all. What is cut says so where it was. The opening is short
// enough to stay.
func fit(blocks []block, limit int, lang language.Tag) string {
	total := 0
	for _, b := range blocks {
		total += length(b.text(lang))
	}
	if total > limit {
		total += length(noteTables(len(blocks), lang))
	}
	for rank := rankUnchanged; rank > keep; rank-- {
		for i, b := range slices.Backward(blocks) {
			if b.rank == rank && total > limit {
				total -= length(b.text(lang))
				blocks[i] = b.shorten(limit-total, lang)
				total += length(blocks[i].text(lang))
			}
		}
	}
	return joined(blocks, lang)
}

// joined are the blocks, with the note on the tables that are gone behind the last table.
func joined(blocks []block, lang language.Tag) string {
	var out strings.Builder
	gone := 0
	for i, b := range blocks {
		out.WriteString(b.text(lang))
		if b.gone && b.rank == rankEvents {
			gone++
		}
		if last := i+1 == len(blocks) || blocks[i+1].rank != rankEvents; last && gone > 0 {
			out.WriteString(noteTables(gone, lang))
			gone = 0
		}
	}
	return out.String()
}

// shorten keeps as many items as there is room for.
func (b block) shorten(room int, lang language.Tag) block {
	all := b.items
	b.left = len(all)
	used := length(b.head) + length(b.foot) + length(b.note(lang))
	n := 0
	for n < len(all) && used+length(all[n]) <= room {
		used += length(all[n])
		n++
	}
	b.items, b.left, b.gone = all[:n], len(all)-n, n == 0
	return b
}

// maxText bounds a sentence or a cell of a comment, and maxName each name or word in it, in characters.
const maxText, maxName = 1000, 256

// around is how many characters stay on each side of what is left out.
const around = 100

// shortened leaves out the middle of a long text, and says how much. It leaves out what is not marked
// first, so that a reader sees what differs.
func (r rich) shortened(lang language.Tag) rich {
	out := slices.Clone(r)
	for i, s := range out {
		if long := []rune(s.text); len(long) > maxName {
			out[i].text = string(long[:maxName/2]) + "…" + string(long[len(long)-maxName/2:])
		}
	}
	if out.letters() <= maxText {
		return out
	}
	if slices.ContainsFunc(out, func(s span) bool { return s.strong }) {
		out = out.withoutUnmarked(lang)
	}
	if out.letters() <= maxText {
		return out
	}
	const lead = maxText * 2 / 3
	return out.without(lead, maxText-lead, lang)
}

// withoutUnmarked leaves out the middle of each part that is not marked.
func (r rich) withoutUnmarked(lang language.Tag) rich {
	var out rich
	for from := 0; from < len(r); {
		to := from + 1
		for to < len(r) && r[to].strong == r[from].strong {
			to++
		}
		part := r[from:to]
		if !r[from].strong {
			part = part.without(around, around, lang)
		}
		out = append(out, part...)
		from = to
	}
	return out
}

// letters counts characters.
func (r rich) letters() int {
	n := 0
	for _, s := range r {
		n += utf8.RuneCountInString(s.text)
	}
	return n
}

// without keeps whole words: about lead characters at the beginning and trail at the end.
func (r rich) without(lead, trail int, lang language.Tag) rich {
	from, to := 0, len(r)
	for used := 0; from < to; from++ {
		if used += r[from : from+1].letters(); used > lead {
			break
		}
	}
	for used := 0; to > from; to-- {
		if used += r[to-1 : to].letters(); used > trail {
			break
		}
	}
	n := r[from:to].letters()
	if n == 0 {
		return r
	}
	out := slices.Clone(r[:from])
	note := cutText.of(lang, n)
	if r[from].strong {
		note = note.asStrong()
	}
	return append(append(out, note...), r[to:]...)
}
