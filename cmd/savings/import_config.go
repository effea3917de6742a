package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/hold"
	"github.com/spin-dd/terraform-provider-savings/internal/importconfig"
)

var importConfigCommand = subcommand{
	name:  "import-config",
	usage: "import-config FILE|- [--timezone ZONE] | import-config --name NAME [--group-name GROUP]",
	short: "write the events of a savings_schedule from what you have",
	long: "Prints the arguments of a savings_schedule, as HCL, from schedules that are there. FILE is, told by what\n" +
		"is in it: the JSON of a state or a plan with aws_scheduler_schedule or rules of EventBridge; definitions\n" +
		"of AWS Instance Scheduler; or a crontab. What an event does not do is a comment that says what to do,\n" +
		"and a warning on stderr.\n\n" +
		"  tofu show -json | savings import-config -\n" +
		"  aws dynamodb scan --table-name STACK-ConfigTable-… | savings import-config - --timezone UTC\n" +
		"  crontab -l | savings import-config - --timezone Asia/Tokyo\n\n" +
		"Without FILE the schedules are read from AWS; nothing there is changed. --name and --group-name are those\n" +
		"of the block that is to take them over: all schedules of the group NAME, or those of GROUP that are\n" +
		"called NAME-…. --group-name alone reads all of the group. The import block is in a comment.\n\n" +
		"  savings import-config --name sample-ai-saving-lambda --group-name default\n\n" +
		"json is the configuration {\"name\",\"timezone\",\"events\"} that review and simulate read:\n\n" +
		"  crontab -l | savings import-config - --timezone Asia/Tokyo --format json | savings simulate",
	flags: []flag{
		{"--timezone", "ZONE", "the zone of a crontab, and of definitions that name none"},
		{"--name", "NAME", "schedules in AWS: the group, or with --group-name what their names begin with"},
		{"--group-name", "GROUP", "schedules in AWS: their group, such as default"},
		regionFlag,
		{"--tag-key", "KEY", "the tag by which AWS Instance Scheduler finds instances (Schedule)"},
		{"--format", "FORMAT", "hcl or json (hcl)"},
		{"--output", "FILE", "write there instead of to stdout"},
	},
	run: importConfig,
}

func importConfig(ctx context.Context, p *program, in input) error {
	format, ok := in.flags["--format"]
	if ok && format != "hcl" && format != "json" {
		return usagef("--format %q is not known; there are hcl and json", format)
	}
	config, err := p.configOf(ctx, in)
	if wrong := (*importconfig.InputError)(nil); errors.As(err, &wrong) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	text := config.HCL()
	if format == "json" {
		if text, err = config.JSON(); err != nil {
			return err
		}
	}
	if err := p.write(in.flags["--output"], text); err != nil {
		return err
	}
	for _, remark := range config.Remarks() {
		fmt.Fprintf(p.stderr, "savings: warning: %s\n", remark)
	}
	return nil
}

// configOf reads FILE, stdin or AWS.
func (p *program) configOf(ctx context.Context, in input) (*importconfig.Config, error) {
	_, named := in.flags["--name"]
	_, grouped := in.flags["--group-name"]
	switch {
	case len(in.args) > 1:
		return nil, usagef("%d files instead of one; write: savings import-config FILE", len(in.args))
	case len(in.args) == 1 && (named || grouped):
		return nil, usagef("both a file and --name or --group-name, which read from AWS; keep one")
	case named || grouped:
		return p.liveConfig(ctx, in)
	case len(in.args) == 0:
		return nil, usagef("import-config without a source; write a FILE, - for stdin, or --name NAME to read from AWS")
	}
	from := p.stdin
	if name := in.args[0]; name != "-" {
		f, err := os.Open(name) //nolint:gosec // the file that whoever runs this names
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		from = f
	}
	config, err := importconfig.Read(from, importconfig.Options{
		Timezone: in.flags["--timezone"], TagKey: in.flags["--tag-key"],
	})
	if unreadable := (*fs.PathError)(nil); errors.As(err, &unreadable) {
		return nil, usageError{err} // a folder, mostly
	}
	return config, err
}

