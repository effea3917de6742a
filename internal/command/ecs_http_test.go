package command_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// state is a service's count, tags and scaling in a line.
func (c cloud) state(key string) string {
	s, _ := c.ECS().Service(key)
	text := fmt.Sprint(s.Desired, " ", s.Tags)
	if t, ok := c.AppScaling().Target(key); ok {
		text += fmt.Sprintf(" %d-%d suspended %t %t %t", t.Min, t.Max, t.In, t.Out, t.Scheduled)
	}
	return text
}

// ecsSteps runs commands of ECS one after the other: args, the lines of the report, the state
// after it of the service web/api.
func (c cloud) ecsSteps(t *testing.T, steps [][3]string) {
	t.Helper()
	for _, step := range steps {
		report := c.run(t, append([]string{"ecs"}, strings.Fields(step[0])...)...)
		if d := cmp.Diff(step[1], strings.Join(lines(report), "\n")); d != "" {
			t.Errorf("%s: %s", step[0], d)
		}
		if d := cmp.Diff(step[2], c.state("web/api")); d != "" {
			t.Errorf("state after %s: %s", step[0], d)
		}
	}
}

// Fault 8 of the old image, its last part: the count was not remembered.
func TestFault08_countIsRemembered(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "api", Desired: 3, Tags: map[string]string{"team": "web"},
	})
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api --dry-run",
			"web/api dry_run 3 would remember 3 and set the desired count to 0", "3 map[team:web]"},
		{"stop-services web/api", "web/api done 0 ", "0 map[savings:desired-count:3 team:web]"},
		{"stop-services web/api --wait", "web/api already 0 ",
			"0 map[savings:desired-count:3 team:web]"},
		{"start-services web/api/7 --dry-run", "web/api dry_run 0 would set the desired count to 3",
			"0 map[savings:desired-count:3 team:web]"},
		{"start-services web/api/7 --wait", "web/api done 3 ", "3 map[team:web]"},
		{"start-services web/api", "web/api already 3 ", "3 map[team:web]"},
	})
}

// Fault 8 of the old image, its second half: scaling was not touched. It is suspended before 0 is set,
// so that no alarm lifts the service in the night, and what was suspended before stays suspended after.
func TestFault08_scalingIsSuspended(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{
		Service: "web/api", Min: 2, Max: 5, Scheduled: true,
	})
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api --dry-run",
			"web/api dry_run 3 would remember 3, suspend its scaling and set the desired count to 0",
			"3 map[] 2-5 suspended false false true"},
		{"stop-services web/api", "web/api done 0 ",
			"0 map[savings:desired-count:3 savings:suspended-scaling:in out] 2-5 suspended true true true"},
	})
	c.AppScaling().Alarm("web/api", 1)
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api", "web/api already 0 ",
			"0 map[savings:desired-count:3 savings:suspended-scaling:in out] 2-5 suspended true true true"},
		{"start-services web/api --dry-run",
			"web/api dry_run 0 would set the desired count to 3 and resume its scaling",
			"0 map[savings:desired-count:3 savings:suspended-scaling:in out] 2-5 suspended true true true"},
		{"start-services web/api", "web/api done 3 ", "3 map[] 2-5 suspended false false true"},
	})
}

// Scaling that somebody else suspended stays so.
func TestECS_scalingSuspendedByOthers(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 1})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{
		Service: "web/api", Min: 2, Max: 5, In: true, Out: true, Scheduled: true,
	})
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api", "web/api done 0 ",
			"0 map[savings:desired-count:1] 2-5 suspended true true true"},
		{"start-services web/api", "web/api done 1 ", "1 map[] 2-5 suspended true true true"},
	})
	if n := c.operations()["RegisterScalableTarget"]; n != 0 {
		t.Errorf("%d calls of RegisterScalableTarget", n)
	}
}

// A count outside the bounds of scaling: AWS pulls it in at each change of the target, and yet it
// comes back as it was.
func TestECS_countOutsideTheBounds(t *testing.T) {
	t.Parallel()
	for _, desired := range []int{1, 9} {
		c := newCloud(t)
		c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: desired})
		c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 2, Max: 5})
		before := c.state("web/api")
		c.run(t, "ecs", "stop-services", "web/api")
		if s, _ := c.ECS().Service("web/api"); s.Desired != 0 {
			t.Errorf("%d tasks: %d after stop", desired, s.Desired)
		}
		c.run(t, "ecs", "start-services", "web/api")
		if after := c.state("web/api"); after != before {
			t.Errorf("before %s, after %s", before, after)
		}
	}
}

