package awscron

import (
	"fmt"
	"math/bits"
	"strings"
)

// token is a piece of the expression and where it begins, in bytes.
type token struct {
	text   string
	offset int
}

// tokens splits t at each of the characters in sep and adds the pieces to found, but for the empty
// ones. It returns how many these were.
func tokens(found []token, t token, sep string) (all []token, empty int) {
	for {
		i := strings.IndexAny(t.text, sep)
		piece := t
		if i >= 0 {
			piece.text = t.text[:i]
		}
		if piece.text == "" {
			empty++
		} else {
			found = append(found, piece)
		}
		if i < 0 {
			return found, empty
		}
		t = token{t.text[i+1:], t.offset + i + 1}
	}
}

// cronParser reads one cron() expression.
type cronParser struct {
	expr string
	doubts
	// parts and elements are where the fields, and the elements of one field, mostly find room.
	parts    [len(cronFields)]token
	elements [4]token
}

// fail returns an error about a piece of a field; what says what is wrong with it, as in "is out of
// range".
func (p *cronParser) fail(f *field, t token, what, remedy string) *ParseError {
	problem := fmt.Sprintf("%s %q at character %d %s", f.name, t.text, t.offset+1, what)
	if t.text == "" {
		problem = fmt.Sprintf("%s at character %d %s", f.name, t.offset+1, what)
	}
	return &ParseError{
		Expr: p.expr, Field: f.name, Offset: t.offset, Found: t.text, Problem: problem,
		Allowed: f.allowed, Remedy: remedy,
	}
}

// parseCron reads the six fields in body, which begins after "cron(" in expr.
func parseCron(expr, body string) (Schedule, *ParseError) {
	p := &cronParser{expr: expr}
	parts := p.split(token{body, len("cron(")})
	if len(parts) == 5 && isYearless(parts) {
		p.add("AWS documents six fields; without a year, write %s",
			"AWS の文書ではフィールドは 6 つです。年を指定しない場合は %s と書いてください", joined(parts, "*"))
		parts = append(parts, token{"*", len(expr) - 1})
	}
	if len(parts) != len(cronFields) {
		return nil, p.wrongCount(parts)
	}
	c := &Cron{source: expr}
	if err := p.fields(parts, &c.fields); err != nil {
		if quartz := fromQuartz(texts(parts)); quartz != "" {
			return nil, &ParseError{
				Expr: expr, Found: body, Offset: len("cron("), Remedy: "write " + quartz,
				Problem: "cron() begins with seconds, as in Quartz, and AWS has none",
			}
		}
		return nil, err
	}
	c.normalize()
	c.live = c.liveYears()
	if c.live == (set{}) {
		p.add("it never runs, since no month that it names has such a day; for the last day of a month, write %s",
			"指定した月にその日がないため、一度も実行されません。月末は %s と書いてください", "L")
	}
	if days := c.days.nearest; days != 0 && days>>(c.shortestMonth()+1) != 0 {
		day := bits.Len32(days) - 1
		p.add("AWS does not document what %[1]s means in a month without a day %[2]d (taken as no run); "+
			"for the last weekday of each month, write %[3]s",
			"%[2]d 日のない月での %[1]s の動作は AWS の文書にありません（実行なしとして扱います）。"+
				"各月の最後の平日は %[3]s と書いてください", fmt.Sprintf("%dW", day), day, "LW")
	}
	c.doubts = p.doubts
	return c, nil
}

// split takes the body apart at blanks.
func (p *cronParser) split(body token) []token {
	parts, empty := tokens(p.parts[:0], body, " \t\r\n")
	if len(parts) > 0 && (empty > 0 || strings.ContainsAny(body.text, "\t\r\n")) {
		p.add("AWS documents one blank between two fields and none at the edges; write %s",
			"AWS の文書ではフィールドの間は空白 1 つで、両端に空白はありません。%s と書いてください", joined(parts))
	}
	return parts
}

// joined returns the cron() expression of these fields.
func joined(parts []token, more ...string) string {
	return "cron(" + strings.Join(append(texts(parts), more...), " ") + ")"
}

func texts(parts []token) []string {
	found := make([]string, len(parts))
	for i, t := range parts {
		found[i] = t.text
	}
	return found
}

