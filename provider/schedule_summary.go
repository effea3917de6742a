package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

// sentence is the event in words: "stop Aurora cluster my-aurora every day at 21:00, Asia/Tokyo".
// Every member must be known and valid; what cannot be read is named as it stands.
func (e eventModel) sentence(resourceZone types.String, lang language.Tag) string {
	dates, _ := e.exceptDates()
	return sentence.Event{
		Calls:       e.calls(),
		Expression:  e.CronExpr.ValueString(),
		Timezone:    e.zone(resourceZone).ValueString(),
		Enabled:     e.Enabled.ValueBool(),
		StartDate:   instant(e.StartDate),
		EndDate:     instant(e.EndDate),
		ExceptDates: dates,
	}.In(lang)
}

// hasSentence tells that the event's summary can stay: it is in this language and tells of no drift.
func (e eventModel) hasSentence(lang language.Tag) bool {
	text := e.Summary.ValueString()
	return text != "" && !sentence.HasDrift(text) && sentence.Language(text) == lang
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
