package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const (
	// interruptedWithin bounds the end of a program that was interrupted. AWS answers in milliseconds
	// here, so nearly all of it is for a busy machine.
	interruptedWithin = time.Minute
	// betweenSignals is how long a second Ctrl-C comes after the first, and again until the end.
	betweenSignals = 20 * time.Millisecond
	// answeredAfter is when AWS answers the call that was under way: while it plans an apply the program
	// does not tell the provider of the interrupt, and waits for it.
	answeredAfter = 2 * time.Second
)

// call is where an interrupt strikes.
type call struct {
	operation string
	// writing tells that the command had begun to write: this call or an earlier one is no read.
	writing bool
}

// interrupt runs the command that reaches what is asked, and sends SIGINT once or twice at the nth
// call, whose answer comes late. It returns that call, or none where there were fewer. It fails the
// test where the program does not end in time.
func (w *world) interrupt(to asked, nth int, twice bool) (run *tfcli.Running, res tfcli.Result, at call) {
	w.t.Helper()
	struck := make(chan call, 1)
	answer := make(chan struct{})
	var calls atomic.Int64
	var writing atomic.Bool
	w.a.Inject(func(r fakeaws.Request) fakeaws.Fault {
		n := int(calls.Add(1))
		if n <= nth && !isRead(r.Operation) {
			writing.Store(true)
		}
		if n == nth {
			return fakeaws.Fault{Then: func() { struck <- call{r.Operation, writing.Load()} }, Hold: answer}
		}
		return fakeaws.Fault{}
	})
	run = w.Start(w.command(to)...)
	ended := make(chan tfcli.Result, 1)
	go func() {
		res, _ := run.WaitProgram() // an error means that the test has ended
		ended <- res
	}()
	select {
	case res = <-ended:
		return run, res, call{}
	case at = <-struck:
	}
	defer time.AfterFunc(answeredAfter, func() { close(answer) }).Stop()
	signals := time.NewTicker(betweenSignals)
	defer signals.Stop()
	late, cancel := context.WithTimeout(w.t.Context(), interruptedWithin)
	defer cancel()
	if err := run.Interrupt(); err != nil {
		w.t.Error(err)
	}
	for {
		select {
		case res = <-ended:
			return run, res, at
		case <-signals.C:
			if twice {
				_ = run.Interrupt() // it may have ended
			}
		case <-late.Done():
			run.Kill()
			res = <-ended
			w.t.Fatalf("interrupted at call %d, %s has not ended after %s:\n%s%s", nth, w.Tool, interruptedWithin,
				res.Stdout, res.Stderr)
		}
	}
}

// interrupts goes a trip there and back, interrupted at call first, first+step and so on.
func interrupts(t *testing.T, tool tfcli.Tool, prepare func(*fakeaws.AWS), tr trip, once, twice *tally, first, step int) {
	t.Helper()
	w := newWorld(t, tool, prepare)
	w.mustReach(settled(tr.from))
	for nth := first; !t.Failed(); nth += step {
		there := w.interruptOnce(once, twice, tr.there, tr.to, nth)
		back := w.interruptOnce(once, twice, tr.back, tr.from, nth+1)
		if !there && !back {
			return
		}
	}
}

// interruptOnce interrupts a verb once and, after it was ended, not again: the next one twice.
func (w *world) interruptOnce(once, twice *tally, verb string, to asked, nth int) bool {
	w.t.Helper()
	tl := once
	if nth/2%2 == 1 {
		tl = twice
	}
	before := w.stateFile()
	run, res, at := w.interrupt(to, nth, tl == twice)
	defer run.Kill() // a provider that lives on
	w.a.ClearFaults()
	if at == (call{}) {
		return false
	}
	text := acctest.Flat(res.Stdout + res.Stderr)
	if tl == once && !saysInterrupted(text, at) {
		w.t.Errorf("%s, interrupted at %s, ended with status %d and does not say so:\n%s", verb, at.operation,
			res.ExitCode, text)
	}
	w.trust(settled(to), res, fmt.Sprintf("%s, interrupted at %s", verb, at.operation))
	restored := tl == twice && w.restoreState(before)
	if restored {
		tl.follow()
	}
	w.converge(tl, settled(to), fmt.Sprintf("%s: %s at %s, state restored: %v; it said:\n%s", tl.experiment, verb,
		at.operation, restored, text))
	return true
}

// stateFile is the local state, nil where there is none.
func (w *world) stateFile() []byte {
	w.t.Helper()
	state, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.t.Fatal(err)
	}
	return state
}

// restoreState puts back the state of before a command whose program left its local state empty, and
// tells whether it had to. A second interrupt may strike between the truncation of that file and its
// writing, of which the program warns. The backup beside it will not do: at the first interrupt the
// programs write the state over itself, and they make a backup only of a state that changes. So it may be
// an earlier command's, and name what has been removed since instead of what is there.
func (w *world) restoreState(before []byte) bool {
	w.t.Helper()
	if len(before) == 0 || len(w.stateFile()) > 0 {
		return false
	}
	w.Write("terraform.tfstate", string(before))
	return true
}

// isRead tells whether an operation only reads. BatchGet and BatchCheck are ECR's reads: of manifests,
// and of which layers there are.
func isRead(operation string) bool {
	for _, verb := range []string{"Get", "List", "Describe", "BatchGet", "BatchCheck"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

// saysInterrupted tells whether the user learns that there was an interrupt and, where something was
// being written, what to do.
func saysInterrupted(text string, at call) bool {
	if !strings.Contains(text, "Interrupt received.") {
		return false
	}
	if strings.Contains(text, "The operation was interrupted. Run it again: it goes on from what is there.") {
		return true
	}
	if !at.writing {
		return true
	}
	// The write had come to its end, or a removal before it.
	return strings.Contains(text, " complete after ") && !writeFailed.MatchString(text)
}

// writeFailed is what the provider's errors begin with.
var writeFailed = regexp.MustCompile(`(Creating|Updating|Deleting) (schedules|the runner) failed`)

func TestChaos_interrupt(t *testing.T) {
	t.Parallel()
	once := &tally{experiment: "SIGINT once in each verb, savings_schedule", imports: true}
	twice := &tally{experiment: "SIGINT twice in each verb, savings_schedule", imports: true}
	t.Run("trips", func(t *testing.T) {
		for i, tr := range scheduleTrips() {
			tool, first, step := tfcli.Tofu, 1, 3
			if i%2 == 1 {
				tool = tfcli.Terraform
			}
			if !*full {
				first, step = 16+2*i, 1000
			}
			t.Run(strings.ReplaceAll(tr.there, " ", "_"), func(t *testing.T) {
				t.Parallel()
				interrupts(t, tool, putRole, tr, once, twice, first, step)
			})
		}
	})
	once.report(t)
	twice.report(t)
}
