package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"
)

// line is a result as the tables write it: target outcome from>to detail.
func line(r Result) string {
	states := r.From
	if r.To != r.From {
		states += ">" + r.To
	}
	return strings.TrimSpace(strings.Join([]string{r.Target, string(r.Outcome), states, r.Detail}, " "))
}

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
			refuse: []error{refusal, refusal, refusal, refusal, refusal, refusal}},
			"x failed available InvalidDBClusterStateFault: x is in available state.", 5,
			16250 * time.Millisecond},
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

// Fault 1 of the old image: a tag was sent to AWS as an identifier.
func TestFault01_tagSelectsByTagList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		f := &rdsFake{pageSize: 2, clusters: []*fakeDatabase{
			tagged(cluster("a", "available"), "team", "web", "deploy", "devel"),
			tagged(cluster("b", "available"), "team", "web"),
			tagged(cluster("c", "stopped"), "team", "web", "deploy", "devel", "more", "x"),
			tagged(cluster("d", "available"), "team", "web", "deploy", "devel", "savings:keep", "demo"),
			tagged(cluster("e", "available"), "team", "web", "deploy", "devel", "savings:keep",
				now.Add(time.Hour).Format(time.RFC3339)),
			tagged(cluster("f", "available"), "team", "web", "deploy", "devel", "savings:keep",
				now.Add(-time.Hour).Format(time.RFC3339)),
		}}
		report := runFake(t, f, "rds", "stop-cluster", "deploy=devel,team=web", "team=none")
		want := []string{
			"a done available>stopping",
			"c already stopped",
			"d skipped available kept by its tag savings:keep",
			"e skipped available kept by its tag savings:keep",
			"f done available>stopping",
			"skipped  matched nothing",
		}
		var got []string
		for _, r := range report.Results {
			got = append(got, line(r))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if err := report.Err(); err != nil {
			t.Errorf("error %v; matching nothing is none", err)
		}
		for i, call := range f.calls[:3] {
			if call != "DescribeDBClusters" {
				t.Errorf("call %d is %q, want a page of the list", i, call)
			}
		}
	})
}

// Fault 2 of the old image: the first failing item ended the run.
func TestFault02_everyItemIsTried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &rdsFake{
			clusters: []*fakeDatabase{
				cluster("a", "available"), cluster("b", "available"), cluster("c", "available"),
				cluster("e", "available"),
			},
			fail: map[string]error{
				"StopDBCluster a": apiError("AccessDenied",
					"User: u is not authorized to perform: rds:StopDBCluster"),
				"DescribeDBClusters e": errors.New("connection reset"),
			},
		}
		report := runFake(t, f, "rds", "stop-cluster", "a", "b", "nope", "c", "e")
		want := []string{
			"a denied available access denied (rds:StopDBCluster): AccessDenied: " +
				"User: u is not authorized to perform: rds:StopDBCluster",
			"b done available>stopping",
			"nope not_found  no such DB cluster in ap-northeast-1: check identifier and region",
			"c done available>stopping",
			"e failed  connection reset",
		}
		var got []string
		for _, r := range report.Results {
			got = append(got, line(r))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		wantErr := "3 of 5 failed: a: access denied (rds:StopDBCluster); " +
			"nope: no such DB cluster in ap-northeast-1: check identifier and region; " +
			"e: connection reset"
		if err := report.Err(); err == nil || err.Error() != wantErr {
			t.Errorf("error\n got %v\nwant %s", err, wantErr)
		}
	})
}

// Fault 3 of the old image, for the rds verbs: an access-denied run was "successful".
func TestFault03_deniedIsAnError(t *testing.T) {
	t.Parallel()
	for _, item := range []string{"a", "team=web"} {
		synctest.Test(t, func(t *testing.T) {
			f := &rdsFake{fail: map[string]error{
				"DescribeDBInstances": apiError("AccessDenied", "User: u is not authorized"),
			}}
			report := runFake(t, f, "rds", "stop-instance", item)
			want := "1 of 1 failed: " + item + ": access denied (rds:DescribeDBInstances)"
			if err := report.Err(); err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
			if got := report.Results[0].Outcome; got != Denied {
				t.Errorf("outcome %s, want denied", got)
			}
		})
	}
}

