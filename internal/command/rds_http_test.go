package command_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// clock moves on by what is slept.
type clock struct{ *fakeaws.Clock }

func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	c.Advance(d)
	return ctx.Err()
}

// cloud is a fake AWS behind HTTP, with a runner that speaks to it through the real SDK.
type cloud struct {
	*fakeaws.AWS
	runner *command.Runner
	clock  clock
}

func newCloud(t *testing.T) cloud {
	t.Helper()
	c := clock{fakeaws.NewClock(time.Now())}
	a := fakeaws.Start(t, fakeaws.WithClock(c.Now))
	load := func(context.Context) (aws.Config, error) { return a.Config(), nil }
	return cloud{a, command.NewRunner(load, c, slog.New(slog.DiscardHandler)), c}
}

// run runs args with fifteen minutes to go.
func (c cloud) run(t *testing.T, args ...string) command.Report {
	t.Helper()
	call, err := command.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), c.clock.Now().Add(15*time.Minute))
	defer cancel()
	return c.runner.Run(ctx, call)
}

func lines(report command.Report) []string {
	var out []string
	for _, r := range report.Results {
		out = append(out, fmt.Sprintf("%s %s %s %s", r.Target, r.Outcome, r.To, r.Detail))
	}
	return out
}

func (c cloud) operations() map[string]int {
	count := map[string]int{}
	for _, r := range c.Requests() {
		count[r.Operation]++
	}
	return count
}

func TestHTTP_stopStartAndAgain(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "my-aurora"})
	c.RDS().PutInstance(fakeaws.DBInstance{ID: "db"})
	for _, step := range []struct{ args, want string }{
		{"stop-cluster my-aurora", "my-aurora done stopping "},
		{"stop-cluster My-Aurora --wait", "my-aurora already stopped "},
		{"start-cluster my-aurora --wait", "my-aurora done available "},
		{"start-cluster my-aurora", "my-aurora already available "},
		{"stop-instance db --wait", "db done stopped "},
		{"stop-rds db", "db already stopped "},
		{"start-rds db --dry-run", "db dry_run stopped would start it"},
		{"start-instance db --wait", "db done available "},
	} {
		report := c.run(t, append([]string{"rds"}, strings.Fields(step.args)...)...)
		if d := cmp.Diff([]string{step.want}, lines(report)); d != "" || report.Err() != nil {
			t.Errorf("%s: error %v %s", step.args, report.Err(), d)
		}
	}
	if cluster, _ := c.RDS().Cluster("my-aurora"); cluster.Status != "available" {
		t.Errorf("the cluster is %s in the end", cluster.Status)
	}
}

// What a tag finds while AWS deletes it is nobody's failure.
func TestHTTP_deletingOnesOfATagAreSkipped(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	devel := map[string]string{"deploy": "devel"}
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "going", Tags: devel, Life: fakeaws.Life{Status: "deleting"}})
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "here", Tags: devel})
	report := c.run(t, "rds", "stop-cluster", "deploy=devel")
	want := []string{"going skipped deleting it is being deleted", "here done stopping "}
	if d := cmp.Diff(want, lines(report)); d != "" || report.Err() != nil {
		t.Errorf("error %v %s", report.Err(), d)
	}
}

func TestHTTP_pageTwo(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.RDS().SetPageSize(20)
	for i := range 45 {
		c.RDS().PutInstance(fakeaws.DBInstance{
			ID: fmt.Sprintf("db%02d", i), Tags: map[string]string{"deploy": "devel"},
		})
	}
	c.RDS().PutInstance(fakeaws.DBInstance{ID: "zz", Tags: map[string]string{"deploy": "prod"}})
	report := c.run(t, "rds", "stop-instance", "deploy=devel")
	if err := report.Err(); err != nil || len(report.Results) != 45 {
		t.Errorf("error %v, %d results; want 45", err, len(report.Results))
	}
	want := map[string]int{"DescribeDBInstances": 3, "StopDBInstance": 45}
	if d := cmp.Diff(want, c.operations()); d != "" {
		t.Error(d)
	}
	if other, _ := c.RDS().Instance("zz"); other.Status != "available" {
		t.Errorf("an instance without the tag is %s", other.Status)
	}
}

func TestHTTP_throughBusyStates(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	cluster := fakeaws.DBCluster{ID: "my-aurora"}
	cluster.Status = "backing-up"
	cluster.Next = []fakeaws.Transition{
		{To: "modifying", After: time.Minute}, {To: "available", After: time.Minute},
	}
	c.RDS().PutCluster(cluster)
	c.RDS().SlowStates(0, 3*time.Minute)
	begin := c.clock.Now()
	report := c.run(t, "rds", "stop-cluster", "my-aurora", "--wait")
	if d := cmp.Diff([]string{"my-aurora done stopped "}, lines(report)); d != "" {
		t.Error(d)
	}
	if took := c.clock.Now().Sub(begin); took < 5*time.Minute || took > 7*time.Minute {
		t.Errorf("took %s, want five minutes and a pause or two", took)
	}
	if n := len(c.Requests()); n > 25 {
		t.Errorf("%d requests in five minutes of waiting", n)
	}
}

