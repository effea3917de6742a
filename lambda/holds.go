package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// Pauses between two tries to read a group's tags: each is twice the one before, and up to half of
// it is left to chance, so that events of the same minute do not try again in step. An account
// may read tags ten times a second (EventBridge Scheduler User Guide, "Quotas").
const (
	firstTagPause = 500 * time.Millisecond
	maxTagPause   = 10 * time.Second
)

// tagMargin is how long before the invocation's end the tries end.
const tagMargin = 10 * time.Second

// held says in words which hold keeps the event from running now, "" for none. Its error means that
// this cannot be known, so that the event must not run: a hold is never lost to a busy AWS. Only
// where the runner has no right to read the tags, or nothing to read, does the event run without.
func (h *handler) held(
	ctx context.Context, log *slog.Logger, load func(context.Context) (aws.Config, error),
	p payload.Payload, stops bool,
) (string, error) {
	if !p.Holds || p.Group == "" || p.Schedule == "" {
		return "", nil
	}
	without := func(reason string) (string, error) {
		log.LogAttrs(ctx, slog.LevelWarn, "running without a look at the holds",
			slog.String("reason", reason))
		return "", nil
	}
	group, err := groupARN(ctx, p.Group)
	if err != nil {
		return without(err.Error())
	}
	cfg, err := load(ctx)
	if err != nil {
		return "", err
	}
	tags, err := h.readTags(ctx, log, cfg, group)
	switch {
	case isCode(err, "AccessDeniedException"):
		return without("access denied (scheduler:ListTagsForResource on " + group.String() + ")")
	case isType[*types.ResourceNotFoundException](err):
		return without("there is no schedule group " + p.Group)
	case err != nil:
		return "", fmt.Errorf("reading the holds of schedule group %q: %s", p.Group,
			command.Explain(err))
	}
	found, ok, err := hold.Find(tags, p.Schedule, stops, h.clock.Now())
	if err != nil {
		return "", fmt.Errorf("reading the holds of schedule group %q: %w", p.Group, err)
	}
	if !ok {
		return "", nil
	}
	return found.String(zone(p.Timezone)), nil
}

// groupARN is the schedule group's: in the partition, region and account of the function.
func groupARN(ctx context.Context, group string) (arn.ARN, error) {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return arn.ARN{}, errors.New("this is not Lambda, so region and account are not known")
	}
	a, err := arn.Parse(lc.InvokedFunctionArn)
	if err != nil {
		return arn.ARN{}, fmt.Errorf("the function's ARN %q is none", lc.InvokedFunctionArn)
	}
	a.Service, a.Resource = "scheduler", "schedule-group/"+group
	return a, nil
}

// readTags tries until the invocation's time is short. The SDK's own retries are off: they know
// neither the clock nor the time that is left.
func (h *handler) readTags(
	ctx context.Context, log *slog.Logger, cfg aws.Config, group arn.ARN,
) (map[string]string, error) {
	client := scheduler.NewFromConfig(cfg, func(o *scheduler.Options) {
		o.Region, o.Retryer = group.Region, aws.NopRetryer{}
	})
	began := h.clock.Now()
	for pause := firstTagPause; ; pause = min(2*pause, maxTagPause) {
		out, err := client.ListTagsForResource(ctx,
			&scheduler.ListTagsForResourceInput{ResourceArn: aws.String(group.String())})
		if err == nil {
			tags := make(map[string]string, len(out.Tags))
			for _, t := range out.Tags {
				tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
			return tags, nil
		}
		if !retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err).Bool() {
			return nil, err
		}
		wait := pause/2 + rand.N(pause/2) //nolint:gosec // spreads load, guards nothing
		deadline, ok := ctx.Deadline()
		if ok && h.clock.Now().Add(wait).After(deadline.Add(-tagMargin)) {
			return nil, fmt.Errorf("%s, for %s", command.Explain(err),
				h.clock.Now().Sub(began).Round(time.Second))
		}
		log.LogAttrs(ctx, slog.LevelInfo, "reading the holds again",
			slog.String("reason", command.Explain(err)), slog.Duration("after", wait))
		if err := h.clock.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// zone is UTC where the runner's system does not know the name.
func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return time.UTC
	}
	return loc
}

func isCode(err error, code string) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && api.ErrorCode() == code
}

func isType[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}
