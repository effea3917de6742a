package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

func TestScheduleFlatten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	withDate := stopAt("cron(0 21 ? * MON-SUN *)")
	withDate.StartDate = types.StringValue("2026-11-01T00:00:00+09:00")
	over := stopAt("at(2026-01-01T00:00:00)")
	config := configured(map[string]eventModel{
		"plain": stopAt("cron(0 21 ? * Mon-Sun *)"), "dated": withDate, "over": over, "gone": stopAt("cron(0 3 * * ? *)"),
		"retried": stopAt("cron(0 4 * * ? *)"), "off": stopAt("cron(0 5 * * ? *)"),
	})
	state := applied(config)
	want := state.expand()
	live := &scheduleset.Live{Schedules: map[string]scheduleset.Schedule{}, Tags: map[string]string{}}
	for key, e := range state.events() {
		s := want.Schedule(key)
		s.ARN = e.ScheduleARN.ValueString()
		live.Schedules[key] = s
	}
	dated := live.Schedules["dated"]
	dated.StartDate = time.Time{} // AWS refuses a past one, so it was not written
	live.Schedules["dated"] = dated
	past := live.Schedules["over"]
	past.Enabled = false // created so, since AWS may fire it at once
	live.Schedules["over"] = past

	got := *state
	got.flatten(live, nil, now, nil, false)
	if !got.Events.Equal(state.Events) {
		t.Errorf("a refresh without drift changes the state:\n got %v\nwant %v", got.Events, state.Events)
	}

	delete(live.Schedules, "gone")
	retried := live.Schedules["retried"]
	retried.MaximumAttempts = 185
	live.Schedules["retried"] = retried
	off := live.Schedules["off"]
	off.Enabled = false
	live.Schedules["off"] = off
	live.Schedules["foreign"] = scheduleset.Schedule{
		Name: "foreign", Expression: "rate(1 hour)", Timezone: "UTC", Enabled: true, FunctionARN: testFunction, Input: "{}",
	}
	got.flatten(live, nil, now, nil, false)
	events := got.events()
	if _, there := events["gone"]; there {
		t.Error("a deleted schedule is still in the state")
	}
	if s := events["retried"].Summary.ValueString(); !strings.HasSuffix(
		s,
		"(changed outside: 185 retries instead of 10)",
	) {
		t.Errorf("summary of hidden drift: %q", s)
	}
	if events["off"].Enabled.ValueBool() {
		t.Error("a schedule that was disabled outside is enabled in the state")
	}
	if f := events["foreign"]; !f.Args.IsNull() || !strings.Contains(f.Summary.ValueString(), "something else") {
		t.Errorf("a stranger: args %v, summary %v", f.Args, f.Summary)
	}
	if plan := planned(config, &got); !plan.events()["retried"].Summary.Equal(state.events()["retried"].Summary) {
		t.Errorf("the plan does not undo the drift: %v", plan.events()["retried"].Summary)
	}
}

// A default tag that changes is no tag of the resource's own, neither before nor after.
func TestRefreshTags(t *testing.T) {
	t.Parallel()
	none := types.MapNull(types.StringType)
	last := stringMap(map[string]string{"team": "web", "env": "dev"})
	own, all := refreshTags(none, last, map[string]string{"team": "web", "env": "dev"}, map[string]string{"team": "web", "env": "prod"})
	if !own.IsNull() || !all.Equal(last) {
		t.Errorf("got own %v, all %v; want none, %v", own, all, last)
	}
	own, _ = refreshTags(none, last, map[string]string{"team": "web", "env": "dev", "by": "hand"}, map[string]string{"team": "web"})
	if want := stringMap(map[string]string{"by": "hand"}); !own.Equal(want) {
		t.Errorf("a tag added outside: got %v, want %v", own, want)
	}
	written := stringMap(map[string]string{"team": "web"})
	own, _ = refreshTags(written, last, map[string]string{"team": "web"}, map[string]string{"team": "web"})
	if !own.Equal(written) {
		t.Errorf("a default that is written too: got %v, want %v", own, written)
	}
}

