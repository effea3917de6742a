package fakeaws

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type testRDS struct {
	*RDS
	t      *testing.T
	client *rds.Client
	clock  *Clock
}

func newTestRDS(t *testing.T) testRDS {
	t.Helper()
	clock := NewClock(testTime)
	a := Start(t, WithClock(clock.Now))
	return testRDS{a.RDS(), t, rds.NewFromConfig(a.Config()), clock}
}

func (r testRDS) stopCluster(id string) error {
	_, err := r.client.StopDBCluster(r.t.Context(),
		&rds.StopDBClusterInput{DBClusterIdentifier: aws.String(id)})
	return err
}

func (r testRDS) startCluster(id string) error {
	_, err := r.client.StartDBCluster(r.t.Context(),
		&rds.StartDBClusterInput{DBClusterIdentifier: aws.String(id)})
	return err
}

func (r testRDS) stopInstance(id string) error {
	_, err := r.client.StopDBInstance(r.t.Context(),
		&rds.StopDBInstanceInput{DBInstanceIdentifier: aws.String(id)})
	return err
}

func (r testRDS) startInstance(id string) error {
	_, err := r.client.StartDBInstance(r.t.Context(),
		&rds.StartDBInstanceInput{DBInstanceIdentifier: aws.String(id)})
	return err
}

func (r testRDS) describeCluster(id string) (types.DBCluster, error) {
	out, err := r.client.DescribeDBClusters(r.t.Context(),
		&rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String(id)})
	if err != nil {
		return types.DBCluster{}, err
	}
	return out.DBClusters[0], nil
}

// clusterStatuses describes a cluster n times.
func (r testRDS) clusterStatuses(id string, n int) []string {
	r.t.Helper()
	var statuses []string
	for range n {
		cluster, err := r.describeCluster(id)
		noError(r.t, err)
		statuses = append(statuses, *cluster.Status)
	}
	return statuses
}

func (r testRDS) instanceStatuses(id string, n int) []string {
	r.t.Helper()
	var statuses []string
	for range n {
		out, err := r.client.DescribeDBInstances(r.t.Context(),
			&rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(id)})
		noError(r.t, err)
		statuses = append(statuses, *out.DBInstances[0].DBInstanceStatus)
	}
	return statuses
}

// TagList comes with the description, and what cannot be stopped shows in Engine, EngineMode, the
// members and the replicas (API Reference, DBCluster).
func TestDescribeDBCluster(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.PutCluster(DBCluster{
		ID: "My-Aurora", Engine: "aurora-mysql", Members: []string{"w", "r"},
		ReadReplicas: []string{"arn:replica"}, ReplicationSource: "arn:source", GlobalCluster: "global",
		Tags: map[string]string{"team": "web"},
	})
	want := types.DBCluster{
		DBClusterIdentifier: aws.String("my-aurora"),
		DBClusterArn:        aws.String("arn:aws:rds:us-east-1:123456789012:cluster:my-aurora"),
		Status:              aws.String("available"), Engine: aws.String("aurora-mysql"),
		EngineMode: aws.String("provisioned"), MultiAZ: aws.Bool(false),
		DBClusterMembers: []types.DBClusterMember{
			{DBInstanceIdentifier: aws.String("w"), IsClusterWriter: aws.Bool(true)},
			{DBInstanceIdentifier: aws.String("r"), IsClusterWriter: aws.Bool(false)},
		},
		ReadReplicaIdentifiers:      []string{"arn:replica"},
		ReplicationSourceIdentifier: aws.String("arn:source"),
		GlobalClusterIdentifier:     aws.String("global"),
		TagList:                     []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}},
	}
	// An ARN is an identifier too (Aurora User Guide, the tutorial on tags), and case is no matter
	// (API Reference, StopDBCluster).
	for _, id := range []string{"my-aurora", "MY-AURORA", *want.DBClusterArn} {
		got, err := r.describeCluster(id)
		noError(t, err)
		if diff := gocmp.Diff(want, got, shapes, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	_, err := r.describeCluster("none")
	wantError(t, err, "DBClusterNotFoundFault", "DBCluster none not found.")
}

func TestDescribeDBInstance(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.PutInstance(DBInstance{
		ID: "db", Engine: "mysql", MultiAZ: true, Cluster: "c", ReplicaSource: "source",
		ReadReplicas: []string{"replica"}, Tags: map[string]string{"team": "web"},
	})
	r.PutInstance(DBInstance{ID: "other"})
	out, err := r.client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{
		Filters: []types.Filter{
			{Name: aws.String("db-cluster-id"), Values: []string{"b", "c"}},
			{Name: aws.String("engine"), Values: []string{"mysql"}},
		},
	})
	noError(t, err)
	want := []types.DBInstance{{
		DBInstanceIdentifier: aws.String("db"),
		DBInstanceArn:        aws.String("arn:aws:rds:us-east-1:123456789012:db:db"),
		DBInstanceStatus:     aws.String("available"), Engine: aws.String("mysql"),
		MultiAZ: aws.Bool(true), DBClusterIdentifier: aws.String("c"),
		ReadReplicaSourceDBInstanceIdentifier: aws.String("source"),
		ReadReplicaDBInstanceIdentifiers:      []string{"replica"},
		TagList: []types.Tag{
			{Key: aws.String("team"), Value: aws.String("web")},
		},
	}}
	if diff := gocmp.Diff(want, out.DBInstances, shapes, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("instances (-want +got):\n%s", diff)
	}
	_, err = r.client.DescribeDBInstances(t.Context(),
		&rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("none")})
	wantError(t, err, "DBInstanceNotFound", "DBInstance none not found.")
	// There is no filter by tag (API Reference, DescribeDBInstances).
	_, err = r.client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{
		Filters: []types.Filter{{Name: aws.String("tag:team"), Values: []string{"web"}}},
	})
	wantError(t, err, "InvalidParameterValue", "Unrecognized filter name: tag:team")
}

