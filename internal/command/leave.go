package command

import "context"

// Stops tells whether the call is there to stop its targets, be it a dry run or not.
func (c *Call) Stops() bool {
	real := *c
	real.flags.dryRun = false
	return real.Effect() == Stop
}

// Skip reports a call that is not wanted now: nothing is done, every item is skipped, and detail
// says why.
func (r *Runner) Skip(ctx context.Context, call *Call, detail string) Report {
	return r.leave(ctx, call, Skipped, detail)
}

// Refuse reports a call that cannot be run: nothing is done, every item fails, and detail says why.
func (r *Runner) Refuse(ctx context.Context, call *Call, detail string) Report {
	return r.leave(ctx, call, Failed, detail)
}

func (r *Runner) leave(ctx context.Context, call *Call, outcome Outcome, detail string) Report {
	s := &session{Runner: r, call: call}
	var report Report
	for _, item := range call.items {
		result := s.result(item, item.ID)
		result.Outcome, result.Detail = outcome, detail
		s.log(ctx, result)
		report.Results = append(report.Results, result)
	}
	return report
}
