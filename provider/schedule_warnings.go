package provider

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// warnings are few and almost surely mistakes. They belong to ModifyPlan, which a plan runs once,
// and each summary is unique, since Terraform folds equal ones into a count.
func (r *scheduleResource) warnings(m scheduleModel) diag.Diagnostics {
	w := warner{name: m.Name.ValueString(), now: r.now()}
	var enabled []timeline.Event
	scope, _ := scopeOf(m.FunctionARN)
	events := m.events()
	for _, key := range sortedKeys(events) {
		e := events[key]
		if !e.Enabled.ValueBool() || e.CronExpr.IsUnknown() {
			continue
		}
		schedule, err := awscron.Parse(e.CronExpr.ValueString())
		if err != nil {
			continue // reported by ValidateConfig
		}
		w.expression(key, e, schedule)
		t, ok := e.timeline(key, schedule, m.Timezone)
		// A day that does not exist is told as a doubt already.
		over := ok && schedule.Doubts() == nil && t.NeverAgain(w.now)
		_, isRate := schedule.(*awscron.Rate)
		switch {
		case over:
			w.neverAgain(key, e, t)
		case isRate && e.StartDate.IsNull():
			w.runsAtOnce(key, e)
		}
		if ok {
			w.exceptDates(key, t)
			enabled = append(enabled, timeline.ByTarget(t, e.calls(), scope.Region)...)
		}
	}
	for _, c := range timeline.Conflicts(slices.DeleteFunc(slices.Clone(enabled), timeline.Event.Unanchored), w.now) {
		w.conflict(c, events[c.Stop].zone(m.Timezone).ValueString())
	}
	for _, restart := range timeline.Restarts(enabled, w.now) {
		w.restart(restart, events[restart.Stop].zone(m.Timezone).ValueString())
	}
	w.rest()
	warnOfRegion(&w.diags, w.name, "dead_letter_arn", m.DeadLetterARN, scope.Region)
	w.permissions(m)
	w.unlimited(m.PolicyJSON.ValueString())
	return w.diags
}

// timeline is when the event runs, as package timeline takes it; ok is false while something in it
// is unknown or wrong.
func (e eventModel) timeline(key string, s awscron.Schedule, resourceZone types.String) (timeline.Event, bool) {
	zone := e.zone(resourceZone)
	dates, known := e.exceptDates()
	if !known || e.calls() == nil || zone.IsUnknown() || e.StartDate.IsUnknown() || e.EndDate.IsUnknown() {
		return timeline.Event{}, false
	}
	loc, err := awscron.LoadLocation(zone.ValueString())
	if err != nil {
		return timeline.Event{}, false
	}
	if rate, isRate := s.(*awscron.Rate); isRate && !e.StartDate.IsNull() {
		s = rate.From(instant(e.StartDate))
	}
	return timeline.Event{
		Key: key, Schedule: s, Location: loc,
		From: instant(e.StartDate), Until: instant(e.EndDate), Except: dates,
	}, true
}

// maxWarnings is how many warnings a plan shows one by one. Nobody reads more, and OpenTofu looks each
// one up in the source: a thousand take longer than the rest of the plan.
const maxWarnings = 50

type warner struct {
	name  string
	now   time.Time
	diags diag.Diagnostics
	// more are those over maxWarnings, in short.
	more []string
}

func (w *warner) warn(key, what, detail string) {
	if len(w.diags) == maxWarnings {
		w.more = append(w.more, key+" "+what)
		return
	}
	w.diags.AddAttributeWarning(path.Root("events").AtMapKey(key),
		fmt.Sprintf("%s: %s %s", w.name, key, what), detail)
}

// rest tells of the warnings that are not shown one by one.
func (w *warner) rest() {
	const named = 20
	if len(w.more) == 0 {
		return
	}
	detail := strings.Join(w.more[:min(named, len(w.more))], "\n")
	if n := len(w.more) - named; n > 0 {
		detail += fmt.Sprintf("\nand %d others, which savings review names", n)
	}
	w.diags.AddAttributeWarning(path.Root("events"),
		fmt.Sprintf("%s: %d warnings beside the first %d", w.name, len(w.more), maxWarnings), detail+".")
}

