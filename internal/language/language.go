// Package language names the languages in which the project says what a schedule does.
package language

import (
	"fmt"
	"slices"
	"strings"

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
