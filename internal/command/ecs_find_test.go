package command_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// inFlight counts the calls of some operations that are under way at once.
type inFlight struct {
	client aws.HTTPClient
	of     []string

	mu        sync.Mutex
	now, most int
}

func (f *inFlight) Do(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if slices.Contains(f.of, operation) {
		f.mu.Lock()
		f.now++
		f.most = max(f.most, f.now)
		f.mu.Unlock()
		defer func() {
			f.mu.Lock()
			f.now--
			f.mu.Unlock()
		}()
	}
	return f.client.Do(r)
}

func TestECS_whatCannotBeStopped(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "api", Desired: 1})
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "agent", Strategy: "DAEMON"})
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "old", Status: "DRAINING"})
	c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: "gone", Status: "INACTIVE"})
	c.ECS().PutService(fakeaws.ECSService{
		Cluster: "web", Name: "kept", Desired: 1, Tags: map[string]string{"savings:keep": "yes"},
	})
	const daemon = "a DAEMON service has no desired count, it runs one task on each container " +
		"instance: leave it out"
	tests := []struct{ args, want string }{
		{"stop-services web/none web/gone no/api web/agent web/old", strings.Join([]string{
			"web/none not_found  no such ECS service in us-east-1: check cluster, service and region",
			"web/gone not_found  no such ECS service in us-east-1: check cluster, service and region",
			"no/api not_found  no ECS cluster no in us-east-1: check name and region",
			"web/agent unsupported 0 " + daemon,
			"web/old failed 0 it is DRAINING: it is being deleted",
		}, "\n")},
		{"set-desired-count web/agent/0", "web/agent unsupported 0 " + daemon},
		{"stop-services web/* no/* web/kept", strings.Join([]string{
			"web/agent unsupported 0 " + daemon + ", or tag it savings:keep",
			"web/api done 0 ",
			"web/kept skipped 1 the same as item web/kept",
			"web/old skipped 0 it is being deleted",
			" not_found  no ECS cluster no in us-east-1: check name and region",
			"web/kept done 0 ",
		}, "\n")},
		{"start-services web/*", strings.Join([]string{
			"web/agent unsupported 0 " + daemon + ", or tag it savings:keep",
			"web/api done 1 ",
			"web/kept skipped 0 kept by its tag savings:keep",
			"web/old skipped 0 it is being deleted",
		}, "\n")},
	}
	for _, tt := range tests {
		report := c.run(t, append([]string{"ecs"}, strings.Fields(tt.args)...)...)
		if d := cmp.Diff(tt.want, strings.Join(lines(report), "\n")); d != "" {
			t.Errorf("%s: %s", tt.args, d)
		}
	}
}

// A tag is looked for in all clusters, on all pages; a service belongs to one item.
func TestECS_byTag(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.ECS().SetPageSize(2)
	for _, cluster := range []string{"a", "b", "c"} {
		for i := range 5 {
			c.ECS().PutService(fakeaws.ECSService{
				Cluster: cluster, Name: fmt.Sprint("s", i), Desired: 1,
				Tags: map[string]string{"n": fmt.Sprint(i), "team": "web"},
			})
		}
	}
	c.ECS().PutCluster("empty")
	report := c.run(t, "ecs", "stop-services", "team=web,n=4", "n=3", "c/s3", "c/*")
	want := []string{
		"a/s4 done 0 ", "b/s4 done 0 ", "c/s4 skipped 1 the same as item c/*",
		"a/s3 done 0 ", "b/s3 done 0 ", "c/s3 skipped 1 the same as item c/s3",
		"c/s3 done 0 ",
		"c/s0 done 0 ", "c/s1 done 0 ", "c/s2 done 0 ", "c/s3 skipped 1 the same as item c/s3",
		"c/s4 done 0 ",
	}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
	for _, key := range []string{"a/s0", "b/s2"} {
		if s, _ := c.ECS().Service(key); s.Desired != 1 {
			t.Errorf("%s, which has other tags, was stopped", key)
		}
	}
}

// Fifty services of a cluster: described in tens, at most four writes in flight.
func TestECS_fiftyServices(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for i := range 50 {
		key := fmt.Sprintf("s%02d", i)
		c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: key, Desired: 1 + i})
		c.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/" + key, Min: 1, Max: 60})
	}
	c.Fail(fakeaws.Match{Operation: "UpdateService"}, fakeaws.Fault{Delay: time.Millisecond})
	writes := &inFlight{of: []string{"TagResource", "UpdateService", "RegisterScalableTarget"}}
	c.runner.Config = func(context.Context) (aws.Config, error) {
		cfg := c.Config()
		writes.client = cfg.HTTPClient
		cfg.HTTPClient = writes
		return cfg, nil
	}
	report := c.run(t, "ecs", "stop-services", "web/*")
	if err := report.Err(); err != nil || len(report.Results) != 50 {
		t.Errorf("error %v, %d results", err, len(report.Results))
	}
	want := map[string]int{
		"ListServices": 1, "DescribeServices": 10, "DescribeScalableTargets": 1,
		"TagResource": 50, "RegisterScalableTarget": 50, "UpdateService": 50,
	}
	if d := cmp.Diff(want, c.operations()); d != "" {
		t.Error(d)
	}
	if writes.most < 2 || writes.most > 4 {
		t.Errorf("%d writes were in flight at most", writes.most)
	}
}

// One service that may not be described spoils nothing for the nine others of its batch.
func TestECS_oneBadServiceInABatch(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	args := []string{"ecs", "stop-services"}
	for i := range 10 {
		c.ECS().PutService(fakeaws.ECSService{Cluster: "web", Name: fmt.Sprint("s", i), Desired: 1})
		args = append(args, fmt.Sprint("web/s", i))
	}
	c.Fail(fakeaws.Match{Operation: "DescribeServices", Name: "s7"}, fakeaws.Fault{
		Code: "AccessDeniedException", Message: "no",
	})
	report := c.run(t, args...)
	for i, r := range report.Results {
		want := command.Done
		if i == 7 {
			want = command.Denied
		}
		if r.Outcome != want {
			t.Errorf("s%d: %s %s, want %s", i, r.Outcome, r.Detail, want)
		}
	}
	if err := report.Err(); err == nil ||
		err.Error() != "1 of 10 failed: web/s7: access denied (ecs:DescribeServices)" {
		t.Errorf("error %v", err)
	}
}
