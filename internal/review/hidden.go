package review

import (
	"slices"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

// aspect is a part of an event that its sentence may say in short, such as the order of its days off.
type aspect struct {
	// name is that of the attribute.
	name string
	// values are the event's own.
	values func(*Event) []planjson.Text
	// take gives an event those of another one.
	take func(to, from *Event)
}

var aspects = []aspect{
	{
		"args",
		func(e *Event) []planjson.Text { return slices.Concat(e.Commands...) },
		func(to, from *Event) {
			to.Commands, to.CommandsKnown, to.calls = from.Commands, from.CommandsKnown, from.calls
		},
	},
	{
		"cron_expr",
		func(e *Event) []planjson.Text {
			if e.schedule != nil { // in one form for all spellings
				return []planjson.Text{{State: planjson.IsKnown, Value: e.schedule.String()}}
			}
			return []planjson.Text{e.Expression}
		},
		func(to, from *Event) { to.Expression, to.schedule = from.Expression, from.schedule },
	},
	{
		"timezone",
		func(e *Event) []planjson.Text { return []planjson.Text{e.Timezone} },
		func(to, from *Event) { to.Timezone, to.zone = from.Timezone, from.zone },
	},
	{
		"except_dates",
		func(e *Event) []planjson.Text { return e.ExceptDates },
		func(to, from *Event) { to.ExceptDates, to.except = from.ExceptDates, from.except },
	},
	{
		"start_date",
		func(e *Event) []planjson.Text { return []planjson.Text{e.StartDate} },
		func(to, from *Event) { to.StartDate, to.from = from.StartDate, from.from },
	},
	{
		"end_date",
		func(e *Event) []planjson.Text { return []planjson.Text{e.EndDate} },
		func(to, from *Event) { to.EndDate, to.until = from.EndDate, from.until },
	},
}

// hidden are the differences that the two sentences do not show, each with its attribute's name.
func (c EventChange) hidden(lang language.Tag) (before, after rich) {
	said := c.After.sentence(lang).String()
	for _, a := range aspects {
		was, is := a.values(c.Before), a.values(c.After)
		if slices.Equal(was, is) {
			continue
		}
		mixed := *c.After
		a.take(&mixed, c.Before)
		if mixed.sentence(lang).String() != said {
			continue
		}
		onlyWas, onlyIs := without(was, is), without(is, was)
		if len(onlyWas)+len(onlyIs) == 0 {
			onlyWas, onlyIs = apart(was, is) // in another order
		}
		before = append(before, detail(lang, a.name, onlyWas)...)
		after = append(after, detail(lang, a.name, onlyIs)...)
	}
	return before, after
}

// without are the texts that are not among others.
func without(texts, others []planjson.Text) []planjson.Text {
	there := map[planjson.Text]bool{}
	for _, t := range others {
		there[t] = true
	}
	return slices.DeleteFunc(slices.Clone(texts), func(t planjson.Text) bool { return there[t] })
}

// apart are two lists without the ends that both have.
func apart(a, b []planjson.Text) (onlyA, onlyB []planjson.Text) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}

// detail is what an attribute holds, behind a sentence. Its values are what differs.
func detail(lang language.Tag, name string, values []planjson.Text) rich {
	items := []rich{cellNothing.in(lang)}
	if len(values) > 0 {
		items = nil
	}
	for _, v := range values {
		items = append(items, valueOf(v, lang).asStrong())
	}
	return append(plain("; "), cellDetail.in(lang, "name", code(name), "values", shortList(lang, items))...)
}
