package review

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// rich is a text of which each renderer makes its own: names that users chose are code, what a
// reader should see first is strong.
type rich []span

type span struct {
	text         string
	code, strong bool
}

func plain(s string) rich { return rich{{text: s}} }

// code is a text that users chose. Nothing in it has a meaning to a renderer.
func code(s string) rich { return rich{{text: s, code: true}} }

// strong marks all of a text.
func (r rich) asStrong() rich {
	out := slices.Clone(r)
	for i := range out {
		out[i].strong = true
	}
	return out
}

// String is the text alone.
func (r rich) String() string {
	var b strings.Builder
	for _, s := range r {
		b.WriteString(s.text)
	}
	return b.String()
}

// list joins texts as their language does: "a, b and c".
func list(lang language.Tag, items []rich) rich {
	marks := make([]string, len(items))
	for i := range items {
		marks[i] = "\x00"
	}
	var out rich
	for i, between := range strings.Split(lang.List(marks), "\x00") {
		if between != "" {
			out = append(out, span{text: between})
		}
		if i < len(items) {
			out = append(out, items[i]...)
		}
	}
	return out
}

// maxListed is how many names a sentence lists.
const maxListed = 10

// shortList is list, of which only the first maxListed are named.
func shortList(lang language.Tag, items []rich) rich {
	if len(items) > maxListed {
		items = append(slices.Clone(items[:maxListed]), andMore.of(lang, len(items)-maxListed))
	}
	return list(lang, items)
}

func codes(names []string) []rich {
	out := make([]rich, len(names))
	for i, name := range names {
		out[i] = code(name)
	}
	return out
}

// words takes a sentence apart that holds names of users: what is one of names, and what might have
// a meaning to a renderer or be turned into a link, is code.
func words(sentence string, names map[string]bool) rich {
	var out rich
	for _, word := range wordForm.FindAllString(sentence, -1) {
		core := strings.TrimRight(strings.TrimLeft(word, "("), ",;:)")
		lead, trail := word[:strings.Index(word, core)], ""
		if core == "" {
			lead, core = "", word
		} else {
			trail = word[len(lead)+len(core):]
		}
		out = append(out, plain(lead)...)
		out = append(out, span{text: core, code: names[core] || !harmless(core)})
		out = append(out, plain(trail)...)
	}
	return slices.DeleteFunc(out, func(s span) bool { return s.text == "" })
}

// wordForm parts a sentence at its blanks, and at the borders between ASCII and other letters, since
// Japanese has no blanks.
var wordForm = regexp.MustCompile(`\s|[!-~]+|[、。（）]|[^\x00-\x20!-~、。（）]+|[\x00-\x1f]`)

// linkForm is what GitHub and GitLab make links of, or references to issues and commits.
var linkForm = regexp.MustCompile(`(?i)^gh-\d|www\.|^[0-9a-f]{7,}$`)

// timeForm is a time, or a colon that stands alone; another might make an emoji.
var timeForm = regexp.MustCompile(`^(:?[0-9][0-9:.]*|:)$`)

// harmless tells whether a word is letters, digits and a few marks that mean nothing to a renderer.
func harmless(word string) bool {
	if linkForm.MatchString(word) || strings.Contains(word, ":") && !timeForm.MatchString(word) {
		return false
	}
	return !strings.ContainsFunc(word, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsSpace(c) &&
			!strings.ContainsRune("-.,:;'()、。・〜（）：ー", c)
	})
}

// mostCompared bounds the work of differ, in pairs of words: some milliseconds and megabytes.
const mostCompared = 500 * 500

// differ marks the words of two sentences that are not in the other, in their order. Of sentences too
// long to compare word by word, what is between their common ends is compared, or all of it is marked.
func differ(a, b rich) (markedA, markedB rich) {
	markedA, markedB = slices.Clone(a), slices.Clone(b)
	middleA, middleB := markedA, markedB
	if len(a)*len(b) > mostCompared {
		middleA, middleB = withoutCommonEnds(markedA, markedB)
	}
	if len(middleA)*len(middleB) > mostCompared {
		copy(middleA, middleA.asStrong())
		copy(middleB, middleB.asStrong())
	} else {
		markWords(middleA, middleB)
	}
	return bridged(markedA), bridged(markedB)
}

// withoutCommonEnds are the parts of two texts between the words that both begin and end with.
func withoutCommonEnds(a, b rich) (middleA, middleB rich) {
	for len(a) > 0 && len(b) > 0 && a[0].text == b[0].text {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1].text == b[len(b)-1].text {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}

// markWords marks what is in none of the longest common parts.
func markWords(a, b rich) {
	// common[i][j] is the length of the longest common part of a[i:] and b[j:].
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i].text == b[j].text {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i].text == b[j].text:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			a[i].strong = true
			i++
		default:
			b[j].strong = true
			j++
		}
	}
}

// bridged marks blanks where both their neighbours are marked, and no others.
func bridged(r rich) rich {
	for i := range r {
		if r[i].text == " " {
			r[i].strong = i > 0 && i+1 < len(r) && r[i-1].strong && r[i+1].strong
		}
	}
	return r
}
