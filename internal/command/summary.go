package command

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// phrase is a verb's own words in English: "stop", "Aurora cluster", "Aurora clusters".
type phrase struct {
	verb, one, many string
	// arrived is the state that --wait waits for: "stopped".
	arrived string
}

// Summary says in words what the call does: "stop Aurora cluster my-aurora".
func (c *Call) Summary(lang language.Tag) string { return Summary(lang, c) }

// Summary says in words what calls do one after another: "stop Aurora cluster my-aurora, then 2 ECS
// services of web". An unknown language is English. Other calls have other words, but for what is
// only counted: the services of an ECS cluster where they are several, and the tasks that a start
// falls back to. An ARN stands for the identifier in its region: in another account the call fails.
func Summary(lang language.Tag, calls ...*Call) string {
	if lang == language.Japanese {
		return japaneseSteps(calls)
	}
	return englishSteps(calls)
}

// plain tells that no flag says how the call is run, so that it may share its verb with the next.
func (c *Call) plain() bool { return !c.flags.dryRun && !c.flags.wait }

// namesAndTags parts the items that name one thing from those that select by tags.
func namesAndTags(items []Item) (names, tags []Item) {
	for _, item := range items {
		if item.Tags != nil {
			tags = append(tags, item)
		} else {
			names = append(names, item)
		}
	}
	return names, tags
}

func spoken(items []Item) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = inSentence(item.ID)
	}
	return out
}

func tagWords(tags []Tag) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = inSentence(t.Key + "=" + t.Value)
	}
	return out
}

// inSentence quotes a user's word where it holds what could be taken for the sentence's own.
func inSentence(word string) string {
	for _, r := range word {
		if unicode.Is(unicode.Z, r) || !unicode.IsPrint(r) || strings.ContainsRune(`"\,()、（）`, r) {
			return strconv.Quote(word)
		}
	}
	return word
}
