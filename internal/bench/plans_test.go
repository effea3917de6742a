//go:build linux

package bench_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const (
	planRounds = 5
	// oneOf is how many events the plan of one change has.
	oneOf = 200
)

// growth are the numbers of events whose plans are compared.
var growth = []int{100, 1000, 10_000}

// contest is a plan that is measured, in a working folder of its own.
type contest struct {
	work, tool string
	cli        *acctest.CLI
	status     int // the exit status that the plan shall have
	// The gauge stands in the provider's place. It starts what the link program points to, and writes to
	// usage; a provider that takes profiles writes them to the folder profiles.
	program, usage, profiles string
}

// measurePlans has plans of schedules that exist already. It draws profiles of the provider too: of the
// apply of 1,000 events that comes before, and of one more plan of the most events.
func measurePlans(t *testing.T) results {
	t.Helper()
	tools := []tfcli.Tool{tfcli.Tofu, tfcli.Terraform}
	versions := make([]string, len(tools))
	for i, tool := range tools {
		versions[i] = toolVersion(t, tool)
	}
	r := newResults(t, versions...)
	dir := t.TempDir()
	release, gauge := releaseProvider(t, dir), buildProgram(t, dir, "./internal/bench/gauge")
	profiled := buildPlain(t, dir, "./internal/bench/profiled")
	var contests []contest
	for _, n := range growth {
		c := newContest(t, tfcli.Tofu, n, gauge)
		c.use(t, profiled)
		c.cli.Apply()
		if n == manySchedules {
			c.draw(t, &r, profiled, profileApply, n)
		}
		contests = append(contests, c)
	}
	for _, tool := range tools {
		c := newContest(t, tool, oneOf, gauge)
		c.use(t, release)
		c.cli.Apply()
		c.work, c.status = workOneOf, 2
		c.cli.Write("main.tf", scheduleConfig(oneOf, true))
		contests = append(contests, c)
	}
	largest := contests[len(growth)-1]
	for range rounds(planRounds) {
		rand.Shuffle(len(contests), func(i, j int) { contests[i], contests[j] = contests[j], contests[i] })
		for _, c := range contests {
			c.use(t, release)
			c.plan(t, &r)
		}
	}
	largest.use(t, profiled)
	must(t, largest.cli.Run("plan", "-no-color", "-detailed-exitcode"), 0)
	largest.draw(t, &r, profiled, profilePlan, growth[len(growth)-1])
	return r
}

func planWork(n int) string { return fmt.Sprintf("plan of %d unchanged", n) }

const workOneOf = "plan of one change in 200"

// newContest prepares a working folder for n events.
func newContest(t *testing.T, tool tfcli.Tool, n int, gauge string) contest {
	t.Helper()
	dir, cloud := t.TempDir(), startCloud(t)
	c := contest{
		work: planWork(n), tool: string(tool),
		program: filepath.Join(dir, "program"), usage: filepath.Join(dir, "usage"), profiles: filepath.Join(dir, "profiles"),
	}
	c.cli = acctest.NewCLI(t, tool, append(cloud.env(),
		"BENCH_PROGRAM="+c.program, "BENCH_USAGE="+c.usage, "BENCH_PROFILES="+c.profiles)...)
	useProvider(t, c.cli, "savings", gauge)
	c.cli.Write("main.tf", scheduleConfig(n, false))
	c.cli.Init()
	return c
}

// use makes a program the provider, and forgets what the one before wrote.
func (c contest) use(t *testing.T, program string) {
	t.Helper()
	err := errors.Join(os.RemoveAll(c.program), os.Symlink(program, c.program), os.WriteFile(c.usage, nil, 0o600),
		os.RemoveAll(c.profiles), os.Mkdir(c.profiles, 0o700))
	if err != nil {
		t.Fatal(err)
	}
}

// The pictures of profiles, among the documentation's images.
const (
	profileApply = "profile-apply"
	profilePlan  = "profile-plan"
)

// draw makes a picture of where the CPU time went with so many events.
func (c contest) draw(t *testing.T, r *results, program, name string, events int) {
	t.Helper()
	profiles, err := filepath.Glob(filepath.Join(c.profiles, "*.cpu"))
	if err != nil || len(profiles) == 0 {
		t.Fatalf("no profiles in %s: %v", c.profiles, err)
	}
	svg := runIn(t, c.profiles, append([]string{"go", "tool", "pprof", "-svg", "-nodecount=40", program}, profiles...)...)
	r.add("picture", name, "events", "", float64(events))
	path := filepath.Join(acctest.Root(t), "templates", "guides", "images", name+".svg")
	if err := os.WriteFile(path, []byte(svg), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (c contest) plan(t *testing.T, r *results) {
	t.Helper()
	cpu := cpuTime(t, syscall.RUSAGE_CHILDREN)
	begin := time.Now()
	out := must(t, c.cli.Run("plan", "-no-color", "-detailed-exitcode"), c.status)
	whole := time.Since(begin)
	peak, provider := readUsage(t, c.usage)
	r.add(c.work, c.tool, "whole command", "ms", ms(whole))
	r.add(c.work, c.tool, "CPU time", "ms", ms(cpuTime(t, syscall.RUSAGE_CHILDREN)-cpu))
	r.add(c.work, c.tool, "provider's CPU time", "ms", ms(provider))
	r.add(c.work, c.tool, "provider's peak memory", "MiB", float64(peak)/1024)
	r.add(c.work, c.tool, "lines printed", "", float64(strings.Count(out.Stdout, "\n")))
}

// readUsage reads what the gauge wrote: the most memory of any process, in KiB, and their CPU time.
func readUsage(t *testing.T, file string) (peak int, cpu time.Duration) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		var kib, micros int
		if _, err := fmt.Sscan(line, &kib, &micros); err != nil {
			t.Fatalf("reading %q: %v", line, err)
		}
		peak, cpu = max(peak, kib), cpu+time.Duration(micros)*time.Microsecond
	}
	if peak == 0 {
		t.Fatal("the gauge wrote nothing")
	}
	return peak, cpu
}

func toolVersion(t *testing.T, tool tfcli.Tool) string {
	t.Helper()
	path, err := tfcli.Find(acctest.Root(t), tool)
	if err != nil {
		t.Fatal(err)
	}
	// The developer's own configuration may make it print something else first.
	cmd := exec.CommandContext(t.Context(), path, "version")
	cmd.Env = []string{"TF_CLI_CONFIG_FILE=" + os.DevNull, "CHECKPOINT_DISABLE=1"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking %s for its version: %v", tool, err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.Replace(line, " v", " ", 1)
}
