package chaos_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// The evening's event and the morning's, on five things.
const instance = "i-0123456789abcdef0"

var evening = payload.Encode(payload.Payload{
	Steps: [][]string{
		{"ecs", "stop-services", "web/api", "web/worker"}, {"asg", "stop", "batch"},
		{"ec2", "stop-instances", instance}, {"rds", "stop-cluster", "app-db"},
	},
	Group: "night", Schedule: "stop", Holds: true, Timezone: "Asia/Tokyo",
})

var morning = payload.Encode(payload.Payload{
	Steps: [][]string{
		{"rds", "start-cluster", "app-db"}, {"ec2", "start-instances", instance},
		{"asg", "start", "batch"}, {"ecs", "start-services", "web/api", "web/worker"},
	},
	Group: "night", Schedule: "start", Holds: true, Timezone: "Asia/Tokyo",
})

// once are the calls that take effect once in an evening and a morning, however often the runner
// dies. Those that set a count or a tag to what it is already may come again.
var once = map[string]int{
	"StopDBCluster": 1, "StartDBCluster": 1, "StopInstances": 1, "StartInstances": 1,
	"UpdateAutoScalingGroup": 2,
}

// newFive makes the five things: two ECS services, one with live scaling, an Auto Scaling group, an
// instance, a cluster.
func newFive() *fakeaws.AWS {
	a := fakeaws.New()
	a.Scheduler().PutGroup("night", nil)
	a.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 3})
	a.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 1, Max: 5})
	a.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "worker", Desired: 2})
	a.AutoScaling().Put(fakeaws.ScalingGroup{Name: "batch", Min: 2, Desired: 4, Max: 8})
	a.EC2().Put(fakeaws.Instance{ID: instance})
	a.RDS().PutCluster(fakeaws.DBCluster{ID: "app-db"})
	return a
}

// five shows all of the five.
func five(a *fakeaws.AWS) string {
	var b strings.Builder
	for _, key := range []string{"web/api", "web/worker"} {
		s, _ := a.ECS().Service(key)
		target, _ := a.AppScaling().Target(key)
		fmt.Fprintln(&b, key, s.Desired, s.Tags, target)
	}
	g, _ := a.AutoScaling().Group("batch")
	i, _ := a.EC2().Instance(instance)
	c, _ := a.RDS().Cluster("app-db")
	fmt.Fprintln(&b, g.Min, g.Desired, g.Max, g.Tags, i.State, c.Status)
	return strings.NewReplacer("stopping", "stopped", "starting", "available", "pending", "running").
		Replace(b.String())
}

// night is one evening and morning whose runners die.
type night struct {
	*lambda
	// awake and asleep are how the five are when nobody dies.
	awake, asleep string
}

// died is where a runner dies.
type died struct {
	nth int
	v   verdict
}

func (d died) String() string {
	return fmt.Sprintf("%s call %d", map[verdict]string{killBefore: "before", killAfter: "after"}[d.v], d.nth)
}

// attempt runs the event with a kill each time, and then, as Lambda does, once more. It returns where
// that went wrong, and whether each kill was reached.
func (n *night) attempt(event, want string, deaths ...died) (wrong string, reached bool) {
	n.t.Helper()
	for _, d := range deaths {
		if got := n.invoke(event, d.nth, d.v); got.body != "" || got.calls < d.nth {
			return "", false
		}
	}
	got := n.invoke(event, 0, pass)
	var report struct {
		Results []struct{ Item, Outcome string }
	}
	err := json.Unmarshal([]byte(got.body), &report)
	if got.failed || err != nil || len(report.Results) != 5 {
		return fmt.Sprintf("the retry answered %s (%v)\n%s", got.body, err, got.log), true
	}
	for _, r := range report.Results {
		if r.Outcome != "done" && r.Outcome != "already" {
			return "the retry answered " + got.body, true
		}
	}
	return cmp.Diff(want, five(n.cloud)), true
}

// killed lets the runner of the evening or of the morning die, and counts.
func (n *night) killed(tl *tally, inTheMorning bool, deaths ...died) bool {
	n.t.Helper()
	n.cloud = newFive()
	effects := map[string]int{}
	n.cloud.OnRequest(func(r fakeaws.Request) { effects[r.Operation]++ })
	var atNight, byDay []died
	if inTheMorning {
		byDay = deaths
	} else {
		atNight = deaths
	}
	wrong, reached := n.attempt(evening, n.asleep, atNight...)
	if wrong == "" && reached {
		wrong, reached = n.attempt(morning, n.awake, byDay...)
	}
	if !reached {
		return false
	}
	for operation, times := range once {
		if wrong == "" && effects[operation] != times {
			wrong = fmt.Sprintf("%s took effect %d times", operation, effects[operation])
		}
	}
	if wrong != "" {
		n.t.Errorf("in the morning: %v, died %v: %s", inTheMorning, deaths, wrong)
	}
	tl.count("the runner", wrong == "", 0)
	return true
}

func newNight(t *testing.T) *night {
	t.Helper()
	n := &night{lambda: newLambda(t, newFive())}
	n.awake = five(n.cloud)
	for _, event := range []string{evening, morning} {
		if got := n.invoke(event, 0, pass); got.failed || got.body == "" {
			t.Fatalf("without a kill: %s\n%s", got.body, got.log)
		}
		if n.asleep == "" {
			n.asleep = five(n.cloud)
		}
	}
	if d := cmp.Diff(n.awake, five(n.cloud)); d != "" || n.asleep == n.awake {
		t.Fatalf("without a kill: %s", d)
	}
	return n
}

// The runner is killed at each call of an event on five things in steps, and Lambda invokes it again.
func TestRunner_killed(t *testing.T) {
	t.Parallel()
	one := &tally{experiment: "SIGKILL of the runner at each call of a run on five things, then Lambda's retry"}
	two := &tally{experiment: "The same, and the first retry is killed too", seeds: []uint64{*seed}}
	t.Run("nights", func(t *testing.T) {
		for _, inTheMorning := range []bool{false, true} {
			t.Run(fmt.Sprint(inTheMorning), func(t *testing.T) {
				t.Parallel()
				killNights(t, one, two, inTheMorning)
			})
		}
	})
	one.report(t)
	two.report(t)
}

func killNights(t *testing.T, one, two *tally, inTheMorning bool) {
	t.Helper()
	n := newNight(t)
	first, step := 1, 1
	if !*full {
		first, step = 4, 11
	}
	random := rand.New(rand.NewPCG(*seed, 7))
	for nth := first; ; nth += step {
		before := n.killed(one, inTheMorning, died{nth, killBefore})
		after := n.killed(one, inTheMorning, died{nth, killAfter})
		if !before && !after {
			return
		}
		again := died{1 + random.IntN(nth), []verdict{killBefore, killAfter}[nth%2]}
		n.killed(two, inTheMorning, died{nth, killAfter}, again)
	}
}
