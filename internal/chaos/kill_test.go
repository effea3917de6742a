package chaos_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// victim is what a SIGKILL strikes.
type victim string

const (
	// theProvider dies; the program lives and reports it.
	theProvider victim = "provider"
	// theProgram dies alone: its provider lives on, and its calls take effect.
	theProgram victim = "program"
	// both die, as where a machine loses its power.
	both victim = "both"
)

var victims = []victim{theProvider, theProgram, both}

// strike is one kill: who, at which call of a command, and whether that call takes effect before.
// Later calls that are in flight with it take no effect, but for those of a provider that lives on.
type strike struct {
	nth    int
	victim victim
	effect bool
}

func (s strike) String() string {
	effect := "before its effect"
	if s.effect {
		effect = "after its effect"
	}
	return fmt.Sprintf("%s killed at call %d, %s", s.victim, s.nth, effect)
}

// strikes are the kills at the nth call: one, with victims and effects in turn, or every combination.
func strikes(nth int) []strike {
	if !everything {
		return []strike{{nth, victims[(nth/2)%len(victims)], nth%2 == 1}}
	}
	var all []strike
	for _, v := range victims {
		all = append(all, strike{nth, v, true}, strike{nth, v, false})
	}
	return all
}

// kill runs the command that reaches what is asked, and strikes. It returns where it struck; the
// command that makes fewer calls ends by itself, and reached is false. The caller ends what lives on.
func (w *world) kill(to asked, s strike) (run *tfcli.Running, at string, reached bool) {
	w.t.Helper()
	struck, dead := make(chan string), make(chan struct{})
	w.a.Inject(s.decide(struck, dead))
	run = w.Start(w.command(to)...)
	ended := make(chan error, 1)
	go func() {
		_, err := run.WaitProgram()
		ended <- err
	}()
	var err error
	select {
	case at = <-struck:
		reached = true
		err = s.hit(run)
		if err == nil {
			err = <-ended
		}
	case err = <-ended:
	}
	if err != nil {
		run.Kill()
		w.t.Fatalf("%s: %v", s, err)
	}
	close(dead)
	if s.victim != theProgram {
		w.a.ClearFaults()
	}
	return run, at, reached
}

// decide holds the nth call, and all that come with it, until the victim is dead.
func (s strike) decide(struck chan<- string, dead <-chan struct{}) func(fakeaws.Request) fakeaws.Fault {
	var calls atomic.Int64
	return func(r fakeaws.Request) fakeaws.Fault {
		n := int(calls.Add(1))
		hold := func() {
			if n == s.nth {
				struck <- r.Operation + " " + r.Name
			}
			<-dead
		}
		switch {
		case n < s.nth:
			return fakeaws.Fault{}
		case n == s.nth && s.effect:
			return fakeaws.Fault{Lost: true, Then: hold}
		}
		hold()
		return fakeaws.Fault{Reset: s.victim != theProgram}
	}
}

func (s strike) hit(run *tfcli.Running) error {
	switch s.victim {
	case theProgram:
		return run.KillProgram()
	case both:
		run.Kill()
		return nil
	}
	if n, err := run.KillProvider(); err != nil || n == 0 {
		return fmt.Errorf("%d providers killed: %w", n, err)
	}
	return nil
}

// trip goes from one configuration to another and back, so that two verbs take turns in one folder.
type trip struct {
	there, back string // the verbs, as the report calls them
	from, to    asked
}

// killAll kills a trip's commands, there and back, at call first, first+step and so on until both are
// through, and has each ended by one more command. Where the verbs are the same, the way back takes the
// next call.
func killAll(t *testing.T, tool tfcli.Tool, prepare func(*fakeaws.AWS), tr trip, tallies map[string]*tally, first, step int) {
	t.Helper()
	w := newWorld(t, tool, prepare)
	w.mustReach(settled(tr.from))
	for nth := first; ; nth += step {
		reached := false
		for _, s := range strikes(nth) {
			there := w.killOnce(tallies[tr.there], tr.to, s)
			if tr.back == tr.there && !everything {
				s = strikes(nth + 1)[0]
			}
			back := w.killOnce(tallies[tr.back], tr.from, s)
			reached = reached || there || back
		}
		if !reached || t.Failed() {
			return
		}
	}
}

func (w *world) killOnce(tl *tally, to asked, s strike) (reached bool) {
	w.t.Helper()
	run, at, reached := w.kill(to, s)
	defer run.Kill()
	if reached {
		w.converge(tl, settled(to), fmt.Sprintf("%s (%s): %s", tl.experiment, at, s))
	}
	return reached
}

