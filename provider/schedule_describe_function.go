package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

var _ function.Function = scheduleDescribeFunction{}

type scheduleDescribeFunction struct{}

func newScheduleDescribeFunction() function.Function { return scheduleDescribeFunction{} }

func (scheduleDescribeFunction) Metadata(
	_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse,
) {
	resp.Name = "schedule_describe"
}

func (scheduleDescribeFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "A schedule expression in words",
		MarkdownDescription: "Says in words when a schedule expression runs: \"every weekday at 21:00, Asia/Tokyo\". Expressions " +
			"with the same runs have the same words, and others have other words.",
		Parameters: []function.Parameter{
			expressionParameter(),
			zoneParameter(),
			function.StringParameter{Name: "language", MarkdownDescription: "`en` or `ja`."},
		},
		Return: function.StringReturn{},
	}
}

func (scheduleDescribeFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	const expressionAt, zoneAt, languageAt = 0, 1, 2
	var expression, timezone, tag string
	resp.Error = req.Arguments.Get(ctx, &expression, &timezone, &tag)
	if resp.Error != nil {
		return
	}
	schedule, err := awscron.Parse(expression)
	if err != nil {
		resp.Error = argumentError(expressionAt, err)
		return
	}
	if _, err := awscron.LoadLocation(timezone); err != nil {
		resp.Error = argumentError(zoneAt, err)
		return
	}
	lang, err := language.Parse(tag)
	if err != nil {
		resp.Error = argumentError(languageAt, err)
		return
	}
	resp.Error = resp.Result.Set(ctx, sentence.When(schedule, timezone, lang))
}
