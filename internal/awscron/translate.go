package awscron

import (
	"math"
	"strings"
	"time"
)

// nicknames of crontab files, in AWS's form.
var nicknames = map[string]string{
	"@yearly":   "cron(0 0 1 1 ? *)",
	"@annually": "cron(0 0 1 1 ? *)",
	"@monthly":  "cron(0 0 1 * ? *)",
	"@weekly":   "cron(0 0 ? * SUN *)",
	"@daily":    "cron(0 0 * * ? *)",
	"@midnight": "cron(0 0 * * ? *)",
	"@hourly":   "cron(0 * * * ? *)",
}

// translate says what to write for an expression without parentheses: a crontab line, a Quartz
// line, a nickname, an interval or a date.
func translate(expr string) string {
	const plain = "write cron(…), rate(…) or at(…)"
	if aws := nicknames[strings.ToLower(expr)]; aws != "" {
		return "write " + aws
	}
	if interval, ok := strings.CutPrefix(strings.ToLower(expr), "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(interval))
		if err != nil || d < time.Minute {
			return plain
		}
		r := Rate{seconds: int64(math.Round(d.Minutes())) * 60}
		return "write " + r.String()
	}
	for _, kind := range []string{"cron ", "rate ", "at "} {
		expr = strings.TrimPrefix(expr, kind)
	}
	if looseRate.MatchString(expr) {
		return orElse(rateRemedy(expr), plain)
	}
	if t, note, ok := readDate(expr); ok {
		return "write at(" + t.Format(atLayout) + ")" + note
	}
	texts := strings.Fields(expr)
	if aws := readFields(texts); aws != "" {
		return "write " + aws
	}
	return orElse(translateFields(texts), plain)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// translateFields says what to write for fields that are not six, or not AWS's six; "" if it cannot
// tell. Five are a Unix line, six or seven may begin with seconds, as in Quartz.
func translateFields(texts []string) string {
	switch len(texts) {
	case 5:
		if aws := fromUnix(texts); aws != "" {
			return "this is a Unix cron line; write " + aws
		}
		if aws := readFields(append(texts[:5:5], "*")); aws != "" {
			return "write " + aws
		}
	case 6:
		if aws := fromQuartz(texts); aws != "" {
			return "this is a Quartz line, which begins with seconds; write " + aws
		}
	case 7:
		if aws := readFields(texts[1:]); aws != "" {
			return "this is a Quartz line, which begins with seconds; write " + aws
		}
		if aws := readFields(texts[:6]); aws != "" {
			return "write " + aws
		}
	}
	return ""
}

// readFields returns the canonical form of AWS's six fields; "" if they are not valid.
func readFields(texts []string) string {
	if len(texts) != len(cronFields) {
		return ""
	}
	parts := make([]token, len(texts))
	for i, text := range texts {
		parts[i].text = text
	}
	var f fields
	if err := new(cronParser).fields(parts, &f); err != nil {
		return ""
	}
	return canonical(f)
}

// fromQuartz translates six fields that begin with seconds and have no year; "" if they are not so.
func fromQuartz(texts []string) string {
	if len(texts) != len(cronFields) || strings.Trim(texts[0], "0123456789*/,-") != "" {
		return ""
	}
	return readFields(append(texts[1:6:6], "*"))
}

// unixWeekday is the day-of-week of a crontab line: 0 and 7 are Sunday.
var unixWeekday = newField(field{
	name: "day-of-week", high: 7, digits: 1,
	names: append(append([]string{}, weekdayField.names...), "SUN"),
})

// fromUnix translates the five fields of a crontab line; "" if they are not so. A line that sets
// both day fields runs on the days of either, which takes two expressions.
func fromUnix(texts []string) string {
	var (
		p    cronParser
		read [5]set
	)
	for i, f := range []*field{minutesField, hoursField, dayField, monthField, unixWeekday} {
		var err *ParseError
		if read[i], err = p.list(f, token{text: texts[i]}); err != nil {
			return ""
		}
	}
	byDay := fields{
		minutes: read[0][0], hours: uint32(read[1][0]), months: uint16(read[3][0]),
		days: monthDays{days: uint32(read[2][0])}, years: yearField.all,
	}
	byWeekday := byDay
	byWeekday.days = monthDays{}
	byWeekday.weekday.days = uint8(read[4][0]&allWeekdays | read[4][0]>>7)
	switch everyDay, everyWeekday := read[2] == dayField.all,
		byWeekday.weekday.days == allWeekdays; {
	case everyWeekday:
		return canonical(byDay)
	case everyDay:
		return canonical(byWeekday)
	default:
		return canonical(byDay) + " and, as a second event, " + canonical(byWeekday)
	}
}
