// Package bench_test measures the runner and writes what it measured into the documentation:
//
//	make bench-runner
package bench_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

var (
	write  = flag.Bool("write", false, "measure, and write the results and the documentation's tables")
	always = flag.Int("rounds", 0, "how often everything is measured; 0 is as often as it says itself")
)

// rounds is how often something is measured that wants n rounds.
func rounds(n int) int {
	if *always > 0 {
		return *always
	}
	return n
}

const scheduleRounds = 7

func TestSchedules(t *testing.T) { //nolint:paralleltest // others would spoil the times
	if !*write {
		t.Skip("make bench measures")
	}
	r := measureSchedules(t)
	r.write(t, "schedules")
}

const (
	bareName   = "a bare program with the AWS SDK for Go"
	pythonName = "`aws rds describe-db-clusters` (Python)"
)

// Limits: of the runner's program in bytes, of its start in times that of the bare program, and of
// the Python command line's in times that of the runner.
const (
	maxProgram  = 16_000_000
	maxPacked   = 6_000_000
	aimedRatio  = 1.15
	maxRatio    = 1.3
	leastPython = 10
)

// The figures stand between these lines of the page.
const (
	pagePath    = "templates/guides/performance.md"
	beginMarker = "<!-- figures: written by make bench-runner -->\n"
	endMarker   = "<!-- end of the figures -->\n"
)

func TestFigures(t *testing.T) { //nolint:paralleltest // others would spoil the times
	if !*write {
		t.Skip("make bench-runner measures")
	}
	program, packed := measureSize(t)
	starts := measureStarts(t)
	fleets := measureFleets(t)
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, on %s/%s with %d cores, with %s.\n\n", time.Now().UTC().Format(time.DateOnly),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), versions(t, starts))
	fmt.Fprintf(&b, "| The runner for linux/arm64, stripped | Bytes | At most |\n|---|--:|--:|\n"+
		"| program | %s | %s |\n| program, gzip | %s | %s |\n\n",
		grouped(program), grouped(maxProgram), grouped(packed), grouped(maxPacked))
	startTable(&b, starts)
	fmt.Fprintf(&b, "\n| One run | AWS calls | Time (ms) |\n|---|--:|--:|\n")
	for _, f := range fleets {
		fmt.Fprintf(&b, "| %s | %s | %.0f |\n", f.name, grouped(median(f.calls)), milliseconds(f.times))
	}
	fmt.Println(b.String())
	replaceFigures(t, b.String())
	if program > maxProgram || packed > maxPacked {
		t.Errorf("the runner has %d bytes, packed %d", program, packed)
	}
	checkStarts(t, starts)
}

// measureSize builds the runner as it ships for linux/arm64.
func measureSize(t *testing.T) (program, packed int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	buildFor(t, path, "./lambda", "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return len(content), b.Len()
}

func startTable(b *strings.Builder, programs []*program) {
	bare := milliseconds(find(programs, bareName).answer)
	fmt.Fprintf(b, "| From the process's start | to its AWS call (ms) | to AWS's answer (ms) | "+
		"times the bare program | Peak memory (MiB) |\n|---|--:|--:|--:|--:|\n")
	for _, p := range programs {
		answer := milliseconds(p.answer)
		fmt.Fprintf(b, "| %s | %.1f | %.1f | %.2f | %.1f |\n", p.name, milliseconds(p.firstCall), answer,
			answer/bare, float64(median(p.peaks))/1024)
	}
	if find(programs, pythonName) == nil {
		fmt.Fprintln(b, "\nThe AWS CLI was not on the PATH, so its row is missing.")
	}
}

func checkStarts(t *testing.T, programs []*program) {
	t.Helper()
	runner := milliseconds(programs[0].answer)
	switch ratio := runner / milliseconds(find(programs, bareName).answer); {
	case ratio > maxRatio:
		t.Errorf("the runner takes %.2f times as long as a bare program; it may take %.2f", ratio, maxRatio)
	case ratio > aimedRatio:
		t.Logf("the runner takes %.2f times as long as a bare program; the aim is %.2f", ratio, aimedRatio)
	}
	if python := find(programs, pythonName); python != nil &&
		milliseconds(python.answer) < leastPython*runner {
		t.Errorf("the runner is less than %d times as fast as the Python command line", leastPython)
	}
}

func find(programs []*program, name string) *program {
	i := slices.IndexFunc(programs, func(p *program) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return programs[i]
}

// versions names the Go release, the SDK, the emulator and the AWS CLI.
func versions(t *testing.T, programs []*program) string {
	t.Helper()
	out := []string{strings.Replace(runtime.Version(), "go", "Go ", 1)}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("the test holds no build information")
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/aws/aws-sdk-go-v2" || strings.HasSuffix(m.Path, "service/rds") {
			out = append(out, strings.TrimPrefix(m.Path, "github.com/aws/")+" "+m.Version)
		}
	}
	moto := "import importlib.metadata as m; print('moto', m.version('moto'))"
	out = append(out, firstLine(t, filepath.Join(acctest.Root(t), ".local", "bin", "python"), "-c", moto))
	if python := find(programs, pythonName); python != nil {
		words := strings.Fields(firstLine(t, python.argv[0], "--version"))
		out = append(out, strings.ReplaceAll(strings.Join(words[:2], ", "), "/", " "))
	}
	return strings.Join(out, ", ")
}

func firstLine(t *testing.T, argv ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).Output()
	if err != nil {
		t.Fatalf("running %s: %v", argv[0], err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

func replaceFigures(t *testing.T, figures string) {
	t.Helper()
	path := filepath.Join(acctest.Root(t), filepath.FromSlash(pagePath))
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begins := strings.Cut(string(page), beginMarker)
	_, tail, ends := strings.Cut(rest, endMarker)
	if !begins || !ends {
		t.Fatalf("%s lacks the markers of the figures", pagePath)
	}
	page = []byte(head + beginMarker + "\n" + figures + "\n" + endMarker + tail)
	if err := os.WriteFile(path, page, 0o644); err != nil {
		t.Fatal(err)
	}
}

func median[T cmp.Ordered](values []T) T { return slices.Sorted(slices.Values(values))[len(values)/2] }

func milliseconds(times []time.Duration) float64 {
	return float64(median(times)) / float64(time.Millisecond)
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func TestPlans(t *testing.T) { //nolint:paralleltest // others would spoil the times
	if !*write {
		t.Skip("make bench measures")
	}
	r := measurePlans(t)
	r.write(t, "plans")
}

func TestQuota(t *testing.T) { //nolint:paralleltest // others would spoil the times
	if !*write {
		t.Skip("make bench measures")
	}
	r := measureQuota(t)
	r.write(t, "quota")
}
