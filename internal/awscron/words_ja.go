package awscron

import (
	"fmt"
	"strings"
)

// japanese is the grammar of Japanese, with a 24-hour clock. Times of day are set off by blanks,
// numbers with a counter are not: 毎月1日と15日 08:00.
type japanese struct{}

func (japanese) rate(n int64, unit string) string {
	unit = map[string]string{"minute": "分", "hour": "時間", "day": "日"}[unit]
	return fmt.Sprintf("開始時刻から%d%sごと", n, unit)
}

func (j japanese) at(t atTime) string {
	text := j.date(t.year, t.month, t.day) + " " + j.time(t.time)
	if t.second != 0 {
		text += fmt.Sprintf(":%02d", t.second)
	}
	return text + "（1回のみ）"
}

func (japanese) date(year, month, day int) string {
	return fmt.Sprintf("%d年%d月%d日", year, month, day)
}

// cron puts the days before the times. Every day goes without saying where each hour has the times.
func (j japanese) cron(o outline) string {
	days, times := j.days(o), j.times(o.clock)
	text := days + "、" + times
	switch {
	case strings.HasSuffix(days, "）"):
		text = days + times
	case strings.Contains(times, ":"):
		text = days + " " + times
	case o.days.everyDay() && len(o.months)+len(o.years)+len(o.clock.hours) == 0:
		text = times
	}
	if o.never {
		text += "（該当する日がないため実行されない）"
	}
	return text
}

// times says at what times of a day: "08:00、12:00", "08:00〜17:50 の10分ごと", "5分ごと", "毎時15分",
// "8〜17時台の5分と10〜20分の1分ごと".
func (j japanese) times(c clockPart) string {
	switch {
	case len(c.times) > 0:
		var texts []string
		for _, t := range c.times {
			texts = append(texts, j.time(t))
		}
		return strings.Join(texts, "、")
	case len(c.windows) == 0:
		return j.hours(c.hours) + j.minutes(c.minutes)
	}
	step := c.windows[0].step
	switch w := c.windows[0]; {
	case step == 60 && roundTheDay(w):
		return fmt.Sprintf("毎時%d分", w.first)
	case w.first == 0 && roundTheDay(w):
		return j.interval(step)
	}
	var texts []string
	for _, w := range c.windows {
		texts = append(texts, j.time(w.first)+"〜"+j.time(w.last))
	}
	return strings.Join(texts, " と ") + " の" + j.interval(step)
}

func (japanese) time(minutes int) string {
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

func (japanese) interval(minutes int) string {
	if minutes%60 == 0 {
		return fmt.Sprintf("%d時間ごと", minutes/60)
	}
	return fmt.Sprintf("%d分ごと", minutes)
}

// hours begins a text that minutes ends: "毎時", "14時台の", "0〜22時台（2時間ごと）の".
func (japanese) hours(spans []span) string {
	if len(spans) == 0 {
		return "毎時"
	}
	var texts []string
	for _, s := range spans {
		switch s.step {
		case 0:
			texts = append(texts, fmt.Sprintf("%d時台", s.first))
		case 1:
			texts = append(texts, fmt.Sprintf("%d〜%d時台", s.first, s.last))
		default:
			texts = append(texts, fmt.Sprintf("%d〜%d時台（%d時間ごと）", s.first, s.last, s.step))
		}
	}
	return strings.Join(texts, "、") + "の"
}

// minutes says which minutes of an hour: "5分、7分と10〜20分の1分ごと".
func (j japanese) minutes(spans []span) string {
	var single, ranges []string
	for _, s := range spans {
		switch {
		case s.step == 0:
			single = append(single, fmt.Sprintf("%d分", s.first))
		case s.first == 0 && s.last+s.step == 60:
			ranges = append(ranges, j.interval(s.step))
		default:
			ranges = append(ranges, fmt.Sprintf("%d〜%d分の%s", s.first, s.last, j.interval(s.step)))
		}
	}
	text := strings.Join(single, "、")
	if len(single) > 0 && len(ranges) > 0 {
		text += "と"
	}
	return text + strings.Join(ranges, "、")
}
