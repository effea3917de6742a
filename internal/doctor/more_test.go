package doctor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/doctor"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func ask(t *testing.T, w world, q doctor.Question) doctor.Report {
	t.Helper()
	q.Name, q.Region, q.Now = name, region, now
	return doctor.Look(t.Context(), clients(w.Config()), q)
}

// One event alone is looked at; the other's break is not its own.
func TestLook_oneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.change("rds_start", func(s *fakeaws.Schedule) { s.State = "DISABLED" })
	if report := ask(t, w, doctor.Question{Event: "rds_stop"}); report.Status != doctor.OK ||
		strings.Contains(report.Text(), "rds_start") {
		t.Errorf("rds_stop alone:\n%s", report.Text())
	}
	golden(t, "misspelt", ask(t, w, doctor.Question{Event: "rds_stpo"}).Text())
}

// In a shared group the schedules' names begin with the resource's, and nothing is held.
func TestLook_sharedGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, key := range []string{"rds_stop", "rds_start"} {
		s, _ := w.Scheduler().Schedule(name, key)
		s.GroupName, s.Name = "team", name+"-"+key
		s.Target.Input = strings.NewReplacer(`"group":"`+name, `"group":"team`, `"schedule":"`, `"schedule":"`+name+"-",
			`"holds":true,`, "").Replace(s.Target.Input)
		w.Scheduler().PutSchedule(s)
		s.Name, s.State = "other-"+key, "DISABLED"
		w.Scheduler().PutSchedule(s)
	}
	w.Scheduler().PutGroup("team", map[string]string{"savings:hold": "2099-01-01T00:00:00Z all"})
	w.Logs().RemoveGroup(log)
	for _, key := range []string{"rds_stop", "rds_start"} {
		w.line(started, "INFO", "done", "group", "team", "schedule", name+"-"+key, "service", "rds", "item", "my-aurora")
	}
	report := ask(t, w, doctor.Question{Group: "team"})
	if report.Status != doctor.OK || strings.Contains(report.Text(), "other-") || strings.Contains(report.Text(), "held") {
		t.Errorf("in a shared group:\n%s", report.Text())
	}
}

// A look whose time is over says what it did not see, and calls nothing broken.
func TestLook_noTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report := doctor.Look(ctx, clients(w.Config()), doctor.Question{Name: name, Region: region, Now: now})
	if report.Status != doctor.Unknown || len(w.Requests()) > 0 {
		t.Errorf("%d requests:\n%s", len(w.Requests()), report.Text())
	}
}

// inFlight counts the requests that are under way.
type inFlight struct {
	aws.HTTPClient
	now, most atomic.Int32
}

func (c *inFlight) Do(r *http.Request) (*http.Response, error) {
	n := c.now.Add(1)
	defer c.now.Add(-1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	return c.HTTPClient.Do(r)
}

// The calls grow by one for an event, and never more than eight are in flight.
func TestLook_manyEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const more = 120
	for i := range more {
		w.schedule(fmt.Sprintf("stop_%03d", i), "cron(0 21 ? * MON-FRI 2099)", []string{"rds", "stop-cluster", "my-aurora"})
	}
	cfg := w.Config()
	counted := &inFlight{HTTPClient: cfg.HTTPClient}
	cfg.HTTPClient = counted
	report := doctor.Look(t.Context(), clients(cfg), doctor.Question{Name: name, Region: region, Now: now})
	if report.Status != doctor.OK {
		t.Errorf("with %d events:\n%s", more+2, report.Text())
	}
	if most := counted.most.Load(); most < 2 || most > 8 {
		t.Errorf("%d requests were in flight at once, want 2 to 8", most)
	}
	if n, most := len(w.Requests()), more+30; n > most {
		t.Errorf("%d requests for %d events, want at most %d", n, more+2, most)
	}
}

// A log is written by whoever may write it: what it says does not command the terminal.
func TestReport_controlCharacters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.failure(command.Failed, "\x1b[2J\x1b]0;owned\x07 broken\nok  all is well", "1 of 1 failed")
	report := w.look()
	for _, text := range []string{report.Text(), report.Verdict()} {
		if strings.ContainsFunc(strings.ReplaceAll(text, "\n", ""), unicode.IsControl) || strings.Contains(text, "\nok  all") {
			t.Errorf("got %q", text)
		}
	}
}

func TestReport_JSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.change("rds_stop", func(s *fakeaws.Schedule) { s.State = "DISABLED" })
	text := w.look().JSON()
	var got doctor.Report
	if err := json.Unmarshal([]byte(text), &got); err != nil || strings.Count(text, "\n") != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	if got.Status != doctor.Broken || got.Group != name || len(got.Findings) != 11 || got.Findings[1].Fix == "" {
		t.Errorf("got %s", text)
	}
	if !strings.Contains(text, "stopped → starting") {
		t.Error("the JSON escapes what needs none")
	}
}

