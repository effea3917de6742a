package runnerstack_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// other is a stack that differs from full in everything that can change in place.
func other(t *testing.T) runnerstack.Stack {
	t.Helper()
	s := minimal(t)
	s.Architecture, s.MemorySize, s.Timeout, s.LogRetention = "x86_64", 256, 60, 30
	s.Zip = acctest.Zip(t, "bootstrap", "two")
	s.CodeDigest = bundle.Digest(s.Zip)
	s.Tags = map[string]string{"stage": "test"}
	return s
}

func TestUpdate_everything(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.Lambda().SlowUpdate(3) // refuses the next change until three calls have seen this one
	mustCreate(t, a, other(t))
	before := len(a.aws.Requests())
	got, err := a.Update(t.Context(), other(t), full(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcome, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	want := []string{
		"logs:TagResource", "logs:UntagResource", "logs:PutRetentionPolicy",
		"iam:TagRole", "iam:UntagRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
		"iam:TagRole", "iam:UntagRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
		"lambda:TagResource", "lambda:UntagResource",
		"lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionCode", "lambda:PutFunctionEventInvokeConfig",
	}
	if diff := cmp.Diff(want, changes(a.operations()[before:])); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	wantComplete(t, a)
}

// Somebody else's change is still under way when ours begins.
func TestUpdate_waitsForOthers(t *testing.T) {
	t.Parallel()
	a := start(t)
	mustCreate(t, a, other(t))
	a.aws.Lambda().SlowUpdate(5)
	err := configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
		in.MemorySize = aws.Int32(512)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Update(t.Context(), other(t), full(t)); err != nil {
		t.Fatal(err)
	}
	wantComplete(t, a)
}

func TestUpdate_nothing(t *testing.T) {
	t.Parallel()
	a := start(t)
	mustCreate(t, a, full(t))
	before := len(a.aws.Requests())
	if _, err := a.Update(t.Context(), full(t), full(t)); err != nil {
		t.Fatal(err)
	}
	if got := changes(a.operations()[before:]); got != nil {
		t.Errorf("nothing differs, and this was written: %q", got)
	}
}

func TestUpdate_onlyCode(t *testing.T) {
	t.Parallel()
	a := start(t)
	mustCreate(t, a, full(t))
	want := full(t)
	want.Zip = acctest.Zip(t, "bootstrap", "new release")
	want.CodeDigest = bundle.Digest(want.Zip)
	before := len(a.aws.Requests())
	if _, err := a.Update(t.Context(), full(t), want); err != nil {
		t.Fatal(err)
	}
	wantChanges := []string{"lambda:UpdateFunctionCode"}
	if diff := cmp.Diff(wantChanges, changes(a.operations()[before:])); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestUpdate_failsAtEachCallAndConverges(t *testing.T) {
	t.Parallel()
	const most = 60
	for n := range most {
		a := start(t)
		mustCreate(t, a, other(t))
		a.aws.Fail(fakeaws.Match{Nth: n + 1}, refused)
		_, err := a.Update(t.Context(), other(t), full(t))
		if err == nil {
			if n < 16 {
				t.Errorf("call %d failed, the update did not", n+1)
			}
			return // all calls have had their turn
		}
		if _, err := a.Update(t.Context(), other(t), full(t)); err != nil {
			t.Errorf("updating again after call %d failed: %v", n+1, err)
			continue
		}
		wantComplete(t, a)
	}
	t.Errorf("an update takes more than %d calls", most)
}

func TestUpdate_rolesGivenAndTakenBack(t *testing.T) {
	t.Parallel()
	a := start(t, fakeaws.WithoutRoleChecks())
	mustCreate(t, a, full(t))
	given := full(t)
	given.ExecutionRoleARN = "arn:aws:iam::123456789012:role/mine"
	given.SchedulerRoleARN = "arn:aws:iam::123456789012:role/other"
	// The state names the roles by ARN, whether or not they are ours.
	have := full(t)
	have.ExecutionRoleARN, have.SchedulerRoleARN = outcome.ExecutionRoleARN, outcome.SchedulerRoleARN

	if _, err := a.Update(t.Context(), have, given); err != nil {
		t.Fatal(err)
	}
	live := mustRead(t, a)
	if live.ExecutionRole != nil || live.SchedulerRole != nil {
		t.Error("our roles are still there")
	}
	if got := live.Function.RoleARN; got != given.ExecutionRoleARN {
		t.Errorf("the function has role %s, want %s", got, given.ExecutionRoleARN)
	}

	a.aws.Fail(fakeaws.Match{Operation: "UpdateFunctionConfiguration"}, refused)
	if _, err := a.Update(t.Context(), given, have); err == nil {
		t.Fatal("the update did not notice that a call failed")
	}
	a.aws.ClearFaults()
	if _, err := a.Update(t.Context(), given, have); err != nil {
		t.Fatalf("going on with roles that the failed update made: %v", err)
	}
	wantComplete(t, a)
}

func TestUpdate_ownRoleNameIsTaken(t *testing.T) {
	t.Parallel()
	a := start(t, fakeaws.WithoutRoleChecks())
	given := full(t)
	given.SchedulerRoleARN = "arn:aws:iam::123456789012:role/other"
	mustCreate(t, a, given)
	makeRole(t, a, schedulerRole)
	_, err := a.Update(t.Context(), given, full(t))
	var exists *runnerstack.ExistsError
	if !errors.As(err, &exists) || exists.Name != schedulerRole {
		t.Errorf("got error %v, want an *ExistsError of the role", err)
	}
}

func TestUpdate_failedAtAWS(t *testing.T) {
	t.Parallel()
	a := start(t)
	mustCreate(t, a, full(t))
	a.aws.OnRequest(func(r fakeaws.Request) {
		if r.Operation != "GetFunction" {
			return
		}
		f, _ := a.aws.Lambda().Function("tools")
		if f.CodeSha256 == other(t).CodeDigest {
			f.State, f.StateReason = "Failed", "the file system is broken"
			a.aws.Lambda().PutFunction(f)
		}
	})
	want := full(t)
	want.Zip, want.CodeDigest = other(t).Zip, other(t).CodeDigest
	_, err := a.Update(t.Context(), full(t), want)
	const text = `function "tools" is in state Failed: the file system is broken`
	if err == nil || err.Error() != text {
		t.Errorf("got error %v, want %s", err, text)
	}
}

// Each row changes one thing outside, as far as no attribute of the resource shows it.
func TestDrift(t *testing.T) {
	t.Parallel()
	const scheduler = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"scheduler.amazonaws.com"},"Action":["sts:AssumeRole"]}]}`
	const layer = "arn:aws:lambda:us-east-1:123456789012:layer:agent:1"
	for _, test := range []struct {
		name   string
		change func(*testing.T, *account) error
		want   []string
	}{
		{"function deleted", func(_ *testing.T, a *account) error {
			a.aws.Lambda().RemoveFunction("tools")
			return nil
		}, []string{"function tools is missing"}},
		{"function's role", func(t *testing.T, a *account) error {
			return configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.Role = aws.String(outcome.SchedulerRoleARN)
			})
		}, []string{"function's role is arn:aws:iam::123456789012:role/tools-us-east-1-scheduler " +
			"instead of arn:aws:iam::123456789012:role/tools-us-east-1"}},
		{"handler and runtime", func(t *testing.T, a *account) error {
			return configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.Runtime, in.Handler = lambdatypes.RuntimePython312, aws.String("app.handler")
			})
		}, []string{"function's runtime is python3.12 instead of provided.al2023",
			"function's handler is app.handler instead of bootstrap"}},
		{"log settings", func(t *testing.T, a *account) error {
			return configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.LoggingConfig = &lambdatypes.LoggingConfig{LogGroup: aws.String("/other")}
			})
		}, []string{"function's log group is /other instead of /aws/lambda/tools"}},
		{"log format", func(t *testing.T, a *account) error {
			return configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.LoggingConfig = &lambdatypes.LoggingConfig{
					LogFormat: lambdatypes.LogFormatJson, LogGroup: aws.String(logGroup),
					SystemLogLevel: lambdatypes.SystemLogLevelWarn,
				}
			})
		}, []string{"function's log format is JSON instead of Text"}},
		{"environment variables", func(t *testing.T, a *account) error {
			return configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.Environment = &lambdatypes.Environment{Variables: map[string]string{
					"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper", "AWS_ENDPOINT_URL": "http://secret",
				}}
			})
		}, []string{"function has environment variables: AWS_ENDPOINT_URL, AWS_LAMBDA_EXEC_WRAPPER"}},
		{"layers", func(t *testing.T, a *account) error {
			return configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.Layers = []string{layer}
			})
		}, []string{"function has layers: " + layer}},
		{"VPC", func(t *testing.T, a *account) error {
			return configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.VpcConfig = &lambdatypes.VpcConfig{
					SubnetIds: []string{"subnet-1", "subnet-2"}, SecurityGroupIds: []string{"sg-1"},
				}
			})
		}, []string{"function has VPC subnets: subnet-1, subnet-2"}},
		{"throttled", func(t *testing.T, a *account) error { return reserve(t, a, 0) },
			[]string{"function's reserved concurrency is 0 instead of none: it never runs"}},
		{"reserved concurrency", func(t *testing.T, a *account) error { return reserve(t, a, 3) },
			[]string{"function's reserved concurrency is 3 instead of none"}},
		{"event invoke config", func(t *testing.T, a *account) error {
			_, err := a.lambda().PutFunctionEventInvokeConfig(t.Context(),
				&lambda.PutFunctionEventInvokeConfigInput{
					FunctionName:             aws.String("tools"),
					MaximumRetryAttempts:     aws.Int32(0),
					MaximumEventAgeInSeconds: aws.Int32(21600),
				})
			return err
		}, []string{"function's retries of a failed event are 0 instead of 2",
			"function's maximum event age is 21600 instead of 3600 seconds"}},
		{"no event invoke config", func(t *testing.T, a *account) error {
			_, err := a.lambda().DeleteFunctionEventInvokeConfig(t.Context(),
				&lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: aws.String("tools")})
			return err
		}, []string{"function's event invoke config is missing: events are kept for 6 hours"}},
		{"log group deleted", func(t *testing.T, a *account) error {
			_, err := a.logs().DeleteLogGroup(t.Context(),
				&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String(logGroup)})
			return err
		}, []string{"log group /aws/lambda/tools is missing"}},
		{"log group's tags", func(t *testing.T, a *account) error {
			_, err := a.logs().TagResource(t.Context(), &cloudwatchlogs.TagResourceInput{
				ResourceArn: aws.String(liveFull(t).LogGroup.ARN),
				Tags:        map[string]string{"team": "api", "cost": "9"},
			})
			return err
		}, []string{"log group's tag team is api instead of web",
			"log group's tag cost = 9 was added"}},
		{"execution role's tags", func(t *testing.T, a *account) error {
			_, err := a.iam().UntagRole(t.Context(), &iam.UntagRoleInput{
				RoleName: aws.String(executionRole), TagKeys: []string{"team"},
			})
			return err
		}, []string{"execution role's tag team is missing"}},
		{"mark left over", func(t *testing.T, a *account) error {
			_, err := a.iam().TagRole(t.Context(), &iam.TagRoleInput{
				RoleName: aws.String(executionRole), Tags: []iamtypes.Tag{
					{Key: aws.String("savings:creating"), Value: aws.String("x")}},
			})
			return err
		}, []string{"execution role's tag savings:creating is left over"}},
		{"trust policy", func(t *testing.T, a *account) error {
			_, err := a.iam().UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
				RoleName: aws.String(schedulerRole), PolicyDocument: aws.String(scheduler),
			})
			return err
		}, []string{"scheduler's role's trust policy was changed: " +
			"allow Service:scheduler.amazonaws.com sts:AssumeRole"}},
		{"inline policy deleted", func(t *testing.T, a *account) error {
			_, err := a.iam().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
				RoleName: aws.String(schedulerRole), PolicyName: aws.String("savings-runner"),
			})
			return err
		}, []string{"scheduler's role's policy savings-runner is missing"}},
		{"inline policy", func(t *testing.T, a *account) error {
			_, err := a.iam().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
				RoleName: aws.String(schedulerRole), PolicyName: aws.String("savings-runner"),
				PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":` +
					`{"Effect":"Allow","Action":"lambda:*","Resource":"*"}}`),
			})
			return err
		}, []string{"scheduler's role's policy savings-runner was changed: allow lambda:* on *"}},
		{"permissions boundary", func(t *testing.T, a *account) error {
			_, err := a.iam().DeleteRolePermissionsBoundary(t.Context(),
				&iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String(schedulerRole)})
			return err
		}, []string{"scheduler's role's permissions boundary is none instead of " + boundary}},
		{"role deleted", func(t *testing.T, a *account) error {
			_, err := a.iam().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
				RoleName: aws.String(schedulerRole), PolicyName: aws.String("savings-runner"),
			})
			if err != nil {
				return err
			}
			_, err = a.iam().DeleteRole(t.Context(),
				&iam.DeleteRoleInput{RoleName: aws.String(schedulerRole)})
			return err
		}, []string{"scheduler's role tools-us-east-1-scheduler is missing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := start(t, fakeaws.WithoutRoleChecks())
			mustCreate(t, a, full(t))
			if err := test.change(t, a); err != nil {
				t.Fatal(err)
			}
			got := runnerstack.Drift(full(t), mustRead(t, a), a.Region)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("drift (-want +got):\n%s", diff)
			}
			if _, err := a.Update(t.Context(), full(t), full(t)); err != nil {
				t.Fatalf("mending: %v", err)
			}
			wantComplete(t, a)
		})
	}
}