// isYearless tells whether five fields are AWS's own without the year. An older edition of the
// Scheduler guide calls the year optional. Unix has no ?, so that its lines are told apart.
func isYearless(parts []token) bool {
	return (parts[2].text == "?") != (parts[4].text == "?")
}

// wrongCount is the error of an expression that has not six fields.
func (p *cronParser) wrongCount(parts []token) *ParseError {
	err := &ParseError{
		Expr: p.expr, Offset: len("cron("), Found: strings.TrimSuffix(p.expr[len("cron("):], ")"),
		Problem: fmt.Sprintf("cron() has %d fields", len(parts)),
		Allowed: "six, minutes hours day-of-month month day-of-week year",
	}
	if len(parts) == 1 {
		err.Problem = "cron() has 1 field"
	}
	err.Remedy = translateFields(texts(parts))
	return err
}

// fields reads all six fields and applies the rule about the two day fields.
func (p *cronParser) fields(parts []token, f *fields) *ParseError {
	var plain [len(cronFields)]set
	for i, field := range cronFields {
		var err *ParseError
		switch field {
		case dayField:
			err = p.monthDays(parts[i], &f.days)
		case weekdayField:
			err = p.weekDays(parts[i], &f.weekday)
		default:
			plain[i], err = p.list(field, parts[i])
		}
		if err != nil {
			return err
		}
	}
	f.minutes, f.hours, f.months = plain[0][0], uint32(plain[1][0]), uint16(plain[3][0])
	f.years = plain[5]
	return p.dayRule(parts, f)
}

// dayRule checks that exactly one of the two day fields is ?.
func (p *cronParser) dayRule(parts []token, f *fields) *ParseError {
	day, weekday := parts[2].text, parts[4].text
	noDay, noWeekday := f.days == monthDays{}, f.weekday == weekDays{}
	if noDay != noWeekday {
		return nil
	}
	err := &ParseError{
		Expr: p.expr, Field: weekdayField.name, Offset: parts[4].offset, Found: weekday,
	}
	byDay, byWeekday := *f, *f
	byDay.weekday, byWeekday.days = weekDays{}, monthDays{}
	switch {
	case noDay:
		f.days.days = allDays
		err.Problem = "day-of-month and day-of-week are both ?"
		err.Remedy = "write * in one: " + canonical(*f)
	default:
		err.Problem = "day-of-month and day-of-week are both set"
		err.Remedy = "write ? in one: " + canonical(byDay)
		switch {
		case day == "*":
			err.Remedy = "write ? in one: " + canonical(byWeekday)
		case weekday != "*":
			err.Remedy += " or " + canonical(byWeekday) + "; for both, write two events"
		}
		if day == "*" && strings.ContainsAny(weekday, "1234567") {
			err.Remedy += " (1 is SUN)"
		}
	}
	return err
}

// canonical returns the canonical text of fields.
func canonical(f fields) string {
	f.normalize()
	return (&Cron{fields: f}).String()
}

// items splits a list at its commas. Empty elements are dropped, as Quartz does, with a doubt.
func (p *cronParser) items(f *field, t token) ([]token, *ParseError) {
	items, empty := tokens(p.elements[:0], t, ",")
	if len(items) == 0 {
		return nil, p.fail(f, t, "is empty", "")
	}
	if empty > 0 {
		p.add("AWS does not document empty elements in a list (%s %q); write %s",
			"リストの空の要素は AWS の文書にありません（%s %q）。%s と書いてください",
			f.name, t.text, strings.Join(texts(items), ","))
	}
	return items, nil
}

// list reads a field that has values, ranges and steps only.
func (p *cronParser) list(f *field, t token) (set, *ParseError) {
	var s set
	items, err := p.items(f, t)
	if err != nil {
		return s, err
	}
	for _, item := range items {
		if err := p.item(f, item, &s); err != nil {
			return s, err
		}
	}
	if len(items) > 1 {
		p.doubtStar(f, items)
	}
	return s, nil
}

// doubtStar doubts a * that stands in a list.
func (p *cronParser) doubtStar(f *field, items []token) {
	for _, item := range items {
		if item.text == "*" {
			p.add("AWS does not document %[1]s in a list (%[2]s); write %[1]s alone",
				"リストの中の %[1]s は AWS の文書にありません（%[2]s）。%[1]s だけを書いてください", "*", f.name)
		}
	}
}
