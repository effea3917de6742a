package command_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func steps(t *testing.T, texts ...string) []*command.Call {
	t.Helper()
	var calls []*command.Call
	for _, text := range texts {
		call, err := command.Parse(strings.Fields(text))
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, call)
	}
	return calls
}

// invoke runs steps with fifteen minutes to go, as one invocation of the function.
func (c cloud) invoke(t *testing.T, calls []*command.Call) command.Report {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), c.clock.Now().Add(15*time.Minute))
	defer cancel()
	return c.runner.Run(ctx, calls...)
}

func wantReport(t *testing.T, report command.Report, sentence string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Errorf("results (-want +got):\n%s", d)
	}
	if got := fmt.Sprint(report.Err()); got != sentence {
		t.Errorf("error\n got %s\nwant %s", got, sentence)
	}
}

func TestRun_stepsInOrder(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "a", Life: fakeaws.Life{Status: "stopped"}})
	c.RDS().PutInstance(fakeaws.DBInstance{ID: "b"})
	c.RDS().SlowStates(0, 3*time.Minute)
	var states []string
	c.OnRequest(func(r fakeaws.Request) {
		if !strings.HasPrefix(r.Operation, "Describe") {
			a, _ := c.RDS().Cluster("a")
			states = append(states, r.Operation+" while a is "+a.Status)
		}
	})
	report := c.invoke(t, steps(t, "rds start-cluster a --wait", "rds stop-instance b"))
	wantReport(t, report, "<nil>", "a done available ", "b done stopping ")
	want := []string{"StartDBCluster while a is stopped", "StopDBInstance while a is available"}
	if d := cmp.Diff(want, states); d != "" {
		t.Error(d)
	}
}

func TestRun_failedStepEndsTheRun(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, id := range []string{"a", "c", "d", "e"} {
		c.RDS().PutInstance(fakeaws.DBInstance{ID: id})
	}
	all := steps(t, "rds stop-instance a", "rds stop-instance nope c", "rds stop-instance d",
		"rds stop-instance e team=web")
	const missing = "no such DB instance in us-east-1: check identifier and region"
	wantReport(t, c.invoke(t, all),
		"1 of 6 failed: nope: "+missing+"; steps 3 and 4 were not run",
		"a done stopping ", "nope not_found  "+missing, "c done stopping ",
		"d skipped  step 2 failed", "e skipped  step 2 failed", " skipped  step 2 failed")
	for _, id := range []string{"d", "e"} {
		if db, _ := c.RDS().Instance(id); db.Status != "available" {
			t.Errorf("%s of a later step is %s", id, db.Status)
		}
	}
}

// A --wait that outlasts the invocation fails, and Lambda's next attempt goes on from there.
func TestRun_waitOutlastsTheInvocation(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "a", Life: fakeaws.Life{Status: "stopped"}})
	c.RDS().PutInstance(fakeaws.DBInstance{ID: "b"})
	c.RDS().SlowStates(0, 20*time.Minute)
	all := steps(t, "rds start-cluster a --wait", "rds stop-instance b")
	wantReport(t, c.invoke(t, all),
		"1 of 2 failed: a: start accepted, still starting after 14m; step 2 was not run",
		"a failed starting start accepted, still starting after 14m", "b skipped  step 1 failed")
	c.clock.Advance(time.Minute)
	wantReport(t, c.invoke(t, all), "<nil>", "a already available ", "b done stopping ")
	starts := 0
	for _, r := range c.Requests() {
		if r.Operation == "StartDBCluster" {
			starts++
		}
	}
	if starts != 1 {
		t.Errorf("the cluster was started %d times, want once", starts)
	}
}

func TestRunner_leavesStepsAlone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	all := steps(t, "rds start-cluster a", "rds stop-instance b a")
	wantReport(t, c.runner.Skip(t.Context(), "not on 2026-12-29", all...), "<nil>",
		"a skipped  not on 2026-12-29", "b skipped  not on 2026-12-29",
		"a skipped  not on 2026-12-29")
	const late = "late: came 1 h 3 m after its time, nothing was done"
	wantReport(t, c.runner.Late(t.Context(), 63*time.Minute, all...),
		"came 1 h 3 m late; a and b were left as they are",
		"a failed  "+late, "b failed  "+late, "a failed  "+late)
	if n := len(c.Requests()); n > 0 {
		t.Errorf("%d requests to AWS, want none", n)
	}
}
