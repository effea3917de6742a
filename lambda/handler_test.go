package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// clock moves on by what is slept.
type clock struct{ *fakeaws.Clock }

func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	c.Advance(d)
	return ctx.Err()
}

// invoke runs one event against a, at now, and returns answer and log.
func invoke(
	t *testing.T, a *fakeaws.AWS, now time.Time, event string,
) (answer, logged string, err error) {
	t.Helper()
	return invokeAs(t, a.Config(), now, event)
}

// invokeAs runs one event with the rights of cfg's credentials.
func invokeAs(t *testing.T, cfg aws.Config, now time.Time, event string) (answer, logged string, err error) {
	t.Helper()
	var log bytes.Buffer
	h := &handler{
		load:  func(context.Context) (aws.Config, error) { return cfg, nil },
		clock: clock{fakeaws.NewClock(now)},
		log:   slog.New(slog.NewJSONHandler(&log, nil)),
	}
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		AwsRequestID:       "r-1",
		InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:tools",
	})
	ctx, cancel := context.WithDeadline(ctx, time.Now().Add(15*time.Minute))
	defer cancel()
	raw, err := h.Invoke(ctx, []byte(event))
	return string(raw), log.String(), err
}

func newCloud(t *testing.T) *fakeaws.AWS {
	t.Helper()
	a := fakeaws.Start(t)
	a.RDS().PutCluster(fakeaws.DBCluster{ID: "sample-ai-aurora-cluster"})
	return a
}

func status(t *testing.T, a *fakeaws.AWS) string {
	t.Helper()
	cluster, ok := a.RDS().Cluster("sample-ai-aurora-cluster")
	if !ok {
		t.Fatal("the cluster is gone")
	}
	return cluster.Status
}

const stopped = `{"results":[{"service":"rds","item":"sample-ai-aurora-cluster",` +
	`"target":"sample-ai-aurora-cluster","action":"stop-cluster","outcome":"done",` +
	`"from":"available","to":"stopping","detail":""}]}`

// The old image's event works for ever.
func TestInvoke_oldPayloadGolden(t *testing.T) {
	t.Parallel()
	event, err := os.ReadFile("../internal/payload/testdata/old_cluster.json")
	if err != nil {
		t.Fatal(err)
	}
	a := newCloud(t)
	answer, log, err := invoke(t, a, time.Now(), string(event))
	if err != nil || answer != stopped {
		t.Errorf("error %v, answer\n got %s\nwant %s", err, answer, stopped)
	}
	if got := status(t, a); !strings.HasPrefix(got, "stop") {
		t.Errorf("the cluster is %s", got)
	}
	lines := strings.Split(strings.TrimSpace(log), "\n")
	var entry map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &entry); err != nil || len(lines) != 1 {
		t.Fatalf("%d log lines, %v; want one of JSON:\n%s", len(lines), err, log)
	}
	for key, want := range map[string]string{
		"msg": "done", "level": "INFO", "item": "sample-ai-aurora-cluster", "to": "stopping",
		"request_id": "r-1",
	} {
		if entry[key] != want {
			t.Errorf("log %s is %v, want %s", key, entry[key], want)
		}
	}
}

// Fault 10 of the old image: it returned nothing, and had no dry run.
func TestFault10_answerSaysWhatHappened(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	answer, _, err := invoke(t, a, time.Now(),
		`{"args":["rds","stop-cluster","sample-ai-aurora-cluster","--dry-run"]}`)
	if err != nil || !strings.Contains(answer, `"outcome":"dry_run","from":"available"`) ||
		status(t, a) != "available" {
		t.Errorf("dry run: error %v, answer %s, the cluster is %s", err, answer, status(t, a))
	}
	answer, _, err = invoke(t, a, time.Now(), `{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`)
	if err != nil || answer != stopped {
		t.Errorf("error %v, answer %s", err, answer)
	}
}

