package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

const (
	group     = "sample-ai-saving"
	ofGroup   = `"group":"sample-ai-saving","schedule":"rds_stop","holds":true,"timezone":"Asia/Tokyo"}`
	stopEvent = `{"args":["rds","stop-cluster","sample-ai-aurora-cluster"],` + ofGroup
	listTags  = "ListTagsForResource"
)

// listings counts the looks at tags.
func listings(a *fakeaws.AWS) int {
	n := 0
	for _, r := range a.Requests() {
		if r.Operation == listTags {
			n++
		}
	}
	return n
}

func TestInvoke_hold(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Minute)
	until := now.Add(10 * time.Hour).UTC()
	tokyo := time.FixedZone("", 9*3600)
	tag := until.Format(time.RFC3339)
	words := "held until " + until.In(tokyo).Format("2006-01-02 15:04") + " Asia/Tokyo"
	start := strings.ReplaceAll(stopEvent, "stop", "start")
	tests := []struct {
		name, event string
		tags        map[string]string
		detail      string // "" where it runs
	}{
		{
			"the group", stopEvent, map[string]string{"savings:hold": tag + " stops can=27t stop"},
			words + ": can't stop",
		},
		{"the event", stopEvent, map[string]string{"savings:hold:rds_stop": tag + " all"}, words},
		{"another event", stopEvent, map[string]string{"savings:hold:other": tag + " all"}, ""},
		{"over", stopEvent, map[string]string{"savings:hold": now.UTC().Format(time.RFC3339)}, ""},
		{"no tags", stopEvent, nil, ""},
		{"a start", start, map[string]string{"savings:hold": tag + " stops"}, ""},
		{"a start under a hold of all", start, map[string]string{"savings:hold": tag + " all"}, words},
		{
			"a dry run", strings.Replace(stopEvent, `cluster"]`, `cluster","--dry-run"]`, 1),
			map[string]string{"savings:hold": tag + " stops"}, words,
		},
		{
			"steps of which one stops",
			`{"steps":[["rds","start-cluster","a"],["rds","stop-cluster","b"]],` + ofGroup,
			map[string]string{"savings:hold": tag + " stops"}, words,
		},
		{
			"a zone that the system does not know", strings.Replace(stopEvent, "Asia/Tokyo", "Asia/X", 1),
			map[string]string{"savings:hold": tag + " stops"},
			"held until " + until.Format("2006-01-02 15:04") + " UTC",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newCloud(t)
			a.Scheduler().PutGroup(group, tt.tags)
			answer, log, err := invoke(t, a, now, tt.event)
			if err != nil {
				t.Fatal(err)
			}
			skipped := strings.Contains(answer, `"outcome":"skipped"`)
			if skipped != (tt.detail != "") {
				t.Fatalf("skipped is %v: %s", skipped, answer)
			}
			if !skipped {
				return
			}
			if !strings.Contains(answer, `"detail":"`+tt.detail+`"}`) || !strings.Contains(log, tt.detail) {
				t.Errorf("answer %s\nlog %s\nwant %q", answer, log, tt.detail)
			}
			if len(a.Requests()) != 1 || status(t, a) != "available" {
				t.Errorf("%d requests, cluster %s", len(a.Requests()), status(t, a))
			}
		})
	}
}

// Without a group of its own an event has no holds, so no tags are read.
func TestInvoke_withoutHolds(t *testing.T) {
	t.Parallel()
	for _, event := range []string{
		`{"args":["rds","stop-cluster","sample-ai-aurora-cluster"]}`,
		strings.Replace(stopEvent, `"holds":true,`, "", 1),
		strings.Replace(stopEvent, `"schedule":"rds_stop",`, "", 1),
	} {
		a := newCloud(t)
		if answer, _, err := invoke(t, a, time.Now(), event); err != nil || answer != stopped {
			t.Errorf("%s: %s, %v", event, answer, err)
		}
		if n := listings(a); n != 0 {
			t.Errorf("%s: %d looks at tags", event, n)
		}
	}
}

// Fifty events of one minute, and AWS refuses most of the reads: no hold is lost.
func TestInvoke_holdIsNotLostToThrottling(t *testing.T) {
	t.Parallel()
	a := newCloud(t)
	now := time.Now()
	a.Scheduler().PutGroup(group, map[string]string{
		"savings:hold": now.Add(time.Hour).UTC().Format(time.RFC3339) + " stops",
	})
	a.Fail(fakeaws.Match{Operation: listTags, Times: 400}, fakeaws.Throttled())
	a.Fail(fakeaws.Match{Operation: listTags, Times: 20}, fakeaws.ServerError())
	a.Fail(fakeaws.Match{Operation: listTags, Times: 20}, fakeaws.Fault{Reset: true})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			answer, _, err := invoke(t, a, now, stopEvent)
			if err != nil || !strings.Contains(answer, "held until") {
				t.Errorf("answer %q, error %v", answer, err)
			}
		})
	}
	wg.Wait()
	if n := listings(a); n != 490 {
		t.Errorf("%d looks at tags, want 440 refused ones and 50", n)
	}
	if got := status(t, a); got != "available" {
		t.Errorf("the cluster is %s", got)
	}
}

