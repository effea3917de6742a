package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

// answerMargin is kept free at the invocation's end, so that an AWS call that hangs is given up in
// time to answer.
const answerMargin = time.Second

// handler is Lambda's view of the runner. It answers {"results":[…]}, or fails with a runError.
type handler struct {
	load  func(context.Context) (aws.Config, error)
	clock command.Clock
	log   *slog.Logger
}

// runError is what a failed run returns. Lambda passes on its text only: one sentence, a line
// break, and the same JSON as a run that succeeds.
type runError struct {
	sentence string
	report   command.Report
}

func (e *runError) Error() string { return e.sentence + "\n" + string(e.report.JSON()) }

// Invoke runs one event.
func (h *handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-answerMargin))
		defer cancel()
	}
	log := h.log
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		log = log.With(slog.String("request_id", lc.AwsRequestID))
	}
	p, err := payload.Decode(event)
	if p.Schedule != "" {
		log = log.With(slog.String("group", p.Group), slog.String("schedule", p.Schedule))
	}
	var report command.Report
	if err == nil {
		report, err = h.run(ctx, log, p)
	}
	if err != nil {
		log.LogAttrs(ctx, slog.LevelError, "failed", slog.String("error", err.Error()))
		return nil, &runError{sentence: err.Error(), report: report}
	}
	return report.JSON(), nil
}

func (h *handler) run(
	ctx context.Context, log *slog.Logger, p payload.Payload,
) (command.Report, error) {
	steps, err := parse(p)
	if err != nil {
		return command.Report{}, fmt.Errorf("runner %s: %w", runnerversion.Version, err)
	}
	date, off, err := p.DayOff(h.clock.Now())
	if err != nil {
		return command.Report{}, err
	}
	by, late, err := p.Lateness(h.clock.Now())
	if err != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "running without a check for lateness",
			slog.String("reason", err.Error()))
	}
	load := once(h.load)
	runner := command.NewRunner(load, h.clock, log)
	var report command.Report
	switch {
	case off:
		report = runner.Skip(ctx, "not on "+date, steps...)
	case late:
		report = runner.Late(ctx, by, steps...)
	default:
		stops := slices.ContainsFunc(steps, (*command.Call).Stops)
		held, err := h.held(ctx, log, load, p, stops)
		if err != nil {
			err = fmt.Errorf("%w; nothing was done", err)
			return runner.Refuse(ctx, err.Error(), steps...), err
		}
		if held != "" {
			report = runner.Skip(ctx, held, steps...)
			break
		}
		report = runner.Run(ctx, steps...)
	}
	return report, report.Err()
}

// once loads the configuration at the first call, for all calls of one run.
func once(
	load func(context.Context) (aws.Config, error),
) func(context.Context) (aws.Config, error) {
	var first sync.Once
	var cfg aws.Config
	var err error
	return func(ctx context.Context) (aws.Config, error) {
		first.Do(func() { cfg, err = load(ctx) })
		return cfg, err
	}
}

// parse takes every step apart before the first one runs.
func parse(p payload.Payload) ([]*command.Call, error) {
	var steps []*command.Call
	for i, args := range p.Commands() {
		call, err := command.Parse(args)
		if err != nil && len(p.Steps) > 0 {
			err = fmt.Errorf("step %d: %w", i+1, err)
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, call)
	}
	return steps, nil
}
