package command

import "strings"

// language is a language that summaries are written in. Another one is a phrase for each verb and
// an entry in sentences.
type language string

const english language = "en"

// phrase is a verb's own words in one language: "stop", "Aurora cluster", "Aurora clusters".
type phrase struct {
	verb, one, many string
	// arrived is the state that --wait waits for: "stopped".
	arrived string
}

// sentences put a call's parts into a sentence, per language.
var sentences = map[language]func(*Call, phrase) string{english: englishSentence}

// Summary says in words what the call does, in English: "stop Aurora cluster my-aurora".
func (c *Call) Summary() string { return c.summary(english) }

func (c *Call) summary(l language) string { return sentences[l](c, c.phrase(l)) }

func englishSentence(c *Call, p phrase) string {
	clause := englishClause
	if own := c.verb.clauses[english]; own != nil {
		clause = func(items []Item, _ phrase) string { return own(items) }
	}
	var b strings.Builder
	if c.flags.dryRun {
		b.WriteString("dry run: ")
	}
	b.WriteString(clause(c.items, p))
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
			tags = append(tags, "tagged "+englishList(tagWords(item.Tags)))
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
		which = englishList(append(names, tags...))
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

// englishList joins words as "a", "a and b", "a, b and c".
func englishList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// phrase is the verb's phrase; the last of the verb's own flags that were given may have its own
// word for the verb.
func (c *Call) phrase(l language) phrase {
	p := c.verb.phrases[l]
	for _, f := range c.verb.Flags {
		if c.flags.has(f.Name) && f.verbs[l] != "" {
			p.verb = f.verbs[l]
		}
	}
	return p
}