func TestInvoke_holdsCannotBeRead(t *testing.T) {
	t.Parallel()
	const prefix = `reading the holds of schedule group "sample-ai-saving": `
	tests := []struct {
		name  string
		tags  map[string]string
		fault fakeaws.Fault
		want  string // the error's beginning; "" where it runs without
		warns string
	}{
		{
			"busy to the end", nil, fakeaws.Throttled(),
			prefix + "ThrottlingException: Rate exceeded, for 14m", "",
		},
		{
			"refused", nil, fakeaws.Fault{Code: "ValidationException", Message: "no"},
			prefix + "ValidationException: no; nothing was done", "",
		},
		{
			"a tag that cannot be read", map[string]string{"savings:hold": "tonight"}, fakeaws.Fault{},
			prefix + `the tag "savings:hold" = "tonight" does not begin with an instant such as ` +
				"2026-11-30T23:00:00Z; nothing was done", "",
		},
		{
			"no right to", nil, fakeaws.Fault{Code: "AccessDeniedException", Message: "no", Status: 403},
			"", "access denied (scheduler:ListTagsForResource on " +
				"arn:aws:scheduler:us-east-1:123456789012:schedule-group/sample-ai-saving)",
		},
		{
			"no such group", nil,
			fakeaws.Fault{Code: "ResourceNotFoundException", Message: "no", Status: 404},
			"", "there is no schedule group sample-ai-saving",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newCloud(t)
			a.Scheduler().PutGroup(group, tt.tags)
			if tt.fault.Code != "" {
				a.Fail(fakeaws.Match{Operation: listTags}, tt.fault)
			}
			answer, log, err := invoke(t, a, time.Now(), stopEvent)
			if tt.want == "" {
				if err != nil || answer != stopped || !strings.Contains(log, tt.warns) {
					t.Errorf("answer %s, error %v, log %s", answer, err, log)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) ||
				!strings.Contains(err.Error(), "; nothing was done\n"+`{"results":[{`) ||
				!strings.Contains(err.Error(), `"outcome":"failed"`) {
				t.Errorf("error\n got %v\nwant %s…", err, tt.want)
			}
			if got := status(t, a); got != "available" {
				t.Errorf("the cluster is %s", got)
			}
		})
	}
}

// With the whole of policy_json the runner sees the hold. Without the right to read it the event runs as
// if there were none, and says so.
func TestInvoke_holdByPolicy(t *testing.T) {
	t.Parallel()
	call, err := command.Parse([]string{"rds", "stop-cluster", "sample-ai-aurora-cluster"})
	if err != nil {
		t.Fatal(err)
	}
	scope := command.Scope{Partition: "aws", Region: fakeaws.Region, Account: fakeaws.Account}
	for name, tt := range map[string]struct{ group, outcome, status, warning string }{
		"policy_json": {group, `"outcome":"skipped"`, "available", ""},
		"policy_json without scheduler:ListTagsForResource": {
			"", `"outcome":"done"`, "stopped", "access denied (scheduler:ListTagsForResource on " +
				"arn:aws:scheduler:us-east-1:123456789012:schedule-group/sample-ai-saving)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, now := newCloud(t), time.Now()
			a.Enforce(t)
			a.Scheduler().PutGroup(group, map[string]string{
				"savings:hold": now.Add(time.Hour).UTC().Format(time.RFC3339) + " stops",
			})
			a.IAM().PutRole(fakeaws.Role{Name: "runner", Policies: map[string]string{
				"p": eventpolicy.Document([]*command.Call{call}, scope, tt.group),
			}})
			answer, log, err := invokeAs(t, a.ConfigOf(a.RoleKey("runner")), now, stopEvent)
			if err != nil || !strings.Contains(answer, tt.outcome) || status(t, a) != tt.status {
				t.Errorf("answer %s, cluster %s, error %v", answer, status(t, a), err)
			}
			if without := strings.Contains(log, "running without a look at the holds"); without != (tt.warning != "") ||
				!strings.Contains(log, tt.warning) {
				t.Errorf("log %s", log)
			}
		})
	}
}
