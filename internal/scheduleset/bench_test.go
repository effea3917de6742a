package scheduleset_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"golang.org/x/sync/errgroup"

	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// Both benchmarks make 1,000 schedules, ten calls at a time; the second is what nobody can do
// better with the SDK.
const benchmarkSize, benchmarkConcurrency = 1000, 10

func BenchmarkCreate(b *testing.B) {
	s := newStage(b)
	set := s.set("app", 0)
	for i := range benchmarkSize {
		set.Events[fmt.Sprintf("e%04d", i)] = event("cron(0 21 ? * MON-FRI *)", i%2 == 1)
	}
	s.config.MaxConcurrency = benchmarkConcurrency
	keeper := scheduleset.New(s.config)
	for n := 0; b.Loop(); n++ {
		set.Name = fmt.Sprintf("app%d", n)
		if _, err := keeper.Create(b.Context(), set); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareSDK(b *testing.B) {
	s := newStage(b)
	client := scheduler.NewFromConfig(s.Config())
	set := s.set("bare", 1)
	target := &types.Target{
		Arn: &set.FunctionARN, RoleArn: &s.role, Input: aws.String(set.Schedule("e00").Input),
	}
	for n := 0; b.Loop(); n++ {
		group := fmt.Sprintf("bare%d", n)
		s.Scheduler().PutGroup(group, nil)
		var g errgroup.Group
		g.SetLimit(benchmarkConcurrency)
		for i := range benchmarkSize {
			g.Go(func() error {
				_, err := client.CreateSchedule(context.Background(), &scheduler.CreateScheduleInput{
					Name: aws.String(fmt.Sprintf("e%04d", i)), GroupName: &group, Target: target,
					ScheduleExpression: aws.String("cron(0 21 ? * MON-FRI *)"),
					FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
				})
				return err
			})
		}
		if err := g.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}
