package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
)

var nextCommand = subcommand{
	name:  "next",
	usage: "next EXPRESSION --timezone ZONE [--after INSTANT] [--count N]",
	short: "print the next runs of a schedule expression",
	long: "Prints one RFC 3339 instant a line, in the zone's offset, and nothing where the expression\n" +
		"never fires again. What AWS does not document about the expression is a warning on stderr.\n\n" +
		"  savings next 'cron(0 21 ? * MON-FRI *)' --timezone Asia/Tokyo --count 3",
	flags: []flag{
		{"--timezone", "ZONE", "the schedule's zone, such as Asia/Tokyo (required)"},
		{"--after", "INSTANT", "runs after this RFC 3339 instant (now)"},
		{"--count", "N", "how many runs (1)"},
	},
	run: printNext,
}

var describeCommand = subcommand{
	name:  "describe",
	usage: "describe EXPRESSION [--timezone ZONE]",
	short: "say in words when a schedule expression fires",
	long: "Prints one line. What AWS does not document about the expression is a warning on stderr.\n\n" +
		"  savings describe 'cron(0 21 ? * MON-FRI *)' --timezone Asia/Tokyo",
	flags: []flag{{"--timezone", "ZONE", "the schedule's zone, added to the sentence"}},
	run:   describe,
}

// maxCount bounds --count; at one run a minute it is more than 19 years.
const maxCount = 10_000_000

func printNext(ctx context.Context, p *program, in input) error {
	schedule, err := p.expression(in)
	if err != nil {
		return err
	}
	zone, ok := in.flags["--timezone"]
	if !ok {
		return usagef("next without --timezone; write the schedule's zone: --timezone Asia/Tokyo")
	}
	loc, err := awscron.LoadLocation(zone)
	if err != nil {
		return usageError{err}
	}
	at := p.clock.Now()
	if after, ok := in.flags["--after"]; ok {
		if at, err = time.Parse(time.RFC3339, after); err != nil {
			return usagef("--after %q is no RFC 3339 instant; write one like 2026-11-24T21:00:00+09:00",
				after)
		}
	}
	count := 1
	if text, ok := in.flags["--count"]; ok {
		if count, err = strconv.Atoi(text); err != nil || count < 1 || count > maxCount {
			return usagef("--count %q is no number from 1 to %d", text, maxCount)
		}
	}
	for range count {
		if at = schedule.Next(at, loc); at.IsZero() || ctx.Err() != nil {
			break
		}
		fmt.Fprintln(p.stdout, at.In(loc).Format(time.RFC3339))
	}
	return ctx.Err()
}

func describe(_ context.Context, p *program, in input) error {
	schedule, err := p.expression(in)
	if err != nil {
		return err
	}
	sentence := schedule.Describe(awscron.English)
	if zone, ok := in.flags["--timezone"]; ok {
		if _, err := awscron.LoadLocation(zone); err != nil {
			return usageError{err}
		}
		sentence += ", " + zone
	}
	fmt.Fprintln(p.stdout, sentence)
	return nil
}

// expression reads the only argument, and warns of what is doubtful about it.
func (p *program) expression(in input) (awscron.Schedule, error) {
	if len(in.args) != 1 {
		return nil, usagef("%d arguments instead of one expression; quote it: "+
			"'cron(0 21 ? * MON-FRI *)'", len(in.args))
	}
	schedule, err := awscron.Parse(in.args[0])
	if err != nil {
		return nil, usageError{err}
	}
	for _, doubt := range schedule.Doubts() {
		fmt.Fprintf(p.stderr, "savings: warning: %s\n", doubt.Message)
	}
	return schedule, nil
}
