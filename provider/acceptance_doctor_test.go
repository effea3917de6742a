package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/doctor"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// doctor asks with the rights of the guide on security, which only read.
func (e enforced) doctor(t *testing.T) doctor.Report {
	t.Helper()
	rights := []iampolicy.Statement{}
	for _, g := range (deployer.Deployment{
		Partition: "aws", Region: region, Account: account,
		Runner: e.name, Groups: []string{e.name + "-saving"}, BoundaryARN: boundaryARN,
	}).Looking() {
		rights = append(rights, g.Statement)
	}
	cfg := e.ConfigOf(e.UserKey(iampolicy.Document(rights)))
	return doctor.Look(t.Context(), doctor.Clients{
		Scheduler: scheduler.NewFromConfig(cfg), Lambda: lambda.NewFromConfig(cfg), IAM: iam.NewFromConfig(cfg),
		Logs: cloudwatchlogs.NewFromConfig(cfg), ECR: ecr.NewFromConfig(cfg), SQS: sqs.NewFromConfig(cfg),
	}, doctor.Question{Name: e.name + "-saving", Region: region, Now: time.Now()})
}

func (e enforced) wantHealthy(t *testing.T, after string) {
	t.Helper()
	report := e.doctor(t)
	t.Logf("after %s:\n%s", after, report.Text())
	if report.Status != doctor.OK {
		t.Errorf("after %s it is not healthy", after)
	}
}

// wantBreak wants the first break in a place, with a fix.
func (e enforced) wantBreak(t *testing.T, after, check, fix string) {
	t.Helper()
	report := e.doctor(t)
	t.Logf("after %s:\n%s", after, report.Text())
	for _, f := range report.Findings {
		if f.Status != doctor.Broken {
			continue
		}
		if f.Check != check || !strings.Contains(f.Fix, fix) {
			t.Errorf("after %s it breaks at %s, fix %q; want %s and a fix with %q", after, f.Check, f.Fix, check, fix)
		}
		return
	}
	t.Errorf("after %s nothing is broken", after)
}

// What is broken outside of a stack that was applied is named, and what savings doctor says mends it.
func TestAccDoctor_breaksAreMended(t *testing.T) {
	t.Parallel()
	e, env := newEnforced(t, "doctor")
	c := acctest.NewCLI(t, tfcli.Tofu, env...)
	e.plant()
	c.Write("main.tf", e.config())
	c.Init()
	c.Apply()
	e.wantHealthy(t, "apply")
	e.fire(t, "rds_stop")
	e.fire(t, "rds_start")
	e.wantHealthy(t, "two runs")
	for _, tt := range []struct {
		name, check string
		plant       func(*testing.T)
	}{
		{"a schedule is disabled", "schedule", e.change("rds_stop", func(in *scheduler.UpdateScheduleInput) { in.State = "DISABLED" })},
		{"a zone is changed", "schedule", e.change("rds_stop", func(in *scheduler.UpdateScheduleInput) {
			in.ScheduleExpressionTimezone = aws.String("UTC")
		})},
		{"a schedule is deleted", "schedule", func(t *testing.T) {
			_, err := scheduler.NewFromConfig(e.Config()).DeleteSchedule(t.Context(), &scheduler.DeleteScheduleInput{
				GroupName: aws.String(e.name + "-saving"), Name: aws.String("devel_stop"),
			})
			check(t, err)
		}},
		{"the function is deleted", "function", func(t *testing.T) {
			_, err := lambda.NewFromConfig(e.Config()).DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: &e.name})
			check(t, err)
		}},
		{"no run is reserved", "state", func(t *testing.T) {
			_, err := lambda.NewFromConfig(e.Config()).PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{
				FunctionName: &e.name, ReservedConcurrentExecutions: aws.Int32(0),
			})
			check(t, err)
		}},
		{"the trust is changed", "scheduler role", func(t *testing.T) {
			_, err := iam.NewFromConfig(e.Config()).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
				RoleName:       aws.String(e.name + "-" + region + "-scheduler"),
				PolicyDocument: aws.String(fakeaws.TrustService("lambda.amazonaws.com")),
			})
			check(t, err)
		}},
		{"the right to invoke is gone", "invoke", e.dropPolicy("-scheduler", "savings-runner")},
		{"the rights of the events are gone", "rights", e.dropPolicy("", "savings-"+region+"-"+e.name+"-saving")},
	} {
		tt.plant(t)
		e.wantBreak(t, tt.name, tt.check, "tofu apply")
		c.Apply()
		e.wantHealthy(t, tt.name+", and an apply")
	}
	e.deniedRun(t)
	e.held(t)
}

// deniedRun lets a run fail for its rights, gives them back, and runs it again.
func (e enforced) deniedRun(t *testing.T) {
	t.Helper()
	role, _ := e.IAM().Role(e.name + "-" + region)
	e.dropPolicy("", "savings-"+region+"-"+e.name+"-saving")(t)
	e.fire(t, "rds_stop")
	e.wantBreak(t, "a denied run", "rights", "tofu apply")
	e.IAM().PutRole(role)
	e.wantBreak(t, "a denied run, with its right again", "last run", "savings fire --name doctor-saving --event rds_stop")
	e.fire(t, "rds_stop")
	e.wantHealthy(t, "the run once more")
}

func (e enforced) held(t *testing.T) {
	t.Helper()
	group, _ := e.Scheduler().Group(e.name + "-saving")
	group.Tags["savings:hold"] = "2099-01-01T00:00:00Z stops month-end close"
	e.Scheduler().PutGroup(group.Name, group.Tags)
	e.fire(t, "rds_stop")
	e.wantBreak(t, "a hold", "hold", "savings release --name doctor-saving")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// change changes a schedule as the console does.
func (e enforced) change(name string, change func(*scheduler.UpdateScheduleInput)) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		client := scheduler.NewFromConfig(e.Config())
		s, err := client.GetSchedule(t.Context(),
			&scheduler.GetScheduleInput{GroupName: aws.String(e.name + "-saving"), Name: &name})
		check(t, err)
		in := &scheduler.UpdateScheduleInput{
			Name: s.Name, GroupName: s.GroupName, ScheduleExpression: s.ScheduleExpression,
			ScheduleExpressionTimezone: s.ScheduleExpressionTimezone, FlexibleTimeWindow: s.FlexibleTimeWindow,
			State: s.State, Target: s.Target,
		}
		change(in)
		_, err = client.UpdateSchedule(t.Context(), in)
		check(t, err)
	}
}

func (e enforced) dropPolicy(role, policy string) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		_, err := iam.NewFromConfig(e.Config()).DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
			RoleName: aws.String(e.name + "-" + region + role), PolicyName: &policy,
		})
		check(t, err)
	}
}
