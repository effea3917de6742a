package chaos_test

import (
	"cmp"
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

const tableHead = "| Experiment | Tried | Converged | by an error's sentence | Left over | With | Seeds | On |\n" +
	"|---|--:|--:|--:|--:|---|---|---|\n"

// tally counts one experiment. Subtests that run at the same time share it.
type tally struct {
	// experiment is the first cell of the table: what is broken, at which command, how often.
	experiment string
	// seeds are what randomness began with; none for what is not random.
	seeds []uint64
	// imports tells that a create which was completed and then forgotten is expected: its error prints
	// the import to apply.
	imports bool

	mu                               sync.Mutex
	tried, converged, followed, left int
	with                             []string
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

// follow notes that the last try was ended by doing what an error said.
func (tl *tally) follow() {
	tl.mu.Lock()
	defer tl.mu.Unlock()
	tl.followed++
}

// report prints the experiment's one line, and with -write puts it into the guide in the place of the
// former one. Call it when all of the experiment has ended.
func (tl *tally) report(t *testing.T) {
	t.Helper()
	if tl.tried == 0 && testing.Short() {
		t.Skip("runs tofu and terraform")
	}
	if tl.tried == 0 {
		t.Errorf("%s: nothing was tried", tl.experiment)
	}
	with := strings.Join(slices.Sorted(slices.Values(tl.with)), ", ")
	fmt.Printf("chaos: %s: %d tried, %d converged (%d by an error's sentence), %d left over; %s; seeds: %s\n",
		tl.experiment, tl.tried, tl.converged, tl.followed, tl.left, with, cmp.Or(tl.seedRange(), "none"))
	if !*write {
		return
	}
	writeRow(t, tl.experiment, fmt.Sprintf("| %s | %d | %d | %d | %d | %s | %s | %s |\n", tl.experiment, tl.tried,
		tl.converged, tl.followed, tl.left, with, tl.seedRange(), time.Now().UTC().Format(time.DateOnly)))
}

// seedRange words the seeds: "1", or "1 to 49001, 50 of them".
func (tl *tally) seedRange() string {
	switch n := len(tl.seeds); n {
	case 0:
		return ""
	case 1:
		return fmt.Sprint(tl.seeds[0])
	default:
		return fmt.Sprintf("%d to %d, %d of them", slices.Min(tl.seeds), slices.Max(tl.seeds), n)
	}
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
