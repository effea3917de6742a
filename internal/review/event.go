package review

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Event is one side of an event, with what could be read of it.
type Event struct {
	planjson.Event
	// address is the resource that holds it.
	address string
	// calls are nil where a word is not known, or wrong.
	calls []*command.Call
	// schedule and zone are nil where they are not known, or wrong.
	schedule awscron.Schedule
	zone     *time.Location
	// from, until and except are empty where there is none.
	from, until time.Time
	except      []string
	// doing is what the event does and when, in one form for all spellings; "" where that is not known.
	doing string
	// scope is the account and region that its function is in, or "".
	scope string
	// region is that of its function, or "".
	region string
}

// known tells whether nothing about the event is left to the apply, or hidden.
func (e *Event) known() bool {
	for _, t := range e.texts() {
		if t.State == planjson.Unknown || t.State == planjson.Sensitive {
			return false
		}
	}
	return e.CommandsKnown && e.ExceptDatesKnown
}

// texts are all that the event is made of, but its own sentence.
func (e *Event) texts() []planjson.Text {
	all := []planjson.Text{e.Expression, e.Timezone, e.Enabled, e.StartDate, e.EndDate, e.Description}
	return slices.Concat(all, slices.Concat(e.Commands...), e.ExceptDates)
}

// enabled tells whether the event runs; true while that is not known.
func (e *Event) enabled() bool { return e.Enabled.Value != "false" }

// newEvent reads what can be read.
func newEvent(e planjson.Event, address string, function planjson.Text) *Event {
	out := &Event{Event: e, address: address, scope: scopeOf(function.Value)}
	_, out.region, _ = strings.Cut(out.scope, "/")
	if schedule, err := awscron.Parse(e.Expression.Value); err == nil {
		out.schedule = schedule
	}
	if zone, err := awscron.LoadLocation(e.Timezone.Value); err == nil {
		out.zone = zone
	}
	out.from, out.until = instant(e.StartDate), instant(e.EndDate)
	for _, date := range e.ExceptDates {
		out.except = append(out.except, date.Value)
	}
	for _, args := range e.Commands {
		words, known := planjson.Words(args)
		call, err := command.Parse(words)
		if !known || err != nil {
			out.calls = nil
			break
		}
		out.calls = append(out.calls, call)
	}
	if rate, isRate := out.schedule.(*awscron.Rate); isRate && !out.from.IsZero() {
		out.schedule = rate.From(out.from)
	}
	out.doing = out.does()
	return out
}

func instant(t planjson.Text) time.Time {
	at, err := time.Parse(time.RFC3339, t.Value)
	if err != nil {
		return time.Time{}
	}
	return at
}

// scopeOf is the account and region of an ARN, or "".
func scopeOf(arn string) string {
	const region, account, parts = 3, 4, 6
	fields := strings.SplitN(arn, ":", parts)
	if len(fields) < parts {
		return ""
	}
	return fields[account] + "/" + fields[region]
}

// readable tells whether calls, schedule and zone are all there.
func (e *Event) readable() bool { return e.calls != nil && e.schedule != nil && e.zone != nil }

// timeline is the event as package timeline takes it, once for each target; none where it is
// disabled or cannot be read.
func (e *Event) timeline() []timeline.Event {
	if !e.readable() || !e.enabled() {
		return nil
	}
	return timeline.ByTarget(timeline.Event{
		Key: e.id(), Schedule: e.schedule, Location: e.zone, From: e.from, Until: e.until, Except: e.except,
		LateAfter: e.LateAfter,
	}, e.calls, e.region)
}

// id names the event among all of a plan.
func (e *Event) id() string { return e.address + "\x00" + e.Key }

// unanchored tells that the runs are counted from the apply: a rate() without a start.
func (e *Event) unanchored() bool {
	_, isRate := e.schedule.(*awscron.Rate)
	return isRate && e.from.IsZero()
}

// runs are the next n runs after t that do something.
func (e *Event) runs(t time.Time, n int) []time.Time {
	if !e.readable() || !e.enabled() {
		return nil
	}
	if e.unanchored() {
		return nil
	}
	if t.Before(e.from) {
		t = e.from.Add(-time.Nanosecond)
	}
	var out []time.Time
	for len(out) < n {
		t = e.schedule.Next(t, e.zone)
		if t.IsZero() || !e.until.IsZero() && t.After(e.until) {
			break
		}
		if !slices.Contains(e.except, t.In(e.zone).Format(time.DateOnly)) {
			out = append(out, t.In(e.zone))
		}
	}
	return out
}

// does gives doing.
func (e *Event) does() string {
	if !e.known() {
		return ""
	}
	expression := e.Expression.Value
	if e.schedule != nil {
		expression = e.schedule.String()
	}
	text, err := json.Marshal([]any{
		e.Commands, expression, e.Timezone.Value, e.enabled(), e.from, e.until, e.except, e.Description.Value,
	})
	if err != nil {
		return "" // years beyond 9999 have no JSON
	}
	return string(text)
}

// same tells whether two sides of one event differ in nothing that was written.
func same(a, b *Event) bool {
	if a.doing != "" && b.doing != "" {
		return a.doing == b.doing
	}
	return a.CommandsKnown && b.CommandsKnown && a.ExceptDatesKnown && b.ExceptDatesKnown &&
		slices.Equal(a.texts(), b.texts()) &&
		!slices.ContainsFunc(b.texts(), func(t planjson.Text) bool { return t.State == planjson.Unknown })
}
