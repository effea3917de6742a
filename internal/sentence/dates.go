package sentence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// date writes an ISO date in this layout.
func date(iso, layout string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return day.Format(layout)
}

// daysOff are the event's days off, each once and in their order.
func (e Event) daysOff() []string {
	return slices.Compact(slices.Sorted(slices.Values(e.ExceptDates)))
}

// month is a month's days, and what is no date, which stands alone.
type month struct {
	first time.Time
	days  []run
	raw   string
}

// run is days of a month that follow each other.
type run struct{ first, last int }

// monthsOf puts sorted ISO dates together month by month.
func monthsOf(dates []string) []month {
	var months []month
	for _, iso := range dates {
		t, err := time.Parse(time.DateOnly, iso)
		if err != nil {
			months = append(months, month{raw: iso})
			continue
		}
		day, first := t.Day(), t.AddDate(0, 0, 1-t.Day())
		if n := len(months); n == 0 || !months[n-1].first.Equal(first) || months[n-1].raw != "" {
			months = append(months, month{first: first})
		}
		m := &months[len(months)-1]
		if n := len(m.days); n > 0 && m.days[n-1].last == day-1 {
			m.days[n-1].last = day
			continue
		}
		m.days = append(m.days, run{day, day})
	}
	return months
}

// texts writes runs of three days and more with this mark between first and last, other days one by
// one: "29-31", "4", "11".
func (m month) texts(mark string) []string {
	var out []string
	for _, r := range m.days {
		if r.last-r.first > 1 {
			out = append(out, fmt.Sprintf("%d%s%d", r.first, mark, r.last))
			continue
		}
		for day := r.first; day <= r.last; day++ {
			out = append(out, fmt.Sprint(day))
		}
	}
	return out
}

// englishDates is "29-31 Dec 2026, 4 and 11 Jan, 3 May 2027": a year stands behind its last month.
func englishDates(dates []string) string {
	months := monthsOf(dates)
	var out []string
	for i, m := range months {
		if m.raw != "" {
			out = append(out, m.raw)
			continue
		}
		layout := "Jan 2006"
		if i+1 < len(months) && months[i+1].first.Year() == m.first.Year() {
			layout = "Jan"
		}
		out = append(out, language.English.List(m.texts("-"))+" "+m.first.Format(layout))
	}
	return strings.Join(out, ", ")
}

// japaneseDates is "2026年12月29〜31日、2027年1月4日、11日、5月3日": a year stands before its first month.
func japaneseDates(dates []string) string {
	var out []string
	year := 0
	for _, m := range monthsOf(dates) {
		if m.raw != "" {
			out = append(out, m.raw)
			continue
		}
		layout := "2006年1月"
		if m.first.Year() == year {
			layout = "1月"
		}
		year = m.first.Year()
		days := m.texts("〜")
		out = append(out, m.first.Format(layout)+strings.Join(days, "日、")+"日")
	}
	return strings.Join(out, "、")
}
