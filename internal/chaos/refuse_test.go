package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// many are n stops and starts.
func many(n int) schedules {
	s := schedules{name: "many", zone: "Asia/Tokyo", attempts: 10, tags: map[string]string{"team": "web"}, events: map[string]event{}}
	for i := range n {
		e := event{cluster: fmt.Sprintf("db-%03d", i/2), verb: "stop-cluster", expr: fmt.Sprintf("cron(%d 21 ? * MON-FRI *)", i/2%60)}
		if i%2 == 1 {
			e.verb, e.expr = "start-cluster", fmt.Sprintf("cron(%d 8 ? * MON-FRI *)", i/2%60)
		}
		s.events[fmt.Sprintf("e%03d", i)] = e
	}
	return s
}

// changedMany changes a third of the events, removes some and adds some.
func changedMany(n int) schedules {
	s := many(n)
	for i := range n {
		key := fmt.Sprintf("e%03d", i)
		switch e := s.events[key]; i % 6 {
		case 0:
			e.expr = "cron(30 22 ? * SUN *)"
			s.events[key] = e
		case 1:
			delete(s.events, key)
			s.events["new_"+key] = e
		case 2:
			e.disabled = true
			s.events[key] = e
		}
	}
	return s
}

// faultsAt has so many of a hundred calls fail: throttled, an error of the server, a connection that is
// reset, or an answer that is lost, cut in its middle or slow after the call took effect.
func faultsAt(percent int, seed uint64) func(fakeaws.Request) fakeaws.Fault {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	faults := []fakeaws.Fault{
		fakeaws.Throttled(), fakeaws.ServerError(), {Reset: true}, {Lost: true}, {Cut: true}, {Delay: 300 * time.Millisecond},
	}
	return func(fakeaws.Request) fakeaws.Fault {
		mu.Lock()
		defer mu.Unlock()
		if random.IntN(100) >= percent {
			return fakeaws.Fault{}
		}
		return faults[random.IntN(len(faults))]
	}
}

// wellWithin is far below the ten minutes of the resource's timeouts.
const wellWithin = 5 * time.Minute

// TestChaos_refuse has 20 % of all calls fail at random while 500 events are made, changed and
// removed. Each command ends well within its timeout: by itself, or with an error after which one
// command without failing calls converges.
func TestChaos_refuse(t *testing.T) {
	t.Parallel()
	const percent = 20
	n, rounds := 60, 1
	if *full {
		n, rounds = 500, 3
	}
	tl := &tally{experiment: fmt.Sprintf("%d %% of all calls fail, %d events: create, update, destroy", percent, n)}
	var clean int
	t.Run("seeds", func(t *testing.T) {
		for round := range rounds {
			s := seedOf(round)
			tl.seeds = append(tl.seeds, s)
			w := newWorld(t, []tfcli.Tool{tfcli.Tofu, tfcli.Terraform}[round%2], putRole)
			for i, to := range []asked{many(n), changedMany(n), nothing{}} {
				w.a.Inject(faultsAt(percent, s+uint64(i)))
				began := time.Now()
				res := w.reach(to)
				took := time.Since(began)
				w.a.ClearFaults()
				if took > wellWithin {
					t.Errorf("seed %d: command %d took %s", s, i, took)
				}
				if res.ExitCode == 0 {
					clean++
				}
				w.trust(to, res, fmt.Sprintf("seed %d: command %d", s, i))
				w.converge(tl, to, fmt.Sprintf("seed %d: command %d ended with status %d after %s:\n%s%s", s, i, res.ExitCode,
					took, last(res.Stdout), res.Stderr))
				t.Logf("seed %d: command %d ended with status %d after %s", s, i, res.ExitCode, took.Round(time.Second))
			}
		}
	})
	fmt.Printf("chaos: %d of %d commands ended well although calls failed\n", clean, tl.tried)
	tl.report(t)
}
