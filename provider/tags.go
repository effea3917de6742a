package provider

import (
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// planTags merges the resource's tags over the provider's.
func planTags(tags types.Map, defaults map[string]string) types.Map {
	if tags.IsUnknown() {
		return types.MapUnknown(types.StringType)
	}
	all := map[string]attr.Value{}
	for k, v := range defaults {
		all[k] = types.StringValue(v)
	}
	for k, v := range tags.Elements() {
		all[k] = v
	}
	return types.MapValueMust(types.StringType, all)
}

// refreshTags brings tags and tags_all up to what is live. A default tag, today's or the one of the
// last apply, is not one of the resource's own unless its owner wrote it there too.
func refreshTags(tags, tagsAll types.Map, live, defaults map[string]string) (own, all types.Map) {
	written, last := tags.Elements(), knownStrings(tagsAll)
	mine := map[string]string{}
	for key, value := range live {
		_, isMine := written[key]
		if isMine || !holds(defaults, key, value) && !holds(last, key, value) {
			mine[key] = value
		}
	}
	own = tags
	if len(mine) > 0 || !tags.IsNull() {
		own = stringMap(mine)
	}
	return own, stringMap(live)
}

func holds(m map[string]string, key, value string) bool {
	got, ok := m[key]
	return ok && got == value
}

// usersTags leaves out what AWS keeps for itself.
func usersTags(live map[string]string) map[string]string {
	users := maps.Clone(live)
	maps.DeleteFunc(users, func(key, _ string) bool { return strings.HasPrefix(key, "aws:") })
	return users
}

// knownStrings returns the known string elements of a map.
func knownStrings(m types.Map) map[string]string {
	out := map[string]string{}
	for k, v := range m.Elements() {
		if s, ok := v.(types.String); ok && !s.IsNull() && !s.IsUnknown() {
			out[k] = s.ValueString()
		}
	}
	return out
}

func stringMap(m map[string]string) types.Map {
	elements := make(map[string]attr.Value, len(m))
	for k, v := range m {
		elements[k] = types.StringValue(v)
	}
	return types.MapValueMust(types.StringType, elements)
}
