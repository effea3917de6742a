//go:build linux

package bench_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const (
	region  = "ap-northeast-1"
	account = "123456789012"
)

// The works that are measured on many schedules, in their order.
const (
	workCreate  = "create 1,000"
	workRefresh = "refresh 1,000"
	workChange  = "change one of 1,000"
	workDestroy = "destroy 1,000"
)

var scheduleWorks = []string{workCreate, workRefresh, workChange, workDestroy}

// The programs that do them.
const (
	oursName     = "savings_schedule"
	bareSetsName = "bare SDK"
	plainName    = "plain resource, for_each"
)

const (
	manySchedules  = 1000
	scheduleRounds = 7
)

// crew is a program that does the works, each time on a cloud of its own.
type crew struct {
	name string
	// start prepares a working folder; the result does one of the works and returns its output.
	start func(t *testing.T, c *cloud) func(t *testing.T, work string) string
}

// measureSchedules lets ours, the bare program and the plain provider do the same in turn, in an
// order left to chance.
func measureSchedules(t *testing.T) results {
	t.Helper()
	r := newResults(t, toolVersion(t, tfcli.Tofu))
	dir := t.TempDir()
	release, gauge := releaseProvider(t, dir), buildProgram(t, dir, "./internal/bench/gauge")
	crews := []crew{
		{oursName, tofuCrew(release, "savings", ourConfig)},
		{bareSetsName, bareCrew(buildProgram(t, dir, "./internal/bench/baresets"))},
		{plainName, tofuCrew(buildProgram(t, dir, "./internal/bench/plainprovider"), "plain", plainConfig)},
	}
	for round := range rounds(scheduleRounds) {
		calls := map[string]map[string]map[string]int{}
		rand.Shuffle(len(crews), func(i, j int) { crews[i], crews[j] = crews[j], crews[i] })
		for _, crew := range crews {
			calls[crew.name] = crew.round(t, &r)
		}
		measureRest(t, &r, release, gauge)
		for work, want := range calls[bareSetsName] {
			if diff := cmp.Diff(want, calls[oursName][work]); diff != "" {
				t.Errorf("round %d, %s: the bare program (-) makes other calls than ours (+):\n%s", round, work, diff)
			}
		}
	}
	return r
}

// measureRest does all works once with a gauge in the provider's place, and takes what OpenTofu itself
// has cost: no provider could make the command cheaper than that.
func measureRest(t *testing.T, r *results, release, gauge string) {
	t.Helper()
	usage := filepath.Join(t.TempDir(), "usage")
	do := tofuCrew(gauge, "savings", ourConfig, "BENCH_PROGRAM="+release, "BENCH_USAGE="+usage)(t, startCloud(t))
	for _, work := range scheduleWorks {
		if err := os.WriteFile(usage, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		cpu := cpuTime(t, syscall.RUSAGE_CHILDREN)
		do(t, work)
		_, provider := readUsage(t, usage)
		r.add(work, oursName, "OpenTofu's CPU time", "ms", ms(cpuTime(t, syscall.RUSAGE_CHILDREN)-cpu-provider))
	}
}

func sum(counts map[string]int) int {
	n := 0
	for _, count := range counts {
		n += count
	}
	return n
}

// round does all works once and returns the calls of each.
func (crew crew) round(t *testing.T, r *results) map[string]map[string]int {
	t.Helper()
	c := startCloud(t)
	do := crew.start(t, c)
	calls := map[string]map[string]int{}
	for _, work := range scheduleWorks {
		begin, emulator, program := time.Now(), cpuTime(t, syscall.RUSAGE_SELF), cpuTime(t, syscall.RUSAGE_CHILDREN)
		out := do(t, work)
		whole := time.Since(begin)
		a := c.take()
		calls[work] = a.calls
		r.add(work, crew.name, "whole command", "ms", ms(whole))
		r.add(work, crew.name, "CPU time", "ms", ms(cpuTime(t, syscall.RUSAGE_CHILDREN)-program))
		r.add(work, crew.name, "own calls", "ms", ms(a.took))
		r.add(work, crew.name, "calls", "", float64(sum(a.calls)))
		r.add(work, crew.name, "emulator's CPU time", "ms", ms(cpuTime(t, syscall.RUSAGE_SELF)-emulator))
		r.add(work, crew.name, "lines printed", "", float64(strings.Count(out, "\n")))
	}
	if len(c.schedules) > 0 {
		t.Fatalf("%s left %d schedules", crew.name, len(c.schedules))
	}
	return calls
}

func tofuCrew(
	provider, kind string, config func(changed bool) string, env ...string,
) func(*testing.T, *cloud) func(*testing.T, string) string {
	return func(t *testing.T, c *cloud) func(*testing.T, string) string {
		t.Helper()
		cli := acctest.NewCLI(t, tfcli.Tofu, append(c.env(), env...)...)
		useProvider(t, cli, kind, provider)
		cli.Write("main.tf", config(false))
		cli.Init()
		return func(t *testing.T, work string) string {
			t.Helper()
			switch work {
			case workCreate:
				return cli.Apply().Stdout
			case workRefresh:
				return must(t, cli.Run("plan", "-no-color", "-detailed-exitcode"), 0).Stdout
			case workChange:
				cli.Write("main.tf", config(true))
				return cli.Apply().Stdout
			}
			return cli.Destroy().Stdout
		}
	}
}

// useProvider puts a provider into the mirror, under a version above that of make build.
func useProvider(t *testing.T, cli *acctest.CLI, kind, path string) {
	t.Helper()
	if err := cli.AddProvider("spin-dd/"+kind, "1.0.0", path); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, res tfcli.Result, status int) tfcli.Result {
	t.Helper()
	if res.ExitCode != status {
		t.Fatalf("exit status %d, want %d\n%s%s", res.ExitCode, status, res.Stdout, res.Stderr)
	}
	return res
}

func bareCrew(path string) func(*testing.T, *cloud) func(*testing.T, string) string {
	verbs := map[string]string{
		workCreate: "create", workRefresh: "read", workChange: "change", workDestroy: "remove",
	}
	return func(_ *testing.T, c *cloud) func(*testing.T, string) string {
		return func(t *testing.T, work string) string {
			t.Helper()
			cmd := exec.CommandContext(t.Context(), path, verbs[work], fmt.Sprint(manySchedules))
			cmd.Env = append(c.env(), "HOME="+t.TempDir(), "PATH="+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", work, err, out)
			}
			return string(out)
		}
	}
}

// releaseProvider builds the provider as it ships.
func releaseProvider(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "terraform-provider-savings")
	buildFor(t, path, ".", "CGO_ENABLED=0")
	return path
}
