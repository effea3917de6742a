package command_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// faults are the ways in which a call may end badly: nothing took effect, it took effect and nobody
// heard of it, or the connection broke before.
var faults = map[string]fakeaws.Fault{
	"refused":  {Code: "AccessDeniedException", Message: "no", Status: 400},
	"no reply": {Lost: true},
	"reset":    {Reset: true},
}

// ecsCalls are the calls of stop-services and start-services.
var ecsCalls = []string{
	"DescribeServices", "DescribeScalableTargets", "TagResource", "RegisterScalableTarget",
	"UpdateService", "UntagResource",
}

// scalings are the scalable targets that a service may have: none, bounds around its count of 3,
// above it, below it; partly suspended; wholly suspended by somebody else.
var scalings = map[string]*fakeaws.ScalableTarget{
	"none":      nil,
	"around":    {Min: 1, Max: 5},
	"above":     {Min: 4, Max: 6},
	"below":     {Min: 1, Max: 2},
	"zero":      {Min: 0, Max: 2, Scheduled: true},
	"suspended": {Min: 4, Max: 6, In: true, Out: true, Scheduled: true},
}

func newService(t *testing.T, target *fakeaws.ScalableTarget) cloud {
	t.Helper()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "api", Desired: 3, Tags: map[string]string{"team": "web"},
	})
	if target != nil {
		scaled := *target
		scaled.Service = "web/api"
		c.AppScaling().PutTarget(scaled)
	}
	return c
}

// checkMemory fails the test where the count is lost: at 0 tasks it is remembered, and never as 0.
func (c cloud) checkMemory(t *testing.T, when string) {
	t.Helper()
	s, _ := c.ECS().Service("web/api")
	memory, ok := s.Tags["savings:desired-count"]
	if s.Desired == 0 && memory != "3" || ok && memory != "3" {
		t.Errorf("%s: the count of 3 is lost: %s", when, c.state("web/api"))
	}
}

// Every call of a stop and of a start fails once, in each way and with each kind of scaling; then
// the run is tried again, as Lambda does. The service comes back exactly as it was.
func TestECSProperty_oneFailureAtEachCall(t *testing.T) {
	t.Parallel()
	for scaling, target := range scalings {
		for fault, f := range faults {
			for _, operation := range ecsCalls {
				for _, during := range []string{"stop-services", "start-services"} {
					name := strings.Join([]string{scaling, fault, operation, during}, "/")
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						c := newService(t, target)
						before := c.state("web/api")
						for _, verb := range []string{"stop-services", "start-services"} {
							if verb == during {
								c.Fail(fakeaws.Match{Operation: operation, Times: 3}, f)
								c.run(t, "ecs", verb, "web/api")
								c.checkMemory(t, "after a failed "+verb)
								c.ClearFaults()
							}
							if err := c.run(t, "ecs", verb, "web/api").Err(); err != nil {
								t.Fatalf("%s: %v", verb, err)
							}
							c.checkMemory(t, "after "+verb)
						}
						if after := c.state("web/api"); after != before {
							t.Errorf("\nbefore %s\n after %s", before, after)
						}
					})
				}
			}
		}
	}
}

// A process that is killed during any of its calls loses nothing either.
func TestECSProperty_killedAtEachCall(t *testing.T) {
	t.Parallel()
	for scaling, target := range scalings {
		for nth := 1; nth <= 8; nth++ {
			for _, during := range []string{"stop-services", "start-services"} {
				t.Run(fmt.Sprint(scaling, "/", nth, "/", during), func(t *testing.T) {
					t.Parallel()
					c := newService(t, target)
					before := c.state("web/api")
					for _, verb := range []string{"stop-services", "start-services"} {
						if verb == during {
							c.runKilled(t, nth, "ecs", verb, "web/api")
							c.checkMemory(t, "after a killed "+verb)
						}
						if err := c.run(t, "ecs", verb, "web/api").Err(); err != nil {
							t.Fatalf("%s: %v", verb, err)
						}
					}
					if after := c.state("web/api"); after != before {
						t.Errorf("\nbefore %s\n after %s", before, after)
					}
				})
			}
		}
	}
}

// runKilled runs args and ends all calls with the nth, which takes effect.
func (c cloud) runKilled(t *testing.T, nth int, args ...string) {
	t.Helper()
	call, err := command.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen atomic.Int64
	c.OnRequest(func(fakeaws.Request) {
		if seen.Add(1) == int64(nth) {
			cancel()
		}
	})
	c.runner.Run(ctx, call)
}

