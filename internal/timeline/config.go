package timeline

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// Config is one element of a savings_schedule's events as it is written, with the zone that it runs
// in.
type Config struct {
	Key string
	// Commands are the argument lists that it runs, in order: args alone, or steps.
	Commands           [][]string
	CronExpr, Timezone string
	// StartDate and EndDate are zero where there are none.
	StartDate, EndDate time.Time
	ExceptDates        []string
	Disabled           bool
	// Region is that of the function that runs it; "" where that is not known.
	Region string
	// LateAfter is how long after its time it may still run; 0 for ever, or not known.
	LateAfter time.Duration
}

// Events returns the event once for each of its targets; none where it is disabled, or does nothing
// to any. Its error says what cannot be read: a *awscron.ParseError, *awscron.ZoneError or
// *command.UsageError, wrapped.
func (c Config) Events() ([]Event, error) {
	if c.Disabled {
		return nil, nil
	}
	schedule, err := awscron.Parse(c.CronExpr)
	if err != nil {
		return nil, fmt.Errorf("event %q has cron_expr: %w", c.Key, err)
	}
	zone, err := awscron.LoadLocation(c.Timezone)
	if err != nil {
		return nil, fmt.Errorf("event %q has timezone: %w", c.Key, err)
	}
	var calls []*command.Call
	for _, args := range c.Commands {
		call, err := command.Parse(args)
		if err != nil {
			return nil, fmt.Errorf("event %q has args: %w", c.Key, err)
		}
		calls = append(calls, call)
	}
	if rate, ok := schedule.(*awscron.Rate); ok && !c.StartDate.IsZero() {
		schedule = rate.From(c.StartDate)
	}
	return ByTarget(Event{
		Key: c.Key, Schedule: schedule, Location: zone,
		From: c.StartDate, Until: c.EndDate, Except: c.ExceptDates,
		LateAfter: c.LateAfter,
	}, calls, c.Region), nil
}

// ByTarget returns an event once for each target of its calls, with what it does to that one, sorted
// by target. Where several calls act on one target, the last of them tells how the event leaves it. region
// is that of the function, "" where it is not known.
func ByTarget(event Event, calls []*command.Call, region string) []Event {
	last := map[string]*command.Call{}
	event.Stops = slices.ContainsFunc(calls, (*command.Call).Stops)
	for _, call := range calls {
		if call.Effect() == command.Neither {
			continue
		}
		for _, target := range call.Targets(region) {
			last[target] = call
		}
	}
	var all []Event
	for _, target := range slices.Sorted(maps.Keys(last)) {
		call := last[target]
		event.Targets = []string{target}
		event.Starts = call.Effect() == command.Start
		event.AWSRestarts = call.AWSRestarts()
		all = append(all, event)
	}
	return all
}
