package command

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
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
	case strings.ContainsAny(arg, "\n\r\t"):
		return &UsageError{
			Index: i, Found: fmt.Sprintf("%q is several lines or columns in one word", arg),
			Write: "write each as a word of its own: " + quoteAll(strings.Fields(arg)),
		}
	case unseen(arg) != "":
		return &UsageError{
			Index: i, Found: fmt.Sprintf("%q has %s", arg, unseen(arg)),
			Write: fmt.Sprintf("write %q", strings.Map(seen, strings.ToValidUTF8(arg, ""))),
		}
	case arg == "true" || arg == "false":
		return &UsageError{
			Index: i, Found: fmt.Sprintf("%q is a yes or no, and no word of a command", arg),
			Write: "write a flag alone or leave it out; write a target by its name",
		}
	case slices.Contains(absent, strings.ToLower(arg)):
		return &UsageError{
			Index: i, Found: fmt.Sprintf("%q looks like a value that is missing", arg),
			Write: "leave it out, or give it a value (a variable may be null)",
		}
	}
	return nil
}

// unseen names the first character that nobody sees, or that changes how the rest is seen; "" for none.
func unseen(word string) string {
	for i, r := range word {
		if _, size := utf8.DecodeRuneInString(word[i:]); r == utf8.RuneError && size == 1 {
			return fmt.Sprintf("the byte %#x, which is no UTF-8", word[i])
		}
		if seen(r) < 0 {
			return fmt.Sprintf("the character %U, which is not seen", r)
		}
	}
	return ""
}

// seen keeps a character that is seen; of all others it makes -1.
func seen(r rune) rune {
	if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
		return -1
	}
	return r
}

// dashes are what word processors write for hyphens.
const dashes = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

// isFlag tells whether a word is meant as a flag.
func isFlag(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return first == '-' || strings.ContainsRune(dashes, first)
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
