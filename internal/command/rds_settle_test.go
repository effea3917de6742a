package command

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

func TestRun_oneDatabase(t *testing.T) {
	t.Parallel()
	refusal := apiError("InvalidDBClusterStateFault", "x is in available state.")
	memberBusy := apiError("InvalidDBInstanceState", "x-1 is not in available state.")
	tests := []struct {
		name string
		args string
		db   *fakeDatabase
		want string
		// acted is how often it was started or stopped, took how long the run took.
		acted int
		took  time.Duration
	}{
		{"available", "stop-cluster x", cluster("x", "available"),
			"x done available>stopping", 1, 0},
		{"stopped", "start-cluster x", cluster("x", "stopped"), "x done stopped>starting", 1, 0},
		{"an instance", "stop-rds x", cluster("x", "available"), "x done available>stopping", 1, 0},
		{"stopped already", "stop-cluster x", cluster("x", "stopped"), "x already stopped", 0, 0},
		{"stopping already", "stop-cluster x", cluster("x", "stopping"),
			"x already stopping it is stopping", 0, 0},
		{"available already", "start-instance x", cluster("x", "available"),
			"x already available", 0, 0},
		{"up and busy", "start-cluster x", cluster("x", "backing-up"),
			"x already backing-up it is backing-up", 0, 0},
		{"busy for a while", "stop-cluster x", cluster("x", "backing-up", "modifying", "available"),
			"x done backing-up>stopping", 1, 5 * time.Second},
		{"a start on its way before a stop", "stop-cluster x", cluster("x", "starting", "available"),
			"x done starting>stopping", 1, 2 * time.Second},
		{"a stop on its way before a start", "start-cluster x",
			cluster("x", "stopping", "stopping", "stopped"),
			"x done stopping>starting", 1, 5 * time.Second},
		{"busy for ever", "stop-cluster x", cluster("x", "backing-up"),
			"x failed backing-up still backing-up after 14m", 0, 14*time.Minute + 50*time.Second},
		{"a state that no page names", "start-cluster x", cluster("x", "pondering"),
			"x failed pondering still pondering after 14m", 0, 14*time.Minute + 50*time.Second},
		{"broken", "stop-instance x", cluster("x", "storage-full"), "x failed storage-full " +
			"storage-full: AWS does not stop it in this state, and it does not end by itself", 0, 0},
		{"broken on the way", "stop-instance x", cluster("x", "modifying", "incompatible-parameters"),
			"x failed modifying>incompatible-parameters incompatible-parameters: AWS does not stop " +
				"it in this state, and it does not end by itself", 0, 2 * time.Second},
		{"wait", "stop-cluster x --wait", cluster("x", "available"),
			"x done available>stopped", 1, 9500 * time.Millisecond},
		{"wait, with an answer that lags", "stop-cluster x --wait",
			&fakeDatabase{id: "x", states: []string{"available"},
				onAct: []string{"available", "stopping", "stopped"}},
			"x done available>stopped", 1, 9500 * time.Millisecond},
		{"wait, started by somebody else", "start-cluster x --wait",
			cluster("x", "starting", "backing-up", "available"),
			"x already starting>available", 0, 5 * time.Second},
		{"wait that is too long", "stop-cluster x --wait",
			&fakeDatabase{id: "x", states: []string{"available"}, onAct: []string{"stopping"}},
			"x failed available>stopping stop accepted, still stopping after 14m", 1,
			14*time.Minute + 50*time.Second},
		{"dry run", "stop-cluster x --dry-run", cluster("x", "available"),
			"x dry_run available would stop it", 0, 0},
		{"dry run of something busy", "stop-cluster x --dry-run --wait", cluster("x", "backing-up"),
			"x dry_run backing-up would wait while it is backing-up, then stop it", 0, 0},
		{"dry run, already there", "start-cluster x --dry-run --wait", cluster("x", "starting"),
			"x already starting it is starting", 0, 0},
		{"stopped by somebody else between a look and the call", "stop-cluster x",
			&fakeDatabase{id: "x", states: []string{"available"}, race: []string{"stopping"}},
			"x already available>stopping it is stopping", 1, 2 * time.Second},
		{"backed up between a look and the call", "stop-cluster x", &fakeDatabase{
			id: "x", states: []string{"available"}, race: []string{"backing-up", "available"}},
			"x done available>stopping", 2, 5 * time.Second},
		{"refused once", "stop-cluster x", &fakeDatabase{
			id: "x", states: []string{"available"}, refuse: []error{refusal}},
			"x done available>stopping", 2, 2 * time.Second},
		{"refused for good", "stop-cluster x", &fakeDatabase{id: "x", states: []string{"available"},
			refuse: slices.Repeat([]error{refusal}, 100)},
			"x failed available still available after 14m; InvalidDBClusterStateFault: x is in " +
				"available state.", 36, 14*time.Minute + 50*time.Second},
		{"refused for minutes", "stop-cluster x", &fakeDatabase{id: "x", states: []string{"available"},
			refuse: slices.Repeat([]error{refusal}, 6)}, "x done available>stopping", 7,
			41562500 * time.Microsecond},
		{"refused, a member of a global database", "stop-cluster x", &fakeDatabase{
			id: "x", states: []string{"available"},
			cluster: types.DBCluster{GlobalClusterIdentifier: aws.String("g")},
			refuse:  []error{refusal, refusal, refusal, refusal, refusal}},
			"x unsupported available a member of global database g is stopped only where it is its " +
				"only cluster: leave it out; InvalidDBClusterStateFault: x is in available state.", 5,
			16250 * time.Millisecond},
		{"refused while a member is busy", "stop-cluster x", &fakeDatabase{id: "x",
			states: []string{"available"}, refuse: []error{memberBusy, memberBusy, memberBusy,
				memberBusy, memberBusy, memberBusy}}, "x done available>stopping", 7,
			41562500 * time.Microsecond},
		{"Neptune", "stop-cluster x", &fakeDatabase{id: "x", states: []string{"available"},
			cluster: types.DBCluster{Engine: aws.String("neptune")}},
			"x done available>stopping a Neptune cluster", 1, 0},
		{"Amazon DocumentDB", "stop-cluster x", &fakeDatabase{id: "x", states: []string{"stopped"},
			cluster: types.DBCluster{Engine: aws.String("docdb")}},
			"x already stopped an Amazon DocumentDB cluster", 0, 0},
		{"Neptune, dry run", "stop-cluster x --dry-run", &fakeDatabase{id: "x",
			states: []string{"available"}, cluster: types.DBCluster{Engine: aws.String("neptune")}},
			"x dry_run available would stop it (a Neptune cluster)", 0, 0},
		{"a key that came back", "start-instance x",
			&fakeDatabase{id: "x", states: []string{"inaccessible-encryption-credentials-recoverable"},
				refuse: []error{nil}},
			"x done inaccessible-encryption-credentials-recoverable>starting", 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := &rdsFake{clusters: []*fakeDatabase{tt.db}}
				if strings.Contains(tt.args, "-instance") || strings.Contains(tt.args, "-rds") {
					f.clusters, f.instances = nil, f.clusters
				}
				begin := time.Now()
				report := runFake(t, f, append([]string{"rds"}, strings.Fields(tt.args)...)...)
				if took := time.Since(begin); took != tt.took {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				if got := line(report.Results[0]); got != tt.want || len(report.Results) != 1 {
					t.Errorf("%d results\n got %s\nwant %s", len(report.Results), got, tt.want)
				}
				acted := 0
				for _, call := range f.calls {
					if !strings.HasPrefix(call, "Describe") {
						acted++
					}
				}
				if acted != tt.acted {
					t.Errorf("acted %d times, want %d: %q", acted, tt.acted, f.calls)
				}
			})
		})
	}
}

