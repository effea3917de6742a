package doctor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/doctor"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

const (
	region    = "ap-northeast-1"
	name      = "sample-ai-saving"
	function  = "sample-ai-tools"
	runner    = "sample-ai-tools-ap-northeast-1"
	scheduled = "sample-ai-tools-ap-northeast-1-scheduler"
	arnOf     = "arn:aws:lambda:ap-northeast-1:123456789012:function:"
	log       = "/aws/lambda/" + function
	ours      = "savings-ap-northeast-1-" + name
)

// now is a Thursday, 16:00 in Tokyo: the stop ran yesterday at 21:00, the start today at 8:00.
var now = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

var (
	stopped = time.Date(2026, 11, 25, 12, 0, 21, 0, time.UTC)
	started = time.Date(2026, 11, 25, 23, 0, 34, 0, time.UTC)
)

// world is a savings_schedule and its savings_runner as they are after an apply, and a night and a
// morning later.
type world struct {
	*fakeaws.AWS
	t *testing.T
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{fakeaws.Start(t, fakeaws.WithRegion(region), fakeaws.WithClock(fakeaws.NewClock(now).Now)), t}
	w.IAM().PutRole(fakeaws.Role{Name: scheduled, Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"scheduler.amazonaws.com"},"Action":["sts:AssumeRole"],"Condition":{` +
		`"StringEquals":{"aws:SourceAccount":"123456789012"},` +
		`"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/*"}}}]}`,
		Policies: map[string]string{"savings-runner": allow(`"lambda:InvokeFunction"`, arnOf+function, arnOf+function+":*")}})
	stop, start := []string{"rds", "stop-cluster", "my-aurora"}, []string{"rds", "start-cluster", "my-aurora"}
	w.grant(stop, start)
	w.Lambda().PutFunction(fakeaws.Function{
		FunctionName: function, Role: "arn:aws:iam::123456789012:role/" + runner, Timeout: 900,
	})
	w.schedule("rds_stop", "cron(0 21 ? * Mon-Sun *)", stop)
	w.schedule("rds_start", "cron(0 8 ? * MON-FRI *)", start)
	w.logs("rds_stop", "r-1", stopped, "INFO", command.Result{Service: "rds", Item: "my-aurora", Target: "my-aurora",
		Action: "stop-cluster", Outcome: command.Done, From: "available", To: "stopping"})
	w.logs("rds_start", "r-2", started, "INFO", command.Result{Service: "rds", Item: "my-aurora", Target: "my-aurora",
		Action: "start-cluster", Outcome: command.Done, From: "stopped", To: "starting"})
	return w
}

func allow(action string, resources ...string) string {
	list, _ := json.Marshal(resources)
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[%s],"Resource":%s}]}`, action, list)
}

// grant gives the runner's role what some commands need, and its log.
func (w world) grant(commands ...[]string) {
	var calls []*command.Call
	for _, args := range commands {
		call, err := command.Parse(args)
		if err != nil {
			w.t.Fatal(err)
		}
		calls = append(calls, call)
	}
	scope := command.Scope{Partition: "aws", Region: region, Account: fakeaws.Account}
	w.IAM().PutRole(fakeaws.Role{Name: runner, Trust: fakeaws.TrustService("lambda.amazonaws.com"), Policies: map[string]string{
		"savings-runner": allow(`"logs:CreateLogStream","logs:PutLogEvents"`, "arn:aws:logs:ap-northeast-1:123456789012:log-group:"+log+":*"),
		ours:             eventpolicy.Document(calls, scope, name),
	}})
}

