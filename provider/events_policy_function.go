package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
)

var _ function.Function = eventsPolicyFunction{}

type eventsPolicyFunction struct{}

func newEventsPolicyFunction() function.Function { return eventsPolicyFunction{} }

func (eventsPolicyFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "events_policy"
}

func (eventsPolicyFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "IAM policy that some events need",
		MarkdownDescription: "Returns the IAM policy document with exactly the rights that the runner needs to run some events, as JSON: what " +
			"`policy_json` of a `savings_schedule` with these events is. It is for those who attach policies themselves, with " +
			"`permissions = \"external\"`. Null where there are no events.",
		Parameters: []function.Parameter{
			eventsParameter(),
			function.DynamicParameter{
				Name: "place",
				MarkdownDescription: "Where the runner works: an object with `region`, `account` and, where it is not the region's own, " +
					"`partition` (`aws`, `aws-cn`, `aws-us-gov`). With `group`, the schedule group that the events have to " +
					"themselves (the `name` of a `savings_schedule` without `group_name`), the policy also lets the runner read that " +
					"group's holds, as `policy_json` does.",
			},
		},
		Return: function.StringReturn{},
	}
}

func (eventsPolicyFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	const eventsAt, placeAt = 0, 1
	var argument, place types.Dynamic
	resp.Error = req.Arguments.Get(ctx, &argument, &place)
	if resp.Error != nil {
		return
	}
	scope, group, err := placeArgument(place)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(placeAt, err.Error())
		return
	}
	var m scheduleModel
	if m.Events, resp.Error = eventsArgument(ctx, eventsAt, argument); resp.Error != nil {
		return
	}
	v := &scheduleValidator{model: m}
	var calls []*command.Call
	events := m.events()
	for _, key := range sortedKeys(events) {
		v.commands(key, events[key])
		for _, call := range events[key].calls() {
			if err := call.CheckScope(scope); err != nil {
				v.eventError(key, "Target in another account", "has a target elsewhere: "+err.Error())
			}
			calls = append(calls, call)
		}
	}
	if v.diags.HasError() {
		resp.Error = argumentError(eventsAt, errors.New(v.diags[0].Detail()))
		return
	}
	resp.Error = resp.Result.Set(ctx, text(eventpolicy.Document(calls, scope, group)))
}

const writePlace = `write { region = "ap-northeast-1", account = "123456789012" }`

// placeArgument reads where the runner works, and the group whose holds it reads.
func placeArgument(place types.Dynamic) (scope command.Scope, group string, err error) {
	given, ok := members(place.UnderlyingValue())
	if !ok {
		return scope, "", fmt.Errorf("place is no object; %s", writePlace)
	}
	into := map[string]*string{
		"partition": &scope.Partition, "region": &scope.Region, "account": &scope.Account, "group": &group,
	}
	for _, name := range sortedKeys(given) {
		target, known := into[name]
		if !known {
			return scope, "", fmt.Errorf("place has a member %q; it may have %s", name, strings.Join(sortedKeys(into), ", "))
		}
		if *target, ok = plainText(given[name]); !ok {
			return scope, "", fmt.Errorf("place has %s, which is no text; %s", name, writePlace)
		}
	}
	for _, name := range []string{"region", "account"} {
		if *into[name] == "" {
			return scope, "", fmt.Errorf("place has no %s; %s", name, writePlace)
		}
	}
	if scope.Partition == "" {
		scope.Partition = command.PartitionOf(scope.Region)
	}
	if err := scope.Check(); err != nil {
		return scope, "", fmt.Errorf("place: %w", err)
	}
	if group != "" && (len(group) > maxNameLength || !namePattern.MatchString(group)) {
		return scope, "", fmt.Errorf("place has group %q, which is no name of a schedule group; one has 1 to %d %s",
			group, maxNameLength, nameLetters)
	}
	return scope, group, nil
}

// plainText returns a text, "" for null; ok is false for anything else.
func plainText(v attr.Value) (s string, ok bool) {
	if d, isDynamic := v.(types.Dynamic); isDynamic {
		v = d.UnderlyingValue()
	}
	if v == nil || v.IsNull() {
		return "", true
	}
	t, ok := v.(types.String)
	return t.ValueString(), ok
}
