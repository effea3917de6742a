// Package review says what a plan does to schedules so that people can judge it in seconds: what
// changes in words, when each target is off before and after, what it saves, and what looks wrong.
//
// Compare makes a Review of a plan. Renderers print it: Markdown for a pull request's comment, text
// for terminals, a page of HTML, the weeks as SVG, and JSON for programs.
package review

import (
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Review is what a plan does to schedules.
type Review struct {
	// Now is the instant from which runs and findings count.
	Now time.Time
	// Errored tells that planning failed half-way, so that changes may be missing.
	Errored bool
	// Schedules are the resources with schedules, sorted by address. Those of the AWS provider that
	// differ only in their key are one.
	Schedules []Schedule
	// Targets are what the events stop and start, sorted by name, as far as their weeks are known.
	Targets []Target
	// Findings are what is worth a look after the plan: warnings first, new ones first in each degree.
	Findings []Finding
}

// Schedule is a resource with schedules.
type Schedule struct {
	Address string
	// PreviousAddress is where a moved block had it, or "".
	PreviousAddress string
	Action          planjson.Action
	// Events are all of both sides, sorted by key. Each is listed once: one that goes to another
	// resource is listed there.
	Events []EventChange
	// EventsUnknown tells that more events are known only after apply.
	EventsUnknown bool
	// Settings are the resource's other attributes that change.
	Settings []Setting
}

// Setting is an attribute that changes; before and after are JSON, "null" where there is none.
type Setting struct{ Name, Before, After string }

// ChangeKind is what happens to an event.
type ChangeKind string

// Kinds of changes. A renamed event has another key, or comes from another resource, and does the
// same as before.
const (
	Added     ChangeKind = "added"
	Removed   ChangeKind = "removed"
	Changed   ChangeKind = "changed"
	Renamed   ChangeKind = "renamed"
	Unchanged ChangeKind = "unchanged"
)

// EventChange is one event before and after.
type EventChange struct {
	Kind ChangeKind
	Key  string
	// PreviousKey is the key before, and From the resource that had the event; "" where they are
	// the same.
	PreviousKey, From string
	// Before and After are nil where the event is not there.
	Before, After *Event
	// Next are its next runs after the plan, at most three; none where it is disabled or not known.
	Next []time.Time
}

// Target is something that events stop and start.
type Target struct {
	// Name is in the command table's form, such as rds/cluster/my-aurora. Where schedules of several
	// accounts or regions are reviewed, theirs follow in brackets.
	Name string
	// Zone is the zone whose clocks the weeks are on.
	Zone *time.Location
	// Before and After are nil where no stops and starts pair up.
	Before, After *timeline.Week
	// Uncertain tells that After is known only after apply.
	Uncertain bool
	// Price is nil where it is not known.
	Price *Price
}

// minutes is how long a target is off in a week; 0 where that is not known.
func minutes(w *timeline.Week) int {
	if w == nil {
		return 0
	}
	return w.Minutes()
}

// Gain is how many minutes a week the target is off longer; negative where it is off for less.
func (t Target) Gain() int {
	if t.Uncertain {
		return 0
	}
	return minutes(t.After) - minutes(t.Before)
}

// Changes tells whether the target is off at other times than before.
func (t Target) Changes() bool {
	if t.Uncertain {
		return false
	}
	if t.Before == nil || t.After == nil {
		return minutes(t.Before) != minutes(t.After)
	}
	return !slices.Equal(t.Before.Off, t.After.Off)
}

// Stays tells whether the target is off at the same times as before; a target that is new, or gone, is
// not.
func (t Target) Stays() bool {
	return !t.Changes() && !t.Uncertain && t.Before != nil && t.After != nil
}

// Changes are the events of a kind other than Unchanged.
func (s Schedule) Changes() []EventChange {
	var out []EventChange
	for _, e := range s.Events {
		if e.Kind != Unchanged {
			out = append(out, e)
		}
	}
	return out
}

// HasChanges tells whether anything is worth a table.
func (s Schedule) HasChanges() bool {
	return len(s.Changes()) > 0 || len(s.Settings) > 0 || s.EventsUnknown || s.PreviousAddress != "" ||
		s.Action == planjson.Forget
}