// Pages hold 20 to 100, 100 unless asked, and a Marker leads on (API Reference,
// DescribeDBClusters).
func TestDescribePages(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	for i := range 105 {
		r.PutCluster(DBCluster{ID: fmt.Sprintf("c%03d", i)})
		r.PutInstance(DBInstance{ID: fmt.Sprintf("i%03d", i)})
	}
	pages := func() (sizes []int) {
		clusters := rds.NewDescribeDBClustersPaginator(r.client, &rds.DescribeDBClustersInput{})
		for clusters.HasMorePages() {
			page, err := clusters.NextPage(t.Context())
			noError(t, err)
			sizes = append(sizes, len(page.DBClusters))
		}
		instances := rds.NewDescribeDBInstancesPaginator(r.client, &rds.DescribeDBInstancesInput{})
		for instances.HasMorePages() {
			page, err := instances.NextPage(t.Context())
			noError(t, err)
			sizes = append(sizes, len(page.DBInstances))
		}
		return sizes
	}
	if diff := gocmp.Diff([]int{100, 5, 100, 5}, pages()); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	r.SetPageSize(60)
	if diff := gocmp.Diff([]int{60, 45, 60, 45}, pages()); diff != "" {
		t.Errorf("pages of 60 (-want +got):\n%s", diff)
	}
	_, err := r.client.DescribeDBClusters(t.Context(),
		&rds.DescribeDBClustersInput{MaxRecords: aws.Int32(19)})
	wantError(t, err, "InvalidParameterValue", "")
}

// The life cycle is available, stopping, stopped, starting, available (RDS User Guide, "Viewing
// Amazon RDS DB instance status"); neither call is idempotent, and the cluster's text names the
// state (public logs).
func TestClusterLife(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.SlowStates(2, 0)
	r.PutCluster(DBCluster{ID: "x", Members: []string{"w"}})
	r.PutInstance(DBInstance{ID: "w", Cluster: "x", Engine: "aurora-postgresql"})
	wantError(t, r.startCluster("x"), "InvalidDBClusterStateFault", "DbCluster x is in available "+
		"state but expected it to be one of stopped,inaccessible-encryption-credentials-recoverable.")
	noError(t, r.stopCluster("x"))
	wantError(t, r.stopCluster("x"), "InvalidDBClusterStateFault",
		"DbCluster x is in stopping state but expected it to be one of available.")
	if diff := gocmp.Diff([]string{"stopping"}, r.instanceStatuses("w", 1)); diff != "" {
		t.Errorf("member (-want +got):\n%s", diff)
	}
	want := []string{"stopping", "stopping", "stopped"}
	if diff := gocmp.Diff(want, r.clusterStatuses("x", 3)); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]string{"stopped"}, r.instanceStatuses("w", 1)); diff != "" {
		t.Errorf("member (-want +got):\n%s", diff)
	}
	noError(t, r.startCluster("x"))
	want = []string{"starting", "starting", "available"}
	if diff := gocmp.Diff(want, r.clusterStatuses("x", 3)); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	wantError(t, r.stopCluster("none"), "DBClusterNotFoundFault", "")
}

// The answer to StopDBCluster carries the status from before.
func TestStopDBClusterAnswersTheOldStatus(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.PutCluster(DBCluster{ID: "x"})
	out, err := r.client.StopDBCluster(t.Context(),
		&rds.StopDBClusterInput{DBClusterIdentifier: aws.String("x")})
	noError(t, err)
	if *out.DBCluster.Status != "available" {
		t.Errorf("status %s, want available", *out.DBCluster.Status)
	}
	if cluster, _ := r.Cluster("x"); cluster.Status != "stopped" {
		t.Errorf("status %s afterwards, want stopped", cluster.Status)
	}
}

