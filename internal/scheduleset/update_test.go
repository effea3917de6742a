package scheduleset_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

const otherPolicy = `{"Statement":[{"Action":["rds:StartDBCluster"],"Effect":"Allow",` +
	`"Resource":["*"]}],"Version":"2012-10-17"}`

const bothPolicies = `{"Statement":[{"Action":["rds:StopDBCluster"],"Effect":"Allow",` +
	`"Resource":["arn:aws:rds:us-east-1:123456789012:cluster:x"]},` +
	`{"Action":["rds:StartDBCluster"],"Effect":"Allow","Resource":["*"]}],"Version":"2012-10-17"}`

func event(expression string, starts bool) scheduleset.Event {
	return scheduleset.Event{
		Args: []string{"rds", "stop-cluster", "y"}, Expression: expression, Timezone: "UTC",
		Enabled: true, Starts: starts,
	}
}

func TestUpdate_writesOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	changed := event("cron(0 9 * * ? *)", false)
	changedStart := event("cron(0 8 * * ? *)", true)
	tests := []struct {
		name   string
		change func(have, want *scheduleset.Set)
		writes []string
	}{
		{"nothing", func(_, _ *scheduleset.Set) {}, nil},
		{"one event", func(_, want *scheduleset.Set) { want.Events["e00"] = changed },
			[]string{"UpdateSchedule app/e00"}},
		{"a day off", func(_, want *scheduleset.Set) {
			e := want.Events["e00"]
			e.ExceptDates = []string{"2026-12-29"}
			want.Events["e00"] = e
		}, []string{"UpdateSchedule app/e00"}},
		{"the order of steps", func(have, want *scheduleset.Set) {
			was, is := have.Events["e00"], want.Events["e00"]
			was.Args, was.Steps = nil, [][]string{{"rds", "start-cluster", "x"}, {"rds", "start-cluster", "y"}}
			is.Args, is.Steps = nil, [][]string{{"rds", "start-cluster", "y"}, {"rds", "start-cluster", "x"}}
			have.Events["e00"], want.Events["e00"] = was, is
		}, []string{"UpdateSchedule app/e00"}},
		{"a renamed key", func(_, want *scheduleset.Set) {
			want.Events["new"] = want.Events["e00"]
			delete(want.Events, "e00")
		}, []string{"CreateSchedule app/new", "DeleteSchedule app/e00"}},
		{"order", func(_, want *scheduleset.Set) {
			want.Events["a"], want.Events["b"] = changed, changedStart
			want.Events["e00"], want.Events["e01"] = changed, changedStart
			delete(want.Events, "e02")
			delete(want.Events, "e03")
		}, []string{"CreateSchedule app/b", "CreateSchedule app/a", "UpdateSchedule app/e01",
			"UpdateSchedule app/e00", "DeleteSchedule app/e02", "DeleteSchedule app/e03"}},
		{"drift", func(have, _ *scheduleset.Set) { have.Drifted = map[string]bool{"e02": true} },
			[]string{"UpdateSchedule app/e02"}},
		{"known to be missing", func(have, _ *scheduleset.Set) { delete(have.Events, "e02") },
			// AWS has it all the same, equal to what is wanted.
			[]string{"CreateSchedule app/e02"}},
		{"tags", func(_, want *scheduleset.Set) { want.Tags = map[string]string{"owner": "me"} },
			[]string{"TagResource app", "UntagResource app"}},
		{"rights replaced", func(_, want *scheduleset.Set) {
			want.PolicyJSON, want.Events["e00"] = otherPolicy, changed
		}, []string{"PutRolePolicy", "UpdateSchedule app/e00", "PutRolePolicy"}},
		{"no more rights", func(_, want *scheduleset.Set) {
			want.RunnerRoleName, want.PolicyJSON = "", ""
			want.Events["e00"] = changed
		}, []string{"UpdateSchedule app/e00", "DeleteRolePolicy"}},
		{"no events left", func(_, want *scheduleset.Set) {
			want.Events, want.PolicyJSON = map[string]scheduleset.Event{}, ""
		}, []string{"DeleteSchedule app/e00", "DeleteSchedule app/e02", "DeleteSchedule app/e01",
			"DeleteSchedule app/e03", "DeleteRolePolicy"}},
		{"fewer rights", func(have, want *scheduleset.Set) {
			have.PolicyJSON = bothPolicies
			want.Events["e00"] = changed
		}, []string{"UpdateSchedule app/e00", "PutRolePolicy"}},
		{"more rights", func(_, want *scheduleset.Set) {
			want.PolicyJSON, want.Events["e00"] = bothPolicies, changed
		}, []string{"PutRolePolicy", "UpdateSchedule app/e00"}},
		{"policy missing", func(have, _ *scheduleset.Set) { have.PolicyJSON = "" },
			[]string{"PutRolePolicy"}},
		{"retry", func(_, want *scheduleset.Set) {
			want.MaximumAttempts = 0
			for key := range want.Events {
				if key != "e00" {
					delete(want.Events, key)
				}
			}
		}, []string{"UpdateSchedule app/e00", "DeleteSchedule app/e02", "DeleteSchedule app/e01",
			"DeleteSchedule app/e03"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.config.MaxConcurrency = 1
			s.keeper = scheduleset.New(s.config)
			have, want := s.set("app", 4), s.set("app", 4)
			s.create(t, have)
			before := len(s.Requests())
			tt.change(&have, &want)
			written, err := s.keeper.Update(t.Context(), have, want)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.writes, s.writes(before)); d != "" {
				t.Errorf("writes (-want +got):\n%s", d)
			}
			if want.RunnerRoleName != "" {
				s.wantWhole(t, want)
			}
			if d := cmp.Diff(slices.Sorted(maps.Keys(want.Events)),
				slices.Sorted(maps.Keys(written.ARNs))); d != "" {
				t.Error(d)
			}
		})
	}
}

