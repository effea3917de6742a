package command

import (
	"context"
	"fmt"
	"time"
)

// Late reports steps that came too late by this much: nothing is done, and every item fails, so
// that somebody hears of it.
func (r *Runner) Late(ctx context.Context, by time.Duration, steps ...*Call) Report {
	detail := "late: came " + hoursMinutes(by) + " after its time, nothing was done"
	return Report{Results: r.leave(ctx, steps, Failed, detail), late: by}
}

// Skip reports steps of which nothing is to be done, and why: "not on 2026-12-29". Such a run
// succeeds.
func (r *Runner) Skip(ctx context.Context, why string, steps ...*Call) Report {
	return Report{Results: r.leave(ctx, steps, Skipped, why)}
}

// leave gives every item of the steps the same result, without a look at AWS.
func (r *Runner) leave(
	ctx context.Context, steps []*Call, outcome Outcome, detail string,
) []Result {
	var results []Result
	for _, call := range steps {
		s := &session{Runner: r, call: call}
		for _, item := range call.items {
			result := s.result(item, item.ID)
			result.Outcome, result.Detail = outcome, detail
			s.log(ctx, result)
			results = append(results, result)
		}
	}
	return results
}

// notRun says which steps a failure kept from running, counted from 1.
func notRun(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("step %d was not run", to)
	case 1:
		return fmt.Sprintf("steps %d and %d were not run", from, to)
	}
	return fmt.Sprintf("steps %d to %d were not run", from, to)
}