// Fault 5 of the old image: only the first page was seen.
func TestFault05_everyPageIsRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &rdsFake{pageSize: 100, delay: time.Second}
		for i := range 250 {
			d := tagged(cluster(fmt.Sprintf("db%d", i), "available"), "team", "web")
			f.instances = append(f.instances, d)
		}
		report := runFake(t, f, "rds", "stop-instance", "team=web", "team=other")
		if err := report.Err(); err != nil || len(report.Results) != 251 {
			t.Errorf("error %v, %d results; want 251", err, len(report.Results))
		}
		if len(f.calls) != 253 {
			t.Errorf("%d calls, want 3 pages and 250 stops", len(f.calls))
		}
		if f.most != maxInFlight {
			t.Errorf("%d calls in flight, want %d", f.most, maxInFlight)
		}
	})
}

// Fault 10 of the old image: nobody could tell what happened. The other half of it, busy states,
// is TestRun_oneDatabase.
func TestFault10_resultsAreTheContract(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &rdsFake{clusters: []*fakeDatabase{tagged(cluster("a", "available"), "k", "<v>")}}
		f.clusters[0].tags = map[string]string{"k": "v"}
		got := string(runFake(t, f, "rds", "stop-cluster", "k=v").JSON())
		want := `{"results":[{"service":"rds","item":"k=v","target":"a","action":"stop-cluster",` +
			`"outcome":"done","from":"available","to":"stopping","detail":""}]}`
		if got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	})
	if got := string(Report{}.JSON()); got != `{"results":[]}` {
		t.Errorf("empty report %s", got)
	}
}

func TestRun_oneDatabaseByTwoItems(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &rdsFake{region: "us-west-2", clusters: []*fakeDatabase{
			tagged(cluster("my-aurora", "available"), "team", "web", "savings:keep", "x"),
		}}
		report := runFake(t, f, "rds", "stop-cluster", "team=web", "My-Aurora", clusterARN)
		want := []string{
			"my-aurora skipped available the same as item My-Aurora",
			"my-aurora done available>stopping",
			"my-aurora skipped available the same as item My-Aurora",
		}
		var got []string
		for _, r := range report.Results {
			got = append(got, line(r))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestRun_membersFoundByTag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		member := tagged(cluster("m", "available"), "team", "web")
		member.inst.DBClusterIdentifier = aws.String("my-aurora")
		f := &rdsFake{instances: []*fakeDatabase{
			member, tagged(cluster("x", "available"), "team", "web"),
		}}
		report := runFake(t, f, "rds", "stop-instance", "team=web")
		want := "m skipped available a member of DB cluster my-aurora, " +
			"which starts and stops as a whole"
		if got := line(report.Results[0]); got != want || report.Err() != nil {
			t.Errorf("error %v\n got %s\nwant %s", report.Err(), got, want)
		}
	})
}

// A slow database keeps nobody waiting, also where more are slow than calls may be in flight.
func TestRun_slowOnesHoldNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &rdsFake{}
		args := []string{"rds", "stop-cluster"}
		for i := range 3 * maxInFlight {
			id := fmt.Sprintf("slow%d", i)
			f.clusters = append(f.clusters, cluster(id, "backing-up"))
			args = append(args, id)
		}
		f.clusters = append(f.clusters, cluster("quick", "available"))
		report := runFake(t, f, append(args, "quick")...)
		if got := line(report.Results[3*maxInFlight]); got != "quick done available>stopping" {
			t.Error(got)
		}
		if err := report.Err(); err == nil || !strings.HasPrefix(err.Error(), "24 of 25 failed: ") {
			t.Errorf("error %v", err)
		}
	})
}

