package scheduleset

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// What GetSchedule answers where a retry policy was never given (EventBridge Scheduler API
// Reference, "RetryPolicy"); emulators leave it out.
const (
	defaultAttempts = 185
	defaultEventAge = 24 * time.Hour
)

// createInput is the whole object. Nothing that has a value is left to a default: emulators keep
// none for State, and UpdateSchedule would reset what is missing (EventBridge Scheduler API
// Reference, "UpdateSchedule").
func createInput(s Schedule) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name:                       &s.Name,
		GroupName:                  &s.Group,
		ScheduleExpression:         &s.Expression,
		ScheduleExpressionTimezone: optional(s.Timezone),
		Description:                optional(s.Description),
		State:                      stateOf(s.Enabled),
		StartDate:                  optionalTime(s.StartDate),
		EndDate:                    optionalTime(s.EndDate),
		ActionAfterCompletion:      types.ActionAfterCompletionNone,
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target:                     targetOf(s),
	}
}

func updateInput(s Schedule) *scheduler.UpdateScheduleInput {
	c := createInput(s)
	return &scheduler.UpdateScheduleInput{
		Name:                       c.Name,
		GroupName:                  c.GroupName,
		ScheduleExpression:         c.ScheduleExpression,
		ScheduleExpressionTimezone: c.ScheduleExpressionTimezone,
		Description:                c.Description,
		State:                      c.State,
		StartDate:                  c.StartDate,
		EndDate:                    c.EndDate,
		ActionAfterCompletion:      c.ActionAfterCompletion,
		FlexibleTimeWindow:         c.FlexibleTimeWindow,
		Target:                     c.Target,
	}
}

func targetOf(s Schedule) *types.Target {
	t := &types.Target{
		Arn:     &s.FunctionARN,
		RoleArn: &s.RoleARN,
		Input:   &s.Input,
		RetryPolicy: &types.RetryPolicy{
			MaximumRetryAttempts:     &s.MaximumAttempts,
			MaximumEventAgeInSeconds: aws.Int32(int32(s.MaximumEventAge.Seconds())),
		},
	}
	if s.DeadLetterARN != "" {
		t.DeadLetterConfig = &types.DeadLetterConfig{Arn: &s.DeadLetterARN}
	}
	return t
}

func stateOf(enabled bool) types.ScheduleState {
	if enabled {
		return types.ScheduleStateEnabled
	}
	return types.ScheduleStateDisabled
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// fromAWS is the reverse of createInput; what AWS leaves out reads as AWS's default.
func fromAWS(out *scheduler.GetScheduleOutput) Schedule {
	s := Schedule{
		ARN:             aws.ToString(out.Arn),
		Group:           aws.ToString(out.GroupName),
		Name:            aws.ToString(out.Name),
		Expression:      aws.ToString(out.ScheduleExpression),
		Timezone:        aws.ToString(out.ScheduleExpressionTimezone),
		Description:     aws.ToString(out.Description),
		Enabled:         out.State != types.ScheduleStateDisabled,
		StartDate:       aws.ToTime(out.StartDate),
		EndDate:         aws.ToTime(out.EndDate),
		MaximumAttempts: defaultAttempts,
		MaximumEventAge: defaultEventAge,
		Other:           otherSettings(out),
	}
	if s.Timezone == "" {
		s.Timezone = "UTC"
	}
	t := out.Target
	if t == nil {
		return s
	}
	s.FunctionARN = aws.ToString(t.Arn)
	s.RoleARN = aws.ToString(t.RoleArn)
	s.Input = aws.ToString(t.Input)
	if t.DeadLetterConfig != nil {
		s.DeadLetterARN = aws.ToString(t.DeadLetterConfig.Arn)
	}
	if p := t.RetryPolicy; p != nil && p.MaximumRetryAttempts != nil {
		s.MaximumAttempts = *p.MaximumRetryAttempts
	}
	if p := t.RetryPolicy; p != nil && p.MaximumEventAgeInSeconds != nil {
		s.MaximumEventAge = time.Duration(*p.MaximumEventAgeInSeconds) * time.Second
	}
	return s
}

// otherSettings names what we never write.
func otherSettings(out *scheduler.GetScheduleOutput) []Setting {
	var found []Setting
	if w := out.FlexibleTimeWindow; w != nil && w.Mode == types.FlexibleTimeWindowModeFlexible {
		minutes := strconv.Itoa(int(aws.ToInt32(w.MaximumWindowInMinutes)))
		found = append(found, Setting{FlexibleWindow, minutes})
	}
	if out.KmsKeyArn != nil {
		found = append(found, Setting{CustomerKey, *out.KmsKeyArn})
	}
	if out.ActionAfterCompletion == types.ActionAfterCompletionDelete {
		found = append(found, Setting{Kind: DeletedAfterCompletion})
	}
	if t := out.Target; t != nil && (t.EcsParameters != nil || t.EventBridgeParameters != nil ||
		t.KinesisParameters != nil || t.SageMakerPipelineParameters != nil ||
		t.SqsParameters != nil) {
		found = append(found, Setting{Kind: OtherTarget})
	}
	return found
}
