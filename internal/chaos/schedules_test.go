package chaos_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

const (
	functionARN = "arn:aws:lambda:" + region + ":" + account + ":function:tools"
	roleARN     = "arn:aws:iam::" + account + ":role/tools-scheduler"
	runnerRole  = "tools-role"
)

// schedules asks for one savings_schedule.
type schedules struct {
	name string
	// group is a shared group; "" is one of its own.
	group, zone string
	// managed has the resource grant runnerRole the rights of its events.
	managed  bool
	attempts int
	tags     map[string]string
	events   map[string]event
}

// event asks for one schedule. Its command is that of one cluster, so that the policy shows which
// events it is for.
type event struct {
	cluster string
	verb    string // stop-cluster or start-cluster
	// steps has the event run its command as the first of two steps.
	steps                   bool
	expr, zone, description string
	disabled                bool
	except                  []string
}

// putRole is what the experiments with schedules find in the account.
func putRole(a *fakeaws.AWS) { a.IAM().PutRole(fakeaws.Role{Name: runnerRole}) }

// clone returns a copy whose events and tags may be changed.
func (s schedules) clone() schedules {
	s.events, s.tags = maps.Clone(s.events), maps.Clone(s.tags)
	return s
}

func (e event) words() []string { return []string{"rds", e.verb, e.cluster} }

// commands are the arguments or the steps, one of which is nil.
func (e event) commands() (args []string, steps [][]string) {
	if !e.steps {
		return e.words(), nil
	}
	return nil, [][]string{e.words(), {"rds", e.verb, e.cluster + "-2"}}
}

// clusters are what the event's commands name.
func (e event) clusters() []string {
	if e.steps {
		return []string{e.cluster, e.cluster + "-2"}
	}
	return []string{e.cluster}
}

func (s schedules) HCL() string {
	var b strings.Builder
	fmt.Fprintf(&b, "resource \"savings_schedule\" \"this\" {\n  name = %q\n", s.name)
	if s.group != "" {
		fmt.Fprintf(&b, "  group_name = %q\n", s.group)
	}
	fmt.Fprintf(&b, "  function_arn = %q\n  role_arn = %q\n  timezone = %q\n", functionARN, roleARN, s.zone)
	if s.managed {
		fmt.Fprintf(&b, "  runner_role_name = %q\n", runnerRole)
	} else {
		fmt.Fprintf(&b, "  permissions = \"external\"\n")
	}
	fmt.Fprintf(&b, "  retry = { maximum_attempts = %d }\n", s.attempts)
	if len(s.tags) > 0 {
		fmt.Fprintf(&b, "  tags = %s\n", jsonOf(s.tags))
	}
	fmt.Fprintf(&b, "  events = {\n")
	for _, key := range slices.Sorted(maps.Keys(s.events)) {
		fmt.Fprintf(&b, "    %s = { %s }\n", key, s.events[key].hcl())
	}
	return b.String() + "  }\n}\n"
}

func (e event) hcl() string {
	args, steps := e.commands()
	fields := []string{"cron_expr = " + strconv.Quote(e.expr)}
	if steps == nil {
		fields = append(fields, "args = "+jsonOf(args))
	} else {
		fields = append(fields, "steps = "+jsonOf(steps))
	}
	if e.zone != "" {
		fields = append(fields, "timezone = "+strconv.Quote(e.zone))
	}
	if e.description != "" {
		fields = append(fields, "description = "+strconv.Quote(e.description))
	}
	if e.disabled {
		fields = append(fields, "enabled = false")
	}
	if len(e.except) > 0 {
		fields = append(fields, "except_dates = "+jsonOf(e.except))
	}
	return strings.Join(fields, ", ")
}

func (s schedules) place() string {
	if s.group != "" {
		return s.group
	}
	return s.name
}

func (s schedules) scheduleName(key string) string {
	if s.group != "" {
		return s.name + "-" + key
	}
	return key
}

func (s schedules) policyName() string {
	name := "savings-" + region + "-" + s.place()
	if s.group != "" {
		name += "+" + s.name
	}
	return name
}

func (s schedules) zoneOf(key string) string {
	if zone := s.events[key].zone; zone != "" {
		return zone
	}
	return s.zone
}

func (s schedules) Objects() []string {
	var lines []string
	if s.group == "" {
		lines = append(lines, "scheduler group "+s.name+" (ACTIVE)")
	}
	for key := range s.events {
		lines = append(lines, "scheduler schedule "+s.place()+"/"+s.scheduleName(key))
	}
	if s.managed {
		lines = append(lines, "iam policy "+runnerRole+"/"+s.policyName())
	}
	return lines
}

func (s schedules) Differences(a *fakeaws.AWS, state *tfjson.State) []string {
	live := a.Scheduler().Schedules(s.place())
	return append(s.cloudDifferences(a), s.stateDifferences(live, state)...)
}

