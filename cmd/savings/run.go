package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

var runCommand = subcommand{
	name:  "run",
	usage: "run SERVICE VERB ITEM… [--dry-run] [--wait] [--region REGION] [--format text|json]",
	short: "run a command here, with this machine's AWS credentials",
	long: "Runs a command as the runner does, with the AWS credentials and region that the AWS CLI\n" +
		"would take. It waits for busy targets for up to an hour. savings help SERVICE VERB\n" +
		"explains a command and its own flags.",
	flags:     []flag{formatFlag},
	passFlags: true,
	run:       run,
}

// hostLimit bounds a run on this machine; stopping a database takes up to an hour.
const hostLimit = time.Hour

func run(ctx context.Context, p *program, in input) error {
	format, err := formatOf(in)
	if err != nil {
		return err
	}
	call, err := command.Parse(in.args)
	if err != nil {
		return usageError{err}
	}
	ctx, cancel := context.WithTimeout(ctx, hostLimit)
	defer cancel()
	runner := command.NewRunner(loadConfig, p.clock, slog.New(progress{p.stderr}))
	report := runner.Run(ctx, call)
	p.printReport(report, format)
	return report.Err()
}

var formatFlag = flag{"--format", "text|json", "how to print the results (text)"}

func formatOf(in input) (string, error) {
	format, ok := in.flags[formatFlag.name]
	if !ok {
		return "text", nil
	}
	if format != "text" && format != "json" {
		return "", usagef("unknown format %q; --format takes text or json", format)
	}
	return format, nil
}

func (p *program) printReport(report command.Report, format string) {
	if format == "json" {
		fmt.Fprintf(p.stdout, "%s\n", report.JSON())
	} else {
		printTable(p.stdout, report)
	}
}

// loadConfig loads what the AWS CLI would take, and says plainly where there are no credentials.
func loadConfig(ctx context.Context) (aws.Config, error) {
	return load(ctx, awsconfig.Options{})
}

func load(ctx context.Context, o awsconfig.Options) (aws.Config, error) {
	o.UserAgent = "savings/" + version
	cfg, err := awsconfig.Load(ctx, o)
	if err != nil {
		return aws.Config{}, err
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return aws.Config{}, fmt.Errorf(
			"no AWS credentials: log in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID (%w)", err)
	}
	return cfg, nil
}

// printTable prints a line for each result: target, outcome, states, detail.
func printTable(w io.Writer, report command.Report) {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range report.Results {
		states := r.From
		if r.To != r.From {
			states += " → " + r.To
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.Name(), r.Outcome, states, r.Detail)
	}
	t.Flush()
	for line := range strings.Lines(b.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
}

// progress prints what a run waits for. The results are printed at its end, so their lines are
// left out.
type progress struct{ w io.Writer }

// Enabled takes every level.
func (progress) Enabled(context.Context, slog.Level) bool { return true }

// Handle prints "my-aurora: stopping, 2m".
func (p progress) Handle(_ context.Context, record slog.Record) error {
	if record.Message != command.WaitingMessage {
		return nil
	}
	attrs := map[string]string{}
	record.Attrs(func(a slog.Attr) bool {
		attrs[a.Key] = a.Value.String()
		return true
	})
	_, err := fmt.Fprintf(p.w, "%s: %s, %s\n", attrs["target"], attrs["state"], attrs["after"])
	return err
}

// WithAttrs and WithGroup change nothing: the line has a fixed form.
func (p progress) WithAttrs([]slog.Attr) slog.Handler { return p }

// WithGroup changes nothing.
func (p progress) WithGroup(string) slog.Handler { return p }
