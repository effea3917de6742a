package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ function.Function = offHoursFunction{}

type offHoursFunction struct{}

func newOffHoursFunction() function.Function { return offHoursFunction{} }

func (offHoursFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "off_hours"
}

func (offHoursFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Hours a week that each target is off",
		MarkdownDescription: "Returns the hours that each target of some events is off in a plain week: what `off_hours_per_week` of a " +
			"`savings_schedule` with these events is. Targets are named as there: `rds/cluster/my-aurora`, " +
			"`ec2/tag/deploy=devel`, `ecs/service/web/api`. The function's region is not known here, so each region that an event names " +
			"is in the target's name: `rds/cluster/my-aurora@us-west-2`.",
		Parameters: []function.Parameter{
			eventsParameter(),
			function.StringParameter{
				Name:                "timezone",
				MarkdownDescription: "IANA time zone of the events that have none of their own, such as `Asia/Tokyo`.",
			},
		},
		Return: function.MapReturn{ElementType: types.NumberType},
	}
}

func (offHoursFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	const eventsAt, zoneAt = 0, 1
	var argument types.Dynamic
	var timezone types.String
	resp.Error = req.Arguments.Get(ctx, &argument, &timezone)
	if resp.Error != nil {
		return
	}
	m := scheduleModel{Timezone: timezone}
	if m.Events, resp.Error = eventsArgument(ctx, eventsAt, argument); resp.Error != nil {
		return
	}
	v := &scheduleValidator{model: m}
	if v.zone(); v.diags.HasError() {
		resp.Error = argumentError(zoneAt, errors.New(v.diags[0].Detail()))
		return
	}
	events := m.events()
	for _, key := range sortedKeys(events) {
		if v.event(key, events[key]); v.diags.HasError() {
			resp.Error = argumentError(eventsAt, errors.New(v.diags[0].Detail()))
			return
		}
		e := events[key]
		if e.Enabled.IsNull() {
			e.Enabled = types.BoolValue(true)
		}
		events[key] = e
	}
	m.Events = eventsMap(events)
	resp.Error = resp.Result.Set(ctx, m.offHours())
}
