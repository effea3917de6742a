package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// After a stop, a dry fire, which the real runner answers, and a dry run on this machine agree item
// by item, and so do the stop itself and the same words here.
func TestFireAgreesWithRun(t *testing.T) {
	p, aws, out := hosted(t, command.SystemClock{})
	for id, tags := range map[string]map[string]string{
		"own": nil, "web-1": {"team": "web"}, "web-2": {"team": "web"},
		"kept": {"team": "web", "savings:keep": "yes"},
	} {
		c := fakeaws.DBCluster{ID: id}
		c.Status, c.Tags = "available", tags
		aws.RDS().PutCluster(c)
	}
	putCluster(aws, "broken", "inaccessible-encryption-credentials")
	aws.Lambda().PutFunction(fakeaws.Function{FunctionName: "tools"})
	aws.Lambda().Handle("tools", acctest.Runner(t).Handle)
	args := []string{"rds", "stop-cluster", "own", "gone", "team=web", "broken", "none=such"}
	schedule := fakeaws.Schedule{GroupName: "night", Name: "stop", State: "ENABLED"}
	schedule.Target.Arn = functionARN
	schedule.Target.Input = payload.Encode(payload.Payload{
		Args: args, Group: "night", Schedule: "stop", Holds: true, Timezone: "Asia/Tokyo",
	})
	aws.Scheduler().PutSchedule(schedule)

	savings := func(args ...string) string {
		t.Helper()
		out.Reset()
		if code := p.execute(t.Context(), args); code != exitFailed {
			t.Errorf("savings %q: exit code %d, want %d, as two items fail", args, code, exitFailed)
		}
		return out.String()
	}
	fire := []string{"fire", "--name", "night", "--event", "stop"}
	run := append([]string{"run"}, args...)
	const want = "own        done       available → stopping\ngone       not_found "
	if got := savings(fire...); !strings.HasPrefix(got, want) {
		t.Errorf("fire printed\n%s\nwant it to begin with\n%s", got, want)
	}
	for _, flags := range [][]string{{"--dry-run"}, {"--dry-run", "--format", "json"}, nil} {
		fired := savings(slices.Concat(fire, flags)...)
		ran := savings(slices.Concat(run, flags)...)
		// A failed run has its sentence behind "the run failed: ".
		fired = strings.Replace(fired, "savings: the run failed: ", "savings: ", 1)
		if d := cmp.Diff(ran, fired); d != "" {
			t.Errorf("%q: -run +fire %s", flags, d)
		}
	}
}
