package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/review"
)

var reviewCommand = subcommand{
	name:  "review",
	usage: "review [FILE|-] [--format FORMAT] [--lang LANG] [--fail-on DEGREE] [--min-off-hours TARGET=HOURS]",
	short: "say what a plan does to schedules: a comment for a pull request",
	long: "Reads the JSON of a saved plan, of OpenTofu or Terraform, from FILE or stdin, and says what changes\n" +
		"in words, when each target is off before and after, what it saves and what looks wrong. It reads\n" +
		"the AWS provider's aws_scheduler_schedule too where its target's input has args, and the bare\n" +
		"configuration {\"name\",\"timezone\",\"events\"}. The same plan gives the same bytes.\n\n" +
		"  tofu show -json rag.plan | savings review\n" +
		"  savings review plan.json --format html --output review.html\n" +
		"  savings review plan.json --fail-on new-warning --min-off-hours rds/cluster/my-aurora=60\n\n" +
		"A plan that --fail-on or --min-off-hours does not let pass exits with 3. PRICES is a JSON object of\n" +
		"targets, or classes of them such as rds/cluster/*, and what they cost an hour:\n" +
		"  {\"rds/cluster/my-aurora\": {\"per_hour\": 0.58, \"currency\": \"USD\"}}",
	flags: []flag{
		{"--format", "FORMAT", "markdown, text, html, svg or json (markdown)"},
		{"--output", "FILE", "write there instead of to stdout"},
		{"--lang", "LANG", "en or ja (en)"},
		{"--now", "INSTANT", "runs count from this RFC 3339 instant (the plan's own timestamp)"},
		{"--prices", "PRICES", "a JSON file of prices; without one there is no money, only hours"},
		{"--fail-on", "DEGREE", "warning or new-warning: exit with 3 where there is one after the plan"},
		{"--min-off-hours", "TARGET=HOURS", "exit with 3 where the target is off for less a week; may be repeated"},
	},
	repeat: []string{"--min-off-hours"},
	run:    reviewPlan,
}

// renderings are what --format gives, the default first.
var renderings = []struct {
	name   string
	render func(*program, *review.Review, language.Tag, input) (string, error)
}{
	{"markdown", func(_ *program, r *review.Review, lang language.Tag, _ input) (string, error) {
		return r.Markdown(lang), nil
	}},
	{"text", func(p *program, r *review.Review, lang language.Tag, in input) (string, error) {
		return r.Text(lang, p.paper(in)), nil
	}},
	{"html", func(_ *program, r *review.Review, lang language.Tag, _ input) (string, error) {
		return r.HTML(lang), nil
	}},
	{"svg", func(_ *program, r *review.Review, lang language.Tag, _ input) (string, error) {
		return r.SVG(lang), nil
	}},
	{"json", func(_ *program, r *review.Review, lang language.Tag, _ input) (string, error) {
		return r.JSON(lang)
	}},
}

// plainColumns is the width of text that no terminal shows.
const plainColumns = 100

// paper is what text is written on: the terminal, or a file that has neither width nor colours.
func (p *program) paper(in input) review.Terminal {
	if p.terminal == nil || in.flags["--output"] != "" {
		return review.Terminal{Width: plainColumns}
	}
	columns, _ := p.terminal.size()
	return review.Terminal{Width: columns, Colour: p.terminal.colour}
}

func reviewPlan(_ context.Context, p *program, in input) error {
	gates, err := gatesOf(in)
	if err != nil {
		return err
	}
	lang, err := languageOf(in)
	if err != nil {
		return err
	}
	format := in.flags["--format"]
	at := 0
	if format != "" {
		at = -1
		var names []string
		for i, f := range renderings {
			names = append(names, f.name)
			if f.name == format {
				at = i
			}
		}
		if at < 0 {
			return usagef("--format %q is not known; there are %s", format, strings.Join(names, ", "))
		}
	}
	r, err := p.compare(in)
	if err != nil {
		return err
	}
	text, err := renderings[at].render(p, r, lang, in)
	if err != nil {
		return err
	}
	if err := p.write(in.flags["--output"], text); err != nil {
		return err
	}
	if reasons := gates.Reasons(r, lang); len(reasons) > 0 {
		return gateError{errors.New(strings.Join(reasons, "; "))}
	}
	return nil
}