// Any sequence of stops and starts by name, cluster and tag, doubled, with failures in between,
// ends where it began after one clean stop and start.
func TestECSProperty_anySequence(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			names := sortedNames(scalings)
			c := newService(t, scalings[names[random.IntN(len(names))]])
			before := c.state("web/api")
			var history []string
			for range 12 {
				args := randomArgs(random)
				history = append(history, strings.Join(args, " "))
				if random.IntN(2) == 0 {
					fault := sortedNames(faults)[random.IntN(len(faults))]
					operation := ecsCalls[random.IntN(len(ecsCalls))]
					history = append(history, "with "+fault+" "+operation)
					c.Fail(fakeaws.Match{Operation: operation, After: random.IntN(2)}, faults[fault])
				}
				c.run(t, args...)
				c.ClearFaults()
				c.checkMemory(t, strings.Join(history, ", "))
			}
			for _, verb := range []string{"stop-services", "start-services"} {
				if err := c.run(t, "ecs", verb, "web/api").Err(); err != nil {
					t.Fatalf("%s: %s: %v", strings.Join(history, ", "), verb, err)
				}
			}
			if after := c.state("web/api"); after != before {
				t.Errorf("%s\nbefore %s\n after %s", strings.Join(history, ", "), before, after)
			}
		})
	}
}

// EventBridge Scheduler delivers at least once, so the same event may run twice at the same time.
func TestECSProperty_twoAtOnce(t *testing.T) {
	t.Parallel()
	for scaling, target := range scalings {
		for round := range 8 {
			t.Run(fmt.Sprint(scaling, round), func(t *testing.T) {
				t.Parallel()
				c := newService(t, target)
				before := c.state("web/api")
				c.twice(t, "ecs", "stop-services", "web/api")
				if s, _ := c.ECS().Service("web/api"); s.Desired != 0 {
					t.Errorf("%d tasks after two stops", s.Desired)
				}
				c.checkMemory(t, "after two stops")
				c.twice(t, "ecs", "start-services", "web/api")
				if after := c.state("web/api"); after != before {
					t.Errorf("\nbefore %s\n after %s", before, after)
				}
			})
		}
	}
}

// A run of the other verb falls before each call of a run, with each kind of scaling. The count is
// never lost, and one clean stop and start lead back to where it all began.
func TestECSProperty_overlapAtEachCall(t *testing.T) {
	t.Parallel()
	other := map[string]string{"stop-services": "start-services", "start-services": "stop-services"}
	for scaling, target := range scalings {
		for nth := int64(1); nth <= 9; nth++ {
			for verb := range other {
				t.Run(fmt.Sprint(scaling, "/", nth, "/", verb), func(t *testing.T) {
					t.Parallel()
					c := newService(t, target)
					before := c.state("web/api")
					if verb == "start-services" {
						c.run(t, "ecs", "stop-services", "web/api")
					}
					var seen atomic.Int64
					c.OnRequest(func(fakeaws.Request) {
						if seen.Add(1) == nth {
							c.run(t, "ecs", other[verb], "web/api")
						}
					})
					err := c.run(t, "ecs", verb, "web/api").Err()
					seen.Store(nth)
					c.checkMemory(t, "after the overlap")
					if err != nil {
						err = c.run(t, "ecs", verb, "web/api").Err() // as Lambda does
					}
					if err != nil {
						t.Errorf("tried again: %v", err)
					}
					for _, verb := range []string{"stop-services", "start-services"} {
						if err := c.run(t, "ecs", verb, "web/api").Err(); err != nil {
							t.Fatalf("%s: %v", verb, err)
						}
						c.checkMemory(t, "after "+verb)
					}
					if after := c.state("web/api"); after != before {
						t.Errorf("\nbefore %s\n after %s", before, after)
					}
				})
			}
		}
	}
}

// twice runs args twice at the same time.
func (c cloud) twice(t *testing.T, args ...string) {
	t.Helper()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := c.run(t, args...).Err(); err != nil {
				t.Errorf("%q: %v", args, err)
			}
		})
	}
	wg.Wait()
}

func randomArgs(random *rand.Rand) []string {
	args := []string{"ecs", []string{"stop-services", "start-services"}[random.IntN(2)]}
	for range 1 + random.IntN(3) {
		args = append(args, []string{"web/api", "web/api/7", "web/*", "team=web"}[random.IntN(4)])
	}
	return args
}

func sortedNames[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
