package command_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func TestHTTP_redshiftPauseResumeAndAgain(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "dwh"})
	c.Redshift().SlowStates(fakeaws.Transition{After: time.Minute})
	for _, step := range []struct{ args, want string }{
		{"pause-cluster DWH --dry-run", "dwh dry_run available would pause it"},
		{"pause-cluster DWH", "dwh done pausing "},
		{"pause-cluster dwh", "dwh already pausing it is pausing"},
		{"pause-cluster dwh --wait", "dwh already paused "},
		{"pause-cluster dwh", "dwh already paused "},
		{"resume-cluster dwh", "dwh done resuming "},
		{"resume-cluster dwh", "dwh already resuming it is resuming"},
		{"pause-cluster dwh --wait", "dwh done paused "},
		{"resume-cluster dwh --wait", "dwh done available "},
		{"resume-cluster dwh", "dwh already available "},
	} {
		report := c.run(t, append([]string{"redshift"}, strings.Fields(step.args)...)...)
		if d := cmp.Diff([]string{step.want}, lines(report)); d != "" || report.Err() != nil {
			t.Errorf("%s: error %v %s", step.args, report.Err(), d)
		}
	}
	want := map[string]int{"PauseCluster": 2, "ResumeCluster": 2}
	got := c.operations()
	delete(got, "DescribeClusters")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// AWS refuses while an operation runs that the status does not show; that ends by itself. Each
// cluster has a clock of its own: on a fake one, what waits uses up the others' time.
func TestHTTP_redshiftOperationRunning(t *testing.T) {
	t.Parallel()
	resizing := fakeaws.RedshiftCluster{ID: "busy"}
	resizing.Status, resizing.Next = "resizing",
		[]fakeaws.Transition{{To: "available", After: time.Minute}}
	for _, tt := range []struct {
		cluster fakeaws.RedshiftCluster
		want    string
	}{
		{fakeaws.RedshiftCluster{ID: "dwh", Operations: 9}, "dwh done pausing "},
		{fakeaws.RedshiftCluster{ID: "stuck", Operations: 1000},
			"stuck failed available still available after 14m; InvalidClusterState: There is an " +
				"operation running on the Cluster. Please try to pause it at a later time."},
		{resizing, "busy done pausing "},
	} {
		t.Run(tt.cluster.ID, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.Redshift().PutCluster(tt.cluster)
			want := []string{
				tt.want,
				"gone not_found  no such Redshift cluster in us-east-1: check identifier and region",
			}
			report := c.run(t, "redshift", "pause-cluster", tt.cluster.ID, "gone")
			if d := cmp.Diff(want, lines(report)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHTTP_redshiftUnsupported(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "hsm", HSM: "my-hsm"})
	c.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "off", NoSnapshots: true})
	c.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "other"})
	broken := fakeaws.RedshiftCluster{ID: "broken"}
	broken.Status = "hardware-failure"
	c.Redshift().PutCluster(broken)
	c.Fail(fakeaws.Match{Operation: "PauseCluster", Name: "other"},
		fakeaws.Fault{Code: "UnsupportedOperation", Message: "The operation isn't supported."})
	report := c.run(t, "redshift", "pause-cluster", "hsm", "off", "other", "broken")
	want := []string{
		"hsm unsupported available a cluster with a hardware security module (HSM) cannot be paused: " +
			"leave it out",
		"off unsupported available a cluster without automated snapshots cannot be paused: leave it " +
			"out, or keep them for a day or more",
		"other unsupported available UnsupportedOperation: The operation isn't supported.",
		"broken failed hardware-failure hardware-failure: AWS does not pause it in this state, and it " +
			"does not end by itself",
	}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
	// What cannot be paused is running, which is where a resume leads.
	report = c.run(t, "redshift", "resume-cluster", "hsm", "off")
	if d := cmp.Diff([]string{"hsm already available ", "off already available "},
		lines(report)); d != "" {
		t.Error(d)
	}
}

func TestHTTP_redshiftByTagOverPages(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Redshift().SetPageSize(20)
	for i := range 45 {
		c.Redshift().PutCluster(fakeaws.RedshiftCluster{
			ID: fmt.Sprintf("c%02d", i), Tags: map[string]string{"deploy": "devel"},
		})
	}
	c.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "prod", Tags: map[string]string{"deploy": "p"}})
	c.Redshift().PutCluster(fakeaws.RedshiftCluster{
		ID: "kept", Tags: map[string]string{"deploy": "devel", "savings:keep": "yes"},
	})
	report := c.run(t, "redshift", "pause-cluster", "deploy=devel")
	if err := report.Err(); err != nil || len(report.Results) != 46 {
		t.Errorf("error %v, %d results, want 46", err, len(report.Results))
	}
	want := map[string]int{"DescribeClusters": 3, "PauseCluster": 45}
	if d := cmp.Diff(want, c.operations()); d != "" {
		t.Error(d)
	}
	for _, id := range []string{"prod", "kept"} {
		if got, _ := c.Redshift().Cluster(id); got.Status != "available" {
			t.Errorf("%s is %s", id, got.Status)
		}
	}
}

func TestHTTP_redshiftARNOfAnotherAccount(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "dwh"})
	report := c.run(t, "redshift", "pause-cluster",
		"arn:aws:redshift:us-east-1:999999999999:cluster:dwh")
	want := []string{"dwh not_found  the ARN is of account 999999999999, and this run is in another"}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
}

// One that is deleted meanwhile is not found, whether a call or the next look meets that.
func TestHTTP_redshiftGoneMeanwhile(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, id := range []string{"a", "b"} {
		c.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: id})
	}
	gone := fakeaws.Fault{Code: "ClusterNotFound", Message: "gone", Status: http.StatusNotFound}
	c.Fail(fakeaws.Match{Operation: "PauseCluster", Name: "a"}, gone)
	c.Fail(fakeaws.Match{Operation: "DescribeClusters", Name: "b", After: 1}, gone)
	report := c.run(t, "redshift", "pause-cluster", "a", "b", "--wait")
	want := []string{
		"a not_found available no such Redshift cluster in us-east-1: check identifier and region",
		"b not_found pausing no such Redshift cluster in us-east-1: check identifier and region",
	}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
}