// schedule writes a schedule as savings_schedule does.
func (w world) schedule(key, expression string, args []string) {
	s := fakeaws.Schedule{
		GroupName: name, Name: key, ScheduleExpression: expression, ScheduleExpressionTimezone: "Asia/Tokyo",
		State: "ENABLED", CreationDate: fakeaws.Epoch{Time: now.AddDate(0, -1, 0)},
		LastModificationDate: fakeaws.Epoch{Time: now.AddDate(0, -1, 0)},
	}
	s.Target.Arn, s.Target.RoleArn = arnOf+function, "arn:aws:iam::123456789012:role/"+scheduled
	s.Target.Input = payload.Encode(payload.Payload{
		Args: args, Group: name, Schedule: key, Holds: true, Timezone: "Asia/Tokyo", LateAfterSeconds: 3600,
	})
	s.Target.RetryPolicy = &fakeaws.RetryPolicy{MaximumRetryAttempts: aws.Int(10), MaximumEventAgeInSeconds: aws.Int(3600)}
	w.Scheduler().PutSchedule(s)
}

// change changes a schedule as somebody could have done in the console.
func (w world) change(key string, change func(*fakeaws.Schedule)) {
	s, ok := w.Scheduler().Schedule(name, key)
	if !ok {
		w.t.Fatalf("there is no schedule %s", key)
	}
	s.LastModificationDate = fakeaws.Epoch{Time: now.Add(-10 * time.Minute)}
	change(&s)
	w.Scheduler().PutSchedule(s)
}

// logs writes what the runner logs of a run.
func (w world) logs(key, request string, at time.Time, level string, results ...command.Result) {
	for _, r := range results {
		w.line(at, level, string(r.Outcome), "request_id", request, "group", name, "schedule", key, "service", r.Service,
			"action", r.Action, "item", r.Item, "target", r.Target, "from", r.From, "to", r.To, "detail", r.Detail)
	}
}

func (w world) line(at time.Time, level, message string, members ...any) {
	var b strings.Builder
	logger := slog.New(slog.NewJSONHandler(&b, nil))
	levels := map[string]slog.Level{"INFO": slog.LevelInfo, "WARN": slog.LevelWarn, "ERROR": slog.LevelError}
	logger.Log(context.Background(), levels[level], message, members...)
	w.Logs().PutEvents(log, fakeaws.LogEvent{Time: at, Message: b.String()})
}

func clients(cfg aws.Config) doctor.Clients {
	return doctor.Clients{
		Scheduler: scheduler.NewFromConfig(cfg), Lambda: lambda.NewFromConfig(cfg), IAM: iam.NewFromConfig(cfg),
		Logs: cloudwatchlogs.NewFromConfig(cfg), ECR: ecr.NewFromConfig(cfg), SQS: sqs.NewFromConfig(cfg),
	}
}

func (w world) look() doctor.Report {
	return doctor.Look(w.t.Context(), clients(w.Config()), doctor.Question{Name: name, Region: region, Now: now})
}

var update = os.Getenv("UPDATE") != ""

// golden compares a text with a file of testdata, or writes it with UPDATE=1.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file+".txt")
	if update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// failure is the last run of the stop, that failed.
func (w world) failure(outcome command.Outcome, detail, sentence string) {
	w.logs("rds_stop", "r-3", stopped.Add(time.Minute), "ERROR", command.Result{Service: "rds", Item: "my-aurora",
		Target: "my-aurora", Action: "stop-cluster", Outcome: outcome, From: "available", Detail: detail})
	w.line(stopped.Add(time.Minute), "ERROR", "failed", "request_id", "r-3", "group", name, "schedule", "rds_stop",
		"error", sentence)
}

// image makes the function one of an image that is in a repository of Amazon ECR.
func (w world) image() (digest string) {
	digest = "sha256:" + strings.Repeat("0123456789abcdef", 4)
	w.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools"})
	w.ECR().Change("tools", func(r *fakeaws.ECRRepository) { r.Images[digest] = []string{"savings-1"} })
	w.Lambda().Change(function, func(f *fakeaws.Function) {
		f.PackageType, f.ImageURI = "Image", "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/tools@"+digest
		f.CodeSha256 = strings.TrimPrefix(digest, "sha256:")
	})
	return digest
}

