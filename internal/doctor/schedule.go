package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// apply is the fix of what the provider puts back.
const apply = "tofu apply puts it back"

func broken(on, fix, found string, args ...any) Finding {
	return Finding{On: on, Status: Broken, Found: fmt.Sprintf(found, args...), Fix: fix}
}

func note(on, fix, found string, args ...any) Finding {
	return Finding{On: on, Status: Note, Found: fmt.Sprintf(found, args...), Fix: fix}
}

func fine(on, found string, args ...any) Finding {
	return Finding{On: on, Status: OK, Found: fmt.Sprintf(found, args...)}
}

// missing is the finding for an event that was asked for and is not there.
func (f *facts) missing(key string) Finding {
	fix := "write the event's key as it stands in events; where it does, " + apply
	if near := suggest.Nearest(key, f.keys()); near != "" {
		fix = fmt.Sprintf("did you mean --event %s? If not, %s", near, apply)
	}
	return broken(key, fix, "there is no schedule of that name; group %s has %s", f.groupName, listed(f.names.value))
}

// keys are the keys of all events that are there.
func (f *facts) keys() []string {
	_, prefix := f.Question.group()
	var keys []string
	for _, name := range f.names.value {
		keys = append(keys, strings.TrimPrefix(name, prefix))
	}
	return keys
}

