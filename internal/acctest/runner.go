package acctest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ServedRunner is a runner that plays Lambda's local endpoint.
type ServedRunner struct {
	tb  testing.TB
	url string
}

// Runner builds the runner and serves it until the test ends; env is added to the test's own.
func Runner(tb testing.TB, env ...string) *ServedRunner {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "runner")
	build := exec.CommandContext(tb.Context(), "go", "build", "-tags", "lambda.norpc", "-o", path, "./lambda")
	build.Dir = Root(tb)
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("building the runner: %v\n%s", err, out)
	}
	serve := exec.CommandContext(tb.Context(), path, "serve", "--port", "0")
	serve.Env = append(os.Environ(), env...)
	stderr, err := serve.StderrPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = serve.Process.Kill()
		_ = serve.Wait() // it was killed
	})
	log := bufio.NewReader(stderr)
	line, err := log.ReadString('\n')
	url, found := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !found {
		tb.Fatalf("the runner says %q, error %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, log) }() // a full pipe would stop it
	return &ServedRunner{tb, url}
}

// Handle runs one event, as fakeaws.Handler does.
func (r *ServedRunner) Handle(event []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(r.tb.Context(), http.MethodPost, r.url, bytes.NewReader(event))
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.Header.Get("X-Amz-Function-Error") == "" {
		return answer, err
	}
	var failure struct{ ErrorMessage string }
	if err := json.Unmarshal(answer, &failure); err != nil {
		return nil, err
	}
	return nil, errors.New(failure.ErrorMessage)
}
