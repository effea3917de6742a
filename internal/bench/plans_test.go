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
	usage      string // where the gauge writes
	status     int    // the exit status that the plan shall have
}

// measurePlans has plans of schedules that exist already.
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
	var contests []contest
	for _, n := range growth {
		contests = append(contests, prepare(t, tfcli.Tofu, n, false, release, gauge))
	}
	for _, tool := range tools {
		contests = append(contests, prepare(t, tool, oneOf, true, release, gauge))
	}
	for range rounds(planRounds) {
		rand.Shuffle(len(contests), func(i, j int) { contests[i], contests[j] = contests[j], contests[i] })
		for _, c := range contests {
			c.plan(t, &r)
		}
	}
	return r
}

func planWork(n int) string { return fmt.Sprintf("plan of %d unchanged", n) }

const workOneOf = "plan of one change in 200"

// prepare applies n events, and changes one of them if asked to.
func prepare(t *testing.T, tool tfcli.Tool, n int, changed bool, release, gauge string) contest {
	t.Helper()
	cloud := startCloud(t)
	c := contest{
		work: planWork(n), tool: string(tool), usage: filepath.Join(t.TempDir(), "usage"),
	}
	c.cli = acctest.NewCLI(t, tool, append(cloud.env(), "BENCH_PROGRAM="+release, "BENCH_USAGE="+c.usage)...)
	useProvider(t, c.cli, "savings", gauge)
	c.cli.Write("main.tf", scheduleConfig(n, false))
	c.cli.Init()
	c.cli.Apply()
	if changed {
		c.work, c.status = workOneOf, 2
		c.cli.Write("main.tf", scheduleConfig(n, true))
	}
	return c
}

func (c contest) plan(t *testing.T, r *results) {
	t.Helper()
	if err := os.Truncate(c.usage, 0); err != nil {
		t.Fatal(err)
	}
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
