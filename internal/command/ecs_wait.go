package command

import (
	"context"
	"errors"
	"fmt"
)

// awaited tells whether --wait has to wait for the result's service.
func (r *ecsRun) awaited(result Result) bool {
	return r.call.flags.wait && (result.Outcome == Done || result.Outcome == Already)
}

// await waits, with --wait, until each service runs as many tasks as it should. All are described
// together, in tens.
func (r *ecsRun) await(ctx context.Context, all []chosen) {
	var waiting []*chosen
	for i := range all {
		if r.awaited(*all[i].result) {
			waiting = append(waiting, &all[i])
		}
	}
	look := r.newPoll()
	for len(waiting) > 0 {
		waiting = r.look(ctx, waiting, look)
		if len(waiting) == 0 {
			return
		}
		if err := look.wait(ctx); err != nil {
			for _, c := range waiting {
				r.outOfTime(c, err, look)
				r.log(ctx, *c.result)
			}
			return
		}
	}
}

// look describes the services once and returns those to look at again.
func (r *ecsRun) look(ctx context.Context, waiting []*chosen, look *poll) []*chosen {
	keys := make([]string, len(waiting))
	for i, c := range waiting {
		keys[i] = c.key
	}
	found := r.describe(ctx, keys)
	var again []*chosen
	for _, c := range waiting {
		d, ok := found[c.key]
		c.service = d.service
		switch {
		case d.err != nil:
			*c.result = c.result.failAction(d.err)
		case !ok || d.service.status != "ACTIVE":
			c.result.Outcome, c.result.Detail = Failed, "it was deleted while it was waited for"
		case (d.service.desired == 0) != (c.want == 0):
			c.result.Outcome = Failed
			c.result.Detail = fmt.Sprintf("something else set its desired count to %d", d.service.desired)
		case d.service.running == d.service.desired:
			c.result.To = fmt.Sprint(d.service.desired)
		default:
			again = append(again, c)
			look.log(ctx, c.key, runningOf(d.service))
			continue
		}
		r.log(ctx, *c.result)
	}
	return again
}

func runningOf(s ecsService) string { return fmt.Sprintf("%d of %d running", s.running, s.desired) }

func (r *ecsRun) outOfTime(c *chosen, err error, look *poll) {
	c.result.Outcome = Failed
	if !errors.Is(err, errTimeShort) {
		c.result.Detail = explain(err) + " while " + runningOf(c.service)
		return
	}
	c.result.Detail = fmt.Sprintf("desired count set to %d, still %s after %s",
		c.want, runningOf(c.service), minutes(look.waited()))
}
