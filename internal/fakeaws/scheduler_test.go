package fakeaws

import (
	"cmp"
	"fmt"
	"go/token"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	gocmp "github.com/google/go-cmp/cmp"
)

// newTestScheduler starts an AWS with a role "scheduler" that EventBridge Scheduler may assume.
func newTestScheduler(t *testing.T, opts ...Option) (*AWS, *scheduler.Client, *Clock) {
	t.Helper()
	clock := NewClock(testTime)
	a := Start(t, append([]Option{WithClock(clock.Now)}, opts...)...)
	a.IAM().PutRole(Role{Name: "scheduler", Trust: TrustService("scheduler.amazonaws.com")})
	return a, scheduler.NewFromConfig(a.Config()), clock
}

func minimalTarget() *types.Target {
	return &types.Target{
		Arn:     aws.String("arn:aws:lambda:us-east-1:123456789012:function:dummy"),
		RoleArn: aws.String("arn:aws:iam::123456789012:role/scheduler"),
	}
}

func minimal(
	name string, change func(*scheduler.CreateScheduleInput),
) *scheduler.CreateScheduleInput {
	in := &scheduler.CreateScheduleInput{
		Name:               aws.String(name),
		ScheduleExpression: aws.String("cron(0 21 ? * MON-FRI *)"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target:             minimalTarget(),
	}
	if change != nil {
		change(in)
	}
	return in
}

// A minimal schedule has UTC, ENABLED, NONE and {86400, 185}; GetSchedule leaves out Description,
// Input, dates, key and dead letters (answers recorded from AWS in LocalStack's snapshot tests).
func TestGetScheduleOfAMinimalOne(t *testing.T) {
	t.Parallel()
	_, client, _ := newTestScheduler(t)
	made, err := client.CreateSchedule(t.Context(), minimal("s", nil))
	noError(t, err)
	if got, want := *made.ScheduleArn,
		"arn:aws:scheduler:us-east-1:123456789012:schedule/default/s"; got != want {
		t.Errorf("ScheduleArn = %q, want %q", got, want)
	}
	got, err := client.GetSchedule(t.Context(), &scheduler.GetScheduleInput{Name: aws.String("s")})
	noError(t, err)
	want := &scheduler.GetScheduleOutput{
		Arn:                        made.ScheduleArn,
		GroupName:                  aws.String("default"),
		Name:                       aws.String("s"),
		ScheduleExpression:         aws.String("cron(0 21 ? * MON-FRI *)"),
		ScheduleExpressionTimezone: aws.String("UTC"),
		State:                      types.ScheduleStateEnabled,
		ActionAfterCompletion:      types.ActionAfterCompletionNone,
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		CreationDate:               aws.Time(testTime),
		LastModificationDate:       aws.Time(testTime),
		Target:                     minimalTarget(),
	}
	want.Target.RetryPolicy = &types.RetryPolicy{
		MaximumEventAgeInSeconds: aws.Int32(86400), MaximumRetryAttempts: aws.Int32(185),
	}
	got.ResultMetadata = want.ResultMetadata
	if diff := gocmp.Diff(want, got, shapes); diff != "" {
		t.Errorf("GetSchedule (-want +got):\n%s", diff)
	}
}

// Each of these is refused, with the text where one is known. Accepted and refused expressions are
// AWS's recorded answers (LocalStack's snapshot tests); limits are the API Reference's.
func TestCreateScheduleRefuses(t *testing.T) {
	t.Parallel()
	_, client, _ := newTestScheduler(t)
	tests := map[string]struct {
		change  func(*scheduler.CreateScheduleInput)
		code    string
		message string
	}{
		"long name": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.Name = aws.String(strings.Repeat("n", 65))
			},
		},
		"name with a blank": {
			change: func(in *scheduler.CreateScheduleInput) { in.Name = aws.String("a b") },
		},
		"bad expression before a role that does not exist": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.ScheduleExpression = aws.String("cron(0 1 * * * *)")
				in.Target.RoleArn = aws.String("arn:aws:iam::123456789012:role/none")
			},
			message: "Invalid Schedule Expression cron(0 1 * * * *).",
		},
		"unknown zone": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.ScheduleExpressionTimezone = aws.String("Asia/Tokio")
			},
		},
		// TFP's retry text: the role does not exist, or its trust lets nobody in.
		"role that does not exist": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.Target.RoleArn = aws.String("arn:aws:iam::123456789012:role/none")
			},
			message: "The execution role you provide must allow AWS EventBridge Scheduler " +
				"to assume the role.",
		},
		"start date more than five minutes ago": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.StartDate = aws.Time(testTime.Add(-earliestStart - time.Second))
			},
			message: "The StartDate you specify cannot be earlier than 5 minutes ago.",
		},
		// User Guide, "Configuring flexible time windows".
		"flexible without a window": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.FlexibleTimeWindow.Mode = types.FlexibleTimeWindowModeFlexible
			},
		},
		"186 attempts": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.Target.RetryPolicy = &types.RetryPolicy{MaximumRetryAttempts: aws.Int32(186)}
			},
		},
		"59 seconds": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.Target.RetryPolicy = &types.RetryPolicy{MaximumEventAgeInSeconds: aws.Int32(59)}
			},
		},
		// User Guide, "Configuring a dead-letter queue": standard queues only.
		"FIFO queue": {
			change: func(in *scheduler.CreateScheduleInput) {
				in.Target.DeadLetterConfig = &types.DeadLetterConfig{
					Arn: aws.String("arn:aws:sqs:us-east-1:123456789012:dead.fifo"),
				}
			},
		},
		// API Reference, Target: Lambda's input must be well-formed JSON.
		"input that is no JSON": {
			change: func(in *scheduler.CreateScheduleInput) { in.Target.Input = aws.String("{") },
		},
		"unknown group": {
			change:  func(in *scheduler.CreateScheduleInput) { in.GroupName = aws.String("none") },
			code:    "ResourceNotFoundException",
			message: "Schedule group none does not exist.",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client.CreateSchedule(t.Context(), minimal("s", tt.change))
			wantError(t, err, cmp.Or(tt.code, "ValidationException"), tt.message)
		})
	}
}

