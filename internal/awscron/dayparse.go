package awscron

import (
	"fmt"
	"strings"
)

// monthDays reads the day-of-month field.
func (p *cronParser) monthDays(t token, d *monthDays) *ParseError {
	items, err := p.dayItems(dayField, t)
	if err != nil {
		return err
	}
	var plain set
	for _, item := range items {
		text := strings.ToUpper(item.text)
		switch {
		case strings.HasPrefix(text, "L"):
			err = p.lastDay(item, text, d)
		case strings.HasSuffix(text, "W"):
			err = p.nearestDay(item, text, d)
		default:
			if err := p.item(dayField, item, &plain); err != nil {
				return err
			}
			d.days |= uint32(plain[0])
			continue
		}
		if err != nil {
			return err
		}
		if len(items) > 1 {
			p.add("AWS does not document L and W in a list of days (%q); write an event for each",
				"日のリストの中の L と W は AWS の文書にありません（%q）。それぞれ別のイベントに書いてください", t.text)
		}
	}
	return nil
}

// dayItems splits a day field; a ? may only stand alone and gives no items.
func (p *cronParser) dayItems(f *field, t token) ([]token, *ParseError) {
	items, err := p.items(f, t)
	switch {
	case err != nil:
		return nil, err
	case len(items) == 1 && items[0].text == "?":
		return nil, nil
	case strings.Contains(t.text, "?"):
		return nil, p.fail(f, t, "has a ? that does not stand alone", "write ? alone or leave it out")
	case len(items) > 1:
		p.doubtStar(f, items)
	}
	return items, nil
}

// maxLastOffset is the largest n of L-n: the first day of a month of 31 days.
const maxLastOffset = 30

// lastDay reads L, L-n, LW or L-nW.
func (p *cronParser) lastDay(item token, text string, d *monthDays) *ParseError {
	rest, weekday := strings.CutSuffix(text[1:], "W")
	n := 0
	if rest != "" {
		number, ok := strings.CutPrefix(rest, "-")
		offset, err := p.number(dayField, token{number, item.offset + 2}, dayField.digits)
		if !ok || err != nil {
			return p.fail(dayField, item, "is not a day", "for the last day, write L")
		}
		if offset > maxLastOffset {
			return p.fail(dayField, item, "is before the first day of each month",
				fmt.Sprintf("write L-1 to L-%d", maxLastOffset))
		}
		n = offset
		p.doubtOffset(text, n)
	}
	p.doubtCase(dayField, item, item.text)
	if weekday {
		d.lastNearest |= 1 << n
	} else {
		d.last |= 1 << n
	}
	return nil
}

// doubtOffset doubts L-n and L-nW; AWS shows L alone.
func (p *cronParser) doubtOffset(text string, n int) {
	if n == 0 {
		p.add("AWS does not document %s in %s; if it is refused, write %s",
			"%s は AWS の文書にありません（%s）。拒否された場合は %s と書いてください", text, dayField.name, "L")
		return
	}
	p.add("AWS does not document %s in %s; if it is refused, write a day such as %d",
		"%s は AWS の文書にありません（%s）。拒否された場合は %d のような日を書いてください",
		text, dayField.name, 28-min(n, 27))
}

// nearestDay reads nW.
func (p *cronParser) nearestDay(item token, text string, d *monthDays) *ParseError {
	number := strings.TrimSuffix(text, "W")
	if !isNumber(number) {
		remedy := "write one day before it, such as 15W, or LW for the last weekday of the month"
		return p.fail(dayField, item, "is not a day; W takes one day", remedy)
	}
	n, err := p.value(dayField, token{number, item.offset})
	if err != nil {
		return err
	}
	p.doubtCase(dayField, item, item.text)
	d.nearest |= 1 << n
	return nil
}

// doubtCase doubts l and w in letters, a part of item; AWS shows L and W only.
func (p *cronParser) doubtCase(f *field, item token, letters string) {
	if strings.ContainsAny(letters, "lw") {
		p.add("AWS does not document lower-case L and W (%s %q); write %s",
			"小文字の L と W は AWS の文書にありません（%s %q）。%s と書いてください",
			f.name, item.text, strings.ToUpper(item.text))
	}
}

// weekDays reads the day-of-week field.
func (p *cronParser) weekDays(t token, w *weekDays) *ParseError {
	items, err := p.dayItems(weekdayField, t)
	if err != nil {
		return err
	}
	var plain set
	for _, item := range items {
		text := strings.ToUpper(item.text)
		switch {
		case strings.Contains(text, "#"):
			if len(items) > 1 {
				return p.fail(weekdayField, t, "has a # in a list", "write an event for each")
			}
			err = p.nthWeekday(item, w)
		case strings.HasPrefix(text, "L-"):
			return p.fail(weekdayField, item, "counts days of the month",
				"write it in day-of-month, or 6L for the last Friday of the month")
		case strings.HasSuffix(text, "L"):
			err = p.lastWeekday(item, text, w)
			if len(items) > 1 {
				p.add("AWS does not document L in a list of weekdays (%q); write an event for each",
					"曜日のリストの中の L は AWS の文書にありません（%q）。それぞれ別のイベントに書いてください", t.text)
			}
		default:
			err = p.item(weekdayField, item, &plain)
			w.days |= uint8(plain[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nthWeekday reads n#k.
func (p *cronParser) nthWeekday(item token, w *weekDays) *ParseError {
	before, after, _ := strings.Cut(item.text, "#")
	n, err := p.value(weekdayField, token{before, item.offset})
	if err != nil {
		return err
	}
	k, numberErr := p.number(weekdayField, token{after, item.offset + len(before) + 1}, 1)
	if numberErr != nil || k < 1 || k > len(w.nth) {
		return p.fail(weekdayField, item, "counts to no week of a month",
			fmt.Sprintf("write %s#1 to %s#5", weekdayField.value(n), weekdayField.value(n)))
	}
	w.nth[k-1] |= 1 << (n - weekdayField.base)
	return nil
}

// lastWeekday reads nL, the last such weekday of a month, or L, the last day of the week, which is
// each Saturday.
func (p *cronParser) lastWeekday(item token, text string, w *weekDays) *ParseError {
	p.doubtCase(weekdayField, item, item.text[len(item.text)-1:])
	if text == "L" {
		w.days |= 1 << 6
		return nil
	}
	day := item.text[:len(item.text)-1]
	if strings.ContainsAny(day, "-/*") {
		return p.fail(weekdayField, item, "has an L that follows no single day",
			"write one day before it, such as 6L for the last Friday of the month")
	}
	n, err := p.value(weekdayField, token{day, item.offset})
	if err != nil {
		return err
	}
	w.last |= 1 << (n - weekdayField.base)
	return nil
}