// The codes of instances have no "Fault", and the text of StartDBInstance does not name the state
// (public logs).
func TestInstanceLife(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.SlowStates(0, time.Minute)
	r.PutInstance(DBInstance{ID: "x"})
	wantError(t, r.startInstance("x"), "InvalidDBInstanceState", "Instance x cannot be started as it "+
		"is not in one of the following statuses: 'stopped, "+
		"inaccessible-encryption-credentials-recoverable, incompatible-network (only valid for "+
		"non-SqlServer instances)'.")
	noError(t, r.stopInstance("x"))
	wantError(t, r.stopInstance("x"), "InvalidDBInstanceState",
		"Instance x is not in available state.")
	statuses := r.instanceStatuses("x", 1)
	r.clock.Advance(time.Minute)
	statuses = append(statuses, r.instanceStatuses("x", 1)...)
	if diff := gocmp.Diff([]string{"stopping", "stopped"}, statuses); diff != "" {
		t.Errorf("instance (-want +got):\n%s", diff)
	}
	noError(t, r.startInstance("x"))
	wantError(t, r.startInstance("none"), "DBInstanceNotFound", "")
}

// A cluster may be busy for a while: "backing-up" makes a stop fail (apache/airflow issue 38120).
func TestBusyCluster(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.PutCluster(DBCluster{ID: "x", Life: Life{
		Status: "backing-up",
		Next:   []Transition{{To: "modifying", Reads: 2}, {To: "available", Reads: 1}},
	}})
	wantError(t, r.stopCluster("x"), "InvalidDBClusterStateFault",
		"DbCluster x is in backing-up state but expected it to be one of available.")
	want := []string{"backing-up", "backing-up", "modifying", "available"}
	if diff := gocmp.Diff(want, r.clusterStatuses("x", 4)); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
}

// After seven days AWS starts what was stopped (Aurora User Guide, "Stopping and starting an Amazon
// Aurora DB cluster"); AutomaticRestartTime says when.
func TestSevenDays(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.PutCluster(DBCluster{ID: "x"})
	noError(t, r.stopCluster("x"))
	cluster, err := r.describeCluster("x")
	noError(t, err)
	if !cluster.AutomaticRestartTime.Equal(testTime.Add(longestStop)) {
		t.Errorf("restarts at %s", cluster.AutomaticRestartTime)
	}
	r.clock.Advance(longestStop - time.Second)
	statuses := r.clusterStatuses("x", 1)
	r.SlowStates(1, 0)
	r.clock.Advance(time.Second)
	statuses = append(statuses, r.clusterStatuses("x", 2)...)
	if diff := gocmp.Diff([]string{"stopped", "starting", "available"}, statuses); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
}

// What cannot be stopped: the lists of limitations in the Aurora User Guide ("Stopping and
// starting an Amazon Aurora DB cluster") and the RDS User Guide ("Stopping an Amazon RDS DB
// instance temporarily").
func TestUnsupported(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	for name, cluster := range map[string]DBCluster{
		"serverless": {Engine: "aurora", EngineMode: "serverless"},
		"multi-az":   {Engine: "postgres"},
		"replicated": {ReadReplicas: []string{"arn"}},
	} {
		cluster.ID = name
		r.PutCluster(cluster)
		wantError(t, r.stopCluster(name), "InvalidDBClusterStateFault", "")
	}
	for name, instance := range map[string]DBInstance{
		"replica": {ReplicaSource: "source"},
		"source":  {ReadReplicas: []string{"replica"}},
		"mirror":  {Engine: "sqlserver-se", MultiAZ: true},
	} {
		instance.ID = name
		r.PutInstance(instance)
		wantError(t, r.stopInstance(name), "InvalidDBInstanceState", "")
	}
	r.PutInstance(DBInstance{ID: "member", Cluster: "c", Engine: "aurora-mysql"})
	wantError(t, r.stopInstance("member"), "InvalidParameterCombination", "")
	r.PutInstance(DBInstance{ID: "multi-az-mysql", Engine: "mysql", MultiAZ: true})
	noError(t, r.stopInstance("multi-az-mysql"))
}

func TestDeny(t *testing.T) {
	t.Parallel()
	r := newTestRDS(t)
	r.PutCluster(DBCluster{ID: "x"})
	r.PutCluster(DBCluster{ID: "x2"})
	r.Deny("x")
	wantError(t, r.stopCluster("x"), "AccessDenied", "User: arn:aws:iam::123456789012:user/test is "+
		"not authorized to perform: rds:StopDBCluster on resource: "+
		"arn:aws:rds:us-east-1:123456789012:cluster:x because no identity-based policy allows the "+
		"rds:StopDBCluster action")
	_, err := r.describeCluster("x")
	wantError(t, err, "AccessDenied", "")
	noError(t, r.stopCluster("x2"))
	r.Remove("x2")
	if diff := gocmp.Diff([]string{"rds cluster x"}, r.aws.Leftovers()); diff != "" {
		t.Errorf("leftovers (-want +got):\n%s", diff)
	}
}
