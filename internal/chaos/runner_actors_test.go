package chaos_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// maxRun is how long Lambda lets one invocation run.
const maxRun = 15 * time.Minute

// leapingClock is a clock of its own for each run, which moves on by what is slept.
type leapingClock struct{ *fakeaws.Clock }

func (c leapingClock) Sleep(ctx context.Context, d time.Duration) error {
	c.Advance(d)
	return ctx.Err()
}

// overlaps lets runs of this process overlap: their calls to AWS take effect one at a time, in an order
// that a random generator chooses. Each run must make one call at a time.
type overlaps struct {
	cloud  *fakeaws.AWS
	random *rand.Rand
	// kills is in how many of a thousand calls the run that makes it dies. The first death makes it 0.
	kills int
	// order tells, for a failed test, who called when.
	order []string
}

// outcome is how a run ended.
type outcome struct {
	args   []string
	killed bool
	err    error
}

// actor is one run that is under way.
type actor struct {
	outcome
	waiting chan chan verdict // a call that waits for its turn
	ended   chan struct{}
}

// overlap runs each of the argument lists at the same time as the others.
func (t *overlaps) overlap(ctx context.Context, runs ...[]string) []outcome {
	var live []*actor
	for _, args := range runs {
		a := &actor{
			outcome: outcome{args: args}, waiting: make(chan chan verdict), ended: make(chan struct{}),
		}
		go a.run(ctx, t.cloud)
		live = append(live, a)
	}
	all := live
	// Nobody gets a turn before everybody waits for one, so that the seed alone decides the order.
	next := map[*actor]chan verdict{}
	for {
		var still []*actor
		for _, a := range live {
			if next[a] == nil {
				select {
				case next[a] = <-a.waiting:
				case <-a.ended:
					continue
				}
			}
			still = append(still, a)
		}
		if live = still; len(live) == 0 {
			break
		}
		a := live[t.random.IntN(len(live))]
		v := t.verdict()
		t.order = append(t.order, fmt.Sprint(slices.Index(all, a), " ", a.name(v)))
		next[a] <- v
		delete(next, a)
	}
	out := make([]outcome, len(all))
	for i, a := range all {
		out[i] = a.outcome
	}
	return out
}

func (t *overlaps) verdict() verdict {
	switch n := t.random.IntN(1000); {
	case n < t.kills/2:
		t.kills = 0
		return killBefore
	case n < t.kills:
		t.kills = 0
		return killAfter
	}
	return pass
}

func (a *actor) name(v verdict) string {
	return a.args[1] + [...]string{"", " dies", " dies after"}[v]
}

func (a *actor) run(ctx context.Context, cloud *fakeaws.AWS) {
	defer close(a.ended)
	clock := leapingClock{fakeaws.NewClock(time.Now())}
	ctx, cancel := context.WithDeadline(ctx, clock.Now().Add(maxRun))
	defer cancel()
	cfg := cloud.Config()
	cfg.BaseEndpoint = aws.String("http://aws.invalid")
	cfg.HTTPClient = &gate{
		aws: cloud, kill: func() { a.killed = true; cancel() },
		judge: func() verdict {
			turn := make(chan verdict)
			a.waiting <- turn
			return <-turn
		},
	}
	call, err := command.Parse(a.args)
	if err != nil {
		a.err = fmt.Errorf("%q: %w", a.args, err)
		return
	}
	load := func(context.Context) (aws.Config, error) { return cfg, nil }
	a.err = command.NewRunner(load, clock, slog.New(slog.DiscardHandler)).Run(ctx, call).Err()
}
