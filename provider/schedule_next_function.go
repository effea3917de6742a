package provider

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

var _ function.Function = scheduleNextFunction{}

type scheduleNextFunction struct{}

func newScheduleNextFunction() function.Function { return scheduleNextFunction{} }

func (scheduleNextFunction) Metadata(
	_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse,
) {
	resp.Name = "schedule_next"
}

// maxNext bounds count: what anybody reads.
const maxNext = 1000

func (scheduleNextFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "The next runs of a schedule expression",
		MarkdownDescription: "Returns the first runs of a schedule expression after an instant, as RFC 3339 texts with the zone's " +
			"offset; fewer than `count` where it ends before. A local time that does not exist is skipped; one that comes twice runs " +
			"once. There is no clock in it: the same arguments always give the same runs.",
		Parameters: []function.Parameter{
			expressionParameter(),
			zoneParameter(),
			function.StringParameter{
				Name: "after",
				MarkdownDescription: "RFC 3339 instant, such as `2027-03-31T21:00:00+09:00`, that the runs come after. `plantimestamp()` " +
					"is one, and makes a plan differ from the one before it. A `rate()` counts from it.",
			},
			function.NumberParameter{Name: "count", MarkdownDescription: "How many runs, 1 to 1000."},
		},
		Return: function.ListReturn{ElementType: types.StringType},
	}
}

func (scheduleNextFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	const expressionAt, zoneAt, afterAt, countAt = 0, 1, 2, 3
	var expression, timezone, after string
	var given types.Number
	resp.Error = req.Arguments.Get(ctx, &expression, &timezone, &after, &given)
	if resp.Error != nil {
		return
	}
	schedule, err := awscron.Parse(expression)
	if err != nil {
		resp.Error = argumentError(expressionAt, err)
		return
	}
	zone, err := awscron.LoadLocation(timezone)
	if err != nil {
		resp.Error = argumentError(zoneAt, err)
		return
	}
	at, err := time.Parse(time.RFC3339, after)
	if err != nil {
		resp.Error = argumentError(afterAt, fmt.Errorf("%q is no RFC 3339 instant with its offset; "+
			`write one like "2027-03-31T21:00:00+09:00"`, after))
		return
	}
	count, accuracy := given.ValueBigFloat().Int64()
	if accuracy != big.Exact || count < 1 || count > maxNext {
		resp.Error = argumentError(countAt, fmt.Errorf("count is %s; write a number from 1 to %d",
			given.ValueBigFloat().Text('g', 20), maxNext))
		return
	}
	runs := []string{}
	for range count {
		if at = schedule.Next(at, zone); at.IsZero() {
			break
		}
		runs = append(runs, at.In(zone).Format(time.RFC3339))
	}
	resp.Error = resp.Result.Set(ctx, runs)
}

func expressionParameter() function.Parameter {
	return function.StringParameter{
		Name:                "expression",
		MarkdownDescription: "A `cron()`, `rate()` or `at()` expression, as in `cron_expr`.",
	}
}

func zoneParameter() function.Parameter {
	return function.StringParameter{
		Name:                "timezone",
		MarkdownDescription: "IANA time zone that the expression is read in, such as `Asia/Tokyo`.",
	}
}

// argumentError reports err at the argument with this index.
func argumentError(index int64, err error) *function.FuncError {
	// OpenTofu and Terraform put a full stop behind it.
	return function.NewArgumentFuncError(index, strings.TrimSuffix(err.Error(), "."))
}
