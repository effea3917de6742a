package chaos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// losing is a trip whose commands are interrupted twice and lose the state.
type losing struct {
	trip
	kind             string
	fromName, toName string
	prepare          func(*fakeaws.AWS)
}

// losings change a name. Not among them is a runner with an image: where its function was gone when the
// state was lost, nothing tells of the image.
func losings() []losing {
	zip, prepare := runnerTrip(5)
	return []losing{
		{scheduleTrips()[2], "savings_schedule", "killed", "renamed", func(a *fakeaws.AWS) {
			putRole(a)
			// An import learns of the runner's role from the function.
			a.Lambda().PutFunction(fakeaws.Function{
				FunctionName: "tools", Role: "arn:aws:iam::" + account + ":role/" + runnerRole,
			})
		}},
		{zip, "savings_runner", "tools", "renamed", prepare},
	}
}

// TestChaos_lostState does what the guide says for a local state that was lost at a second interrupt.
func TestChaos_lostState(t *testing.T) {
	t.Parallel()
	first, step := 24, 1000
	if *full {
		first, step = 1, 5
	}
	tl := &tally{experiment: "SIGINT twice and the state lost, change of a name"}
	t.Run("trips", func(t *testing.T) {
		for i, l := range losings() {
			tool := []tfcli.Tool{tfcli.Tofu, tfcli.Terraform}[i]
			t.Run(l.kind, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, tool, l.prepare)
				w.mustReach(l.from)
				for nth := first; !t.Failed(); nth += step {
					there := w.loseOnce(tl, l.kind, l.to, nth, l.fromName, l.toName)
					back := w.loseOnce(tl, l.kind, l.from, nth+2, l.toName, l.fromName)
					if !there && !back {
						return
					}
				}
			})
		}
	})
	tl.report(t)
}

// loseOnce interrupts a change of a name twice at the nth call, loses the state, and imports: by the
// former name, else by the new one, else there is nothing, and a plain apply does it.
func (w *world) loseOnce(tl *tally, kind string, to asked, nth int, names ...string) bool {
	w.t.Helper()
	run, _, at := w.interrupt(to, nth, true)
	defer run.Kill()
	w.a.ClearFaults()
	if at == (call{}) {
		return false
	}
	for _, file := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.RemoveAll(filepath.Join(w.Dir, file)); err != nil {
			w.t.Fatal(err)
		}
	}
	said := ""
	for _, name := range names {
		block := fmt.Sprintf("\nimport {\n  to = %s.this\n  id = %q\n}\n", kind, name)
		w.Write("main.tf", header+to.HCL()+block)
		res := w.Run("apply", "-auto-approve", "-no-color")
		said += res.Stdout + res.Stderr
		if !strings.Contains(res.Stderr, "Cannot import non-existent remote object") {
			if res.ExitCode != 0 {
				w.t.Errorf("%s at %s: the import ended with status %d:\n%s", kind, at.operation, res.ExitCode, said)
			}
			break
		}
	}
	tl.follow()
	w.converge(tl, to, fmt.Sprintf("%s: %s at %s; the import said:\n%s", tl.experiment, kind, at.operation, said))
	return true
}
