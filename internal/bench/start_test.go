//go:build linux

package bench_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

const (
	startRounds  = 101
	pythonRounds = 15
	rssRounds    = 5
	cluster      = "bench-aurora"
	// runTimeout bounds one run of one program.
	runTimeout = time.Minute
)

// program is one that asks AWS for the state of one DB cluster.
type program struct {
	name string
	argv []string
	env  []string
	// check looks at how it ended.
	check func(output string, err error) error

	firstCall, answer []time.Duration // since the process started
	peaks             []int           // resident memory in KiB
}

// gate stands between the programs and the emulator: it counts the calls and takes their times.
type gate struct {
	next http.Handler

	mu          sync.Mutex
	calls       int
	first, last time.Time
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	if g.calls++; g.calls == 1 {
		g.first = time.Now()
	}
	g.mu.Unlock()
	g.next.ServeHTTP(w, r)
	g.mu.Lock()
	g.last = time.Now()
	g.mu.Unlock()
}

// reset returns what was seen since the last reset.
func (g *gate) reset() (calls int, first, last time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	calls, first, last = g.calls, g.first, g.last
	g.calls = 0
	return calls, first, last
}

// measureStarts runs the programs in turn against moto. The Python command line is left out where
// there is none.
func measureStarts(t *testing.T) []*program {
	t.Helper()
	moto := acctest.Moto(t)
	_, err := rds.NewFromConfig(moto.Config(t)).CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String(cluster), Engine: aws.String("aurora-mysql"),
		MasterUsername: aws.String("root"), MasterUserPassword: aws.String("long enough"),
	})
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(moto.URL)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{next: httputil.NewSingleHostReverseProxy(target)}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	programs := contestants(t, append(moto.Env(), "AWS_ENDPOINT_URL="+server.URL, "HOME="+t.TempDir(),
		"PATH="+os.Getenv("PATH")))
	native := slices.DeleteFunc(slices.Clone(programs), (*program).python)
	for range rounds(startRounds) {
		rand.Shuffle(len(native), func(i, j int) { native[i], native[j] = native[j], native[i] })
		for _, p := range native {
			p.start(t, g)
		}
	}
	// Python keeps the machine busy for so long that whoever ran next would find all caches cold.
	for _, python := range slices.DeleteFunc(slices.Clone(programs), (*program).native) {
		for range rounds(pythonRounds) {
			python.start(t, g)
		}
	}
	gauge := buildProgram(t, t.TempDir(), "./internal/bench/gauge")
	for range rounds(rssRounds) {
		for _, p := range programs {
			p.peaks = append(p.peaks, p.peak(t, gauge))
		}
	}
	return programs
}

func contestants(t *testing.T, env []string) []*program {
	t.Helper()
	dir := t.TempDir()
	const event = `{"args":["rds","stop-cluster","` + cluster + `","--dry-run"]}`
	api := acctest.StartLambdaRuntime(t, "arn:aws:lambda:us-east-1:123456789012:function:bench", runTimeout, event)
	stops := func(output string) error {
		if !strings.Contains(output, `"outcome":"dry_run"`) {
			return errors.New("unexpected answer " + output)
		}
		return nil
	}
	shows := func(output string, err error) error {
		if err == nil && !strings.Contains(output, cluster) {
			err = errors.New("unexpected output")
		}
		return err
	}
	programs := []*program{
		{
			name: runnerName, argv: []string{buildProgram(t, dir, "./lambda")},
			env: append(slices.Clone(env), api.Env()),
			check: func(string, error) error {
				api.Give(event) // to the next process
				return stops(fmt.Sprint(api.Answers()))
			},
		},
		{
			name: savingsName, env: env,
			argv: []string{buildProgram(t, dir, "./cmd/savings"), "run", "rds", "stop-cluster", cluster,
				"--dry-run", "--format", "json"},
			check: func(output string, err error) error { return errors.Join(err, stops(output)) },
		},
		{
			name: bareName, argv: []string{buildProgram(t, dir, "./internal/bench/bare"), cluster},
			env: env, check: shows,
		},
	}
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Log("no aws on the PATH: the row of the Python command line is left out")
		return programs
	}
	return append(programs, &program{
		name: pythonName, env: env, check: shows,
		argv: []string{path, "rds", "describe-db-clusters", "--db-cluster-identifier", cluster},
	})
}

// buildProgram builds one for this machine, as the release does.
func buildProgram(t *testing.T, dir, pkg string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.Base(pkg))
	buildFor(t, path, pkg, "CGO_ENABLED=0")
	return path
}

// buildPlain builds one with its symbols, for profiles.
func buildPlain(t *testing.T, dir, pkg string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.Base(pkg))
	runIn(t, acctest.Root(t), "go", "build", "-o", path, pkg)
	return path
}

func buildFor(t *testing.T, path, pkg string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false",
		"-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=", "-o", path, pkg)
	cmd.Dir, cmd.Env = acctest.Root(t), append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", pkg, err, out)
	}
}

func (p *program) python() bool { return p.name == pythonName }
func (p *program) native() bool { return !p.python() }

// start takes the times of one start.
func (p *program) start(t *testing.T, g *gate) {
	t.Helper()
	start := time.Now()
	p.run(t, p.argv...)
	calls, first, last := g.reset()
	if calls != 1 {
		t.Fatalf("%s made %d calls, want 1", p.name, calls)
	}
	p.firstCall = append(p.firstCall, first.Sub(start))
	p.answer = append(p.answer, last.Sub(start))
}

// run runs a command line to its end and returns what it printed.
func (p *program) run(t *testing.T, argv ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = p.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err := p.check(stdout.String(), err); err != nil {
		t.Fatalf("%s: %v\n%s%s", p.name, err, &stdout, &stderr)
	}
	return stdout.String()
}

// peak is the most memory that the program holds, in KiB.
func (p *program) peak(t *testing.T, gauge string) int {
	t.Helper()
	usage := filepath.Join(t.TempDir(), "usage")
	gauged := *p
	gauged.env = append(slices.Clone(p.env), "BENCH_PROGRAM="+p.argv[0], "BENCH_USAGE="+usage)
	gauged.run(t, append([]string{gauge}, p.argv[1:]...)...)
	kib, _ := readUsage(t, usage)
	return kib
}
