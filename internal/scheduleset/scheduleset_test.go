package scheduleset_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

const (
	functionARN = "arn:aws:lambda:us-east-1:123456789012:function:sample-ai-tools"
	queueARN    = "arn:aws:sqs:us-east-1:123456789012:dead"
	runnerRole  = "runner"
	policyJSON  = `{"Statement":[{"Action":["rds:StopDBCluster"],"Effect":"Allow",` +
		`"Resource":["arn:aws:rds:us-east-1:123456789012:cluster:x"]}],"Version":"2012-10-17"}`
)

var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// stage is a fake account with a scheduler's and a runner's role, and a Keeper whose clock stands
// unless it sleeps.
type stage struct {
	*fakeaws.AWS
	clock  *fakeaws.Clock
	config scheduleset.Config
	keeper *scheduleset.Keeper
	role   string

	mu   sync.Mutex
	logs []string
}

func newStage(t testing.TB, opts ...fakeaws.Option) *stage {
	t.Helper()
	clock := fakeaws.NewClock(today)
	s := &stage{
		AWS:   fakeaws.Start(t, append([]fakeaws.Option{fakeaws.WithClock(clock.Now)}, opts...)...),
		clock: clock,
	}
	s.role = s.IAM().PutRole(fakeaws.Role{
		Name: "scheduler", Trust: fakeaws.TrustService("scheduler.amazonaws.com"),
	})
	s.IAM().PutRole(fakeaws.Role{Name: runnerRole})
	s.config = scheduleset.ConfigFrom(s.Config(), 4)
	s.config.Now = clock.Now
	s.config.Sleep = func(ctx context.Context, d time.Duration) error {
		clock.Advance(d)
		return ctx.Err()
	}
	s.config.Logf = func(_ context.Context, format string, args ...any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.logs = append(s.logs, fmt.Sprintf(format, args...))
	}
	s.keeper = scheduleset.New(s.config)
	return s
}

// set is a set of n events, e00 and so on; the odd ones start something.
func (s *stage) set(name string, n int) scheduleset.Set {
	set := scheduleset.Set{
		Name: name, FunctionARN: functionARN, RoleARN: s.role,
		MaximumAttempts: 10, MaximumEventAge: time.Hour,
		Tags:           map[string]string{"team": "web"},
		RunnerRoleName: runnerRole, PolicyJSON: policyJSON,
		Events: map[string]scheduleset.Event{},
	}
	for i := range n {
		verb := "stop-cluster"
		if i%2 == 1 {
			verb = "start-cluster"
		}
		set.Events[fmt.Sprintf("e%02d", i)] = scheduleset.Event{
			Args:       []string{"rds", verb, "x"},
			Expression: fmt.Sprintf("cron(%d 21 ? * MON-FRI *)", i%60),
			Timezone:   "Asia/Tokyo",
			Enabled:    true,
			Starts:     i%2 == 1,
		}
	}
	return set
}

// with returns the set with some events changed; an event without expression is taken out.
func with(s scheduleset.Set, events map[string]scheduleset.Event) scheduleset.Set {
	s.Events = maps.Clone(s.Events)
	for key, event := range events {
		if s.Events[key] = event; event.Expression == "" {
			delete(s.Events, key)
		}
	}
	return s
}

// writes are the recorded requests that change something, as "Operation name", from the nth on.
func (s *stage) writes(from int) []string {
	var list []string
	for _, r := range s.Requests()[from:] {
		switch {
		case strings.HasPrefix(r.Operation, "Get"), strings.HasPrefix(r.Operation, "List"):
		case r.Service == "iam":
			list = append(list, r.Operation)
		default:
			name := strings.TrimPrefix(r.Name,
				"arn:aws:scheduler:us-east-1:123456789012:schedule-group/")
			list = append(list, r.Operation+" "+name)
		}
	}
	return list
}

