package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// remembering is a service whose stop remembers what its start gives back.
type remembering struct {
	service, stop, start, item string
	// put makes the service, and tells how many runs on it at the same time lose nothing.
	put func(*fakeaws.AWS, *rand.Rand) int
	// look shows all of it, and tells whether what it had is lost: it is at 0, and no tag, or a wrong
	// one, says what it had.
	look func(*fakeaws.AWS) (state string, lost bool)
}

// scalings are the scalable targets of an ECS service of 3: none; bounds around its count, above it,
// below it; partly suspended; wholly suspended by somebody else.
var scalings = []*fakeaws.ScalableTarget{
	nil,
	{Min: 1, Max: 5},
	{Min: 4, Max: 6},
	{Min: 1, Max: 2},
	{Min: 0, Max: 2, Scheduled: true},
	{Min: 4, Max: 6, In: true, Out: true, Scheduled: true},
}

var remembered = []remembering{
	{
		"ecs", "stop-services", "start-services", "web/api",
		func(a *fakeaws.AWS, random *rand.Rand) int {
			a.ECS().PutService(fakeaws.ECSService{
				Cluster: "web", Name: "api", Desired: 3, Tags: map[string]string{"team": "web"},
			})
			target := scalings[random.IntN(len(scalings))]
			if target == nil {
				return 3
			}
			scaled := *target
			scaled.Service = "web/api"
			a.AppScaling().PutTarget(scaled)
			if target.Min > 3 || target.Max < 3 {
				return 2
			}
			return 3
		},
		func(a *fakeaws.AWS) (string, bool) {
			s, _ := a.ECS().Service("web/api")
			target, _ := a.AppScaling().Target("web/api")
			memory, ok := s.Tags["savings:desired-count"]
			return fmt.Sprint(s.Desired, s.Tags, target), s.Desired == 0 && memory != "3" || ok && memory != "3"
		},
	},
	{
		"asg", "stop", "start", "batch",
		func(a *fakeaws.AWS, _ *rand.Rand) int {
			a.AutoScaling().Put(fakeaws.ScalingGroup{Name: "batch", Min: 2, Desired: 4, Max: 8})
			return 3
		},
		func(a *fakeaws.AWS) (string, bool) {
			g, _ := a.AutoScaling().Group("batch")
			memory, ok := g.Tags["savings:asg"]
			const had = "min=2 desired=4"
			return fmt.Sprint(g.Min, g.Desired, g.Max, g.Tags), g.Desired == 0 && memory != had || ok && memory != had
		},
	},
	{
		"eks", "stop-nodegroup", "start-nodegroup", "web/workers",
		func(a *fakeaws.AWS, random *rand.Rand) int {
			a.EKS().SlowUpdates(random.IntN(4), random.IntN(2) == 0)
			a.EKS().PutNodegroup(fakeaws.Nodegroup{Cluster: "web", Name: "workers", Min: 1, Max: 9, Desired: 6})
			return 3
		},
		func(a *fakeaws.AWS) (string, bool) {
			n, _ := a.EKS().Nodegroup("web/workers")
			low, high := n.Tags["savings:min-size"], n.Tags["savings:desired-size"]
			return fmt.Sprint(n.Min, n.Desired, n.Max, n.Tags),
				n.Desired == 0 && (low != "1" || high != "6") || high != "" && (low != "1" || high != "6")
		},
	},
}

// interleaving is one sequence of overlaps on one service.
type interleaving struct {
	remembering
	*overlaps
	t      *testing.T
	seed   uint64
	most   int // runs at the same time
	before string
}

func (r remembering) interleaving(t *testing.T, seed uint64) *interleaving {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 7))
	cloud := fakeaws.New()
	most := r.put(cloud, random)
	before, _ := r.look(cloud)
	i := &interleaving{r, &overlaps{cloud: cloud, random: random}, t, seed, most, before}
	cloud.OnRequest(func(r fakeaws.Request) { i.order[len(i.order)-1] += " " + r.Operation })
	return i
}

