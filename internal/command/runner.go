package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Clock is the time that a run lives in.
type Clock interface {
	Now() time.Time
	// Sleep returns after d, or with the context's error when that ends first.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's own time.
type SystemClock struct{}

// Now returns the current time.
func (SystemClock) Now() time.Time { return time.Now() }

// Sleep waits for d or for the context's end.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Runner runs calls.
type Runner struct {
	// Config loads the AWS configuration. It is asked once a run, before the first AWS call.
	Config func(context.Context) (aws.Config, error)
	Clock  Clock
	// Log gets one line for each result and, at level debug, one for each look at a busy target.
	Log *slog.Logger

	clients clients
}

// WaitingMessage is the log message of a look at a busy target: target and state are strings, after
// is how long it has been waited for, in whole seconds.
const WaitingMessage = "waiting"

// NewRunner returns a runner that talks to AWS with the configuration that load gives.
func NewRunner(
	load func(context.Context) (aws.Config, error), clock Clock, log *slog.Logger,
) *Runner {
	return &Runner{
		Config: load, Clock: clock, Log: log, clients: newClients(),
	}
}

// maxInFlight bounds the AWS calls of a run that are in flight at once. Waiting is not bounded, so
// that one slow target never keeps another from being tried.
const maxInFlight = 8

// lastPoll is how long before the context's deadline polling ends.
const lastPoll = 10 * time.Second

// Pauses between two looks at a target: they grow by half each time.
const (
	firstPause = 2 * time.Second
	maxPause   = 30 * time.Second
)

// Run runs the steps in order, each a call. It tries every item of a step, polls those that are
// busy until ten seconds before ctx's deadline, and reports what became of each. A step that fails
// ends the run; the items of later steps are skipped. What was done stays done: since each verb
// leaves alone what has arrived, running the same steps again goes on from there. Report.Err tells
// whether the run failed.
func (r *Runner) Run(ctx context.Context, steps ...*Call) Report {
	config := sync.OnceValues(func() (aws.Config, error) { return r.Config(ctx) })
	var report Report
	for i, call := range steps {
		done := Report{Results: r.runCall(ctx, call, config)}
		report.Results = append(report.Results, done.Results...)
		if rest := steps[i+1:]; done.Err() != nil && len(rest) > 0 {
			report.notRun = notRun(i+2, len(steps))
			why := fmt.Sprintf("step %d failed", i+1)
			report.Results = append(report.Results, r.leave(ctx, rest, Skipped, why)...)
			break
		}
	}
	return report
}

func (r *Runner) runCall(
	ctx context.Context, call *Call, config func() (aws.Config, error),
) []Result {
	s := &session{Runner: r, call: call, config: config, slots: make(chan struct{}, maxInFlight)}
	if deadline, ok := ctx.Deadline(); ok {
		s.pollEnd = deadline.Add(-lastPoll)
	}
	return call.verb.run(ctx, s)
}

// session is one run of one call.
type session struct {
	*Runner
	call   *Call
	config func() (aws.Config, error)
	slots  chan struct{}
	// pollEnd is when polling ends; zero for never.
	pollEnd time.Time
}

var errNoRegion = errors.New("no AWS region: set AWS_REGION or give --region")

// configFor returns the configuration for a region, "" for the default one.
func (s *session) configFor(region string) (aws.Config, error) {
	cfg, err := s.config()
	if err != nil {
		return aws.Config{}, err
	}
	cfg = cfg.Copy()
	if region != "" {
		cfg.Region = region
	}
	if cfg.Region == "" {
		return aws.Config{}, errNoRegion
	}
	return cfg, nil
}

// region is the region that an item names, by itself or by --region; "" for the default one.
func (s *session) region(item Item) string {
	if item.ARN != nil {
		return item.ARN.Region
	}
	return s.call.flags.region
}

// limited makes one AWS call when there is room for it. One that AWS throttles past the SDK's retries
// is made again until time is short: it had no effect.
func (s *session) limited(ctx context.Context, call func() error) error {
	look := s.newPoll()
	for {
		err := s.once(ctx, call)
		if !hasCode(err, throttledCodes...) {
			return err
		}
		switch wait := look.wait(ctx); {
		case errors.Is(wait, errTimeShort):
			return err
		case wait != nil:
			return wait
		}
	}
}

func (s *session) once(ctx context.Context, call func() error) error {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.slots }()
	return call()
}

// errTimeShort ends polling: the run's time is nearly over.
var errTimeShort = errors.New("no time left")

// poll paces the looks at one target.
type poll struct {
	session *session
	since   time.Time
	pause   time.Duration
}

func (s *session) newPoll() *poll {
	return &poll{session: s, since: s.Clock.Now(), pause: firstPause}
}

// wait sleeps until the next look is due. Its error is errTimeShort, or the context's.
func (p *poll) wait(ctx context.Context) error {
	pause := p.pause
	if end := p.session.pollEnd; !end.IsZero() {
		pause = min(pause, end.Sub(p.session.Clock.Now()))
	}
	if pause <= 0 {
		return errTimeShort
	}
	p.pause = min(p.pause+p.pause/2, maxPause)
	return p.session.Clock.Sleep(ctx, pause)
}

// waited is the time since the first look.
func (p *poll) waited() time.Duration { return p.session.Clock.Now().Sub(p.since) }

// log writes the line of a look at a busy target.
func (p *poll) log(ctx context.Context, target, state string) {
	p.session.Log.LogAttrs(ctx, slog.LevelDebug, WaitingMessage, slog.String("target", target),
		slog.String("state", state), slog.Duration("after", p.waited().Truncate(time.Second)))
}

// result begins a result for an item of the call.
func (s *session) result(item Item, target string) Result {
	return Result{
		Service: s.call.verb.Service, Item: item.Text, Target: target, Action: s.call.verb.Name,
	}
}

// log writes the line of a finished result.
func (s *session) log(ctx context.Context, r Result) {
	level := slog.LevelInfo
	if r.Outcome.Failure() {
		level = slog.LevelError
	}
	s.Log.LogAttrs(ctx, level, string(r.Outcome),
		slog.String("service", r.Service), slog.String("action", r.Action),
		slog.String("item", r.Item), slog.String("target", r.Target),
		slog.String("from", r.From), slog.String("to", r.To), slog.String("detail", r.Detail))
}
