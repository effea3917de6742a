package enforcement_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// deployment is what the deployer under test applies.
var deployment = deployer.Deployment{
	Partition: "aws", Region: here.Region, Account: here.Account,
	Runner: "tools", Groups: []string{"web", "web-night"}, BoundaryARN: boundary,
	Repository: "tools",
}

// act is something that a deployer does: to what root has prepared, with a Keeper's rights.
type act struct {
	name    string
	prepare func(*testing.T, stage)
	do      func(*testing.T, stage, aws.Config) error
}

// acts are the whole work of a deployer.
var acts = []act{
	{"life of a runner", func(*testing.T, stage) {}, runnerLife},
	{"mending of a runner", driftedRunner, mendRunner},
	{"life of a runner with an image", aRepository, imageLife},
	{"life of a schedule", aRunner, scheduleLife},
	{"move of a schedule", aRunner, scheduleMove},
}

func bounded(t *testing.T) runnerstack.Stack {
	t.Helper()
	s := stack(t)
	s.PermissionsBoundaryARN, s.Tags = boundary, map[string]string{"team": "web"}
	return s
}

func runnerLife(t *testing.T, s stage, cfg aws.Config) error {
	t.Helper()
	k, have := s.keeper(cfg), bounded(t)
	if _, err := k.Create(t.Context(), have); err != nil {
		return err
	}
	want := have
	want.Tags, want.MemorySize, want.LogRetention = map[string]string{"env": "dev"}, 256, 14
	want.FailureDestinationARN, want.Zip = "arn:aws:sns:us-east-1:123456789012:failures", acctest.Zip(t, "bootstrap", "two")
	want.CodeDigest = bundle.Digest(want.Zip)
	if _, err := k.Update(t.Context(), have, want); err != nil {
		return err
	}
	live, err := k.Read(t.Context(), want)
	if err != nil {
		return err
	}
	if drift := runnerstack.Drift(want, live, here.Region); len(drift) > 0 {
		return fmt.Errorf("after the update: %q", drift)
	}
	if _, err = k.Delete(t.Context(), want); err != nil {
		return err
	}
	if left := s.Leftovers(); len(left) > 0 {
		return fmt.Errorf("left behind: %q", left)
	}
	return nil
}

// aRunner is there before its schedules.
func aRunner(t *testing.T, s stage) {
	t.Helper()
	if _, err := s.keeper(s.Config()).Create(t.Context(), bounded(t)); err != nil {
		t.Fatal(err)
	}
}

// driftedRunner was changed outside in what only a mending writes.
func driftedRunner(t *testing.T, s stage) {
	t.Helper()
	aRunner(t, s)
	roles := iam.NewFromConfig(s.Config())
	role := aws.String("tools-us-east-1-scheduler")
	_, trust := roles.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: role, PolicyDocument: aws.String(fakeaws.TrustService("scheduler.amazonaws.com")),
	})
	_, boundary := roles.DeleteRolePermissionsBoundary(t.Context(),
		&iam.DeleteRolePermissionsBoundaryInput{RoleName: role})
	_, reserved := lambda.NewFromConfig(s.Config()).PutFunctionConcurrency(t.Context(),
		&lambda.PutFunctionConcurrencyInput{
			FunctionName: aws.String("tools"), ReservedConcurrentExecutions: aws.Int32(1),
		})
	if err := errors.Join(trust, boundary, reserved); err != nil {
		t.Fatal(err)
	}
}

func mendRunner(t *testing.T, s stage, cfg aws.Config) error {
	t.Helper()
	k := s.keeper(cfg)
	if _, err := k.Update(t.Context(), bounded(t), bounded(t)); err != nil {
		return err
	}
	live, err := k.Read(t.Context(), bounded(t))
	if err != nil {
		return err
	}
	if drift := runnerstack.Drift(bounded(t), live, here.Region); len(drift) > 0 {
		return fmt.Errorf("after the mending: %q", drift)
	}
	return nil
}

// schedules is a scheduleset.Keeper on the stage.
func (s stage) schedules(cfg aws.Config) *scheduleset.Keeper {
	c := scheduleset.ConfigFrom(cfg, 4)
	c.Now, c.Sleep = s.Now, s.Sleep
	return scheduleset.New(c)
}

