package hold

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// allowed tells whether a tag may hold the character: letters, digits, blanks and _.:/=+-@ (AWS
// General Reference, "Tagging AWS resources"). "=" is left out, since it begins an escape.
func allowed(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' || strings.ContainsRune("_.:/+-@", r)
}

// escape writes all else as "=" and the two hexadecimal digits of each byte, as quoted-printable
// does, so that a reason may hold any character and stays readable in the AWS console.
func escape(text string) string {
	var b strings.Builder
	for i, r := range text {
		if allowed(r) {
			b.WriteRune(r)
			continue
		}
		// A byte that is no UTF-8 is escaped as itself.
		_, size := utf8.DecodeRuneInString(text[i:])
		for _, c := range []byte(text[i : i+size]) {
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// unescape undoes escape. An "=" that begins no escape stands for itself.
func unescape(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "=")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if len(after) >= 2 {
			if c, err := hex.DecodeString(after[:2]); err == nil {
				b.Write(c)
				text = after[2:]
				continue
			}
		}
		b.WriteByte('=')
		text = after
	}
}