// breaks are what goes wrong, each planted in a world that is otherwise healthy. check is the place in the
// chain that must be named first.
var breaks = []struct {
	name, check string
	plant       func(world)
}{
	{"healthy", "", func(world) {}},
	{"healthy-image", "", func(w world) { w.image() }},
	{"disabled", "schedule", func(w world) {
		w.change("rds_stop", func(s *fakeaws.Schedule) { s.State = "DISABLED" })
	}},
	{"never-again", "schedule", func(w world) {
		w.schedule("rds_stop", "at(2026-11-25T21:00:00)", []string{"rds", "stop-cluster", "my-aurora"})
	}},
	{"ended", "schedule", func(w world) {
		w.change("rds_stop", func(s *fakeaws.Schedule) { s.EndDate = fakeaws.Epoch{Time: now.Add(-time.Hour)} })
	}},
	{"zone", "schedule", func(w world) {
		w.change("rds_stop", func(s *fakeaws.Schedule) { s.ScheduleExpressionTimezone = "UTC" })
	}},
	{"deleted", "schedule", func(w world) { w.Scheduler().RemoveSchedule(name, "rds_stop") }},
	{"all-deleted", "schedule", func(w world) {
		w.Scheduler().RemoveSchedule(name, "rds_stop")
		w.Scheduler().RemoveSchedule(name, "rds_start")
	}},
	{"no-group", "group", func(w world) { w.Scheduler().RemoveGroup(name) }},
	{"half-made", "group", func(w world) { w.Scheduler().PutGroup(name, map[string]string{"savings:creating": "x"}) }},
	{"hold", "hold", func(w world) {
		w.Scheduler().PutGroup(name, map[string]string{"savings:hold": "2026-11-26T23:00:00Z stops month-end close"})
		w.logs("rds_stop", "r-3", stopped.Add(time.Minute), "INFO", command.Result{Service: "rds", Item: "my-aurora",
			Target: "my-aurora", Action: "stop-cluster", Outcome: command.Skipped,
			Detail: "held until 2026-11-27 08:00 Asia/Tokyo: month-end close"})
	}},
	{"no-function", "function", func(w world) { w.Lambda().RemoveFunction(function) }},
	{"no-alias", "function", func(w world) {
		for _, key := range []string{"rds_stop", "rds_start"} {
			w.change(key, func(s *fakeaws.Schedule) { s.Target.Arn += ":live" })
		}
	}},
	{"image-gone", "image", func(w world) {
		w.ECR().RemoveImage("tools", w.image())
		w.Lambda().FetchImages()
	}},
	{"inactive", "state", func(w world) {
		w.Lambda().Change(function, func(f *fakeaws.Function) {
			f.State, f.StateReasonCode, f.StateReason = "Inactive", "Idle", "The function is idle."
		})
	}},
	{"failed-state", "state", func(w world) {
		w.Lambda().Change(function, func(f *fakeaws.Function) { f.State, f.StateReasonCode = "Failed", "InternalError" })
	}},
	{"concurrency", "state", func(w world) {
		w.Lambda().Change(function, func(f *fakeaws.Function) { f.ReservedConcurrency = new(int) })
		w.change("rds_stop", func(s *fakeaws.Schedule) { s.Target.DeadLetterConfig = deadLetters })
		w.SQS().PutQueue("dead", 2)
	}},
	{"timeout", "state", func(w world) {
		w.Lambda().Change(function, func(f *fakeaws.Function) { f.Timeout = 3 })
	}},
	{"trust", "scheduler role", func(w world) {
		r, _ := w.IAM().Role(scheduled)
		r.Trust = strings.ReplaceAll(r.Trust, "schedule-group/*", "schedule/"+name+"/*")
		w.IAM().PutRole(r)
	}},
	{"no-scheduler-role", "scheduler role", func(w world) { w.IAM().RemoveRole(scheduled) }},
	{"invoke", "invoke", func(w world) {
		r, _ := w.IAM().Role(scheduled)
		r.Policies = nil
		w.IAM().PutRole(r)
	}},
	{"right", "rights", func(w world) {
		w.grant([]string{"rds", "start-cluster", "my-aurora"})
		w.failure(command.Denied, "access denied (rds:StopDBCluster): AccessDenied: User: r is not authorized",
			"1 of 1 failed: my-aurora: access denied (rds:StopDBCluster)")
	}},
	{"boundary", "rights", func(w world) {
		const boundary = "arn:aws:iam::123456789012:policy/boundary"
		w.IAM().PutManagedPolicy(boundary, allow(`"rds:Describe*","rds:StartDBCluster","scheduler:ListTagsForResource"`, "*"))
		r, _ := w.IAM().Role(runner)
		r.PermissionsBoundary = boundary
		w.IAM().PutRole(r)
	}},
	{"dead-letters", "delivery", func(w world) {
		w.change("rds_stop", func(s *fakeaws.Schedule) { s.Target.DeadLetterConfig = deadLetters })
		w.SQS().PutQueue("dead", 3)
	}},
	{"denied", "last run", func(w world) {
		w.failure(command.Denied, "access denied (rds:StopDBCluster): AccessDenied: User: r is not authorized",
			"1 of 1 failed: my-aurora: access denied (rds:StopDBCluster)")
	}},
	{"late", "last run", func(w world) {
		w.change("rds_stop", func(s *fakeaws.Schedule) { s.Target.RetryPolicy = nil })
		w.failure(command.Failed, "late: came 9 h 2 m after its time, nothing was done",
			"came 9 h 2 m late; my-aurora was left as it is")
	}},
	{"timed-out", "last run", func(w world) {
		w.Logs().RemoveGroup(log)
		w.Logs().PutEvents(log, fakeaws.LogEvent{Time: started.Add(time.Minute),
			Message: "2026-11-25T23:01:34Z r-9 Task timed out after 60.00 seconds"})
	}},
	{"silent", "last run", func(w world) { w.Logs().RemoveGroup(log) }},
}

