package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/sentence"
)

var nextCommand = subcommand{
	name:  "next",
	usage: "next EXPRESSION --timezone ZONE [--after INSTANT] [--count N] [--format FORMAT]",
	short: "print the next runs of a schedule expression",
	long: "Prints one RFC 3339 instant a line, in the zone's offset, and nothing where the expression\n" +
		"never fires again. What AWS does not document about the expression is a warning on stderr.\n\n" +
		"  savings next 'cron(0 21 ? * MON-FRI *)' --timezone Asia/Tokyo --count 3",
	flags: []flag{
		{"--timezone", "ZONE", "the schedule's zone, such as Asia/Tokyo (required)"},
		{"--after", "INSTANT", "runs after this RFC 3339 instant (now)"},
		{"--count", "N", "how many runs (1)"},
		{"--format", "text|json", "how to print them (text)"},
	},
	run: printNext,
}

var describeCommand = subcommand{
	name:  "describe",
	usage: "describe EXPRESSION [--timezone ZONE] [--lang LANG] [--format FORMAT]",
	short: "say in words when a schedule expression fires",
	long: "Prints one line. What AWS does not document about the expression is a warning on stderr.\n\n" +
		"  savings describe 'cron(0 21 ? * MON-FRI *)' --timezone Asia/Tokyo",
	flags: []flag{
		{"--timezone", "ZONE", "the schedule's zone, added to the sentence"},
		{"--lang", "LANG", "en or ja (en)"},
		{"--format", "text|json", "how to print it (text)"},
	},
	run: describe,
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
	asJSON, err := wantsJSON(in)
	if err != nil {
		return err
	}
	runs := []string{}
	for range count {
		if at = schedule.Next(at, loc); at.IsZero() || ctx.Err() != nil {
			break
		}
		run := at.In(loc).Format(time.RFC3339)
		if asJSON {
			runs = append(runs, run)
		} else {
			fmt.Fprintln(p.stdout, run)
		}
	}
	if asJSON && ctx.Err() == nil {
		return p.printJSON(explained{
			Expression: in.args[0], Timezone: zone, Runs: runs, Doubts: doubtsOf(schedule),
		})
	}
	return ctx.Err()
}

func describe(_ context.Context, p *program, in input) error {
	schedule, err := p.expression(in)
	if err != nil {
		return err
	}
	lang, err := languageOf(in)
	if err != nil {
		return err
	}
	asJSON, err := wantsJSON(in)
	if err != nil {
		return err
	}
	text := schedule.Describe(lang)
	zone, ok := in.flags["--timezone"]
	if ok {
		if _, err := awscron.LoadLocation(zone); err != nil {
			return usageError{err}
		}
	}
	if asJSON {
		return p.printJSON(explained{
			Expression: in.args[0], Timezone: zone, Description: text, Doubts: doubtsOf(schedule),
		})
	}
	if ok {
		text = sentence.When(schedule, zone, lang)
	}
	fmt.Fprintln(p.stdout, text)
	return nil
}

// explained is what the JSON of next and describe holds. Runs is an empty list where there is none to
// come, and absent from describe's.
type explained struct {
	Expression  string   `json:"expression"`
	Timezone    string   `json:"timezone,omitempty"`
	Description string   `json:"description,omitempty"`
	Runs        []string `json:"runs,omitzero"`
	// Doubts say what AWS does not document about the expression, and what is hardly meant.
	Doubts []string `json:"doubts,omitempty"`
}

func doubtsOf(s awscron.Schedule) []string {
	var out []string
	for _, d := range s.Doubts() {
		out = append(out, d.Message)
	}
	if cron, ok := s.(*awscron.Cron); ok && cron.CountsFromSunday() {
		out = append(out, fmt.Sprintf("1 is Sunday in AWS, so %s is Sunday to Thursday; write MON-FRI, or SUN-THU "+
			"if that is what you mean", awscron.UnixWorkingDays))
	}
	return out
}

// wantsJSON reads a --format of text or json.
func wantsJSON(in input) (bool, error) {
	switch format := in.flags["--format"]; format {
	case "", "text":
		return false, nil
	case "json":
		return true, nil
	default:
		return false, usagef("--format %q is not known; there are text and json", format)
	}
}

func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
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
	for _, doubt := range doubtsOf(schedule) {
		fmt.Fprintf(p.stderr, "savings: warning: %s\n", doubt)
	}
	return schedule, nil
}
