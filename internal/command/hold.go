package command

import "context"

// Stops tells whether the call is there to stop its targets, be it a dry run or not.
func (c *Call) Stops() bool {
	wet := *c
	wet.flags.dryRun = false
	return wet.Effect() == Stop
}

// Refuse reports steps that cannot be run, and why: nothing is done, and every item fails.
func (r *Runner) Refuse(ctx context.Context, why string, steps ...*Call) Report {
	return Report{Results: r.leave(ctx, steps, Failed, why)}
}
