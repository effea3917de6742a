package command

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

func englishSteps(calls []*Call) string {
	steps := make([]string, len(calls))
	for i, c := range calls {
		steps[i] = c.english()
	}
	return strings.Join(steps, ", then ")
}

func (c *Call) english() string {
	p := c.englishPhrase()
	var b strings.Builder
	if c.flags.dryRun {
		b.WriteString("dry run: ")
	}
	if c.verb.clause != nil {
		b.WriteString(c.verb.clause(c.items))
	} else {
		b.WriteString(englishClause(c.items, p))
	}
	if c.flags.region != "" && !c.verb.global {
		b.WriteString(" in " + c.flags.region)
	}
	if c.flags.wait {
		b.WriteString(", waiting until " + p.arrived)
	}
	return b.String()
}

// englishClause is verb, noun and items: "stop Aurora clusters a and b".
func englishClause(items []Item, p phrase) string {
	var names, tags []string
	for _, item := range items {
		switch {
		case item.Tags != nil:
			tags = append(tags, "tagged "+language.English.List(tagWords(item.Tags)))
		case item.ARN != nil:
			names = append(names, item.ID+" ("+item.ARN.Region+")")
		default:
			names = append(names, item.ID)
		}
	}
	noun := p.many
	if len(names) == 1 && len(tags) == 0 {
		noun = p.one
	}
	if len(names) > 0 {
		for i := range tags {
			tags[i] = "those " + tags[i]
		}
	}
	which := strings.Join(tags, ", or ")
	if len(names) > 0 {
		which = language.English.List(append(names, tags...))
	}
	return p.verb + " " + noun + " " + which
}

func tagWords(tags []Tag) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = t.Key + "=" + t.Value
	}
	return out
}

// englishPhrase is the verb's phrase; the last of the verb's own flags that were given may have its
// own word for the verb.
func (c *Call) englishPhrase() phrase {
	p := c.verb.phrase
	for _, f := range c.verb.Flags {
		if c.flags.has(f.Name) && f.verb != "" {
			p.verb = f.verb
		}
	}
	return p
}