// liveConfig reads schedules from AWS.
func (p *program) liveConfig(ctx context.Context, in input) (*importconfig.Config, error) {
	if _, ok := in.flags["--timezone"]; ok {
		return nil, usagef("--timezone is for files; schedules in AWS have their own")
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	r, err := newScheduleReader(ctx, in)
	if err != nil {
		return nil, err
	}
	name, group := in.flags["--name"], in.flags["--group-name"]
	if name == hold.DefaultGroup && group == "" {
		return nil, usagef("group %q is everybody's; write --group-name default, "+
			"with --name for those that are called NAME-…", name)
	}
	place := group
	if place == "" {
		place = name
	}
	names, err := r.names(ctx, place)
	if err != nil {
		return nil, err
	}
	var all []importconfig.Schedule
	for _, each := range names {
		if group != "" && name != "" && !strings.HasPrefix(each, name+"-") {
			continue
		}
		s, err := r.schedule(ctx, place, each, p.clock.Now())
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("group %q in %s has no schedules%s", place, r.region, calledLike(name, group))
	}
	source := fmt.Sprintf("From the schedules of group %s in %s.", place, r.region)
	return importconfig.FromSchedules(source, all, name, group), nil
}

func calledLike(name, group string) string {
	if name == "" || group == "" {
		return ""
	}
	return " called " + name + "-…"
}

// schedule reads all of one schedule.
func (r scheduleReader) schedule(
	ctx context.Context, group, name string, now time.Time,
) (importconfig.Schedule, error) {
	out, err := r.client.GetSchedule(ctx, &scheduler.GetScheduleInput{GroupName: &group, Name: &name})
	if err != nil {
		return importconfig.Schedule{}, awsError(err, "reading schedule %q of group %q", name, group)
	}
	s := importconfig.Schedule{
		Name: name, Group: group, Expression: aws.ToString(out.ScheduleExpression),
		Timezone: aws.ToString(out.ScheduleExpressionTimezone), Disabled: out.State == types.ScheduleStateDisabled,
		Description: aws.ToString(out.Description), StartDate: instantOf(out.StartDate), EndDate: instantOf(out.EndDate),
		KMSKeyARN:              aws.ToString(out.KmsKeyArn),
		DeletedAfterCompletion: out.ActionAfterCompletion == types.ActionAfterCompletionDelete,
		MaximumAttempts:        importconfig.AWSAttempts, MaximumAgeSec: importconfig.AWSAge,
	}
	if w := out.FlexibleTimeWindow; w != nil {
		s.WindowMinutes = int(aws.ToInt32(w.MaximumWindowInMinutes))
	}
	if t := out.Target; t != nil {
		s.TargetARN, s.Input = aws.ToString(t.Arn), aws.ToString(t.Input)
		if t.DeadLetterConfig != nil {
			s.DeadLetterARN = aws.ToString(t.DeadLetterConfig.Arn)
		}
		if t.RetryPolicy != nil {
			s.MaximumAttempts = int(aws.ToInt32(t.RetryPolicy.MaximumRetryAttempts))
			s.MaximumAgeSec = int(aws.ToInt32(t.RetryPolicy.MaximumEventAgeInSeconds))
		}
	}
	if s.Timezone == "" {
		s.Timezone = "UTC"
	}
	if s.Disabled {
		s.Disabled = !isOver(s, now)
	}
	return s, nil
}

// isOver tells that a disabled schedule is one whose only instant, at(), is past: savings_schedule writes
// such an event disabled, since AWS may run it at once.
func isOver(s importconfig.Schedule, now time.Time) bool {
	parsed, err := awscron.Parse(s.Expression)
	if err != nil {
		return false
	}
	at, isAt := parsed.(*awscron.At)
	zone, err := awscron.LoadLocation(s.Timezone)
	return isAt && err == nil && at.Next(now, zone).IsZero()
}

func instantOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
