package scheduleset_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

func TestRead_showsDrift(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 3)
	s.create(t, set)
	drifted, _ := s.Scheduler().Schedule("app", "e00")
	drifted.State, drifted.Target.RetryPolicy = "DISABLED", nil
	drifted.ActionAfterCompletion, drifted.KmsKeyArn = "DELETE", "arn:aws:kms:x:1:key/k"
	drifted.FlexibleTimeWindow = fakeaws.FlexibleTimeWindow{
		Mode: "FLEXIBLE", MaximumWindowInMinutes: 15,
	}
	s.Scheduler().PutSchedule(drifted)
	s.Scheduler().RemoveSchedule("app", "e01")
	s.Scheduler().PutSchedule(fakeaws.Schedule{
		GroupName: "app", Name: "stranger", ScheduleExpression: "rate(1 day)",
		Target: fakeaws.Target{Arn: "arn:aws:sqs:us-east-1:123456789012:q", RoleArn: s.role},
	})
	live, err := s.keeper.Read(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"e00", "e02", "stranger"},
		slices.Sorted(maps.Keys(live.Schedules))); d != "" {
		t.Error(d)
	}
	got := live.Schedules["e00"]
	if got.Enabled {
		t.Error("a disabled schedule reads as enabled")
	}
	if d := cmp.Diff([]string{
		"185 retries instead of 10", "maximum event age 86400 s instead of 3600 s",
		"flexible window of 15 minutes", "customer key arn:aws:kms:x:1:key/k",
		"deleted after completion",
	}, scheduleset.Differences(language.English, set.Schedule("e00"), got)); d != "" {
		t.Error(d)
	}
	stranger := live.Schedules["stranger"]
	if _, ok := stranger.Payload(); ok || stranger.Timezone != "UTC" || !stranger.Enabled {
		t.Errorf("stranger %+v", stranger)
	}
	if d := cmp.Diff(map[string]string{"team": "web"}, live.Tags); d != "" {
		t.Error(d)
	}

	have := set
	have.Drifted = map[string]bool{"e00": true}
	have = with(have, map[string]scheduleset.Event{
		"e01": {}, "stranger": event("rate(1 day)", false),
	})
	if _, err := s.keeper.Update(t.Context(), have, set); err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, set)
}

// Parameters of a target that is no function are a drift, of whatever service.
func TestRead_otherTargets(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 6)
	s.create(t, set)
	for i, change := range []func(*fakeaws.Target){
		func(t *fakeaws.Target) { t.EcsParameters = []byte(`{"TaskDefinitionArn":"arn"}`) },
		func(t *fakeaws.Target) { t.EventBridgeParameters = []byte(`{"DetailType":"d","Source":"s"}`) },
		func(t *fakeaws.Target) { t.KinesisParameters = []byte(`{"PartitionKey":"k"}`) },
		func(t *fakeaws.Target) { t.SageMakerPipelineParameters = []byte(`{"PipelineParameterList":[]}`) },
		func(t *fakeaws.Target) { t.SqsParameters = []byte(`{"MessageGroupId":"g"}`) },
	} {
		schedule, _ := s.Scheduler().Schedule("app", fmt.Sprintf("e%02d", i))
		change(&schedule.Target)
		s.Scheduler().PutSchedule(schedule)
	}
	live, err := s.keeper.Read(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	for key, got := range live.Schedules {
		want := []scheduleset.Setting{{Kind: scheduleset.OtherTarget}}
		if key == "e05" {
			want = nil
		}
		if d := cmp.Diff(want, got.Other); d != "" {
			t.Errorf("%s: %s", key, d)
		}
	}
}

func TestRead_150Schedules(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 0)
	for i := range 150 {
		set.Events[fmt.Sprintf("e%03d", i)] = event("rate(1 day)", i%2 == 1)
	}
	s.create(t, set)
	before := len(s.Requests())
	s.wantWhole(t, set)
	if n := s.count("ListSchedules", before); n != 2 {
		t.Errorf("%d pages were read, want 2", n)
	}
	if err := s.keeper.Delete(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	s.wantEmpty(t)
}

func TestRead_notFound(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 2)
	shared := set
	shared.GroupName = "default"
	single := s.set("app", 1)
	single.GroupName = "default"
	for name, have := range map[string]scheduleset.Set{"own": set, "shared": shared, "of one event": single} {
		if _, err := s.keeper.Read(t.Context(), have); !errors.Is(err, scheduleset.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.create(t, set)
	s.Scheduler().SlowGroupDeletion(1000, time.Hour)
	deleteGroup(t, s, "app")
	if live, err := s.keeper.Read(t.Context(), set); err != nil || len(live.Schedules) > 0 {
		t.Errorf("a group in DELETING, with a policy: %+v, %v", live, err)
	}
	unmanaged := set
	unmanaged.RunnerRoleName = ""
	if _, err := s.keeper.Read(t.Context(), unmanaged); !errors.Is(err, scheduleset.ErrNotFound) {
		t.Errorf("a group in DELETING: %v", err)
	}
	shared.Events = nil
	if _, err := s.keeper.Read(t.Context(), shared); err != nil {
		t.Errorf("a set without events: %v", err)
	}
}

func TestRead_import(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 2)
	s.create(t, set)
	live, err := s.keeper.Read(t.Context(), scheduleset.Set{Name: "app"})
	if err != nil || len(live.Schedules) != 2 || live.PolicyJSON != "" {
		t.Errorf("%+v, %v", live, err)
	}
	shared := set
	shared.GroupName = "default"
	s.create(t, shared)
	live, err = s.keeper.Read(t.Context(), scheduleset.Set{
		Name: "app", GroupName: "default",
		Events: map[string]scheduleset.Event{"e01": {}, "none": {}},
	})
	if err != nil || len(live.Schedules) != 1 || live.Schedules["e01"].Name != "app-e01" {
		t.Errorf("%+v, %v", live, err)
	}
}

