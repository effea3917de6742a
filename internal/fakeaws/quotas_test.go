package fakeaws_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// EventBridge Scheduler User Guide, "Quotas": requests a second in an account and region. One schedule
// takes "10 transactions per second", which no request can raise.
func TestWithQuotas(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		region string
		most   int
		call   func(ctx context.Context, c *scheduler.Client, i int) error
	}{
		"GetSchedule, a small region": {"eu-north-1", 250, getSchedule},
		"GetSchedule, a large region": {"eu-west-1", 1000, getSchedule},
		"one schedule": {"eu-west-1", 10, func(ctx context.Context, c *scheduler.Client, _ int) error {
			return getSchedule(ctx, c, 0)
		}},
		"ListSchedules": {"eu-west-1", 50, func(ctx context.Context, c *scheduler.Client, _ int) error {
			_, err := c.ListSchedules(ctx, &scheduler.ListSchedulesInput{})
			return err
		}},
		"GetScheduleGroup": {"eu-west-1", 10, func(ctx context.Context, c *scheduler.Client, _ int) error {
			_, err := c.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: aws.String("app")})
			return err
		}},
		"UntagResource": {"eu-west-1", 1, func(ctx context.Context, c *scheduler.Client, _ int) error {
			_, err := c.UntagResource(ctx, &scheduler.UntagResourceInput{
				ResourceArn: aws.String("arn:aws:scheduler:eu-west-1:123456789012:schedule-group/app"),
				TagKeys:     []string{"team"},
			})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := fakeaws.NewClock(time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC))
			a := fakeaws.Start(t, fakeaws.WithQuotas(1), fakeaws.WithRegion(test.region), fakeaws.WithClock(clock.Now))
			a.Scheduler().PutGroup("app", nil)
			cfg := a.Config()
			cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
			client := scheduler.NewFromConfig(cfg)
			for second := range 2 {
				for i := range test.most {
					if err := test.call(t.Context(), client, i); throttled(err) {
						t.Fatalf("second %d: call %d of %d is refused: %v", second, i+1, test.most, err)
					}
				}
				if err := test.call(t.Context(), client, test.most); !throttled(err) {
					t.Fatalf("second %d: call %d: got %v, want a ThrottlingException", second, test.most+1, err)
				}
				clock.Advance(time.Second)
			}
		})
	}
}

func getSchedule(ctx context.Context, c *scheduler.Client, i int) error {
	_, err := c.GetSchedule(ctx, &scheduler.GetScheduleInput{
		GroupName: aws.String("app"), Name: aws.String(fmt.Sprintf("stop-%d", i)),
	})
	return err
}

func throttled(err error) bool {
	_, ok := errors.AsType[*types.ThrottlingException](err)
	return ok
}