func (w *warner) expression(key string, e eventModel, s awscron.Schedule) {
	if doubts := s.Doubts(); len(doubts) > 0 {
		var words []string
		for _, d := range doubts {
			words = append(words, d.Message)
		}
		w.warn(key, "has a form that AWS does not document",
			fmt.Sprintf("cron_expr %s: %s.", e.CronExpr.ValueString(), strings.Join(words, "; ")))
	}
	if cron, ok := s.(*awscron.Cron); ok && cron.CountsFromSunday() {
		w.warn(key, "counts days from Sunday", fmt.Sprintf("cron_expr %s: 1 is Sunday in AWS, so %s is Sunday to "+
			"Thursday. Write MON-FRI, or SUN-THU if that is what you mean.", e.CronExpr.ValueString(), awscron.UnixWorkingDays))
	}
}

func (w *warner) runsAtOnce(key string, e eventModel) {
	w.warn(key, "runs right after apply",
		fmt.Sprintf("cron_expr %s has no start_date, so its first run comes as soon as the schedule exists. "+
			"Write start_date = \"2027-01-31T21:00:00+09:00\" for a first run of your choice, or use cron().",
			e.CronExpr.ValueString()))
}

// exceptDates warns where no day off is left, so that the list has become dead text.
func (w *warner) exceptDates(key string, t timeline.Event) {
	if len(t.Except) == 0 {
		return
	}
	last := slices.Max(t.Except)
	if last < w.now.In(t.Location).Format(time.DateOnly) {
		w.warn(key, "has except_dates that are all past", fmt.Sprintf("The last of except_dates is %s. "+
			"Add those to come, or remove except_dates.", last))
	}
}

func (w *warner) neverAgain(key string, e eventModel, t timeline.Event) {
	detail := fmt.Sprintf("cron_expr %s in %s has no run after now", e.CronExpr.ValueString(), t.Location)
	if !t.Until.IsZero() {
		detail += fmt.Sprintf(" and up to end_date %s", e.EndDate.ValueString())
	}
	if len(t.Except) > 0 {
		detail += " that is not on one of except_dates"
	}
	w.warn(key, "never fires again", detail+". Remove the event, or change when it runs.")
}

func (w *warner) conflict(c timeline.Conflict, zone string) {
	w.warn(c.Stop, fmt.Sprintf("and %s contradict each other on %s", c.Start, c.Target),
		fmt.Sprintf("At %s events %q and %q stop and start %s in the same minute, and AWS may run them in either "+
			"order. Move one of them by some minutes.", clock(c.At, zone), c.Stop, c.Start, c.Target))
}

func (w *warner) restart(r timeline.Restart, zone string) {
	w.warn(r.Stop, "is undone by AWS after seven days: "+r.Target,
		fmt.Sprintf("AWS starts %s again seven days after a stop, about %s, and no event stops it within the next "+
			"24 hours, so it would run on. Stop it daily (a second stop does no harm), or start it before.",
			r.Target, clock(r.At, zone)))
}

func clock(t time.Time, zone string) string {
	if loc, err := awscron.LoadLocation(zone); err == nil {
		t = t.In(loc)
	}
	return t.Format("Mon 2 Jan 2006 15:04") + " " + zone
}

// permissions warns where nobody says who grants the runner its rights.
func (w *warner) permissions(m scheduleModel) {
	granted := !m.RunnerRoleName.IsNull() || m.Permissions.IsUnknown() ||
		m.Permissions.ValueString() == permissionsExternal
	if granted || m.PolicyJSON.IsNull() {
		return
	}
	what := strings.Join(m.actions(), ", ")
	if what == "" {
		what = "what policy_json will say"
	}
	w.diags.AddWarning(w.name+": nobody grants the runner its rights",
		fmt.Sprintf("The events need %s. Set runner_role_name = savings_runner.….execution_role_name, and this "+
			"resource grants exactly that; or grant it yourself (policy_json is the document) and set "+
			"permissions = %q.", what, permissionsExternal))
}

// actions are the IAM actions that the known events need, sorted.
func (m scheduleModel) actions() []string {
	var calls []*command.Call
	for _, e := range m.events() {
		calls = append(calls, e.calls()...)
	}
	group := ""
	if m.GroupName.IsNull() {
		group = "the resource's own, whatever its name"
	}
	return eventpolicy.Actions(calls, group)
}

// unlimited warns of rights to change everything, which AWS bounds neither by resources nor by
// conditions.
func (w *warner) unlimited(document string) {
	actions := eventpolicy.Unlimited(document)
	if len(actions) == 0 {
		return
	}
	w.diags.AddWarning(w.name+": rights on everything", fmt.Sprintf("The events need %s, which AWS lets nobody limit to "+
		"single resources or by tags: the runner may do this to everything in the account. Give these events a "+
		"savings_runner of their own, so that no other events have the right.", strings.Join(actions, ", ")))
}
