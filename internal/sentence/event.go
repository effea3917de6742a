// Package sentence says in one sentence what an event does and when: the summary of a plan, and the
// cells of a review.
package sentence

import (
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Event is an event of a schedule. Events that differ have other sentences, and those that do the same
// at the same times have the same one.
type Event struct {
	// Calls are its steps; none where they cannot be read.
	Calls []*command.Call
	// Expression is its schedule expression; one that cannot be parsed is quoted as it stands.
	Expression string
	// Timezone is the name of its zone.
	Timezone string
	Enabled  bool
	// StartDate and EndDate bound it; zero where there is no bound.
	StartDate, EndDate time.Time
	// ExceptDates are its days off as ISO dates, in any order.
	ExceptDates []string
}

// In is the event's sentence: "stop Aurora cluster my-aurora every day at 21:00, Asia/Tokyo". An
// unknown language is English.
func (e Event) In(lang language.Tag) string {
	if lang == language.Japanese {
		return e.japanese()
	}
	return e.english()
}

// When says when an expression runs in a zone: "every day at 21:00, Asia/Tokyo".
func When(expression awscron.Schedule, timezone string, lang language.Tag) string {
	text := expression.Describe(lang)
	if lang == language.Japanese {
		return qualified(text, timezone)
	}
	return text + ", " + timezone
}

// when describes the expression.
func (e Event) when(lang language.Tag) string {
	if parsed, err := awscron.Parse(e.Expression); err == nil {
		return parsed.Describe(lang)
	}
	return e.Expression
}

// clock shows an instant as the zone's clock does, the day in this layout and the time as short as
// it can be said: nothing at midnight, unless always is set. Of two instants that a clock shows
// alike, one gets its offset.
func (e Event) clock(t time.Time, day string, always bool) string {
	loc, err := awscron.LoadLocation(e.Timezone)
	if err != nil {
		loc = t.Location()
	}
	t = t.In(loc)
	hour, minute, second := t.Clock()
	layout := day
	switch {
	case second != 0:
		layout += " 15:04:05"
	case always || hour+minute != 0:
		layout += " 15:04"
	}
	year, month, date := t.Date()
	if !time.Date(year, month, date, hour, minute, second, 0, loc).Equal(t) {
		layout += " -07:00"
	}
	return t.Format(layout)
}
