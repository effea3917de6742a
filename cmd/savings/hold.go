package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/hold"
)

var holdCommand = subcommand{
	name:  "hold",
	usage: "hold --name NAME [--event EVENT] --until TIME [--all] [--reason TEXT]",
	short: "keep things running: skip stops until a time",
	long: "Keeps the runner from carrying out the stops of a savings_schedule, or of one event of it,\n" +
		"until a time; then everything goes on by itself. Starts are carried out, unless --all holds\n" +
		"them too. The time is on the clocks of the event's zone, or has an offset of its own.\n\n" +
		"  savings hold --name sample-ai-saving --until 2026-12-01T08:00 --reason 'month end'\n" +
		"  savings hold --name sample-ai-saving --event rds_stop --until 2026-12-01T08:00:00+09:00\n\n" +
		"A hold is a tag on the schedule group, which neither Terraform nor a deploy touches. A second\n" +
		"one for the same event replaces the first. A savings_schedule with group_name shares its\n" +
		"group with others and cannot be held.",
	flags: []flag{
		nameFlag,
		{"--event", "EVENT", "hold this event alone (all events)"},
		{"--until", "TIME", "when the hold is over, such as 2026-12-01T08:00"},
		{"--all", "", "hold starts and everything else too, not stops alone"},
		{"--reason", "TEXT", "for those who wonder tomorrow"},
		regionFlag,
	},
	run: holdEvents,
}

func holdEvents(ctx context.Context, p *program, in input) error {
	group, err := ownGroup(in, "hold")
	if err != nil {
		return err
	}
	until, ok := in.flags["--until"]
	if !ok {
		return usagef("hold without --until; write when it is over: --until 2026-12-01T08:00")
	}
	h := hold.Hold{
		Event: in.flags["--event"], All: in.flags["--all"] != "", Reason: in.flags["--reason"],
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	r, err := newScheduleReader(ctx, in)
	if err != nil {
		return err
	}
	events, err := r.events(ctx, group, h.Event)
	if err != nil {
		return err
	}
	if err := canHold(group, h, events); err != nil {
		return err
	}
	var zone *time.Location
	if h.Until, zone, err = parseUntil(until, events); err != nil {
		return usageError{err}
	}
	if !h.Until.After(p.clock.Now()) {
		return usagef("--until %s is over", hold.Instant(h.Until, zone))
	}
	if err := r.write(ctx, group, h); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s: %s %s\n", group, what(h), h.String(zone))
	for _, e := range events {
		if !e.payload.Holds {
			fmt.Fprintf(p.stderr, "savings: warning: %s does not look for holds and is not held\n", e.name)
		}
	}
	return nil
}

// ownGroup returns the group of a --name, which every command about holds needs but holds.
func ownGroup(in input, verb string) (string, error) {
	if len(in.args) > 0 {
		return "", usagef("%q is one argument too many; %s takes flags only", in.args[0], verb)
	}
	switch name := in.flags["--name"]; name {
	case "":
		return "", usagef("%s without --name; write the savings_schedule's name: "+
			"--name sample-ai-saving", verb)
	case hold.DefaultGroup:
		return "", usageError{cannotHold("the group default is shared")}
	default:
		return name, nil
	}
}

// cannotHold says why not, and what to do instead. Tags are on groups only (EventBridge Scheduler
// API Reference, "TagResource").
func cannotHold(why string) error {
	return fmt.Errorf("%s: a hold is a tag on the schedule group, so only a savings_schedule with a "+
		"group of its own (without group_name) can be held; for others set enabled = false, or tag "+
		"what must keep running with savings:keep", why)
}

// canHold refuses a hold that would hold nothing.
func canHold(group string, h hold.Hold, events []event) error {
	if !slices.ContainsFunc(events, func(e event) bool { return e.payload.Holds }) {
		return cannotHold("no event of " + where(group, h.Event) + " looks for holds")
	}
	if !h.All && !slices.ContainsFunc(events, event.stops) {
		return usagef("%s stops nothing, and a hold is for stops; add --all to hold it all the same",
			where(group, h.Event))
	}
	return nil
}

// parseUntil reads a time with an offset, or one on the clocks of the events.
func parseUntil(text string, events []event) (time.Time, *time.Location, error) {
	zone, zoneErr := commonZone(events)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		if zoneErr != nil {
			zone = time.UTC
		}
		return t, zone, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if _, err := time.Parse(layout, text); err != nil {
			continue
		}
		if zoneErr != nil {
			return time.Time{}, nil, fmt.Errorf("--until %s is on whose clocks? %w; "+
				"add an offset, such as %s+09:00, or --event", text, zoneErr, text)
		}
		t, err := time.ParseInLocation(layout, text, zone)
		return t, zone, err
	}
	return time.Time{}, nil, fmt.Errorf("--until %q is no time; write one like 2026-12-01T08:00, "+
		"or 2026-12-01T08:00:00+09:00", text)
}

// write puts the hold's tag on the group.
func (r scheduleReader) write(ctx context.Context, group string, h hold.Hold) error {
	key, value, err := h.Tag()
	if err != nil {
		return usageError{err}
	}
	arn, err := r.groupARN(ctx, group)
	if err != nil {
		return err
	}
	_, err = r.client.TagResource(ctx, &scheduler.TagResourceInput{
		ResourceArn: &arn, Tags: []types.Tag{{Key: &key, Value: &value}},
	})
	if err != nil {
		return awsError(err, "tagging schedule group %q", group)
	}
	return nil
}

func (r scheduleReader) groupARN(ctx context.Context, group string) (string, error) {
	out, err := r.client.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: &group})
	if notFound(err) {
		return "", fmt.Errorf("there is no schedule group %q in %s; --name is the name of a "+
			"savings_schedule", group, r.region)
	}
	if err != nil {
		return "", awsError(err, "reading schedule group %q", group)
	}
	return aws.ToString(out.Arn), nil
}

// where names what a hold is for: "sample-ai-saving" or "sample-ai-saving rds_stop".
func where(group, event string) string {
	if event == "" {
		return group
	}
	return group + " " + event
}

// what says of a hold what it holds, for a sentence that goes on with "held until".
func what(h hold.Hold) string {
	switch {
	case h.Event != "":
		return h.Event + " is"
	case h.All:
		return "all events are"
	}
	return "stops are"
}
