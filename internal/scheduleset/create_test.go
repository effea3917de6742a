package scheduleset_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 5)
	set.DeadLetterARN = queueARN
	written := s.create(t, set)
	s.wantWhole(t, set)
	const prefix = "arn:aws:scheduler:us-east-1:123456789012:schedule/"
	if written.ARNs["e03"] != prefix+"app/e03" || len(written.ARNs) != 5 {
		t.Errorf("ARNs %v", written.ARNs)
	}
	writes := s.writes(0)
	slices.Sort(writes[2:4]) // starts, in any order
	slices.Sort(writes[4:7])
	if d := cmp.Diff([]string{
		"CreateScheduleGroup app", "PutRolePolicy",
		"CreateSchedule app/e01", "CreateSchedule app/e03",
		"CreateSchedule app/e00", "CreateSchedule app/e02", "CreateSchedule app/e04",
		"UntagResource app",
	}, writes); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
}

// Fault 11 of the old system: no dead letters, so that nobody heard of a delivery that never arrived.
func TestFault11_deadLettersHaveAQueue(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 3)
	set.DeadLetterARN = queueARN
	s.create(t, set)
	created := 0
	for _, r := range s.Requests() {
		if r.Operation != "CreateSchedule" {
			continue
		}
		created++
		target := r.Input["Target"].(map[string]any)
		want := map[string]any{"Arn": queueARN}
		if d := cmp.Diff(want, target["DeadLetterConfig"]); d != "" {
			t.Errorf("dead letters (-want +got):\n%s", d)
		}
	}
	if created != 3 {
		t.Errorf("%d schedules created", created)
	}
}

func TestCreate_sendsTheWholeObject(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.create(t, s.set("app", 1))
	for _, r := range s.Requests() {
		if r.Operation != "CreateSchedule" {
			continue
		}
		for _, member := range []string{"State", "ActionAfterCompletion", "FlexibleTimeWindow",
			"GroupName", "ScheduleExpressionTimezone", "ClientToken"} {
			if r.Input[member] == nil {
				t.Errorf("CreateSchedule without %s: %v", member, r.Input)
			}
		}
		input := r.Input["Target"].(map[string]any)["Input"].(string)
		if !strings.Contains(input, `"<aws.scheduler.scheduled-time>"`) {
			t.Errorf("input %s", input)
		}
	}
}

func TestCreate_seventhOfTwelveFails(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.config.MaxConcurrency = 1
	s.keeper = scheduleset.New(s.config)
	s.Fail(fakeaws.Match{Operation: "CreateSchedule", Nth: 7}, fakeaws.Fault{
		Code: "ServiceQuotaExceededException", Message: "too many schedules", Status: 402,
	})
	written, err := s.keeper.Create(t.Context(), s.set("app", 12))
	wantText(t, err, `creating the schedule "app/e`, `of event "e`,
		"ServiceQuotaExceededException: too many schedules", "; nothing was left behind")
	failed, ok := errors.AsType[*scheduleset.EventError](err)
	if !ok || failed.Doing != "creating" || len(written.ARNs) > 0 {
		t.Errorf("error %#v, written %v", failed, written)
	}
	s.wantEmpty(t)
	if d := cmp.Diff([]string{
		"CreateScheduleGroup app", "PutRolePolicy",
		"CreateSchedule app/e01", "CreateSchedule app/e03", "CreateSchedule app/e05",
		"CreateSchedule app/e07", "CreateSchedule app/e09", "CreateSchedule app/e11",
		"CreateSchedule app/e00",
		"DeleteSchedule app/e01", "DeleteSchedule app/e03", "DeleteSchedule app/e05",
		"DeleteSchedule app/e07", "DeleteSchedule app/e09", "DeleteSchedule app/e11",
		"DeleteRolePolicy", "DeleteScheduleGroup app",
	}, s.writes(0)); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	s.ClearFaults()
	s.create(t, s.set("app", 12))
	s.wantWhole(t, s.set("app", 12))
}

func TestCreate_removalFailsToo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	denied := fakeaws.Fault{Code: "AccessDeniedException", Message: "no", Status: 403}
	s.Fail(fakeaws.Match{Operation: "CreateSchedule", Name: "e04"}, denied)
	s.Fail(fakeaws.Match{Operation: "DeleteSchedule", Name: "e01"}, denied)
	s.Fail(fakeaws.Match{Operation: "DeleteScheduleGroup"}, denied)
	s.Fail(fakeaws.Match{Operation: "DeleteRolePolicy"}, denied)
	_, err := s.keeper.Create(t.Context(), s.set("app", 5))
	failed, ok := errors.AsType[*scheduleset.CreateError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	if d := cmp.Diff([]string{
		`schedule "app/e01"`, `inline policy "savings-us-east-1-app" of role "runner"`,
		`schedule group "app"`,
	}, failed.Live); d != "" {
		t.Errorf("said to be live (-want +got):\n%s", d)
	}
	wantText(t, err, `of event "e04"`, "removing what had been made failed too",
		"AccessDeniedException: no", `still live: schedule "app/e01", inline policy`)
	s.wantLeft(t, "scheduler group app (ACTIVE)", "scheduler schedule app/e01",
		"policy savings-us-east-1-app")
}

