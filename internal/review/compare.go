package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

// nextRuns is how many runs of a changed event are listed.
const nextRuns = 3

// Compare reviews a plan. Runs and findings count from now on.
func Compare(p *planjson.Plan, now time.Time, prices Prices) *Review {
	r := &Review{Now: now, Errored: p.Errored}
	sets := setsOf(planjson.ReadSchedules(p))
	assumeRegion(sets)
	adopt(sets)
	for _, s := range sets {
		s.pair()
	}
	matchAcross(sets)
	var before, after []*Event
	for _, s := range sets {
		before = append(before, slices.Collect(maps.Values(s.before))...)
		after = append(after, slices.Collect(maps.Values(s.after))...)
		if schedule, ok := s.schedule(now); ok {
			r.Schedules = append(r.Schedules, schedule)
		}
	}
	slices.SortFunc(before, compareIDs)
	slices.SortFunc(after, compareIDs)
	unscope(before, after)
	r.Targets = targets(before, after, uncertain(sets), prices, r.Now)
	r.Findings = findings(sets, before, after, r.Targets, now)
	return r
}

func compareIDs(a, b *Event) int { return cmp.Compare(a.id(), b.id()) }

// adopt takes the schedules that one resource forgets and another one has off the first: they are one
// and the same in AWS.
func adopt(sets []*set) {
	kept := map[string]bool{}
	for _, s := range sets {
		if s.action == planjson.Forget {
			continue
		}
		for _, side := range []map[string]*Event{s.before, s.after} {
			for _, e := range side {
				kept[e.ARN.Value] = true
			}
		}
	}
	delete(kept, "")
	for _, s := range sets {
		if s.action != planjson.Forget || len(s.before) == 0 {
			continue
		}
		for _, side := range []map[string]*Event{s.before, s.after} {
			maps.DeleteFunc(side, func(_ string, e *Event) bool { return kept[e.ARN.Value] })
		}
		s.adopted = len(s.before) == 0
	}
}

// assumeRegion takes a function that is not known yet, such as one that is being replaced, for one in
// the region of all the others.
func assumeRegion(sets []*set) {
	var all []*Event
	regions := map[string]bool{}
	for _, s := range sets {
		for _, side := range []map[string]*Event{s.before, s.after, s.remembered} {
			all = slices.AppendSeq(all, maps.Values(side))
		}
	}
	for _, e := range all {
		if e.region != "" {
			regions[e.region] = true
		}
	}
	if len(regions) != 1 {
		return
	}
	for region := range regions {
		for _, e := range all {
			e.region = region
		}
	}
}

// unscope removes accounts and regions where there is only one.
func unscope(sides ...[]*Event) {
	scopes := map[string]bool{}
	all := slices.Concat(sides...)
	for _, e := range all {
		if e.scope != "" {
			scopes[e.scope] = true
		}
	}
	if len(scopes) > 1 {
		return
	}
	for _, e := range all {
		e.scope = ""
	}
}

// set is a resource on its way to a Schedule; several of the AWS provider's are one.
type set struct {
	address, previous string
	action            planjson.Action
	before, after     map[string]*Event
	unknown           bool
	settings          []Setting
	policies          [2]planjson.Text
	remembered        map[string]*Event
	changes           []EventChange
	// imported tells that the set comes into the state with this plan, and adopted that all of it is in
	// another set then.
	imported, adopted bool
}

// setsOf reads resources, sorted by address.
func setsOf(resources []planjson.Resource) []*set {
	byAddress := map[string]*set{}
	var sets []*set
	for _, r := range resources {
		address := r.Address
		if r.Type == planjson.TypeAWSSchedule {
			address = withoutIndex(address)
		}
		if r.Deposed != "" {
			address += " (deposed " + r.Deposed + ")"
		}
		s := byAddress[address]
		if s == nil {
			s = &set{
				address: address, action: r.Action, before: map[string]*Event{}, after: map[string]*Event{},
				remembered: map[string]*Event{},
			}
			byAddress[address] = s
			sets = append(sets, s)
		}
		s.add(r)
	}
	return sets
}

// withoutIndex removes the key of count or for_each from a resource's address.
func withoutIndex(address string) string {
	at := strings.LastIndex(address, planjson.TypeAWSSchedule+".")
	if at < 0 {
		return address
	}
	if i := strings.Index(address[at:], "["); i >= 0 {
		return address[:at+i]
	}
	return address
}

