package review

import (
	"slices"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// sentence says what the event does and when. What is not known or wrong stands as it was written.
func (e *Event) sentence(lang language.Tag) rich {
	if e.readable() {
		s := sentence.Event{
			Calls: e.calls, Expression: e.Expression.Value, Timezone: e.Timezone.Value, Enabled: e.enabled(),
			StartDate: e.from, EndDate: e.until, ExceptDates: e.except,
		}
		return words(s.In(lang), e.names())
	}
	when := valueOf(e.Expression, lang)
	if e.schedule != nil {
		when = words(e.schedule.Describe(lang), nil)
	}
	what, zone := e.commands(lang), valueOf(e.Timezone, lang)
	if lang == language.Japanese {
		what = spaced(what)
		when, zone = inBrackets(when, zone)
	}
	out := neitherKnown.in(lang, "what", what, "when", when, "zone", zone)
	if !e.enabled() {
		out = disabledEvent.in(lang, "event", out)
	}
	return out
}

// names are the words of the event that its sentence may hold and that users chose.
func (e *Event) names() map[string]bool {
	names := map[string]bool{e.Timezone.Value: true}
	for _, args := range e.Commands {
		for i, arg := range args {
			if i < 2 || strings.HasPrefix(arg.Value, "-") {
				continue
			}
			names[arg.Value] = true
			// A sentence names a cluster and its services apart.
			if cluster, service, ok := strings.Cut(arg.Value, "/"); ok && args[0].Value == "ecs" {
				name, _, _ := strings.Cut(service, "/")
				names[cluster], names[name] = true, true
			}
		}
	}
	return names
}

// inBrackets puts a zone into the Japanese brackets that a time ends with, or into new ones.
func inBrackets(when, zone rich) (rich, rich) {
	begin := "（"
	when = slices.Clone(when)
	if last := len(when) - 1; last >= 0 && closes(when[last]) {
		when[last].text, begin = strings.TrimSuffix(when[last].text, "）"), "、"
	}
	zone = slices.Clone(zone)
	for i := range zone {
		if !zone[i].code {
			zone[i].text = strings.Trim(zone[i].text, "（）")
		}
	}
	return when, slices.Concat(plain(begin), zone, plain("）"))
}

// opens and closes tell a bracket of ours, which brings its own space.
func opens(s span) bool  { return !s.code && strings.HasPrefix(s.text, "（") }
func closes(s span) bool { return !s.code && strings.HasSuffix(s.text, "）") }

// spaced has a blank at each end where it meets kana, but for brackets.
func spaced(r rich) rich {
	if len(r) == 0 {
		return r
	}
	var out rich
	if !opens(r[0]) {
		out = plain(" ")
	}
	out = append(out, r...)
	if !closes(r[len(r)-1]) {
		out = append(out, span{text: " "})
	}
	return out
}

// commands are the event's words as they were written.
func (e *Event) commands(lang language.Tag) rich {
	if !e.CommandsKnown {
		return unknownValue.in(lang)
	}
	var out rich
	for i, args := range e.Commands {
		if i > 0 {
			out = append(out, fallbackThen.in(lang)...)
		}
		for _, arg := range args {
			value := valueOf(arg, lang)
			if len(out) > 0 && !opens(value[0]) && !closes(out[len(out)-1]) && !blankBehind(out) {
				out = append(out, span{text: " "})
			}
			out = append(out, value...)
		}
	}
	return out
}

func blankBehind(r rich) bool { return strings.HasSuffix(r[len(r)-1].text, " ") }

func valueOf(t planjson.Text, lang language.Tag) rich {
	switch t.State {
	case planjson.IsKnown:
		return code(t.Value)
	case planjson.Sensitive:
		return sensitiveValue.in(lang)
	case planjson.Unknown:
		return unknownValue.in(lang)
	}
	return cellNothing.in(lang)
}

// instantIn is an instant on a zone's clocks, or on UTC's.
func instantIn(lang language.Tag, t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return instantOf.in(lang, "day", dayNames[(t.Weekday()+6)%7].text(lang),
		"date", t.Format(dateFormat.text(lang)), "time", t.Format("15:04")).String()
}

// sentence says what a finding is.
func (f Finding) sentence(lang language.Tag) rich {
	var keys []rich
	for _, e := range f.Events {
		keys = append(keys, code(e.Key))
	}
	m := findingMessages[f.Kind]
	if many, ok := manyFindings[f.Kind]; ok && len(keys) > 1 {
		m = many
	}
	at, expression, listed := rich(nil), rich(nil), shortList(lang, codes(f.Words))
	if len(f.Events) > 0 {
		expression = code(f.Events[0].Expression.Value)
	}
	if f.Kind == Unreadable {
		listed = f.Events[0].unreadable(lang)
	}
	if f.Kind == timeline.DoubtfulExpression {
		listed = f.Events[0].doubts(lang)
	}
	zone := rich(nil)
	if f.Zone != nil {
		zone = code(f.Zone.String())
		at = append(plain(instantIn(lang, f.At, f.Zone)+" "), zone...)
	}
	return m.in(lang, "events", shortList(lang, keys), "target", code(f.Target), "at", at,
		"wall", instantIn(lang, f.Wall, nil), "zone", zone, "words", listed, "expression", expression)
}

// doubts say what about the event's expression AWS does not document, and what to write instead.
func (e *Event) doubts(lang language.Tag) rich {
	var out rich
	if e.schedule == nil {
		return out
	}
	for i, doubt := range e.schedule.Doubts() {
		if i > 0 {
			out = append(out, plain("; ")...)
		}
		for _, part := range doubt.Parts(lang) {
			out = append(out, span{text: part.Text, code: part.Code})
		}
	}
	return out
}

// unreadable lists what of the event cannot be read.
func (e *Event) unreadable(lang language.Tag) rich {
	var parts []rich
	if e.calls == nil {
		parts = append(parts, e.commands(lang))
	}
	if e.schedule == nil {
		parts = append(parts, valueOf(e.Expression, lang))
	}
	if e.zone == nil {
		parts = append(parts, valueOf(e.Timezone, lang))
	}
	return list(lang, parts)
}

// headline is the one sentence that says it all.
func (r *Review) headline(lang language.Tag) rich {
	var changed []Target
	n, known, uncertain := r.tally(), false, false
	for _, t := range r.Targets {
		uncertain = uncertain || t.Uncertain
		known = known || !t.Uncertain
		if t.Changes() {
			changed = append(changed, t)
		}
	}
	switch {
	case len(r.Schedules) == 0:
		return noSchedules.in(lang)
	case len(changed) == 1:
		return changed[0].headline(lang)
	case len(changed) > 1:
		return headlineOf(lang, changed)
	case r.changes() == 0:
		return nothingChanges.in(lang)
	case uncertain:
		return hoursUnknown.of(lang, r.changes())
	case n[Renamed]+n[moved] == r.changes():
		return renamedOnly.of(lang, r.changes())
	case r.changes() == 1:
		return r.onlyChange(lang)
	case known:
		return hoursStay.of(lang, r.changes())
	}
	return noHours.of(lang, r.changes())
}

// onlyChange says what the one event does that changes.
func (r *Review) onlyChange(lang language.Tag) rich {
	at := slices.IndexFunc(r.Schedules, func(s Schedule) bool { return len(s.Changes()) > 0 })
	c := r.Schedules[at].Changes()[0]
	switch {
	case c.Before == nil:
		return onlyAdded.in(lang, "event", c.After.sentence(lang))
	case c.After == nil:
		return onlyRemoved.in(lang, "event", c.Before.sentence(lang))
	}
	after := c.After.sentence(lang)
	if c.Before.sentence(lang).String() == after.String() {
		return onlyDetails.in(lang, "event", code(c.After.Key))
	}
	return onlyChanged.in(lang, "event", after)
}

// changes counts the events that change.
func (r *Review) changes() int {
	n := 0
	for _, s := range r.Schedules {
		n += len(s.Changes())
	}
	return n
}

// short is a target's own name, without its kind.
func (t Target) short() string {
	name, scope, scoped := strings.Cut(t.Name, " (")
	parts := strings.SplitN(name, "/", 3)
	out := parts[len(parts)-1]
	if scoped {
		out += " (" + scope
	}
	return out
}

func (t Target) headline(lang language.Tag) rich {
	before, after, gain := minutes(t.Before), minutes(t.After), t.Gain()
	m := sleepsOtherwise
	switch {
	case after == 0:
		m = sleepsNoMore
	case before == 0:
		m = sleepsFirst
	case gain > 0:
		m = sleepsLonger
	case gain < 0:
		m = sleepsShorter
	}
	return m.in(lang, "target", code(t.short()), "gain", hours(lang, max(gain, -gain)),
		"before", hours(lang, before), "after", hours(lang, after))
}

func headlineOf(lang language.Tag, targets []Target) rich {
	before, after, up, down, more, less := 0, 0, 0, 0, 0, 0
	for _, t := range targets {
		before += minutes(t.Before)
		after += minutes(t.After)
		switch gain := t.Gain(); {
		case gain > 0:
			up, more = up+1, more+gain
		case gain < 0:
			down, less = down+1, less-gain
		}
	}
	if up > 0 && down > 0 {
		return someLongerSomeLess.in(lang, "n", len(targets), "up", up, "down", down,
			"more", hours(lang, more), "less", hours(lang, less))
	}
	m, gain := allSleepOtherwise, after-before
	switch {
	case gain > 0:
		m = allSleepLonger
	case gain < 0:
		m = allSleepShorter
	}
	return m.in(lang, "n", len(targets), "gain", hours(lang, max(gain, -gain)),
		"before", hours(lang, before), "after", hours(lang, after))
}

// counts says how many events change, and how many warnings there are.
func (r *Review) counts(lang language.Tag) []rich {
	var out []rich
	var parts []rich
	n := r.tally()
	for _, k := range []struct {
		kind ChangeKind
		m    counted
	}{
		{Added, countAdded}, {Changed, countChanged}, {Removed, countRemoved}, {Renamed, countRenamed},
		{moved, countMoved},
	} {
		if n[k.kind] > 0 {
			parts = append(parts, k.m.of(lang, n[k.kind]))
		}
	}
	if len(parts) > 0 {
		out = append(out, eventsOf.in(lang, "counts", list(lang, parts)))
	}
	all, fresh := r.Warnings()
	m := countNew
	switch {
	case all == 0:
		return out
	case fresh == 0:
		m = countOld
	case fresh == all:
		m = countAllNew
	}
	return append(out, m.in(lang, "warnings", countWarning.of(lang, all), "new", fresh))
}

// moved is how counts tell an event that only comes from another resource.
const moved ChangeKind = "moved"

// tally counts the events by what happens to them.
func (r *Review) tally() map[ChangeKind]int {
	n := map[ChangeKind]int{}
	for _, s := range r.Schedules {
		for _, e := range s.Events {
			if e.Kind == Renamed && e.PreviousKey == "" {
				n[moved]++
			} else {
				n[e.Kind]++
			}
		}
	}
	return n
}

// Warnings counts the warnings after the plan, and those that were not there before.
func (r *Review) Warnings() (all, fresh int) {
	for _, f := range r.Findings {
		if f.Degree != timeline.Warning {
			continue
		}
		all++
		if f.New {
			fresh++
		}
	}
	return all, fresh
}
