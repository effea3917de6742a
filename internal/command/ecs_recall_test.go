package command_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

const (
	countTag     = "savings:desired-count"
	suspendedTag = "savings:suspended-scaling"
)

// Of two stops one suspends the scaling of a service that the other has set to 0, and AWS lifts it to
// the minimum. A third stop that sees this does not take the minimum for the count.
func TestECSRecall_liftedFromZero(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "api", Desired: 1,
		Tags: map[string]string{countTag: "3", suspendedTag: "in out scheduled"},
	})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{
		Service: "web/api", Min: 1, Max: 5, In: true, Out: true, Scheduled: true,
	})
	c.ecsSteps(t, [][3]string{
		{"stop-services web/api", "web/api done 0 ", "0 map[savings:desired-count:3 " +
			"savings:suspended-scaling:in out scheduled] 1-5 suspended true true true"},
		{"start-services web/api", "web/api done 3 ", "3 map[] 1-5 suspended false false false"},
	})
}

// A start finds the scaling of a stopped service live, and a stop suspends it again before the start
// has set the count and removed the tags. It is resumed after all.
func TestECSRecall_suspendedAfterTheLook(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "api", Desired: 0,
		Tags: map[string]string{countTag: "3", suspendedTag: "in out scheduled"},
	})
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 1, Max: 5})
	c.between(t, "UpdateService", "ecs", "stop-services", "web/api")
	c.run(t, "ecs", "start-services", "web/api")
	if d := cmp.Diff("3 map[] 1-5 suspended false false false", c.state("web/api")); d != "" {
		t.Error(d)
	}
}

// A start takes the tags away from under a stop, and another stop remembers what it finds then: the
// count that scaling has made of the first one's, and no scaling that it suspended itself.
func TestECSRecall_anotherStopRemembersLess(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	service := fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3}
	c.ECS().PutService(service)
	c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 4, Max: 6})
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "UpdateService" {
			service.Tags = map[string]string{countTag: "4"}
			c.ECS().PutService(service)
		}
	})
	c.run(t, "ecs", "stop-services", "web/api")
	want := "0 map[savings:desired-count:3 savings:suspended-scaling:in out scheduled] " +
		"4-6 suspended true true true"
	if d := cmp.Diff(want, c.state("web/api")); d != "" {
		t.Error(d)
	}
}
