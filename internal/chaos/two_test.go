package chaos_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// turn lets a writer make so many calls, one at a time.
type turn struct{ writer, calls int }

// turns forces an interleaving: each writer has an address of its own, where calls wait for their
// turn. After the last turn all go on as they like. A writer that has ended loses its turns.
type turns struct {
	mu    sync.Mutex
	next  *sync.Cond
	left  []turn
	busy  bool
	ended map[int]bool
	// tagCalls are the calls about tags, in order.
	tagCalls []tagCall
}

// tagCall is a look (GET), a take-over (POST) or the removal of the tag of a create (DELETE).
type tagCall struct {
	writer int
	method string
}

// takenOver tells that the other took over between the writer's last look and its removal of the tag:
// the window that tags cannot close (DESIGN.md).
func (t *turns) takenOver(writer int) bool {
	var looked, taken bool
	for _, c := range t.tagCalls {
		switch {
		case c.writer == writer && c.method == http.MethodGet:
			looked, taken = true, false
		case c.writer != writer && c.method == http.MethodPost:
			taken = looked
		case c.writer == writer && c.method == http.MethodDelete:
			return taken
		}
	}
	return false
}

func newTurns(left ...turn) *turns {
	t := &turns{left: left, ended: map[int]bool{}}
	t.next = sync.NewCond(&t.mu)
	return t
}

// take waits for the writer's turn, and returns what is to be called after the call.
func (t *turns) take(writer int) (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		t.skip()
		if len(t.left) == 0 {
			return func() {}
		}
		if t.left[0].writer == writer && !t.busy {
			break
		}
		t.next.Wait()
	}
	t.busy = true
	t.left[0].calls--
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.busy = false
		t.next.Broadcast()
	}
}

// skip drops turns that are over.
func (t *turns) skip() {
	for len(t.left) > 0 && !t.busy && (t.left[0].calls <= 0 || t.ended[t.left[0].writer]) {
		t.left = t.left[1:]
	}
}

func (t *turns) noteTags(c tagCall) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tagCalls = append(t.tagCalls, c)
}

func (t *turns) end(writer int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended[writer] = true
	t.next.Broadcast()
}

// address serves the account to one writer.
func (t *turns) address(tb testing.TB, a *fakeaws.AWS, writer int) string {
	tb.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer t.take(writer)()
		if strings.HasPrefix(r.URL.Path, "/tags/") {
			t.noteTags(tagCall{writer, r.Method})
		}
		a.ServeHTTP(w, r)
	}))
	tb.Cleanup(server.Close)
	return server.URL
}

// pair are two configurations of one name: some events are in both, some in one, some differ.
func pair() []schedules {
	two := make([]schedules, 2)
	for i := range two {
		two[i] = twelve()
		two[i].name, two[i].tags = "both", map[string]string{"team": fmt.Sprint(i)}
		later := two[i].events["stop_db-0"]
		later.expr = fmt.Sprintf("cron(0 2%d ? * MON-FRI *)", i)
		two[i].events["stop_db-0"] = later
		for _, key := range []string{"stop_db-3", "start_db-3"}[:1+i] {
			delete(two[i].events, key)
		}
		for _, key := range []string{"stop_db-4", "start_db-4", "stop_db-5", "start_db-5"} {
			delete(two[i].events, key)
		}
		own := fmt.Sprintf("db-own-%d", i)
		two[i].events["stop_own_"+fmt.Sprint(i)] = event{cluster: own, verb: "stop-cluster", expr: "cron(0 1 * * ? *)"}
	}
	return two
}

// race creates both, in the order of the turns, and judges the outcome.
func race(t *testing.T, tl, window *tally, order ...turn) {
	t.Helper()
	e, two := newEngine(t, fakeaws.WithoutRoleChecks()), pair()
	gate := newTurns(slices.Clone(order)...)
	errs := make([]error, 2)
	var wait sync.WaitGroup
	for i := range two {
		k := keeperAt(e.a, gate.address(t, e.a, i))
		wait.Go(func() {
			defer gate.end(i)
			_, errs[i] = k.Create(t.Context(), two[i].set())
		})
	}
	wait.Wait()
	inWindow := func(writer int) bool { return errs[writer] == nil && gate.takenOver(writer) }
	if inWindow(0) || inWindow(1) {
		tl = window
	}
	if problem := e.judge(two, errs, tl, tl == window); problem != "" {
		t.Errorf("turns %v: %s\nfirst: %v\nsecond: %v", order, problem, errs[0], errs[1])
	}
}

// judge sees that a completed create stands, that the loser's error is clear, and that one more apply
// of who has the place, or of the first where nobody has, ends it: the loser may have written into it
// before it noticed. In the window only what both want is sure to stand.
func (e *engine) judge(two []schedules, errs []error, tl *tally, window bool) string {
	if errs[0] == nil && errs[1] == nil && !window {
		return "both completed"
	}
	winner := 0
	for i, err := range errs {
		if err != nil && !clearError(err) {
			return "an error that is not clear"
		}
		if err == nil {
			winner = i
		}
	}
	before := e.compare(two[winner])
	if missing := before.missing(); errs[winner] == nil {
		if window {
			missing = slices.DeleteFunc(missing, func(line string) bool {
				return !slices.Contains(two[1-winner].Objects(), strings.TrimPrefix(line, "missing: "))
			})
		}
		if len(missing) > 0 {
			return fmt.Sprintf("writer %d completed: %v", winner, missing)
		}
	}
	if err := e.apply(two[winner].set()); err != nil {
		return fmt.Sprintf("writer %d applied again: %v", winner, err)
	}
	f := e.compare(two[winner])
	tl.count(theEngine, f.equal(), len(f.left))
	if f.equal() {
		return ""
	}
	return fmt.Sprintf("writer %d applied again, and compared:\n%s\nbefore:\n%s", winner, f, before)
}

