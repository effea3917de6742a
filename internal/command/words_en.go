package command

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// englishClause is a call in English: verb, noun, "my-aurora", ", waiting until stopped".
type englishClause struct{ verb, noun, which, rest string }

// englishSteps says a verb once for steps that share it, and a noun too: "stop Aurora cluster a, then
// b, then 2 ECS services of web (api and worker)".
func englishSteps(calls []*Call) string {
	var b strings.Builder
	var before englishClause
	for i, c := range calls {
		now := c.english()
		text := now.which + now.rest
		shared := i > 0 && now.verb == before.verb && c.plain() && calls[i-1].plain()
		if now.noun != "" && !(shared && now.noun == before.noun) {
			text = now.noun + " " + text
		}
		if !shared {
			text = now.verb + " " + text
		}
		if i > 0 {
			b.WriteString(", then ")
		}
		b.WriteString(text)
		before = now
	}
	return b.String()
}

func (c *Call) english() englishClause {
	clause := englishClause{verb: c.englishVerb()}
	if c.verb.objects != nil {
		clause.which = c.verb.objects(c.items)
	} else {
		clause.noun, clause.which = englishObjects(c.items, c.verb.phrase)
	}
	if region := c.spokenRegion(); region != "" {
		clause.rest = " in " + region
	}
	if c.flags.dryRun {
		clause.rest += " (dry run)" // behind each step: in front it would seem to be that of all steps
	}
	if c.flags.wait {
		clause.rest += ", waiting until " + c.verb.phrase.arrived
	}
	return clause
}

// englishObjects is the noun and the items: "Aurora clusters", "a and b".
func englishObjects(items []Item, p phrase) (noun, which string) {
	names, tags := namesAndTags(items)
	var named, tagged []string
	for _, item := range names {
		word := inSentence(item.ID)
		if item.ARN != nil {
			word += " (" + strings.Join(item.ARN.place("account "), ", ") + ")"
		}
		named = append(named, word)
	}
	for _, item := range tags {
		tagged = append(tagged, "tagged "+language.English.List(tagWords(item.Tags)))
	}
	switch {
	case len(names) == 0:
		return p.many, strings.Join(tagged, ", or ")
	case len(names) == 1 && len(tags) == 0:
		return p.one, named[0]
	}
	for _, text := range tagged {
		named = append(named, "those "+text)
	}
	return p.many, language.English.List(named)
}

// englishVerb is the verb's own word, or those of its flags that were given.
func (c *Call) englishVerb() string {
	var verbs []string
	for _, f := range c.verb.Flags {
		if c.flags.has(f.Name) && f.verb != "" {
			verbs = append(verbs, f.verb)
		}
	}
	if len(verbs) == 0 {
		return c.verb.phrase.verb
	}
	return language.English.List(verbs)
}