// A stop that is live needs its right until it is gone, also if the update ends in between.
func TestUpdate_rightsGoLast(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have := s.set("app", 2)
	s.create(t, have)
	want := with(s.set("app", 2), map[string]scheduleset.Event{"e00": event("rate(1 day)", false)})
	want.PolicyJSON = otherPolicy
	s.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "UpdateSchedule" {
			role, _ := s.IAM().Role(runnerRole)
			p := role.Policies["savings-us-east-1-app"]
			if !strings.Contains(p, "StopDBCluster") || !strings.Contains(p, "StartDBCluster") {
				t.Errorf("rights in the middle: %s", p)
			}
		}
	})
	if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, want)
}

// clusterPolicy lets n clusters be stopped, counted from the given number.
func clusterPolicy(from, n int) string {
	stop := iampolicy.Statement{Action: []string{"rds:StopDBCluster"}}
	for i := range n {
		stop.Resource = append(stop.Resource,
			fmt.Sprintf("arn:aws:rds:us-east-1:123456789012:cluster:sample-ai-aurora-cluster-%03d", from+i))
	}
	return iampolicy.Document([]iampolicy.Statement{stop})
}

// Where a role has no room for the old rights beside the new ones, it gets the new ones and as many
// of the old ones as fit, until the schedules are changed.
func TestUpdate_policyWithoutRoom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		from, clusters int
		leastOld       int // of the rights that only the old schedules need
	}{
		{"some fit", 60, 110, 20},
		{"hardly any fits", 110, 134, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.config.MaxConcurrency = 1
			s.keeper = scheduleset.New(s.config)
			have := s.set("app", 2)
			want := with(s.set("app", 2), map[string]scheduleset.Event{
				"e00": event("rate(1 day)", false), "e01": event("rate(2 days)", false),
			})
			have.PolicyJSON, want.PolicyJSON = clusterPolicy(0, 110), clusterPolicy(tt.from, tt.clusters)
			s.create(t, have)
			inBetween := ""
			s.OnRequest(func(r fakeaws.Request) {
				if r.Operation == "UpdateSchedule" {
					role, _ := s.IAM().Role(runnerRole)
					inBetween = role.Policies["savings-us-east-1-app"]
				}
			})
			if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
				t.Fatal(err)
			}
			got := rights(t, inBetween)
			for right := range rights(t, want.PolicyJSON) {
				if !got[right] {
					t.Errorf("while schedules are changed nobody grants %s", right)
				}
				delete(got, right)
			}
			if len(got) < tt.leastOld {
				t.Errorf("%d old rights stay while schedules are changed, want %d", len(got), tt.leastOld)
			}
			next, _ := iampolicy.Parse(inBetween)
			next = append(next, iampolicy.Statement{
				Action:   []string{"rds:StopDBCluster"},
				Resource: []string{"arn:aws:rds:us-east-1:123456789012:cluster:sample-ai-aurora-cluster-999"},
			})
			if n := scheduleset.PolicyLength(iampolicy.Document(next)); n <= 10_240 {
				t.Errorf("there was room for one more: %d characters", n)
			}
			s.wantWhole(t, want)
		})
	}
}

