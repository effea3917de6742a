package awscron

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Doubt is something about an expression that AWS does not document; Message says what, and what
// to write instead.
type Doubt struct {
	Message string
	// forms are the message's verbs and words, args what they print.
	forms map[language.Tag]string
	args  []any
}

// DoubtPart is a part of a doubt's message: words, or a piece of an expression or a field's name as code.
type DoubtPart struct {
	Text string
	Code bool
}

// Parts are the message in a language. A piece of an expression has no quotes in it.
func (d Doubt) Parts(lang language.Tag) []DoubtPart {
	args := slices.Clone(d.args)
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = piece(text)
		}
	}
	var out []DoubtPart
	for i, text := range strings.Split(fmt.Sprintf(d.forms[lang], args...), pieceEdge) {
		if text != "" {
			out = append(out, DoubtPart{text, i%2 == 1})
		}
	}
	return out
}

// piece is a piece of an expression between two edges, whichever verb prints it.
type piece string

// pieceEdge is in no expression that can be parsed.
const pieceEdge = "\x00"

// Format implements fmt.Formatter.
func (p piece) Format(s fmt.State, _ rune) { fmt.Fprint(s, pieceEdge+string(p)+pieceEdge) }

// doubts is embedded in each kind of Schedule.
type doubts []Doubt

// Doubts implements Schedule.
func (d doubts) Doubts() []Doubt { return slices.Clone(d) }

// add appends a doubt unless it is there already. Both forms print all the args.
func (d *doubts) add(english, japanese string, args ...any) {
	message := fmt.Sprintf(english, args...)
	if slices.ContainsFunc(*d, func(d Doubt) bool { return d.Message == message }) {
		return
	}
	forms := map[language.Tag]string{language.English: english, language.Japanese: japanese}
	*d = append(*d, Doubt{message, forms, args})
}
