//go:build linux

package bench_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const (
	quotaRounds = 3
	// A small region lets 250 calls a second through to create, read or delete schedules (EventBridge
	// Scheduler User Guide, "Quotas"). A tenth of that is far below what this machine can do, so that
	// nothing but the quota is measured.
	smallRegion = "eu-north-1"
	quotaScale  = 0.1
	quotaRate   = 250 * quotaScale
	// What a second brings may come at once, at first.
	quotaTime = (manySchedules - quotaRate) / quotaRate
)

var quotaWorks = []string{workCreate, workRefresh, workDestroy}

// measureQuota lets OpenTofu and the provider work against an AWS with quotas.
func measureQuota(t *testing.T) results {
	t.Helper()
	r := newResults(t, toolVersion(t, tfcli.Tofu))
	release := releaseProvider(t, t.TempDir())
	for range rounds(quotaRounds) {
		a := fakeaws.Start(t, fakeaws.WithoutRoleChecks(), fakeaws.WithRegion(smallRegion), fakeaws.WithQuotas(quotaScale))
		cli := acctest.NewCLI(t, tfcli.Tofu, "AWS_ENDPOINT_URL="+a.URL(), "AWS_REGION="+smallRegion,
			"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
		useProvider(t, cli, "savings", release)
		cli.Write("main.tf", strings.ReplaceAll(scheduleConfig(manySchedules, false), region, smallRegion))
		cli.Init()
		for _, step := range []struct {
			work, operation string
			do              func()
		}{
			{workCreate, "CreateSchedule", func() { cli.Apply() }},
			{workRefresh, "GetSchedule", func() { cli.PlanEmpty() }},
			{workDestroy, "DeleteSchedule", func() { cli.Destroy("-refresh=false") }},
		} {
			seen := len(a.Requests())
			step.do()
			took, calls := spanOf(a.Requests()[seen:], step.operation)
			r.add(step.work, oursName, "own calls", "s", took.Seconds())
			r.add(step.work, oursName, "the quota's own time", "s", quotaTime)
			r.add(step.work, oursName, "refused calls", "", float64(calls-manySchedules))
		}
	}
	return r
}

// spanOf is the time from the first to the last call of an operation, and how many there were.
func spanOf(requests []fakeaws.Request, operation string) (took time.Duration, calls int) {
	var first, last time.Time
	for _, r := range requests {
		if r.Operation != operation {
			continue
		}
		if calls == 0 {
			first = r.At
		}
		last, calls = r.At, calls+1
	}
	return last.Sub(first), calls
}