func TestScheduleDiffers(t *testing.T) {
	t.Parallel()
	m := *applied(configured(one(stopAt("cron(0 21 * * ? *)"))))
	other := m
	other.language = language.Japanese
	if m.differs(other) {
		t.Error("the language of summaries is no attribute of the resource")
	}
	for name, change := range map[string]func(*scheduleModel){
		"the first":  func(m *scheduleModel) { m.Name = types.StringValue("other") },
		"in between": func(m *scheduleModel) { m.Retry = retryObject(1, time.Hour) },
		"the last":   func(m *scheduleModel) { m.Timeouts.Object = types.ObjectUnknown(nil) },
	} {
		changed := m
		change(&changed)
		if !m.differs(changed) {
			t.Errorf("%s attribute is another, and nothing differs", name)
		}
	}
}

func TestScheduleExpand_group(t *testing.T) {
	t.Parallel()
	m := configured(nil)
	if name, own := m.group(); name != "saving" || !own {
		t.Errorf("without group_name: %q, own %t", name, own)
	}
	m.GroupName = types.StringValue("default")
	if name, own := m.group(); name != "default" || own {
		t.Errorf("with group_name: %q, own %t", name, own)
	}
}

func TestScheduleExpand_drifted(t *testing.T) {
	t.Parallel()
	drifted := stopAt("cron(0 21 * * ? *)")
	drifted.Summary = types.StringValue(sentence.ChangedOutside(language.English, "stop it", "185 retries instead of 10"))
	plain := stopAt("cron(0 22 * * ? *)")
	plain.Summary = types.StringValue("stop it")
	set := configured(map[string]eventModel{"drifted": drifted, "plain": plain}).expand()
	if !set.Drifted["drifted"] || set.Drifted["plain"] {
		t.Errorf("drifted: %v", set.Drifted)
	}
}

func TestScheduleExpand_retry(t *testing.T) {
	t.Parallel()
	null, unknown, five := types.Int64Null(), types.Int64Unknown(), types.Int64Value(5)
	for name, tt := range map[string]struct {
		attempts, age types.Int64
		wantAttempts  int32
		wantAge       time.Duration
	}{
		"both":     {five, types.Int64Value(600), 5, 10 * time.Minute},
		"attempts": {five, null, 5, time.Hour},
		"age":      {null, types.Int64Value(600), 10, 10 * time.Minute},
		"neither":  {null, null, 10, time.Hour},
		"unknown":  {unknown, unknown, 10, time.Hour},
	} {
		m := configured(nil)
		m.Retry = types.ObjectValueMust(retryTypes, map[string]attr.Value{
			"maximum_attempts": tt.attempts, "maximum_event_age_seconds": tt.age,
		})
		if attempts, age := m.retry(); attempts != tt.wantAttempts || age != tt.wantAge {
			t.Errorf("%s: %d attempts, %s", name, attempts, age)
		}
	}
	if attempts, age := configured(nil).retry(); attempts != 10 || age != time.Hour {
		t.Errorf("no retry: %d attempts, %s", attempts, age)
	}
}

// The group's tags are the resource's where the group is its own; the policy where it has one.
func TestScheduleFlatten_groupAndRole(t *testing.T) {
	t.Parallel()
	live := &scheduleset.Live{Tags: map[string]string{"team": "web"}, RunnerRoleID: "AROA1", PolicyJSON: `{"a":1}`}
	own := configured(nil)
	own.TagsAll, own.PolicyJSON = stringMap(nil), types.StringValue(`{"a":2}`)
	shared := own
	own.flatten(live, nil, time.Now(), nil, false)
	if want := stringMap(live.Tags); !own.Tags.Equal(want) || !own.TagsAll.Equal(want) {
		t.Errorf("a group of its own: tags %v, all %v", own.Tags, own.TagsAll)
	}
	if own.PolicyJSON.ValueString() != `{"a":2}` {
		t.Errorf("no role to keep: policy %v", own.PolicyJSON)
	}
	shared.GroupName, shared.RunnerRoleName = types.StringValue("default"), types.StringValue("runner")
	shared.flatten(live, nil, time.Now(), nil, false)
	if none := stringMap(nil); !shared.Tags.IsNull() || !shared.TagsAll.Equal(none) {
		t.Errorf("a shared group: tags %v, all %v", shared.Tags, shared.TagsAll)
	}
	if shared.PolicyJSON.ValueString() != live.PolicyJSON || shared.RunnerRoleID.ValueString() != "AROA1" {
		t.Errorf("a role: policy %v, ID %v", shared.PolicyJSON, shared.RunnerRoleID)
	}
}

