// Package migration_test moves the stack that this project replaces to the new one, with the real
// OpenTofu and Terraform, and looks for a gap in its schedules at each API call.
package migration_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/review"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const region = "ap-northeast-1"

// night are the old stack's events.
var night = []wanted{
	{"cron(0 21 ? * Mon-Sun *)", []string{"rds", "stop-cluster", "sample-ai-aurora-cluster"}, "rds:StopDBCluster"},
	{"cron(0 8 ? * Mon-Fri *)", []string{"rds", "start-cluster", "sample-ai-aurora-cluster"}, "rds:StartDBCluster"},
}

// stage is the old stack, applied, and a watcher that has looked on since.
type stage struct {
	*acctest.CLI
	cloud   *fakeaws.AWS
	watcher *watcher
}

func oldStack(t *testing.T, tool tfcli.Tool) stage {
	t.Helper()
	s := newStage(t, tool, oldTools+oldSaving)
	checkOldStack(t, s.cloud)
	return s
}

// newStage applies a stack and begins to watch.
func newStage(t *testing.T, tool tfcli.Tool, config string) stage {
	t.Helper()
	a := fakeaws.Start(t, fakeaws.WithRegion(region))
	c := acctest.NewCLI(t, tool, "AWS_ENDPOINT_URL="+a.URL(), "AWS_REGION="+region, "AWS_ACCESS_KEY_ID=testing",
		"AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
	c.UseStandInAWS()
	c.Copy("testdata/old", "old")
	c.Write("main.tf", header+config)
	c.Init()
	c.Apply()
	c.PlanEmpty()
	return stage{c, a, watch(a, night...)}
}

// checkOldStack sees that the stand-in made what the old module makes.
func checkOldStack(t *testing.T, a *fakeaws.AWS) {
	t.Helper()
	s, _ := a.Scheduler().Schedule("default", "sample-ai-saving-lambda-rds_stop")
	got := []string{
		s.Target.Arn, s.Target.RoleArn, s.Target.Input, s.ScheduleExpression, s.ScheduleExpressionTimezone,
		s.FlexibleTimeWindow.Mode, s.State,
	}
	want := []string{
		"arn:aws:lambda:ap-northeast-1:123456789012:function:sample-ai-tool",
		"arn:aws:iam::123456789012:role/service-role/sample-ai-tools-lambda",
		`{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`, "cron(0 21 ? * Mon-Sun *)", "Asia/Tokyo", "OFF",
		"ENABLED",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("the old schedule (-want +got):\n%s", d)
	}
}

// step writes a configuration and applies it. What `savings review` says of its plan is the golden file
// of this name, which the guide shows; no file has the name "".
func (s stage) step(t *testing.T, golden, config string) {
	t.Helper()
	s.Write("main.tf", header+config)
	s.Init() // the providers of modules that came or went
	p := s.Plan()
	if golden != "" {
		checkGolden(t, golden, s.review(t, p.File))
	}
	s.Apply(p.File)
	s.PlanEmpty()
}

// update is set by UPDATE=1: golden files are written anew.
var update = os.Getenv("UPDATE") != ""

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// review is what `savings review --format text` says of a plan.
func (s stage) review(t *testing.T, file string) string {
	t.Helper()
	plan, err := planjson.Read(strings.NewReader(s.Run("show", "-json", file).Stdout))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)
	return review.Compare(plan, at, nil).Text(language.English, review.Terminal{Width: 100})
}

// The new block beside the old one, then the old one removed.
func TestBeside(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		s := oldStack(t, tool)
		s.step(t, "beside", oldTools+oldSaving+beside)
		s.step(t, "beside_removed", beside)
		s.watcher.check(t)
		s.checkNew(t, "sample-ai-saving", "rds_start", "rds_stop")
		if tool == tfcli.Tofu { // and back again
			s.step(t, "", oldTools+oldSaving+beside)
			s.step(t, "", oldTools+oldSaving)
			s.watcher.check(t)
		}
		s.Destroy()
		s.checkEmpty(t)
	})
}

// The new block under the old names: import takes the schedules over, removed lets the old state go.
func TestInPlace(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		s := oldStack(t, tool)
		s.step(t, "in_place", oldTools+inPlace+adopt)
		s.step(t, "in_place_removed", inPlace)
		s.watcher.check(t)
		for _, r := range s.cloud.Requests() {
			if r.Operation == "DeleteSchedule" {
				t.Errorf("%s %s: nothing has to be deleted", r.Operation, r.Name)
			}
		}
		s.checkNew(t, "default", "sample-ai-saving-lambda-rds_start", "sample-ai-saving-lambda-rds_stop")
		s.Destroy()
		s.checkEmpty(t)
	})
}

// The wrong order has a gap, and the watcher finds it.
func TestWrongOrder(t *testing.T) {
	t.Parallel()
	s := oldStack(t, tfcli.Tofu)
	s.step(t, "", oldTools)
	s.step(t, "", beside)
	s.watcher.look("at the end")
	gaps := strings.Join(s.watcher.gaps, "\n")
	for _, want := range []string{"nothing does [rds stop-cluster", "nothing does [rds start-cluster"} {
		if !strings.Contains(gaps, want) {
			t.Errorf("the watcher did not find that %s:\n%s", want, gaps)
		}
	}
	if len(s.watcher.missing(night[0]))+len(s.watcher.missing(night[1])) > 0 {
		t.Error("the gap is not closed at the end")
	}
}