func TestUpdate_roleOfTheRunnerChanges(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.IAM().PutRole(fakeaws.Role{Name: "second"})
	have, want := s.set("app", 2), s.set("app", 2)
	s.create(t, have)
	want.RunnerRoleName = "second"
	if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
		t.Fatal(err)
	}
	second, _ := s.IAM().Role("second")
	if len(s.policies(t)) != 0 || second.Policies["savings-us-east-1-app"] != policyJSON {
		t.Errorf("policies %v and %v", s.policies(t), second.Policies)
	}
}

func TestUpdate_convergesWithoutRefresh(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have := s.set("app", 4)
	s.create(t, have)
	want := with(have, map[string]scheduleset.Event{
		"e00": event("cron(0 9 * * ? *)", false), // is gone: the update finds nothing
		"e01": {},                                // is gone: the delete finds nothing
		"new": event("cron(0 7 * * ? *)", false), // is there, with other contents
	})
	s.killedUpdate(want.Schedule("new"), "rate(1 day)")
	s.Scheduler().RemoveSchedule("app", "e00")
	s.Scheduler().RemoveSchedule("app", "e01")
	written, err := s.keeper.Update(t.Context(), have, want)
	if err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, want)
	if d := cmp.Diff([]string{"e01"}, written.Removed); d != "" {
		t.Error(d)
	}
}

func (s *stage) killedUpdate(schedule scheduleset.Schedule, expression string) {
	s.Scheduler().PutSchedule(fakeaws.Schedule{
		GroupName: schedule.Group, Name: schedule.Name, ScheduleExpression: expression,
		Target: fakeaws.Target{Arn: schedule.FunctionARN, RoleArn: schedule.RoleARN},
	})
}

func TestUpdate_failureTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have := s.set("app", 3)
	s.create(t, have)
	want := with(have, map[string]scheduleset.Event{
		"e00": {}, "e01": event("cron(0 8 * * ? *)", true), "e02": event("rate(2 days)", false),
		"new": event("rate(1 day)", false),
	})
	s.Fail(fakeaws.Match{Operation: "UpdateSchedule", Name: "e02"}, fakeaws.Fault{
		Code: "AccessDeniedException", Message: "no", Status: 403,
	})
	written, err := s.keeper.Update(t.Context(), have, want)
	wantText(t, err, `updating the schedule "app/e02" of event "e02": AccessDeniedException: no`)
	if d := cmp.Diff([]string{"e01", "new"}, slices.Sorted(maps.Keys(written.ARNs))); d != "" {
		t.Error(d)
	}
	if len(written.Removed) > 0 {
		t.Errorf("removed %v", written.Removed)
	}
	s.ClearFaults()
	after := with(have, map[string]scheduleset.Event{
		"e01": want.Events["e01"], "new": want.Events["new"],
	})
	before := len(s.Requests())
	if _, err := s.keeper.Update(t.Context(), after, want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"UpdateSchedule app/e02", "DeleteSchedule app/e00"},
		s.writes(before)); d != "" {
		t.Error(d)
	}
	s.wantWhole(t, want)
}

