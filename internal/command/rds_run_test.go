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
		for i, call := range f.calls[:min(3, len(f.calls))] {
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

// Fault 10 of the old image: a busy database was not waited for. TestRun_oneDatabase has all states.
func TestFault10_busyStatesAreWaitedFor(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"backing-up", "modifying", "starting"} {
		synctest.Test(t, func(t *testing.T) {
			f := &rdsFake{clusters: []*fakeDatabase{cluster("a", state, state, "available")}}
			report := runFake(t, f, "rds", "stop-cluster", "a")
			if got, want := line(report.Results[0]), "a done "+state+">stopping"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// Fault 10 of the old image: it had no dry run.
func TestFault10_dryRunChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &rdsFake{clusters: []*fakeDatabase{cluster("a", "available")}}
		report := runFake(t, f, "rds", "stop-cluster", "a", "--dry-run")
		if got, want := line(report.Results[0]), "a dry_run available would stop it"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if len(f.calls) != 1 {
			t.Errorf("calls %q, want one look", f.calls)
		}
	})
}

// Fault 10 of the old image: nobody could tell what happened.
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

// An ARN of another account must not stop a database of the same name in this one.
func TestRun_arnOfAnotherAccount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &rdsFake{region: "us-west-2", clusters: []*fakeDatabase{cluster("x", "available")}}
		report := runFake(t, f, "rds", "stop-cluster", "arn:aws:rds:us-west-2:999999999999:cluster:x")
		want := "x not_found  the ARN is of account 999999999999, and this run is in another"
		if got := line(report.Results[0]); got != want || len(f.calls) != 1 {
			t.Errorf("calls %q\n got %s\nwant %s", f.calls, got, want)
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
		err := report.Err()
		if err == nil || !strings.HasPrefix(err.Error(), "24 of 25 failed: slow0: still backing-up") ||
			!strings.HasSuffix(err.Error(), "; and 14 more") {
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
		runner.clients.rds = func(cfg aws.Config) rdsAPI {
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
		runner.clients.rds = func(aws.Config) rdsAPI {
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

func TestRunner_Late(t *testing.T) {
	t.Parallel()
	call, err := Parse([]string{"rds", "stop-cluster", "my-aurora", "team=web"})
	if err != nil {
		t.Fatal(err)
	}
	runner := NewRunner(nil, SystemClock{}, slog.New(slog.DiscardHandler))
	report := runner.Late(t.Context(), 9*time.Hour+2*time.Minute+30*time.Second, call)
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