func TestExpressionsAsRecordedFromAWS(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{
		"cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", "cron(30-30 13-13 ? * 2,4,6 *)",
		"cron(1-31/30 1-1 ? * 1,7 *)", "cron(0 18 ? * MON-FRI *)", "cron(*/15 * * * ? *)",
		"cron(0-59/10 0-23/2 ? * * *)", "at(2022-12-31T23:59:59)",
		"cron(0 21 ? * Mon-Sun *)", "cron(0 8 L * ? *)", "cron(0 8 3W * ? *)", "cron(0 8 ? * 6L *)",
		"cron(0 8 ? * 3#2 *)", "rate(1 minute)", "rate(1 days)", "cron(0 8 1 1 ? 2026-2030/2)",
	} {
		if !wellFormed(expr) {
			t.Errorf("%s is refused", expr)
		}
	}
	for _, expr := range []string{
		"cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)",
		"cron(71 8 1 * ? *)", "cron()", "rate(10 seconds)", "rate(10 years)", "rate()", "rate(10)",
		"rate(10 minutess)", "rate(foo minutes)", "rate(-10 minutes)", "rate( 10 minutes )",
		" rate(10 minutes)", "at(2021-12-31T23:59:59Z)", "at(2021-12-31)", "at(2021-02-30T00:00:00)",
		"cron(0 8 ? * ? *)", "cron(0 8 ? * 2/2 *)", "cron(0 8 ? * MON)", "",
	} {
		if wellFormed(expr) {
			t.Errorf("%s is accepted", expr)
		}
	}
}

func TestWithValidExpression(t *testing.T) {
	t.Parallel()
	_, client, _ := newTestScheduler(t,
		WithValidExpression(func(expr string) bool { return expr == "mine" }))
	_, err := client.CreateSchedule(t.Context(), minimal("s", nil))
	wantError(t, err, "ValidationException", "Invalid Schedule Expression cron(0 21 ? * MON-FRI *).")
	_, err = client.CreateSchedule(t.Context(), minimal("s", func(in *scheduler.CreateScheduleInput) {
		in.ScheduleExpression = aws.String("mine")
	}))
	noError(t, err)
}