// gateError is a plan that a gate does not let pass; it exits with 3.
type gateError struct{ error }

// Unwrap returns the reason.
func (e gateError) Unwrap() error { return e.error }

// compare reads the plan and reviews it.
func (p *program) compare(in input) (*review.Review, error) {
	prices, err := pricesOf(in)
	if err != nil {
		return nil, err
	}
	plan, err := p.plan(in)
	if err != nil {
		return nil, err
	}
	now := plan.Timestamp
	if text, ok := in.flags["--now"]; ok {
		if now, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, usagef("--now %q is no RFC 3339 instant; write one like 2026-11-24T21:00:00+09:00", text)
		}
	}
	if now.IsZero() {
		now = p.clock.Now() // neither a configuration nor an old plan has a timestamp
	}
	return review.Compare(plan, now, prices), nil
}

// plan reads FILE or stdin.
func (p *program) plan(in input) (*planjson.Plan, error) {
	if len(in.args) > 1 {
		return nil, usagef("%d files instead of one; write: savings review plan.json", len(in.args))
	}
	from, name := p.stdin, "stdin"
	if len(in.args) == 1 && in.args[0] != "-" {
		f, err := os.Open(in.args[0])
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		from, name = f, in.args[0]
	} else if f, isFile := p.stdin.(*os.File); isFile {
		if _, _, isTerminal := windowSize(f); isTerminal {
			return nil, usagef("no plan on stdin; write: tofu show -json PLANFILE | savings review")
		}
	}
	plan, err := planjson.Read(from, planjson.TypeSchedule, planjson.TypeAWSSchedule)
	if wrong := (*planjson.InputError)(nil); errors.As(err, &wrong) {
		return nil, usagef("%s: %w", name, err)
	}
	if unreadable := (*fs.PathError)(nil); errors.As(err, &unreadable) {
		return nil, usageError{err} // a folder, mostly
	}
	return plan, err
}

func pricesOf(in input) (review.Prices, error) {
	path, ok := in.flags["--prices"]
	if !ok {
		return nil, nil
	}
	f, err := os.Open(path) //nolint:gosec // the file that whoever runs this names
	if err != nil {
		return nil, usageError{err}
	}
	defer f.Close()
	prices, err := review.ReadPrices(f)
	if err != nil {
		return nil, usagef("%s: %w", path, err)
	}
	return prices, nil
}

func languageOf(in input) (language.Tag, error) {
	text, ok := in.flags["--lang"]
	if !ok {
		return language.English, nil
	}
	lang, err := language.Parse(text)
	if err != nil {
		return "", usagef("--lang: %w", err)
	}
	return lang, nil
}

func gatesOf(in input) (review.Gates, error) {
	g := review.Gates{FailOn: review.FailOn(in.flags["--fail-on"])}
	if _, ok := in.flags["--fail-on"]; ok && !slices.Contains(review.FailOns, g.FailOn) {
		return g, usagef("--fail-on %q is not known; there are warning and new-warning", g.FailOn)
	}
	for _, text := range in.repeated["--min-off-hours"] {
		at := strings.LastIndexByte(text, '=')
		if at <= 0 {
			return g, usagef("--min-off-hours %q is no TARGET=HOURS; write rds/cluster/my-aurora=60", text)
		}
		hours, err := strconv.ParseFloat(text[at+1:], 64)
		if err != nil || !(hours >= 0 && hours <= review.HoursPerWeek) {
			return g, usagef("--min-off-hours %q has no number of hours from 0 to %d behind its last =",
				text, review.HoursPerWeek)
		}
		g.MinOffHours = append(g.MinOffHours, review.MinOffHours{Target: text[:at], Hours: hours})
	}
	return g, nil
}
