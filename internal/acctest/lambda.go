package acctest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// LambdaRuntime plays AWS Lambda's Runtime API (AWS Lambda Developer Guide, "Using the Lambda runtime
// API") for a runner's process: it hands out the events that it was given, in turn, and keeps the
// answers. Asked for one more it fails, which ends the runner.
type LambdaRuntime struct {
	url         string
	functionARN string
	timeout     time.Duration

	mu      sync.Mutex
	events  []string
	number  int
	answers []LambdaAnswer
}

// LambdaAnswer is what one invocation came to; of a runner that was killed there is none.
type LambdaAnswer struct {
	Body   string
	Failed bool // the body is an error's
}

// StartLambdaRuntime starts one until the test ends, for the function of that ARN, which has the
// timeout for each event.
func StartLambdaRuntime(tb testing.TB, functionARN string, timeout time.Duration, events ...string) *LambdaRuntime {
	tb.Helper()
	l := &LambdaRuntime{functionARN: functionARN, timeout: timeout, events: events}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", l.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/{kind}", l.keep)
	server := httptest.NewServer(mux)
	tb.Cleanup(server.Close)
	l.url = server.URL
	return l
}

// Env is the environment variable that leads a runner here.
func (l *LambdaRuntime) Env() string {
	return "AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(l.url, "http://")
}

// Give adds events to those that are handed out.
func (l *LambdaRuntime) Give(events ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, events...)
}

// Answers returns the answers since it was last asked.
func (l *LambdaRuntime) Answers() []LambdaAnswer {
	l.mu.Lock()
	defer l.mu.Unlock()
	answers := l.answers
	l.answers = nil
	return answers
}

func (l *LambdaRuntime) next(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.events) == 0 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	event := l.events[0]
	l.events = l.events[1:]
	l.number++
	w.Header().Set("Lambda-Runtime-Aws-Request-Id", "request-"+strconv.Itoa(l.number))
	w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", l.functionARN)
	w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(l.timeout).UnixMilli(), 10))
	_, _ = io.WriteString(w, event)
}

func (l *LambdaRuntime) keep(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the runner died while it answered
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, LambdaAnswer{Body: string(body), Failed: r.PathValue("kind") == "error"})
	w.WriteHeader(http.StatusAccepted)
}