func TestECS_nothingRemembered(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api"})
	const nothing = "nothing remembered, no count given: write CLUSTER/SERVICE/COUNT, " +
		"or set the count once by hand"
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api", "web/api already 0 ", "0 map[]"},
		{"start-services web/api", "web/api failed 0 " + nothing, "0 map[]"},
		{"start-services team=web web/*", " skipped  matched nothing\nweb/api failed 0 " + nothing +
			", or tag it savings:keep if it shall stay at 0",
			"0 map[]"},
		{"start-services web/api/2", "web/api done 2 ", "2 map[]"},
		{"start-services web/api/4", "web/api already 2 ", "2 map[]"},
	})
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "api", Tags: map[string]string{"savings:desired-count": "0"},
	})
	c.ecsSteps(t, [][3]string{
		{"start-services web/api", "web/api failed 0 its tag savings:desired-count holds \"0\", " +
			"which is no count; " + nothing, "0 map[savings:desired-count:0]"},
		{"start-services web/api/2", "web/api done 2 ", "2 map[]"},
	})
}

// Somebody started the service by hand in the night: start takes nothing away, and the next stop
// remembers what runs then.
func TestECS_startedByHand(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api", "web/api done 0 ", "0 map[savings:desired-count:3]"},
		{"set-desired-count web/api/5", "web/api done 5 ", "5 map[savings:desired-count:3]"},
		{"start-services web/api", "web/api done 5 more than the remembered 3 runs and stays",
			"5 map[]"},
		{"stop-services web/api", "web/api done 0 ", "0 map[savings:desired-count:5]"},
		{"set-desired-count web/api/2", "web/api done 2 ", "2 map[savings:desired-count:5]"},
		{"stop-services web/api", "web/api done 0 ", "0 map[savings:desired-count:2]"},
		{"set-desired-count web/api/1", "web/api done 1 ", "1 map[savings:desired-count:2]"},
		{"start-services web/api", "web/api done 2 ", "2 map[]"},
	})
}

// Fault 8 of the old image, its second half: scaling was not looked at. A minimum above the count
// is said.
func TestFault08_autoscalingMinimumIsSaid(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 2, Max: 5})
	const (
		low  = "its autoscaling minimum is 2, to which scaling may lift it again"
		high = "its autoscaling maximum is 5, to which scaling may lower it again"
		left = " map[] 2-5 suspended false false false"
	)
	c.ecsSteps(t, [][3]string{
		{"set-desired-count web/api/1 --dry-run",
			"web/api dry_run 3 would set the desired count to 1; " + low, "3" + left},
		{"set-desired-count web/api/1", "web/api done 1 " + low, "1" + left},
		{"set-desired-count web/api/1", "web/api already 1 " + low, "1" + left},
		{"set-desired-count web/api/6", "web/api done 6 " + high, "6" + left},
		{"set-desired-count web/api/4", "web/api done 4 ", "4" + left},
		{"set-desired-count web/api/0", "web/api done 0 " + low, "0" + left},
		{"stop-services web/api", "web/api already 0 no count is remembered, so its scaling is not " +
			"suspended and may lift it again", "0" + left},
	})
}

// A service that is at 0 already while its scaling is live: what is remembered tells that a stop of
// ours was cut short, or that somebody resumed the scaling.
func TestECS_stopAtZeroSuspendsScaling(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "api", Desired: 0, Tags: map[string]string{"savings:desired-count": "3"},
	})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{
		Service: "web/api", Min: 1, Max: 5, Scheduled: true,
	})
	const (
		live      = "0 map[savings:desired-count:3] 1-5 suspended false false true"
		suspended = "0 map[savings:desired-count:3 savings:suspended-scaling:in out] " +
			"1-5 suspended true true true"
	)
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api --dry-run", "web/api dry_run 0 would suspend its scaling", live},
		{"stop-services web/api", "web/api done 0 its scaling is suspended now", suspended},
		{"stop-services web/api", "web/api already 0 ", suspended},
		{"start-services web/api", "web/api done 3 ", "3 map[] 1-5 suspended false false true"},
	})
	c.Fail(fakeaws.Match{Operation: "TagResource"}, fakeaws.Fault{
		Code: "AccessDeniedException", Message: "no",
	})
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "api", Desired: 0, Tags: map[string]string{"savings:desired-count": "3"},
	})
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api", "web/api denied 0 access denied (ecs:TagResource): " +
			"AccessDeniedException: no", live},
	})
}

// A role from before scaling was looked at can still set counts.
func TestECS_setDesiredCountWithoutTheRightToLookAtScaling(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.Fail(fakeaws.Match{Operation: "DescribeScalableTargets"}, fakeaws.Fault{
		Code: "AccessDeniedException", Message: "no",
	})
	c.ecsSteps(t, [][3]string{
		{"set-desired-count web/api/1",
			"web/api done 1 its scaling was not looked up: AccessDeniedException: no", "1 map[]"},
		{"stop-services web/api", "web/api denied 1 access denied " +
			"(application-autoscaling:DescribeScalableTargets): AccessDeniedException: no", "1 map[]"},
	})
}

