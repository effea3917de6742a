// Package language names the languages in which the project says what a schedule does.
package language

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// Tag names a language by its BCP 47 tag.
type Tag string

// The languages that there are words in.
const (
	English  Tag = "en"
	Japanese Tag = "ja"
)

// All are the languages, the default first.
var All = []Tag{English, Japanese}

// Parse reads a language's tag as users write it.
func Parse(text string) (Tag, error) {
	if tag := Tag(text); slices.Contains(All, tag) {
		return tag, nil
	}
	names := make([]string, len(All))
	for i, tag := range All {
		names[i] = string(tag)
	}
	err := fmt.Errorf("there is no language %q; the languages are %s", text, English.List(names))
	if near := suggest.Nearest(strings.ToLower(text), names); near != "" {
		err = fmt.Errorf("%w; did you mean %q?", err, near)
	}
	return "", err
}

// List joins words: "a", "a and b", "a, b and c"; "a、b、c" in Japanese.
func (t Tag) List(words []string) string {
	if t == Japanese {
		return strings.Join(words, "、")
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Spaced joins the parts of a Japanese sentence, with a blank where Latin letters or digits meet kana
// or kanji.
func Spaced(parts ...string) string {
	var b strings.Builder
	last := rune(0)
	for _, part := range parts {
		if first, _ := utf8.DecodeRuneInString(part); part != "" {
			if isLatin(last) && isJapanese(first) || isJapanese(last) && isLatin(first) {
				b.WriteByte(' ')
			}
			b.WriteString(part)
			last, _ = utf8.DecodeLastRuneInString(part)
		}
	}
	return b.String()
}

func isLatin(r rune) bool { return r > ' ' && r < utf8.RuneSelf }

// isJapanese tells kana and kanji from punctuation, which brings its own space.
func isJapanese(r rune) bool {
	return r >= utf8.RuneSelf && !strings.ContainsRune("、。（）「」〜・：", r)
}
