package awscron

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// maxLength is the longest expression that AWS takes, in characters (CreateSchedule,
// ScheduleExpression).
const maxLength = 256

// Parse reads an expression. Names may be written in any case. Its error is a *ParseError. What AWS
// may take although it does not document it is accepted, see Schedule's Doubts.
func Parse(expr string) (Schedule, error) {
	s, err := parse(expr)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func parse(expr string) (Schedule, *ParseError) {
	kind, body, err := unwrap(expr)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "cron":
		return parseCron(expr, body)
	case "rate":
		return parseRate(expr, body)
	default:
		return parseAt(expr, body)
	}
}

// unwrap checks the expression as a whole and takes it apart: cron, rate or at, and what stands in
// the parentheses.
func unwrap(expr string) (kind, body string, err *ParseError) {
	fail := func(problem, remedy string) (string, string, *ParseError) {
		return "", "", &ParseError{Expr: expr, Found: expr, Problem: problem, Remedy: remedy}
	}
	trimmed := strings.TrimSpace(expr)
	switch {
	case trimmed == "":
		return fail("the expression is empty", "write for example cron(0 21 * * ? *)")
	case utf8.RuneCountInString(expr) > maxLength:
		return fail(fmt.Sprintf("the expression has %d characters, and AWS takes %d",
			utf8.RuneCountInString(expr), maxLength), "write ranges and steps, or split it into two events")
	case trimmed != expr:
		return fail("the expression has blanks at its edges, which AWS refuses",
			fmt.Sprintf("write %q without them", trimmed))
	}
	if plain, found := plainText(expr); found != "" {
		remedy := fmt.Sprintf("write %q", plain)
		if _, still := plainText(plain); still != "" {
			remedy = "write letters and digits of ASCII alone"
		}
		return fail(fmt.Sprintf("the expression has the character %q (%U)", found, []rune(found)[0]), remedy)
	}
	open := strings.IndexByte(expr, '(')
	if open < 0 {
		return fail("the expression is not a cron(), rate() or at()", translate(expr))
	}
	kind = expr[:open]
	switch kind {
	case "cron", "rate", "at":
	default:
		remedy := "write cron(…), rate(…) or at(…)"
		word := strings.TrimSpace(kind)
		if near := suggest.Nearest(word, []string{"cron", "rate", "at"}); near != "" {
			remedy = "write " + near + oneLine(expr[open:])
		}
		return fail(fmt.Sprintf("there is no expression %s()", oneLine(kind)), remedy)
	}
	switch closing := strings.IndexByte(expr, ')'); {
	case closing < 0:
		return fail("the closing parenthesis is missing", "write "+oneLine(expr)+")")
	case closing != len(expr)-1:
		return fail(fmt.Sprintf("%q stands after the closing parenthesis", expr[closing+1:]),
			"write "+oneLine(expr[:closing+1]))
	}
	return kind, expr[open+1 : len(expr)-1], nil
}

// oneLine puts blanks for line breaks and tabs, so that a message stays a sentence.
func oneLine(text string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(text)
}

// plainText replaces what keyboards and word processors write for ASCII characters (full-width
// letters, dashes, odd blanks). It returns the first character that is not ASCII; "" if there is
// none.
func plainText(expr string) (plain, found string) {
	plain = strings.Map(func(r rune) rune {
		if r >= ' ' && r < 0x7F || r == '\t' || r == '\n' || r == '\r' {
			return r
		}
		if found == "" {
			found = string(r)
		}
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFF01 + '!'
		case r == 0x3000 || r == 0xA0:
			return ' '
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			return '-'
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		default:
			return r
		}
	}, expr)
	return plain, found
}
