package review

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"slices"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// label names an event and says what happens to it.
func (c EventChange) label(lang language.Tag, broken bool) rich {
	kind := map[ChangeKind]message{
		Added: cellAdded, Removed: cellRemoved, Changed: cellChanged, Renamed: cellRenamed,
	}[c.Kind]
	if c.Kind == Renamed && c.PreviousKey == "" {
		kind = cellMoved
	}
	out := code(c.Key)
	if broken {
		out = append(out, span{text: "<br>"})
	} else {
		out = append(out, span{text: " "})
	}
	parts := []rich{kind.in(lang)}
	if c.PreviousKey != "" {
		parts = append(parts, cellWas.in(lang, "key", code(c.PreviousKey)))
	}
	if c.From != "" {
		parts = append(parts, cellFrom.in(lang, "address", code(c.From)))
	}
	for i, p := range parts {
		if i > 0 {
			out = append(out, cellNext.in(lang)...)
		}
		out = append(out, p...)
	}
	return out
}

// running yields the changed events that run from now on, each with its schedule; what only has another
// name runs as before.
func (r *Review) running() iter.Seq2[Schedule, EventChange] {
	return func(yield func(Schedule, EventChange) bool) {
		for _, s := range r.Schedules {
			for _, c := range s.Changes() {
				if c.After != nil && c.Kind != Renamed && !yield(s, c) {
					return
				}
			}
		}
	}
}

// runsOf names an event before its next runs, with its resource where there are several.
func (r *Review) runsOf(c EventChange, s Schedule, between string) rich {
	out := code(c.Key)
	if len(r.Schedules) > 1 {
		out = append(out, span{text: between}, span{text: s.Address, code: true})
	}
	return out
}

// sentences are the event before and after, with what differs marked.
func (c EventChange) sentences(lang language.Tag) (before, after rich) {
	switch {
	case c.Before == nil:
		return cellNothing.in(lang), c.After.full(lang)
	case c.After == nil:
		return c.Before.full(lang), cellNothing.in(lang)
	case c.Kind == Renamed:
		return c.Before.full(lang), cellSame.in(lang)
	}
	before, after = c.Before.sentence(lang), c.After.sentence(lang)
	if c.Before.readable() && c.After.readable() {
		before, after = differ(before, after)
	}
	hiddenBefore, hiddenAfter := c.hidden(lang)
	before, after = append(before, hiddenBefore...), append(after, hiddenAfter...)
	if c.Before.Description != c.After.Description {
		before = append(before, c.Before.description(lang)...)
		after = append(after, c.After.description(lang)...)
	}
	return before, after
}

// full is the event's sentence with its description.
func (e *Event) full(lang language.Tag) rich { return append(e.sentence(lang), e.description(lang)...) }

func (e *Event) description(lang language.Tag) rich {
	if e.Description.Value == "" {
		return nil
	}
	return append(plain("; "), cellDescribe.in(lang, "text", code(e.Description.Value))...)
}

// runs are the next runs of an event in its zone.
func (c EventChange) runs(lang language.Tag) rich {
	if len(c.Next) == 0 {
		switch {
		case !c.After.readable() && !c.After.known():
			return cellNotYet.in(lang)
		case c.After.unanchored() && c.After.enabled():
			return fromApply.in(lang)
		}
		return noRun.in(lang)
	}
	var runs []rich
	for _, t := range c.Next {
		runs = append(runs, plain(instantIn(lang, t, c.After.zone)))
	}
	out := list(lang, runs)
	out = append(out, span{text: " "})
	return append(out, runsElsewhere.in(lang, "zone", code(c.After.Timezone.Value))...)
}

// weekGroups are the targets whose weeks change or are not known, those with the same weeks together,
// sorted by how much changes and then by name.
func (r *Review) weekGroups() [][]Target {
	var groups [][]Target
	byWeeks := map[string]int{}
	for _, t := range r.Targets {
		if !t.Changes() && !t.Uncertain {
			continue
		}
		key := fmt.Sprint(t.Zone, t.Uncertain, t.Before == nil, t.After == nil, t.offBefore(), "→", t.offAfter())
		at, ok := byWeeks[key]
		if !ok {
			at = len(groups)
			byWeeks[key] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], t)
	}
	size := func(g []Target) int { return len(g) * max(g[0].Gain(), -g[0].Gain()) }
	slices.SortStableFunc(groups, func(a, b []Target) int { return cmp.Compare(size(b), size(a)) })
	return groups
}

func (t Target) offBefore() []timeline.Span { return offOf(t.Before) }
func (t Target) offAfter() []timeline.Span  { return offOf(t.After) }

func offOf(w *timeline.Week) []timeline.Span {
	if w == nil {
		return nil
	}
	return w.Off
}

// captionOf heads the weeks of targets that have the same ones.
func captionOf(lang language.Tag, group []Target) rich {
	out := group[0].captionAs(lang, caption, "target", code(group[0].Name))
	if len(group) > 1 {
		var names []string
		for _, t := range group {
			names = append(names, t.Name)
		}
		out = group[0].captionAs(lang, captionMany, "targets", shortList(lang, codes(names)))
	}
	sums := costsOf(group)
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		out = append(out, span{text: "; "})
		out = append(out, captionCost.in(lang, "amount", signOf(sums[currency])+amount(sums[currency], currency))...)
	}
	return out
}

func (t Target) captionAs(lang language.Tag, m message, name string, of rich) rich {
	if t.Uncertain {
		m, name = captionUnknown, "target"
	}
	return m.in(lang, name, of, "before", hours(lang, minutes(t.Before)), "after", hours(lang, minutes(t.After)),
		"gain", signed(lang, t.Gain()), "zone", code(t.Zone.String()))
}

func signOf(sum *big.Rat) string {
	if sum.Sign() < 0 {
		return "−"
	}
	return "+"
}

// costsOf is how much more the targets cost a week, by currency; less is negative.
func costsOf(targets []Target) map[string]*big.Rat {
	sums := map[string]*big.Rat{}
	for _, t := range targets {
		if t.Price == nil || t.Gain() == 0 {
			continue
		}
		sum := t.Price.times(-t.Gain())
		if had := sums[t.Price.Currency]; had != nil {
			sum.Add(sum, had)
		}
		sums[t.Price.Currency] = sum
	}
	return sums
}

// costs say what the plan saves or costs a week, in each currency of the prices.
func (r *Review) costs(lang language.Tag) []rich {
	sums := costsOf(r.Targets)
	var out []rich
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		m := lessCost
		if sums[currency].Sign() > 0 {
			m = moreCost
		}
		out = append(out, m.in(lang, "amount", amount(sums[currency], currency)))
	}
	return out
}

func settingOf(lang language.Tag, c Setting) rich {
	return settingWas.in(lang, "name", code(c.Name), "before", code(c.Before), "after", code(c.After))
}

// line is a finding with what marks it as new, and its resource where there are several.
func (f Finding) line(lang language.Tag, several bool) rich {
	out := f.sentence(lang)
	if f.New {
		out = append(newFinding.in(lang).asStrong(), append(plain(": "), out...)...)
	}
	if several && f.Address != "" {
		out = append(out, span{text: " "})
		out = append(out, code(f.Address)...)
	}
	return out
}

// findingsOf are the findings of a degree.
func (r *Review) findingsOf(degree timeline.Degree) []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.Degree == degree {
			out = append(out, f)
		}
	}
	return out
}