// A start date that is past is never written, so its absence is no drift; anything else is.
func TestScheduleFlatten_startDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	past, later := now.Add(-time.Hour), now.Add(time.Hour)
	for name, tt := range map[string]struct{ prior, live, want time.Time }{
		"past, gone":          {past, time.Time{}, past},
		"past, another":       {past, later, later},
		"to come, gone":       {later, time.Time{}, time.Time{}},
		"to come, as written": {later, later, later},
		"none":                {time.Time{}, time.Time{}, time.Time{}},
		"none, set outside":   {time.Time{}, later, later},
	} {
		e := stopAt("cron(0 21 * * ? *)")
		e.StartDate = instantText(tt.prior, types.StringNull())
		m := applied(configured(one(e)))
		s := m.expand().Schedule("e")
		s.StartDate = tt.live
		m.flatten(&scheduleset.Live{Schedules: map[string]scheduleset.Schedule{"e": s}}, nil, now, nil, false)
		if got := instant(m.events()["e"].StartDate); !got.Equal(tt.want) {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// An import takes what most schedules have, the first of several, and the defaults of none.
func TestScheduleFlatten_importsWhatMostHave(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	schedule := func(expr, zone string, attempts int32, enabled bool) scheduleset.Schedule {
		return scheduleset.Schedule{Expression: expr, Timezone: zone, FunctionARN: testFunction, Enabled: enabled,
			MaximumAttempts: attempts, MaximumEventAge: 2 * time.Hour}
	}
	m := configured(nil)
	m.adopt(&scheduleset.Live{Schedules: map[string]scheduleset.Schedule{
		"a": schedule("rate(1 day)", "Asia/Tokyo", 3, true), "b": schedule("rate(2 days)", "UTC", 4, false),
		"c": schedule("at(2026-01-01T00:00:00)", "UTC", 3, false), "d": schedule("rate(1 day)", "Asia/Tokyo", 4, true),
	}}, now)
	if attempts, age := m.retry(); m.Timezone.ValueString() != "Asia/Tokyo" || attempts != 3 || age != 2*time.Hour {
		t.Errorf("zone %v, %d attempts, %s", m.Timezone, attempts, age)
	}
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} { // c is past: we make such ones disabled
		if got := m.events()[key].Enabled.ValueBool(); got != want {
			t.Errorf("%s: enabled %t", key, got)
		}
	}
	m.adopt(&scheduleset.Live{}, now)
	if attempts, age := m.retry(); attempts != 10 || age != time.Hour {
		t.Errorf("without schedules: %d attempts, %s", attempts, age)
	}
}

func TestPast(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		expr, zone string
		want       bool
	}{
		{"at(2026-11-24T20:59:00)", "Asia/Tokyo", true},
		{"at(2026-11-24T21:01:00)", "Asia/Tokyo", false},
		{"at(2026-11-24T20:59:00)", "Mars", false},
		{"cron(0 21 * * ? 2020)", "Asia/Tokyo", false},
		{"tomorrow", "Asia/Tokyo", false},
	} {
		if got := past(scheduleset.Schedule{Expression: tt.expr, Timezone: tt.zone}, now); got != tt.want {
			t.Errorf("%s in %s: past %t", tt.expr, tt.zone, got)
		}
	}
}

func TestEventOf(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		value attr.Value
		known bool
	}{
		"an event": {stopAt("rate(1 day)").object(), true}, "null": {types.ObjectNull(eventTypes), false},
		"unknown": {types.ObjectUnknown(eventTypes), false}, "no object": {types.StringValue("x"), false},
	} {
		if _, known := eventOf(tt.value); known != tt.known {
			t.Errorf("%s: known %t", name, known)
		}
	}
}
