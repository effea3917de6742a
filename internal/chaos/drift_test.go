package chaos_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// drift does one to four things that somebody else could have done, and tells which. roleGone tells
// that the runner's role, which is not this resource's, is among what was deleted.
func (d dice) drift(a *fakeaws.AWS, s schedules) (did []string, roleGone bool) {
	for range 1 + d.IntN(4) {
		what, gone := d.driftOnce(a, s)
		did, roleGone = append(did, what), roleGone || gone
	}
	return did, roleGone
}

func (d dice) driftOnce(a *fakeaws.AWS, s schedules) (did string, roleGone bool) {
	scheduler := a.Scheduler()
	live := scheduler.Schedules(s.place())
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(live)), func(name string) bool {
		return s.group != "" && !strings.HasPrefix(name, s.name+"-")
	})
	switch n := d.IntN(12); {
	case n < 5 && len(names) > 0:
		schedule := live[oneOf(d, names...)]
		did = "edited " + schedule.Name + ": " + d.edit(&schedule)
		scheduler.PutSchedule(schedule)
	case n < 7 && len(names) > 0:
		name := oneOf(d, names...)
		scheduler.RemoveSchedule(s.place(), name)
		did = "deleted " + name
	case n == 7 && len(names) > 0 && s.group == "":
		schedule := live[oneOf(d, names...)]
		schedule.Name = fmt.Sprintf("by_hand_%d", d.IntN(100))
		scheduler.PutSchedule(schedule)
		did = "added " + schedule.Name
	case n == 8 && s.group == "":
		scheduler.RemoveGroup(s.place())
		did = "deleted the group"
	case n == 9:
		putPolicies(a, map[string]string{})
		did = "deleted the role's policies"
	case n == 10:
		putPolicies(a, map[string]string{s.policyName(): `{"Version":"2012-10-17","Statement":[]}`})
		did = "edited the policy"
	case n == 11 && d.IntN(3) == 0:
		a.IAM().RemoveRole(runnerRole)
		return "deleted the runner's role", true
	default:
		for _, name := range names {
			scheduler.RemoveSchedule(s.place(), name)
		}
		did = "deleted every schedule"
	}
	return did, false
}

func putPolicies(a *fakeaws.AWS, policies map[string]string) {
	if role, there := a.IAM().Role(runnerRole); there {
		role.Policies = policies
		a.IAM().PutRole(role)
	}
}

// edit changes one thing of a schedule, and tells what.
func (d dice) edit(s *fakeaws.Schedule) string {
	attempts := d.IntN(186)
	edits := map[string]func(){
		"disabled or enabled": func() { s.State = map[string]string{"ENABLED": "DISABLED", "DISABLED": "ENABLED"}[s.State] },
		"expression":          func() { s.ScheduleExpression = d.expr() },
		"zone":                func() { s.ScheduleExpressionTimezone = oneOf(d, zones...) },
		"description":         func() { s.Description = "by hand" },
		"retries":             func() { s.Target.RetryPolicy.MaximumRetryAttempts = &attempts },
		"role":                func() { s.Target.RoleArn = "arn:aws:iam::" + account + ":role/other" },
		"function":            func() { s.Target.Arn += "-other" },
		"args":                func() { s.Target.Input = `{"args":["rds","stop-cluster","another"]}` },
		"input":               func() { s.Target.Input = "not ours" },
		"window": func() {
			s.FlexibleTimeWindow = fakeaws.FlexibleTimeWindow{Mode: "FLEXIBLE", MaximumWindowInMinutes: 5}
		},
		"queue": func() {
			s.Target.DeadLetterConfig = &fakeaws.DeadLetterConfig{Arn: "arn:aws:sqs:" + region + ":" + account + ":q"}
		},
		"completion": func() { s.ActionAfterCompletion = "DELETE" },
	}
	what := oneOf(d, slices.Sorted(maps.Keys(edits))...)
	edits[what]()
	return what
}

// roleSentence is what an apply says where the runner's role is gone.
const roleSentence = "The role is gone: make it again, then apply again."

