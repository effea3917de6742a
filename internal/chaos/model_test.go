package chaos_test

import (
	"fmt"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestChaos_model goes through random configurations: after each, cloud and state are as the model
// has it, and the next plan is empty.
func TestChaos_model(t *testing.T) {
	t.Parallel()
	steps := map[tfcli.Tool]int{tfcli.Tofu: 4}
	if *full {
		steps = map[tfcli.Tool]int{tfcli.Tofu: 60, tfcli.Terraform: 20}
	}
	tl := &tally{experiment: "random sequences of configurations, real programs"}
	t.Run("programs", func(t *testing.T) {
		for tool, n := range steps {
			s := seedOf(len(tl.seeds))
			tl.seeds = append(tl.seeds, s)
			t.Run(string(tool), func(t *testing.T) {
				t.Parallel()
				walk(t, tl, tool, s, n)
			})
		}
	})
	tl.report(t)
}

func walk(t *testing.T, tl *tally, tool tfcli.Tool, seed uint64, steps int) {
	t.Helper()
	w, d := newWorld(t, tool, putRole), newDice(seed)
	for step, to := 0, d.schedules(); step < steps; step, to = step+1, d.change(to) {
		if !w.converge(tl, to, fmt.Sprintf("seed %d, step %d", seed, step)) {
			t.Fatalf("seed %d, step %d asked for:\n%s", seed, step, to.HCL())
		}
	}
	w.converge(tl, nothing{}, fmt.Sprintf("seed %d, destroy", seed))
}

// TestChaos_modelOfTheEngine does so with the provider's engine, hundreds of times.
func TestChaos_modelOfTheEngine(t *testing.T) {
	t.Parallel()
	sequences, steps := 5, 40
	if *full {
		sequences, steps = 50, 100
	}
	tl := &tally{experiment: "random sequences of configurations, the engine alone"}
	for i := range sequences {
		s := seedOf(i)
		tl.seeds = append(tl.seeds, s)
		t.Run(fmt.Sprint("seed ", s), func(t *testing.T) { walkEngine(t, tl, s, steps) })
	}
	tl.report(t)
}

func walkEngine(t *testing.T, tl *tally, seed uint64, steps int) {
	t.Helper()
	e, d := newEngine(t, fakeaws.WithoutRoleChecks()), newDice(seed)
	from := d.schedules()
	_, err := e.Create(t.Context(), from.set())
	for step := 0; ; step++ {
		f := e.compare(from)
		tl.count(theEngine, err == nil && f.equal(), len(f.left))
		if err != nil || !f.equal() {
			t.Fatalf("seed %d, step %d: %v\n%s\nasked for:\n%s", seed, step, err, f, from.HCL())
		}
		if step == steps {
			break
		}
		to := d.change(from)
		_, err = e.Update(t.Context(), from.set(), to.set())
		from = to
	}
	if err := e.Delete(t.Context(), from.set()); err != nil {
		t.Error(err)
	}
	if f := compareObjects(e.a, e.base); !f.equal() {
		t.Errorf("seed %d, after the delete:\n%s", seed, f)
	}
}