// Fault 11 of the old image: a retry delivered last night's stop in the morning.
func TestFault11_lateEventStopsNothing(t *testing.T) {
	t.Parallel()
	const head = `{"args":["rds","stop-cluster","sample-ai-aurora-cluster"],"group":"g",` +
		`"schedule":"rds_stop","timezone":"Asia/Tokyo","late_after_seconds":3600,"scheduled_time":"`
	due := time.Now().Truncate(time.Second)
	tests := []struct {
		name  string
		time  string
		now   time.Time
		err   string
		warns bool
	}{
		{"in time", due.UTC().Format(time.RFC3339), due.Add(48 * time.Minute), "", false},
		{"late", due.UTC().Format(time.RFC3339), due.Add(9*time.Hour + 2*time.Minute),
			"came 9 h 2 m late; sample-ai-aurora-cluster was left as it is", false},
		{"the placeholder", "<aws.scheduler.scheduled-time>", due, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newCloud(t)
			answer, log, err := invoke(t, a, tt.now, head+tt.time+`"}`)
			if warns := strings.Contains(log, `"level":"WARN"`); warns != tt.warns {
				t.Errorf("warned: %v, want %v:\n%s", warns, tt.warns, log)
			}
			if tt.err == "" {
				if err != nil || answer != stopped {
					t.Errorf("error %v, answer %s", err, answer)
				}
				return
			}
			want := tt.err + "\n" + `{"results":[{"service":"rds","item":"sample-ai-aurora-cluster",` +
				`"target":"sample-ai-aurora-cluster","action":"stop-cluster","outcome":"failed",` +
				`"from":"","to":"","detail":"late: came 9 h 2 m after its time, nothing was done"}]}`
			if err == nil || err.Error() != want {
				t.Errorf("error\n got %v\nwant %s", err, want)
			}
			if n := len(a.Requests()); n != 0 || status(t, a) != "available" {
				t.Errorf("a late event made %d requests; the cluster is %s", n, status(t, a))
			}
			if !strings.Contains(log, `"schedule":"rds_stop"`) {
				t.Errorf("the log does not name the schedule:\n%s", log)
			}
		})
	}
}

// Fault 6 of the old image: typos, empty items and events without args succeeded silently.
func TestFault06_wrongEventsFail(t *testing.T) {
	t.Parallel()
	for event, want := range map[string]string{
		`{}`: `event without "args": write {"args":["rds","stop-cluster","my-aurora"]}`,
		`{"args":["rds","stoo-cluster","x"]}`: `runner 0.1.0: unknown command "stoo-cluster" of rds; ` +
			`rds has start-cluster, stop-cluster, start-instance, stop-instance, start-rds, ` +
			`stop-rds; did you mean "stop-cluster"?`,
		`{"args":["rds","stop-cluster",""]}`: "runner 0.1.0: an empty word; " +
			"leave it out, or give it a value (a variable may be empty)",
	} {
		a := newCloud(t)
		_, log, err := invoke(t, a, time.Now(), event)
		if want += "\n" + `{"results":[]}`; err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", event, err, want)
		}
		if len(a.Requests()) != 0 || !strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("%s: %d requests, log %s", event, len(a.Requests()), log)
		}
	}
}

// The item is quoted in the log, so a name cannot forge a line.
func TestInvoke_failureIsOneLinePerItem(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	event := `{"args":["rds","stop-cluster","sample-ai-aurora-cluster","no-such"],"colour":1}`
	_, log, err := invoke(t, a, time.Now(), event)
	sentence, results, _ := strings.Cut(err.Error(), "\n")
	want := "1 of 2 failed: no-such: no such DB cluster in us-east-1: check identifier and region"
	if sentence != want {
		t.Errorf("sentence\n got %s\nwant %s", sentence, want)
	}
	var report struct {
		Results []struct{ Item, Outcome string }
	}
	if err := json.Unmarshal([]byte(results), &report); err != nil || len(report.Results) != 2 ||
		report.Results[0].Outcome != "done" || report.Results[1].Outcome != "not_found" {
		t.Errorf("%v: results %s", err, results)
	}
	lines := strings.Split(strings.TrimSpace(log), "\n")
	for _, l := range lines {
		if !json.Valid([]byte(l)) {
			t.Errorf("log line %q is no JSON", l)
		}
	}
	if len(lines) != 3 || !strings.Contains(log, `"item":"no-such"`) {
		t.Errorf("want a line for each item and one for the run:\n%s", log)
	}
}

// Whoever gets a failed run's record reads its first line alone: how many failed, each with its
// reason, without AWS's own long words.
func TestInvoke_failureIsReadableAlone(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	for _, id := range []string{"my-aurora", "second"} {
		a.RDS().PutCluster(fakeaws.DBCluster{ID: id})
	}
	a.Fail(fakeaws.Match{Operation: "StopDBCluster", Name: "my-aurora"}, fakeaws.Fault{
		Code: "AccessDenied", Status: 403,
		Message: "User: arn:aws:sts::123456789012:assumed-role/x/y is not authorized to perform: rds:StopDBCluster",
	})
	_, _, err := invoke(t, a, time.Now(), `{"args":["rds","stop-cluster","my-aurora","no-such","second"]}`)
	if err == nil {
		t.Fatal("the run did not fail")
	}
	sentence, results, _ := strings.Cut(err.Error(), "\n")
	const want = "2 of 3 failed: my-aurora: access denied (rds:StopDBCluster); " +
		"no-such: no such DB cluster in us-east-1: check identifier and region"
	if sentence != want {
		t.Errorf("sentence\n got %s\nwant %s", sentence, want)
	}
	if !json.Valid([]byte(results)) || !strings.Contains(results, "is not authorized to perform: rds:StopDBCluster") {
		t.Errorf("the results lack AWS's own words: %s", results)
	}
}

