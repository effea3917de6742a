package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/spin-dd/terraform-provider-savings/internal/doctor"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// What the runner logs of a run is what savings doctor reads there.
func TestLog_isWhatTheDoctorReads(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	const head = `{"args":["rds","stop-cluster",%s],"group":"night","schedule":"stop","timezone":"Asia/Tokyo",` +
		`"late_after_seconds":3600,"except_dates":["2000-01-01"%s],"scheduled_time":"%s"}`
	today := now.In(time.FixedZone("Tokyo", 9*60*60)).Format(time.DateOnly)
	for _, tt := range []struct {
		items, off string
		due        time.Time
		status     doctor.Status
		want       string
	}{
		{`"sample-ai-aurora-cluster"`, "", now, doctor.OK, "sample-ai-aurora-cluster done (available → stopping)"},
		{`"sample-ai-aurora-cluster","no-such"`, "", now, doctor.Broken,
			"failed: no-such not_found: no such DB cluster in us-east-1: check identifier and region"},
		{`"sample-ai-aurora-cluster"`, "", now.Add(-2 * time.Hour), doctor.Broken,
			"failed: sample-ai-aurora-cluster failed: late: came 2 h 0 m after its time, nothing was done"},
		{`"sample-ai-aurora-cluster"`, `,"` + today + `"`, now, doctor.OK, "sample-ai-aurora-cluster skipped: not on " + today},
		{`""`, "", now, doctor.Broken, "failed: runner 0.1.0: an empty word"},
	} {
		a := newCloud(t)
		_, log, _ := invoke(t, a, now, fmt.Sprintf(head, tt.items, tt.off, tt.due.UTC().Format(time.RFC3339)))
		for line := range strings.Lines(log) {
			a.Logs().PutEvents("/aws/lambda/tools", fakeaws.LogEvent{Time: now, Message: line})
		}
		a.Lambda().PutFunction(fakeaws.Function{FunctionName: "tools", Timeout: 900})
		s := fakeaws.Schedule{GroupName: "night", Name: "stop", ScheduleExpression: "rate(1 day)"}
		s.Target.Arn = "arn:aws:lambda:us-east-1:123456789012:function:tools"
		s.Target.Input = fmt.Sprintf(head, `"sample-ai-aurora-cluster"`, "", "")
		a.Scheduler().PutSchedule(s)
		found := lastRun(t, a, now)
		if found.Status != tt.status || !strings.Contains(found.Found, tt.want) {
			t.Errorf("%s: got %s %q, want %s %q", tt.items, found.Status, found.Found, tt.status, tt.want)
		}
	}
}

func lastRun(t *testing.T, a *fakeaws.AWS, now time.Time) doctor.Finding {
	t.Helper()
	cfg := a.Config()
	report := doctor.Look(t.Context(), doctor.Clients{
		Scheduler: scheduler.NewFromConfig(cfg), Lambda: lambda.NewFromConfig(cfg), IAM: iam.NewFromConfig(cfg),
		Logs: cloudwatchlogs.NewFromConfig(cfg), ECR: ecr.NewFromConfig(cfg), SQS: sqs.NewFromConfig(cfg),
	}, doctor.Question{Name: "night", Region: fakeaws.Region, Now: now})
	last := report.Findings[len(report.Findings)-1]
	if last.Check != "last run" {
		t.Fatalf("the last finding is no run:\n%s", report.Text())
	}
	return last
}
