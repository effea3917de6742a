package runnerstack

import (
	"maps"
	"slices"
	"strings"
)

// creatingTag marks what a creation has made until it is complete. Its value is the creation's own.
const creatingTag = "savings:creating"

// reserved tells that a tag is AWS's or this provider's own and never the user's.
func reserved(key string) bool {
	return strings.HasPrefix(key, "aws:") || strings.HasPrefix(key, "savings:")
}

// UserTags returns the tags that are the user's.
func UserTags(live map[string]string) map[string]string {
	user := map[string]string{}
	for key, value := range live {
		if !reserved(key) {
			user[key] = value
		}
	}
	return user
}

// tagChanges says what turns live into want: which tags to set and which keys to remove, sorted.
func tagChanges(live, want map[string]string) (set map[string]string, remove []string) {
	set = map[string]string{}
	for key, value := range want {
		if old, ok := live[key]; !ok || old != value {
			set[key] = value
		}
	}
	for key := range live {
		if _, ok := want[key]; !ok && !reserved(key) {
			remove = append(remove, key)
		}
	}
	slices.Sort(remove)
	return set, remove
}

// marked returns tags with the creating tag, unless token is "".
func marked(tags map[string]string, token string) map[string]string {
	all := maps.Clone(tags)
	if all == nil {
		all = map[string]string{}
	}
	if token != "" {
		all[creatingTag] = token
	}
	return all
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
