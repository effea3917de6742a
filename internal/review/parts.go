package review

import (
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
			out = append(out, span{text: ", "})
		}
		out = append(out, p...)
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
	before, after = differ(c.Before.sentence(lang), c.After.sentence(lang))
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
		if !c.After.readable() && !c.After.known() {
			return cellNotYet.in(lang)
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

// caption heads a target's weeks.
func (t Target) caption(lang language.Tag) rich {
	after, gain := plain(hours(lang, minutes(t.After))), plain(signed(lang, t.Gain()))
	if t.Uncertain {
		after, gain = cellNotYet.in(lang), cellNothing.in(lang)
	}
	out := caption.in(lang, "target", code(t.Name), "before", hours(lang, minutes(t.Before)), "after", after,
		"gain", gain, "zone", code(t.Zone.String()))
	if t.Price != nil && t.Gain() != 0 {
		sum := t.Price.times(-t.Gain())
		out = append(out, span{text: "; "})
		out = append(out, captionCost.in(lang, "amount", signOf(sum)+amount(sum, t.Price.Currency))...)
	}
	return out
}

func signOf(sum *big.Rat) string {
	if sum.Sign() < 0 {
		return "−"
	}
	return "+"
}

// costs say what the plan saves or costs a week, in each currency of the prices.
func (r *Review) costs(lang language.Tag) []rich {
	sums := map[string]*big.Rat{}
	for _, t := range r.Targets {
		if t.Price == nil || t.Gain() == 0 {
			continue
		}
		sum := t.Price.times(-t.Gain())
		if had := sums[t.Price.Currency]; had != nil {
			sum.Add(sum, had)
		}
		sums[t.Price.Currency] = sum
	}
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
