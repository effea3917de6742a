package awscron

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// item reads one element of a list, a value, a range or *, each with a step or without, and adds
// its values to s.
func (p *cronParser) item(f *field, t token, s *set) *ParseError {
	if t.text == "*" {
		*s = f.all
		return nil
	}
	base, stepText, hasStep := strings.Cut(t.text, "/")
	first, last, err := p.bounds(f, t, base, hasStep)
	if err != nil {
		return err
	}
	step := 1
	if hasStep {
		ranged := strings.Contains(base, "-")
		if step, err = p.step(f, token{stepText, t.offset + len(base) + 1}, ranged); err != nil {
			return err
		}
	}
	size := f.high - f.low + 1
	length := last - first
	if length < 0 {
		length += size
	}
	for n := 0; n <= length; n += step {
		s.add((first+n-f.low)%size + f.low - f.base)
	}
	if hasStep && f == weekdayField {
		p.add("AWS does not document steps in %s (%q); write %s",
			"%s の間隔指定は AWS の文書にありません（%q）。%s と書いてください", f.name, t.text, f.text(*s))
	}
	return nil
}

// bounds reads what stands before the step. A range whose last value is less than its first wraps.
func (p *cronParser) bounds(f *field, t token, base string, hasStep bool) (
	first, last int, err *ParseError,
) {
	firstText, lastText, isRange := strings.Cut(base, "-")
	switch {
	case base == "*":
		return f.low, f.high, nil
	case base == "" && hasStep:
		p.add("AWS does not document a step without a start (%s %q); write %s",
			"始まりのない間隔指定は AWS の文書にありません（%s %q）。%s と書いてください", f.name, t.text, "*"+t.text)
		return f.low, f.high, nil
	case isRange && firstText == "":
		return 0, 0, p.fail(f, t, "is not a value", "")
	case isRange && (firstText == "*" || lastText == "" || lastText == "*"):
		return 0, 0, p.fail(f, t, "is not a range", "")
	}
	if first, err = p.value(f, token{firstText, t.offset}); err != nil {
		return 0, 0, err
	}
	switch {
	case isRange:
		last, err = p.value(f, token{lastText, t.offset + len(firstText) + 1})
		if err != nil {
			return 0, 0, err
		}
		if isNumber(firstText) != isNumber(lastText) {
			p.add("AWS does not document ranges of a number and a name (%s %q); write %s",
				"数字と名前の範囲は AWS の文書にありません（%s %q）。%s と書いてください",
				f.name, t.text, f.value(first)+"-"+f.value(last))
		}
		if last < first {
			return first, last, p.wrap(f, t, first, last)
		}
		return first, last, nil
	case hasStep:
		return first, f.high, nil
	default:
		return first, first, nil
	}
}

// wrap judges a range that goes on at the field's start. Weekdays up to Sunday (MON-SUN) are in
// wide use, also in AWS's own workshops, and raise no doubt.
func (p *cronParser) wrap(f *field, t token, first, last int) *ParseError {
	switch {
	case f == yearField:
		return p.fail(f, t, "ends before it begins",
			fmt.Sprintf("write %s-%s", f.value(last), f.value(first)))
	case f == weekdayField && last == f.low:
		return nil
	}
	p.add("AWS does not document ranges that go round the end (%s %q); write %s",
		"終わりから始めに戻る範囲は AWS の文書にありません（%s %q）。%s と書いてください",
		f.name, t.text, f.rangeText(first, f.high)+","+f.rangeText(f.low, last))
	return nil
}

// step reads what stands after the slash. ranged tells that a range stands before it.
func (p *cronParser) step(f *field, t token, ranged bool) (int, *ParseError) {
	n, err := p.number(f, t, f.digits)
	switch largest := f.high - f.base; {
	case err != nil:
		return 0, p.fail(f, t, "is not a step", "write a whole number of 1 or more after the /")
	case n == 0:
		return 0, p.fail(f, t, "is a step that never moves on", "write a step of 1 or more")
	case n <= largest:
		return n, nil
	case ranged:
		// Quartz, whose dialect AWS follows where it was seen, checks a step after * and after a
		// single value only.
		p.add("AWS does not document a step larger than %d after a range (%s)",
			"範囲のあとの %d より大きい間隔は AWS の文書にありません（%s）", largest, f.name)
		return n, nil
	default:
		return 0, p.fail(f, t, "is a step out of range",
			fmt.Sprintf("write a step from 1 to %d, or no step", largest))
	}
}

// value reads a number or a name.
func (p *cronParser) value(f *field, t token) (int, *ParseError) {
	if !isNumber(t.text) {
		for i, name := range f.names {
			if strings.EqualFold(name, t.text) {
				return f.low + i, nil
			}
		}
		return 0, p.unknown(f, t)
	}
	n, err := p.number(f, t, f.digits)
	if err != nil || n < f.low || n > f.high {
		return 0, p.fail(f, t, "is out of range", outOfRange(f, t.text))
	}
	return n, nil
}

// outOfRange knows the remedy for two common slips.
func outOfRange(f *field, text string) string {
	switch {
	case f == hoursField && text == "24":
		return "for midnight, write 0"
	case f == weekdayField && text == "0":
		return "for Sunday, write SUN"
	default:
		return ""
	}
}

// unknown is the error of a text that is no value of the field.
func (p *cronParser) unknown(f *field, t token) *ParseError {
	text := strings.ToUpper(t.text)
	switch {
	case text == "?":
		return p.fail(f, t, "is for the day fields only", "write *")
	case nameOf(f, text) != "":
		return p.fail(f, t, "is not a name that AWS knows", "write "+nameOf(f, text))
	case f != weekdayField && nameOf(weekdayField, text) != "":
		return p.fail(f, t, "is a day of the week",
			"write it in day-of-week, which is the fifth field")
	case f != monthField && nameOf(monthField, text) != "":
		return p.fail(f, t, "is a month", "write it in month, which is the fourth field")
	default:
		return p.fail(f, t, "is not a value", "")
	}
}

// fullNames are the names that people spell out, in the order of the field's own names.
var fullNames = map[*field][]string{
	monthField: {
		"JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
		"OCTOBER", "NOVEMBER", "DECEMBER",
	},
	weekdayField: {
		"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY",
	},
}

// nameOf returns the name of f that text was most likely meant to be; "" if none is near.
func nameOf(f *field, text string) string {
	for i, full := range fullNames[f] {
		if len(text) >= 3 && strings.HasPrefix(full, text) || text == f.names[i]+"S" {
			return f.names[i]
		}
	}
	if len(text) > 3 {
		if full := suggest.Nearest(text, fullNames[f]); full != "" {
			return full[:3]
		}
	}
	return ""
}

// number reads digits only. More digits than AWS shows are doubted.
func (p *cronParser) number(f *field, t token, digits int) (int, error) {
	if !isNumber(t.text) {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.Atoi(t.text)
	if err != nil {
		return 0, err
	}
	if len(t.text) > digits {
		if plain := strconv.Itoa(n); plain != t.text {
			p.add("AWS does not document leading zeros here (%s %q); write %s",
				"ここでの先頭の 0 は AWS の文書にありません（%s %q）。%s と書いてください", f.name, t.text, plain)
		}
	}
	return n, nil
}

// isNumber tells whether text consists of digits.
func isNumber(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
