// Command baresets makes, reads, changes and removes schedules with nothing but the AWS SDK: the calls
// that savings_schedule makes, as many at a time. The provider is measured against it.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"golang.org/x/sync/errgroup"
)

const (
	concurrency = 10
	group       = "bench"
	account     = "123456789012"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "baresets:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("got %d arguments, want create, read, change or remove, and a count", len(args))
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	s := set{scheduler.NewFromConfig(cfg), lambda.NewFromConfig(cfg), cfg.Region, n}
	switch args[0] {
	case "create":
		return s.create(ctx)
	case "read":
		return s.read(ctx)
	case "change":
		return s.change(ctx)
	case "remove":
		return s.remove(ctx)
	}
	return fmt.Errorf("got %q, want create, read, change or remove", args[0])
}

type set struct {
	scheduler *scheduler.Client
	lambda    *lambda.Client
	region    string
	n         int
}

// each calls for every schedule, ten at a time.
func (s set) each(ctx context.Context, call func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(concurrency)
	for i := range s.n {
		g.Go(func() error { return call(ctx, i) })
	}
	return g.Wait()
}

func (s set) function() string {
	return "arn:aws:lambda:" + s.region + ":" + account + ":function:tools"
}

func (s set) create(ctx context.Context) error {
	_, err := s.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String(s.function())})
	if err != nil {
		return err
	}
	// That the group is not there is no failure.
	_, _ = s.scheduler.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: aws.String(group)})
	made, err := s.scheduler.CreateScheduleGroup(ctx, &scheduler.CreateScheduleGroupInput{
		Name: aws.String(group), Tags: []types.Tag{{Key: aws.String("creating"), Value: aws.String("1")}},
	})
	if err != nil {
		return err
	}
	err = s.each(ctx, func(ctx context.Context, i int) error {
		_, err := s.scheduler.CreateSchedule(ctx, s.input(i))
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.scheduler.ListTagsForResource(ctx, &scheduler.ListTagsForResourceInput{
		ResourceArn: made.ScheduleGroupArn,
	})
	if err != nil {
		return err
	}
	_, err = s.scheduler.UntagResource(ctx, &scheduler.UntagResourceInput{
		ResourceArn: made.ScheduleGroupArn, TagKeys: []string{"creating"},
	})
	return err
}

func name(i int) *string { return aws.String(fmt.Sprintf("stop_%d", i)) }

// input is what savings_schedule sends for a stop of one cluster.
func (s set) input(i int) *scheduler.CreateScheduleInput {
	payload := fmt.Sprintf(`{"args":["rds","stop-cluster","db-%d"],"group":%q,"schedule":%q,"holds":true,`+
		`"timezone":"Asia/Tokyo","late_after_seconds":3600,"scheduled_time":"<aws.scheduler.scheduled-time>"}`,
		i, group, *name(i))
	return &scheduler.CreateScheduleInput{
		Name: name(i), GroupName: aws.String(group), State: types.ScheduleStateEnabled,
		ScheduleExpression:         aws.String(fmt.Sprintf("cron(%d %d ? * MON-SUN *)", i%60, i/60%24)),
		ScheduleExpressionTimezone: aws.String("Asia/Tokyo"),
		ActionAfterCompletion:      types.ActionAfterCompletionNone,
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target: &types.Target{
			Arn: aws.String(s.function()), RoleArn: aws.String("arn:aws:iam::" + account + ":role/tools-scheduler"),
			Input: &payload,
			RetryPolicy: &types.RetryPolicy{
				MaximumRetryAttempts: aws.Int32(10), MaximumEventAgeInSeconds: aws.Int32(3600),
			},
		},
	}
}

// read looks at all that there is: the group, its tags, the list, each schedule.
func (s set) read(ctx context.Context) error {
	found, err := s.scheduler.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: aws.String(group)})
	if err != nil {
		return err
	}
	_, err = s.scheduler.ListTagsForResource(ctx, &scheduler.ListTagsForResourceInput{ResourceArn: found.Arn})
	if err != nil {
		return err
	}
	if err := s.list(ctx); err != nil {
		return err
	}
	return s.each(ctx, func(ctx context.Context, i int) error {
		_, err := s.scheduler.GetSchedule(ctx, &scheduler.GetScheduleInput{GroupName: aws.String(group), Name: name(i)})
		return err
	})
}

func (s set) list(ctx context.Context) error {
	pages := scheduler.NewListSchedulesPaginator(s.scheduler,
		&scheduler.ListSchedulesInput{GroupName: aws.String(group), MaxResults: aws.Int32(100)})
	for pages.HasMorePages() {
		if _, err := pages.NextPage(ctx); err != nil {
			return err
		}
	}
	return nil
}

// change writes over one schedule.
func (s set) change(ctx context.Context) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	in := s.input(7)
	_, err := s.scheduler.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
		Name: in.Name, GroupName: in.GroupName, State: in.State,
		ScheduleExpression:         aws.String("cron(30 22 ? * MON-FRI *)"),
		ScheduleExpressionTimezone: in.ScheduleExpressionTimezone,
		ActionAfterCompletion:      in.ActionAfterCompletion,
		FlexibleTimeWindow:         in.FlexibleTimeWindow,
		Target:                     in.Target,
	})
	return err
}

// remove deletes each schedule and the group, and sees that it is gone.
func (s set) remove(ctx context.Context) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	if _, err := s.scheduler.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: aws.String(group)}); err != nil {
		return err
	}
	if err := s.list(ctx); err != nil {
		return err
	}
	err := s.each(ctx, func(ctx context.Context, i int) error {
		_, err := s.scheduler.DeleteSchedule(ctx,
			&scheduler.DeleteScheduleInput{GroupName: aws.String(group), Name: name(i)})
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.scheduler.DeleteScheduleGroup(ctx, &scheduler.DeleteScheduleGroupInput{Name: aws.String(group)})
	if err != nil {
		return err
	}
	if _, err := s.scheduler.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: aws.String(group)}); err == nil {
		return fmt.Errorf("the group is still there")
	}
	return nil
}
