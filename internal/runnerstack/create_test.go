package runnerstack_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// refused is an answer that the SDK does not try again.
var refused = fakeaws.Fault{Code: "AccessDeniedException", Message: "no", Status: 403}

func TestCreate(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.Lambda().SlowCreate(3)

	got, err := a.Create(t.Context(), full(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcome, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	wantChanges := []string{
		"logs:CreateLogGroup", "logs:PutRetentionPolicy",
		"iam:CreateRole", "iam:PutRolePolicy", "iam:CreateRole", "iam:PutRolePolicy",
		"lambda:CreateFunction", "lambda:PutFunctionEventInvokeConfig",
		"logs:UntagResource", "iam:UntagRole", "iam:UntagRole", "lambda:UntagResource",
	}
	if diff := cmp.Diff(wantChanges, changes(a.operations())); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if drift := runnerstack.Drift(full(t), mustRead(t, a), a.Region); drift != nil {
		t.Errorf("got drift %q right after the creation", drift)
	}
	wantComplete(t, a)
}

// Fault 11 of the old system: one role for everything, with full access, that three services might
// assume.
func TestFault11_twoRolesWithOneJobEach(t *testing.T) {
	t.Parallel()
	a := start(t)
	if _, err := a.Create(t.Context(), full(t)); err != nil {
		t.Fatal(err)
	}
	const account = "123456789012"
	for name, want := range map[string][2]string{
		executionRole: {
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"Service":"lambda.amazonaws.com"},"Action":["sts:AssumeRole"]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream",` +
				`"logs:PutLogEvents"],"Resource":["arn:aws:logs:us-east-1:` + account + `:log-group:` +
				logGroup + `:*"]},{"Effect":"Allow","Action":["sns:Publish"],"Resource":["` + failures +
				`"]}]}`,
		},
		schedulerRole: {
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"Service":"scheduler.amazonaws.com"},"Action":["sts:AssumeRole"],` +
				`"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:us-east-1:` + account +
				`:schedule-group/*"},"StringEquals":{"aws:SourceAccount":"` + account + `"}}}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:InvokeFunction"],` +
				`"Resource":["` + functionARN + `","` + functionARN + `:*"]},{"Effect":"Allow",` +
				`"Action":["sqs:SendMessage"],"Resource":["` + deadLetters + `"]}]}`,
		},
	} {
		role, _ := a.aws.IAM().Role(name)
		got := [2]string{role.Trust, role.Policies["savings-runner"]}
		if diff := cmp.Diff(want, got); diff != "" || len(role.Policies) != 1 {
			t.Errorf("role %s has %d policies (-want +got):\n%s", name, len(role.Policies), diff)
		}
	}
}