func TestUpdate_handsBackKnownARNs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 1)
	s.create(t, set)
	e := set.Events["e00"]
	e.ARN = "arn:known"
	written, err := s.keeper.Update(t.Context(),
		with(set, map[string]scheduleset.Event{"e00": e}), set)
	if err != nil || written.ARNs["e00"] != "arn:known" {
		t.Errorf("%v, %v", written.ARNs, err)
	}
}

// A rate() counts from its start date. Once that is past AWS refuses it, and without one would count
// from the write; so the next run on the same grid is sent, and none of it is drift.
func TestPast_rateKeepsItsGrid(t *testing.T) {
	t.Parallel()
	e := event("rate(12 hours)", false)
	e.StartDate = today.Add(-25 * time.Hour)
	s := newStage(t)
	set := with(s.set("app", 0), map[string]scheduleset.Event{"e": e})
	s.create(t, set)
	next := today.Add(11 * time.Hour)
	if got, _ := s.Scheduler().Schedule("app", "e"); !got.StartDate.Equal(next) {
		t.Errorf("start date: got %v, want the next run %v", got.StartDate, next)
	}
	s.wantWhole(t, set)
	s.clock.Advance(15 * time.Hour)
	s.wantWhole(t, set)
	before := len(s.Requests())
	if _, err := s.keeper.Update(t.Context(), set, set); err != nil {
		t.Fatal(err)
	}
	if w := s.writes(before); len(w) > 0 {
		t.Errorf("written: %v", w)
	}
	described := e
	described.Description = "twice a day"
	want := with(set, map[string]scheduleset.Event{"e": described})
	if _, err := s.keeper.Update(t.Context(), set, want); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Scheduler().Schedule("app", "e"); !got.StartDate.Equal(next.Add(12 * time.Hour)) {
		t.Errorf("start date after an update: got %v, want %v", got.StartDate, next.Add(12*time.Hour))
	}
	s.wantWhole(t, want)
}

// A schedule of our name in a shared group that is somebody else's is not ours for being past.
func TestCreate_pastAtOfOthers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	at := event("at(2026-11-24T20:59:59)", false)
	at.Timezone = "Asia/Tokyo"
	set := with(s.set("app", 0), map[string]scheduleset.Event{"e": at})
	set.GroupName = "default"
	s.create(t, set)
	theirs, _ := s.Scheduler().Schedule("default", "app-e")
	theirs.Target.Input = `{"args":["rds","stop-cluster","theirs"]}`
	s.Scheduler().PutSchedule(theirs)
	_, err := s.keeper.Create(t.Context(), set)
	if _, ok := errors.AsType[*scheduleset.ScheduleExistsError](err); !ok {
		t.Errorf("got %v, want a ScheduleExistsError", err)
	}
}

// A start date to come is written as it changes, and a change of it outside is seen.
func TestUpdate_startDate(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := event("cron(0 9 * * ? *)", false)
	have := with(s.set("app", 0), map[string]scheduleset.Event{"e": e})
	s.create(t, have)
	for _, start := range []time.Time{today.Add(time.Hour), today.Add(2 * time.Hour), {}} {
		e.StartDate = start
		want := with(have, map[string]scheduleset.Event{"e": e})
		if _, err := s.keeper.Update(t.Context(), have, want); err != nil {
			t.Fatal(err)
		}
		s.wantWhole(t, want)
		have = want
	}
	theirs, _ := s.Scheduler().Schedule("app", "e")
	theirs.StartDate = fakeaws.Epoch{Time: today.Add(time.Hour)}
	s.Scheduler().PutSchedule(theirs)
	live, err := s.keeper.Read(t.Context(), have)
	if err != nil || !live.Schedules["e"].StartDate.Equal(theirs.StartDate.Time) {
		t.Errorf("start date %v, %v", live.Schedules["e"].StartDate, err)
	}
}

