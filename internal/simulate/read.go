// Package simulate walks the days of a plan's schedules on paper, and prints them as a calendar. It
// makes no AWS call.
package simulate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Input is a set of events, as a plan leaves them.
type Input struct {
	// Events are the enabled ones, by the account and region of the function that runs them, since
	// the same name is another target in another place.
	Events map[string][]timeline.Event
	// Names are the events' names, each once, with the zones that they run in.
	Names []Name
	// Zone is that of the first schedule.
	Zone *time.Location
	// Left are the events that cannot be walked.
	Left []Left
}

// Name is what an event is called: its key, and NAME/KEY where several schedules have that key.
type Name struct{ Event, Timezone string }

// Left is an event that is left out, and why.
type Left struct {
	Event string
	Why   Why
}

// Read takes a plan's schedules as they are after it. Its error says what is wrong with one.
func Read(plan *planjson.Plan) (Input, error) {
	in := Input{Events: map[string][]timeline.Event{}}
	var all []planjson.Resource
	uses := map[string]int{}
	for _, r := range planjson.ReadSchedules(plan) {
		if r.AfterSchedule == nil {
			continue
		}
		all = append(all, r)
		for _, e := range r.AfterSchedule.Events {
			uses[e.Key]++
		}
	}
	if len(all) == 0 {
		return in, errors.New("there is no schedule after this plan")
	}
	for _, r := range all {
		if r.AfterSchedule.EventsUnknown {
			in.Left = append(in.Left, Left{r.Address, EventsUnknown})
		}
		for _, e := range r.AfterSchedule.Events {
			name := e.Key
			if uses[e.Key] > 1 {
				name = nameOf(r) + "/" + e.Key
			}
			if err := in.add(name, scopeOf(r.AfterSchedule.FunctionARN.Value), e); err != nil {
				return in, err
			}
		}
	}
	return in, in.chooseZone(all)
}

// nameOf is the name that a schedule's users know; its address where that is not known yet.
func nameOf(r planjson.Resource) string {
	if name := r.AfterSchedule.Name; name.State == planjson.IsKnown && r.Type == planjson.TypeSchedule {
		return name.Value
	}
	return r.Address
}

// scopeOf is the account and region of an ARN; "" where it has none.
func scopeOf(arn string) string {
	const partition, region, account, parts = 1, 3, 4, 6
	fields := strings.SplitN(arn, ":", parts)
	if len(fields) < parts {
		return ""
	}
	return strings.Join([]string{fields[partition], fields[region], fields[account]}, ":")
}

// regionOf is the region of a scope, or "".
func regionOf(scope string) string {
	_, rest, _ := strings.Cut(scope, ":")
	region, _, _ := strings.Cut(rest, ":")
	return region
}

// chooseZone takes the zone of the first schedule that has a known one; UTC where none has.
func (in *Input) chooseZone(all []planjson.Resource) error {
	in.Zone = time.UTC
	for _, r := range all {
		zone := r.AfterSchedule.Timezone
		if zone.State != planjson.IsKnown {
			continue
		}
		loc, err := awscron.LoadLocation(zone.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", planjson.Visible(r.Address), err)
		}
		in.Zone = loc
		return nil
	}
	return nil
}

func (in *Input) add(name, scope string, e planjson.Event) error {
	if e.Enabled.Value == "false" {
		return nil
	}
	if why := unknown(e); why != "" {
		in.Left = append(in.Left, Left{name, why})
		return nil
	}
	c := timeline.Config{
		Key: name, CronExpr: e.Expression.Value, Timezone: e.Timezone.Value, Region: regionOf(scope),
	}
	for _, args := range e.Commands {
		words, _ := planjson.Words(args)
		c.Commands = append(c.Commands, words)
	}
	for _, date := range e.ExceptDates {
		if _, err := time.Parse(time.DateOnly, date.Value); err != nil {
			return fmt.Errorf("event %q has the except_dates %q, which is no date; write one like 2026-12-29",
				name, date.Value)
		}
		c.ExceptDates = append(c.ExceptDates, date.Value)
	}
	for _, bound := range []struct {
		name string
		text planjson.Text
		into *time.Time
	}{{"start_date", e.StartDate, &c.StartDate}, {"end_date", e.EndDate, &c.EndDate}} {
		if bound.text.State == planjson.Null {
			continue
		}
		t, err := time.Parse(time.RFC3339, bound.text.Value)
		if err != nil {
			return fmt.Errorf("event %q has %s %q, which is no RFC 3339 instant; write one like "+
				"2027-03-31T21:00:00+09:00", name, bound.name, bound.text.Value)
		}
		*bound.into = t
	}
	events, err := c.Events()
	if err != nil {
		return err
	}
	if len(events) == 0 {
		in.Left = append(in.Left, Left{name, WithoutEffect})
		return nil
	}
	in.Names = append(in.Names, Name{name, c.Timezone})
	in.Events[scope] = append(in.Events[scope], events...)
	return nil
}

// unknown says why an event cannot be walked; "" where it can.
func unknown(e planjson.Event) Why {
	texts := []planjson.Text{e.Expression, e.Timezone, e.Enabled, e.StartDate, e.EndDate}
	texts = slices.Concat(texts, slices.Concat(e.Commands...), e.ExceptDates)
	has := func(s planjson.State) bool {
		return slices.ContainsFunc(texts, func(t planjson.Text) bool { return t.State == s })
	}
	switch {
	case has(planjson.Sensitive):
		return IsSensitive
	case has(planjson.Unknown), !e.CommandsKnown, !e.ExceptDatesKnown:
		return IsUnknown
	}
	return ""
}
