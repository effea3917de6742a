//go:build linux

package bench_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// results are what was measured for one table, as bench/NAME.json keeps it.
type results struct {
	Date     string   `json:"date"`
	Machine  string   `json:"machine"`
	Load     string   `json:"load_at_start"`
	Versions []string `json:"versions"`
	Series   []series `json:"series"`
}

// series are the values of one measure, in the order of the rounds: the nth value of one program and
// the nth of another were taken one after the other.
type series struct {
	Work    string    `json:"work"`
	Program string    `json:"program,omitempty"`
	Measure string    `json:"measure"`
	Unit    string    `json:"unit,omitempty"`
	Values  []float64 `json:"values"`
}

func newResults(t *testing.T, versions ...string) results {
	t.Helper()
	return results{
		Date:    time.Now().UTC().Format(time.DateOnly),
		Machine: machine(),
		Load:    load(),
		Versions: append([]string{
			goVersion(),
			"aws-sdk-go-v2 " + moduleVersion(t, "github.com/aws/aws-sdk-go-v2"),
		}, versions...),
	}
}

func goVersion() string { return strings.Replace(runtime.Version(), "go", "Go ", 1) }

// of returns the values of a series, none where there is no such.
func (r results) of(work, program, measure string) []float64 {
	for _, s := range r.Series {
		if s.Work == work && s.Program == program && s.Measure == measure {
			return s.Values
		}
	}
	return nil
}

// add appends a value to its series.
func (r *results) add(work, program, measure, unit string, value float64) {
	for i := range r.Series {
		s := &r.Series[i]
		if s.Work == work && s.Program == program && s.Measure == measure {
			s.Values = append(s.Values, value)
			return
		}
	}
	r.Series = append(r.Series, series{work, program, measure, unit, []float64{value}})
}

// write keeps the results as bench/NAME.json.
func (r *results) write(t *testing.T, name string) {
	t.Helper()
	head := *r
	head.Series = nil
	content := indented(t, head)
	// A series is a line.
	lines := make([]string, len(r.Series))
	for i, s := range r.Series {
		line, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = "    " + string(line)
	}
	all := "[\n" + strings.Join(lines, ",\n") + "\n  ]"
	content = strings.Replace(content, `"series": null`, `"series": `+all, 1)
	if err := os.WriteFile(rawPath(t, name+".json"), []byte(content+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func indented(t *testing.T, v any) string {
	t.Helper()
	content, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// moduleVersion asks the go command, since a test's own build information names no modules.
func moduleVersion(t *testing.T, path string) string {
	t.Helper()
	return firstLine(t, "go", "list", "-m", "-f", "{{.Version}}", path)
}

func rawPath(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(acctest.Root(t), "bench", name)
}

// machine names the system and the processor.
func machine() string {
	name := fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return name
	}
	for line := range strings.Lines(string(info)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
			return name + ", " + strings.TrimSpace(value)
		}
	}
	return name
}

// load is the load average of the last minute, "" where the system does not tell.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(content), " ")
	return first
}

// cpuTime is the CPU time that this process, or the children that it has waited for, have taken.
func cpuTime(t *testing.T, who int) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(who, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
