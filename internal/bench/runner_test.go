//go:build linux

package bench_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

const (
	runnerName  = "the runner, one invocation"
	savingsName = "`savings run`"
	bareName    = "a bare program with the AWS SDK for Go"
	pythonName  = "`aws rds describe-db-clusters` (Python)"
)

// Limits: of the runner's program and its image in bytes, of its start in times that of the bare
// program, and of the Python command line's in times that of the runner.
const (
	maxProgram  = 16_000_000
	maxPacked   = 6_000_000
	aimedRatio  = 1.15
	maxRatio    = 1.3
	leastPython = 10
)

// The works of the runner's table.
const (
	workSize  = "size for linux/arm64, stripped"
	workStart = "start"
	workFleet = "one run"
)

// measureRunner takes the runner's size, its start beside others, and its runs over many resources.
func measureRunner(t *testing.T) results {
	t.Helper()
	starts := measureStarts(t)
	r := newResults(t, starterVersions(t, starts)...)
	program, packed := measureSize(t)
	r.add(workSize, "program", "size", "bytes", float64(program))
	r.add(workSize, "program, gzip", "size", "bytes", float64(packed))
	r.add(workSize, "container image", "size", "bytes", float64(imageSize(t)))
	for _, p := range starts {
		for i := range p.answer {
			r.add(workStart, p.name, "to its AWS call", "ms", ms(p.firstCall[i]))
			r.add(workStart, p.name, "to AWS's answer", "ms", ms(p.answer[i]))
		}
		for _, kib := range p.peaks {
			r.add(workStart, p.name, "peak memory", "MiB", float64(kib)/1024)
		}
	}
	for _, f := range measureFleets(t) {
		for i := range f.times {
			r.add(workFleet, f.name, "AWS calls", "", float64(f.calls[i]))
			r.add(workFleet, f.name, "time", "ms", ms(f.times[i]))
		}
	}
	return r
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

// imageSize is what a registry gets of the runner's image for arm64: the layer and its configuration.
func imageSize(t *testing.T) int {
	t.Helper()
	size := 0
	files := os.DirFS(filepath.Join(acctest.Root(t), "internal", "bundle", "files"))
	for _, name := range []string{"runner-arm64.layer.tar.gz", "runner-arm64.config.json"} {
		info, err := fs.Stat(files, name)
		if err != nil {
			t.Fatal(err)
		}
		size += int(info.Size())
	}
	return size
}

func checkRunner(t *testing.T, r results) {
	t.Helper()
	program, packed := median(r.of(workSize, "program", "size")), median(r.of(workSize, "program, gzip", "size"))
	if program > maxProgram || packed > maxPacked {
		t.Errorf("the runner has %.0f bytes, packed %.0f", program, packed)
	}
	runner := median(r.of(workStart, runnerName, "to AWS's answer"))
	switch ratio := runner / median(r.of(workStart, bareName, "to AWS's answer")); {
	case ratio > maxRatio:
		t.Errorf("the runner takes %.2f times as long as a bare program; it may take %.2f", ratio, maxRatio)
	case ratio > aimedRatio:
		t.Logf("the runner takes %.2f times as long as a bare program; the aim is %.2f", ratio, aimedRatio)
	}
	python := r.of(workStart, pythonName, "to AWS's answer")
	if len(python) > 0 && median(python) < leastPython*runner {
		t.Errorf("the runner is less than %d times as fast as the Python command line", leastPython)
	}
}

// starterVersions names the emulator and the AWS CLI.
func starterVersions(t *testing.T, programs []*program) []string {
	t.Helper()
	moto := "import importlib.metadata as m; print('moto', m.version('moto'))"
	out := []string{
		"service/rds " + moduleVersion(t, "github.com/aws/aws-sdk-go-v2/service/rds"),
		firstLine(t, filepath.Join(acctest.Root(t), ".local", "bin", "python"), "-c", moto),
	}
	for _, p := range programs {
		if p.python() {
			words := strings.Fields(firstLine(t, p.argv[0], "--version"))
			out = append(out, strings.ReplaceAll(strings.Join(words[:2], ", "), "/", " "))
		}
	}
	return out
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
