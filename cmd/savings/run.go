package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/buildinfo"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

var runCommand = subcommand{
	name:  "run",
	usage: "run SERVICE VERB ITEM… [--dry-run] [--wait] [--region REGION] [--format text|json]",
	short: "run a command here, with this machine's AWS credentials",
	long: "Runs a command as the runner does, with the AWS credentials and region that the AWS CLI\n" +
		"would take. It waits for busy targets for up to an hour. Ctrl-C ends it between two calls and\n" +
		"says what was done; a second one ends it at once. savings help SERVICE VERB explains a\n" +
		"command and its own flags.",
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
	var show display = plain{p.stderr}
	if p.terminal != nil && format == "text" {
		show = newLive(ctx, p.terminal, p.clock)
	}
	runner := command.NewRunner(loadFinishing, p.clock, slog.New(progress{show}))
	report := runner.Run(ctx, call)
	show.end()
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
		return
	}
	var rows []row
	for _, r := range report.Results {
		rows = append(rows, rowOf(r))
	}
	for _, line := range p.terminal.lines(rows, 0) {
		fmt.Fprintln(p.stdout, line)
	}
}

// loadFinishing loads a configuration whose calls are finished once they are begun: an interrupted
// run then knows what AWS did. The time limit of a request bounds it.
func loadFinishing(ctx context.Context) (aws.Config, error) {
	cfg, err := load(ctx, awsconfig.Options{Attempts: awsclient.FewAttempts})
	if err == nil {
		cfg.HTTPClient = finishing{cfg.HTTPClient}
	}
	return cfg, err
}

type finishing struct{ aws.HTTPClient }

func (c finishing) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return c.HTTPClient.Do(r.WithContext(context.WithoutCancel(r.Context())))
}

// load loads what the AWS CLI would take, and says plainly where there are no credentials.
func load(ctx context.Context, o awsconfig.Options) (aws.Config, error) {
	o.UserAgent = "savings/" + buildinfo.Version()
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

// row is a line of a table: target, outcome, states, detail, and the line's colour.
type row struct{ name, outcome, states, detail, colour string }

func rowOf(r command.Result) row {
	states := r.From
	if r.To != r.From {
		states += " → " + r.To
	}
	return row{r.Name(), string(r.Outcome), states, r.Detail, colourOf(r.Outcome)}
}

// lines aligns rows, and colours them where t is a terminal. Columns above 0 shortens them.
func (t *terminal) lines(rows []row, columns int) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		cells := []string{r.name, r.outcome, r.states, r.detail}
		for i, cell := range cells {
			cells[i] = strings.Map(printable, cell)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	_ = w.Flush() // into memory
	var out []string
	for line := range strings.Lines(b.String()) {
		line = strings.TrimRight(line, " \n")
		if columns > 0 {
			line = cut(line, columns)
		}
		out = append(out, t.paint(line, rows[len(out)].colour))
	}
	return out
}

// printable keeps a cell's text from breaking the table.
func printable(char rune) rune {
	if unicode.IsControl(char) {
		return ' '
	}
	return char
}