// count counts the requests of an operation, from the nth request on.
func (s *stage) count(operation string, from int) int {
	n := 0
	for _, r := range s.Requests()[from:] {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

func (s *stage) names(group string) []string {
	return slices.Sorted(maps.Keys(s.Scheduler().Schedules(group)))
}

func (s *stage) create(t *testing.T, set scheduleset.Set) scheduleset.Written {
	t.Helper()
	w, err := s.keeper.Create(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// wantOnly checks that the account holds nothing but the roles, without inline policies.
func (s *stage) wantEmpty(t *testing.T) {
	t.Helper()
	s.wantLeft(t)
}

func (s *stage) wantLeft(t *testing.T, want ...string) {
	t.Helper()
	var left []string
	for _, line := range s.Leftovers() {
		if !strings.HasPrefix(line, "iam ") { // the policies come below, by the name alone
			left = append(left, line)
		}
	}
	for name := range s.policies(t) {
		left = append(left, "policy "+name)
	}
	if d := cmp.Diff(want, left); d != "" {
		t.Errorf("left in the account (-want +got):\n%s", d)
	}
}

func (s *stage) policies(t *testing.T) map[string]string {
	t.Helper()
	role, ok := s.IAM().Role(runnerRole)
	if !ok {
		t.Fatal("the runner's role is gone")
	}
	return role.Policies
}

// wantWhole checks that exactly the set exists, complete.
func (s *stage) wantWhole(t *testing.T, set scheduleset.Set) {
	t.Helper()
	live, err := s.keeper.Read(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]scheduleset.Schedule{}
	for key := range set.Events {
		want[key] = set.Schedule(key)
	}
	got := maps.Clone(live.Schedules)
	for key, schedule := range got {
		schedule.ARN = ""
		got[key] = schedule
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("schedules (-want +got):\n%s", d)
	}
	if live.PolicyJSON != set.PolicyJSON {
		t.Errorf("policy %s, want %s", live.PolicyJSON, set.PolicyJSON)
	}
	if set.GroupName != "" {
		return
	}
	group, _ := s.Scheduler().Group(set.Name)
	if d := cmp.Diff(set.Tags, group.Tags); d != "" {
		t.Errorf("tags of the group (-want +got):\n%s", d)
	}
}

func wantText(t *testing.T, err error, pieces ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, piece := range pieces {
		if !strings.Contains(err.Error(), piece) {
			t.Errorf("error %q lacks %q", err, piece)
		}
	}
}

func TestSet_Schedule(t *testing.T) {
	t.Parallel()
	set := scheduleset.Set{
		Name: "app", FunctionARN: functionARN, RoleARN: "arn:aws:iam::123456789012:role/r",
		MaximumAttempts: 0, MaximumEventAge: 2 * time.Hour, DeadLetterARN: queueARN,
		Events: map[string]scheduleset.Event{"stop": {
			Args: []string{"rds", "stop-cluster", "a<b"}, Expression: "cron(0 21 ? * Mon-Sun *)",
			Timezone: "Asia/Tokyo", Description: "night", Enabled: true, EndDate: today,
		}},
	}
	want := scheduleset.Schedule{
		Group: "app", Name: "stop", Expression: "cron(0 21 ? * Mon-Sun *)",
		Timezone: "Asia/Tokyo", Description: "night", Enabled: true, EndDate: today,
		FunctionARN: functionARN, RoleARN: "arn:aws:iam::123456789012:role/r",
		MaximumEventAge: 2 * time.Hour, DeadLetterARN: queueARN,
		Input: `{"args":["rds","stop-cluster","a<b"],"group":"app","schedule":"stop","holds":true,` +
			`"timezone":"Asia/Tokyo","late_after_seconds":7200,` +
			`"scheduled_time":"<aws.scheduler.scheduled-time>"}`,
	}
	got := set.Schedule("stop")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if p, ok := got.Payload(); !ok || !slices.Equal(p.Args, set.Events["stop"].Args) {
		t.Errorf("payload %+v, %v", p, ok)
	}
	set.GroupName, set.MaximumEventAge = "default", time.Minute
	got = set.Schedule("stop")
	if got.Group != "default" || got.Name != "app-stop" ||
		!strings.Contains(got.Input, `"late_after_seconds":3600`) ||
		strings.Contains(got.Input, "holds") {
		t.Errorf("in a shared group: %+v", got)
	}
	if _, ok := (scheduleset.Schedule{Input: `{"steps":[]}`}).Payload(); ok {
		t.Error("a command in an input without any")
	}
}

func TestSet_Schedule_stepsAndDaysOff(t *testing.T) {
	t.Parallel()
	event := scheduleset.Event{
		Steps:       [][]string{{"rds", "start-cluster", "db", "--wait"}, {"rds", "start-instance", "x"}},
		ExceptDates: []string{"2026-12-30", "2026-12-29"},
		Timezone:    "Asia/Tokyo",
	}
	set := scheduleset.Set{Name: "app", Events: map[string]scheduleset.Event{"start": event}}
	got := set.Schedule("start")
	want := `{"steps":[["rds","start-cluster","db","--wait"],["rds","start-instance","x"]],` +
		`"group":"app","schedule":"start","holds":true,"timezone":"Asia/Tokyo",` +
		`"except_dates":["2026-12-30","2026-12-29"],"late_after_seconds":3600,` +
		`"scheduled_time":"<aws.scheduler.scheduled-time>"}`
	if got.Input != want {
		t.Errorf("input\n got %s\nwant %s", got.Input, want)
	}
	p, ok := got.Payload()
	if d := cmp.Diff(event.Steps, p.Steps); d != "" || !ok || p.Args != nil {
		t.Errorf("args %q, ok %v, steps (-want +got):\n%s", p.Args, ok, d)
	}
	if d := cmp.Diff(event.ExceptDates, p.ExceptDates); d != "" {
		t.Errorf("except_dates (-want +got):\n%s", d)
	}
}

func TestPolicyName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 64)
	tests := []struct {
		set  scheduleset.Set
		want string
	}{
		{scheduleset.Set{Name: "app"}, "savings-us-east-1-app"},
		{scheduleset.Set{Name: "app", GroupName: "default"}, "savings-us-east-1-default+app"},
		{scheduleset.Set{Name: "b-c", GroupName: "a"}, "savings-us-east-1-a+b-c"},
		{scheduleset.Set{Name: "c", GroupName: "a-b"}, "savings-us-east-1-a-b+c"},
		{scheduleset.Set{Name: long, GroupName: long}, "savings-us-east-1-" + long +
			"+" + strings.Repeat("n", 28) + "-5809c71c68412c5b"},
	}
	for _, tt := range tests {
		got := scheduleset.PolicyName("us-east-1", tt.set)
		if got != tt.want || len(got) > 128 {
			t.Errorf("PolicyName = %q (%d characters), want %q", got, len(got), tt.want)
		}
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	input := func(text string) func(*scheduleset.Schedule) {
		return func(s *scheduleset.Schedule) { s.Input = text }
	}
	want := scheduleset.Schedule{
		Expression: "cron(0 21 * * ? *)", Timezone: "UTC", Enabled: true,
		FunctionARN: functionARN, RoleARN: "arn:role/a", MaximumAttempts: 10,
		MaximumEventAge: time.Hour,
		Input:           `{"args":["rds"],"timezone":"UTC","late_after_seconds":3600}`,
	}
	tests := []struct {
		name   string
		change func(*scheduleset.Schedule)
		words  []string
	}{
		{"equal", func(*scheduleset.Schedule) {}, nil},
		{"what the schema shows", func(s *scheduleset.Schedule) {
			s.ARN, s.Group, s.Name = "arn", "g", "n"
			s.Expression, s.Timezone, s.Description, s.Enabled = "rate(1 day)", "x", "d", false
			s.StartDate, s.EndDate = today, today
		}, nil},
		{"another spelling of the input",
			input(`{ "late_after_seconds":3600, "timezone":"UTC", "args":["rds"]}`), nil},
		{"steps and dates", input(`{"steps":[["ec2"]],"except_dates":["2026-12-29"],` +
			`"timezone":"UTC","late_after_seconds":3600}`), nil},
		{"other args", input(`{"args":["ec2"],"timezone":"UTC","late_after_seconds":3600}`), nil},
		{"retries", func(s *scheduleset.Schedule) { s.MaximumAttempts = 185 },
			[]string{"185 retries instead of 10"}},
		{"one retry", func(s *scheduleset.Schedule) { s.MaximumAttempts = 1 },
			[]string{"1 retry instead of 10"}},
		{"event age", func(s *scheduleset.Schedule) { s.MaximumEventAge = 24 * time.Hour },
			[]string{"maximum event age 86400 s instead of 3600 s"}},
		{"function", func(s *scheduleset.Schedule) { s.FunctionARN = "arn:other" },
			[]string{"target function arn:other instead of " + functionARN}},
		{"a call of AWS itself", func(s *scheduleset.Schedule) {
			s.FunctionARN, s.Input = "arn:aws:scheduler:::aws-sdk:rds:stopDBCluster", `{"DbClusterIdentifier":"db"}`
		}, []string{"a call of rds:stopDBCluster instead of the runner"}},
		{"role", func(s *scheduleset.Schedule) { s.RoleARN = "arn:role/b" },
			[]string{"role arn:role/b instead of arn:role/a"}},
		{"dead letters", func(s *scheduleset.Schedule) { s.DeadLetterARN = queueARN },
			[]string{"dead-letter queue " + queueARN + " instead of none"}},
		{"older input", input(`{"args":["rds"]}`), []string{"input of another release"}},
		{"foreign input", input(`hello`), []string{"input that is not ours"}},
		{"several", func(s *scheduleset.Schedule) {
			s.MaximumAttempts, s.RoleARN = 0, "b"
			s.Other = []scheduleset.Setting{
				{Kind: scheduleset.FlexibleWindow, Value: "15"}, {Kind: scheduleset.DeletedAfterCompletion},
			}
		}, []string{"0 retries instead of 10", "role b instead of arn:role/a",
			"flexible window of 15 minutes", "deleted after completion"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := want
			tt.change(&got)
			if d := cmp.Diff(tt.words, scheduleset.Differences(language.English, want, got)); d != "" {
				t.Error(d)
			}
		})
	}
	withQueue := want
	withQueue.DeadLetterARN = queueARN
	if d := cmp.Diff([]string{"no dead-letter queue instead of " + queueARN},
		scheduleset.Differences(language.English, withQueue, want)); d != "" {
		t.Error(d)
	}
}

// A universal target is the command that does the same, where there is one.
func TestSchedule_payloadOfUniversalTarget(t *testing.T) {
	t.Parallel()
	s := scheduleset.Schedule{
		FunctionARN: "arn:aws:scheduler:::aws-sdk:rds:stopDBCluster", Input: `{"DbClusterIdentifier":"db"}`,
	}
	p, ok := s.Payload()
	if d := cmp.Diff([]string{"rds", "stop-cluster", "db"}, p.Args); d != "" || !ok {
		t.Errorf("ok %v (-want +got):\n%s", ok, d)
	}
	s.FunctionARN = "arn:aws:scheduler:::aws-sdk:rds:copyDBSnapshot"
	if p, ok := s.Payload(); ok {
		t.Errorf("got %+v, want nothing", p)
	}
}

// Each difference is said in Japanese too.
func TestDifferences_japanese(t *testing.T) {
	t.Parallel()
	want := scheduleset.Schedule{
		FunctionARN: "arn:f", RoleARN: "arn:a", MaximumAttempts: 10, MaximumEventAge: time.Hour,
		Input: `{"args":["rds"],"timezone":"UTC"}`,
	}
	got := scheduleset.Schedule{
		FunctionARN: "arn:g", RoleARN: "arn:b", MaximumAttempts: 185, MaximumEventAge: 24 * time.Hour,
		DeadLetterARN: "arn:q", Input: `{"args":["rds"]}`,
		Other: []scheduleset.Setting{
			{Kind: scheduleset.FlexibleWindow, Value: "15"}, {Kind: scheduleset.CustomerKey, Value: "arn:k"},
			{Kind: scheduleset.DeletedAfterCompletion}, {Kind: scheduleset.OtherTarget},
		},
	}
	words := []string{
		"リトライ回数 10 → 185", "イベントの最大有効期間 3600秒 → 86400秒", "ターゲット関数 arn:f → arn:g",
		"ロール arn:a → arn:b", "デッドレターキュー なし → arn:q", "別のリリースの入力",
		"フレックスタイムウィンドウ 15分", "カスタマーマネージドキー arn:k", "完了後に削除",
		"別の種類のターゲットのパラメータ",
	}
	if d := cmp.Diff(words, scheduleset.Differences(language.Japanese, want, got)); d != "" {
		t.Error(d)
	}
	call := got
	call.FunctionARN = "arn:aws:scheduler:::aws-sdk:rds:stopDBCluster"
	found := scheduleset.Differences(language.Japanese, want, call)
	if word := "ランナーの代わりに rds:stopDBCluster の呼び出し"; !slices.Contains(found, word) {
		t.Errorf("got %q, want %q among them", found, word)
	}
	want.DeadLetterARN, want.Input = "arn:p", "hello"
	got.Other = nil
	for queue, word := range map[string]string{
		"arn:q": "デッドレターキュー arn:p → arn:q", "": "デッドレターキュー arn:p → なし",
	} {
		got.DeadLetterARN = queue
		found := scheduleset.Differences(language.Japanese, want, got)
		if !slices.Contains(found, word) || !slices.Contains(found, "このプロバイダーのものではない入力") {
			t.Errorf("got %q, want %q among them", found, word)
		}
	}
}