func TestRun_unsupported(t *testing.T) {
	t.Parallel()
	id := aws.String("other")
	tests := []struct {
		name string
		kind string
		db   *fakeDatabase
		want string
	}{
		{"Serverless v1", "cluster",
			&fakeDatabase{cluster: types.DBCluster{EngineMode: aws.String("serverless")}},
			"Aurora Serverless v1 cannot be stopped: let it pause by itself (auto pause), " +
				"or move it to Serverless v2"},
		{"Multi-AZ DB cluster", "cluster",
			&fakeDatabase{cluster: types.DBCluster{Engine: aws.String("postgres")}},
			"a Multi-AZ DB cluster cannot be stopped: leave it out, " +
				"or use Aurora or a Multi-AZ DB instance"},
		{"cluster with a replica", "cluster",
			&fakeDatabase{cluster: types.DBCluster{ReadReplicaIdentifiers: []string{"other"}}},
			"a cluster with a read replica in another region cannot be stopped: leave it out, " +
				"or delete the replica"},
		{"replica of a cluster", "cluster",
			&fakeDatabase{cluster: types.DBCluster{ReplicationSourceIdentifier: id}},
			"a read replica cannot be stopped: leave it out, or promote it"},
		{"member of a cluster", "instance",
			&fakeDatabase{inst: types.DBInstance{DBClusterIdentifier: id}},
			"a member of DB cluster other is not stopped alone: " +
				"write start-cluster or stop-cluster other"},
		{"replica", "instance",
			&fakeDatabase{inst: types.DBInstance{ReadReplicaSourceDBInstanceIdentifier: id}},
			"a read replica cannot be stopped: leave it out, or promote it"},
		{"replica of a Multi-AZ DB cluster", "instance",
			&fakeDatabase{inst: types.DBInstance{ReadReplicaSourceDBClusterIdentifier: id}},
			"a read replica cannot be stopped: leave it out, or promote it"},
		{"source of a replica", "instance",
			&fakeDatabase{inst: types.DBInstance{ReadReplicaDBInstanceIdentifiers: []string{"other"}}},
			"an instance with read replicas cannot be stopped: leave it out, or delete its replicas"},
		{"SQL Server in Multi-AZ", "instance", &fakeDatabase{inst: types.DBInstance{
			Engine: aws.String("sqlserver-se"), MultiAZ: aws.Bool(true)}},
			"SQL Server in Multi-AZ cannot be stopped: leave it out, or make it Single-AZ"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tt.db.id, tt.db.states = "x", []string{"available"}
				f := &rdsFake{clusters: []*fakeDatabase{tt.db}, instances: []*fakeDatabase{tt.db}}
				report := runFake(t, f, "rds", "stop-"+tt.kind, "x")
				want := "x unsupported available " + tt.want
				if got := line(report.Results[0]); got != want {
					t.Errorf("\n got %s\nwant %s", got, want)
				}
				if report.Err() == nil || len(f.calls) != 1 {
					t.Errorf("error %v, calls %q; want an error and one Describe", report.Err(), f.calls)
				}
			})
		})
	}
}

func TestRun_supported(t *testing.T) {
	t.Parallel()
	for name, inst := range map[string]types.DBInstance{
		"Multi-AZ of another engine": {Engine: aws.String("postgres"), MultiAZ: aws.Bool(true)},
		"SQL Server in one zone":     {Engine: aws.String("sqlserver-ex"), MultiAZ: aws.Bool(false)},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &rdsFake{instances: []*fakeDatabase{
				{id: "x", states: []string{"available"}, inst: inst},
			}}
			if err := runFake(t, f, "rds", "stop-instance", "x").Err(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
