package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
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