// listed are names in a sentence, ten at most.
func listed(names []string) string {
	const most = 10
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

func lookSchedules(f *facts) []Finding {
	if f.group.gone() || f.names.gone() {
		return nil
	}
	if f.names.err != nil && f.Event == "" {
		return []Finding{unread(f.groupName, f.names.err)}
	}
	found := slices.Clone(f.unread)
	if len(f.events)+len(found) == 0 {
		fix := "tofu apply makes them again; tofu plan shows them as + first"
		if f.Group != "" {
			fix = "check --name and --group; " + fix
		}
		return []Finding{broken(f.Name, fix, "group %s has no schedule of it", f.groupName)}
	}
	found = append(found, f.lost()...)
	for _, e := range f.events {
		found = append(found, e.look(f.Now)...)
	}
	return found
}

// look follows an event from its input to its next run.
func (e *event) look(now time.Time) []Finding {
	if e.payloadErr != nil {
		return []Finding{broken(e.key, apply+", where savings_schedule made it",
			"its input is none of the runner's: %v", e.payloadErr)}
	}
	if e.callsErr != nil {
		return []Finding{broken(e.key, "correct args of event "+e.key+", and apply", "%v", e.callsErr)}
	}
	schedule, err := awscron.Parse(aws.ToString(e.ScheduleExpression))
	if err != nil {
		return []Finding{broken(e.key, "correct cron_expr of event "+e.key+", and apply", "%v", err)}
	}
	zone, err := awscron.LoadLocation(e.zone())
	if err != nil {
		return []Finding{broken(e.key, "correct timezone, and apply", "%v", err)}
	}
	var found []Finding
	switch next := e.next(schedule, now, zone); {
	case e.payload.Timezone != "" && e.payload.Timezone != e.zone():
		found = append(found, broken(e.key, apply, "it runs on the clocks of %s, and was written for %s: "+
			"somebody changed its zone outside", e.zone(), e.payload.Timezone))
	case len(next) == 0:
		found = append(found, e.over(schedule, zone))
	case !e.enabled():
		found = append(found, broken(e.key, "write enabled = true in event "+e.key+" and apply; where the event has no "+
			"enabled = false, "+apply, "it is disabled, so it does not run"))
	default:
		found = append(found, fine(e.key, "%s %s: next %s", aws.ToString(e.ScheduleExpression), e.zone(),
			strings.Join(next, ", ")))
	}
	for _, doubt := range schedule.Doubts() {
		found = append(found, note(e.key, "", "%s", doubt.Message))
	}
	if w := e.FlexibleTimeWindow; w != nil && w.Mode != types.FlexibleTimeWindowModeOff {
		found = append(found, note(e.key, apply, "it has a flexible window: it runs up to %d minutes later",
			aws.ToInt32(w.MaximumWindowInMinutes)))
	}
	return found
}

// next are the next three runs.
func (e *event) next(schedule awscron.Schedule, now time.Time, zone *time.Location) []string {
	const runs = 3
	after := now
	if e.StartDate != nil && e.StartDate.After(after) {
		after = e.StartDate.Add(-time.Second)
	}
	var all []string
	for len(all) < runs {
		after = schedule.Next(after, zone)
		if after.IsZero() || e.EndDate != nil && after.After(*e.EndDate) {
			break
		}
		text := local(after, zone)
		p := e.payload
		p.ScheduledTime = after.Format(time.RFC3339)
		if _, off, err := p.DayOff(after); err == nil && off {
			text += " (a day off)"
		}
		all = append(all, text)
	}
	return all
}

// over is the finding for a schedule that never runs again.
func (e *event) over(schedule awscron.Schedule, zone *time.Location) Finding {
	fix := "write another cron_expr in event " + e.key + ", or remove the event, and apply"
	if e.EndDate != nil && !schedule.Next(*e.EndDate, zone).IsZero() {
		return broken(e.key, "move or remove end_date of event "+e.key+", and apply",
			"it has ended: its end_date is %s", hold.Instant(*e.EndDate, zone))
	}
	return broken(e.key, fix, "%s %s never runs again", aws.ToString(e.ScheduleExpression), e.zone())
}

// Tags of a group that is not complete, as package scheduleset writes them.
const (
	creatingTag = "savings:creating"
	adoptingTag = "savings:taking-over"
)

func lookGroup(f *facts) []Finding {
	if f.group.gone() || f.names.gone() {
		return []Finding{broken(f.groupName, "check --name and --region; where they are right, "+apply,
			"there is no schedule group of that name in %s", f.Region)}
	}
	if f.group.err != nil {
		return []Finding{unread(f.groupName, f.group.err)}
	}
	if f.group.value.State == types.ScheduleGroupStateDeleting {
		return []Finding{broken(f.groupName, "wait until it is gone, and run tofu apply",
			"it is being deleted, with all schedules in it")}
	}
	if f.Group == "" && f.tags.err == nil && f.tags.value[creatingTag]+f.tags.value[adoptingTag] != "" {
		return []Finding{broken(f.groupName, "run tofu apply; it goes on from what is there",
			"it is not complete: an apply was killed while it made the schedules, or is at work now")}
	}
	return []Finding{fine(f.groupName, "%s", strings.ToLower(string(f.group.value.State)))}
}

func lookHolds(f *facts) []Finding {
	switch {
	case f.Group != "" || f.group.err != nil || len(f.events) == 0:
		return nil // a shared group holds nothing
	case f.tags.err != nil:
		return []Finding{unread(f.groupName, f.tags.err)}
	}
	var found []Finding
	holds, unreadable := hold.FromTags(f.tags.value)
	for _, h := range holds {
		held := f.held(func(e *event) bool { return h.Applies(e.key, e.stops(), f.Now) })
		if len(held) == 0 {
			continue
		}
		release := "savings release --name " + f.Name
		if h.Event != "" {
			release += " --event " + h.Event
		}
		found = append(found, broken(listed(held), "it ends by itself; to end it now: "+release, "%s", h.String(f.zone())))
	}
	for _, key := range slices.Sorted(maps.Keys(unreadable)) {
		held := f.held(func(e *event) bool { return e.stops() && (key == "" || key == e.key) })
		if len(held) > 0 {
			found = append(found, broken(listed(held), "savings release --name "+f.Name+", and savings hold once more",
				"no stop is carried out: %v", unreadable[key]))
		}
	}
	if len(found) == 0 {
		found = append(found, fine(f.groupName, "nothing is held"))
	}
	return found
}

// held are the keys of the events that something holds.
func (f *facts) held(holds func(*event) bool) []string {
	var keys []string
	for _, e := range f.events {
		if holds(e) {
			keys = append(keys, e.key)
		}
	}
	return keys
}

// zone is that of the first event; instants that are for several are on its clocks.
func (f *facts) zone() *time.Location {
	for _, e := range f.events {
		if zone, err := awscron.LoadLocation(e.zone()); err == nil {
			return zone
		}
	}
	return time.UTC
}
