package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

// maxNameLength is AWS's bound for names of schedules and groups (Scheduler API, CreateSchedule).
const maxNameLength = 64

// maxDescriptionLength is AWS's bound for a schedule's description.
const maxDescriptionLength = 512

var namePattern = regexp.MustCompile(`^[0-9a-zA-Z\-_.]+$`)

const nameLetters = "A-Z, a-z, digits, hyphens, underscores and dots"

// ValidateConfig checks the whole resource in one pass: validators that match paths inside events
// are quadratic in the framework. Unknown values wait.
func (r *scheduleResource) ValidateConfig(
	ctx context.Context,
	req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse,
) {
	var m scheduleModel
	resp.Diagnostics.Append(readModel(ctx, req.Config, &m, (*aside).configEvents)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(m.validate()...)
}

func (m scheduleModel) validate() diag.Diagnostics {
	v := &scheduleValidator{model: m}
	v.name("name", m.Name)
	v.name("group_name", m.GroupName)
	v.zone()
	v.arns()
	v.retry()
	v.tags()
	v.events()
	if !v.diags.HasError() {
		m.checkScope(&v.diags)
	}
	return v.diags
}

// maxEventErrors is how many errors are shown of events: a loop that is wrong is wrong in every one.
const maxEventErrors = 20

func (v *scheduleValidator) events() {
	elements := v.model.Events.Elements()
	keys := sortedKeys(elements)
	before := v.diags.ErrorsCount()
	for i, key := range keys {
		if shown := v.diags.ErrorsCount() - before; shown >= maxEventErrors {
			v.attributeError("events", "More events to check", fmt.Sprintf("events has %d errors above, and %d more events "+
				"were not checked. Correct these first; a loop that makes events makes one error in each.", shown, len(keys)-i))
			return
		}
		v.key(key)
		e, known := eventOf(elements[key])
		if known {
			v.event(key, e)
		} else if elements[key].IsNull() {
			v.eventError(key, "Missing event", "is null. Leave the key out, or give it args and cron_expr")
		}
	}
}

type scheduleValidator struct {
	model scheduleModel
	diags diag.Diagnostics
}

func (v *scheduleValidator) attributeError(name, summary, detail string) {
	v.diags.AddAttributeError(path.Root(name), summary, detail)
}

// eventError reports at the event: a diagnostic deeper inside a map falls back to the resource's
// first line.
func (v *scheduleValidator) eventError(key, summary, detail string) {
	v.diags.AddAttributeError(path.Root("events").AtMapKey(key), summary,
		fmt.Sprintf("Event %s %s", quote(key), fullStop(detail)))
}

func isKnown(s types.String) bool { return !s.IsNull() && !s.IsUnknown() }

func (v *scheduleValidator) name(attribute string, s types.String) {
	if !isKnown(s) {
		return
	}
	name := s.ValueString()
	switch n := utf8.RuneCountInString(name); {
	case n == 0 || n > maxNameLength:
		v.attributeError(attribute, "Invalid "+attribute, fmt.Sprintf(
			"%s %s has %d characters; AWS allows 1 to %d.", attribute, quoted(s), n, maxNameLength))
	case !namePattern.MatchString(name):
		v.attributeError(attribute, "Invalid "+attribute, fmt.Sprintf(
			"%s %s has %s in it; AWS allows %s.", attribute, quoted(s), firstOther(name, namePattern), nameLetters))
	case attribute == "name" && v.model.GroupName.IsNull() && name == "default":
		v.attributeError(attribute, "Invalid name", "name \"default\" would make the group \"default\" this resource's "+
			"own, and everything in it. Write group_name = \"default\" and another name to put schedules into it.")
	}
}

// firstOther names the first character that the pattern refuses, by its code point too where it may
// look like one of ASCII.
func firstOther(s string, allowed *regexp.Regexp) string {
	for _, r := range s {
		switch {
		case allowed.MatchString(string(r)):
			continue
		case r == ' ':
			return "a blank"
		case r >= utf8.RuneSelf:
			return fmt.Sprintf("the character %q (%U)", r, r)
		}
		return fmt.Sprintf("%q", r)
	}
	return "nothing wrong"
}

func (v *scheduleValidator) zone() {
	if z := v.model.Timezone; isKnown(z) {
		if _, err := awscron.LoadLocation(z.ValueString()); err != nil {
			v.attributeError("timezone", "Invalid timezone", sentenceOf("timezone: ", err))
		}
	}
}

// key checks an event's key, which is the schedule's name or its end.
func (v *scheduleValidator) key(key string) {
	shared := !v.model.GroupName.IsNull()
	switch {
	case key == "":
		v.eventError(key, "Invalid event key", "has an empty key. The key is the schedule's name: write one such as rds_stop")
		return
	case !namePattern.MatchString(key):
		v.eventError(key, "Invalid event key", fmt.Sprintf("has %s in its key, which is the schedule's name; AWS allows %s",
			firstOther(key, namePattern), nameLetters))
		return
	}
	name := key
	if shared {
		if v.model.Name.IsUnknown() {
			return
		}
		name = v.model.Name.ValueString() + "-" + key
	}
	if n := len(name); n > maxNameLength {
		v.eventError(key, "Schedule name too long", fmt.Sprintf("would be schedule %s of %d characters; AWS allows %d. "+
			"Shorten the key%s", quote(name), n, maxNameLength, map[bool]string{true: " or name", false: ""}[shared]))
	}
}

func (v *scheduleValidator) event(key string, e eventModel) {
	before := v.diags.ErrorsCount()
	v.commands(key, e)
	v.exceptDates(key, e)
	if v.diags.ErrorsCount() == before {
		v.inputLength(key, e)
	}
	schedule := v.expression(key, e)
	if z := e.Timezone; isKnown(z) {
		if _, err := awscron.LoadLocation(z.ValueString()); err != nil {
			v.eventError(key, "Invalid timezone", sentenceOf("has a wrong timezone: ", err))
		}
	}
	if d := e.Description; isKnown(d) {
		switch n := utf8.RuneCountInString(d.ValueString()); {
		case n == 0:
			v.eventError(key, "Empty description", "has description = \"\", which AWS does not keep apart from none. "+
				"Remove it or write null")
		case n > maxDescriptionLength:
			v.eventError(key, "Description too long", fmt.Sprintf(
				"has a description of %d characters; AWS allows %d", n, maxDescriptionLength))
		}
	}
	v.dates(key, e, schedule)
}

func (v *scheduleValidator) expression(key string, e eventModel) awscron.Schedule {
	switch {
	case e.CronExpr.IsUnknown():
		return nil
	case e.CronExpr.IsNull():
		v.eventError(
			key,
			"Missing cron_expr",
			`has no cron_expr. Write when it runs, such as cron_expr = "cron(0 21 ? * MON-FRI *)"`,
		)
		return nil
	}
	schedule, err := awscron.Parse(e.CronExpr.ValueString())
	if err != nil {
		v.eventError(key, "Invalid cron_expr", sentenceOf("has cron_expr "+quoted(e.CronExpr)+": ", err))
		return nil
	}
	return schedule
}

func (v *scheduleValidator) dates(key string, e eventModel, schedule awscron.Schedule) {
	start, okStart := v.date(key, "start_date", e.StartDate)
	end, okEnd := v.date(key, "end_date", e.EndDate)
	if okStart && okEnd && !end.After(start) {
		v.eventError(key, "Invalid end_date", fmt.Sprintf("ends (end_date %s) before it starts (start_date %s). "+
			"Write an end_date after its start_date",
			e.EndDate.ValueString(), e.StartDate.ValueString()))
	}
	if _, once := schedule.(*awscron.At); once && (isKnown(e.StartDate) || isKnown(e.EndDate)) {
		v.eventError(key, "Date without effect", fmt.Sprintf("runs once, %s, where AWS ignores start_date and end_date. "+
			"Remove them", e.CronExpr.ValueString()))
	}
}

func (v *scheduleValidator) date(key, name string, s types.String) (time.Time, bool) {
	if !isKnown(s) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s.ValueString())
	if err != nil {
		v.eventError(key, "Invalid "+name, fmt.Sprintf(
			"has %s %s, which is no RFC 3339 instant with its offset, such as \"2027-03-31T21:00:00+09:00\"", name, quoted(s)))
		return time.Time{}, false
	}
	if t.Nanosecond() != 0 {
		v.eventError(key, "Invalid "+name, fmt.Sprintf("has %s %s with a fraction of a second, which AWS does not keep. "+
			"Write whole seconds", name, quoted(s)))
		return time.Time{}, false
	}
	return t, true
}

func quoted(s types.String) string { return quote(s.ValueString()) }

// maxQuoted is how much of a text a message repeats, in characters.
const maxQuoted = 200

// quote is a text in quotes, cut where it is long.
func quote(s string) string {
	if n := utf8.RuneCountInString(s); n > maxQuoted {
		return fmt.Sprintf("%q… (%d characters)", string([]rune(s)[:maxQuoted]), n)
	}
	return fmt.Sprintf("%q", s)
}

// sentenceOf is an error as a sentence of a diagnostic.
func sentenceOf(before string, err error) string { return fullStop(before + err.Error()) }

// fullStop ends a sentence that has no end yet.
func fullStop(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