func evening(t *testing.T, name string) scheduleset.Set {
	t.Helper()
	statements := parse(t, "rds stop-cluster mine").Statements(here)
	return scheduleset.Set{
		Name: name, FunctionARN: function, RoleARN: "arn:aws:iam::123456789012:role/tools-us-east-1-scheduler",
		MaximumAttempts: 10, MaximumEventAge: time.Hour, Tags: map[string]string{"team": "web"},
		RunnerRoleName: "tools-us-east-1", PolicyJSON: iampolicy.Document(statements),
		Events: map[string]scheduleset.Event{
			"stop": event("cron(0 21 ? * MON-FRI *)", "rds", "stop-cluster", "mine"),
			"gone": event("cron(0 22 ? * MON-FRI *)", "rds", "stop-cluster", "mine"),
		},
	}
}

func event(expression string, args ...string) scheduleset.Event {
	return scheduleset.Event{Args: args, Expression: expression, Timezone: "Asia/Tokyo", Enabled: true}
}

func scheduleLife(t *testing.T, s stage, cfg aws.Config) error {
	t.Helper()
	k, have := s.schedules(cfg), evening(t, "web")
	if _, err := k.Create(t.Context(), have); err != nil {
		return err
	}
	want := evening(t, "web")
	want.Tags = map[string]string{"env": "dev"}
	want.Events = map[string]scheduleset.Event{
		"stop":  event("cron(0 20 ? * MON-FRI *)", "rds", "stop-cluster", "mine"),
		"start": event("cron(0 8 ? * MON-FRI *)", "rds", "start-cluster", "mine"),
	}
	want.PolicyJSON = iampolicy.Document(append(parse(t, "rds stop-cluster mine").Statements(here),
		parse(t, "rds start-cluster mine").Statements(here)...))
	if _, err := k.Update(t.Context(), have, want); err != nil {
		return err
	}
	live, err := k.Read(t.Context(), want)
	if err != nil {
		return err
	}
	if len(live.Schedules) != 2 || live.PolicyJSON != want.PolicyJSON || live.Tags["env"] != "dev" {
		return fmt.Errorf("after the update: %v", live)
	}
	return k.Delete(t.Context(), want)
}

func scheduleMove(t *testing.T, s stage, cfg aws.Config) error {
	t.Helper()
	k := s.schedules(cfg)
	if _, err := k.Create(t.Context(), evening(t, "web")); err != nil {
		return err
	}
	if _, err := k.Update(t.Context(), evening(t, "web"), evening(t, "web-night")); err != nil {
		return err
	}
	return k.Delete(t.Context(), evening(t, "web-night"))
}

// perform does an act with these rights.
func (a act) perform(t *testing.T, statements []iampolicy.Statement) error {
	t.Helper()
	return a.performOn(t, newStage(t), statements)
}

func (a act) performOn(t *testing.T, s stage, statements []iampolicy.Statement) error {
	t.Helper()
	a.prepare(t, s)
	return a.do(t, s, s.ConfigOf(s.UserKey(iampolicy.Document(statements))))
}

