package command

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxWord bounds an argument, in characters: no ARN is longer (IAM User Guide, "IAM identifiers"),
// and a message that repeats it stays readable.
const maxWord = 2048

// absent are the ways in which templates and languages print a value that is not there.
var absent = []string{"null", "nil", "<nil>", "none", "undefined"}

// checkText refuses what is no word of any command.
func checkText(i int, arg string) error {
	if n := utf8.RuneCountInString(arg); n > maxWord {
		return &UsageError{
			Index: i, Found: fmt.Sprintf("a word of %d characters, which begins with %q", n, start(arg)),
			Allowed: fmt.Sprintf("a word has at most %d", maxWord), Write: "write each item as a word of its own",
		}
	}
	switch trimmed := strings.TrimSpace(arg); {
	case trimmed == "":
		return &UsageError{
			Index: i, Found: "an empty word",
			Write: "leave it out, or give it a value (a variable may be empty)",
		}
	case trimmed != arg:
		return &UsageError{
			Index: i, Found: fmt.Sprintf("%q has blanks at its edges", arg),
			Write: fmt.Sprintf("write %q", trimmed),
		}
	case slices.Contains(absent, strings.ToLower(arg)):
		return &UsageError{
			Index: i, Found: fmt.Sprintf("%q looks like a value that is missing", arg),
			Write: "leave it out, or give it a value (a variable may be null)",
		}
	}
	return nil
}

// start is the beginning of a long text.
func start(text string) string { return string([]rune(text)[:40]) }

// foreign names the first character of a word that is not ASCII: it may look like one that is.
func foreign(word string) string {
	for _, r := range word {
		if r >= utf8.RuneSelf {
			return fmt.Sprintf(" (it has the character %+q)", r)
		}
	}
	return ""
}
