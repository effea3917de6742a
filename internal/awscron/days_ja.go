package awscron

import (
	"fmt"
	"slices"
	"strings"
)

var japaneseWeekdays = []string{"日", "月", "火", "水", "木", "金", "土"}

// japaneseWorkday is a day from Monday to Friday. 平日 alone would leave out holidays, which cron()
// does not know.
const japaneseWorkday = "平日（月〜金）"

// days says on which days: "毎日", "毎週月〜金曜", "毎月1日と15日", "毎年6〜8月の毎日", "2027年の毎週月曜".
func (j japanese) days(o outline) string {
	months, years := j.months(o.months), j.years(o.years)
	var days []string
	switch {
	case o.days.everyDay():
		days = []string{"毎日"}
	case o.days.weekly():
		days = []string{"毎週" + j.weekdays(o.days.weekdays)}
	}
	if o.days.monthly() {
		each := "毎月"
		if months != "" {
			each = ""
		}
		days = append(days, each+j.list(j.monthDays(o.days)))
	}
	text := strings.Join(days, "と")
	switch {
	case months == "" && years == "":
		return text
	case months == "":
		return years + "の" + text
	case years == "":
		years = "毎年"
	case len(o.years) > 1 || o.years[0].step > 0:
		years += "の"
	}
	if o.isYearly() {
		return years + months + text
	}
	return years + months + "の" + text
}

// weekdays names days of the week from Monday on: "月〜金曜", "土・日曜".
func (japanese) weekdays(days []int) string {
	var names []string
	for _, run := range weekRuns(days) {
		name := japaneseWeekdays[run.first]
		if run.step == 1 {
			name += "〜" + japaneseWeekdays[run.last]
		}
		names = append(names, name)
	}
	return strings.Join(names, "・") + "曜"
}

// monthDays names days that are counted in a month: "1日", "第2火曜日", "最終金曜日". What ends on a day
// of the month comes first, since 1日、15日に最も近い平日 could mean either.
func (j japanese) monthDays(d dayPart) []string {
	var texts []string
	for _, day := range d.nearest {
		texts = append(texts, fmt.Sprintf("%d日に最も近い%s", day, japaneseWorkday))
	}
	for _, n := range d.lastNearest {
		if n == 0 {
			texts = append(texts, "最終"+japaneseWorkday)
		} else {
			texts = append(texts, j.fromLast(n)+"に最も近い"+japaneseWorkday)
		}
	}
	for _, s := range d.monthDays {
		switch n := (s.last-s.first)/max(s.step, 1) + 1; {
		case s.step == 1:
			texts = append(texts, fmt.Sprintf("%d〜%d日", s.first, s.last))
		case n <= maxNamedDays:
			for day := s.first; day <= s.last; day += max(s.step, 1) {
				texts = append(texts, fmt.Sprintf("%d日", day))
			}
		default:
			texts = append(texts, fmt.Sprintf("%d〜%d日の%d日ごと", s.first, s.last, s.step))
		}
	}
	for _, n := range slices.Backward(d.last) {
		texts = append(texts, j.fromLast(n))
	}
	for k, days := range d.nthWeekdays {
		for _, day := range days {
			texts = append(texts, fmt.Sprintf("第%d%s曜日", k+1, japaneseWeekdays[day]))
		}
	}
	for _, day := range d.lastWeekdays {
		texts = append(texts, "最終"+japaneseWeekdays[day]+"曜日")
	}
	return texts
}

// fromLast names the day that is n days before the last.
func (japanese) fromLast(n int) string {
	switch n {
	case 0:
		return "末日"
	case 1:
		return "末日の前日"
	default:
		return fmt.Sprintf("末日の%d日前", n)
	}
}

// list joins two by と, more by commas: "1日と15日", "1日、10日、20日".
func (japanese) list(texts []string) string {
	if len(texts) == 2 {
		return texts[0] + "と" + texts[1]
	}
	return strings.Join(texts, "、")
}

// months names months, "" for all: "1月、4月", "6〜8月".
func (japanese) months(months []span) string {
	var texts []string
	for _, s := range months {
		if s.step == 1 {
			texts = append(texts, fmt.Sprintf("%d〜%d月", s.first, s.last))
			continue
		}
		for m := s.first; m <= s.last; m += max(s.step, 1) {
			texts = append(texts, fmt.Sprintf("%d月", m))
		}
	}
	return strings.Join(texts, "、")
}

// years names years, "" for all: "2026年、2028〜2030年", "2026年以降", "2026年から2年ごと".
func (japanese) years(years []span) string {
	var texts []string
	for _, s := range years {
		switch {
		case s.step == 0:
			texts = append(texts, fmt.Sprintf("%d年", s.first))
		case len(years) > 1 || s.step == 1 && s.last < lastYear:
			texts = append(texts, fmt.Sprintf("%d〜%d年", s.first, s.last))
		case s.step == 1:
			texts = append(texts, fmt.Sprintf("%d年以降", s.first))
		case s.last+s.step > lastYear:
			texts = append(texts, fmt.Sprintf("%d年から%d年ごと", s.first, s.step))
		default:
			texts = append(texts, fmt.Sprintf("%d〜%d年の%d年ごと", s.first, s.last, s.step))
		}
	}
	return strings.Join(texts, "、")
}