var deadLetters = &fakeaws.DeadLetterConfig{Arn: "arn:aws:sqs:ap-northeast-1:123456789012:dead"}

// What breaks is named first, whatever comes of it: the golden reports show the rest.
func TestLook_breaks(t *testing.T) {
	t.Parallel()
	for _, tt := range breaks {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			tt.plant(w)
			report := w.look()
			golden(t, tt.name, report.Text())
			first := ""
			for _, f := range report.Findings {
				if f.Status == doctor.Broken {
					first = f.Check
					break
				}
			}
			if first != tt.check {
				t.Errorf("it breaks first at %q, want %q", first, tt.check)
			}
			w.onlyReads(t)
		})
	}
}

// reads are the operations that a doctor may ask for; each only reads (the access levels of the Service
// Authorization Reference are Read and List).
var reads = []string{
	"scheduler GetSchedule", "scheduler GetScheduleGroup", "scheduler ListSchedules", "scheduler ListTagsForResource",
	"lambda GetFunction", "iam GetRole", "iam GetRolePolicy", "iam ListRolePolicies", "iam ListAttachedRolePolicies",
	"iam GetPolicy", "iam GetPolicyVersion", "logs FilterLogEvents", "ecr DescribeImages", "sqs GetQueueUrl",
	"sqs GetQueueAttributes",
}

func (w world) onlyReads(t *testing.T) {
	t.Helper()
	const most = 30 // for two events
	requests := w.Requests()
	if len(requests) == 0 || len(requests) > most {
		t.Errorf("%d requests, want some and at most %d", len(requests), most)
	}
	for _, r := range requests {
		if call := r.Service + " " + r.Operation; !slices.Contains(reads, call) {
			t.Errorf("it asked for %s", call)
		}
	}
}

// The guide on troubleshooting shows reports that these tests make.
func TestGuide_showsTheseReports(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		known[string(text)] = true
	}
	const begin = "```console\n$ savings doctor --name sample-ai-saving\n"
	blocks := strings.Split(string(guide), begin)[1:]
	if len(blocks) == 0 {
		t.Error("the guide shows no report")
	}
	for _, block := range blocks {
		if report, _, _ := strings.Cut(block, "```"); !known[report] {
			t.Errorf("no test makes this report of the guide:\n%s", report)
		}
	}
}
