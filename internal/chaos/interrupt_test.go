package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// interrupt runs the command that reaches what is asked, and sends SIGINT once or twice at the nth
// call, whose answer comes late. It returns that call, "" where there were fewer calls. It fails the test where the program does not end in time.
func (w *world) interrupt(to asked, nth int, twice bool) (run *tfcli.Running, res tfcli.Result, at string) {
	w.t.Helper()
	struck := make(chan string, 1)
	answer := make(chan struct{})
	var calls atomic.Int64
	w.a.Inject(func(r fakeaws.Request) fakeaws.Fault {
		if int(calls.Add(1)) == nth {
			return fakeaws.Fault{Then: func() { struck <- r.Operation }, Hold: answer}
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
		return run, res, ""
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
	run, res, at := w.interrupt(to, nth, tl == twice)
	defer run.Kill() // a provider that lives on
	w.a.ClearFaults()
	if at == "" {
		return false
	}
	text := acctest.Flat(res.Stdout + res.Stderr)
	if tl == once && !saysInterrupted(text, at) {
		w.t.Errorf("%s, interrupted at %s, ended with status %d and does not say so:\n%s", verb, at, res.ExitCode, text)
	}
	if tl == twice && w.restoreState() {
		tl.follow()
	}
	w.converge(tl, settled(to), fmt.Sprintf("%s: %s at %s; it said:\n%s", tl.experiment, verb, at, text))
	return true
}

// restoreState puts the backup in the place of a local state that the program left empty: a second
// interrupt may strike while it writes the state, of which it warns. It tells whether it had to.
func (w *world) restoreState() bool {
	w.t.Helper()
	path := filepath.Join(w.Dir, "terraform.tfstate")
	info, err := os.Stat(path)
	if err != nil || info.Size() > 0 {
		return false
	}
	if err := os.Rename(path+".backup", path); errors.Is(err, fs.ErrNotExist) {
		return false // there was no state before
	} else if err != nil {
		w.t.Fatal(err)
	}
	return true
}

// saysInterrupted tells whether the user learns that there was an interrupt and, where something was
// being written, what to do.
func saysInterrupted(text, at string) bool {
	if !strings.Contains(text, "Interrupt received.") {
		return false
	}
	for _, read := range []string{"Get", "List", "Describe", "BatchGet", "BatchCheck"} {
		if strings.HasPrefix(at, read) {
			return true
		}
	}
	if strings.Contains(text, " complete after ") {
		return true // the write had come to its end
	}
	return strings.Contains(text, "The operation was interrupted. Run it again: it goes on from what is there.")
}

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