func TestUpdate_mendsEverythingMissing(t *testing.T) {
	t.Parallel()
	a := start(t)
	mustCreate(t, a, full(t))
	if _, err := a.Delete(t.Context(), full(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Update(t.Context(), full(t), full(t)); err != nil {
		t.Fatal(err)
	}
	wantComplete(t, a)
}

func configure(t *testing.T, a *account,
	change func(*lambda.UpdateFunctionConfigurationInput)) error {
	t.Helper()
	in := &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String("tools")}
	change(in)
	_, err := a.lambda().UpdateFunctionConfiguration(t.Context(), in)
	return err
}

func reserve(t *testing.T, a *account, executions int32) error {
	t.Helper()
	_, err := a.lambda().PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{
		FunctionName: aws.String("tools"), ReservedConcurrentExecutions: aws.Int32(executions),
	})
	return err
}

func TestDelete_failsAtEachCallAndResumes(t *testing.T) {
	t.Parallel()
	const most = 60
	for n := range most {
		a := start(t)
		mustCreate(t, a, full(t))
		a.aws.Fail(fakeaws.Match{Nth: n + 1}, refused)
		if _, err := a.Delete(t.Context(), full(t)); err == nil {
			if n < 10 {
				t.Errorf("call %d failed, the delete did not", n+1)
			}
			return // all calls have had their turn
		}
		if _, err := a.Delete(t.Context(), full(t)); err != nil {
			t.Errorf("deleting again after call %d failed: %v", n+1, err)
		}
		wantEmpty(t, a)
	}
	t.Errorf("a delete takes more than %d calls", most)
}