// A plan for tomorrow morning that has passed is made disabled and left alone; so is a start date.
func TestPast(t *testing.T) {
	t.Parallel()
	at := event("at(2026-11-24T20:59:59)", false) // 11:59:59 UTC
	at.Timezone = "Asia/Tokyo"
	started := event("cron(0 9 * * ? *)", false)
	started.StartDate = today.Add(-time.Hour)
	s := newStage(t)
	set := with(s.set("app", 2), map[string]scheduleset.Event{"at": at, "started": started})
	s.create(t, set)
	if got, _ := s.Scheduler().Schedule("app", "at"); got.State != "DISABLED" {
		t.Errorf("the past at() is %s", got.State)
	}
	if got, _ := s.Scheduler().Schedule("app", "started"); !got.StartDate.IsZero() {
		t.Errorf("start date %v was sent", got.StartDate)
	}
	s.wantWhole(t, set) // neither is drift

	described, later := at, started
	described.Description = "once"
	later.StartDate = today.Add(-time.Minute)
	want := with(set, map[string]scheduleset.Event{"at": described, "started": later})
	set.Drifted = map[string]bool{"at": true}
	before := len(s.Requests())
	if _, err := s.keeper.Update(t.Context(), set, want); err != nil {
		t.Fatal(err)
	}
	if w := s.writes(before); len(w) > 0 {
		t.Errorf("written: %v", w)
	}
	s.wantWhole(t, want)

	future := described
	future.Expression = "at(2026-11-24T21:00:01)"
	next := with(want, map[string]scheduleset.Event{"at": future})
	if _, err := s.keeper.Update(t.Context(), want, next); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Scheduler().Schedule("app", "at"); got.State != "ENABLED" {
		t.Errorf("the at() to come is %s", got.State)
	}
	s.wantWhole(t, next)
	s.clock.Advance(time.Hour) // it has run and stays as it is
	before = len(s.Requests())
	if _, err := s.keeper.Update(t.Context(), next, next); err != nil {
		t.Fatal(err)
	}
	if w := s.writes(before); len(w) > 0 {
		t.Errorf("written: %v", w)
	}

	moved, elsewhere := future, future
	moved.Expression, elsewhere.Timezone = "at(2026-11-24T21:00:02)", "Asia/Seoul"
	for _, other := range []scheduleset.Event{moved, elsewhere} { // over too, and yet another plan
		want := with(next, map[string]scheduleset.Event{"at": other})
		if _, err := s.keeper.Update(t.Context(), next, want); err != nil {
			t.Fatal(err)
		}
		got, _ := s.Scheduler().Schedule("app", "at")
		if got.ScheduleExpression != other.Expression || got.ScheduleExpressionTimezone != other.Timezone {
			t.Errorf("got %s in %s, want %s in %s",
				got.ScheduleExpression, got.ScheduleExpressionTimezone, other.Expression, other.Timezone)
		}
		next = want
	}
}

func TestFunctionWarnings(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have := s.set("app", 1)
	written := s.create(t, have)
	if len(written.Warnings) != 1 || !strings.Contains(written.Warnings[0], functionARN) {
		t.Errorf("unknown function: %q", written.Warnings)
	}
	written, err := s.keeper.Update(t.Context(), have, have)
	if err != nil || len(written.Warnings) > 0 {
		t.Errorf("unchanged: %q, %v", written.Warnings, err)
	}
	s.Fail(fakeaws.Match{Operation: "GetFunction"},
		fakeaws.Fault{Code: "AccessDeniedException", Status: 403})
	want := have
	want.FunctionARN += "-2"
	written, err = s.keeper.Update(t.Context(), have, want)
	if err != nil || len(written.Warnings) > 0 {
		t.Errorf("denied: %q, %v", written.Warnings, err)
	}
}

func TestUpdate_nothingMoreStartsAfterAFailure(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	have := s.set("app", 0)
	s.create(t, have)
	s.Fail(fakeaws.Match{Operation: "CreateSchedule", Nth: 3}, fakeaws.Fault{Code: "X"})
	_, err := s.keeper.Update(t.Context(), have, s.set("app", 40))
	if _, ok := errors.AsType[*scheduleset.EventError](err); !ok {
		t.Fatalf("error %v", err)
	}
	if n := s.count("CreateSchedule", 0); n > 20 { // with some that were under way
		t.Errorf("%d schedules were tried", n)
	}
}
