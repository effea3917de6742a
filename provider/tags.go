package provider

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// planTags merges the resource's tags over the provider's.
func planTags(tags, defaults types.Map) types.Map {
	if tags.IsUnknown() || defaults.IsUnknown() {
		return types.MapUnknown(types.StringType)
	}
	all := map[string]attr.Value{}
	for k, v := range defaults.Elements() {
		all[k] = v
	}
	for k, v := range tags.Elements() {
		all[k] = v
	}
	return types.MapValueMust(types.StringType, all)
}

// planOwnTags keeps the empty map of an import where none are configured.
func planOwnTags(config, state types.Map) types.Map {
	if config.IsNull() && !state.IsNull() && len(state.Elements()) == 0 {
		return state
	}
	return config
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

// tagFault says what is wrong with a tag of a schedule group; "" if nothing. Unknown values wait.
func tagFault(key string, value types.String) string {
	switch n := utf8.RuneCountInString(key); {
	case n == 0 || n > 128:
		return fmt.Sprintf("has a key of %d characters; AWS allows 1 to 128.", n)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return "begins with \"aws:\", which AWS keeps for itself. Write another key."
	case strings.HasPrefix(key, "savings:"):
		return "begins with \"savings:\", which this provider keeps for itself. Write another key."
	case value.IsUnknown():
	case value.IsNull() || value.ValueString() == "":
		return "has no value; EventBridge Scheduler allows 1 to 256 characters."
	case utf8.RuneCountInString(value.ValueString()) > 256:
		return fmt.Sprintf("has a value of %d characters; AWS allows 1 to 256.",
			utf8.RuneCountInString(value.ValueString()))
	}
	return ""
}

// checkDefaultTags reports tags of the provider block that no group could have.
func checkDefaultTags(tags types.Map, diags *diag.Diagnostics) {
	for _, key := range sortedKeys(tags.Elements()) {
		value, _ := tags.Elements()[key].(types.String)
		if fault := tagFault(key, value); fault != "" {
			diags.AddAttributeError(path.Root("default_tags").AtName("tags"), "Invalid tag",
				fmt.Sprintf("default_tags: tags[%s] %s", quote(key), fault))
		}
	}
}