// TestChaos_drift changes at random what exists; after each round one apply puts everything right.
// Where the runner's role was deleted, which is not this resource's, the apply says so and what to do.
func TestChaos_drift(t *testing.T) {
	t.Parallel()
	rounds := map[tfcli.Tool]int{tfcli.Terraform: 4}
	if *full {
		rounds = map[tfcli.Tool]int{tfcli.Tofu: 150, tfcli.Terraform: 50}
	}
	tl := &tally{experiment: "rounds of random drift, real programs"}
	t.Run("programs", func(t *testing.T) {
		for tool, n := range rounds {
			s := seedOf(len(tl.seeds))
			tl.seeds = append(tl.seeds, s)
			t.Run(string(tool), func(t *testing.T) {
				t.Parallel()
				w, d := newWorld(t, tool, putRole), newDice(s)
				to := d.schedules()
				w.mustReach(to)
				for round := range n {
					did, roleGone := d.drift(w.a, to)
					before := fmt.Sprintf("seed %d, round %d: %s", s, round, strings.Join(did, ", "))
					if roleGone {
						w.remakeRole(tl, to, before)
					}
					if !w.converge(tl, to, before) {
						return
					}
				}
			})
		}
	})
	tl.report(t)
}

// remakeRole does what the apply says where the role is gone.
func (w *world) remakeRole(tl *tally, to asked, before string) {
	w.t.Helper()
	res := w.reach(to)
	if text := acctest.Flat(res.Stdout + res.Stderr); res.ExitCode == 0 || !strings.Contains(text, roleSentence) {
		w.t.Errorf("%s: status %d, without the sentence:\n%s", before, res.ExitCode, last(text))
	}
	putRole(w.a)
	tl.follow()
}

// TestChaos_driftOfTheEngine does so with the provider's engine; the comparison of what is there with
// what was asked is the test's own.
func TestChaos_driftOfTheEngine(t *testing.T) {
	t.Parallel()
	rounds := 40
	if *full {
		rounds = 200
	}
	s := seedOf(0)
	tl := &tally{experiment: "rounds of random drift, the engine alone", seeds: []uint64{s}}
	e, d := newEngine(t, fakeaws.WithoutRoleChecks()), newDice(s)
	to := d.schedules()
	if _, err := e.Create(t.Context(), to.set()); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		did, roleGone := d.drift(e.a, to)
		err := e.apply(to.set())
		if roleGone {
			if gone := (*scheduleset.RoleGoneError)(nil); !errors.As(err, &gone) {
				t.Errorf("round %d: %v: got %v", round, did, err)
			}
			putRole(e.a)
			tl.follow()
			err = e.apply(to.set())
		}
		f := e.compare(to)
		tl.count(theEngine, err == nil && f.equal(), len(f.left))
		if err != nil || !f.equal() {
			t.Fatalf("seed %d, round %d: %v: %v\n%s", s, round, did, err, f)
		}
	}
	tl.report(t)
}

// assumeSentence is AWS's, of a role that EventBridge Scheduler cannot assume.
const assumeSentence = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."

// TestChaos_schedulerRole deletes the role that EventBridge Scheduler assumes, which is not this
// resource's either, and edits a schedule. The apply, which waits two minutes for the role, ends with
// AWS's sentence; once the role is there, the next one converges.
func TestChaos_schedulerRole(t *testing.T) {
	t.Parallel()
	rounds := 5
	if *full {
		rounds = 50
	}
	s := seedOf(0)
	tl := &tally{experiment: "the scheduler's role deleted and a schedule edited, the engine alone", seeds: []uint64{s}}
	e, d := newEngine(t), newDice(s)
	role := fakeaws.Role{Name: "tools-scheduler", Trust: fakeaws.TrustService("scheduler.amazonaws.com")}
	e.a.IAM().PutRole(role)
	e.base = e.a.Leftovers()
	to := d.schedules()
	if _, err := e.Create(t.Context(), to.set()); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		e.a.IAM().RemoveRole(role.Name)
		schedule, _ := e.a.Scheduler().Schedule(to.place(), to.scheduleName(d.key(to)))
		schedule.Description = fmt.Sprint("by hand, round ", round)
		e.a.Scheduler().PutSchedule(schedule)
		if err := e.apply(to.set()); err == nil || !strings.Contains(err.Error(), assumeSentence) {
			t.Errorf("seed %d, round %d: got %v", s, round, err)
		}
		e.a.IAM().PutRole(role)
		tl.follow()
		err := e.apply(to.set())
		f := e.compare(to)
		tl.count(theEngine, err == nil && f.equal(), len(f.left))
		if err != nil || !f.equal() {
			t.Fatalf("seed %d, round %d: %v\n%s", s, round, err, f)
		}
	}
	tl.report(t)
}
