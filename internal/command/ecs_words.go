package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// ecsGroup are the services of one cluster that items name, or those that one item selects by tags.
type ecsGroup struct {
	cluster string
	// named are the items that name a service, the first for each; all tells that CLUSTER/* is among
	// the items. A service that is named beside it is acted on although a tag keeps it.
	named []Item
	all   bool
	tags  []Tag
}

// ecsGroups puts items together cluster by cluster, those by tags last.
func ecsGroups(items []Item) []ecsGroup {
	var groups, tagged []ecsGroup
	for _, item := range items {
		if item.Tags != nil {
			if !slices.ContainsFunc(tagged, func(g ecsGroup) bool { return slices.Equal(g.tags, item.Tags) }) {
				tagged = append(tagged, ecsGroup{tags: item.Tags})
			}
			continue
		}
		cluster, service, _ := strings.Cut(item.ID, "/")
		i := slices.IndexFunc(groups, func(g ecsGroup) bool { return g.cluster == cluster })
		if i < 0 {
			i = len(groups)
			groups = append(groups, ecsGroup{cluster: cluster})
		}
		g := &groups[i]
		switch {
		case service == everyService:
			g.all = true
		case !slices.ContainsFunc(g.named, func(other Item) bool { return other.ID == item.ID }):
			g.named = append(g.named, item)
		}
	}
	return append(groups, tagged...)
}

// names are the named services without their cluster.
func (g ecsGroup) names() []string {
	names := make([]string, len(g.named))
	for i, item := range g.named {
		names[i] = serviceName(item)
	}
	return names
}

func serviceName(item Item) string {
	_, name, _ := strings.Cut(item.ID, "/")
	return name
}

// fallbacks are the items that name a count. each tells that it is one count for all services of the
// group.
func (g ecsGroup) fallbacks() (counted []Item, each bool) {
	for _, item := range g.named {
		if item.Count != nil {
			counted = append(counted, item)
		}
	}
	each = !g.all && len(counted) == len(g.named) &&
		!slices.ContainsFunc(counted, func(item Item) bool { return *item.Count != *counted[0].Count })
	return counted, each
}

// ecsObjects says which services the items select, cluster by cluster: "ECS service web/api", "2 ECS
// services of web (api and worker)", "all ECS services of web", "ECS services tagged team=web".
func ecsObjects(items []Item) []string {
	return ecsObjectsWith(items, func(ecsGroup) string { return "" })
}

// startedObjects is what start-services starts, with the counts that it falls back to: "ECS service
// web/api (if nothing is remembered, 2 tasks)".
func startedObjects(items []Item) []string { return ecsObjectsWith(items, ecsGroup.fallbackWords) }

// ecsObjectsWith puts a note, where there is one, behind the services of a cluster.
func ecsObjectsWith(items []Item, note func(ecsGroup) string) []string {
	var out []string
	for _, g := range ecsGroups(items) {
		if g.tags != nil {
			out = append(out, "ECS services tagged "+language.English.List(tagWords(g.tags)))
			continue
		}
		var text string
		var notes []string
		switch names := language.English.List(g.names()); {
		case g.all:
			text = "all ECS services of " + g.cluster
			if names != "" {
				notes = append(notes, names+" by name")
			}
		case len(g.named) == 1:
			text = "ECS service " + g.named[0].ID
		default:
			text = fmt.Sprintf("%d ECS services of %s", len(g.named), g.cluster)
			notes = append(notes, names)
		}
		if n := note(g); n != "" {
			notes = append(notes, n)
		}
		if len(notes) > 0 {
			text += " (" + strings.Join(notes, "; ") + ")"
		}
		out = append(out, text)
	}
	return out
}

// fallbackWords is "if nothing is remembered, 2 tasks of api and 1 of worker"; "" where no count is
// named.
func (g ecsGroup) fallbackWords() string {
	counted, each := g.fallbacks()
	if len(counted) == 0 {
		return ""
	}
	tasks := strconv.Itoa(int(*counted[0].Count)) + " tasks"
	if *counted[0].Count == 1 {
		tasks = "1 task"
	}
	switch {
	case each && len(counted) == 1:
	case each:
		tasks += " each"
	default:
		parts := []string{tasks + " of " + serviceName(counted[0])}
		for _, item := range counted[1:] {
			parts = append(parts, fmt.Sprintf("%d of %s", *item.Count, serviceName(item)))
		}
		tasks = language.English.List(parts)
	}
	return "if nothing is remembered, " + tasks
}

// countObjects is what set-desired-count sets: "the desired count of ECS service web/api to 2".
func countObjects(items []Item) string {
	var parts []string
	for _, part := range byCount(items) {
		services := language.English.List(ecsObjects(part))
		parts = append(parts, fmt.Sprintf("of %s to %d", services, *part[0].Count))
	}
	return "the desired count " + language.English.List(parts)
}
