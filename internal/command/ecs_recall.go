package command

import (
	"context"
	"fmt"
	"sync"
)

// recalled tells whether the service is looked at again after the run's last write.
func (c *chosen) recalled() bool { return c.result.Outcome == Done && c.memory != nil }

// recall looks once more at the services that were stopped or started, in tens. Where a stop and a
// start that ran at the same time have left one at 0 with nothing remembered, the memory is written
// again.
func (r *ecsRun) recall(ctx context.Context, all []chosen) {
	var keys []string
	for i := range all {
		if all[i].recalled() {
			keys = append(keys, all[i].key)
		}
	}
	found := r.describe(ctx, keys)
	var wg sync.WaitGroup
	for i := range all {
		c := &all[i]
		if !c.recalled() {
			continue
		}
		wg.Go(func() {
			*c.result = r.recallOne(ctx, c, found[c.key])
			if !r.awaited(*c.result) {
				r.log(ctx, *c.result)
			}
		})
	}
	wg.Wait()
}

func (r *ecsRun) recallOne(ctx context.Context, c *chosen, d described) Result {
	result := *c.result
	switch {
	case d.err != nil:
		return result.failAction(d.err)
	case d.service.desired > 0 || d.service.status != "ACTIVE":
		return result
	}
	if _, ok := d.service.remembered(); !ok {
		if err := r.remember(ctx, d.service, c.memory); err != nil {
			result = result.failAction(err)
			result.Detail = fmt.Sprintf("its count was %s, which is not remembered: %s",
				c.memory[countTag], result.Detail)
			return result
		}
	}
	if c.want > 0 {
		result.Outcome, result.To, result.Detail = Failed, "0", stoppedMeanwhile
	}
	return result
}
