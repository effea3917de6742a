package chaos_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
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
	api := &runtimeAPI{event: event}
	runtime := httptest.NewServer(api)
	defer runtime.Close()
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
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(runtime.URL, "http://"), "AWS_ENDPOINT_URL=" + aws.URL,
		"AWS_REGION=" + fakeaws.Region, "AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing",
	}
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	_ = cmd.Wait() // it ends with an error: killed, or without a second event
	close(ended)
	out.body, out.failed = api.answer()
	out.log = log.String()
	return out
}

// runtimeAPI plays Lambda's Runtime API for one event (AWS Lambda Developer Guide, "Using the Lambda
// runtime API"). Asked for another one it fails, which ends the runner.
type runtimeAPI struct {
	event string

	mu     sync.Mutex
	given  bool
	body   string
	failed bool
}

func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case r.Method == http.MethodPost:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the runner died while it answered
		}
		a.body, a.failed = string(body), strings.HasSuffix(r.URL.Path, "/error")
		w.WriteHeader(http.StatusAccepted)
	case a.given:
		w.WriteHeader(http.StatusInternalServerError)
	default:
		a.given = true
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "chaos")
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn",
			"arn:aws:lambda:"+fakeaws.Region+":"+fakeaws.Account+":function:tools")
		w.Header().Set("Lambda-Runtime-Deadline-Ms",
			strconv.FormatInt(time.Now().Add(maxRun).UnixMilli(), 10))
		_, _ = io.WriteString(w, a.event)
	}
}

func (a *runtimeAPI) answer() (body string, failed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.body, a.failed
}
