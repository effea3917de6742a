package scheduleset

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestNew_defaults(t *testing.T) {
	t.Parallel()
	c := NewFromConfig(aws.Config{Region: "ap-northeast-1"}, 0).config
	if c.MaxConcurrency != 10 || c.Region != "ap-northeast-1" || c.Now().IsZero() {
		t.Errorf("config %+v", c)
	}
	// A token is the value of a tag: 1 to 256 characters (EventBridge Scheduler API Reference, "Tag").
	if a, b := c.Token(), c.Token(); a == b || len(a) < 16 || len(a) > 256 {
		t.Errorf("tokens %q and %q", a, b)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := c.Sleep(ctx, 0); err != nil {
		t.Error(err)
	}
	cancel()
	if err := c.Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("sleeping after the end: %v", err)
	}
}

func TestKeeper_each(t *testing.T) {
	t.Parallel()
	k := New(Config{MaxConcurrency: 2})
	boom := errors.New("boom")
	var mu sync.Mutex
	var finished []string
	waiting := make(chan struct{})
	// b fails while a waits for something: a learns of it by stop, its call's own ctx goes on.
	err := k.each(t.Context(), []string{"a", "b", "c", "d"},
		func(ctx, stop context.Context, key string) error {
			if key == "b" {
				<-waiting
				return boom
			}
			close(waiting) // c and d would panic here
			<-stop.Done()
			mu.Lock()
			defer mu.Unlock()
			finished = append(finished, key)
			return errors.Join(ctx.Err(), stop.Err())
		})
	if !errors.Is(err, boom) || errors.Is(err, context.Canceled) {
		t.Errorf("each = %v, want the first error alone", err)
	}
	if !slices.Equal(finished, []string{"a"}) {
		t.Errorf("finished %v", finished)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = k.each(ctx, []string{"a"}, func(_, _ context.Context, _ string) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("each after the end = %v", err)
	}
}
