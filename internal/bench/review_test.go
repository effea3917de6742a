//go:build linux

package bench_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

const (
	reviewRounds = 31
	workReview   = "review of 500 events"
)

var reviewFormats = []string{"markdown", "html", "json"}

// measureReview has `savings review` read the plan of 500 events that its own tests have.
func measureReview(t *testing.T) results {
	t.Helper()
	r := newResults(t)
	dir := t.TempDir()
	savings, gauge := buildProgram(t, dir, "./cmd/savings"), buildProgram(t, dir, "./internal/bench/gauge")
	plan := filepath.Join(acctest.Root(t), "internal", "review", "testdata", "plans", "five_hundred.tofu.json")
	if n := countEvents(t, plan); n != 500 {
		t.Fatalf("the plan has %d events, want 500", n)
	}
	usage := filepath.Join(dir, "usage")
	formats := slices.Clone(reviewFormats)
	for range rounds(reviewRounds) {
		rand.Shuffle(len(formats), func(i, j int) { formats[i], formats[j] = formats[j], formats[i] })
		for _, format := range formats {
			if err := os.WriteFile(usage, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"review", plan, "--format", format}
			begin := time.Now()
			runProgram(t, exec.CommandContext(t.Context(), savings, args...))
			r.add(workReview, format, "whole command", "ms", ms(time.Since(begin)))
			gauged := exec.CommandContext(t.Context(), gauge, args...)
			gauged.Env = []string{"BENCH_PROGRAM=" + savings, "BENCH_USAGE=" + usage}
			runProgram(t, gauged)
			peak, cpu := readUsage(t, usage)
			r.add(workReview, format, "CPU time", "ms", ms(cpu))
			r.add(workReview, format, "peak memory", "MiB", float64(peak)/1024)
		}
	}
	return r
}

func runProgram(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.Output(); err != nil || len(out) < 1000 {
		t.Fatalf("%s: %v, %d bytes", cmd, err, len(out))
	}
}

// countEvents tells how many events a plan's JSON has, in case the fixture changes.
func countEvents(t *testing.T, file string) int {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Changes []struct {
			Change struct {
				After struct {
					Events map[string]any `json:"events"`
				} `json:"after"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(content, &plan); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range plan.Changes {
		n += len(c.Change.After.Events)
	}
	return n
}
