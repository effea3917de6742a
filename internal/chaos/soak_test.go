package chaos_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// How long the soak is, and what may grow in it after the warm-up.
const (
	soakInFull  = 20_000
	soakShort   = 300
	warmUpPart  = 20 // of the soak, one part is the warm-up: the first thousand
	soakTimeout = time.Hour
	// maxGrowth is for the Go runtime, which collects garbage when it likes: MiB of resident memory.
	maxGrowth = 8
	// idle is for connections that the client keeps or has just dropped; a leak would be one an event.
	idle = 4
)

// served is the runner as `serve` runs it.
type served struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	cloud  atomic.Pointer[fakeaws.AWS]
	client *http.Client

	mu  sync.Mutex
	log bytes.Buffer
	end chan struct{}
}

// newServed starts `runner serve` on a free port, with an AWS that can be replaced.
func newServed(t *testing.T) *served {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soakTimeout)
	t.Cleanup(cancel)
	s := &served{t: t, client: &http.Client{Timeout: time.Minute}, end: make(chan struct{})}
	s.cloud.Store(newFive())
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.cloud.Load().ServeHTTP(w, r)
	}))
	t.Cleanup(aws.Close)
	s.cmd = exec.CommandContext(ctx, filepath.Join(acctest.Root(t), "bin", "runner"), "serve", "--port", "0")
	s.cmd.Env = []string{
		"AWS_ENDPOINT_URL=" + aws.URL, "AWS_REGION=" + fakeaws.Region, "AWS_ACCESS_KEY_ID=testing",
		"AWS_SECRET_ACCESS_KEY=testing", "GOTRACEBACK=all",
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("%v: run make build", err)
	}
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	_, s.url, _ = strings.Cut(strings.TrimSpace(first), "listening on ")
	if err != nil || s.url == "" {
		t.Fatalf("serve began with %q: %v", first, err)
	}
	go func() {
		defer close(s.end)
		_, _ = io.Copy(s, lines)
	}()
	return s
}

// Write keeps the end of the log, which is long.
func (s *served) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.log.Len() > 1<<20 {
		s.log.Reset()
	}
	return s.log.Write(p)
}

func (s *served) invoke(event string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url, strings.NewReader(event))
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.HasPrefix(body, []byte(`{"results":[{`)) {
		s.t.Fatalf("%s: %v, %s", event, err, body)
	}
}

// usage is what the process holds.
type usage struct{ rssMiB, descriptors, goroutines int }

var rss = regexp.MustCompile(`VmRSS:\s*(\d+) kB`)

// usage reads /proc, and asks with a signal for the stacks of all goroutines, which ends the process,
// where last is true.
func (s *served) usage(last bool) (u usage) {
	s.t.Helper()
	dir := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		s.t.Fatal(err)
	}
	descriptors, err := os.ReadDir(dir + "fd")
	if err != nil {
		s.t.Fatal(err)
	}
	if m := rss.FindSubmatch(status); m != nil {
		var kib int
		_, err = fmt.Sscan(string(m[1]), &kib)
		u.rssMiB = kib >> 10
	}
	if err != nil || u.rssMiB == 0 || len(descriptors) == 0 {
		s.t.Fatalf("%v: %d descriptors, %s", err, len(descriptors), status)
	}
	u.descriptors = len(descriptors)
	if !last {
		return u
	}
	s.mu.Lock()
	s.log.Reset()
	s.mu.Unlock()
	if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		s.t.Fatal(err)
	}
	<-s.end
	_ = s.cmd.Wait() // SIGQUIT is an error
	u.goroutines = strings.Count(s.log.String(), "\ngoroutine ")
	if u.goroutines == 0 {
		s.t.Fatalf("no goroutines in\n%s", s.log.String())
	}
	return u
}

// soak invokes a mix of events in a row. The fake forgets what it has seen at each thousand, and with
// it what it is like, so that all of them find something to do.
func (s *served) soak(n int) {
	s.t.Helper()
	events := []string{
		evening,
		`{"args":["rds","start-cluster","app-db"],"timezone":"Asia/Tokyo"}`,
		`{"args":["ecs","start-services","web/*"],"timezone":"Asia/Tokyo"}`,
		`{"args":["asg","start","batch","--dry-run"]}`,
	}
	for i := range n {
		if i%200 == 0 {
			s.cloud.Store(newFive())
		}
		s.invoke(events[i%len(events)])
	}
}

// The runner holds after 20,000 events what it holds after the first thousand.
func TestChaos_soak(t *testing.T) {
	n := soakShort
	if *full {
		n = soakInFull
	}
	tl := &tally{experiment: "Soak: events in a row under serve; memory, descriptors and goroutines after the first thousand"}
	warm := newServed(t)
	warm.soak(n / warmUpPart)
	before := warm.usage(true)
	s := newServed(t)
	s.soak(n / warmUpPart)
	beginning := s.usage(false)
	s.soak(n - n/warmUpPart)
	end := s.usage(true)
	t.Logf("%d events: after %d of them %+v, then %+v; at the end %+v", n, n/warmUpPart, before, beginning, end)
	well := end.rssMiB <= beginning.rssMiB+maxGrowth && end.descriptors <= beginning.descriptors+idle &&
		end.goroutines <= before.goroutines+idle
	if !well {
		t.Errorf("it grew: %+v (%d goroutines) after %d events, %+v after %d", beginning, before.goroutines,
			n/warmUpPart, end, n)
	}
	for range n {
		tl.count("the runner", well, 0)
	}
	tl.report(t)
}