func TestHTTP_stillBusyAtTheEnd(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	cluster := fakeaws.DBCluster{ID: "my-aurora"}
	cluster.Status = "backing-up"
	c.RDS().PutCluster(cluster)
	err := c.run(t, "rds", "stop-cluster", "my-aurora").Err()
	if want := "1 of 1 failed: my-aurora: still backing-up after 14m"; err == nil ||
		err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestHTTP_deniedOnOneOfThree(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, id := range []string{"a", "b", "c"} {
		c.RDS().PutCluster(fakeaws.DBCluster{ID: id})
	}
	c.Fail(fakeaws.Match{Operation: "StopDBCluster", Name: "b"}, fakeaws.Fault{
		Code: "AccessDenied", Status: 403,
		Message: "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: " +
			"rds:StopDBCluster on resource: arn:aws:rds:us-east-1:1:cluster:b",
	})
	report := c.run(t, "rds", "stop-cluster", "a", "b", "c")
	want := []string{
		"a done stopping ",
		"b denied available access denied (rds:StopDBCluster): AccessDenied: User: " +
			"arn:aws:sts::1:assumed-role/r/s is not authorized to perform: rds:StopDBCluster " +
			"on resource: arn:aws:rds:us-east-1:1:cluster:b",
		"c done stopping ",
	}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
	wantErr := "1 of 3 failed: b: access denied (rds:StopDBCluster)"
	if err := report.Err(); err == nil || err.Error() != wantErr {
		t.Errorf("error %v, want %s", err, wantErr)
	}
}

func TestHTTP_unsupportedAsAWSRefusesThem(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "v1", EngineMode: "serverless"})
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "multi", Engine: "mysql"})
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "source", ReadReplicas: []string{"arn:x"}})
	report := c.run(t, "rds", "stop-cluster", "v1", "multi", "source")
	for i, r := range report.Results {
		if r.Outcome != command.Unsupported {
			t.Errorf("result %d: %+v, want unsupported", i, r)
		}
	}
	if n := c.operations()["StopDBCluster"]; n > 0 {
		t.Errorf("%d calls of StopDBCluster", n)
	}
}

func TestHTTP_throttledAndResetCallsAreRetried(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "my-aurora"})
	c.Fail(fakeaws.Match{Operation: "DescribeDBClusters", Nth: 1}, fakeaws.Throttled())
	c.Fail(fakeaws.Match{Operation: "StopDBCluster", Nth: 1}, fakeaws.Fault{Lost: true})
	report := c.run(t, "rds", "stop-cluster", "my-aurora")
	if err := report.Err(); err != nil {
		t.Errorf("error %v", err)
	}
	// The first stop took effect and its answer was lost; the SDK's second finds it stopping.
	if got := report.Results[0].Outcome; got != command.Already {
		t.Errorf("outcome %s", got)
	}
}

// Throttling past the SDK's three tries ends nothing while time is left.
func TestHTTP_throttledForMinutes(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"DescribeDBClusters", "StopDBCluster"} {
		c := newCloud(t)
		c.RDS().PutCluster(fakeaws.DBCluster{ID: "my-aurora"})
		c.Fail(fakeaws.Match{Operation: operation, Times: 20}, fakeaws.Throttled())
		begin := c.clock.Now()
		report := c.run(t, "rds", "stop-cluster", "my-aurora")
		if got := report.Results[0]; got.Outcome != command.Done {
			t.Errorf("%s: %+v", operation, got)
		}
		if took := c.clock.Now().Sub(begin); took < 20*time.Second {
			t.Errorf("%s: took %s", operation, took)
		}
	}
}

func TestHTTP_throttledToTheEnd(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "my-aurora"})
	c.Fail(fakeaws.Match{Operation: "DescribeDBClusters", After: 1}, fakeaws.Throttled())
	report := c.run(t, "rds", "stop-cluster", "my-aurora", "--wait")
	got := report.Results[0]
	if want := "stop accepted, then: ThrottlingException: "; got.Outcome != command.Failed ||
		!strings.HasPrefix(got.Detail, want) {
		t.Errorf("%+v, want detail %q…", got, want)
	}
}

// Without an answer the reason is the cause alone, free of request ids and attempt counts.
func TestHTTP_noAnswer(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Fail(fakeaws.Match{}, fakeaws.Fault{Reset: true})
	report := c.run(t, "rds", "stop-cluster", "my-aurora")
	got := report.Results[0]
	for _, noise := range []string{"RequestID", "StatusCode", "exceeded maximum", "operation error"} {
		if strings.Contains(got.Detail, noise) {
			t.Errorf("the detail holds %q: %s", noise, got.Detail)
		}
	}
	if got.Outcome != command.Failed || !strings.HasPrefix(got.Detail, "request send failed, ") {
		t.Errorf("%s %q, want failed with the cause", got.Outcome, got.Detail)
	}
}
