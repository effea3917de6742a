package command

import (
	"context"
	"slices"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// Verb is one row of the table.
type Verb struct {
	// Service and Name are the two words of the command: rds, stop-cluster.
	Service, Name string
	// Aliases are the old image's words for the same verb; they stay valid for ever.
	Aliases []string
	// Effect is what the verb does; Call.Effect is right where that depends on the items too.
	Effect Effect
	// AWSRestarts tells that AWS undoes the verb after seven days.
	AWSRestarts bool
	// Short says in one line what the verb does, Long what is worth knowing beyond it.
	Short, Long string
	// Leads name what comes before the items, once each: "DISTRIBUTION". May be nil. Items says how
	// the items are written.
	Leads []string
	Items string
	// Flags are the verb's own, beside those of every verb.
	Flags []Flag
	// Examples are whole argument lists.
	Examples [][]string

	// phrase is the verb's part of a sentence in English; words_ja.go has the Japanese ones.
	phrase phrase
	// objects says in English what the verb acts on where the nouns do not do. May be nil.
	objects func([]Item) string
	// target is how Targets names one thing of this kind: "rds/cluster".
	target string
	// targetOf names an item's target where target and identifier do not do. May be nil.
	targetOf func(Item) string
	// checkLead checks what comes before the items, by its index in Leads. Nil without Leads.
	checkLead func(i int, text string) *UsageError
	item      itemParser
	// check looks at all items together. May be nil.
	check func([]Item) *UsageError
	// effectOf gives the effect where it depends on the items. May be nil.
	effectOf func([]Item) Effect
	// global tells that the service is in no region.
	global     bool
	statements func(*Call, Scope) []iampolicy.Statement
	run        func(context.Context, *session) []Result
}

// Flag is a flag that may stand anywhere after the verb.
type Flag struct {
	// Name begins with two hyphens. Value names the flag's value, "" for none.
	Name, Value string
	Short       string

	// verb replaces the verb in an English sentence: "hibernate". May be "".
	verb string
}

// Flags are the flags of every verb.
var Flags = []Flag{
	{Name: "--dry-run", Short: "say what would be done, and do nothing"},
	{Name: "--wait", Short: "wait until each target has arrived, while time is left"},
	{Name: "--region", Value: "REGION", Short: "act in this AWS region instead of the runner's own"},
}

// allFlags are the flags that the verb takes, its own first.
func (v *Verb) allFlags() []Flag { return slices.Concat(v.Flags, Flags) }

// table is every verb, in the order of the help. A service adds its verbs here.
var table = slices.Concat(
	rdsVerbs(), docdbVerbs(), neptuneVerbs(), ec2Verbs(), asgVerbs(), ecsVerbs(), eksVerbs(),
	redshiftVerbs(), sagemakerVerbs(), cloudfrontVerbs(),
)

// Verbs returns the table.
func Verbs() []Verb { return slices.Clone(table) }

// Lookup finds a verb by its words; an alias gives the verb that it stands for.
func Lookup(service, name string) (Verb, bool) {
	if v := lookup(service, name); v != nil {
		return *v, true
	}
	return Verb{}, false
}

func lookup(service, name string) *Verb {
	for i := range table {
		v := &table[i]
		if v.Service == service && (v.Name == name || slices.Contains(v.Aliases, name)) {
			return v
		}
	}
	return nil
}

// services lists the services of the table, each once.
func services() []string {
	var out []string
	for i := range table {
		if service := table[i].Service; !slices.Contains(out, service) {
			out = append(out, service)
		}
	}
	return out
}

// names lists a service's verbs, the aliases last.
func names(service string) []string {
	var verbs, aliases []string
	for _, v := range table {
		if v.Service == service {
			verbs = append(verbs, v.Name)
			aliases = append(aliases, v.Aliases...)
		}
	}
	return append(verbs, aliases...)
}
