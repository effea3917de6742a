package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// killedAt runs args and kills the program and the provider, with a signal that nothing can catch,
// when the fake AWS gets the nth call of an operation. The call takes effect; nobody hears of it.
func killedAt(t *testing.T, c *acctest.CLI, a *fakeaws.AWS, operation string, nth int, args ...string) {
	t.Helper()
	reached := make(chan struct{})
	hold := make(chan struct{})
	var once sync.Once
	defer close(hold)
	a.Fail(fakeaws.Match{Operation: operation, Nth: nth}, fakeaws.Fault{Hold: hold})
	// Ten calls are in flight at once: those behind the nth must not take effect before the kill.
	a.Fail(fakeaws.Match{Operation: operation, After: nth}, fakeaws.Fault{Reset: true})
	a.OnRequest(func(r fakeaws.Request) {
		if r.Operation == operation && seen(a, operation) >= nth {
			once.Do(func() { close(reached) })
		}
	})
	before := seen(a, operation)
	if before != 0 {
		t.Fatalf("%s was called %d times before", operation, before)
	}
	run := c.Start(args...)
	select {
	case <-reached:
	case <-time.After(time.Minute):
		t.Errorf("call %d of %s was not reached", nth, operation)
	}
	run.Kill()
	if _, err := run.Wait(); err != nil {
		t.Fatal(err)
	}
	a.ClearFaults()
}

func seen(a *fakeaws.AWS, operation string) int {
	n := 0
	for _, r := range a.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

func emptyCloud(t *testing.T, a *fakeaws.AWS) {
	t.Helper()
	if left := a.Leftovers(); len(left) > 0 {
		t.Errorf("left over in the cloud:\n%s", strings.Join(left, "\n"))
	}
}

// Point 4: a create that fails at schedule 7 of 12 leaves nothing behind, and the next plan is a
// plain create.
func TestAccSchedule_createFailsAtSeventhOfTwelve(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		refused := fakeaws.Fault{Code: "ValidationException", Message: "Invalid something.", Status: 400}
		a.Fail(fakeaws.Match{Operation: "CreateSchedule", Nth: 7}, refused)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+schedule("seventh", account, stops(12)))
		c.Init()
		text := acctest.Flat(c.ApplyFails())
		for _, want := range []string{"Invalid something.", "nothing was left behind", "stop_"} {
			if !strings.Contains(text, want) {
				t.Errorf("the error does not say %q: %s", want, text)
			}
		}
		emptyCloud(t, a)
		p := c.Plan()
		if !strings.Contains(p.Text, "will be created") || strings.Contains(p.Text, "tainted") {
			t.Errorf("the next plan is no plain create:\n%s", p.Text)
		}
		c.Apply(p.File)
		c.PlanEmpty()
		c.Destroy()
		emptyCloud(t, a)
	})
}

// Point 4: where the removal fails too, the error lists what is live, and the next apply finishes.
func TestAccSchedule_createAndRemovalFail(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		a.Fail(fakeaws.Match{Operation: "CreateSchedule", Name: "stop_06"},
			fakeaws.Fault{Code: "ValidationException", Message: "Invalid something.", Status: 400})
		a.Fail(fakeaws.Match{Operation: "DeleteSchedule", Name: "stop_02"},
			fakeaws.Fault{Code: "AccessDeniedException", Message: "not allowed", Status: 403})
		a.Fail(fakeaws.Match{Operation: "DeleteScheduleGroup"},
			fakeaws.Fault{Code: "AccessDeniedException", Message: "not allowed", Status: 403})
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+schedule("live", account, stops(12)))
		c.Init()
		text := acctest.Flat(c.ApplyFails())
		if !strings.Contains(text, "stop_02") || !strings.Contains(text, "live") {
			t.Errorf("the error does not list what is live: %s", text)
		}
		a.ClearFaults()
		c.Apply()
		c.PlanEmpty()
		c.Destroy()
		emptyCloud(t, a)
	})
}

// Point 5: a create that is killed in the middle is finished by the next apply.
func TestAccSchedule_createKilled(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+schedule("killed", account, stops(12)))
		c.Init()
		killedAt(t, c, a, "CreateSchedule", 5, "apply", "-auto-approve")
		if n := len(a.Scheduler().Schedules("killed")); n == 0 || n == 12 {
			t.Fatalf("the kill came at the wrong moment: %d schedules", n)
		}
		if p := c.Plan("-lock=false"); !strings.Contains(p.Text, "will be created") {
			t.Errorf("the plan after the kill is no create:\n%s", p.Text)
		}
		c.Apply("-lock=false")
		if n := len(a.Scheduler().Schedules("killed")); n != 12 {
			t.Errorf("got %d schedules, want 12", n)
		}
		c.PlanEmpty("-lock=false")
		c.Destroy("-lock=false")
		emptyCloud(t, a)
	})
}

