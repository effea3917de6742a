package command_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// overlap is a service whose stop remembers, with the calls that a run of the other verb may fall
// between.
type overlap struct{ service, stop, start, item, set, untag string }

var overlaps = []overlap{
	{"ecs", "stop-services", "start-services", "web/api", "UpdateService", "UntagResource"},
	{"asg", "stop", "start", "web", "UpdateAutoScalingGroup", "DeleteTags"},
	{"eks", "stop-nodegroup", "start-nodegroup", "web/workers", "UpdateNodegroupConfig",
		"UntagResource"},
}

func newOverlap(t *testing.T) cloud {
	t.Helper()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	c.AutoScaling().Put(fakeaws.ScalingGroup{Name: "web", Min: 2, Desired: 4, Max: 8})
	c.EKS().PutNodegroup(fakeaws.Nodegroup{Cluster: "web", Name: "workers", Min: 1, Max: 9, Desired: 6})
	return c
}

// at says how the three are: "3 map[] | 2/4/8 | 1 9 6 map[]".
func (c cloud) at(t *testing.T) string {
	t.Helper()
	return c.state("web/api") + " | " + strings.TrimSpace(c.group(t, "web")) + " | " + c.sizes()
}

// between runs a command before the first call of an operation.
func (c cloud) between(t *testing.T, operation string, args ...string) {
	t.Helper()
	var began bool
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == operation && !began {
			began = true
			c.run(t, args...)
		}
	})
}

// A start that falls between a stop's memory and its 0 takes the memory away; it comes back.
func TestRecall_startWithinAStop(t *testing.T) {
	t.Parallel()
	for _, o := range overlaps {
		t.Run(o.service, func(t *testing.T) {
			t.Parallel()
			c := newOverlap(t)
			awake := c.at(t)
			c.between(t, o.set, o.service, o.start, o.item)
			if err := c.run(t, o.service, o.stop, o.item).Err(); err != nil {
				t.Error(err)
			}
			if c.at(t) == awake {
				t.Error("it is not stopped")
			}
			c.run(t, o.service, o.start, o.item, "--wait")
			if d := cmp.Diff(awake, c.at(t)); d != "" {
				t.Error(d)
			}
		})
	}
}

// A stop that falls between what a start gives back and its forgetting is remembered, and the start
// says that it is undone.
func TestRecall_stopWithinAStart(t *testing.T) {
	t.Parallel()
	for _, o := range overlaps {
		t.Run(o.service, func(t *testing.T) {
			t.Parallel()
			c := newOverlap(t)
			awake := c.at(t)
			c.run(t, o.service, o.stop, o.item)
			asleep := c.at(t)
			c.between(t, o.untag, o.service, o.stop, o.item)
			err := c.run(t, o.service, o.start, o.item).Err()
			want := "1 of 1 failed: " + o.item + ": a stop at the same time has set it to 0 again"
			if err == nil || err.Error() != want {
				t.Errorf("error %v", err)
			}
			if d := cmp.Diff(asleep, c.at(t)); d != "" {
				t.Error(d)
			}
			c.run(t, o.service, o.start, o.item)
			if d := cmp.Diff(awake, c.at(t)); d != "" {
				t.Error(d)
			}
		})
	}
}

// The looks after a run's last write come in tens.
func TestRecall_inTens(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for i := range 25 {
		c.ECS().PutService(fakeaws.ECSService{
			Cluster: "web", Name: fmt.Sprintf("s%02d", i), Desired: 1,
		})
	}
	if err := c.run(t, "ecs", "stop-services", "web/*").Err(); err != nil {
		t.Error(err)
	}
	if n := c.operations()["DescribeServices"]; n != 6 {
		t.Errorf("%d calls of DescribeServices, want three before and three after", n)
	}
}

// Two starts and a stop: the other start has removed the memory before this one looks, and the stop
// has written it again before this one removes it. What this one began with comes back.
func TestRecall_anotherStartForgets(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	memory := map[string]string{"savings:min-size": "1", "savings:desired-size": "6"}
	asleep := fakeaws.Nodegroup{Cluster: "web", Name: "workers", Max: 9, Tags: memory}
	c.EKS().PutNodegroup(asleep)
	updated := false
	c.OnRequest(func(r fakeaws.Request) {
		switch {
		case r.Operation == "UpdateNodegroupConfig":
			updated = true
		case r.Operation == "DescribeNodegroup" && updated:
			updated = false
			c.EKS().PutNodegroup(fakeaws.Nodegroup{
				Cluster: "web", Name: "workers", Min: 1, Max: 9, Desired: 6,
			})
		case r.Operation == "UntagResource":
			c.EKS().PutNodegroup(asleep)
		}
	})
	err := c.run(t, "eks", "start-nodegroup", "web/workers").Err()
	want := "1 of 1 failed: web/workers: a stop at the same time has set it to 0 again"
	if err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
	if n, _ := c.EKS().Nodegroup("web/workers"); !maps.Equal(n.Tags, memory) {
		t.Errorf("it remembers %v", n.Tags)
	}
}