// clearError tells that an error says what happened: the name is taken, or somebody else took over.
func clearError(err error) bool {
	var exists *scheduleset.GroupExistsError
	var taken *scheduleset.TakenOverError
	return errors.As(err, &exists) || errors.As(err, &taken)
}

func TestChaos_twoCreates(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hundreds of creates")
	}
	tl := &tally{experiment: "two creates of one name at once, at each pair of calls"}
	window := &tally{experiment: "two creates of one name at once, in the window that tags cannot close"}
	step := 5
	if *full {
		step = 1
	}
	const calls = 26 // more than a create makes
	for k := 0; k <= calls; k += step {
		for m := 0; m <= calls; m += step {
			for _, order := range [][]turn{
				{{0, k}, {1, m}, {0, 99}, {1, 99}},
				{{0, k}, {1, m}, {0, 1}, {1, 1}, {0, 1}, {1, 99}, {0, 99}},
			} {
				t.Run(fmt.Sprint(order), func(t *testing.T) { race(t, tl, window, order...) })
			}
		}
	}
	tl.report(t)
	if window.tried > 0 {
		window.report(t)
	}
}

// Two programs with a state each, of one name, at some of the interleavings.
func TestChaos_twoApplies(t *testing.T) {
	t.Parallel()
	tl := &tally{experiment: "two applies of one name at once, two states"}
	orders := [][]turn{{{0, 4}, {1, 6}, {0, 3}, {1, 99}}}
	if *full {
		orders = nil
		for k := 1; k <= 21; k += 4 {
			for m := 1; m <= 21; m += 5 {
				orders = append(orders, []turn{{0, k}, {1, m}, {0, 2}, {1, 3}, {k % 2, 99}, {1 - k%2, 99}})
			}
		}
	}
	t.Run("orders", func(t *testing.T) {
		for _, order := range orders {
			t.Run(fmt.Sprint(order), func(t *testing.T) {
				t.Parallel()
				raceApplies(t, tl, order)
			})
		}
	})
	tl.report(t)
}

func raceApplies(t *testing.T, tl *tally, order []turn) {
	t.Helper()
	a := fakeaws.Start(t, fakeaws.WithoutRoleChecks(), fakeaws.WithRegion(region))
	putRole(a)
	gate, two := newTurns(slices.Clone(order)...), pair()
	worlds, results := make([]*world, len(two)), make([]tfcli.Result, len(two))
	for i := range two {
		tool := []tfcli.Tool{tfcli.Tofu, tfcli.Terraform}[i*order[0].calls%2] // two tofus, or one of each
		worlds[i] = worldIn(t, tool, a, gate.address(t, a, i))
	}
	var wait sync.WaitGroup
	for i, w := range worlds {
		wait.Go(func() {
			defer gate.end(i)
			results[i] = w.reach(two[i])
		})
	}
	wait.Wait()
	if results[0].ExitCode == 0 && results[1].ExitCode == 0 && !gate.takenOver(0) && !gate.takenOver(1) {
		t.Errorf("turns %v: both completed", order)
	}
	winner := 0
	for i, res := range results {
		text := acctest.Flat(res.Stdout + res.Stderr)
		switch {
		case res.ExitCode == 0:
			winner = i
			if missing := worlds[i].compare(two[i]).missing(); len(missing) > 0 && !gate.takenOver(i) {
				t.Errorf("writer %d completed: %v", i, missing)
			}
		case !strings.Contains(text, "exists already; choose another name, or import it") &&
			!strings.Contains(text, "Apply the other one again, and give this one another name"):
			t.Errorf("the error of writer %d is not clear: %s", i, text)
		}
	}
	worlds[winner].converge(tl, two[winner], fmt.Sprintf("turns %v", order))
}

// A create that fails at any of its schedules leaves nothing, and the next plan is a plain create.
func TestChaos_createFails(t *testing.T) {
	t.Parallel()
	tl := &tally{experiment: "create refused at each schedule in turn"}
	for i, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		first, step := i, 1
		if !*full {
			first, step = 4+3*i, 12
		} else if tool == tfcli.Terraform {
			step = 5
		}
		w := newWorld(t, tool, putRole)
		w.a.Scheduler().SlowGroupDeletion(0, 0) // a create that fails leaves a group to AWS, empty and DELETING
		keys := slices.Sorted(maps.Keys(twelve().events))
		for n := first; n < len(keys); n += step {
			w.failAt(tl, keys[n])
		}
		w.mustReach(twelve())
		w.mustReach(nothing{})
	}
	tl.report(t)
}

func (w *world) failAt(tl *tally, key string) {
	w.t.Helper()
	w.a.Fail(fakeaws.Match{Operation: "CreateSchedule", Name: key},
		fakeaws.Fault{Code: "ValidationException", Message: "Invalid something.", Status: http.StatusBadRequest})
	res := w.reach(twelve())
	w.a.ClearFaults()
	text := acctest.Flat(res.Stdout + res.Stderr)
	if res.ExitCode == 0 || !strings.Contains(text, "Invalid something.; nothing was left behind") {
		w.t.Errorf("refused at %s: status %d: %s", key, res.ExitCode, text)
	}
	f := compareObjects(w.a, w.base)
	plan := w.Run("plan", "-no-color").Stdout
	plain := strings.Contains(plan, "will be created") && strings.Contains(plan, "Plan: 1 to add, 0 to change, 0 to destroy.")
	tl.count(w.program(), f.equal() && plain, len(f.left))
	if !f.equal() || !plain {
		w.t.Errorf("refused at %s:\n%s\n%s", key, f, plan)
	}
}