func (s schedules) cloudDifferences(a *fakeaws.AWS) []string {
	live := a.Scheduler().Schedules(s.place())
	var found []string
	for key := range s.events {
		if got, there := live[s.scheduleName(key)]; there {
			found = append(found, diff("cloud: schedule "+key, s.setting(key), settingOf(got))...)
		}
	}
	if group, there := a.Scheduler().Group(s.place()); there && s.group == "" {
		found = append(found, diff("cloud: tags", orEmpty(s.tags), orEmpty(group.Tags))...)
	}
	return append(found, s.policyDifferences(a)...)
}

// setting is everything of a schedule that is not its name.
type setting struct {
	Expression, Zone, State, Description string
	Function, Role, DeadLetter           string
	Flexible, AfterCompletion            string
	Attempts, Age                        int
	Start, End                           time.Time
	Input                                any
}

func (s schedules) setting(key string) setting {
	e := s.events[key]
	want := setting{
		Expression: e.expr, Zone: s.zoneOf(key), State: "ENABLED", Description: e.description,
		Function: functionARN, Role: roleARN, Flexible: "OFF", AfterCompletion: "NONE",
		Attempts: s.attempts, Age: 3600,
	}
	if e.disabled {
		want.State = "DISABLED"
	}
	input := map[string]any{
		"group": s.place(), "schedule": s.scheduleName(key), "timezone": s.zoneOf(key),
		"late_after_seconds": 3600, "scheduled_time": "<aws.scheduler.scheduled-time>",
	}
	if args, steps := e.commands(); steps == nil {
		input["args"] = args
	} else {
		input["steps"] = steps
	}
	if s.group == "" {
		input["holds"] = true
	}
	if len(e.except) > 0 {
		input["except_dates"] = e.except
	}
	want.Input = parsed(jsonOf(input))
	return want
}

func settingOf(s fakeaws.Schedule) setting {
	got := setting{
		Expression: s.ScheduleExpression, Zone: s.ScheduleExpressionTimezone, State: s.State,
		Description: s.Description, Function: s.Target.Arn, Role: s.Target.RoleArn,
		Flexible: s.FlexibleTimeWindow.Mode, AfterCompletion: s.ActionAfterCompletion,
		Attempts: *s.Target.RetryPolicy.MaximumRetryAttempts, Age: *s.Target.RetryPolicy.MaximumEventAgeInSeconds,
		Start: s.StartDate.Time, End: s.EndDate.Time, Input: parsed(s.Target.Input),
	}
	if s.Target.DeadLetterConfig != nil {
		got.DeadLetter = s.Target.DeadLetterConfig.Arn
	}
	return got
}

var clusterInPolicy = regexp.MustCompile(`:cluster:([\w-]+)"`)

// policyDifferences compares the clusters that the policy names with those of the events.
func (s schedules) policyDifferences(a *fakeaws.AWS) []string {
	if !s.managed {
		return nil
	}
	want := map[string]bool{}
	for _, e := range s.events {
		for _, cluster := range e.clusters() {
			want[cluster] = true
		}
	}
	role, _ := a.IAM().Role(runnerRole)
	got := map[string]bool{}
	for _, m := range clusterInPolicy.FindAllStringSubmatch(role.Policies[s.policyName()], -1) {
		got[m[1]] = true
	}
	return diff("cloud: clusters in the policy", want, got)
}

// stateDifferences compares what the state says of each event.
func (s schedules) stateDifferences(live map[string]fakeaws.Schedule, state *tfjson.State) []string {
	if state.Values == nil || len(state.Values.RootModule.Resources) != 1 {
		return []string{"the state does not have one resource"}
	}
	values := state.Values.RootModule.Resources[0].AttributeValues
	found := diff("state: name", any(s.name), values["name"])
	found = append(found, diff("state: timezone", any(s.zone), values["timezone"])...)
	want := map[string]any{}
	for key, e := range s.events {
		args, steps := e.commands()
		want[key] = parsed(jsonOf(map[string]any{
			"args": args, "steps": steps, "cron_expr": e.expr, "timezone": s.zoneOf(key), "enabled": !e.disabled,
			"description": orNull(e.description), "schedule_arn": live[s.scheduleName(key)].Arn,
			"except_dates": e.except, "start_date": nil, "end_date": nil,
		}))
	}
	got, _ := values["events"].(map[string]any)
	for _, v := range got {
		e := v.(map[string]any)
		delete(e, "summary") // words, tested elsewhere
		if e["timezone"] == nil {
			e["timezone"] = s.zone // the resource's
		}
	}
	return append(found, diff("state: events", want, got)...)
}

func jsonOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and lists always encode
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(raw))
}

// parsed returns JSON as values, or the text itself where it is none.
func parsed(text string) (v any) {
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	return v
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
