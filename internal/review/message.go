package review

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// message is a sentence in each language. {name} stands for a part of it.
type message struct{ en, ja string }

// catalog holds every message, for the test that each is in each language.
var catalog []message

// say makes a message.
func say(en, ja string) message {
	m := message{en, ja}
	catalog = append(catalog, m)
	return m
}

// counted is a message about a number: {n}.
type counted struct{ one, many message }

// count makes a message about a number, whose English has two forms.
func count(one, many, ja string) counted { return counted{say(one, ja), say(many, ja)} }

// of is the message for a number.
func (c counted) of(lang language.Tag, n int) rich {
	m := c.many
	if n == 1 {
		m = c.one
	}
	return m.in(lang, "n", n)
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// in is the message in a language. Parts are names and texts by turns: a string, which is ours, or a
// rich text.
func (m message) in(lang language.Tag, parts ...any) rich {
	byName := map[string]rich{}
	for i := 0; i+1 < len(parts); i += 2 {
		text, isRich := parts[i+1].(rich)
		if !isRich {
			text = plain(fmt.Sprint(parts[i+1]))
		}
		byName["{"+fmt.Sprint(parts[i])+"}"] = text
	}
	form := m.en
	if lang == language.Japanese {
		form = m.ja
	}
	var out rich
	for form != "" {
		at := placeholder.FindStringIndex(form)
		if at == nil {
			return append(out, span{text: form})
		}
		if at[0] > 0 {
			out = append(out, span{text: form[:at[0]]})
		}
		out = append(out, byName[form[at[0]:at[1]]]...)
		form = form[at[1]:]
	}
	return out
}

// text is a message without parts.
func (m message) text(lang language.Tag) string { return m.in(lang).String() }

// hours writes minutes as hours: 66 h, 10.5 h, 0.25 h.
func hours(lang language.Tag, minutes int) string {
	text := strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", float64(minutes)/60), "0"), ".")
	return hoursOf.in(lang, "n", text).String()
}

// signed is hours with a sign.
func signed(lang language.Tag, minutes int) string {
	switch {
	case minutes > 0:
		return "+" + hours(lang, minutes)
	case minutes < 0:
		return "−" + hours(lang, -minutes)
	}
	return "±" + hours(lang, 0)
}
