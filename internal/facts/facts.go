// Package facts asks an AWS account what no documentation says, and what this provider therefore
// treats so that either answer is safe. Each answer settles a line of the table in CONTRIBUTING.md.
package facts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
)

// Place is where the questions are asked. All that they make is in Group, or is named after it.
type Place struct {
	Scheduler *scheduler.Client
	IAM       *iam.Client
	// Account, Region and Group are what ARNs are made of.
	Account, Region, Group string
	// RoleARN is a role that EventBridge Scheduler may assume, and RoleName its name.
	RoleARN, RoleName string
	// Patience bounds the wait for what AWS does by itself; 0 looks once.
	Patience time.Duration
	// Interval is the time between two looks.
	Interval time.Duration
}

// Question is one fact that AWS alone can tell.
type Question struct {
	// Text ends with a question mark.
	Text string
	ask  func(context.Context, *Place) (answer string, err error)
}

// Answer asks; its error is one of the place, not an answer of AWS's that says no.
func (q Question) Answer(ctx context.Context, p *Place) (string, error) { return q.ask(ctx, p) }

// Questions are all, in the order of the report.
func Questions() []Question {
	var all []Question
	for _, expr := range []string{
		"cron(0 21 * * *)", "cron(0 21 ? * FRI-MON *)", "cron(0 20-2 * * ? *)", "cron(0 9 ? NOV-FEB MON *)",
		"cron(0 9 L-3 * ? *)", "cron(0 9 LW * ? *)", "cron(0 9 ? * L *)", "cron(0 9 ? * FRIL *)",
		"cron(0/90 * * * ? *)", "cron(0 9 ? * ? *)", "cron(0 9 ? * 2/2 *)", "cron(0 9 31W * ? *)",
		"rate(1 hours)", "rate(2 hour)", "rate(0 hours)",
	} {
		all = append(all, Question{
			"Is the expression `" + expr + "` taken?",
			func(ctx context.Context, p *Place) (string, error) {
				return p.takes(ctx, func(in *scheduler.CreateScheduleInput) { in.ScheduleExpression = &expr })
			},
		})
	}
	for _, zone := range []string{"Asia/Tokio", "asia/tokyo", "Japan", "EST5EDT", "Etc/GMT-9", "UTC+9", "Local"} {
		all = append(all, Question{
			"Is the time zone `" + zone + "` taken?",
			func(ctx context.Context, p *Place) (string, error) {
				return p.takes(ctx, func(in *scheduler.CreateScheduleInput) { in.ScheduleExpressionTimezone = &zone })
			},
		})
	}
	return append(all,
		Question{"Is an `at()` in a gap of daylight saving taken?", atInGap},
		Question{"Is an `end_date` before the `start_date` taken?", endBeforeStart},
		Question{"Is an `end_date` in the past taken?", endInThePast},
		Question{"Is a target in another region taken?", otherRegion},
		Question{"What is answered where a ClientToken comes again with other parameters?", tokenReuse},
		Question{"What is answered where a schedule is there already?", conflict},
		Question{"In which order does ListSchedules answer what was made as b, a, c?", order},
		Question{"Which dates has the default group?", defaultGroup},
		Question{"What is answered where a role's policies are too large?", policyTooLarge},
		Question{"Are context attributes put in, written plainly and as `\\u003c…\\u003e`?", contextAttributes},
		Question{"What is answered to a schedule in a group that is DELETING?", createWhileDeleting},
	)
}

// schedule is a disabled schedule that calls nothing that exists.
func (p *Place) schedule(name string) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: &name, GroupName: &p.Group, ScheduleExpression: aws.String("cron(0 21 * * ? *)"),
		State:              types.ScheduleStateDisabled,
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target: &types.Target{
			Arn:     aws.String("arn:aws:lambda:" + p.Region + ":" + p.Account + ":function:none"),
			RoleArn: &p.RoleARN, Input: aws.String("{}"),
		},
	}
}

// Ready waits until EventBridge Scheduler may assume the role: IAM's changes take time to spread.
func (p *Place) Ready(ctx context.Context) error {
	answer := ""
	err := p.until(ctx, func() (done bool, err error) {
		answer, err = p.takes(ctx, func(*scheduler.CreateScheduleInput) {})
		return answer == "yes", err
	})
	if err == nil && answer != "yes" {
		err = fmt.Errorf("no schedule can be made: %s", answer)
	}
	return err
}

// takes tries a schedule and says "yes" or AWS's refusal.
func (p *Place) takes(ctx context.Context, change func(*scheduler.CreateScheduleInput)) (string, error) {
	in := p.schedule("try")
	change(in)
	if _, err := p.Scheduler.CreateSchedule(ctx, in); err != nil {
		return refusal(err)
	}
	return "yes", p.remove(ctx, "try")
}

func (p *Place) remove(ctx context.Context, names ...string) error {
	for _, name := range names {
		_, err := p.Scheduler.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{GroupName: &p.Group, Name: &name})
		if err != nil && !isMissing(err) {
			return err
		}
	}
	return nil
}

func isMissing(err error) bool {
	_, missing := errors.AsType[*types.ResourceNotFoundException](err)
	return missing
}

// refusal is AWS's answer in words; what is no answer of a service is an error.
func refusal(err error) (string, error) {
	if err == nil {
		return "nothing: it is taken", nil
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return "", err
	}
	return fmt.Sprintf("no: %s: %s", api.ErrorCode(), api.ErrorMessage()), nil
}

// until looks until done says so or the patience is over.
func (p *Place) until(ctx context.Context, look func() (done bool, err error)) error {
	ticker := time.NewTicker(p.Interval)
	defer ticker.Stop()
	over := time.After(p.Patience)
	for {
		done, err := look()
		if done || err != nil || p.Patience == 0 {
			return err
		}
		select {
		case <-ticker.C:
		case <-over:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Report writes the answers as a table of Markdown.
func Report(p *Place, at time.Time, answers [][2]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What AWS answered\n\nIn region %s, at %s.\n\n| question | answer |\n|---|---|\n",
		p.Region, at.UTC().Format(time.RFC3339))
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	for _, a := range answers {
		fmt.Fprintf(&b, "| %s | %s |\n", cell.Replace(a[0]), cell.Replace(a[1]))
	}
	return b.String()
}
