package scheduleset

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"golang.org/x/sync/errgroup"
)

// SchedulerAPI are the calls of EventBridge Scheduler that a Keeper makes.
type SchedulerAPI interface {
	CreateSchedule(context.Context, *scheduler.CreateScheduleInput,
		...func(*scheduler.Options)) (*scheduler.CreateScheduleOutput, error)
	UpdateSchedule(context.Context, *scheduler.UpdateScheduleInput,
		...func(*scheduler.Options)) (*scheduler.UpdateScheduleOutput, error)
	GetSchedule(context.Context, *scheduler.GetScheduleInput,
		...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error)
	DeleteSchedule(context.Context, *scheduler.DeleteScheduleInput,
		...func(*scheduler.Options)) (*scheduler.DeleteScheduleOutput, error)
	ListSchedules(context.Context, *scheduler.ListSchedulesInput,
		...func(*scheduler.Options)) (*scheduler.ListSchedulesOutput, error)
	CreateScheduleGroup(context.Context, *scheduler.CreateScheduleGroupInput,
		...func(*scheduler.Options)) (*scheduler.CreateScheduleGroupOutput, error)
	GetScheduleGroup(context.Context, *scheduler.GetScheduleGroupInput,
		...func(*scheduler.Options)) (*scheduler.GetScheduleGroupOutput, error)
	DeleteScheduleGroup(context.Context, *scheduler.DeleteScheduleGroupInput,
		...func(*scheduler.Options)) (*scheduler.DeleteScheduleGroupOutput, error)
	ListTagsForResource(context.Context, *scheduler.ListTagsForResourceInput,
		...func(*scheduler.Options)) (*scheduler.ListTagsForResourceOutput, error)
	TagResource(context.Context, *scheduler.TagResourceInput,
		...func(*scheduler.Options)) (*scheduler.TagResourceOutput, error)
	UntagResource(context.Context, *scheduler.UntagResourceInput,
		...func(*scheduler.Options)) (*scheduler.UntagResourceOutput, error)
}

// LambdaAPI is the call of Lambda that a Keeper makes.
type LambdaAPI interface {
	GetFunction(context.Context, *lambda.GetFunctionInput,
		...func(*lambda.Options)) (*lambda.GetFunctionOutput, error)
}

// IAMAPI are the calls of IAM that a Keeper makes.
type IAMAPI interface {
	PutRolePolicy(context.Context, *iam.PutRolePolicyInput,
		...func(*iam.Options)) (*iam.PutRolePolicyOutput, error)
	GetRolePolicy(context.Context, *iam.GetRolePolicyInput,
		...func(*iam.Options)) (*iam.GetRolePolicyOutput, error)
	DeleteRolePolicy(context.Context, *iam.DeleteRolePolicyInput,
		...func(*iam.Options)) (*iam.DeleteRolePolicyOutput, error)
	ListRolePolicies(context.Context, *iam.ListRolePoliciesInput,
		...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error)
	GetRole(context.Context, *iam.GetRoleInput,
		...func(*iam.Options)) (*iam.GetRoleOutput, error)
}

// Config is what a Keeper works with.
type Config struct {
	Scheduler SchedulerAPI
	Lambda    LambdaAPI
	IAM       IAMAPI
	// Region is part of the inline policy's name, since roles belong to no region.
	Region string
	// MaxConcurrency bounds the AWS calls in flight of one operation; 10 where it is 0.
	MaxConcurrency int
	// Now is time.Now where it is nil.
	Now func() time.Time
	// Sleep waits or returns the context's error; a timer where it is nil.
	Sleep func(context.Context, time.Duration) error
	// Token returns a random value that marks one create; crypto/rand.Text where it is nil.
	Token func() string
	// Logf gets one sentence when something is waited for; it may be nil.
	Logf func(ctx context.Context, format string, args ...any)
}

// defaultConcurrency is far below AWS's quotas on single schedules (250 a second in small regions)
// and is as much as a default HTTP transport of the SDK keeps open.
const defaultConcurrency = 10

// Keeper does the work. It is safe for concurrent use. Its zero value is of no use; see New.
type Keeper struct {
	config Config
	// waitsFor has the roles whose wait was logged.
	waitsFor sync.Map
}

// New returns a Keeper that works with c.
func New(c Config) *Keeper {
	if c.MaxConcurrency <= 0 {
		c.MaxConcurrency = defaultConcurrency
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Token == nil {
		c.Token = rand.Text
	}
	if c.Logf == nil {
		c.Logf = func(context.Context, string, ...any) {}
	}
	return &Keeper{config: c}
}

// NewFromConfig returns a Keeper for the account and region of cfg.
func NewFromConfig(cfg aws.Config, maxConcurrency int) *Keeper {
	return New(ConfigFrom(cfg, maxConcurrency))
}

// ConfigFrom fills a Config with the SDK's clients, for callers that set more of it.
func ConfigFrom(cfg aws.Config, maxConcurrency int) Config {
	return Config{
		Scheduler:      scheduler.NewFromConfig(cfg),
		Lambda:         lambda.NewFromConfig(cfg),
		IAM:            iam.NewFromConfig(cfg),
		Region:         cfg.Region,
		MaxConcurrency: maxConcurrency,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Polling of something that AWS does by itself.
const (
	firstPause = time.Second
	maxPause   = 10 * time.Second
)

func longer(pause time.Duration) time.Duration { return min(2*pause, maxPause) }

// work is one call for one key. Its stop is done as soon as the work for another key has failed:
// waits end with it, calls under way do not, so that what they did is known.
type work func(ctx, stop context.Context, key string) error

// each does the work for every key, in bounded concurrency, and returns the first error. After an
// error it starts nothing more and waits for what is under way.
func (k *Keeper) each(ctx context.Context, keys []string, do work) error {
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	var once sync.Once
	var first error
	fail := func(err error) { once.Do(func() { first = err; cancel() }) }
	var g errgroup.Group
	g.SetLimit(k.config.MaxConcurrency)
	for _, key := range keys {
		g.Go(func() error {
			if stop.Err() != nil {
				return ctx.Err()
			}
			err := do(ctx, stop, key)
			if err != nil {
				fail(err)
			}
			return err
		})
	}
	err := g.Wait()
	if first != nil {
		return first // not that of a wait which the first error ended
	}
	return err
}

// tryEach does the work for every key whatever happens, and returns all errors in the keys' order.
func (k *Keeper) tryEach(ctx context.Context, keys []string, do work) error {
	errs := make([]error, len(keys))
	var g errgroup.Group
	g.SetLimit(k.config.MaxConcurrency)
	for i, key := range keys {
		g.Go(func() error {
			errs[i] = do(ctx, ctx, key)
			return nil
		})
	}
	_ = g.Wait()
	return errors.Join(slices.DeleteFunc(errs, func(err error) bool { return err == nil })...)
}