func TestCreate_cancelledInTheMiddleCleansUp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "CreateSchedule" && strings.HasSuffix(r.Name, "e02") {
			cancel()
		}
	})
	_, err := s.keeper.Create(ctx, s.set("app", 8))
	wantText(t, err, "nothing was left behind")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	s.wantEmpty(t)
}

// What a killed create leaves: the group with its creating tag, the policy and some schedules.
func (s *stage) killedCreate(set scheduleset.Set, keys ...string) {
	s.Scheduler().PutGroup(set.Name, map[string]string{
		"savings:creating": "killed", "team": "web", "old": "tag",
	})
	for _, key := range keys {
		want := set.Schedule(key)
		s.Scheduler().PutSchedule(fakeaws.Schedule{
			GroupName: want.Group, Name: want.Name, ScheduleExpression: want.Expression,
			ScheduleExpressionTimezone: want.Timezone,
			Target: fakeaws.Target{
				Arn: want.FunctionARN, RoleArn: want.RoleARN, Input: want.Input,
				RetryPolicy: &fakeaws.RetryPolicy{
					MaximumEventAgeInSeconds: new(3600), MaximumRetryAttempts: new(10),
				},
			},
		})
	}
}

func TestCreate_adoptsWhatAKilledCreateLeft(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 8)
	s.killedCreate(set, "e01", "e03", "e05")
	s.killedCreate(with(set, map[string]scheduleset.Event{
		"e07": {Expression: "rate(1 day)", Timezone: "UTC"},
		"e99": {Expression: "rate(1 day)", Timezone: "UTC"},
	}), "e07", "e99")
	written := s.create(t, set)
	s.wantWhole(t, set)
	if len(written.ARNs) != 8 || written.ARNs["e01"] == "" {
		t.Errorf("ARNs %v", written.ARNs)
	}
	if c, u, d := s.count("CreateSchedule", 0), s.count("UpdateSchedule", 0),
		s.count("DeleteSchedule", 0); c != 4 || u != 1 || d != 1 {
		t.Errorf("%d created, %d updated, %d deleted; want 4, 1, 1", c, u, d)
	}
}

func TestCreate_failureAfterAdoptionLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 8)
	s.killedCreate(set, "e01", "e03")
	s.Fail(fakeaws.Match{Operation: "CreateSchedule", Name: "e04"}, fakeaws.Fault{Code: "X"})
	_, err := s.keeper.Create(t.Context(), set)
	wantText(t, err, `event "e04"`, "nothing was left behind")
	s.wantEmpty(t)
}

func TestCreate_completeGroupIsNeverTakenOver(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 3)
	s.create(t, set)
	before := len(s.Requests())
	_, err := s.keeper.Create(t.Context(), set)
	exists, ok := errors.AsType[*scheduleset.GroupExistsError](err)
	if !ok || exists.Group != "app" {
		t.Fatalf("error %v", err)
	}
	wantText(t, err,
		"import {\n  to = savings_schedule.this # the resource's address\n  id = \"app\"\n}")
	if w := s.writes(before); len(w) > 0 {
		t.Errorf("it wrote: %v", w)
	}
	s.wantWhole(t, set)
}

// Two creates of one name, the second of which is forced in between two calls of the first.
func TestCreate_twoAtOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// The second create runs, whole, before this request of the first takes effect.
		operation, suffix string
		first, second     string // "" for success
	}{
		{"before the group", "CreateScheduleGroup", "", "exists already", ""},
		{"in the middle", "CreateSchedule", "e02", "another create", ""},
		{"before the last look", "ListTagsForResource", "", "another create", ""},
		{"before the tag goes", "UntagResource", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			firstSet, secondSet := s.set("app", 4), s.set("app", 3)
			var begun atomic.Bool
			var secondErr error
			s.OnRequest(func(r fakeaws.Request) {
				if r.Operation != tt.operation || !strings.HasSuffix(r.Name, tt.suffix) {
					return
				}
				if begun.CompareAndSwap(false, true) {
					_, secondErr = s.keeper.Create(context.Background(), secondSet)
				}
			})
			_, firstErr := s.keeper.Create(t.Context(), firstSet)
			wantOutcome(t, "first", firstErr, tt.first)
			wantOutcome(t, "second", secondErr, tt.second)
			// The second completed, so each of its events is there whatever the first did after.
			for key := range secondSet.Events {
				if _, ok := s.Scheduler().Schedule("app", key); !ok {
					t.Errorf("event %s of the completed create is gone", key)
				}
			}
			if group, _ := s.Scheduler().Group("app"); group.Tags["savings:creating"] != "" {
				t.Error("the completed group is marked as incomplete")
			}
		})
	}
}

func wantOutcome(t *testing.T, which string, err error, text string) {
	t.Helper()
	if text == "" && err != nil {
		t.Errorf("%s create: %v", which, err)
	}
	if text != "" {
		wantText(t, err, text)
	}
}

