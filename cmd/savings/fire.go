package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

var fireCommand = subcommand{
	name:  "fire",
	usage: "fire --name NAME --event EVENT [--dry-run] [--group GROUP]",
	short: "run an event now, as EventBridge Scheduler would",
	long: "Sends the event's own input to the function that the schedule names, waits for the end, and\n" +
		"prints what became of each item: tonight proved at noon. With --dry-run the function only\n" +
		"says what it would do, with its own rights. A hold or a day off is heeded in either case, and\n" +
		"said.\n\n" +
		"  savings fire --name sample-ai-saving --event rds_stop --dry-run",
	flags: []flag{
		nameFlag,
		{"--event", "EVENT", "the event's key"},
		{"--group", "GROUP", "the savings_schedule's group_name, where it has one"},
		{"--dry-run", "", "say what would be done, and do nothing"},
		formatFlag,
		regionFlag,
	},
	run: fire,
}

// fireLimit is a little more than a function may run (15 minutes; Lambda Developer Guide, "Lambda
// quotas").
const fireLimit = 16 * time.Minute

func fire(ctx context.Context, p *program, in input) error {
	group, name, err := scheduleOf(in)
	if err != nil {
		return err
	}
	format, err := formatOf(in)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, fireLimit)
	defer cancel()
	cfg, err := configIn(ctx, in, awsconfig.Options{RequestTimeout: fireLimit})
	if err != nil {
		return err
	}
	e, err := scheduleReader{scheduler.NewFromConfig(cfg), cfg.Region}.event(ctx, group, name)
	if err != nil {
		return err
	}
	input, err := eventNow(e.input, p.clock.Now(), in.flags["--dry-run"] != "")
	if err != nil {
		return fmt.Errorf("the input of schedule %q in group %q: %w", name, group, err)
	}
	if !e.enabled {
		fmt.Fprintf(p.stderr, "savings: warning: the schedule is disabled; it is fired all the same\n")
	}
	report, err := invoke(ctx, cfg, e.functionARN, input)
	if len(report.Results) > 0 || err == nil {
		p.printReport(report, format)
	}
	return err
}

// scheduleOf returns where the event's schedule is. In a shared group its name begins with the
// resource's.
func scheduleOf(in input) (group, name string, err error) {
	if len(in.args) > 0 {
		return "", "", usagef("%q is one argument too many; fire takes flags only", in.args[0])
	}
	for _, flag := range []string{"--name", "--event"} {
		if in.flags[flag] == "" {
			return "", "", usagef("fire without %s; write for example: "+
				"savings fire --name sample-ai-saving --event rds_stop", flag)
		}
	}
	if group, ok := in.flags["--group"]; ok {
		return group, in.flags["--name"] + "-" + in.flags["--event"], nil
	}
	return in.flags["--name"], in.flags["--event"], nil
}

// eventNow is a schedule's input as it would be sent now. For a dry run --dry-run goes into every
// argument list, where a runner of any release finds it: one that knew no member "dry_run" would
// do the real thing.
func eventNow(input string, now time.Time, dryRun bool) (string, error) {
	input = strings.ReplaceAll(input, payload.ScheduledTimePlaceholder,
		now.UTC().Format("2006-01-02T15:04:05Z"))
	p, err := payload.Decode([]byte(input))
	if err != nil || !dryRun {
		return input, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(input), &members); err != nil {
		return "", err
	}
	if len(p.Args) > 0 {
		members["args"], err = json.Marshal(dry(p.Args))
	} else {
		for i, step := range p.Steps {
			p.Steps[i] = dry(step)
		}
		members["steps"], err = json.Marshal(p.Steps)
	}
	if err != nil {
		return "", err
	}
	changed, err := json.Marshal(members)
	return string(changed), err
}

func dry(args []string) []string {
	if slices.Contains(args, "--dry-run") {
		return args
	}
	return append(slices.Clone(args), "--dry-run")
}

// invoke runs the function and reads its results, those of a failed run too. Nothing is tried
// again: not every command may be run twice.
func invoke(
	ctx context.Context, cfg aws.Config, functionARN, input string,
) (command.Report, error) {
	target, err := arn.Parse(functionARN)
	if err != nil || target.Service != "lambda" {
		return command.Report{}, fmt.Errorf("the schedule's target is no function: %q", functionARN)
	}
	client := lambda.NewFromConfig(cfg, func(o *lambda.Options) {
		o.Region, o.Retryer = target.Region, aws.NopRetryer{}
	})
	out, err := client.Invoke(ctx,
		&lambda.InvokeInput{FunctionName: &functionARN, Payload: []byte(input)})
	if err != nil {
		return command.Report{}, awsError(err, "invoking %s", functionARN)
	}
	if out.FunctionError != nil {
		return failedRun(out.Payload)
	}
	report, ok := readReport(out.Payload)
	if !ok {
		return command.Report{}, fmt.Errorf("the function answered %.200q, which is no runner's answer; "+
			"its log says what it did", out.Payload)
	}
	return report, report.Err()
}

// failedRun takes a failed run's message apart: one sentence, a line break, the results. What fails
// before it can answer, such as a function whose time is over, has a sentence alone.
func failedRun(answer []byte) (command.Report, error) {
	var failure struct {
		Message string `json:"errorMessage"`
	}
	if err := json.Unmarshal(answer, &failure); err != nil || failure.Message == "" {
		return command.Report{}, fmt.Errorf("the function failed: %.200q", answer)
	}
	sentence, results, _ := strings.Cut(failure.Message, "\n")
	report, _ := readReport([]byte(results))
	return report, fmt.Errorf("the run failed: %s", sentence)
}

func readReport(answer []byte) (command.Report, bool) {
	var report command.Report
	err := json.Unmarshal(answer, &report)
	return report, err == nil && report.Results != nil
}
