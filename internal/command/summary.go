package command

import (
	"slices"
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
// services of web (api and worker)". An unknown language is English. Calls that do something else, or
// do it in another order, have other words; an item that is written twice is said once.
func Summary(lang language.Tag, calls ...*Call) string {
	if lang == language.Japanese {
		return japaneseSteps(calls)
	}
	return englishSteps(calls)
}

// plain tells that no flag says how the call is run, so that it may share its verb with the next.
func (c *Call) plain() bool { return !c.flags.dryRun && !c.flags.wait }

// spokenRegion is what --region adds to the words: nothing where every item is an ARN, which has its
// own region, the same.
func (c *Call) spokenRegion() string {
	named := slices.ContainsFunc(c.items, func(item Item) bool { return item.ARN == nil })
	if c.verb.global || !named {
		return ""
	}
	return c.flags.region
}

// place says where an ARN's resource is: its region and account, and its partition where that is not
// its region's.
func (a ARN) place(account string) []string {
	place := []string{a.Region, account + a.Account}
	if a.Partition != PartitionOf(a.Region) {
		place = append(place, a.Partition)
	}
	return place
}

// once leaves out items that are there already.
func once(items []Item) []Item {
	var out []Item
	for _, item := range items {
		same := func(other Item) bool {
			return other.ID == item.ID && slices.Equal(other.Tags, item.Tags) &&
				(other.ARN == item.ARN || other.ARN != nil && item.ARN != nil && *other.ARN == *item.ARN)
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, item)
		}
	}
	return out
}

// namesAndTags parts the items that name one thing from those that select by tags, each once.
func namesAndTags(items []Item) (names, tags []Item) {
	for _, item := range once(items) {
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
