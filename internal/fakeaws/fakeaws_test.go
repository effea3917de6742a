package fakeaws

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

var testTime = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// wantError checks an error's code and message; an empty message takes any.
func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("got error %v, want %s", err, code)
	}
	if api.ErrorCode() != code || message != "" && api.ErrorMessage() != message {
		t.Fatalf("got %s %q, want %s %q", api.ErrorCode(), api.ErrorMessage(), code, message)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRequestsAreRecordedBeforeTheyTakeEffect(t *testing.T) {
	t.Parallel()
	clock := NewClock(testTime)
	a := Start(t, WithClock(clock.Now))
	var atHook []int
	a.OnRequest(func(r Request) { atHook = append(atHook, len(a.Scheduler().Groups())) })
	client := scheduler.NewFromConfig(a.Config())
	_, err := client.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{
		Name: aws.String("g"), ClientToken: aws.String("token"),
	})
	noError(t, err)
	clock.Advance(time.Minute)
	_, err = client.GetSchedule(t.Context(), &scheduler.GetScheduleInput{
		Name: aws.String("s"), GroupName: aws.String("g"),
	})
	wantError(t, err, "ResourceNotFoundException", "Schedule s does not exist.")

	if diff := cmp.Diff([]int{1, 2}, atHook); diff != "" {
		t.Errorf("groups at each request (-want +got):\n%s", diff)
	}
	want := []Request{
		{
			Service: "scheduler", Operation: "CreateScheduleGroup", Name: "g",
			Region: Region, At: testTime,
			Input: map[string]any{"Name": "g", "ClientToken": "token"},
		},
		{
			Service: "scheduler", Operation: "GetSchedule", Name: "g/s",
			Region: Region, At: testTime.Add(time.Minute),
			Input: map[string]any{"Name": "s", "groupName": "g"},
		},
	}
	if diff := cmp.Diff(want, a.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	get := func(t *testing.T, a *AWS) error {
		_, err := scheduler.NewFromConfig(a.Config()).GetScheduleGroup(t.Context(),
			&scheduler.GetScheduleGroupInput{Name: aws.String(DefaultGroup)})
		return err
	}
	t.Run("error without retry", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		a.Fail(Match{Operation: "GetScheduleGroup"},
			Fault{Code: "AccessDeniedException", Message: "no", Status: 403})
		wantError(t, get(t, a), "AccessDeniedException", "no")
		if n := len(a.Requests()); n != 1 {
			t.Errorf("got %d requests, want 1", n)
		}
	})
	for name, fault := range map[string]Fault{
		"throttled": Throttled(), "server error": ServerError(), "reset": {Reset: true},
	} {
		t.Run("the SDK retries: "+name, func(t *testing.T) {
			t.Parallel()
			a := Start(t)
			a.Fail(Match{Service: "scheduler", Times: 2}, fault)
			noError(t, get(t, a))
			if n := len(a.Requests()); n != 3 {
				t.Errorf("got %d requests, want 3", n)
			}
		})
	}
	t.Run("nth", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		a.Fail(Match{Name: "def", Nth: 2}, Fault{Code: "ValidationException"})
		noError(t, get(t, a))
		wantError(t, get(t, a), "ValidationException", "")
		noError(t, get(t, a))
	})
	t.Run("after", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		a.Fail(Match{After: 1}, Fault{Code: "ValidationException"})
		noError(t, get(t, a))
		wantError(t, get(t, a), "ValidationException", "")
		a.ClearFaults()
		noError(t, get(t, a))
	})
	t.Run("lost answer", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		a.Fail(Match{Operation: "CreateScheduleGroup", Times: 1}, Fault{Lost: true})
		_, err := scheduler.NewFromConfig(a.Config()).CreateScheduleGroup(t.Context(),
			&scheduler.CreateScheduleGroupInput{Name: aws.String("g")})
		noError(t, err)
		if n := len(a.Requests()); n != 2 {
			t.Errorf("got %d requests, want 2: the retry carries the same ClientToken", n)
		}
	})
	t.Run("cut answer", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		a.Fail(Match{Operation: "CreateScheduleGroup", Times: 1}, Fault{Cut: true})
		_, err := scheduler.NewFromConfig(a.Config()).CreateScheduleGroup(t.Context(),
			&scheduler.CreateScheduleGroupInput{Name: aws.String("g")})
		if _, ok := a.Scheduler().Group("g"); !ok {
			t.Errorf("the request took no effect: %v", err)
		}
		if err == nil && len(a.Requests()) != 2 {
			t.Error("half an answer was taken for a whole one")
		}
		t.Logf("the SDK: %v, after %d requests", err, len(a.Requests()))
	})
	t.Run("slow answer", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		ctx, giveUp := context.WithCancel(t.Context())
		defer giveUp()
		a.Fail(Match{Operation: "CreateScheduleGroup"}, Fault{Delay: time.Hour, Then: giveUp})
		_, err := scheduler.NewFromConfig(a.Config()).CreateScheduleGroup(ctx,
			&scheduler.CreateScheduleGroupInput{Name: aws.String("g")})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the context: an answer came", err)
		}
		if _, ok := a.Scheduler().Group("g"); !ok {
			t.Error("the request took no effect")
		}
	})
	t.Run("injected", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		var before, after []int
		create := func() error {
			_, err := scheduler.NewFromConfig(a.Config()).CreateScheduleGroup(t.Context(),
				&scheduler.CreateScheduleGroupInput{Name: aws.String("g")})
			return err
		}
		a.Inject(func(r Request) Fault {
			if r.Operation != "CreateScheduleGroup" {
				return Fault{}
			}
			before = append(before, len(a.Scheduler().Groups()))
			return Fault{Lost: true, Then: func() { after = append(after, len(a.Scheduler().Groups())) }}
		})
		a.Fail(Match{Operation: "CreateScheduleGroup", Times: 1}, Fault{Code: "AccessDeniedException", Status: 403})
		wantError(t, create(), "AccessDeniedException", "") // an armed fault comes first
		if err := create(); err == nil {
			t.Error("no answer was lost")
		}
		if diff := cmp.Diff([][]int{{1, 2, 2}, {2, 2, 2}}, [][]int{before, after}); diff != "" {
			t.Errorf("groups before and after each attempt took effect (-want +got):\n%s", diff)
		}
		noError(t, get(t, a))
		a.ClearFaults()
		wantError(t, create(), "ConflictException", "")
	})
	t.Run("held answer", func(t *testing.T) {
		t.Parallel()
		a := Start(t)
		hold := make(chan struct{})
		a.Fail(Match{}, Fault{Hold: hold})
		done := make(chan error)
		go func() { done <- get(t, a) }()
		select {
		case err := <-done:
			t.Errorf("answered while held: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
		close(hold)
		noError(t, <-done)
	})
}

func TestUnknownOperation(t *testing.T) {
	t.Parallel()
	a := Start(t)
	a.services["scheduler"].operations = nil
	_, err := scheduler.NewFromConfig(a.Config()).ListScheduleGroups(t.Context(), nil)
	wantError(t, err, "NotImplemented", "fakeaws has no scheduler ListScheduleGroups")
}
