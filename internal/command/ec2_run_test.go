package command_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// Whatever is wrong with some of a batch, the others are stopped and each of the bad is reported.
func TestEC2_batchesOfAllKinds(t *testing.T) {
	t.Parallel()
	kinds := map[command.Outcome]func(c cloud, id string){
		command.Done: func(c cloud, id string) { c.EC2().Put(fakeaws.Instance{ID: id}) },
		command.Already: func(c cloud, id string) {
			c.EC2().Put(fakeaws.Instance{ID: id, State: "stopped"})
		},
		command.Skipped: func(c cloud, id string) {
			c.EC2().Put(fakeaws.Instance{ID: id, State: "terminated"})
		},
		command.NotFound: func(cloud, string) {},
		command.Unsupported: func(c cloud, id string) {
			c.EC2().Put(fakeaws.Instance{ID: id, StopProtection: true})
		},
		command.Denied: func(c cloud, id string) {
			c.EC2().Put(fakeaws.Instance{ID: id})
			c.EC2().Deny(id)
		},
		command.Failed: func(c cloud, id string) {
			c.EC2().Put(fakeaws.Instance{ID: id})
			c.Fail(fakeaws.Match{Operation: "StopInstances", Name: id},
				fakeaws.Fault{Code: "Anything", Message: "without a name"})
		},
	}
	order := []command.Outcome{
		command.Already, command.Skipped, command.NotFound, command.Unsupported, command.Denied,
		command.Failed,
	}
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 1))
		c := newCloud(t)
		args := []string{"ec2", "stop-instances"}
		var want []command.Outcome
		for i := range 1 + random.IntN(80) {
			kind := command.Done
			if random.IntN(10) == 0 {
				kind = order[random.IntN(len(order))]
			}
			kinds[kind](c, ec2ID(i))
			args, want = append(args, ec2ID(i)), append(want, kind)
		}
		var got []command.Outcome
		for _, r := range c.run(t, args...).Results {
			got = append(got, r.Outcome)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("seed %d: %s", seed, d)
		}
	}
}

// Ctrl-C stops between calls, and what AWS accepted is said.
func TestEC2_interrupted(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.EC2().SlowStates(fakeaws.Transition{After: time.Hour})
	c.EC2().Put(fakeaws.Instance{ID: ec2ID(1), State: "stopped"})
	ctx, cancel := context.WithCancel(t.Context())
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "DescribeInstances" && len(c.Requests()) > 4 {
			cancel()
		}
	})
	call, err := command.Parse([]string{"ec2", "start-instances", ec2ID(1)})
	if err != nil {
		t.Fatal(err)
	}
	report := c.runner.Run(ctx, call)
	want := []string{ec2ID(1) + " failed pending start accepted, interrupted while pending"}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
}

func TestEC2_regionAndConfiguration(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, words := range []string{"ec2 stop-instances a=b", "asg stop a=b"} {
		report := c.run(t, strings.Fields(words+" --region eu-west-1")...)
		if d := cmp.Diff([]string{" skipped  matched nothing"}, lines(report)); d != "" {
			t.Errorf("%s: %s", words, d)
		}
	}
	for _, r := range c.Requests() {
		if r.Region != "eu-west-1" {
			t.Errorf("%s went to %s", r.Operation, r.Region)
		}
	}
	broken := command.NewRunner(func(context.Context) (aws.Config, error) {
		return aws.Config{}, errors.New("no credentials")
	}, c.clock, slog.New(slog.DiscardHandler))
	for _, words := range []string{"ec2 stop-instances a=b " + ec2ID(1), "asg stop a=b web"} {
		call, err := command.Parse(strings.Fields(words))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range broken.Run(t.Context(), call).Results {
			if r.Outcome != command.Failed || r.Detail != "no credentials" {
				t.Errorf("%s: %+v", words, r)
			}
		}
	}
}

// Each result has one log line, as soon as it is there.
func TestEC2_logs(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.EC2().SlowStates(fakeaws.Transition{Reads: 2})
	c.EC2().Put(fakeaws.Instance{ID: ec2ID(1)})
	c.EC2().Put(fakeaws.Instance{ID: ec2ID(2), State: "stopped"})
	var log strings.Builder
	handler := slog.NewTextHandler(&log, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.MessageKey || a.Key == "target" || a.Key == "to" || a.Key == "state" {
				return a
			}
			return slog.Attr{}
		},
	})
	load := func(context.Context) (aws.Config, error) { return c.Config(), nil }
	call, err := command.Parse([]string{"ec2", "start-instances", ec2ID(1), ec2ID(2)})
	if err != nil {
		t.Fatal(err)
	}
	command.NewRunner(load, c.clock, slog.New(handler)).Run(t.Context(), call)
	want := fmt.Sprintf("msg=already target=%s to=running\n", ec2ID(1)) +
		strings.Repeat(fmt.Sprintf("msg=waiting target=%s state=pending\n", ec2ID(2)), 2) +
		fmt.Sprintf("msg=waiting target=%s state=running\n", ec2ID(2)) +
		fmt.Sprintf("msg=done target=%s to=running\n", ec2ID(2))
	if d := cmp.Diff(want, log.String()); d != "" {
		t.Error(d)
	}
}
