package fakeaws

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	gocmp "github.com/google/go-cmp/cmp"
)

type testRedshift struct {
	*Redshift
	t      *testing.T
	client *redshift.Client
	clock  *Clock
}

func newTestRedshift(t *testing.T) testRedshift {
	t.Helper()
	clock := NewClock(testTime)
	a := Start(t, WithClock(clock.Now))
	return testRedshift{a.Redshift(), t, redshift.NewFromConfig(a.Config()), clock}
}

func (r testRedshift) pause(id string) error {
	_, err := r.client.PauseCluster(r.t.Context(),
		&redshift.PauseClusterInput{ClusterIdentifier: &id})
	return err
}

func (r testRedshift) resume(id string) error {
	_, err := r.client.ResumeCluster(r.t.Context(),
		&redshift.ResumeClusterInput{ClusterIdentifier: &id})
	return err
}

func (r testRedshift) describe(id string) types.Cluster {
	r.t.Helper()
	out, err := r.client.DescribeClusters(r.t.Context(),
		&redshift.DescribeClustersInput{ClusterIdentifier: &id})
	noError(r.t, err)
	return out.Clusters[0]
}

// Tags, HSM and the retention of automated snapshots come with the description (API Reference,
// Cluster), and case is no matter.
func TestDescribeRedshiftCluster(t *testing.T) {
	t.Parallel()
	r := newTestRedshift(t)
	r.PutCluster(RedshiftCluster{
		ID: "DWH", HSM: "my-hsm", NoSnapshots: true, Tags: map[string]string{"team": "web"},
	})
	got := r.describe("Dwh")
	if *got.ClusterIdentifier != "dwh" || *got.ClusterStatus != "available" ||
		*got.HsmStatus.HsmConfigurationIdentifier != "my-hsm" ||
		*got.AutomatedSnapshotRetentionPeriod != 0 || *got.Tags[0].Key != "team" ||
		*got.Tags[0].Value != "web" {
		t.Errorf("got %+v", got)
	}
	r.PutCluster(RedshiftCluster{ID: "plain"})
	if got := r.describe("plain"); *got.AutomatedSnapshotRetentionPeriod != 1 || got.HsmStatus != nil &&
		got.HsmStatus.HsmConfigurationIdentifier != nil {
		t.Errorf("got %+v", got)
	}
	_, err := r.client.DescribeClusters(t.Context(),
		&redshift.DescribeClustersInput{ClusterIdentifier: aws.String("gone")})
	wantError(t, err, "ClusterNotFound", "Cluster gone not found.")
}

// A pause needs an available cluster, a resume a paused one (Management Guide, "Pausing and
// resuming a cluster"); a second one is an error.
func TestRedshiftPauseAndResume(t *testing.T) {
	t.Parallel()
	r := newTestRedshift(t)
	r.PutCluster(RedshiftCluster{ID: "dwh"})
	r.SlowStates(Transition{After: time.Minute})
	wantError(t, r.resume("dwh"), "InvalidClusterState", "Cluster dwh is not in state paused.")
	noError(t, r.pause("dwh"))
	wantError(t, r.pause("dwh"), "InvalidClusterState", "Cluster dwh is not in state available.")
	var statuses []string
	for range 2 {
		statuses = append(statuses, *r.describe("dwh").ClusterStatus)
		r.clock.Advance(time.Minute)
	}
	noError(t, r.resume("dwh"))
	for range 2 {
		statuses = append(statuses, *r.describe("dwh").ClusterStatus)
		r.clock.Advance(time.Minute)
	}
	want := []string{"pausing", "paused", "resuming", "available"}
	if diff := gocmp.Diff(want, statuses); diff != "" {
		t.Error(diff)
	}
	wantError(t, r.pause("gone"), "ClusterNotFound", "")
	wantError(t, r.resume("gone"), "ClusterNotFound", "")
	if got := r.aws.Leftovers(); len(got) != 1 || got[0] != "redshift cluster dwh" {
		t.Errorf("left %v", got)
	}
}

// What the Management Guide says cannot be paused, and an operation that the status does not show.
func TestRedshiftRefusals(t *testing.T) {
	t.Parallel()
	r := newTestRedshift(t)
	r.PutCluster(RedshiftCluster{ID: "hsm", HSM: "my-hsm"})
	r.PutCluster(RedshiftCluster{ID: "off", NoSnapshots: true})
	r.PutCluster(RedshiftCluster{ID: "busy", Operations: 1})
	wantError(t, r.pause("hsm"), "UnsupportedOperation", "")
	wantError(t, r.pause("off"), "UnsupportedOperation", "")
	wantError(t, r.pause("busy"), "InvalidClusterState",
		"There is an operation running on the Cluster. Please try to pause it at a later time.")
	noError(t, r.pause("busy"))
}

// Pages hold 20 to 100 clusters (API Reference, DescribeClusters).
func TestRedshiftPages(t *testing.T) {
	t.Parallel()
	r := newTestRedshift(t)
	for _, id := range []string{"a", "b", "c"} {
		r.PutCluster(RedshiftCluster{ID: id})
	}
	r.SetPageSize(2)
	var got []string
	in := &redshift.DescribeClustersInput{}
	for {
		out, err := r.client.DescribeClusters(t.Context(), in)
		noError(t, err)
		for _, c := range out.Clusters {
			got = append(got, *c.ClusterIdentifier)
		}
		got = append(got, "|")
		if in.Marker = out.Marker; out.Marker == nil {
			break
		}
	}
	if diff := gocmp.Diff([]string{"a", "b", "|", "c", "|"}, got); diff != "" {
		t.Error(diff)
	}
	_, err := r.client.DescribeClusters(t.Context(),
		&redshift.DescribeClustersInput{MaxRecords: aws.Int32(10)})
	wantError(t, err, "InvalidParameterValue", "")
	_, err = r.client.DescribeClusters(t.Context(),
		&redshift.DescribeClustersInput{Marker: aws.String("x")})
	wantError(t, err, "InvalidParameterValue", "The Marker is invalid.")
}
