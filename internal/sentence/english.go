package sentence

import (
	"fmt"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

const englishDay = "2 Jan 2006"

// english puts the time last. Midnight is written out of an end, since "until" a day alone would include
// that day.
func (e Event) english() string {
	s := e.what() + " " + e.when(language.English) + ", " + e.Timezone
	if !e.StartDate.IsZero() {
		s += ", from " + e.clock(e.StartDate, englishDay, false)
	}
	if !e.EndDate.IsZero() {
		s += ", until " + e.clock(e.EndDate, englishDay, true)
	}
	switch dates := e.daysOff(); len(dates) {
	case 0:
	case 1:
		s += ", except on " + date(dates[0], englishDay)
	default:
		s += fmt.Sprintf(", except on %d dates (%s)", len(dates), englishDates(dates))
	}
	if !e.Enabled {
		s = "disabled: " + s
	}
	return s
}

// what says what the calls do. A comma keeps the time apart from several of them, and from the end of
// a wait: "stop Aurora cluster db, then ECS service web/api, every day at 21:00".
func (e Event) what() string {
	summary := command.Summary(language.English, e.Calls...)
	switch {
	case len(e.Calls) == 0:
		return "run unreadable args"
	case len(e.Calls) > 1 || e.Calls[0].Waits():
		return summary + ","
	}
	return summary
}
