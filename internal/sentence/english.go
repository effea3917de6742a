package sentence

import (
	"fmt"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

func (e Event) english() string {
	s := e.what() + " " + e.when(language.English) + ", " + e.Timezone
	if !e.StartDate.IsZero() {
		s += ", from " + e.instant(e.StartDate)
	}
	if !e.EndDate.IsZero() {
		s += ", until " + e.instant(e.EndDate)
	}
	switch len(e.ExceptDates) {
	case 0:
	case 1:
		s += ", except on " + englishDate(e.ExceptDates[0])
	default:
		s += fmt.Sprintf(", except on %d dates", len(e.ExceptDates))
	}
	if !e.Enabled {
		s = "disabled: " + s
	}
	return s
}

// what says what the calls do. After several a comma tells that the time is that of them all:
// "start Aurora cluster db, waiting until available, then start ECS service web/api, every day at 08:00".
func (e Event) what() string {
	summary := command.Summary(language.English, e.Calls...)
	switch len(e.Calls) {
	case 0:
		return "run unreadable args"
	case 1:
		return summary
	}
	return summary + ","
}

func englishDate(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return day.Format("2 Jan 2006")
}

// instant is t as the zone's clock shows it, as short as it can be said.
func (e Event) instant(t time.Time) string {
	if loc, err := awscron.LoadLocation(e.Timezone); err == nil {
		t = t.In(loc)
	}
	switch {
	case t.Second() != 0:
		return t.Format("2 Jan 2006 15:04:05")
	case t.Hour() != 0 || t.Minute() != 0:
		return t.Format("2 Jan 2006 15:04")
	}
	return t.Format("2 Jan 2006")
}