func TestRead_policy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 1)
	s.create(t, set)
	other := set
	other.PolicyJSON = `{"Version":"2012-10-17","Statement":{"Action":"rds:StopDBCluster",` +
		`"Resource":"arn:aws:rds:us-east-1:123456789012:cluster:x","Effect":"Allow"}}`
	for _, have := range []scheduleset.Set{set, other} {
		live, err := s.keeper.Read(t.Context(), have)
		if err != nil || live.PolicyJSON != have.PolicyJSON {
			t.Errorf("%+v, %v", live, err)
		}
	}
	set.PolicyJSON = otherPolicy
	live, err := s.keeper.Read(t.Context(), set)
	if err != nil || live.PolicyJSON != policyJSON {
		t.Errorf("%+v, %v", live, err)
	}
	s.IAM().RemoveRole(runnerRole)
	live, err = s.keeper.Read(t.Context(), set)
	if err != nil || live.PolicyJSON != "" {
		t.Errorf("without the role: %+v, %v", live, err)
	}
}

// The prefix "app-" is no sign of ownership: app-web's schedules begin with it too.
func TestShared_prefixIsNotOwnership(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	app, web := s.set("app", 0), s.set("app-web", 0)
	app.GroupName, web.GroupName = "default", "default"
	app.Events["start"] = event("rate(1 day)", true)
	web.Events["stop"] = event("rate(1 day)", false)
	s.create(t, app)
	s.create(t, web)
	s.wantWhole(t, app)
	s.wantWhole(t, web)

	trap := with(app, map[string]scheduleset.Event{"web-stop": event("rate(2 days)", false)})
	_, err := s.keeper.Update(t.Context(), app, trap)
	if _, ok := errors.AsType[*scheduleset.ScheduleExistsError](err); !ok {
		t.Errorf("update over a stranger's schedule: %v", err)
	}
	again := s.set("app", 0)
	again.GroupName, again.Events["web-stop"] = "default", event("rate(2 days)", false)
	_, err = s.keeper.Create(t.Context(), again)
	wantText(t, err, `in schedule group "default" exist already`, `"app-web-stop"`)

	if err := s.keeper.Delete(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	s.wantWhole(t, web)
	if err := s.keeper.Delete(t.Context(), web); err != nil {
		t.Fatal(err)
	}
	s.wantEmpty(t)
}

func TestShared_adoptsWhatIsEqual(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 6)
	set.GroupName = "shared"
	s.killedCreate(set, "e01", "e03")
	s.Fail(fakeaws.Match{Operation: "CreateSchedule", Name: "e02"}, fakeaws.Fault{Code: "X"})
	_, err := s.keeper.Create(t.Context(), set)
	wantText(t, err, `event "e02"`, "what had been made was removed; left as they were before: "+
		`schedule "shared/app-e01", schedule "shared/app-e03"`)
	if d := cmp.Diff([]string{"app-e01", "app-e03"}, s.names("shared")); d != "" {
		t.Error(d)
	}
	s.ClearFaults()
	before := len(s.Requests())
	s.create(t, set)
	s.wantWhole(t, set)
	if n := s.count("CreateSchedule", before); n != 4 {
		t.Errorf("%d were created, want 4", n)
	}
}

// Somebody else makes one of our names between the look and the write.
func TestShared_raceForAName(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 1)
	set.GroupName = "shared"
	s.Scheduler().PutGroup("shared", nil)
	s.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "PutRolePolicy" {
			s.killedUpdate(set.Schedule("e00"), "rate(1 day)")
		}
	})
	_, err := s.keeper.Create(t.Context(), set)
	wantText(t, err, `"app-e00"`, "nothing was left behind")
	if len(s.policies(t)) > 0 {
		t.Errorf("policies %v", s.policies(t))
	}
	if d := cmp.Diff([]string{"app-e00"}, s.names("shared")); d != "" {
		t.Error(d)
	}
}

func TestDelete_isResumable(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"DeleteSchedule", "DeleteRolePolicy", "DeleteScheduleGroup"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			set := s.set("app", 5)
			s.create(t, set)
			s.Scheduler().PutSchedule(fakeaws.Schedule{
				GroupName: "app", Name: "stranger", ScheduleExpression: "rate(1 day)",
			})
			s.Fail(fakeaws.Match{Operation: operation, Times: 1}, fakeaws.Fault{Code: "X"})
			before := len(s.Requests())
			if err := s.keeper.Delete(t.Context(), set); err == nil {
				t.Fatal("no error")
			}
			wantStartsFirst(t, s.Requests()[before:], set)
			if err := s.keeper.Delete(t.Context(), set); err != nil {
				t.Fatal(err)
			}
			s.wantEmpty(t)
			if err := s.keeper.Delete(t.Context(), set); err != nil {
				t.Errorf("once more: %v", err)
			}
		})
	}
}

func TestDelete_waitsForTheGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	set := s.set("app", 2)
	s.create(t, set)
	s.Scheduler().SlowGroupDeletion(0, time.Minute)
	if err := s.keeper.Delete(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	s.wantEmpty(t)

	s.create(t, set)
	s.Scheduler().SlowGroupDeletion(0, time.Hour)
	s.config.Sleep = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	err := scheduleset.New(s.config).Delete(t.Context(), set)
	wantText(t, err, `waiting until schedule group "app" is deleted`)
	if firing := s.Scheduler().MayFire(); len(firing) != 0 {
		t.Errorf("got %q that fire while the group is being deleted, want none", firing)
	}
	s.clock.Advance(time.Hour)
	if err := s.keeper.Delete(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	s.wantEmpty(t)
}