// Trust policies as people and AWS write them.
func TestLook_trust(t *testing.T) {
	t.Parallel()
	const head, tail = `{"Version":"2012-10-17","Statement":`, `}`
	statement := func(effect, principal, condition string) string {
		return `{"Effect":"` + effect + `","Action":"sts:AssumeRole","Principal":` + principal + condition + `}`
	}
	const scheduler, lambda = `{"Service":"scheduler.amazonaws.com"}`, `{"Service":"lambda.amazonaws.com"}`
	account := func(id string) string { return `,"Condition":{"StringEquals":{"aws:SourceAccount":"` + id + `"}}` }
	for _, tt := range []struct {
		trust string
		want  doctor.Status
	}{
		{statement("Allow", scheduler, account("123456789012")), doctor.OK},
		{"[" + statement("Allow", lambda, "") + "," +
			statement("Allow", `{"Service":["events.amazonaws.com","scheduler.amazonaws.com"]}`, account("123456789012")) + "]", doctor.OK},
		{statement("Allow", scheduler, ""), doctor.Note},
		{statement("Allow", lambda, account("123456789012")), doctor.Broken},
		{statement("Allow", scheduler, account("210987654321")), doctor.Broken},
		{"[" + statement("Allow", scheduler, account("123456789012")) + "," + statement("Deny", scheduler, "") + "]", doctor.Broken},
		{statement("Allow", scheduler, `,"Condition":{"StringEquals":{"aws:SourceOrgID":"o-1"}}`), doctor.Note},
		{statement("Allow", scheduler, `,"Condition":{"StringEquals":{"aws:SourceArn":`+
			`"arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/*"}}`), doctor.Broken},
	} {
		w := newWorld(t)
		r, _ := w.IAM().Role(scheduled)
		r.Trust = head + tt.trust + tail
		w.IAM().PutRole(r)
		for _, f := range w.look().Findings {
			if f.Check == "scheduler role" && f.Status != tt.want {
				t.Errorf("%s:\n got %s (%s), want %s", tt.trust, f.Status, f.Found, tt.want)
			}
		}
	}
}

// Policies as people write them: wider ones do, denials and doubts are told.
func TestLook_policies(t *testing.T) {
	t.Parallel()
	statement := func(effect, action, resource, more string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"` + effect + `","Action":"` + action + `","Resource":"` + resource +
			`"` + more + `}}`
	}
	all := statement("Allow", "*", "*", "")
	for _, tt := range []struct {
		policies []string
		want     doctor.Status
	}{
		{[]string{all}, doctor.OK},
		{[]string{statement("Allow", "rds:*", "arn:aws:rds:*:123456789012:*", ""), statement("Allow", "scheduler:*", "*", "")}, doctor.OK},
		{[]string{statement("Allow", "rds:*", "arn:aws:rds:us-west-2:123456789012:*", "")}, doctor.Broken},
		{[]string{all, statement("Deny", "rds:StopDBCluster", "*", "")}, doctor.Broken},
		{[]string{all, statement("Deny", "rds:StopDBCluster", "*", `,"Condition":{"Bool":{"aws:ViaAWSService":"false"}}`)}, doctor.Note},
		{[]string{statement("Allow", "*", "*", `,"Condition":{"StringEquals":{"aws:ResourceTag/deploy":"devel"}}`)}, doctor.Note},
		{[]string{statement("Allow", "*", "*", `,"Condition":{"StringEquals":{"aws:RequestedRegion":"ap-northeast-1"}}`)}, doctor.OK},
		{[]string{statement("Allow", "*", "*", `,"Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}`)}, doctor.Broken},
		{[]string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`}, doctor.Note},
		{nil, doctor.Broken},
	} {
		w := newWorld(t)
		role := fakeaws.Role{Name: runner, Policies: map[string]string{}}
		for i, document := range tt.policies {
			if i == 0 {
				w.IAM().PutManagedPolicy("arn:aws:iam::aws:policy/P", document)
				role.Attached = []string{"arn:aws:iam::aws:policy/P"}
				continue
			}
			role.Policies[fmt.Sprint("p", i)] = document
		}
		w.IAM().PutRole(role)
		worst := doctor.OK
		for _, f := range w.look().Findings {
			if f.Check == "rights" && worst != doctor.Broken && f.Status != doctor.OK {
				worst = f.Status
			}
		}
		if worst != tt.want {
			t.Errorf("%s: got %s, want %s\n%s", tt.policies, worst, tt.want, w.look().Text())
		}
	}
}
