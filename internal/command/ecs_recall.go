package command

import (
	"context"
	"fmt"
	"maps"
	"sync"
)

// recalled tells whether the service is looked at again after the run's last write.
func (c *chosen) recalled() bool { return c.result.Outcome == Done && c.memory != nil }

// recall looks once more at the services that were stopped or started, in tens. Where a stop and a
// start that ran at the same time have left one at 0 with nothing remembered, the memory is written
// again; where they have left one running with its scaling suspended, that is resumed.
func (r *ecsRun) recall(ctx context.Context, all []chosen) {
	var keys, scaled []string
	for i := range all {
		if !all[i].recalled() {
			continue
		}
		keys = append(keys, all[i].key)
		if all[i].resumed != nil {
			scaled = append(scaled, all[i].key)
		}
	}
	found := r.describe(ctx, keys)
	targets, err := r.targets(ctx, scaled)
	for _, key := range scaled {
		d := found[key]
		if d.service.scaling = targets[key]; d.err == nil {
			d.err = err
		}
		found[key] = d
	}
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
	case d.service.desired > 0 && c.resumed != nil:
		return r.resumeAgain(ctx, c, d.service)
	case d.service.desired > 0 || d.service.status != "ACTIVE":
		return result
	}
	if err := r.remember(ctx, d.service, c.missing(d.service)); err != nil {
		result = result.failAction(err)
		result.Detail = fmt.Sprintf("its count was %s, which is not remembered: %s",
			c.memory[countTag], result.Detail)
		return result
	}
	if c.want > 0 {
		result.Outcome, result.To, result.Detail = Failed, "0", stoppedMeanwhile
	}
	return result
}

// missing are the tags that a service at 0 lacks of the run's memory. Another run's count stays,
// unless it is only what scaling made of this run's.
func (c *chosen) missing(now ecsService) map[string]string {
	missing := maps.Clone(c.memory)
	if _, ok := now.tags[suspendedTag]; ok {
		delete(missing, suspendedTag)
	}
	mine, _ := ecsService{tags: c.memory}.remembered()
	if count, ok := now.remembered(); ok && !c.service.scaling.pulls(mine, count) {
		delete(missing, countTag)
	}
	return missing
}

// resumeAgain resumes the scaling of a started service where a stop at the same time has suspended it
// and the start has removed the tag that says so.
func (r *ecsRun) resumeAgain(ctx context.Context, c *chosen, now ecsService) Result {
	_, told := now.tags[suspendedTag]
	if told || now.scaling == nil || now.scaling.suspended == *c.resumed {
		return *c.result
	}
	err := r.suspend(ctx, now, *c.resumed)
	if err == nil {
		err = r.setDesired(ctx, now, c.want)
	}
	if err != nil {
		return c.result.failAction(err)
	}
	return *c.result
}
