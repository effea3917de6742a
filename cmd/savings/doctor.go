package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/doctor"
)

var doctorCommand = subcommand{
	name:  "doctor",
	usage: "doctor --name NAME [--event EVENT] [--group GROUP] [--format text|json]",
	short: "follow the schedules to their last runs, and say where it breaks",
	long: "Looks at the schedules of a savings_schedule, their group and its holds, the function, the two\n" +
		"roles and their rights, the dead letters and the last runs in the log. Says where the chain\n" +
		"breaks first, and what to write or run. It only reads, and says what it may not read.\n\n" +
		"  savings doctor --name sample-ai-saving\n" +
		"  savings doctor --name sample-ai-saving --event rds_stop\n\n" +
		"The exit status is 0 where nothing is broken, 1 where something is, and 2 where something could\n" +
		"not be looked at.",
	flags: []flag{
		nameFlag,
		{"--event", "EVENT", "look at this event alone (all events)"},
		{"--group", "GROUP", "the savings_schedule's group_name, where it has one"},
		formatFlag,
		regionFlag,
	},
	run: diagnose,
}

// doctorLimit bounds the whole look.
const doctorLimit = 2 * time.Minute

// doctorAttempts is how often one call is tried; a look can be had again.
const doctorAttempts = 5

// lookError tells that something could not be looked at; it exits with 2.
type lookError struct{ error }

// Unwrap returns the reason.
func (e lookError) Unwrap() error { return e.error }

func diagnose(ctx context.Context, p *program, in input) error {
	if len(in.args) > 0 {
		return usagef("%q is one argument too many; doctor takes flags only", in.args[0])
	}
	if in.flags["--name"] == "" {
		return usagef("doctor without --name; write the savings_schedule's name: --name sample-ai-saving")
	}
	format, err := formatOf(in)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	cfg, err := configIn(ctx, in, awsconfig.Options{Attempts: doctorAttempts})
	if err != nil {
		return lookError{err}
	}
	clients := doctor.Clients{
		Scheduler: scheduler.NewFromConfig(cfg), Lambda: lambda.NewFromConfig(cfg), IAM: iam.NewFromConfig(cfg),
		Logs: cloudwatchlogs.NewFromConfig(cfg), ECR: ecr.NewFromConfig(cfg), SQS: sqs.NewFromConfig(cfg),
	}
	report := doctor.Look(ctx, clients, doctor.Question{
		Name: in.flags["--name"], Group: in.flags["--group"], Event: in.flags["--event"],
		Region: cfg.Region, Now: p.clock.Now(),
	})
	if format == "json" {
		fmt.Fprint(p.stdout, report.JSON())
	} else {
		fmt.Fprint(p.stdout, report.Text())
	}
	switch report.Status {
	case doctor.Broken:
		return errors.New(report.Verdict())
	case doctor.Unknown:
		return lookError{errors.New(report.Verdict())}
	}
	return nil
}
