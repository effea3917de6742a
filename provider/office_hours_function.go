package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/officehours"
)

var _ function.Function = officeHoursFunction{}

type officeHoursFunction struct{}

func newOfficeHoursFunction() function.Function { return officeHoursFunction{} }

func (officeHoursFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "office_hours"
}

// officeTarget is the type of a target: the words that start it and the words that stop it.
var officeTarget = types.ObjectType{AttrTypes: map[string]attr.Type{"start": wordsType, "stop": wordsType}}

// officeEvent is the type of an event that office_hours returns.
var officeEvent = types.ObjectType{AttrTypes: map[string]attr.Type{"args": wordsType, "cron_expr": types.StringType}}

func (officeHoursFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Events that keep targets running in office hours",
		MarkdownDescription: "Returns the events of a `savings_schedule` that start targets at the beginning of office hours and stop them " +
			"at the end: for each target two events, `<target>_start` and `<target>_stop`. " +
			"`office_hours(\"Monday to Friday\", 8, 21, {…})` reads as it is meant. `merge()` adds events of your own, and a `for` " +
			"expression adds members such as `except_dates`.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name: "days",
				MarkdownDescription: "Days of the week, as an event's summary says them (`Monday to Friday`, `every weekday`, " +
					"`Monday, Wednesday and Friday`, `every day`) or as in `cron()` (`MON-FRI`).",
			},
			function.StringParameter{Name: "from", MarkdownDescription: "When they begin: `8`, `8:30` or `08:30`."},
			function.StringParameter{
				Name:                "to",
				MarkdownDescription: "When they end, up to `24`. An end that is not after the beginning is on the next day.",
			},
			function.MapParameter{
				Name:        "targets",
				ElementType: officeTarget,
				MarkdownDescription: "Targets by name, each with the words that start it and those that stop it: " +
					"`{ start = [\"rds\", \"start-cluster\", \"my-aurora\"], stop = [\"rds\", \"stop-cluster\", \"my-aurora\"] }`. Both act on " +
					"the same things.",
			},
		},
		Return: function.MapReturn{ElementType: officeEvent},
	}
}

func (officeHoursFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	const targetsAt = 3
	var days, from, to string
	var targets types.Map
	resp.Error = req.Arguments.Get(ctx, &days, &from, &to, &targets)
	if resp.Error != nil {
		return
	}
	hours, err := officehours.New(days, from, to)
	if wrong := (*officehours.ArgumentError)(nil); errors.As(err, &wrong) {
		resp.Error = argumentError(int64(wrong.Argument), err) // days, from and to are the first of both
		return
	}
	events := map[string]attr.Value{}
	elements := targets.Elements()
	for _, name := range sortedKeys(elements) {
		target, _ := elements[name].(types.Object)
		start, stop, err := officeCommands(target)
		if err != nil {
			resp.Error = argumentError(targetsAt, fmt.Errorf("target %q %w", name, err))
			return
		}
		events[name+"_start"] = officeEventOf(start, hours.Start)
		events[name+"_stop"] = officeEventOf(stop, hours.Stop)
	}
	resp.Error = resp.Result.Set(ctx, types.MapValueMust(officeEvent, events))
}

func officeEventOf(args []string, expression string) attr.Value {
	return types.ObjectValueMust(officeEvent.AttrTypes, map[string]attr.Value{
		"args": stringList(args), "cron_expr": types.StringValue(expression),
	})
}

// officeCommands returns the words of a target that start it and that stop it. Its error goes on from
// the target's name.
func officeCommands(target types.Object) (start, stop []string, err error) {
	if target.IsNull() {
		return nil, nil, errors.New("is null; leave it out, or give it start and stop")
	}
	start, starting, err := officeCommand(target, "start", command.Start)
	if err != nil {
		return nil, nil, err
	}
	stop, stopping, err := officeCommand(target, "stop", command.Stop)
	if err != nil {
		return nil, nil, err
	}
	if !sameTargets(starting, stopping) {
		return nil, nil, fmt.Errorf("starts %s and stops %s; let both act on the same things",
			strings.Join(starting.Targets(""), ", "), strings.Join(stopping.Targets(""), ", "))
	}
	return start, stop, nil
}

// sameTargets tells that two calls act on the same things, in whatever region the function is.
func sameTargets(a, b *command.Call) bool {
	regions := slices.Concat([]string{""}, a.Regions(), b.Regions())
	return slices.ContainsFunc(regions, func(region string) bool {
		return slices.Equal(a.Targets(region), b.Targets(region))
	})
}

func officeCommand(target types.Object, name string, effect command.Effect) ([]string, *command.Call, error) {
	list, _ := target.Attributes()[name].(types.List)
	args, ok := words(list)
	if !ok {
		return nil, nil, fmt.Errorf(`has a null in %s; write words, such as ["rds", "%s-cluster", "my-aurora"]`,
			name, name)
	}
	call, err := command.Parse(args)
	if err != nil {
		return nil, nil, fmt.Errorf("has %s: %w", name, err)
	}
	if call.Effect() != effect {
		return nil, nil, fmt.Errorf("has %s = [%s], which does not %s anything", name, quotedWords(args), name)
	}
	return args, call, nil
}

func quotedWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(quoted, ", ")
}