func (i *interleaving) verb() string { return []string{i.stop, i.start}[i.random.IntN(2)] }

// mixed are two or three stops and starts at the same time.
func (i *interleaving) mixed() []string {
	verbs := make([]string, 2+i.random.IntN(i.most-1))
	for n := range verbs {
		verbs[n] = i.verb()
	}
	return verbs
}

// doubled is one event that is delivered twice. Each call of either may be its last, but one of them
// lives; and none dies where AWS itself moves a count that is outside of its scaling's bounds.
func (i *interleaving) doubled() []string {
	if i.most > 2 {
		i.kills = 60
	}
	verb := i.verb()
	return []string{verb, verb}
}

// round runs the verbs at the same time, and tries again, as Lambda does, those that were killed. It
// tells whether what the service had is remembered.
func (i *interleaving) round(verbs []string) bool {
	i.t.Helper()
	i.order = append(i.order, "at the same time:")
	for _, o := range i.at(verbs...) {
		if o.killed {
			i.order = append(i.order, "again:")
			i.at(o.args[1])
		}
	}
	_, lost := i.look(i.cloud)
	if lost {
		i.fails("what it had is lost")
	}
	return !lost
}

func (i *interleaving) at(verbs ...string) []outcome {
	i.t.Helper()
	runs := make([][]string, len(verbs))
	for n, verb := range verbs {
		runs[n] = []string{i.service, verb, i.item}
	}
	return i.overlap(i.t.Context(), runs...)
}

// ends tells whether one stop and one start lead back to where it all began.
func (i *interleaving) ends() bool {
	i.t.Helper()
	i.order = append(i.order, "alone:")
	i.kills = 0
	for _, verb := range []string{i.stop, i.start} {
		if o := i.at(verb)[0]; o.err != nil {
			i.fails(verb + " alone: " + o.err.Error())
			return false
		}
	}
	after, _ := i.look(i.cloud)
	if after != i.before {
		i.fails("it is not as it was")
	}
	return after == i.before
}

// fails tells what happened, in its order.
func (i *interleaving) fails(what string) {
	i.t.Helper()
	now, _ := i.look(i.cloud)
	i.t.Errorf("%s, seed %d: %s\nbefore: %s\n   now: %s\n%s", i.service, i.seed, what, i.before, now,
		strings.Join(i.order, "\n"))
}

// sequences runs sequences of three rounds on each service, and counts the sequences.
func sequences(t *testing.T, experiment string, verbs func(*interleaving) []string) {
	t.Helper()
	tl := &tally{experiment: experiment, seeds: []uint64{*seed}}
	n := 60
	if *full {
		n = 3000
	}
	t.Run("services", func(t *testing.T) {
		for _, r := range remembered {
			t.Run(r.service, func(t *testing.T) {
				t.Parallel()
				for sequence := 0; sequence < n && !t.Failed(); sequence++ {
					i := r.interleaving(t, seedOf(sequence))
					well := true
					for round := 0; round < 3 && well; round++ {
						well = i.round(verbs(i))
					}
					tl.count("in process", well && i.ends(), 0)
				}
			})
		}
	})
	tl.report(t)
}

// Stops and starts of one service overlap in every way that chance finds. What it had is never lost,
// and one stop and one start alone lead back to where it all began.
func TestRunner_stopAndStartInterleaved(t *testing.T) {
	t.Parallel()
	sequences(t, "Stops and starts of one ECS service, Auto Scaling group or EKS node group at the same time",
		(*interleaving).mixed)
}

// EventBridge Scheduler delivers at least once, so one event may run twice at the same time.
func TestRunner_doubled(t *testing.T) {
	t.Parallel()
	sequences(t, "The same stop or start twice at the same time, one of them killed at random", (*interleaving).doubled)
}