// twoSteps is an event up to its scheduled time.
const twoSteps = `{"steps":[["rds","stop-cluster","sample-ai-aurora-cluster"],` +
	`["rds","stop-instance","db"]],"group":"g","schedule":"evening","timezone":"Asia/Tokyo",` +
	`"except_dates":["2026-12-29","2026-12-30"],"late_after_seconds":3600,"scheduled_time":"`

func TestInvoke_steps(t *testing.T) {
	t.Parallel()
	due := time.Date(2026, 12, 28, 12, 0, 0, 0, time.UTC) // 28 December, 21:00 in Tokyo
	tests := []struct {
		name     string
		due, now time.Time
		err      string
		outcomes []string // with details
	}{
		{"in time", due, due, "", []string{"done", "done"}},
		{"48 minutes of retries are never late, and past midnight it is still that evening's run",
			due.Add(150 * time.Minute), due.Add(198 * time.Minute), "", []string{"done", "done"}},
		{"a day off", due.AddDate(0, 0, 1), due.AddDate(0, 0, 1), "",
			[]string{"skipped not on 2026-12-29", "skipped not on 2026-12-29"}},
		{"a day off that began in Tokyo only", due.Add(11 * time.Hour), due.Add(11 * time.Hour), "",
			[]string{"skipped not on 2026-12-29", "skipped not on 2026-12-29"}},
		{"late on a day off: nothing was to be done", due.AddDate(0, 0, 1), due.AddDate(0, 0, 2), "",
			[]string{"skipped not on 2026-12-29", "skipped not on 2026-12-29"}},
		{"late", due, due.Add(9*time.Hour + 2*time.Minute),
			"came 9 h 2 m late; sample-ai-aurora-cluster and db were left as they are", []string{
				"failed late: came 9 h 2 m after its time, nothing was done",
				"failed late: came 9 h 2 m after its time, nothing was done",
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newCloud(t)
			a.RDS().PutInstance(fakeaws.DBInstance{ID: "db"})
			answer, _, err := invoke(t, a, tt.now, twoSteps+tt.due.Format(time.RFC3339)+`"}`)
			if tt.err != "" {
				var sentence string
				sentence, answer, _ = strings.Cut(err.Error(), "\n")
				if sentence != tt.err {
					t.Errorf("error\n got %s\nwant %s", sentence, tt.err)
				}
			} else if err != nil {
				t.Errorf("error %v", err)
			}
			var report struct {
				Results []struct{ Outcome, Detail string }
			}
			if err := json.Unmarshal([]byte(answer), &report); err != nil {
				t.Fatalf("%v: %s", err, answer)
			}
			var got []string
			for _, r := range report.Results {
				got = append(got, strings.TrimSpace(r.Outcome+" "+r.Detail))
			}
			if !slices.Equal(got, tt.outcomes) {
				t.Errorf("outcomes\n got %q\nwant %q", got, tt.outcomes)
			}
			if untouched := tt.outcomes[0] != "done"; untouched != (len(a.Requests()) == 0) {
				t.Errorf("%d requests to AWS", len(a.Requests()))
			}
		})
	}
}

// A wrong second step, or days off that nobody can read, are found before the first step runs.
func TestInvoke_wrongStepsRunNothing(t *testing.T) {
	t.Parallel()
	const good = `["rds","stop-cluster","sample-ai-aurora-cluster"]`
	for event, want := range map[string]string{
		`{"steps":[` + good + `,["rds","stop-clusters","x"]]}`: "runner 0.1.0: step 2: " +
			`unknown command "stop-clusters" of rds; `,
		`{"steps":[` + good + `,[]]}`:                  "runner 0.1.0: step 2: no arguments; ",
		`{"steps":[` + good + `],"args":` + good + `}`: `event with both "args" and "steps": keep one`,
		`{"args":` + good + `,"except_dates":["2026-12-29"],"timezone":"Asia/Tokio"}`: "except_dates: " +
			"reading the time zone: unknown time zone Asia/Tokio",
	} {
		a := newCloud(t)
		_, _, err := invoke(t, a, time.Now(), event)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", event, err, want)
		}
		if n := len(a.Requests()); n > 0 {
			t.Errorf("%s: %d requests to AWS, want none", event, n)
		}
	}
}
