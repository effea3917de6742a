package main

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

const functionARN = "arn:aws:lambda:" + fakeaws.Region + ":" + fakeaws.Account + ":function:tools"

// schedule GROUP NAME ZONE own|shared ARGS… puts a schedule there as savings_schedule writes it;
// schedule raw GROUP NAME INPUT one with any input, disabled and aimed at no function.
func schedule(ts *testscript.TestScript, _ bool, args []string) {
	s := fakeaws.Schedule{GroupName: args[0], Name: args[1], State: "ENABLED"}
	if args[0] == "raw" {
		s.GroupName, s.Name, s.State = args[1], args[2], "DISABLED"
		s.Target.Arn, s.Target.Input = "arn:aws:sqs:us-east-1:123456789012:queue", args[3]
	} else {
		s.ScheduleExpressionTimezone, s.Target.Arn = args[2], functionARN
		s.Target.Input = payload.Encode(payload.Payload{
			Args: args[4:], Group: s.GroupName, Schedule: s.Name, Holds: args[3] == "own",
			Timezone: s.ScheduleExpressionTimezone, LateAfterSeconds: 3600,
		})
	}
	ts.Value("aws").(*fakeaws.AWS).Scheduler().PutSchedule(s)
}

// puts FILE puts the schedules of a file there, a JSON list of what GetSchedule answers.
func puts(ts *testscript.TestScript, _ bool, args []string) {
	var all []fakeaws.Schedule
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &all); err != nil {
		ts.Fatalf("%v", err)
	}
	for _, s := range all {
		ts.Value("aws").(*fakeaws.AWS).Scheduler().PutSchedule(s)
	}
}

// tags GROUP KEY=VALUE… checks all tags of a group; tags put GROUP KEY=VALUE… puts them there.
func tags(ts *testscript.TestScript, _ bool, args []string) {
	scheduler := ts.Value("aws").(*fakeaws.AWS).Scheduler()
	put := args[0] == "put"
	if put {
		args = args[1:]
	}
	want := map[string]string{}
	for _, tag := range args[1:] {
		key, value, _ := strings.Cut(tag, "=")
		want[key] = value
	}
	if put {
		scheduler.PutGroup(args[0], want)
		return
	}
	if group, _ := scheduler.Group(args[0]); !maps.Equal(group.Tags, want) {
		ts.Fatalf("the tags of %s are %q, not %q", args[0], group.Tags, want)
	}
}

// events is what a function was sent.
type events struct {
	mu   sync.Mutex
	last string
}

// function answers FILE makes the function of all schedules, and lets it answer a file's content;
// function fails FILE lets it fail with it.
func function(ts *testscript.TestScript, _ bool, args []string) {
	l := ts.Value("aws").(*fakeaws.AWS).Lambda()
	l.PutFunction(fakeaws.Function{FunctionName: "tools"})
	answer := strings.TrimSuffix(ts.ReadFile(args[1]), "\n")
	got := ts.Value("events").(*events)
	l.Handle("tools", func(event []byte) ([]byte, error) {
		got.mu.Lock()
		defer got.mu.Unlock()
		got.last = string(event)
		if args[0] == "fails" {
			return nil, errors.New(answer)
		}
		return []byte(answer), nil
	})
}

var instant = regexp.MustCompile(`"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"`)

// sent FILE checks the event that a function was sent last; NOW in the file is an instant.
func sent(ts *testscript.TestScript, _ bool, args []string) {
	got := ts.Value("events").(*events)
	got.mu.Lock()
	defer got.mu.Unlock()
	event := instant.ReplaceAllString(got.last, `"NOW"`)
	if want := strings.TrimSuffix(ts.ReadFile(args[0]), "\n"); event != want {
		ts.Fatalf("the function was sent\n%s\nnot\n%s", event, want)
	}
}

// fails OPERATION CODE lets AWS refuse an operation from now on; fails none ends it.
func fails(ts *testscript.TestScript, _ bool, args []string) {
	a := ts.Value("aws").(*fakeaws.AWS)
	if args[0] == "none" {
		a.ClearFaults()
		return
	}
	a.Fail(fakeaws.Match{Operation: args[0]}, fakeaws.Fault{Code: args[1], Message: "no", Status: 403})
}

// stack NAME puts a savings_schedule there with a stop and a start, and all that they need: the group
// NAME, a function tools with its two roles, and their policies.
func stack(ts *testscript.TestScript, _ bool, args []string) {
	a := ts.Value("aws").(*fakeaws.AWS)
	allow := func(action, resource string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}}`
	}
	runs := a.IAM().PutRole(fakeaws.Role{Name: "tools", Policies: map[string]string{"all": allow("*", "*")}})
	invokes := a.IAM().PutRole(fakeaws.Role{
		Name: "tools-scheduler", Policies: map[string]string{"invoke": allow("lambda:InvokeFunction", functionARN)},
		Trust: `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"scheduler.amazonaws.com"},` +
			`"Condition":{"StringEquals":{"aws:SourceAccount":"` + fakeaws.Account + `"}}}}`,
	})
	a.Lambda().PutFunction(fakeaws.Function{FunctionName: "tools", Role: runs, Timeout: 900})
	for key, expression := range map[string]string{"rds_stop": "cron(0 21 * * ? *)", "rds_start": "cron(0 8 * * ? *)"} {
		schedule(ts, false, []string{args[0], key, "Asia/Tokyo", "own", "rds", strings.Replace(key, "rds_", "", 1) + "-cluster", "db"})
		s, _ := a.Scheduler().Schedule(args[0], key)
		s.ScheduleExpression, s.Target.RoleArn, s.CreationDate = expression, invokes, fakeaws.Epoch{Time: time.Now()}
		s.Target.RetryPolicy = &fakeaws.RetryPolicy{MaximumEventAgeInSeconds: new(3600), MaximumRetryAttempts: new(10)}
		a.Scheduler().PutSchedule(s)
	}
}

// disable GROUP NAME disables a schedule, as the console does.
func disable(ts *testscript.TestScript, _ bool, args []string) {
	scheduler := ts.Value("aws").(*fakeaws.AWS).Scheduler()
	s, _ := scheduler.Schedule(args[0], args[1])
	s.State = "DISABLED"
	scheduler.PutSchedule(s)
}
