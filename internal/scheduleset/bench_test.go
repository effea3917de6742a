package scheduleset_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"golang.org/x/sync/errgroup"

	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

const benchmarkSize, benchmarkConcurrency = 1000, 10

// BenchmarkCreate makes 1,000 schedules, ten calls at a time, by turns with a Keeper and with the
// bare SDK, and reports how many times as long the Keeper takes.
func BenchmarkCreate(b *testing.B) {
	s := newStage(b)
	set := s.set("app", 0)
	for i := range benchmarkSize {
		set.Events[fmt.Sprintf("e%04d", i)] = event("cron(0 21 ? * MON-FRI *)", i%2 == 1)
	}
	s.config.MaxConcurrency = benchmarkConcurrency
	keeper := scheduleset.New(s.config)
	client := scheduler.NewFromConfig(s.Config())
	var kept, bare time.Duration
	for n := 0; b.Loop(); n++ {
		set.Name = fmt.Sprintf("app%d", n)
		begin := time.Now()
		if _, err := keeper.Create(b.Context(), set); err != nil {
			b.Fatal(err)
		}
		kept += time.Since(begin)
		s.Scheduler().RemoveGroup(set.Name)
		begin = time.Now()
		s.bareCreate(b, client, set)
		bare += time.Since(begin)
		s.Scheduler().RemoveGroup(set.Name)
	}
	b.ReportMetric(float64(kept)/float64(bare), "×bare-SDK")
}

func (s *stage) bareCreate(b *testing.B, client *scheduler.Client, set scheduleset.Set) {
	s.Scheduler().PutGroup(set.Name, nil)
	var g errgroup.Group
	g.SetLimit(benchmarkConcurrency)
	for key := range set.Events {
		want := set.Schedule(key)
		g.Go(func() error {
			_, err := client.CreateSchedule(context.Background(), &scheduler.CreateScheduleInput{
				Name: &want.Name, GroupName: &want.Group, ScheduleExpression: &want.Expression,
				FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
				Target: &types.Target{
					Arn: &want.FunctionARN, RoleArn: &want.RoleARN, Input: aws.String(want.Input),
				},
			})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
}
