package provider

import (
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// offHours is how many hours of a plain week each target is off. It is unknown while anything that
// it depends on is; of a disabled event that is nothing.
func (m scheduleModel) offHours() types.Map {
	unknown := types.MapUnknown(types.NumberType)
	events := m.events()
	if m.Events.IsUnknown() || len(events) < len(m.Events.Elements()) {
		return unknown
	}
	var all []timeline.Event
	scope, _ := scopeOf(m.FunctionARN) // an ARN that cannot be read is reported by ValidateConfig
	for _, key := range sortedKeys(events) {
		e := events[key]
		zone := e.zone(m.Timezone)
		commands, known := e.commands()
		switch {
		case !e.Enabled.IsUnknown() && !e.Enabled.ValueBool():
			continue
		case e.Args.IsNull() && e.Steps.IsNull():
			continue // what something else put into the group
		case !known, e.Enabled.IsUnknown(), e.CronExpr.IsUnknown(), zone.IsUnknown(),
			m.FunctionARN.IsUnknown() && e.namesRegion():
			return unknown
		}
		effects, err := timeline.Config{
			Key: key, Commands: commands, CronExpr: e.CronExpr.ValueString(), Timezone: zone.ValueString(),
			Region: scope.Region,
		}.Events()
		if err != nil {
			continue // reported by ValidateConfig
		}
		all = append(all, effects...)
	}
	hours := map[string]attr.Value{}
	for _, week := range timeline.Weeks(all, time.UTC) {
		hours[week.Target] = number(week.Hours())
	}
	return types.MapValueMust(types.NumberType, hours)
}

// namesRegion tells that a target's name depends on the region of the function.
func (e eventModel) namesRegion() bool {
	return slices.ContainsFunc(e.calls(), func(c *command.Call) bool { return len(c.Regions()) > 0 })
}

// number is a number as Terraform reads it from a state: by its decimal digits.
func number(f float64) types.Number {
	const precision = 512 // of Terraform's own numbers, in bits
	n, _, err := big.ParseFloat(strconv.FormatFloat(f, 'f', -1, 64), 10, precision, big.ToNearestEven)
	if err != nil {
		return types.NumberNull() // not reached: these are digits
	}
	return types.NumberValue(n)
}
