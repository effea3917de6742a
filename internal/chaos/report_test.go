package chaos_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

var write = flag.Bool("write", false, "write each experiment's line into the documentation")

// The figures stand between these lines of the page.
const (
	pagePath    = "templates/guides/reliability.md"
	beginMarker = "<!-- figures: written by make chaos -->\n"
	endMarker   = "<!-- end of the figures -->\n"
)

const tableHead = "| Experiment | Tried | Converged | Left over | With | Seed | On |\n|---|--:|--:|--:|---|---|---|\n"

// tally counts one experiment. Subtests that run at the same time share it.
type tally struct {
	// experiment is the first cell of the table: what is broken, at which command, how often.
	experiment string
	// seeds are what randomness began with; none for what is not random.
	seeds []uint64

	mu                     sync.Mutex
	tried, converged, left int
	with                   []string
}

// count adds one try with a program: whether one command ended it with all three equal, and how many
// objects were left over that nothing asks for.
func (tl *tally) count(with string, converged bool, left int) {
	tl.mu.Lock()
	defer tl.mu.Unlock()
	if !slices.Contains(tl.with, with) {
		tl.with = append(tl.with, with)
	}
	tl.tried++
	tl.left += left
	if converged {
		tl.converged++
	}
}

// report prints the experiment's one line, and with -write puts it into the guide in the place of the
// former one. Call it when all of the experiment has ended.
func (tl *tally) report(t *testing.T) {
	t.Helper()
	if tl.tried == 0 {
		t.Errorf("%s: nothing was tried", tl.experiment)
	}
	with := strings.Join(slices.Sorted(slices.Values(tl.with)), ", ")
	fmt.Printf("chaos: %s: %d tried, %d converged, %d left over (%s; seeds %v)\n",
		tl.experiment, tl.tried, tl.converged, tl.left, with, tl.seeds)
	if !*write {
		return
	}
	seeds := strings.Trim(fmt.Sprint(tl.seeds), "[]")
	writeRow(t, tl.experiment, fmt.Sprintf("| %s | %d | %d | %d | %s | %s | %s |\n", tl.experiment, tl.tried,
		tl.converged, tl.left, with, seeds, time.Now().UTC().Format(time.DateOnly)))
}

var page sync.Mutex

// writeRow replaces the experiment's row of the page's table, or adds one.
func writeRow(t *testing.T, experiment, row string) {
	t.Helper()
	page.Lock()
	defer page.Unlock()
	path := filepath.Join(acctest.Root(t), filepath.FromSlash(pagePath))
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begins := strings.Cut(string(content), beginMarker)
	table, tail, ends := strings.Cut(rest, endMarker)
	if !begins || !ends {
		t.Fatalf("%s lacks the markers of the figures", pagePath)
	}
	rows := slices.DeleteFunc(slices.Collect(strings.Lines(table)), func(line string) bool {
		return !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Experiment ") ||
			strings.HasPrefix(line, "| "+experiment+" |")
	})
	rows = append(rows, row)
	slices.Sort(rows)
	table = "\n" + tableHead + strings.Join(rows, "") + "\n"
	if err := os.WriteFile(path, []byte(head+beginMarker+table+endMarker+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

// programs are the first lines of `tofu version` and `terraform version`.
var programs sync.Map

// program returns a program's name and version.
func (w *world) program() string {
	w.t.Helper()
	name, known := programs.Load(w.Tool)
	if !known {
		line, _, _ := strings.Cut(w.Run("version").Stdout, "\n")
		name, _ = programs.LoadOrStore(w.Tool, strings.Replace(line, " v", " ", 1))
	}
	return name.(string)
}
