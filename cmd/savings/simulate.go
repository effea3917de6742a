package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
	"github.com/spin-dd/terraform-provider-savings/internal/simulate"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

var simulateCommand = subcommand{
	name:  "simulate",
	usage: "simulate [FILE|-] [--from DATE] [--days N] [--hold EVENT=TIME] [--format FORMAT]",
	short: "walk the days of a plan's schedules on paper",
	long: "Reads the JSON of a saved plan from FILE or stdin, or a configuration {\"name\",\"timezone\",\"events\"}, and\n" +
		"prints a calendar of its targets: each stop and start, the days off, what the clocks skip, and AWS's own\n" +
		"start of a stopped database after seven days. The calendar says when a target is on although it was to\n" +
		"be off. Nothing is asked of AWS.\n\n" +
		"  tofu show -json rag.plan | savings simulate --from 2026-12-21 --days 21\n" +
		"  savings simulate config.json --hold rds_stop=2026-12-24T08:00 --format json\n\n" +
		"A hold keeps stops from running until a time, as `savings hold` does: --hold EVENT=TIME for one event,\n" +
		"--hold TIME for all; --hold-all keeps the other events from running too. json is a list of\n" +
		"{\"at\",\"target\",\"kind\",\"event\"}, where kind is stop, start, aws_restart or skipped.",
	flags: []flag{
		{"--from", "DATE", "the first day, or an RFC 3339 instant (today)"},
		{"--days", "N", "how many days (7)"},
		{"--timezone", "ZONE", "the clocks of the calendar (the first schedule's)"},
		{"--seed-state", "on|off", "how targets stand at first (as the events of five weeks before leave them)"},
		{"--hold", "[EVENT=]TIME", "hold stops until then; may be repeated"},
		{"--hold-all", "", "the holds are for all events, not for stops alone"},
		{"--lang", "LANG", "en or ja (en)"},
		{"--format", "FORMAT", "text, html, svg or json (text)"},
		{"--output", "FILE", "write there instead of to stdout"},
	},
	repeat: []string{"--hold"},
	run:    simulatePlan,
}

// maxDays bounds --days: ten years.
const maxDays = 3660

// seeds are the values of --seed-state.
var seeds = map[string]timeline.Seed{"": timeline.SeedEvents, "on": timeline.SeedOn, "off": timeline.SeedOff}

// simulations are what --format gives, the default first.
var simulations = []struct {
	name   string
	render func(*simulate.Simulation) (string, error)
}{
	{"text", func(s *simulate.Simulation) (string, error) { return s.Text(), nil }},
	{"html", (*simulate.Simulation).HTML},
	{"svg", (*simulate.Simulation).SVG},
	{"json", func(s *simulate.Simulation) (string, error) { data, err := s.JSON(); return string(data), err }},
}

func simulatePlan(_ context.Context, p *program, in input) error {
	at := 0
	if format, ok := in.flags["--format"]; ok {
		var names []string
		for _, f := range simulations {
			names = append(names, f.name)
		}
		if at = slices.Index(names, format); at < 0 {
			return usagef("--format %q is not known; there are %s", format, strings.Join(names, ", "))
		}
	}
	lang, err := languageOf(in)
	if err != nil {
		return err
	}
	plan, err := p.plan(in)
	if err != nil {
		return err
	}
	events, err := simulate.Read(plan)
	if err != nil {
		return usageError{err}
	}
	walk, err := p.walk(in, events)
	if err != nil {
		return err
	}
	s, err := simulate.Run(events, walk)
	if tooMany := (*timeline.TooManyRunsError)(nil); errors.As(err, &tooMany) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	s.Language = lang
	text, err := simulations[at].render(s)
	if tooMany := (*simulate.TooManyRowsError)(nil); errors.As(err, &tooMany) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	return p.write(in.flags["--output"], text)
}

// walk reads which days are walked, and how.
func (p *program) walk(in input, events simulate.Input) (timeline.Walk, error) {
	var w timeline.Walk
	zone := events.Zone
	if name, ok := in.flags["--timezone"]; ok {
		var err error
		if zone, err = awscron.LoadLocation(name); err != nil {
			return w, usageError{err}
		}
	}
	days := 7
	if text, ok := in.flags["--days"]; ok {
		var err error
		if days, err = strconv.Atoi(text); err != nil || days < 1 || days > maxDays {
			return w, usagef("--days %q is no number from 1 to %d", text, maxDays)
		}
	}
	var err error
	if w.From, err = firstDay(in.flags["--from"], p.clock.Now(), zone); err != nil {
		return w, err
	}
	year, month, day := w.From.Date()
	w.To = simulate.Midnight(year, month, day+days, zone)
	var known bool
	if w.Seed, known = seeds[in.flags["--seed-state"]]; !known {
		return w, usagef("--seed-state %q is not known; there are on and off", in.flags["--seed-state"])
	}
	for _, text := range in.repeated["--hold"] {
		h, err := paperHold(text, events)
		if err != nil {
			return w, err
		}
		h.All = in.flags["--hold-all"] != ""
		w.Holds = append(w.Holds, h)
	}
	return w, nil
}

// firstDay reads --from; today where there is none.
func firstDay(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.In(zone), nil
	}
	t := now.In(zone)
	if text != "" {
		var err error
		if t, err = time.Parse(time.DateOnly, text); err != nil {
			return t, usagef("--from %q is no date; write one like 2026-12-21", text)
		}
	}
	year, month, day := t.Date()
	return simulate.Midnight(year, month, day, zone), nil
}

// paperHold reads a --hold: of one event, or of all.
func paperHold(text string, events simulate.Input) (hold.Hold, error) {
	var h hold.Hold
	until := text
	if name, rest, one := strings.Cut(text, "="); one {
		h.Event, until = name, rest
	}
	var held []event
	var names []string
	for _, n := range events.Names {
		names = append(names, n.Event)
		if h.Event == "" || h.Event == n.Event {
			held = append(held, event{name: n.Event, zone: n.Timezone})
		}
	}
	if len(held) == 0 {
		return h, usagef("--hold %s: there is no event %q; there are %s", text, h.Event, strings.Join(names, ", "))
	}
	var err error
	if h.Until, _, err = parseUntil(until, held); err != nil {
		return h, usageError{fmt.Errorf("--hold %s: %w", text, err)}
	}
	return h, nil
}
