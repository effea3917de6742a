package provider

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// sentence is the event in words: "stop Aurora cluster my-aurora every day at 21:00, Asia/Tokyo".
// Every member must be known and valid; what cannot be read is named as it stands.
func (e eventModel) sentence(resourceZone types.String) string {
	zone := e.zone(resourceZone).ValueString()
	what := what(e.calls())
	when := e.CronExpr.ValueString()
	if parsed, err := awscron.Parse(when); err == nil {
		when = parsed.Describe(awscron.English)
	}
	s := what + " " + when + ", " + zone
	if from := instant(e.StartDate); !from.IsZero() {
		s += ", from " + dateWords(from, zone)
	}
	if until := instant(e.EndDate); !until.IsZero() {
		s += ", until " + dateWords(until, zone)
	}
	switch dates, _ := e.exceptDates(); len(dates) {
	case 0:
	case 1:
		s += ", except on " + dayWords(dates[0])
	default:
		s += fmt.Sprintf(", except on %d dates", len(dates))
	}
	if !e.Enabled.ValueBool() {
		s = "disabled: " + s
	}
	return s
}

// what says what the calls do. After several a comma tells that the time is that of them all:
// "start Aurora cluster db, waiting until available, then start ECS service web/api, every day at 08:00".
func what(calls []*command.Call) string {
	var summaries []string
	for _, call := range calls {
		summaries = append(summaries, call.Summary())
	}
	switch len(summaries) {
	case 0:
		return "run unreadable args"
	case 1:
		return summaries[0]
	}
	return strings.Join(summaries, ", then ") + ","
}

// dayWords is an ISO date as the summary writes dates.
func dayWords(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return day.Format("2 Jan 2006")
}

// dateWords is an instant as the zone's clock shows it, as short as it can be said.
func dateWords(t time.Time, zone string) string {
	if loc, err := awscron.LoadLocation(zone); err == nil {
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

// sameInputs tells that two events have the same sentence, whatever its wording in this release.
func (e eventModel) sameInputs(other eventModel, resourceZone types.String) bool {
	return e.sameInputsIn(other, resourceZone, resourceZone)
}

func (e eventModel) sameInputsIn(other eventModel, zone, otherZone types.String) bool {
	return e.Args.Equal(other.Args) && e.Steps.Equal(other.Steps) &&
		e.ExceptDates.Equal(other.ExceptDates) &&
		sameExpression(e.CronExpr, other.CronExpr) &&
		e.zone(zone).Equal(other.zone(otherZone)) &&
		e.Enabled.Equal(other.Enabled) &&
		instant(e.StartDate).Equal(instant(other.StartDate)) &&
		instant(e.EndDate).Equal(instant(other.EndDate))
}
