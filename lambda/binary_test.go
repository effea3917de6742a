package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

// build builds the runner as the release does, and returns its path.
func build(t *testing.T, goos, goarch string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false",
		"-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the runner: %v\n%s", err, out)
	}
	return path
}

func TestBinaryOutsideLambda(t *testing.T) {
	t.Parallel()
	program := build(t, runtime.GOOS, runtime.GOARCH)
	version, err := exec.CommandContext(t.Context(), program, "--version").Output()
	if want := "savings-runner " + runnerversion.Version + "\n"; err != nil || string(version) != want {
		t.Errorf("--version: got %q, %v; want %q", version, err, want)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = []string{"PATH=/nonexistent"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err = cmd.Run()
	const want = "this program runs in AWS Lambda; on this machine, use: " +
		"savings run rds stop-cluster NAME\n" +
		"or let it play Lambda's local endpoint: serve [--port 9000] [--address 127.0.0.1]\n"
	if cmd.ProcessState.ExitCode() != 2 || stderr.String() != want {
		t.Errorf("%v, stderr %q; want exit code 2 and %q", err, stderr.String(), want)
	}
}

// runtimeAPI plays Lambda's Runtime API (AWS Lambda Developer Guide, "Using the Lambda runtime
// API"): it hands out events one by one and collects the answers.
type runtimeAPI struct {
	events  []string
	timeout time.Duration
	done    chan struct{}

	mu       sync.Mutex
	next     int
	answers  []answer
	finished sync.Once
}

type answer struct{ kind, body string }

func (r *runtimeAPI) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	const prefix = "/2018-06-01/runtime/invocation/"
	rest := strings.TrimPrefix(req.URL.Path, prefix)
	if rest == "next" {
		r.mu.Lock()
		i := r.next
		r.next++
		r.mu.Unlock()
		if i >= len(r.events) {
			r.finished.Do(func() { close(r.done) })
			<-req.Context().Done()
			return
		}
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "request-"+strconv.Itoa(i))
		w.Header().Set("Lambda-Runtime-Deadline-Ms",
			strconv.FormatInt(time.Now().Add(r.timeout).UnixMilli(), 10))
		_, _ = io.WriteString(w, r.events[i])
		return
	}
	body, _ := io.ReadAll(req.Body)
	_, kind, _ := strings.Cut(rest, "/")
	r.mu.Lock()
	r.answers = append(r.answers, answer{kind, string(body)})
	r.mu.Unlock()
	w.WriteHeader(http.StatusAccepted)
}

func TestBinaryInLambda(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	busy := fakeaws.DBCluster{ID: "busy"}
	busy.Status = "backing-up"
	a.RDS().PutCluster(busy)
	api := &runtimeAPI{
		timeout: 10 * time.Second, // so polling is over before it begins
		done:    make(chan struct{}),
		events: []string{
			`{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`,
			`{"args":["rds","stop-cluster","busy","sample-ai-aurora-cluster"]}`,
			`{}`,
		},
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, build(t, runtime.GOOS, runtime.GOARCH))
	cmd.Env = []string{
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(server.URL, "http://"),
		"AWS_ENDPOINT_URL=" + a.URL(), "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-api.done:
	case <-ctx.Done():
	}
	cancel()
	_ = cmd.Wait() // killed: it would wait for events for ever
	api.mu.Lock()
	defer api.mu.Unlock()
	if len(api.answers) != 3 {
		t.Fatalf("answers %q; log:\n%s", api.answers, log.String())
	}
	if got := api.answers[0]; got.kind != "response" || got.body != stopped {
		t.Errorf("first answer %q, want %s", got, stopped)
	}
	failure := struct{ ErrorMessage, ErrorType string }{}
	if err := json.Unmarshal([]byte(api.answers[1].body), &failure); err != nil {
		t.Fatal(err)
	}
	sentence, results, _ := strings.Cut(failure.ErrorMessage, "\n")
	if api.answers[1].kind != "error" || failure.ErrorType != "runError" ||
		sentence != "1 of 2 failed: busy: still backing-up after 0s" || !json.Valid([]byte(results)) {
		t.Errorf("second answer %q", api.answers[1])
	}
	if got := api.answers[2]; got.kind != "error" || !strings.Contains(got.body, `event without`) {
		t.Errorf("third answer %q", got)
	}
	if strings.Contains(log.String(), "AKIDEXAMPLE") {
		t.Errorf("the log holds a key:\n%s", log.String())
	}
}
