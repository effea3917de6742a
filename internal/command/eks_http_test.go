package command_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// newGroup is a cloud with the node group web/workers: 1 to 4 nodes, 2 desired.
func newGroup(t *testing.T) cloud {
	t.Helper()
	c := newCloud(t)
	c.EKS().PutNodegroup(fakeaws.Nodegroup{
		Cluster: "web", Name: "workers", Min: 1, Max: 4, Desired: 2,
		Tags: map[string]string{"team": "web"},
	})
	return c
}

// sizes are the node group's minimum, maximum and desired size and its tags.
func (c cloud) sizes() string {
	n, _ := c.EKS().Nodegroup("web/workers")
	return fmt.Sprint(n.Min, n.Max, n.Desired, n.Tags)
}

// groupSteps runs commands of EKS: args, the line of the report, the sizes after it.
func (c cloud) groupSteps(t *testing.T, steps [][3]string) {
	t.Helper()
	for _, step := range steps {
		report := c.run(t, append([]string{"eks"}, strings.Fields(step[0])...)...)
		if d := cmp.Diff(step[1], strings.Join(lines(report), "\n")); d != "" {
			t.Errorf("%s: %s", step[0], d)
		}
		if d := cmp.Diff(step[2], c.sizes()); d != "" {
			t.Errorf("sizes after %s: %s", step[0], d)
		}
	}
}

const asItWas = "1 4 2 map[team:web]"

const asleep = "0 4 0 map[savings:desired-size:2 savings:min-size:1 team:web]"

func TestEKS_stopStartAndAgain(t *testing.T) {
	t.Parallel()
	for _, early := range []bool{false, true} {
		c := newGroup(t)
		c.EKS().SlowUpdates(3, early)
		c.groupSteps(t, [][3]string{
			{"stop-nodegroup web/workers --dry-run",
				"web/workers dry_run 2 would remember a minimum of 1 and 2 nodes, and set both to 0", asItWas},
			{"stop-nodegroup web/workers", "web/workers done 0 ", asleep},
			{"stop-nodegroup web/workers --wait", "web/workers already 0 ", asleep},
			{"stop-nodegroup web/workers", "web/workers already 0 ", asleep},
			{"start-nodegroup web/workers --dry-run",
				"web/workers dry_run 0 would set a minimum of 1 and 2 nodes", asleep},
			{"start-nodegroup web/workers", "web/workers done 2 ", asItWas},
			{"start-nodegroup web/workers --wait", "web/workers already 2 ", asItWas},
			{"stop-nodegroup web/workers --wait web/workers",
				"web/workers done 0 \nweb/workers skipped  the same as item web/workers", asleep},
			{"start-nodegroup web/workers --wait", "web/workers done 2 ", asItWas},
		})
	}
}

func TestEKS_updateUnderWay(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.EKS().SlowUpdates(3, false)
	c.EKS().PutNodegroup(fakeaws.Nodegroup{
		Cluster: "web", Name: "workers", Min: 1, Max: 4, Desired: 2, Status: "UPDATING",
		Tags: map[string]string{"team": "web"},
	})
	begin := c.clock.Now()
	c.groupSteps(t, [][3]string{
		{"stop-nodegroup web/workers --dry-run",
			"web/workers dry_run 2 would wait while it is UPDATING, then stop it", asItWas},
		{"stop-nodegroup web/workers", "web/workers done 0 ", asleep},
	})
	if took := c.clock.Now().Sub(begin); took < 5*time.Second || took > time.Minute {
		t.Errorf("took %s", took)
	}
}