func TestECS_wait(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().SlowTasks(5)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	begin := c.clock.Now()
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api --wait", "web/api done 0 ", "0 map[savings:desired-count:3]"},
	})
	if s, _ := c.ECS().Service("web/api"); s.Running != 0 {
		t.Errorf("%d tasks run", s.Running)
	}
	if took := c.clock.Now().Sub(begin); took < 10*time.Second || took > time.Minute {
		t.Errorf("took %s", took)
	}
	c.ECS().SlowTasks(1000)
	c.ecsSteps(t, [][3]string{
		{"start-services web/api", "web/api done 3 ", "3 map[]"},
		{"start-services web/api --wait", "web/api failed 3 desired count set to 3, still 0 of 3 " +
			"running after 14m", "3 map[]"},
	})
}

// A service that something else sets back is said as soon as it is seen.
func TestECS_waitForWhatSomethingElseChanges(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().SlowTasks(5)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 2, Max: 5})
	described := 0
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "DescribeServices" {
			if described++; described == 3 {
				c.AppScaling().Alarm("web/api", 1)
			}
		}
	})
	c.ecsSteps(t, [][3]string{
		{"set-desired-count web/api/0 --wait",
			"web/api failed 0 something else set its desired count to 2",
			"2 map[] 2-5 suspended false false false"},
	})
}

// A failing tag write: nothing is set to 0, nothing is suspended.
func TestECS_failingTagWrite(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 2, Max: 5})
	before := c.state("web/api")
	c.Fail(fakeaws.Match{Operation: "TagResource"}, fakeaws.Fault{
		Code: "InvalidParameterException", Message: "Long arn format must be used",
	})
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api",
			"web/api failed 3 InvalidParameterException: Long arn format must be used", before},
	})
	for _, operation := range []string{"UpdateService", "RegisterScalableTarget"} {
		if n := c.operations()[operation]; n != 0 {
			t.Errorf("%d calls of %s", n, operation)
		}
	}
}

// AWS is busy with another change of the scalable target for a while, then for too long.
func TestECS_concurrentUpdateOfScaling(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 2, Max: 5})
	busy := fakeaws.Fault{Code: "ConcurrentUpdateException", Message: "busy"}
	c.Fail(fakeaws.Match{Operation: "RegisterScalableTarget", Times: 3}, busy)
	c.run(t, "ecs", "stop-services", "web/api")
	if s, _ := c.ECS().Service("web/api"); s.Desired != 0 {
		t.Errorf("%d tasks after stop", s.Desired)
	}
	c.Fail(fakeaws.Match{Operation: "RegisterScalableTarget"}, busy)
	begin := c.clock.Now()
	report := c.run(t, "ecs", "start-services", "web/api")
	if d := cmp.Diff([]string{"web/api failed 0 ConcurrentUpdateException: busy"},
		lines(report)); d != "" {
		t.Error(d)
	}
	if took := c.clock.Now().Sub(begin); took < 14*time.Minute || took > 15*time.Minute {
		t.Errorf("took %s, want to the last ten seconds", took)
	}
}

func TestECS_interrupted(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	ctx, cancel := context.WithCancel(t.Context())
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "TagResource" {
			cancel()
		}
	})
	call, err := command.Parse([]string{"ecs", "stop-services", "web/api"})
	if err != nil {
		t.Fatal(err)
	}
	report := c.runner.Run(ctx, call)
	if d := cmp.Diff([]string{"web/api failed 3 interrupted"}, lines(report)); d != "" {
		t.Error(d)
	}
	if s, _ := c.ECS().Service("web/api"); s.Desired != 3 {
		t.Errorf("%d tasks after an interrupted stop", s.Desired)
	}
}

// A stop that did not come to its end is gone on with: what is remembered is not written again, and
// what somebody resumed by hand since is suspended and remembered with the rest.
func TestECS_stopGoesOn(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 2, Max: 5})
	c.Fail(fakeaws.Match{Operation: "UpdateService", Nth: 1}, fakeaws.Fault{
		Code: "AccessDeniedException", Message: "no",
	})
	const memory = " map[savings:desired-count:3 savings:suspended-scaling:in out scheduled] 2-5 "
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api", "web/api denied 3 access denied (ecs:UpdateService): " +
			"AccessDeniedException: no; its scaling stays suspended until start-services or the next stop",
			"3" + memory + "suspended true true true"},
		{"stop-services web/api", "web/api done 0 ", "0" + memory + "suspended true true true"},
	})
	if n := c.operations()["TagResource"]; n != 1 {
		t.Errorf("%d calls of TagResource", n)
	}
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{
		Service: "web/api", Min: 2, Max: 5, In: true, Out: true,
	})
	c.ecsSteps(t, [][3]string{
		{"set-desired-count web/api/3", "web/api done 3 ", "3" + memory + "suspended true true false"},
		{"stop-services web/api", "web/api done 0 ", "0" + memory + "suspended true true true"},
		{"start-services web/api", "web/api done 3 ", "3 map[] 2-5 suspended false false false"},
	})
}