func TestCreate_givenRoles(t *testing.T) {
	t.Parallel()
	a := start(t, fakeaws.WithoutRoleChecks())
	s := full(t)
	s.ExecutionRoleARN = "arn:aws:iam::123456789012:role/service-role/mine"
	s.SchedulerRoleARN = "arn:aws:iam::123456789012:role/other"
	got, err := a.Create(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	want := runnerstack.Outcome{
		FunctionARN: functionARN, ExecutionRoleARN: s.ExecutionRoleARN,
		SchedulerRoleARN: s.SchedulerRoleARN,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	live := mustRead(t, a)
	if live.ExecutionRole != nil || live.SchedulerRole != nil {
		t.Error("roles were made although both are given")
	}
	if got := live.Function.RoleARN; got != s.ExecutionRoleARN {
		t.Errorf("the function has role %s, want %s", got, s.ExecutionRoleARN)
	}
	if drift := runnerstack.Drift(s, live, a.Region); drift != nil {
		t.Errorf("got drift %q right after the creation", drift)
	}
	if _, err := a.Delete(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}

func TestCreate_givenRoleWithOurName(t *testing.T) {
	t.Parallel()
	a := start(t, fakeaws.WithoutRoleChecks())
	s := minimal(t)
	s.SchedulerRoleARN = "arn:aws:iam::123456789012:role/" + schedulerRole
	_, err := a.Create(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "would be deleted with it") {
		t.Errorf("got error %v, want one that refuses the role", err)
	}
	wantEmpty(t, a)
}

func TestCreate_killedAfterTheLastCall(t *testing.T) {
	t.Parallel()
	a := start(t)
	kill(a, requests(t)-1, true)
	if _, err := a.Create(t.Context(), full(t)); err == nil {
		t.Fatal("the creation did not notice")
	}
	a.aws.ClearFaults()
	_, err := a.Create(t.Context(), full(t))
	var exists *runnerstack.ExistsError
	if !errors.As(err, &exists) {
		t.Fatalf("got error %v, want an *ExistsError: the stack is complete", err)
	}
	wantComplete(t, a)
}

// A killed creation is found again by one that wants other settings, and other roles.
func TestCreate_killedThenOtherSettings(t *testing.T) {
	t.Parallel()
	a := start(t, fakeaws.WithoutRoleChecks())
	killed := full(t)
	killed.MemorySize, killed.Architecture, killed.LogRetention = 256, "x86_64", 14
	killed.FailureDestinationARN, killed.PermissionsBoundaryARN = "", ""
	killed.Tags = map[string]string{"old": "yes"}
	a.aws.Fail(fakeaws.Match{Operation: "PutFunctionEventInvokeConfig"}, refused)
	a.aws.Fail(fakeaws.Match{Operation: "DeleteFunctionEventInvokeConfig"}, refused)
	a.aws.Fail(fakeaws.Match{Operation: "DeleteRolePolicy"}, refused)
	a.aws.Fail(fakeaws.Match{Operation: "DeleteLogGroup"}, refused)
	_, err := a.Create(t.Context(), killed)
	var leftover *runnerstack.LeftoverError
	if !errors.As(err, &leftover) {
		t.Fatalf("got error %v, want a *LeftoverError", err)
	}
	want := []string{"tools", schedulerRole, executionRole, logGroup}
	if diff := cmp.Diff(want, leftover.Left); diff != "" {
		t.Errorf("left behind (-want +got):\n%s", diff)
	}
	a.aws.ClearFaults()

	given := full(t)
	given.ExecutionRoleARN = "arn:aws:iam::123456789012:role/mine"
	a.aws.Fail(fakeaws.Match{Operation: "DeleteRole"}, refused)
	if _, err := a.Create(t.Context(), given); err == nil {
		t.Fatal("the old role stays, the creation did not notice")
	}
	a.aws.ClearFaults()
	if _, err := a.Create(t.Context(), given); err != nil {
		t.Fatal(err)
	}
	if role := mustRead(t, a).ExecutionRole; role != nil {
		t.Errorf("role %s of the killed creation is still there", role.Name)
	}
	if _, err := a.Delete(t.Context(), given); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}

func TestCreate_nameIsTaken(t *testing.T) {
	t.Parallel()
	role := func(name string) func(*testing.T, *account) {
		return func(t *testing.T, a *account) { makeRole(t, a, name) }
	}
	for _, test := range []struct {
		kind, name string
		make       func(*testing.T, *account)
	}{
		{"log group", logGroup, func(t *testing.T, a *account) {
			_, err := a.logs().CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{
				LogGroupName: aws.String(logGroup),
			})
			if err != nil {
				t.Fatal(err)
			}
		}},
		{"role", executionRole, role(executionRole)},
		{"role", schedulerRole, role(schedulerRole)},
		{"function", "tools", func(_ *testing.T, a *account) {
			a.aws.Lambda().PutFunction(fakeaws.Function{FunctionName: "tools"})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			test.make(t, a)
			before := a.aws.Leftovers()
			_, err := a.Create(t.Context(), full(t))
			want := &runnerstack.ExistsError{Kind: test.kind, Name: test.name, Stack: "tools"}
			var exists *runnerstack.ExistsError
			if !errors.As(err, &exists) || *exists != *want {
				t.Fatalf("got error %v, want %v", err, want)
			}
			if diff := cmp.Diff(before, a.aws.Leftovers()); diff != "" {
				t.Errorf("what exists (-before +after):\n%s", diff)
			}
		})
	}
}

// Another apply takes over before this one's last write, which succeeds or not.
func TestCreate_takenOver(t *testing.T) {
	t.Parallel()
	for _, fails := range []bool{false, true} {
		t.Run(fmt.Sprintf("last write fails: %v", fails), func(t *testing.T) {
			t.Parallel()
			a := start(t)
			if fails {
				a.aws.Fail(fakeaws.Match{Operation: "PutFunctionEventInvokeConfig"}, refused)
			}
			a.aws.OnRequest(func(r fakeaws.Request) {
				if r.Operation == "PutFunctionEventInvokeConfig" {
					takeOver(t, a)
				}
			})
			_, err := a.Create(t.Context(), full(t))
			var takenOver *runnerstack.TakenOverError
			if !errors.As(err, &takenOver) {
				t.Fatalf("got error %v, want a *TakenOverError", err)
			}
			if named := strings.Contains(err.Error(), "AccessDenied"); named != fails {
				t.Errorf("the error names the failed write: %v, want %v", named, fails)
			}
			if live := mustRead(t, a); live.Function == nil || live.ExecutionRole == nil ||
				live.SchedulerRole == nil || live.LogGroup == nil {
				t.Errorf("something was deleted: %q", a.aws.Leftovers())
			}
		})
	}
}

// takeOver writes another mark on the function, which is the last thing that a creation adopts.
func takeOver(t *testing.T, a *account) {
	t.Helper()
	_, err := a.lambda().TagResource(t.Context(), &lambda.TagResourceInput{
		Resource: aws.String(functionARN), Tags: map[string]string{"savings:creating": "another's"},
	})
	if err != nil {
		t.Error(err)
	}
}

// Another apply begins to create the same name at each call of the first: if one succeeds, the other
// one, whatever becomes of it, takes nothing away from it; if both fail, the next one goes on with
// what is there. Both succeed where the second's look at the function's mark and its own mark fall
// on either side of the first's last call: tags know no compare-and-swap.
func TestCreate_twoAtOnce(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(t *testing.T, s runnerstack.Stack) {
		succeeded := map[int]int{}
		for n := range requestsOf(t, s) {
			succeeded[twoAtOnce(t, s, n)]++
		}
		t.Logf("rounds by how many succeeded: %v", succeeded)
	})
}

// twoAtOnce begins the second creation at the nth call of the first and returns how many succeeded.
func twoAtOnce(t *testing.T, s runnerstack.Stack, n int) int {
	t.Helper()
	a := start(t)
	second := *a.Keeper
	second.Token = func() string { return "second" }
	errs := make([]error, 2)
	var seen atomic.Int64
	var wait sync.WaitGroup
	a.aws.OnRequest(func(fakeaws.Request) {
		if seen.Add(1) == int64(n+1) {
			wait.Go(func() { _, errs[1] = second.Create(t.Context(), s) })
		}
	})
	_, errs[0] = a.Create(t.Context(), s)
	wait.Wait()
	switch countNil(errs) {
	default:
		live := mustRead(t, a)
		if live.Function == nil || live.LogGroup == nil || live.ExecutionRole == nil ||
			live.SchedulerRole == nil || live.Async == nil {
			t.Fatalf("one succeeded, and this is there: %q (%v)", a.aws.Leftovers(), errs)
		}
		wantImages(t, a, s)
		if _, err := a.Update(t.Context(), s, s); err != nil {
			t.Fatal(err)
		}
	case 0:
		if _, err := a.Create(t.Context(), s); err != nil {
			t.Fatalf("creating after both failed (%v): %v", errs, err)
		}
	}
	wantAll(t, a, s)
	return countNil(errs)
}

// The creation that was under way completes while another one takes it over.
func TestCreate_completedMeanwhile(t *testing.T) {
	t.Parallel()
	a := start(t)
	kill(a, requests(t)-1, false)
	if _, err := a.Create(t.Context(), full(t)); err == nil {
		t.Fatal("the creation did not notice")
	}
	a.aws.ClearFaults()
	a.aws.OnRequest(func(r fakeaws.Request) {
		if r.Operation != "TagRole" {
			return
		}
		_, err := a.lambda().UntagResource(t.Context(), &lambda.UntagResourceInput{
			Resource: aws.String(functionARN), TagKeys: []string{"savings:creating"},
		})
		if err != nil {
			t.Error(err)
		}
	})
	before := a.aws.Leftovers()
	_, err := a.Create(t.Context(), full(t))
	var takenOver *runnerstack.TakenOverError
	if !errors.As(err, &takenOver) {
		t.Errorf("got error %v, want a *TakenOverError", err)
	}
	if diff := cmp.Diff(before, a.aws.Leftovers()); diff != "" {
		t.Errorf("what exists (-before +after):\n%s", diff)
	}
}

func countNil(errs []error) int {
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

// A creation that fails among what a killed one left deletes nothing that may be another's.
func TestCreate_failsAmongLeftovers(t *testing.T) {
	t.Parallel()
	a := start(t)
	kill(a, requests(t)-1, false)
	if _, err := a.Create(t.Context(), full(t)); err == nil {
		t.Fatal("the creation did not notice")
	}
	a.aws.ClearFaults()
	before := a.aws.Leftovers()
	a.aws.Fail(fakeaws.Match{Operation: "TagRole", Times: 1}, refused)
	_, err := a.Create(t.Context(), full(t))
	var takenOver *runnerstack.TakenOverError
	if !errors.As(err, &takenOver) || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("got error %v, want the cause and a *TakenOverError", err)
	}
	if diff := cmp.Diff(before, a.aws.Leftovers()); diff != "" {
		t.Errorf("what exists (-before +after):\n%s", diff)
	}
	mustCreate(t, a, full(t))
	wantComplete(t, a)
}

func TestCreate_roleNotAssumableAtFirst(t *testing.T) {
	t.Parallel()
	a := start(t, fakeaws.WithAssumeRefusals(3))
	mustCreate(t, a, full(t))
	want := []string{`waiting up to 2m0s until Lambda can use role "tools-us-east-1"`}
	if diff := cmp.Diff(want, a.lines); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	wantComplete(t, a)
}

func TestCreate_roleNeverAssumable(t *testing.T) {
	t.Parallel()
	a := start(t, fakeaws.WithTrustDelay(time.Hour))
	begin := a.clock.Now()
	_, err := a.Create(t.Context(), full(t))
	if err == nil || !strings.Contains(err.Error(), "cannot be assumed by Lambda") {
		t.Errorf("got error %v, want Lambda's own", err)
	}
	if took := a.clock.Now().Sub(begin); took > 2*time.Minute+10*time.Second {
		t.Errorf("gave up after %s, want about 2 minutes", took)
	}
	wantEmpty(t, a)
}

func TestCreate_conflictWithAStranger(t *testing.T) {
	t.Parallel()
	a := start(t)
	made := false
	a.aws.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "CreateRole" && strings.Contains(r.Name, schedulerRole) && !made {
			made = true
			makeRole(t, a, schedulerRole)
		}
	})
	_, err := a.Create(t.Context(), full(t))
	var exists *runnerstack.ExistsError
	if !errors.As(err, &exists) || exists.Name != schedulerRole {
		t.Fatalf("got error %v, want an *ExistsError of the role", err)
	}
	left := a.aws.Leftovers()
	if len(left) != 1 || !slices.ContainsFunc(left, func(s string) bool {
		return strings.Contains(s, schedulerRole)
	}) {
		t.Errorf("left behind: %q, want the stranger's role alone", left)
	}
}
