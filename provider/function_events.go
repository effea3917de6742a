package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// eventsParameter is an argument with the events of a savings_schedule. It is dynamic, since an object
// type of Terraform's functions knows no optional members.
func eventsParameter() function.Parameter {
	return function.DynamicParameter{
		Name: "events",
		MarkdownDescription: "Events as in `savings_schedule`: a map of objects with `args` or `steps`, `cron_expr` and, where " +
			"needed, the other members that may be written there.",
	}
}

// eventsArgument reads the events in the argument at this position, each completed to an event of the
// resource. Its error names the event and the member.
func eventsArgument(ctx context.Context, position int64, argument types.Dynamic) (types.Map, *function.FuncError) {
	none := types.MapNull(eventType)
	elements, ok := members(argument.UnderlyingValue())
	if !ok {
		return none, function.NewArgumentFuncError(position, "events is no map of objects. Write it as in savings_schedule: "+
			`{ rds_stop = { args = ["rds", "stop-cluster", "my-aurora"], cron_expr = "cron(0 21 ? * MON-FRI *)" } }`)
	}
	events := map[string]attr.Value{}
	for _, key := range sortedKeys(elements) {
		event, err := eventArgument(ctx, key, elements[key])
		if err != nil {
			return none, function.NewArgumentFuncError(position, err.Error())
		}
		events[key] = event
	}
	return types.MapValueMust(eventType, events), nil
}

// members returns what an object or a map holds.
func members(v attr.Value) (map[string]attr.Value, bool) {
	if d, ok := v.(types.Dynamic); ok {
		v = d.UnderlyingValue()
	}
	switch v := v.(type) {
	case types.Object:
		return v.Attributes(), !v.IsNull()
	case types.Map:
		return v.Elements(), !v.IsNull()
	}
	return nil, false
}

func eventArgument(ctx context.Context, key string, v attr.Value) (attr.Value, error) {
	given, ok := members(v)
	if !ok {
		return nil, fmt.Errorf("event %q is no object; write { args = […], cron_expr = \"…\" }", key)
	}
	whole := maps.Clone(noEvent().object().Attributes())
	for _, name := range sortedKeys(given) {
		typ, known := eventTypes[name]
		if !known {
			return nil, fmt.Errorf("event %q has a member %q, which no event of savings_schedule has; there are args, "+
				"steps, cron_expr, timezone, description, enabled, start_date, end_date and except_dates", key, name)
		}
		value, err := converted(ctx, given[name], typ)
		if err != nil {
			return nil, fmt.Errorf("event %q has %s: %w", key, name, err)
		}
		whole[name] = value
	}
	return types.ObjectValueMust(eventTypes, whole), nil
}

// converted gives a value the type that it has in the resource, as Terraform does there: it hands a
// list that is written out over as a tuple, takes numbers and bools for texts, and some texts for bools.
func converted(ctx context.Context, v attr.Value, typ attr.Type) (attr.Value, error) {
	if d, ok := v.(types.Dynamic); ok {
		v = d.UnderlyingValue()
	}
	if v == nil || v.IsNull() {
		return typ.ValueFromTerraform(ctx, tftypes.NewValue(typ.TerraformType(ctx), nil))
	}
	if list, isList := typ.(types.ListType); isList {
		elements, ok := elementsOf(v)
		if !ok {
			return nil, errors.New(`it is no list; write ["…", "…"]`)
		}
		out := make([]attr.Value, len(elements))
		for i, e := range elements {
			var err error
			if out[i], err = converted(ctx, e, list.ElemType); err != nil {
				return nil, fmt.Errorf("element %d: %w", i, err)
			}
		}
		return types.ListValueMust(list.ElemType, out), nil
	}
	switch given := v.(type) {
	case types.Number:
		if typ == types.StringType {
			return types.StringValue(given.ValueBigFloat().Text('f', -1)), nil
		}
	case types.Bool:
		if typ == types.StringType {
			return types.StringValue(strconv.FormatBool(given.ValueBool())), nil
		}
	case types.String:
		if value, isBool := boolTexts[given.ValueString()]; isBool && typ == types.BoolType {
			return types.BoolValue(value), nil
		}
	}
	if !typ.Equal(v.Type(ctx)) {
		return nil, fmt.Errorf("it is no %s; write %s", typeWords[typ].name, typeWords[typ].example)
	}
	return v, nil
}

// boolTexts are the texts that Terraform takes for bools (go-cty, package convert).
var boolTexts = map[string]bool{"true": true, "1": true, "false": false, "0": false}

// typeWords name the types of an event's members that are no lists.
var typeWords = map[attr.Type]struct{ name, example string }{
	types.StringType: {"text", `"…" in quotes`}, types.BoolType: {"true or false", "one of them"},
}

// elementsOf returns the elements of a list, a tuple or a set.
func elementsOf(v attr.Value) ([]attr.Value, bool) {
	switch v := v.(type) {
	case types.List:
		return v.Elements(), true
	case types.Tuple:
		return v.Elements(), true
	case types.Set:
		return v.Elements(), true
	}
	return nil, false
}
