package planjson

import (
	"strings"
	"unicode"
)

// Visible replaces what is not seen in a text of a plan, or changes how the rest is seen, such as the
// escape sequences of terminals, or is in no XML: what people read holds none of it.
func Visible(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '\n':
			b.WriteString("␊")
		case unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || c == unicode.ReplacementChar ||
			unicode.Is(unicode.Zl, c) || unicode.Is(unicode.Zp, c) || unicode.Is(unicode.Noncharacter_Code_Point, c):
			b.WriteString("�")
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
