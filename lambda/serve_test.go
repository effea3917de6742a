package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func newEndpoint(a *fakeaws.AWS) *endpoint {
	return &endpoint{&handler{
		load:  func(context.Context) (aws.Config, error) { return a.Config(), nil },
		clock: clock{fakeaws.NewClock(time.Now())},
		log:   slog.New(slog.DiscardHandler),
	}, "192.0.2.7"}
}

func TestServe(t *testing.T) {
	t.Parallel()
	const event = `{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`
	tests := []struct {
		name, method, url string
		header            http.Header
		body              string
		status            int
		answer            string // its beginning
	}{
		{"an event", "POST", "http://localhost:9000" + invocations, nil, event, 200, stopped},
		{"by address", "POST", "http://127.0.0.1:9000" + invocations, nil, event, 200, stopped},
		{"by IPv6 address", "POST", "http://[::1]:9000" + invocations, nil, event, 200, stopped},
		{"by the listener's address", "POST", "http://192.0.2.7" + invocations, nil, event, 200, stopped},
		{
			"a run that fails", "POST", "http://localhost" + invocations, nil,
			`{"args":["rds","stop-cluster","no-such"]}`, 200,
			`{"errorMessage":"1 of 1 failed: no-such: no such DB cluster in us-east-1: check identifier ` +
				`and region\n{\"results\":[{`,
		},
		{
			"no event", "POST", "http://localhost" + invocations, nil, ``, 200,
			`{"errorMessage":"reading the event: unexpected end of JSON input\n{\"results\":[]}",` +
				`"errorType":"runError"}`,
		},
		{
			"from a web page", "POST", "http://localhost:9000" + invocations,
			http.Header{"Origin": {"http://localhost:9000"}}, event, 403,
			`{"errorMessage":"this endpoint is for programs on this machine, not for web pages",` +
				`"errorType":"ForbiddenException"}`,
		},
		{
			"by a name that points here", "POST", "http://evil.example:9000" + invocations, nil, event, 403,
			`{"errorMessage":"this endpoint is for`,
		},
		{
			"by another address", "POST", "http://192.0.2.8" + invocations, nil, event, 403,
			`{"errorMessage":"this endpoint is for`,
		},
		{
			"another path", "POST", "http://localhost/", nil, event, 404,
			`{"errorMessage":"events go to /2015-03-31/functions/function/invocations",` +
				`"errorType":"ResourceNotFoundException"}`,
		},
		{
			"another method", "GET", "http://localhost" + invocations, nil, "", 405,
			`{"errorMessage":"events are sent by POST","errorType":"MethodNotAllowedException"}`,
		},
		{
			"too much", "POST", "http://localhost" + invocations, nil, strings.Repeat(" ", maxEvent+1), 413,
			`{"errorMessage":"an event has at most 6291456 bytes","errorType":"RequestTooLargeException"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newCloud(t)
			r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.url, strings.NewReader(tt.body))
			for name, values := range tt.header {
				r.Header[name] = values
			}
			w := httptest.NewRecorder()
			newEndpoint(a).ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != tt.status || !strings.HasPrefix(body, tt.answer) || !json.Valid([]byte(body)) {
				t.Errorf("status %d, body %s\nwant %d, %s", w.Code, body, tt.status, tt.answer)
			}
			if failed := strings.Contains(body, "runError"); failed !=
				(w.Header().Get("X-Amz-Function-Error") == "Unhandled") {
				t.Errorf("headers %v of %s", w.Header(), body)
			}
			if ran := strings.HasPrefix(status(t, a), "stop"); ran != (tt.answer == stopped) {
				t.Errorf("the cluster is %s", status(t, a))
			}
		})
	}
}

// At the end a run in flight is interrupted and still answered.
func TestServe_endsGracefully(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	a.Fail(fakeaws.Match{Operation: "DescribeDBClusters"}, fakeaws.Fault{Hold: hold})
	ctx, end := context.WithCancel(t.Context())
	a.OnRequest(func(fakeaws.Request) { end() })
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- serveOn(ctx, listener, newEndpoint(a)) }()
	body := post(t, "http://"+listener.Addr().String()+invocations,
		`{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`)
	if !strings.Contains(body, "interrupted") || !strings.Contains(body, `"errorType":"runError"`) {
		t.Errorf("answer %s, want an interrupted run", body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func post(t *testing.T, url, event string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestServe_usage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--port", "70000"}, {"--port", "http"}, {"--address", "localhost"}, {"9000"}, {"--listen", "x"},
	} {
		var stderr strings.Builder
		if code := serve(t.Context(), args, nil, &stderr); code != exitUsage || stderr.Len() == 0 {
			t.Errorf("%q: exit code %d, stderr %q; want %d and a word", args, code, stderr.String(), exitUsage)
		}
	}
}

func TestBinaryServes(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	cmd := exec.CommandContext(t.Context(), build(t, runtime.GOOS, runtime.GOARCH), "serve", "--port=0")
	cmd.Env = []string{
		"AWS_ENDPOINT_URL=" + a.URL(), "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	if !lines.Scan() {
		t.Fatal("no first line")
	}
	url, ok := strings.CutPrefix(lines.Text(), "listening on ")
	if !ok || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("first line %q", lines.Text())
	}
	body := post(t, url, `{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`)
	if body != stopped+"\n" {
		t.Errorf("answer %s, want %s", body, stopped)
	}
	if !lines.Scan() || !strings.Contains(lines.Text(), "msg=done service=rds action=stop-cluster") {
		t.Errorf("log line %q", lines.Text())
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after a signal: %v", err)
	}
}