func (s *set) add(r planjson.Resource) {
	if s.action != r.Action {
		s.action = planjson.Update
	}
	s.imported = s.imported || r.Importing
	if r.PreviousAddress != "" {
		s.previous = r.PreviousAddress
	}
	afterSchedule := r.AfterSchedule
	if r.Action == planjson.Forget {
		afterSchedule = r.BeforeSchedule // what is forgotten goes on running
	}
	fill(s.before, r.BeforeSchedule, s.address, r.Address)
	fill(s.after, afterSchedule, s.address, r.Address)
	fill(s.remembered, r.Remembered, s.address, r.Address)
	if afterSchedule != nil && afterSchedule.EventsUnknown {
		s.unknown = true
	}
	s.policies = [2]planjson.Text{r.Before.Member("policy_json").Text(), r.After.Member("policy_json").Text()}
	if r.BeforeSchedule == nil || afterSchedule == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(afterSchedule.Settings)) {
		b, a := r.BeforeSchedule.Settings[name], afterSchedule.Settings[name]
		if a != b {
			s.settings = append(s.settings, Setting{name, b, a})
		}
	}
}

// fill adds a schedule's events. One whose name is not known yet goes by its resource.
func fill(events map[string]*Event, s *planjson.Schedule, address, resource string) {
	if s == nil {
		return
	}
	for _, e := range s.Events {
		e.Key = cmp.Or(e.Key, resource)
		events[e.Key] = newEvent(e, address, s.FunctionARN)
	}
}

// pair compares the two sides by key, then finds new keys of what does the same.
func (s *set) pair() {
	for _, key := range slices.Sorted(maps.Keys(s.before)) {
		b, a := s.before[key], s.after[key]
		kind := Changed
		switch {
		case a == nil && s.unknown:
			continue // whether it stays is known only after apply
		case a == nil:
			kind = Removed
		case same(b, a):
			kind = Unchanged
		}
		s.changes = append(s.changes, EventChange{Kind: kind, Key: key, Before: b, After: a})
	}
	for _, key := range slices.Sorted(maps.Keys(s.after)) {
		if s.before[key] == nil {
			s.changes = append(s.changes, EventChange{Kind: Added, Key: key, After: s.after[key]})
		}
	}
	match([]*set{s}, func(e *Event) string { return e.doing })
}

// matchAcross finds what moves from one resource to another: first what does the same, then what has
// the same key and acts on the same targets.
func matchAcross(sets []*set) {
	match(sets, func(e *Event) string { return e.doing })
	match(sets, func(e *Event) string {
		if e.calls == nil {
			return ""
		}
		return strings.Join(append([]string{e.Key}, targetsOf(e)...), "\x00")
	})
}

func targetsOf(e *Event) []string {
	var out []string
	for _, call := range e.calls {
		out = append(out, call.Targets(e.region)...)
	}
	return out
}

// match joins each added event with a removed one that has the same trait, of the same key where
// there is one. The trait "" fits nothing.
func match(sets []*set, trait func(*Event) string) {
	removed := map[string][]*Event{}
	for _, s := range sets {
		for _, c := range s.changes {
			if c.Kind == Removed && c.Before.doing != "" {
				removed[trait(c.Before)] = append(removed[trait(c.Before)], c.Before)
			}
		}
	}
	delete(removed, "")
	joined := map[*Event]bool{}
	for _, s := range sets {
		for i := range s.changes {
			c := &s.changes[i]
			if c.Kind != Added || c.After.doing == "" || len(removed[trait(c.After)]) == 0 {
				continue
			}
			all := removed[trait(c.After)]
			at := max(0, slices.IndexFunc(all, func(r *Event) bool { return r.Key == c.Key }))
			c.join(all[at], s.address)
			joined[all[at]] = true
			removed[trait(c.After)] = slices.Delete(all, at, at+1)
		}
	}
	for _, s := range sets {
		s.changes = slices.DeleteFunc(s.changes, func(c EventChange) bool {
			return c.Kind == Removed && joined[c.Before]
		})
	}
}

// join makes an added event one that was there before.
func (c *EventChange) join(before *Event, address string) {
	c.Before, c.Kind = before, Changed
	if before.doing == c.After.doing {
		c.Kind = Renamed
	}
	if before.Key != c.Key {
		c.PreviousKey = before.Key
	}
	if before.address != address {
		c.From = before.address
	}
}

// schedule is the set's part of the review; false where everything of it went elsewhere.
func (s *set) schedule(now time.Time) (Schedule, bool) {
	slices.SortFunc(s.changes, func(a, b EventChange) int { return cmp.Compare(a.Key, b.Key) })
	for i := range s.changes {
		if c := &s.changes[i]; c.After != nil {
			c.Next = c.After.runs(now, nextRuns)
		}
	}
	out := Schedule{
		Address: s.address, PreviousAddress: s.previous, Action: s.action, Events: s.changes,
		EventsUnknown: s.unknown, Settings: s.settings,
	}
	return out, len(s.changes) > 0 || out.HasChanges() || s.action == planjson.Create
}
