package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// Kinds of findings beyond those of package timeline.
const (
	// Unreadable: an event whose expression, zone or args AWS or the runner will refuse.
	Unreadable timeline.Kind = "unreadable"
	// SundayCount: 1-5 as days of the week, which are Sunday to Thursday in AWS.
	SundayCount timeline.Kind = "sunday_count"
	// RunsAfterApply: a rate() without a start, which runs as soon as the schedule exists.
	RunsAfterApply timeline.Kind = "runs_after_apply"
	// ExceptDatesPast: days off that are all past.
	ExceptDatesPast timeline.Kind = "except_dates_past"
	// RightsWiden: the runner gets rights that it did not have; Words are what newRights gives.
	RightsWiden timeline.Kind = "rights_widen"
	// ChangedOutside: an event that was changed outside since the last apply.
	ChangedOutside timeline.Kind = "changed_outside"
	// NotKnown: an event that cannot be judged before the apply, or that holds sensitive values.
	NotKnown timeline.Kind = "not_known"
	// Forgotten: a resource that leaves the state while its schedules go on.
	Forgotten timeline.Kind = "forgotten"
)

// ownWarnings are the kinds beyond those of package timeline that are warnings.
var ownWarnings = []timeline.Kind{Unreadable, SundayCount, RunsAfterApply, ExceptDatesPast}

// Finding is something worth a look after the plan.
type Finding struct {
	Kind   timeline.Kind
	Degree timeline.Degree
	// New tells that it was not so before the plan.
	New bool
	// Address is the resource of the first event, or the one that the finding is about.
	Address string
	// Events are what it is about, Target whom.
	Events []*Event
	Target string
	// At is an instant in Zone, and Wall a local time held as if it were UTC; zero where there is none.
	At, Wall time.Time
	Zone     *time.Location
	// Words are names that it lists.
	Words []string
}

// findings are those after the plan, and what the plan itself does.
func findings(sets []*set, before, after []*Event, all []Target, now time.Time) []Finding {
	renamed := map[string]string{}
	for _, s := range sets {
		for _, c := range s.changes {
			if c.Before != nil && c.After != nil {
				renamed[c.Before.id()] = c.After.id()
			}
		}
	}
	was := map[string]bool{}
	for _, f := range eventFindings(before, now) {
		was[f.trait(renamed)] = true
	}
	out := eventFindings(after, now)
	for i := range out {
		out[i].New = !was[out[i].trait(nil)]
	}
	out = slices.DeleteFunc(out, func(f Finding) bool { return f.hasty(all) })
	for _, s := range sets {
		out = append(out, s.findings()...)
	}
	for _, t := range all {
		if !t.Uncertain && minutes(t.Before) > 0 && minutes(t.After) == 0 {
			out = append(out, Finding{Kind: timeline.OffHoursGone, Degree: timeline.Note, New: true, Target: t.Name})
		}
	}
	slices.SortStableFunc(out, compareFindings)
	return out
}

// hasty tells that a finding says what is missing from a target of which not everything is known.
func (f Finding) hasty(all []Target) bool {
	if f.Kind != timeline.StopOnly && f.Kind != timeline.StartOnly && f.Kind != timeline.AWSRestart {
		return false
	}
	return slices.ContainsFunc(all, func(t Target) bool { return t.Name == f.Target && t.Uncertain })
}

// trait is a finding without its instant, its events under their names after the plan.
func (f Finding) trait(renamed map[string]string) string {
	parts := []string{string(f.Kind), f.Target}
	for _, e := range f.Events {
		parts = append(parts, cmp.Or(renamed[e.id()], e.id()))
	}
	slices.Sort(parts[2:])
	return strings.Join(parts, "\x00")
}

func compareFindings(a, b Finding) int {
	rank := func(f Finding) int {
		n := 0
		if f.Degree == timeline.Note {
			n += 2
		}
		if !f.New {
			n++
		}
		return n
	}
	return cmp.Compare(rank(a), rank(b))
}

// eventFindings are those of one side of a plan.
func eventFindings(events []*Event, now time.Time) []Finding {
	byID := map[string]*Event{}
	for _, e := range events {
		byID[e.id()] = e
	}
	var out []Finding
	for _, f := range timeline.Findings(timelineOf(events), now) {
		found := Finding{Kind: f.Kind, Degree: f.Kind.Degree(), Target: f.Target, At: f.At, Wall: f.Wall}
		for _, id := range f.Keys {
			found.Events = append(found.Events, byID[id])
		}
		found.Address, found.Zone = found.Events[0].address, found.Events[0].zone
		out = append(out, found)
	}
	for _, e := range events {
		for _, kind := range e.oddities(now) {
			out = append(out, ownFinding(kind, e))
		}
	}
	return out
}

func ownFinding(kind timeline.Kind, e *Event) Finding {
	f := Finding{Kind: kind, Degree: timeline.Note, Address: e.address, Events: []*Event{e}, Zone: e.zone}
	if slices.Contains(ownWarnings, kind) {
		f.Degree = timeline.Warning
	}
	return f
}

// oddities are what is odd about one event alone.
func (e *Event) oddities(now time.Time) []timeline.Kind {
	var out []timeline.Kind
	if e.known() && !e.readable() {
		return []timeline.Kind{Unreadable}
	}
	if !e.readable() || !e.enabled() {
		return nil
	}
	if cron, ok := e.schedule.(*awscron.Cron); ok && cron.CountsFromSunday() {
		out = append(out, SundayCount)
	}
	if e.unanchored() {
		out = append(out, RunsAfterApply)
	}
	if len(e.except) > 0 && slices.Max(e.except) < now.In(e.zone).Format(time.DateOnly) {
		out = append(out, ExceptDatesPast)
	}
	return out
}

// findings are those of a resource's change itself, notes all.
func (s *set) findings() []Finding {
	var out []Finding
	add := func(f Finding) {
		f.Degree, f.Address = timeline.Note, s.address
		out = append(out, f)
	}
	if s.action == planjson.Forget && !s.adopted {
		add(Finding{Kind: Forgotten, New: true})
	}
	if rights := newRights(s.policies[0], s.policies[1]); len(rights) > 0 {
		add(Finding{Kind: RightsWiden, New: true, Words: rights})
	}
	if drifted := s.drifted(); len(drifted) > 0 && !s.imported {
		add(Finding{Kind: ChangedOutside, Events: drifted})
	}
	var unknown []*Event
	for _, c := range s.changes {
		if c.After != nil && !c.After.known() {
			unknown = append(unknown, c.After)
		}
	}
	if len(unknown) > 0 {
		add(Finding{Kind: NotKnown, Events: unknown})
	}
	return out
}

// drifted are the events that were changed outside, as the state or their own summary tells.
func (s *set) drifted() []*Event {
	var out []*Event
	for _, key := range slices.Sorted(maps.Keys(s.before)) {
		e := s.before[key]
		if r := s.remembered[key]; r != nil && !same(r, e) || sentence.HasDrift(e.Summary.Value) {
			out = append(out, e)
		}
	}
	return out
}
