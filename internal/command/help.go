package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Help lists every command in a line each.
func Help() string {
	var b strings.Builder
	for _, v := range table {
		fmt.Fprintf(&b, "  %-24s %s\n", v.Service+" "+v.Name, v.Short)
	}
	return b.String()
}

// Usage is how the verb is written, without flags: "rds stop-cluster ITEM…".
func (v Verb) Usage() string {
	words := slices.Concat([]string{v.Service, v.Name}, v.Leads)
	return strings.Join(words, " ") + " ITEM…"
}

// Help explains the verb: usage, items, flags, what it needs of IAM, examples. program is put
// before each example, such as "savings run ".
func (v Verb) Help(program string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s [flags]\n\n%s.\n%s\n", program, v.Usage(),
		strings.ToUpper(v.Short[:1])+v.Short[1:], v.Long)
	if len(v.Aliases) > 0 {
		fmt.Fprintf(&b, "Also written %s, its old name.\n", strings.Join(v.Aliases, ", "))
	}
	fmt.Fprintf(&b, "\nItems: %s.\n\nFlags, anywhere after the verb:\n", v.Items)
	for _, f := range v.allFlags() {
		fmt.Fprintf(&b, "  %-18s %s\n", strings.TrimSpace(f.Name+" "+f.Value), f.Short)
	}
	fmt.Fprintf(&b, "\nIAM actions: %s.\n\nExamples:\n", strings.Join(v.Actions(), ", "))
	for _, args := range v.Examples {
		fmt.Fprintf(&b, "  %s%s\n", program, strings.Join(args, " "))
	}
	return b.String()
}

// Actions lists the IAM actions that the verb's examples need, sorted.
func (v Verb) Actions() []string {
	actions := map[string]bool{}
	for _, args := range v.Examples {
		call, err := Parse(args)
		if err != nil {
			panic(err) // a test parses every example
		}
		for _, s := range call.Statements(Scope{}) {
			for _, action := range s.Action {
				actions[action] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(actions))
}
