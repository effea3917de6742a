package main

import (
	"bytes"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// night is an AWS that fires schedules and runs the function for real.
type night struct {
	*testing.T
	aws    aws.Config
	prefix string
	arn    string // the function's
}

// patience is a tick of ministack's, ten seconds, and the time that a busy machine takes.
const patience = time.Minute

func newNight(t *testing.T) *night {
	e := acctest.Ministack(t)
	for _, variable := range e.Env() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	n := &night{T: t, aws: e.Config(t), prefix: "hold-" + strconv.FormatInt(time.Now().Unix(), 36)}
	architecture := map[string]string{"amd64": bundle.X8664, "arm64": bundle.ARM64}[runtime.GOARCH]
	zip, _, err := bundle.Zip(architecture)
	n.check(err)
	out, err := lambda.NewFromConfig(n.aws).CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: &n.prefix, Runtime: lambdatypes.RuntimeProvidedal2023,
		Handler: aws.String("bootstrap"), Timeout: aws.Int32(60),
		Architectures: []lambdatypes.Architecture{lambdatypes.Architecture(architecture)},
		Role:          aws.String("arn:aws:iam::" + e.Account + ":role/" + n.prefix),
		Code:          &lambdatypes.FunctionCode{ZipFile: zip},
	})
	n.check(err)
	n.arn = aws.ToString(out.FunctionArn)
	return n
}

func (n *night) check(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

// cluster makes a running cluster.
func (n *night) cluster(name string) string {
	n.Helper()
	id := n.prefix + "-" + name
	_, err := rds.NewFromConfig(n.aws).CreateDBCluster(n.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: &id, Engine: aws.String("aurora-postgresql"),
		MasterUsername: aws.String("demo"), MasterUserPassword: aws.String("not-a-secret"),
	})
	n.check(err)
	n.await(id, "available")
	return id
}

func (n *night) status(cluster string) string {
	n.Helper()
	out, err := rds.NewFromConfig(n.aws).DescribeDBClusters(n.Context(),
		&rds.DescribeDBClustersInput{DBClusterIdentifier: &cluster})
	n.check(err)
	return aws.ToString(out.DBClusters[0].Status)
}

func (n *night) await(cluster, want string) {
	n.Helper()
	n.until(cluster+" to be "+want, func() bool { return n.status(cluster) == want })
}

// until polls: only ministack knows when it fires.
func (n *night) until(what string, done func() bool) {
	n.Helper()
	deadline := time.After(patience)
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for !done() {
		select {
		case <-deadline:
			n.Fatalf("waited in vain for %s", what)
		case <-ticker.C:
		}
	}
}

// log is what the function has logged, a line for each item.
func (n *night) log() string {
	n.Helper()
	out, err := cloudwatchlogs.NewFromConfig(n.aws).FilterLogEvents(n.Context(),
		&cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/" + n.prefix)})
	n.check(err)
	var lines []string
	for _, event := range out.Events {
		lines = append(lines, aws.ToString(event.Message))
	}
	return strings.Join(lines, "\n")
}

func (n *night) group(name string) string {
	n.Helper()
	name = n.prefix + "-" + name
	_, err := scheduler.NewFromConfig(n.aws).CreateScheduleGroup(n.Context(),
		&scheduler.CreateScheduleGroupInput{Name: &name})
	n.check(err)
	return name
}

// schedule makes a schedule that ministack fires at its first tick after a time. It takes every zone
// for UTC.
func (n *night) schedule(at time.Time, p payload.Payload) {
	n.Helper()
	p.Holds, p.Timezone = true, "Asia/Tokyo"
	_, err := scheduler.NewFromConfig(n.aws).CreateSchedule(n.Context(), &scheduler.CreateScheduleInput{
		GroupName: &p.Group, Name: &p.Schedule,
		ScheduleExpression:         aws.String("at(" + at.UTC().Format("2006-01-02T15:04:05") + ")"),
		ScheduleExpressionTimezone: &p.Timezone,
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target: &types.Target{
			Arn: &n.arn, RoleArn: aws.String("arn:aws:iam::000000000000:role/" + n.prefix),
			Input: aws.String(payload.Encode(p)),
		},
	})
	n.check(err)
}

// savings runs a command line that must succeed, and returns what it printed.
func (n *night) savings(args ...string) string {
	n.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdout: &stdout, stderr: &stderr, clock: command.SystemClock{}}
	if code := p.execute(n.Context(), args); code != exitDone {
		n.Fatalf("savings %q: exit code %d, stderr %s", args, code, stderr.String())
	}
	return stdout.String()
}

func (n *night) wantIn(got, want string) {
	n.Helper()
	if !strings.Contains(got, want) {
		n.Errorf("got %q, want %q in it", got, want)
	}
}

// A schedule fires and runs two steps; a held one fires and is skipped; after its release the next
// one runs. In between, fire agrees with run, and says what holds.
func TestMinistack_holdAndRelease(t *testing.T) {
	n := newNight(t)
	first, second, held := n.cluster("a"), n.cluster("b"), n.cluster("c")
	free, kept := n.group("free"), n.group("kept")
	stop := []string{"rds", "stop-cluster", held}

	tomorrow := time.Now().AddDate(0, 0, 1)
	n.schedule(tomorrow, payload.Payload{Group: kept, Schedule: "nightly", Args: stop})
	n.wantIn(n.savings("hold", "--name", kept, "--until", tomorrow.UTC().Format(time.RFC3339),
		"--reason", "can't stop now"), ": can't stop now\n")
	n.schedule(time.Now(), payload.Payload{Group: kept, Schedule: "stop_1", Args: stop})
	n.schedule(time.Now(), payload.Payload{Group: free, Schedule: "stop_1", Steps: [][]string{
		{"rds", "stop-cluster", first, "--wait"}, {"rds", "stop-cluster", second},
	}})
	n.await(second, "stopped")
	n.await(first, "stopped")
	n.until("the held event to be skipped", func() bool { return strings.Contains(n.log(), held) })
	n.wantIn(n.log(), `"msg":"skipped"`)
	n.wantIn(n.log(), "can't stop now")
	if got := n.status(held); got != "available" {
		t.Errorf("the held cluster is %s", got)
	}
	fired := []string{"fire", "--name", kept, "--event", "nightly", "--dry-run", "--format", "json"}
	n.wantIn(n.savings(fired...), `"outcome":"skipped","from":"","to":"","detail":"held until `)

	n.wantIn(n.savings("release", "--name", kept), kept+": released, it was held until ")
	onHost := n.savings("run", "rds", "stop-cluster", held, "--dry-run", "--format", "json")
	if got := n.savings(fired...); got != onHost || !strings.Contains(got, `"outcome":"dry_run"`) {
		t.Errorf("a dry fire gives\n%s\na dry run\n%s", got, onHost)
	}
	n.schedule(time.Now(), payload.Payload{Group: kept, Schedule: "stop_2", Args: stop})
	n.await(held, "stopped")
}