func TestDelete_nothingThere(t *testing.T) {
	t.Parallel()
	a := start(t)
	if _, err := a.Delete(t.Context(), full(t)); err != nil {
		t.Error(err)
	}
}

func TestDelete_policiesOfSchedulesGoToo(t *testing.T) {
	t.Parallel()
	a := start(t)
	mustCreate(t, a, full(t))
	var want []string
	for i := range 3 {
		want = append(want, fmt.Sprintf("savings-us-east-1-group-%d", i))
		putPolicy(t, a, executionRole, want[i])
	}
	got, err := a.Delete(t.Context(), full(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policies of schedules (-want +got):\n%s", diff)
	}
	wantEmpty(t, a)
}

func TestDelete_foreignPolicy(t *testing.T) {
	t.Parallel()
	a := start(t)
	mustCreate(t, a, full(t))
	putPolicy(t, a, executionRole, "by-hand")
	before := len(a.aws.Requests())
	_, err := a.Delete(t.Context(), full(t))
	var foreign *runnerstack.ForeignPolicyError
	if !errors.As(err, &foreign) {
		t.Fatalf("got error %v, want a *ForeignPolicyError", err)
	}
	want := &runnerstack.ForeignPolicyError{Role: executionRole, Policies: []string{"by-hand"}}
	if diff := cmp.Diff(want, foreign); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if got := changes(a.operations()[before:]); got != nil {
		t.Errorf("deleted all the same: %q", got)
	}
}

func putPolicy(t *testing.T, a *account, role, name string) {
	t.Helper()
	_, err := a.iam().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String(role), PolicyName: aws.String(name),
		PolicyDocument: aws.String(liveFull(t).ExecutionRole.Policy),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func makeRole(t *testing.T, a *account, name string) {
	t.Helper()
	_, err := a.iam().CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName:                 aws.String(name),
		AssumeRolePolicyDocument: aws.String(liveFull(t).ExecutionRole.Trust),
	})
	if err != nil {
		t.Fatal(err)
	}
}