// The first create completes after the second has seen the creating tag and before it acts on it:
// the completed group stays as it is.
func TestCreate_completedBetweenLookAndTakeover(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 4)
	s.killedCreate(set, "e00", "e01", "e02", "e03")
	s.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "TagResource" {
			s.Scheduler().PutGroup("app", map[string]string{"team": "web"})
		}
	})
	s.Fail(fakeaws.Match{Operation: "CreateSchedule"}, fakeaws.Fault{Code: "X"})
	_, err := s.keeper.Create(t.Context(), s.set("app", 6))
	if _, ok := errors.AsType[*scheduleset.GroupExistsError](err); !ok {
		t.Fatalf("error %v", err)
	}
	if n := len(s.names("app")); n != 4 {
		t.Errorf("%d schedules are left of 4", n)
	}
	group, _ := s.Scheduler().Group("app")
	if d := cmp.Diff(map[string]string{"team": "web"}, group.Tags); d != "" {
		t.Error(d)
	}
}

// A create that fails after another has taken its group over deletes nothing.
func TestCreate_failureAfterTakeover(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "CreateSchedule" && r.Name == "app/e02" {
			s.Scheduler().PutGroup("app", map[string]string{
				"savings:creating": "x", "savings:taking-over": "other",
			})
		}
	})
	s.Fail(fakeaws.Match{Operation: "CreateSchedule", Name: "e02"}, fakeaws.Fault{Code: "X"})
	_, err := s.keeper.Create(t.Context(), s.set("app", 4))
	wantText(t, err, `event "e02"`, "another create of schedule group \"app\"")
	if n := s.count("DeleteSchedule", 0) + s.count("DeleteScheduleGroup", 0); n > 0 {
		t.Errorf("%d deletions", n)
	}
}

func TestCreate_waitsForADeletingGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 2)
	s.create(t, set)
	s.Scheduler().SlowGroupDeletion(4, 0)
	deleteGroup(t, s, "app")
	s.create(t, set)
	s.wantWhole(t, set)
	if !slices.Contains(s.logs, `waiting until schedule group "app" is deleted`) {
		t.Errorf("logged %q", s.logs)
	}
}

func deleteGroup(t *testing.T, s *stage, group string) {
	t.Helper()
	_, err := s.config.Scheduler.DeleteScheduleGroup(t.Context(),
		&scheduler.DeleteScheduleGroupInput{Name: &group})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCreate_roleNotAssumableAtFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 6)
	s.IAM().RefuseAssume("scheduler", 7)
	s.create(t, set)
	s.wantWhole(t, set)
	if len(s.logs) != 1 || !strings.Contains(s.logs[0], "can assume the role "+s.role) {
		t.Errorf("logged %q", s.logs)
	}
}

func TestCreate_roleNeverAssumable(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.IAM().RefuseAssume("scheduler", 1<<20)
	s.config.MaxConcurrency = 1
	_, err := scheduleset.New(s.config).Create(t.Context(), s.set("app", 3))
	wantText(t, err, "ValidationException", "assume the role", "nothing was left behind")
	if waited := s.clock.Now().Sub(today); waited < 2*time.Minute || waited > 131*time.Second {
		t.Errorf("waited %s", waited)
	}
	s.wantEmpty(t)
}

func TestCreate_lostAnswers(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"CreateScheduleGroup", "CreateSchedule", "UntagResource"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.Fail(fakeaws.Match{Operation: operation, Times: 2}, fakeaws.Fault{Lost: true})
			set := s.set("app", 4)
			s.create(t, set)
			s.wantWhole(t, set)
		})
	}
}

// The last answer never arrives: what AWS has decides. A complete group that is nobody's would be
// the worst end.
func TestCreate_lastAnswerStaysLost(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Fail(fakeaws.Match{Operation: "UntagResource"}, fakeaws.Fault{Lost: true})
	set := s.set("app", 4)
	s.create(t, set)
	s.wantWhole(t, set)
	s.ClearFaults()

	s.Fail(fakeaws.Match{Operation: "UntagResource"}, fakeaws.Fault{Reset: true})
	_, err := s.keeper.Create(t.Context(), s.set("second", 4))
	wantText(t, err, "nothing was left behind")
	if n := s.names("second"); len(n) > 0 {
		t.Errorf("left: %v", n)
	}
}

// The answer stays lost, and the retries' as well: what was made all the same goes again.
func TestCreate_answersThatStayLost(t *testing.T) {
	t.Parallel()
	for _, group := range []string{"", "default"} {
		for _, operation := range []string{"CreateScheduleGroup", "CreateSchedule"} {
			t.Run(group+operation, func(t *testing.T) {
				t.Parallel()
				s := newStage(t)
				s.Fail(fakeaws.Match{Operation: operation}, fakeaws.Fault{Lost: true})
				set := s.set("app", 4)
				if set.GroupName = group; group != "" && operation == "CreateScheduleGroup" {
					t.Skip("no group is made")
				}
				_, err := s.keeper.Create(t.Context(), set)
				wantText(t, err, "nothing was left behind")
				s.wantEmpty(t)
			})
		}
	}
}