// completing are the verbs that end with the completion of something new: a kill between that and the
// saving of the state leaves a complete group or runner that the state does not have.
var completing = []string{
	"create", "replace", "change of name", "change to a group of its own", "create of a zip package",
	"create of an image", "replace of a zip package", "replace back of a zip package", "replace of an image",
	"replace back of an image",
}

// replacing asks for schedules that are removed and made again: apply with -replace.
type replacing struct{ schedules }

// settled is what a command that ended what was broken has to reach.
func settled(to asked) asked {
	if r, ok := to.(replacing); ok {
		return r.schedules
	}
	return to
}

// twelve are twelve events: six stops and their starts.
func twelve() schedules {
	s := schedules{
		name: "killed", zone: "Asia/Tokyo", managed: true, attempts: 10,
		tags: map[string]string{"team": "web"}, events: map[string]event{},
	}
	for i := range 6 {
		cluster := fmt.Sprintf("db-%d", i)
		s.events["stop_"+cluster] = event{
			cluster: cluster, verb: "stop-cluster", expr: fmt.Sprintf("cron(%d 21 ? * MON-FRI *)", i),
		}
		s.events["start_"+cluster] = event{
			cluster: cluster, verb: "start-cluster", expr: fmt.Sprintf("cron(%d 8 ? * MON-FRI *)", i),
		}
	}
	return s
}

// changedTwelve adds, changes, removes and renames in one.
func changedTwelve() schedules {
	s := twelve().clone()
	s.tags["team"] = "data"
	s.events["stop_new"] = event{cluster: "db-new", verb: "stop-cluster", expr: "cron(30 22 * * ? *)"}
	s.events["start_new"] = event{cluster: "db-new", verb: "start-cluster", expr: "cron(30 7 * * ? *)", steps: true}
	later, off := s.events["stop_db-0"], s.events["start_db-1"]
	later.expr, later.zone, off.disabled = "cron(0 23 ? * MON-SUN *)", "Europe/Berlin", true
	s.events["stop_db-0"], s.events["start_db-1"] = later, off
	s.events["stop_renamed"] = s.events["stop_db-2"]
	for _, key := range []string{"stop_db-2", "stop_db-3", "start_db-3"} {
		delete(s.events, key)
	}
	return s
}

// scheduleTrips are all verbs of a savings_schedule of twelve events.
func scheduleTrips() []trip {
	renamed, shared := twelve(), twelve()
	renamed.name = "renamed"
	shared.group, shared.tags = "default", nil
	return []trip{
		{"create", "destroy", nothing{}, twelve()},
		{"update", "update back", twelve(), changedTwelve()},
		{"change of name", "change of name", twelve(), renamed},
		{"change to a shared group", "change to a group of its own", twelve(), shared},
		{"replace", "replace", replacing{twelve()}, replacing{twelve()}},
	}
}

// TestChaos_kill goes each trip with tofu at every call and with terraform at every seventh; the short
// cut goes it with one of them at two or three calls.
func TestChaos_kill(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	for number, tr := range scheduleTrips() {
		t.Run(strings.ReplaceAll(tr.there, " ", "_"), func(t *testing.T) {
			t.Parallel()
			killTrip(t, func() (trip, func(*fakeaws.AWS)) { return tr, putRole }, number, "savings_schedule")
		})
	}
}

// killTrip goes a trip in several worlds, each with a trip and a preparation of its own.
func killTrip(t *testing.T, of func() (trip, func(*fakeaws.AWS)), number int, resource string) {
	t.Helper()
	tr, _ := of()
	tallies := map[string]*tally{}
	for _, verb := range []string{tr.there, tr.back} {
		tallies[verb] = &tally{
			experiment: fmt.Sprintf("SIGKILL at each call, %s: %s", resource, verb), imports: slices.Contains(completing, verb),
		}
	}
	t.Run("tools", func(t *testing.T) {
		for i, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
			first, step, worlds := 1, 1, 4
			switch {
			case !*full && number%2 != i:
				continue
			case !*full:
				first, step, worlds = 13+number, 40, 1
			case everything:
			case tool == tfcli.Terraform:
				first, step, worlds = 3, 7, 1
			case tr.back == tr.there:
				step = 2
			}
			for j := range worlds {
				t.Run(fmt.Sprint(tool, j), func(t *testing.T) {
					t.Parallel()
					tr, prepare := of()
					killAll(t, tool, prepare, tr, tallies, first+j*step, step*worlds)
				})
			}
		}
	})
	for _, tl := range tallies {
		tl.report(t)
	}
}