// Point 5: an update that is killed in the middle converges, with and without a refresh.
func TestAccSchedule_updateKilled(t *testing.T) {
	t.Parallel()
	for _, refresh := range []string{"-refresh=true", "-refresh=false"} {
		t.Run(refresh, func(t *testing.T) {
			t.Parallel()
			acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
				a, env := fakeAWS(t)
				c := applied(t, tool, env, schedule("killed", account, stops(6)))
				changed := []string{
					stop("stop_00", "cron(0 23 ? * MON-FRI *)"), stop("stop_01", "cron(0 23 ? * MON-FRI *)"),
					stop("stop_02", "cron(2 21 ? * MON-SUN *)"), stop("new_0", "cron(0 3 * * ? *)"),
					stop("new_1", "cron(0 4 * * ? *)"),
				}
				c.Write("main.tf", header+schedule("killed", account, changed))
				killedAt(t, c, a, "UpdateSchedule", 1, "apply", "-auto-approve")
				c.Apply("-lock=false", refresh)
				c.PlanEmpty("-lock=false")
				got := slices.Sorted(keysOf(a.Scheduler().Schedules("killed")))
				if want := []string{"new_0", "new_1", "stop_00", "stop_01", "stop_02"}; !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
				c.Destroy("-lock=false")
				emptyCloud(t, a)
			})
		})
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Point 5: of two creates of one name at once, a completed one is never deleted; who loses gets a
// clear error, and the cloud is as one configuration wants it.
func TestAccSchedule_twoCreatesOfOneName(t *testing.T) {
	t.Parallel()
	a, env := fakeAWS(t)
	tools := []tfcli.Tool{tfcli.Tofu, tfcli.Tofu}
	clis := make([]*acctest.CLI, len(tools))
	for i, tool := range tools {
		clis[i] = acctest.NewCLI(t, tool, env...)
		clis[i].Write("main.tf", header+schedule("both", account, stops(8)))
		clis[i].Init()
	}
	results := make([]tfcli.Result, len(clis))
	var wait sync.WaitGroup
	for i, c := range clis {
		wait.Go(func() { results[i] = c.Run("apply", "-auto-approve", "-no-color") })
	}
	wait.Wait()
	won := 0
	for i, r := range results {
		if r.ExitCode == 0 {
			won++
			clis[i].PlanEmpty()
		} else if text := acctest.Flat(r.Stderr + r.Stdout); !strings.Contains(text, "both") ||
			!(strings.Contains(text, "import") || strings.Contains(text, "another")) {
			t.Errorf("the loser's error is not clear: %s", text)
		}
	}
	if won > 0 && len(a.Scheduler().Schedules("both")) != 8 {
		t.Errorf("a create completed, and %d of its 8 schedules exist", len(a.Scheduler().Schedules("both")))
	}
	keeper := clis[0]
	if results[0].ExitCode != 0 && results[1].ExitCode == 0 {
		keeper = clis[1]
	}
	if won == 0 {
		keeper.Apply() // both may fail clearly; then the next one finishes
	}
	keeper.PlanEmpty()
	keeper.Destroy()
	emptyCloud(t, a)
}

// Point 6: drift is readable in the plan and mended by apply.
func TestAccSchedule_drift(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		c := applied(t, tool, env, schedule("drift", account, stops(8)))
		s := a.Scheduler()
		edit := func(key string, change func(*fakeaws.Schedule)) {
			schedule, ok := s.Schedule("drift", key)
			if !ok {
				t.Fatalf("no schedule %s", key)
			}
			change(&schedule)
			s.PutSchedule(schedule)
		}
		edit("stop_00", func(s *fakeaws.Schedule) { s.ScheduleExpression = "cron(0 3 * * ? *)" })
		edit("stop_01", func(s *fakeaws.Schedule) { s.State = "DISABLED" })
		s.RemoveSchedule("drift", "stop_02")
		edit("stop_03", func(s *fakeaws.Schedule) { s.Target.RetryPolicy = retries(86400, 185) })
		edit("stop_04", func(s *fakeaws.Schedule) { s.Target.RoleArn = "arn:aws:iam::123456789012:role/other" })
		edit("stop_05", func(s *fakeaws.Schedule) { s.Target.Input = `{"args":["rds","stop-cluster","db"]}` })
		edit("stop_06", func(s *fakeaws.Schedule) { s.Target.Input = `not ours` })
		edit("stop_07", func(s *fakeaws.Schedule) { s.Name = "by_hand" })
		p := c.Plan()
		text := strings.Join(strings.Fields(p.Text), " ")
		for _, want := range []string{
			`cron_expr = "cron(0 3 * * ? *)" -> "cron(0 21 ? * MON-SUN *)"`,
			`enabled = false -> true`,
			`+ "stop_02" = {`,
			`(changed outside: 185 retries instead of 10`,
			`(changed outside: role arn:aws:iam::123456789012:role/other instead of`,
			`- "by_hand" = {`,
			`(changed outside: input`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the plan does not show %q:\n%s", want, p.Text)
			}
		}
		c.Apply(p.File)
		c.PlanEmpty()
		if _, there := s.Schedule("drift", "by_hand"); there {
			t.Error("the schedule that was added by hand is still there")
		}
		fixed, _ := s.Schedule("drift", "stop_03")
		if got := *fixed.Target.RetryPolicy.MaximumRetryAttempts; got != 10 {
			t.Errorf("got %d retries after the apply, want 10", got)
		}
		s.RemoveGroup("drift")
		if p := c.Plan(); !strings.Contains(p.Text, "will be created") {
			t.Errorf("a deleted group is not planned as a create:\n%s", p.Text)
		}
		c.Apply()
		c.PlanEmpty()
		c.Destroy()
		emptyCloud(t, a)
	})
}

