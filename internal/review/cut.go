package review

import (
	"slices"
	"strings"
	"unicode/utf16"

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

// note says what was cut.
func (b block) note(lang language.Tag) string {
	d := markdown{lang: lang}
	switch {
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

// fit joins the blocks, and cuts the least important until they are no longer than limit.
func fit(blocks []block, limit int, lang language.Tag) string {
	total := 0
	for _, b := range blocks {
		total += length(b.text(lang))
	}
	for rank := rankUnchanged; rank > keep && total > limit; rank-- {
		for i, b := range slices.Backward(blocks) {
			if b.rank == rank && total > limit {
				total -= length(b.text(lang))
				blocks[i] = b.shorten(limit-total, lang)
				total += length(blocks[i].text(lang))
			}
		}
	}
	for total > limit && len(blocks) > 1 {
		last := len(blocks) - 1
		total -= length(blocks[last].text(lang))
		blocks = blocks[:last]
	}
	var out strings.Builder
	for _, b := range blocks {
		out.WriteString(b.text(lang))
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