func TestRun_regions(t *testing.T) {
	t.Parallel()
	f := &rdsFake{region: "us-west-2", clusters: []*fakeDatabase{cluster("x", "available"),
		cluster("my-aurora", "available"), cluster("y", "available")}}
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"rds", "stop-cluster", "x", clusterARN}, []string{"us-west-2", "home"}},
		{[]string{"rds", "stop-cluster", "y", "--region", "eu-west-1"}, []string{"eu-west-1"}},
	} {
		call, err := Parse(tt.args)
		if err != nil {
			t.Fatal(err)
		}
		loads := 0
		runner := NewRunner(func(context.Context) (aws.Config, error) {
			loads++
			return aws.Config{Region: "home"}, nil
		}, SystemClock{}, slog.New(slog.DiscardHandler))
		built := map[string]int{}
		runner.newRDS = func(cfg aws.Config) rdsAPI {
			built[cfg.Region]++
			return f
		}
		if err := runner.Run(t.Context(), call).Err(); err != nil {
			t.Error(err)
		}
		for _, region := range tt.want {
			if built[region] != 1 || len(built) != len(tt.want) || loads != 1 {
				t.Errorf("%q: clients %v, %d loads; want one for each of %q", tt.args, built, loads, tt.want)
			}
		}
	}
}

func TestRun_withoutRegionOrCredentials(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cfg  aws.Config
		err  error
		want string
	}{
		{aws.Config{}, nil, "no AWS region: set AWS_REGION or give --region"},
		{aws.Config{}, errors.New("no profile \"x\""), `no profile "x"`},
	} {
		call, err := Parse([]string{"rds", "stop-cluster", "x", "team=web"})
		if err != nil {
			t.Fatal(err)
		}
		load := func(context.Context) (aws.Config, error) { return tt.cfg, tt.err }
		report := NewRunner(load, SystemClock{}, slog.New(slog.DiscardHandler)).Run(t.Context(), call)
		for _, r := range report.Results {
			if r.Outcome != Failed || r.Detail != tt.want {
				t.Errorf("%s: %s %q, want failed %q", r.Item, r.Outcome, r.Detail, tt.want)
			}
		}
	}
}

func TestRun_interrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		call, err := Parse([]string{"rds", "stop-cluster", "x"})
		if err != nil {
			t.Fatal(err)
		}
		runner := NewRunner(func(context.Context) (aws.Config, error) {
			return aws.Config{Region: "home"}, nil
		}, SystemClock{}, slog.New(slog.DiscardHandler))
		runner.newRDS = func(aws.Config) rdsAPI {
			return &rdsFake{clusters: []*fakeDatabase{cluster("x", "backing-up")}}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		report := runner.Run(ctx, call)
		if got := line(report.Results[0]); got != "x failed backing-up interrupted while backing-up" {
			t.Error(got)
		}
	})
}

func TestLate(t *testing.T) {
	t.Parallel()
	call, err := Parse([]string{"rds", "stop-cluster", "my-aurora", "team=web"})
	if err != nil {
		t.Fatal(err)
	}
	report := Late(call, 9*time.Hour+2*time.Minute+30*time.Second)
	want := "came 9 h 2 m late; my-aurora and team=web were left as they are"
	if err := report.Err(); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	for _, r := range report.Results {
		if r.Outcome != Failed || !strings.HasPrefix(r.Detail, "late: ") {
			t.Errorf("result %+v, want failed, late", r)
		}
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]bool{
		"":                          true,
		"true":                      true,
		"demo for ACME":             true,
		"2026-12-01":                true,
		"2026-11-30":                false,
		"2026-12-01T13:00:00Z":      true,
		"2026-12-01T21:00:00+09:00": false,
		"2026-12-01T21:00:01+09:00": true,
		"2026-12-01T08:00":          true,
	} {
		if got := kept(map[string]string{keepTag: value}, now); got != want {
			t.Errorf("kept(%q) = %v, want %v", value, got, want)
		}
	}
	if kept(map[string]string{"savings": "keep"}, now) {
		t.Error("kept without the tag")
	}
}
