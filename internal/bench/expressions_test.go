//go:build linux

package bench_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

const (
	expressionRounds = 20
	// iterations are so few that another program of the machine mostly spoils a whole measurement, which
	// the median leaves out, or none.
	iterations = "1000x"
)

// expressionsFile has the results as the go command prints them, for benchstat.
const expressionsFile = "expressions.txt"

// measureExpressions runs the benchmarks of tools/bench, in which the parsers take turns in an order
// left to chance, and keeps what they print.
func measureExpressions(t *testing.T) {
	t.Helper()
	module := filepath.Join(acctest.Root(t), "tools", "bench")
	program := filepath.Join(t.TempDir(), "expressions.test")
	runIn(t, module, "go", "test", "-c", "-o", program, ".")
	runIn(t, module, program, "-test.run", "TestAgreement")
	var b bytes.Buffer
	fmt.Fprintf(&b, "date: %s\nmachine: %s\nload-at-start: %s\n", time.Now().UTC().Format(time.DateOnly), machine(), load())
	fmt.Fprintf(&b, "versions: %s\n", strings.Join(rivalVersions(t, module), ", "))
	for range rounds(expressionRounds) {
		b.WriteString(runIn(t, module, program, "-test.run", "^$", "-test.bench", ".", "-test.benchtime", iterations))
	}
	if err := os.WriteFile(rawPath(t, expressionsFile), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	checkExpressions(t)
}

func rivalVersions(t *testing.T, module string) []string {
	t.Helper()
	versions := []string{goVersion()}
	for _, path := range []string{"github.com/hashicorp/cronexpr", "github.com/robfig/cron/v3", "github.com/adhocore/gronx"} {
		out := runIn(t, module, "go", "list", "-m", path)
		versions = append(versions, strings.TrimPrefix(strings.TrimSpace(out), "github.com/"))
	}
	return versions
}

// runIn runs a command line in a folder and returns what it printed.
func runIn(t *testing.T, dir string, argv ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(argv, " "), err, out, &stderr)
	}
	return string(out)
}
