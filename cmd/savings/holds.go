package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/hold"
)

var releaseCommand = subcommand{
	name:  "release",
	usage: "release --name NAME [--event EVENT]",
	short: "end holds before their time",
	long: "Takes away every hold of a savings_schedule, or that of one event alone. Nothing is stopped\n" +
		"at once: the events are carried out again at their next times.\n\n" +
		"  savings release --name sample-ai-saving",
	flags: []flag{nameFlag, {"--event", "EVENT", "release this event alone (all holds)"}, regionFlag},
	run:   release,
}

var holdsCommand = subcommand{
	name:  "holds",
	usage: "holds [--name NAME]",
	short: "list what is held, until when and why",
	long: "Prints a line for each hold: savings_schedule, event (* for all), what is held, until when,\n" +
		"reason. A hold that is over does nothing and stays in the list until it is released or\n" +
		"replaced.",
	flags: []flag{{"--name", "NAME", "the holds of this savings_schedule alone"}, regionFlag},
	run:   listHolds,
}

func release(ctx context.Context, p *program, in input) error {
	group, err := ownGroup(in, "release")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	r, err := newScheduleReader(ctx, in)
	if err != nil {
		return err
	}
	arn, err := r.groupARN(ctx, group)
	if err != nil {
		return err
	}
	tags, err := r.holdTags(ctx, group, arn)
	if err != nil {
		return err
	}
	gone := slices.Sorted(maps.Keys(tags))
	if event, ok := in.flags["--event"]; ok {
		gone = slices.DeleteFunc(gone, func(key string) bool { return key != hold.Key(event) })
	}
	if len(gone) > 0 {
		_, err := r.client.UntagResource(ctx,
			&scheduler.UntagResourceInput{ResourceArn: &arn, TagKeys: gone})
		if err != nil {
			return awsError(err, "removing tags of schedule group %q", group)
		}
	}
	for _, key := range gone {
		fmt.Fprintf(p.stdout, "%s: released, it was %s\n", where(group, eventOf(key)), tags[key])
		delete(tags, key)
	}
	if len(gone) == 0 {
		fmt.Fprintf(p.stdout, "%s: nothing was held\n", where(group, in.flags["--event"]))
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		fmt.Fprintf(p.stdout, "%s: the hold stays: %s\n", where(group, eventOf(key)), tags[key])
	}
	return nil
}

// eventOf is the event that a hold's tag is for, "" for the group.
func eventOf(key string) string {
	return strings.TrimPrefix(strings.TrimPrefix(key, hold.TagKey), ":")
}

func listHolds(ctx context.Context, p *program, in input) error {
	if len(in.args) > 0 {
		return usagef("%q is one argument too many; holds takes flags only", in.args[0])
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	r, err := newScheduleReader(ctx, in)
	if err != nil {
		return err
	}
	groups, err := r.groups(ctx, in.flags["--name"])
	if err != nil {
		return err
	}
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, g := range groups {
		tags, err := r.tags(ctx, g.name, g.arn)
		if err != nil {
			return err
		}
		holds, unreadable := hold.FromTags(tags)
		for _, h := range holds {
			fmt.Fprintln(t, holdLine(g.name, h, r.zone(ctx, g.name, h.Event), p.clock.Now()))
		}
		for _, event := range slices.Sorted(maps.Keys(unreadable)) {
			fmt.Fprintf(p.stderr, "savings: warning: %s: %v; the runner stops nothing until it is "+
				"released or replaced\n", where(g.name, event), unreadable[event])
		}
	}
	_ = t.Flush() // into memory
	if b.Len() == 0 {
		fmt.Fprintln(p.stdout, "nothing is held")
	}
	for line := range strings.Lines(b.String()) {
		fmt.Fprintln(p.stdout, strings.TrimRight(line, " \n"))
	}
	return nil
}

func holdLine(group string, h hold.Hold, zone *time.Location, now time.Time) string {
	event, kind, until := h.Event, "stops", "until "+hold.Instant(h.Until, zone)
	if event == "" {
		event = "*"
	}
	if h.All {
		kind = "all"
	}
	if !now.Before(h.Until) {
		until = "over since " + hold.Instant(h.Until, zone)
	}
	return strings.Join([]string{group, event, kind, until, h.Reason}, "\t")
}

type scheduleGroup struct{ name, arn string }

// groups returns the named group, or all that are there to stay where name is "".
func (r scheduleReader) groups(ctx context.Context, name string) ([]scheduleGroup, error) {
	if name != "" {
		arn, err := r.groupARN(ctx, name)
		return []scheduleGroup{{name, arn}}, err
	}
	var groups []scheduleGroup
	pages := scheduler.NewListScheduleGroupsPaginator(r.client, &scheduler.ListScheduleGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, awsError(err, "listing the schedule groups of %s", r.region)
		}
		for _, g := range page.ScheduleGroups {
			if g.State != types.ScheduleGroupStateDeleting && aws.ToString(g.Name) != hold.DefaultGroup {
				groups = append(groups, scheduleGroup{aws.ToString(g.Name), aws.ToString(g.Arn)})
			}
		}
	}
	slices.SortFunc(groups, func(a, b scheduleGroup) int { return strings.Compare(a.name, b.name) })
	return groups, nil
}

func (r scheduleReader) tags(ctx context.Context, group, arn string) (map[string]string, error) {
	out, err := r.client.ListTagsForResource(ctx,
		&scheduler.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil {
		return nil, awsError(err, "reading the tags of schedule group %q", group)
	}
	tags := make(map[string]string, len(out.Tags))
	for _, t := range out.Tags {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

// holdTags returns, for each tag of a hold, the hold in words, or the tag's value where it cannot
// be read.
func (r scheduleReader) holdTags(
	ctx context.Context, group, arn string,
) (map[string]string, error) {
	tags, err := r.tags(ctx, group, arn)
	if err != nil {
		return nil, err
	}
	held := map[string]string{}
	for key, value := range tags {
		h, ok, err := hold.Parse(key, value)
		switch {
		case err != nil:
			held[key] = fmt.Sprintf("%q", value)
		case ok:
			held[key] = h.String(r.zone(ctx, group, h.Event))
		}
	}
	return held, nil
}

// zone is where a hold's end is shown: the zone of what it holds, UTC where that has none or
// several.
func (r scheduleReader) zone(ctx context.Context, group, event string) *time.Location {
	events, err := r.events(ctx, group, event)
	if err != nil || len(events) == 0 {
		return time.UTC
	}
	zone, err := commonZone(events)
	if err != nil {
		return time.UTC
	}
	return zone
}