// A start date just inside the five minutes passes, and one-time schedules ignore it (API model,
// StartDate).
func TestStartDateThatPasses(t *testing.T) {
	t.Parallel()
	_, client, _ := newTestScheduler(t)
	_, err := client.CreateSchedule(t.Context(), minimal("a", func(in *scheduler.CreateScheduleInput) {
		in.StartDate = aws.Time(testTime.Add(-earliestStart))
	}))
	noError(t, err)
	_, err = client.CreateSchedule(t.Context(), minimal("b", func(in *scheduler.CreateScheduleInput) {
		in.ScheduleExpression = aws.String("at(2026-01-01T00:00:00)")
		in.StartDate = aws.Time(testTime.AddDate(-1, 0, 0))
	}))
	noError(t, err)
}

// A fresh role is refused for a while (terraform-provider-aws retries it for two minutes), and the
// trust condition names the group (User Guide, "Confused deputy prevention").
func TestScheduleRole(t *testing.T) {
	t.Parallel()
	a, client, _ := newTestScheduler(t)
	a.IAM().RefuseAssume("scheduler", 1)
	const refusal = "The execution role you provide must allow AWS EventBridge Scheduler to assume " +
		"the role."
	_, err := client.CreateSchedule(t.Context(), minimal("s", nil))
	wantError(t, err, "ValidationException", refusal)
	_, err = client.CreateSchedule(t.Context(), minimal("s", nil))
	noError(t, err)
	a.IAM().PutRole(Role{Name: "scheduler", Trust: `{"Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"scheduler.amazonaws.com"},"Action":"sts:AssumeRole","Condition":` +
		`{"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:*:*:schedule/default/*"}}}]}`})
	_, err = client.CreateSchedule(t.Context(), minimal("t", nil))
	wantError(t, err, "ValidationException", refusal)

	_, client, _ = newTestScheduler(t, WithoutRoleChecks())
	_, err = client.CreateSchedule(t.Context(), minimal("s", func(in *scheduler.CreateScheduleInput) {
		in.Target.RoleArn = aws.String("arn:aws:iam::123456789012:role/none")
	}))
	noError(t, err)
}

