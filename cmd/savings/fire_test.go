package main

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
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// serveRunner builds the runner, lets it play Lambda's local endpoint, and returns that.
func serveRunner(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "runner")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", path,
		"./lambda")
	build.Dir = acctest.Root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the runner: %v\n%s", err, out)
	}
	serve := exec.CommandContext(t.Context(), path, "serve", "--port", "0")
	serve.Env = os.Environ()
	stderr, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Kill()
		_ = serve.Wait() // it was killed
	})
	log := bufio.NewReader(stderr)
	line, err := log.ReadString('\n')
	url, found := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !found {
		t.Fatalf("the runner says %q, error %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, log) }() // a full pipe would stop it
	return url
}

// through sends a function's events to the runner that listens at an address.
func through(t *testing.T, url string) fakeaws.Handler {
	t.Helper()
	return func(event []byte) ([]byte, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url,
			bytes.NewReader(event))
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
}

// After a stop, a dry fire, which the real runner answers, and a dry run on this machine agree item
// by item, and so do the stop itself and the same words here.
func TestFireAgreesWithRun(t *testing.T) {
	p, aws, out := hosted(t, command.SystemClock{})
	for id, tags := range map[string]map[string]string{
		"own": nil, "web-1": {"team": "web"}, "web-2": {"team": "web"},
		"kept": {"team": "web", "savings:keep": "yes"},
	} {
		c := fakeaws.DBCluster{ID: id}
		c.Status, c.Tags = "available", tags
		aws.RDS().PutCluster(c)
	}
	putCluster(aws, "broken", "inaccessible-encryption-credentials")
	aws.Lambda().PutFunction(fakeaws.Function{FunctionName: "tools"})
	aws.Lambda().Handle("tools", through(t, serveRunner(t)))
	args := []string{"rds", "stop-cluster", "own", "gone", "team=web", "broken", "none=such"}
	schedule := fakeaws.Schedule{GroupName: "night", Name: "stop", State: "ENABLED"}
	schedule.Target.Arn = functionARN
	schedule.Target.Input = payload.Encode(payload.Payload{
		Args: args, Group: "night", Schedule: "stop", Holds: true, Timezone: "Asia/Tokyo",
	})
	aws.Scheduler().PutSchedule(schedule)

	savings := func(args ...string) string {
		t.Helper()
		out.Reset()
		if code := p.execute(t.Context(), args); code != exitFailed {
			t.Errorf("savings %q: exit code %d, want %d, as two items fail", args, code, exitFailed)
		}
		return out.String()
	}
	fire := []string{"fire", "--name", "night", "--event", "stop"}
	run := append([]string{"run"}, args...)
	const want = "own        done       available → stopping\ngone       not_found "
	if got := savings(fire...); !strings.HasPrefix(got, want) {
		t.Errorf("fire printed\n%s\nwant it to begin with\n%s", got, want)
	}
	for _, flags := range [][]string{{"--dry-run"}, {"--dry-run", "--format", "json"}, nil} {
		fired := savings(slices.Concat(fire, flags)...)
		ran := savings(slices.Concat(run, flags)...)
		// A failed run has its sentence behind "the run failed: ".
		fired = strings.Replace(fired, "savings: the run failed: ", "savings: ", 1)
		if d := cmp.Diff(ran, fired); d != "" {
			t.Errorf("%q: -run +fire %s", flags, d)
		}
	}
}