func TestDeployer_rightsAreEnough(t *testing.T) {
	t.Parallel()
	for _, a := range acts {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			if err := a.perform(t, deployment.Statements()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Without any one action one of the acts fails.
func TestDeployer_rightsAreMinimal(t *testing.T) {
	t.Parallel()
	for _, action := range actionsOf(deployment.Statements()) {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			rest := without(deployment.Statements(), action)
			for _, a := range acts {
				if err := a.perform(t, rest); err != nil {
					return
				}
			}
			t.Error("every act succeeds without it")
		})
	}
}

// Nor is any one statement too many: PassRole stands in two.
func TestDeployer_statementsAreMinimal(t *testing.T) {
	t.Parallel()
	for i, left := range deployment.Grants() {
		t.Run(left.Why, func(t *testing.T) {
			t.Parallel()
			var rest []iampolicy.Statement
			for j, s := range deployment.Statements() {
				if j != i {
					rest = append(rest, s)
				}
			}
			for _, a := range acts {
				if err := a.perform(t, rest); err != nil {
					return
				}
			}
			t.Error("every act succeeds without it")
		})
	}
}

// A deployer can neither touch what is another's nor get itself more rights.
func TestDeployer_neighboursAreDenied(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	aRunner(t, s)
	ours := aws.String("tools-us-east-1")
	s.IAM().PutRole(fakeaws.Role{Name: "unbounded", Trust: fakeaws.TrustService("lambda.amazonaws.com")})
	s.Scheduler().PutGroup("other", nil)
	cfg := s.ConfigOf(s.UserKey(iampolicy.Document(deployment.Statements())))
	roles, functions, schedules := iam.NewFromConfig(cfg), lambda.NewFromConfig(cfg), scheduler.NewFromConfig(cfg)
	const all = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	for what, do := range map[string]func(context.Context) error{
		"another runner": func(ctx context.Context) error {
			other := bounded(t)
			other.Name = "other"
			_, err := s.keeper(cfg).Create(ctx, other)
			return err
		},
		"a role without the boundary": func(ctx context.Context) error {
			_, err := roles.CreateRole(ctx, &iam.CreateRoleInput{
				RoleName: ours, AssumeRolePolicyDocument: aws.String(fakeaws.TrustService("lambda.amazonaws.com")),
			})
			return err
		},
		"another boundary": func(ctx context.Context) error {
			_, err := roles.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
				RoleName: ours, PermissionsBoundary: aws.String(boundary + "2"),
			})
			return err
		},
		"no boundary": func(ctx context.Context) error {
			_, err := roles.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: ours})
			return err
		},
		"a policy on another's role": func(ctx context.Context) error {
			_, err := roles.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
				RoleName: aws.String("unbounded"), PolicyName: aws.String("p"), PolicyDocument: aws.String(all),
			})
			return err
		},
		"another's role for the function": func(ctx context.Context) error {
			_, err := functions.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
				FunctionName: aws.String("tools"), Role: aws.String("arn:aws:iam::123456789012:role/unbounded"),
			})
			return err
		},
		"the schedules' role for the function": func(ctx context.Context) error {
			_, err := functions.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
				FunctionName: aws.String("tools"),
				Role:         aws.String("arn:aws:iam::123456789012:role/tools-us-east-1-scheduler"),
			})
			return err
		},
		"another's function": func(ctx context.Context) error {
			_, err := functions.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String("tools2")})
			return err
		},
		"another's log group": func(ctx context.Context) error {
			_, err := cloudwatchlogs.NewFromConfig(cfg).DeleteLogGroup(ctx,
				&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("/aws/lambda/tools2")})
			return err
		},
		"reading another's role": func(ctx context.Context) error {
			_, err := roles.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("unbounded")})
			return err
		},
		"a tag on another's role": func(ctx context.Context) error {
			_, err := roles.TagRole(ctx, &iam.TagRoleInput{
				RoleName: aws.String("unbounded"), Tags: []iamtypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
			})
			return err
		},
		"another's image": func(ctx context.Context) error {
			_, err := ecr.NewFromConfig(cfg).BatchDeleteImage(ctx, &ecr.BatchDeleteImageInput{
				RepositoryName: aws.String("tools2"), ImageIds: []ecrtypes.ImageIdentifier{{ImageTag: aws.String("a")}},
			})
			return err
		},
		"the function's role for a schedule": func(ctx context.Context) error {
			_, err := schedules.CreateSchedule(ctx, scheduleWith("web", "arn:aws:iam::123456789012:role/tools-us-east-1"))
			return err
		},
		"a schedule in another's group": func(ctx context.Context) error {
			_, err := schedules.CreateSchedule(ctx,
				scheduleWith("other", "arn:aws:iam::123456789012:role/tools-us-east-1-scheduler"))
			return err
		},
		"another's group": func(ctx context.Context) error {
			_, err := schedules.DeleteScheduleGroup(ctx, &scheduler.DeleteScheduleGroupInput{Name: aws.String("other")})
			return err
		},
		"running the function": func(ctx context.Context) error {
			_, err := functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("tools")})
			return err
		},
	} {
		wantDenied(t, what, do(t.Context()))
	}
}

func scheduleWith(group, role string) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: aws.String("x"), GroupName: aws.String(group), ScheduleExpression: aws.String("rate(1 hour)"),
		FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff},
		Target:             &schedulertypes.Target{Arn: aws.String(function), RoleArn: aws.String(role)},
	}
}