// checkNew sees that nothing is left of the old stack and that the group has these schedules alone.
func (s stage) checkNew(t *testing.T, group string, names ...string) {
	t.Helper()
	got := slices.Sorted(maps.Keys(s.cloud.Scheduler().Schedules(group)))
	if d := cmp.Diff(names, got); d != "" {
		t.Errorf("schedules of group %s (-want +got):\n%s", group, d)
	}
	for _, left := range s.cloud.Leftovers() {
		if strings.Contains(left, "sample-ai-tool") {
			t.Errorf("left behind: %s", left)
		}
	}
	for name, schedule := range s.cloud.Scheduler().Schedules(group) {
		if !json.Valid([]byte(schedule.Target.Input)) || !strings.HasSuffix(schedule.Target.Arn, ":sample-ai-runner") {
			t.Errorf("%s does not reach the new runner: %+v", name, schedule.Target)
		}
	}
}

func (s stage) checkEmpty(t *testing.T) {
	t.Helper()
	if left := s.cloud.Leftovers(); len(left) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

// killedAt applies a configuration and kills the program and the providers with a signal that nothing
// can catch, at the nth call of an operation from now on.
func (s stage) killedAt(t *testing.T, config, operation string, nth int) {
	t.Helper()
	s.Write("main.tf", header+config)
	s.Init()
	reached, hold := make(chan struct{}), make(chan struct{})
	defer close(hold)
	var once sync.Once
	calls := 0
	s.cloud.Fail(fakeaws.Match{Operation: operation, Nth: nth}, fakeaws.Fault{Hold: hold})
	s.cloud.Fail(fakeaws.Match{Operation: operation, After: nth}, fakeaws.Fault{Reset: true})
	var mu sync.Mutex
	s.cloud.OnRequest(func(r fakeaws.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Operation == operation {
			if calls++; calls >= nth {
				once.Do(func() { close(reached) })
			}
		}
	})
	run := s.Start("apply", "-auto-approve")
	select {
	case <-reached:
	case <-time.After(2 * time.Minute):
		t.Errorf("call %d of %s was not reached", nth, operation)
	}
	run.Kill()
	if _, err := run.Wait(); err != nil {
		t.Fatal(err)
	}
	s.cloud.ClearFaults()
}

// recover goes on after a kill. Both programs write a state 20 seconds after the last one, so a runner
// that was complete may be lost to it; then the next apply says which import block brings it back.
func (s stage) recover(t *testing.T, config string) {
	t.Helper()
	if res := s.Run("apply", "-no-color", "-auto-approve", "-lock=false"); res.ExitCode != 0 {
		text := acctest.Flat(res.Stdout + res.Stderr)
		if want := `import { to = savings_runner.this # the resource's address id = "sample-ai-runner" }`; !strings.Contains(text, want) {
			t.Fatalf("the apply after the kill says neither that it worked nor what to do:\n%s", text)
		}
		s.Write("main.tf", header+config+"import {\n  to = savings_runner.this\n  id = \"sample-ai-runner\"\n}\n")
		s.Apply("-lock=false")
	}
	s.PlanEmpty("-lock=false")
}

// Each way is killed in the middle of its writes, and goes on with the next apply: no gap either.
func TestKilled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tool              tfcli.Tool
		config, operation string
		nth               int
		after             string
	}{
		"beside, the function":     {tfcli.Tofu, oldTools + oldSaving + beside, "CreateFunction", 1, beside},
		"beside, the second event": {tfcli.Terraform, oldTools + oldSaving + beside, "CreateSchedule", 2, beside},
		"in place, the policy":     {tfcli.Tofu, oldTools + inPlace + adopt, "PutRolePolicy", 2, inPlace},
		"in place, the first":      {tfcli.Terraform, oldTools + inPlace + adopt, "UpdateSchedule", 1, inPlace},
		"in place, the second":     {tfcli.Tofu, oldTools + inPlace + adopt, "UpdateSchedule", 2, inPlace},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := oldStack(t, test.tool)
			s.killedAt(t, test.config, test.operation, test.nth)
			s.recover(t, test.config)
			s.Write("main.tf", header+test.after)
			s.Apply("-lock=false")
			s.PlanEmpty("-lock=false")
			s.watcher.check(t)
			s.Destroy("-lock=false")
			s.checkEmpty(t)
		})
	}
}

// The removal of the old stack is killed in its middle, and goes on.
func TestKilled_removal(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		s := oldStack(t, tool)
		s.step(t, "", oldTools+oldSaving+beside)
		s.killedAt(t, beside, "DeleteSchedule", 1)
		s.Apply("-lock=false")
		s.PlanEmpty("-lock=false")
		s.watcher.check(t)
		s.checkNew(t, "sample-ai-saving", "rds_start", "rds_stop")
	})
}
