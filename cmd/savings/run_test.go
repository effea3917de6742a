package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// stepClock is a clock that calls a function at each sleep, and goes on.
type stepClock struct {
	mu      sync.Mutex
	now     time.Time
	atSleep func()
}

func (c *stepClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *stepClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
	c.atSleep()
	return ctx.Err()
}

// hosted is the command line in this process, against a fake AWS.
func hosted(t *testing.T, clock command.Clock) (p *program, aws *fakeaws.AWS, out *bytes.Buffer) {
	t.Helper()
	aws = fakeaws.Start(t)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": aws.URL(), "AWS_REGION": fakeaws.Region,
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	out = &bytes.Buffer{}
	return &program{stdout: out, stderr: out, clock: clock}, aws, out
}

func putCluster(aws *fakeaws.AWS, id, status string) {
	c := fakeaws.DBCluster{ID: id}
	c.Status = status
	aws.RDS().PutCluster(c)
}

// Ctrl-C while one target is waited for: what was done is reported.
func TestRun_interruptedWhileWaiting(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	called := make(chan struct{})
	p, aws, out := hosted(t, &stepClock{atSleep: func() { <-called; interrupt() }})
	putCluster(aws, "a", "available")
	putCluster(aws, "b", "backing-up")
	aws.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "StopDBCluster" {
			close(called)
		}
	})
	code := p.execute(ctx, []string{"run", "rds", "stop-cluster", "a", "b"})
	want := "a  done    available → stopping\nb  failed  backing-up            " +
		"interrupted while backing-up\n" +
		"savings: 1 of 2 failed: b: interrupted while backing-up\n"
	if d := cmp.Diff(want, out.String()); d != "" || code != exitFailed {
		t.Errorf("exit code %d, %s", code, d)
	}
}

// Ctrl-C while a call is under way: it is finished, so that the report is true, and no other begins.
func TestRun_interruptedInACall(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	p, aws, out := hosted(t, command.SystemClock{})
	putCluster(aws, "a", "available")
	aws.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "StopDBCluster" {
			interrupt()
		}
	})
	code := p.execute(ctx, []string{"run", "rds", "stop-cluster", "a"})
	if d := cmp.Diff("a  done  available → stopping\n", out.String()); d != "" || code != exitDone {
		t.Errorf("exit code %d, %s", code, d)
	}
	out.Reset()
	code = p.execute(ctx, []string{"run", "rds", "stop-cluster", "a"})
	want := "a  failed    interrupted\nsavings: 1 of 1 failed: a: interrupted\n"
	if d := cmp.Diff(want, out.String()); d != "" || code != exitFailed {
		t.Errorf("exit code %d, %s", code, d)
	}
}

// 100 items of which three fail, each in its own way: 97 are done, three are named.
func TestRun_threeOfAHundredFail(t *testing.T) {
	p, aws, out := hosted(t, command.SystemClock{})
	args := []string{"run", "rds", "stop-cluster"}
	for i := range 100 {
		id := fmt.Sprintf("db-%02d", i)
		args = append(args, id)
		switch i {
		case 7:
		case 50:
			putCluster(aws, id, "inaccessible-encryption-credentials")
		default:
			putCluster(aws, id, "available")
		}
	}
	aws.Fail(fakeaws.Match{Operation: "StopDBCluster", Name: "db-99"},
		fakeaws.Fault{Code: "AccessDenied", Message: "not yours", Status: 403})
	code := p.execute(t.Context(), args)
	text := out.String()
	if done := strings.Count(text, "  done "); code != exitFailed || done != 97 {
		t.Errorf("exit code %d, %d done, want %d and 97:\n%s", code, done, exitFailed, text)
	}
	_, sentence, _ := strings.Cut(text, "savings: ")
	want := "3 of 100 failed: db-07: no such DB cluster in us-east-1: check identifier and region; " +
		"db-50: inaccessible-encryption-credentials: AWS does not stop it in this state, and it does " +
		"not end by itself; db-99: access denied (rds:StopDBCluster)\n"
	if d := cmp.Diff(want, sentence); d != "" {
		t.Error(d)
	}
}
