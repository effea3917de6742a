package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

// flatten brings the state up to what is live; written is what failed updates have left. An import
// knows nothing yet: what all schedules share is taken from the most of them.
func (m *scheduleModel) flatten(
	live *scheduleset.Live,
	defaultTags map[string]string,
	now time.Time,
	written map[string]shared,
	importing bool,
) {
	if importing {
		m.adopt(live, now)
		m.Tags = stringMap(nil) // "tags = {}" and no tags are then both no diff
	}
	want := m.expand()
	prior := m.events()
	events := map[string]eventModel{}
	for key, schedule := range live.Schedules {
		have, known := prior[key]
		if !known {
			events[key] = stranger(schedule, m.language)
			continue
		}
		events[key] = have.flatten(schedule, m.Timezone, m.language, want, key, now, written)
	}
	m.Events = eventsMap(events)
	m.OffHours = m.offHours()
	if _, own := m.group(); own {
		m.Tags, m.TagsAll = refreshTags(m.Tags, m.TagsAll, usersTags(live.Tags), defaultTags)
	} else {
		m.TagsAll = stringMap(nil)
	}
	m.RunnerRoleID = text(live.RunnerRoleID)
	if !m.RunnerRoleName.IsNull() && !iampolicy.Equal(m.PolicyJSON.ValueString(), live.PolicyJSON) {
		m.PolicyJSON = text(live.PolicyJSON)
	}
}

// adopt takes the events of an import from its schedules, and what they share from the most of them.
func (m *scheduleModel) adopt(live *scheduleset.Live, now time.Time) {
	type retry struct {
		attempts int32
		age      time.Duration
	}
	var zones, functions, roles, letters []string
	var retries []retry
	events := map[string]eventModel{}
	for _, key := range sortedKeys(live.Schedules) {
		s := live.Schedules[key]
		events[key] = importedEvent(s, now)
		zones = append(zones, s.Timezone)
		if !s.Universal() {
			functions = append(functions, s.FunctionARN)
		}
		roles = append(roles, s.RoleARN)
		letters = append(letters, s.DeadLetterARN)
		retries = append(retries, retry{s.MaximumAttempts, s.MaximumEventAge})
	}
	m.Events = eventsMap(events)
	m.Timezone = text(most(zones))
	m.FunctionARN = text(most(functions))
	m.RoleARN = text(most(roles))
	m.DeadLetterARN = text(most(letters))
	r := most(retries)
	if len(retries) == 0 {
		r = retry{defaultMaximumAttempts, defaultMaximumEventAge * time.Second}
	}
	m.Retry = retryObject(r.attempts, r.age)
}

// most returns the most frequent element, the first of them where several are; zero of none.
func most[T comparable](all []T) T {
	count := map[T]int{}
	for _, v := range all {
		count[v]++
	}
	var best T
	for _, v := range all {
		if count[v] > count[best] {
			best = v
		}
	}
	return best
}

// importedEvent is the event that would have written the schedule. Its zone is spelled out; a
// configuration that leaves it to the resource keeps that (see planTimezone).
func importedEvent(s scheduleset.Schedule, now time.Time) eventModel {
	e := noEvent()
	e.CronExpr = text(s.Expression)
	e.Timezone = text(s.Timezone)
	e.Enabled = types.BoolValue(s.Enabled || past(s, now)) // we make a past one disabled
	p, _ := s.Payload()
	return e.withInput(p)
}

// stranger is a schedule in our own group that we did not write. It has no args in the state, so
// that the plan shows it as an event to be removed.
func stranger(s scheduleset.Schedule, lang language.Tag) eventModel {
	e := noEvent()
	e.CronExpr = text(s.Expression)
	e.Timezone = text(s.Timezone)
	e.Description = text(s.Description)
	e.Enabled = types.BoolValue(s.Enabled)
	e.StartDate = instantText(s.StartDate, types.StringNull())
	e.EndDate = instantText(s.EndDate, types.StringNull())
	e.Summary = types.StringValue(sentence.Stranger(lang, s.FunctionARN))
	e.ScheduleARN = text(s.ARN)
	return e
}

// flatten brings one event up to its live schedule, keeping the prior spelling wherever it means the
// same.
func (e eventModel) flatten(
	s scheduleset.Schedule,
	resourceZone types.String,
	lang language.Tag,
	want scheduleset.Set,
	key string,
	now time.Time,
	written map[string]shared,
) eventModel {
	out := e
	if !sameExpression(e.CronExpr, types.StringValue(s.Expression)) {
		out.CronExpr = types.StringValue(s.Expression)
	}
	if s.Timezone != e.zone(resourceZone).ValueString() {
		out.Timezone = text(s.Timezone)
	}
	out.Description = text(s.Description)
	if !(e.Enabled.ValueBool() && !s.Enabled && past(s, now)) {
		out.Enabled = types.BoolValue(s.Enabled)
	}
	if !(s.StartDate.IsZero() && !instant(e.StartDate).IsZero() && instant(e.StartDate).Before(now)) {
		out.StartDate = instantText(s.StartDate, e.StartDate)
	}
	out.EndDate = instantText(s.EndDate, e.EndDate)
	out.ScheduleARN = text(s.ARN)

	p, readable := s.Payload()
	out = out.withInput(p)
	text := out.sentence(resourceZone, lang)
	if out.sameInputs(e, resourceZone) && !e.Summary.IsNull() {
		text = sentence.Plain(e.Summary.ValueString())
	}
	if readable {
		text = withDrift(text, want, key, s, written)
	} else {
		text = sentence.Unreadable(lang)
	}
	out.Summary = types.StringValue(text)
	return out
}

// past tells that the schedule's one instant, at(), is over. Such a schedule is created disabled,
// since AWS may fire it at once.
func past(s scheduleset.Schedule, now time.Time) bool {
	parsed, err := awscron.Parse(s.Expression)
	if err != nil {
		return false
	}
	at, ok := parsed.(*awscron.At)
	if !ok {
		return false
	}
	zone, err := awscron.LoadLocation(s.Timezone)
	return err == nil && at.Next(now, zone).IsZero()
}

func stringList(all []string) types.List {
	elements := make([]attr.Value, len(all))
	for i, s := range all {
		elements[i] = types.StringValue(s)
	}
	return types.ListValueMust(types.StringType, elements)
}

func stepList(steps [][]string) types.List {
	elements := make([]attr.Value, len(steps))
	for i, step := range steps {
		elements[i] = stringList(step)
	}
	return types.ListValueMust(wordsType, elements)
}
