package chaos_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// lambda plays AWS Lambda: it starts the real runner for one event, and kills it.
type lambda struct {
	t       *testing.T
	cloud   *fakeaws.AWS
	program string
}

// answered is what one invocation came to.
type answered struct {
	// body is the answer, and failed tells that it is an error's. Of a killed runner it is "".
	body   string
	failed bool
	calls  int
	log    string
}

// newLambda takes the runner that `make build` left in bin.
func newLambda(t *testing.T, cloud *fakeaws.AWS) *lambda {
	t.Helper()
	program := filepath.Join(acctest.Root(t), "bin", "runner")
	if _, err := os.Stat(program); err != nil {
		t.Fatal("the runner is not built: run make build")
	}
	return &lambda{t, cloud, program}
}

// invoke runs the event in a process of its own, which is killed at its nth call; 0 is never.
func (l *lambda) invoke(event string, nth int, v verdict) answered {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	defer cancel()
	api := acctest.StartLambdaRuntime(l.t, "arn:aws:lambda:"+fakeaws.Region+":"+fakeaws.Account+":function:tools",
		maxRun, event)
	cmd := exec.CommandContext(ctx, l.program)
	var log bytes.Buffer
	var out answered
	ended := make(chan struct{})
	g := &gate{
		aws: l.cloud,
		kill: func() {
			_ = cmd.Process.Kill()
			<-ended
		},
		judge: func() verdict { return pass },
	}
	var mu sync.Mutex
	g.judge = func() verdict {
		mu.Lock()
		defer mu.Unlock()
		if out.calls++; out.calls == nth {
			return v
		}
		return pass
	}
	aws := httptest.NewServer(g)
	defer aws.Close()
	cmd.Stderr = &log
	cmd.Env = []string{
		api.Env(), "AWS_ENDPOINT_URL=" + aws.URL, "AWS_REGION=" + fakeaws.Region,
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing",
	}
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	_ = cmd.Wait() // it ends with an error: killed, or without a second event
	close(ended)
	for _, answer := range api.Answers() {
		out.body, out.failed = answer.Body, answer.Failed
	}
	out.log = log.String()
	return out
}