// UpdateSchedule replaces all: what is left out has its default again (API Reference,
// UpdateSchedule). Without State a disabled schedule is enabled.
func TestUpdateScheduleIsAFullReplace(t *testing.T) {
	t.Parallel()
	a, client, clock := newTestScheduler(t)
	_, err := client.CreateSchedule(t.Context(), minimal("s", func(in *scheduler.CreateScheduleInput) {
		in.State = types.ScheduleStateDisabled
		in.Description = aws.String("nightly")
		in.ScheduleExpressionTimezone = aws.String("Asia/Tokyo")
		in.EndDate = aws.Time(testTime.AddDate(1, 0, 0))
		in.ActionAfterCompletion = types.ActionAfterCompletionDelete
		in.Target.Input = aws.String(`{"args":["<a>"]}`)
		in.Target.RetryPolicy = &types.RetryPolicy{MaximumRetryAttempts: aws.Int32(0)}
	}))
	noError(t, err)
	before, _ := a.Scheduler().Schedule("default", "s")
	if *before.Target.RetryPolicy.MaximumRetryAttempts != 0 ||
		before.Target.Input != `{"args":["<a>"]}` {
		t.Errorf("created with %+v", before.Target)
	}
	clock.Advance(time.Hour)
	_, err = client.UpdateSchedule(t.Context(), &scheduler.UpdateScheduleInput{
		Name: aws.String("s"), ScheduleExpression: aws.String("rate(1 day)"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target:             minimalTarget(),
	})
	noError(t, err)
	after, _ := a.Scheduler().Schedule("default", "s")
	want := Schedule{
		Arn: before.Arn, GroupName: "default", Name: "s", ScheduleExpression: "rate(1 day)",
		CreationDate: Epoch{testTime}, LastModificationDate: Epoch{testTime.Add(time.Hour)},
		Target: Target{Arn: before.Target.Arn, RoleArn: before.Target.RoleArn},
	}
	want.setDefaults()
	if diff := gocmp.Diff(want, after, shapes); diff != "" {
		t.Errorf("after the update (-want +got):\n%s", diff)
	}
}

// A schedule in another group is not found: the group defaults to "default" on update too (API
// Reference, UpdateSchedule).
func TestUpdateAndDeleteOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	a, client, _ := newTestScheduler(t)
	a.Scheduler().PutSchedule(Schedule{GroupName: "g", Name: "s"})
	_, err := client.UpdateSchedule(t.Context(), &scheduler.UpdateScheduleInput{
		Name: aws.String("s"), ScheduleExpression: aws.String("rate(1 day)"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target:             minimalTarget(),
	})
	wantError(t, err, "ResourceNotFoundException", "Schedule s does not exist.")
	_, err = client.DeleteSchedule(t.Context(), &scheduler.DeleteScheduleInput{Name: aws.String("s")})
	wantError(t, err, "ResourceNotFoundException", "Schedule s does not exist.")
	_, err = client.DeleteSchedule(t.Context(), &scheduler.DeleteScheduleInput{
		Name: aws.String("s"), GroupName: aws.String("g"),
	})
	noError(t, err)
	if n := len(a.Scheduler().Schedules("g")); n != 0 {
		t.Errorf("%d schedules left", n)
	}
}

// The same ClientToken is the same request; a new token meets a conflict (API Reference,
// CreateSchedule, ClientToken).
func TestClientToken(t *testing.T) {
	t.Parallel()
	_, client, _ := newTestScheduler(t)
	in := minimal("s", func(in *scheduler.CreateScheduleInput) { in.ClientToken = aws.String("one") })
	first, err := client.CreateSchedule(t.Context(), in)
	noError(t, err)
	again, err := client.CreateSchedule(t.Context(), in)
	noError(t, err)
	if *first.ScheduleArn != *again.ScheduleArn {
		t.Errorf("answers differ: %s, %s", *first.ScheduleArn, *again.ScheduleArn)
	}
	in.ClientToken = aws.String("two")
	_, err = client.CreateSchedule(t.Context(), in)
	wantError(t, err, "ConflictException", "Schedule s already exists.")
}

// Pages hold 100 and a token leads on (API Reference, ListSchedules).
func TestListSchedulesPages(t *testing.T) {
	t.Parallel()
	a, client, _ := newTestScheduler(t)
	for i := range 205 {
		a.Scheduler().PutSchedule(Schedule{GroupName: "g", Name: fmt.Sprintf("s%03d", i)})
	}
	a.Scheduler().PutSchedule(Schedule{Name: "s-default", State: "DISABLED"})
	var sizes []int
	seen := map[string]bool{}
	pages := scheduler.NewListSchedulesPaginator(client,
		&scheduler.ListSchedulesInput{GroupName: aws.String("g")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		noError(t, err)
		sizes = append(sizes, len(page.Schedules))
		for _, s := range page.Schedules {
			seen[*s.Name] = true
		}
	}
	if diff := gocmp.Diff([]int{100, 100, 5}, sizes); diff != "" || len(seen) != 205 {
		t.Errorf("%d schedules in pages of (-want +got):\n%s", len(seen), diff)
	}
	out, err := client.ListSchedules(t.Context(), &scheduler.ListSchedulesInput{
		NamePrefix: aws.String("s-"), State: types.ScheduleStateDisabled, MaxResults: aws.Int32(1),
	})
	noError(t, err)
	if len(out.Schedules) != 1 || *out.Schedules[0].Name != "s-default" || out.NextToken != nil {
		t.Errorf("filtered list: %+v", out.Schedules)
	}
	_, err = client.ListSchedules(t.Context(),
		&scheduler.ListSchedulesInput{GroupName: aws.String("x")})
	wantError(t, err, "ResourceNotFoundException", "Schedule group x does not exist.")
}

// shapes compares what a user of the types sees.
var shapes = gocmp.FilterPath(func(p gocmp.Path) bool {
	field, ok := p.Last().(gocmp.StructField)
	return ok && !token.IsExported(field.Name())
}, gocmp.Ignore())