// An update that somebody else began between a look and the call.
func TestEKS_resourceInUse(t *testing.T) {
	t.Parallel()
	c := newGroup(t)
	busy := fakeaws.Fault{Code: "ResourceInUseException", Message: "busy", Status: 409}
	c.Fail(fakeaws.Match{Operation: "UpdateNodegroupConfig", Times: 2}, busy)
	c.groupSteps(t, [][3]string{{"stop-nodegroup web/workers", "web/workers done 0 ", asleep}})
	if n := c.operations()["TagResource"]; n != 1 {
		t.Errorf("%d calls of TagResource", n)
	}
	c.Fail(fakeaws.Match{Operation: "UpdateNodegroupConfig"}, busy)
	c.groupSteps(t, [][3]string{{"start-nodegroup web/workers",
		"web/workers failed 0 still ACTIVE after 14m", asleep}})
}

// An update without an end is a failure, so that a retry comes back; the tags stay until AWS has
// given the sizes back.
func TestEKS_updateTakesTooLong(t *testing.T) {
	t.Parallel()
	c := newGroup(t)
	c.run(t, "eks", "stop-nodegroup", "web/workers", "--wait")
	c.EKS().SlowUpdates(1000, false)
	const awake = "1 4 2 map[savings:desired-size:2 savings:min-size:1 team:web]"
	c.groupSteps(t, [][3]string{
		{"start-nodegroup web/workers", "web/workers failed 0 start accepted, still UPDATING " +
			"after 14m; a retry removes its tags", awake},
	})
	c = newGroup(t)
	c.EKS().SlowUpdates(1000, false)
	c.groupSteps(t, [][3]string{
		{"stop-nodegroup web/workers --wait",
			"web/workers failed 2 the update was accepted, still UPDATING after 14m", asleep},
		{"start-nodegroup web/workers", "web/workers failed 2 still UPDATING after 14m", asleep},
	})
}

// AWS accepted an update and could not do it: the memory stays.
func TestEKS_updateFails(t *testing.T) {
	t.Parallel()
	c := newGroup(t)
	c.run(t, "eks", "stop-nodegroup", "web/workers", "--wait")
	c.EKS().SlowUpdates(2, false)
	described := 0
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "DescribeNodegroup" {
			if described++; described == 3 {
				c.EKS().FailUpdate("web/workers")
			}
		}
	})
	c.groupSteps(t, [][3]string{
		{"start-nodegroup web/workers", "web/workers failed 0 AWS accepted a desired size of 2 and " +
			"left it at 0: see the node group's updates", asleep},
		{"start-nodegroup web/workers", "web/workers done 2 ", asItWas},
	})
}

func TestEKS_whatCannotBeDone(t *testing.T) {
	t.Parallel()
	c := newGroup(t)
	c.EKS().PutNodegroup(fakeaws.Nodegroup{Cluster: "web", Name: "old", Max: 1, Status: "DELETING"})
	c.EKS().PutNodegroup(fakeaws.Nodegroup{Cluster: "web", Name: "empty", Max: 1})
	c.EKS().PutNodegroup(fakeaws.Nodegroup{
		Cluster: "web", Name: "half", Max: 1, Tags: map[string]string{"savings:desired-size": "1"},
	})
	c.groupSteps(t, [][3]string{
		{"start-nodegroup web/none no/x web/old web/empty web/half web/workers", strings.Join([]string{
			"web/none not_found  no such EKS node group in us-east-1: check cluster, node group and region",
			"no/x not_found  no such EKS node group in us-east-1: check cluster, node group and region",
			"web/old failed 0 it is DELETING",
			"web/empty failed 0 nothing remembered: set its sizes once by hand",
			"web/half failed 0 nothing remembered: set its sizes once by hand",
			"web/workers already 2 ",
		}, "\n"), asItWas},
	})
	c.Fail(fakeaws.Match{Operation: "TagResource"}, fakeaws.Fault{
		Code: "AccessDeniedException", Message: "no", Status: 403,
	})
	c.groupSteps(t, [][3]string{{"stop-nodegroup web/workers",
		"web/workers denied 2 access denied (eks:TagResource): AccessDeniedException: no", asItWas}})
}