// Point 7: an import into a matching configuration, spelled otherwise and with its defaults, is an
// empty plan.
func TestAccSchedule_import(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		written := []string{
			stop("rds_stop", "cron(0 21 ? * MON-SUN *)"), start("rds_start", "cron(0 8 ? * MON-FRI *)"),
			`berlin = { args = ["rds", "stop-cluster", "b"], cron_expr = "cron(0 1 * * ? *)", timezone = "Europe/Berlin", ` +
				`start_date = "2099-01-01T00:00:00Z", enabled = false, description = "text" }`,
		}
		respelled := []string{
			stop("rds_stop", "cron(0 21 ? * Mon-Sun *)"),
			`rds_start = { args = ["rds", "start-cluster", "db"], cron_expr = "cron(0 8 ? * 2-6 *)", enabled = true, timezone = "Asia/Tokyo" }`,
			`berlin = { args = ["rds", "stop-cluster", "b"], cron_expr = "cron(00 1 * * ? *)", timezone = "Europe/Berlin", ` +
				`start_date = "2099-01-01T09:00:00+09:00", enabled = false, description = "text" }`,
		}
		applied(t, tool, env, schedule("imported", account, written))
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", header+schedule("imported", account, respelled, `retry = { maximum_attempts = 10 }`))
		c.Init()
		// permissions is of the configuration alone: AWS does not know it.
		c.Write(
			"main.tf",
			header+strings.Replace(schedule("imported", account, respelled, `retry = { maximum_attempts = 10 }`),
				`permissions  = "external"`, "", 1),
		)
		c.Import("savings_schedule.this", "imported")
		c.PlanEmpty()

		shared := schedule(
			"app",
			account,
			[]string{stop("web-stop", "cron(0 21 * * ? *)"), stop("other", "cron(0 22 * * ? *)")},
			`group_name = "default"`,
		)
		shared = strings.Replace(shared, `permissions  = "external"`, "", 1)
		applied(t, tool, env, shared)
		s := acctest.NewCLI(t, tool, env...)
		s.Write("main.tf", header+shared)
		s.Init()
		s.Import("savings_schedule.this", "default/app:web-stop,other")
		s.PlanEmpty()
		s.Destroy()
		c.Destroy()
		emptyCloud(t, a)
	})
}

// Point 8: name and group_name change in place; at each API call every event exists at least once,
// and starts are written before stops.
func TestAccSchedule_moveKeepsEveryEvent(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env := fakeAWS(t)
		events := []string{
			stop("stop", "cron(0 21 * * ? *)"),
			start("start", "cron(0 8 * * ? *)"),
			stop("late", "cron(0 23 * * ? *)"),
		}
		c := applied(t, tool, env, schedule("before", account, events))
		var watching atomic.Bool
		var mu sync.Mutex
		var missing, created []string
		a.OnRequest(func(r fakeaws.Request) {
			if !watching.Load() {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, key := range []string{"stop", "start", "late"} {
				if !existsSomewhere(a, key) {
					missing = append(missing, fmt.Sprintf("%s at %s %s", key, r.Operation, r.Name))
				}
			}
			if r.Operation == "CreateSchedule" {
				created = append(created, r.Name)
			}
		})
		watching.Store(true)
		for _, config := range []string{
			schedule("after", account, events),
			schedule("after", account, events, `group_name = "default"`),
			schedule("again", account, events, `group_name = "default"`),
			schedule("again", account, events),
		} {
			created = nil
			c.Write("main.tf", header+config)
			p := c.Plan()
			if strings.Contains(p.Text, "must be replaced") {
				t.Errorf("the move is a replacement:\n%s", p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
			if len(created) != 3 || !strings.HasSuffix(created[0], "start") {
				t.Errorf("created %v, want the start first, and three", created)
			}
		}
		watching.Store(false)
		if len(missing) > 0 {
			t.Errorf("events missing in between: %v", missing)
		}
		c.Destroy()
		emptyCloud(t, a)
	})
}

// existsSomewhere looks for an event in each group that the moves use.
func existsSomewhere(a *fakeaws.AWS, key string) bool {
	s := a.Scheduler()
	for _, place := range [][2]string{
		{"before", key}, {"after", key}, {"again", key},
		{"default", "after-" + key}, {"default", "again-" + key},
	} {
		if _, ok := s.Schedule(place[0], place[1]); ok {
			return true
		}
	}
	return false
}

func retries(age, attempts int) *fakeaws.RetryPolicy {
	return &fakeaws.RetryPolicy{MaximumEventAgeInSeconds: &age, MaximumRetryAttempts: &attempts}
}