// A cluster autoscaler added nodes in the night, or somebody did: start gives back the minimum and
// takes no node away.
func TestEKS_nodesInTheNight(t *testing.T) {
	t.Parallel()
	for desired, after := range map[int]string{1: asItWas, 2: asItWas, 3: "1 4 3 map[team:web]"} {
		c := newGroup(t)
		c.run(t, "eks", "stop-nodegroup", "web/workers")
		n, _ := c.EKS().Nodegroup("web/workers")
		n.Desired = desired
		c.EKS().PutNodegroup(n)
		c.run(t, "eks", "start-nodegroup", "web/workers")
		if got := c.sizes(); got != after {
			t.Errorf("%d nodes: %s, want %s", desired, got, after)
		}
	}
}

// The same event may run twice at the same time.
func TestEKSProperty_twoAtOnce(t *testing.T) {
	t.Parallel()
	for round := range 8 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			c := newGroup(t)
			c.EKS().SlowUpdates(round%4, round%2 == 0)
			c.twice(t, "eks", "stop-nodegroup", "web/workers", "--wait")
			if got := c.sizes(); got != asleep {
				t.Errorf("after two stops: %s, want %s", got, asleep)
			}
			c.twice(t, "eks", "start-nodegroup", "web/workers")
			if got := c.sizes(); got != asItWas {
				t.Errorf("after two starts: %s, want %s", got, asItWas)
			}
		})
	}
}

// A second stop, after nodes came in the night or somebody started the group by hand.
func TestEKS_stopTwice(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lowest, desired int
		memory          string
	}{
		{0, 1, "savings:desired-size:2 savings:min-size:1"},
		{0, 3, "savings:desired-size:3 savings:min-size:1"},
		{1, 1, "savings:desired-size:1 savings:min-size:1"},
		{2, 3, "savings:desired-size:3 savings:min-size:2"},
	} {
		c := newGroup(t)
		c.run(t, "eks", "stop-nodegroup", "web/workers")
		n, _ := c.EKS().Nodegroup("web/workers")
		n.Min, n.Desired = tt.lowest, tt.desired
		c.EKS().PutNodegroup(n)
		c.run(t, "eks", "stop-nodegroup", "web/workers")
		if got, want := c.sizes(), "0 4 0 map["+tt.memory+" team:web]"; got != want {
			t.Errorf("%d to %d nodes: %s, want %s", tt.lowest, tt.desired, got, want)
		}
	}
}

// Any sequence of stops and starts with failures in between ends where it began, and never forgets.
func TestEKSProperty_anySequence(t *testing.T) {
	t.Parallel()
	calls := []string{"DescribeNodegroup", "TagResource", "UpdateNodegroupConfig", "UntagResource"}
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			c := newGroup(t)
			c.EKS().SlowUpdates(random.IntN(4), random.IntN(2) == 0)
			var history []string
			for range 10 {
				verb := []string{"stop-nodegroup", "start-nodegroup"}[random.IntN(2)]
				history = append(history, verb)
				if random.IntN(2) == 0 {
					fault := sortedNames(faults)[random.IntN(len(faults))]
					operation := calls[random.IntN(len(calls))]
					history = append(history, "with "+fault+" "+operation)
					c.Fail(fakeaws.Match{Operation: operation, After: random.IntN(3)}, faults[fault])
				}
				c.run(t, "eks", verb, "web/workers")
				c.ClearFaults()
				if n, _ := c.EKS().Nodegroup("web/workers"); n.Desired == 0 &&
					(n.Tags["savings:desired-size"] != "2" || n.Tags["savings:min-size"] != "1") {
					t.Fatalf("%s: the sizes are lost: %s", strings.Join(history, ", "), c.sizes())
				}
			}
			for _, verb := range []string{"stop-nodegroup", "start-nodegroup"} {
				if err := c.run(t, "eks", verb, "web/workers", "--wait").Err(); err != nil {
					t.Fatalf("%s: %s: %v", strings.Join(history, ", "), verb, err)
				}
			}
			if got := c.sizes(); got != asItWas {
				t.Errorf("%s: %s, want %s", strings.Join(history, ", "), got, asItWas)
			}
		})
	}
}
