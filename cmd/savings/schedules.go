package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
	"github.com/spin-dd/terraform-provider-savings/internal/suggest"
)

// lookLimit bounds what only reads schedules, and reads and writes tags.
const lookLimit = 5 * time.Minute

// The flags that say where a schedule is.
var (
	nameFlag   = flag{"--name", "NAME", "the savings_schedule's name"}
	regionFlag = flag{"--region", "REGION", "the AWS region of the schedules (the AWS CLI's own)"}
)

// configIn loads the configuration, with the region that --region names.
func configIn(ctx context.Context, in input, o awsconfig.Options) (aws.Config, error) {
	o.Region = in.flags[regionFlag.name]
	cfg, err := load(ctx, o)
	if err != nil {
		return aws.Config{}, err
	}
	if cfg.Region == "" {
		return aws.Config{}, errors.New("no AWS region: set AWS_REGION or give --region")
	}
	return cfg, nil
}

// event is one schedule as AWS has it.
type event struct {
	group, name, zone, functionARN, input string
	enabled                               bool
	// payload is the input, where it is one of ours.
	payload payload.Payload
}

// stops tells whether the event stops something.
func (e event) stops() bool {
	return slices.ContainsFunc(e.payload.Commands(), func(args []string) bool {
		call, err := command.Parse(args)
		return err == nil && call.Stops()
	})
}

// scheduleReader reads the schedules of a region.
type scheduleReader struct {
	client *scheduler.Client
	region string
}

func newScheduleReader(ctx context.Context, in input) (scheduleReader, error) {
	cfg, err := configIn(ctx, in, awsconfig.Options{})
	if err != nil {
		return scheduleReader{}, err
	}
	return scheduleReader{scheduler.NewFromConfig(cfg), cfg.Region}, nil
}

// event reads one schedule. A name that does not exist is an error that names the nearest.
func (r scheduleReader) event(ctx context.Context, group, name string) (event, error) {
	out, err := r.client.GetSchedule(ctx,
		&scheduler.GetScheduleInput{GroupName: &group, Name: &name})
	if notFound(err) {
		return event{}, r.noEvent(ctx, group, name)
	}
	if err != nil {
		return event{}, awsError(err, "reading schedule %q of group %q", name, group)
	}
	e := event{
		group: group, name: name, zone: aws.ToString(out.ScheduleExpressionTimezone),
		enabled: out.State == types.ScheduleStateEnabled,
	}
	if out.Target != nil {
		e.functionARN, e.input = aws.ToString(out.Target.Arn), aws.ToString(out.Target.Input)
	}
	if p, err := payload.Decode([]byte(e.input)); err == nil {
		e.payload = p
	}
	return e, nil
}

func (r scheduleReader) noEvent(ctx context.Context, group, name string) error {
	names, err := r.names(ctx, group)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("there is no schedule %q in group %q in %s", name, group, r.region)
	if near := suggest.Nearest(name, names); near != "" {
		return fmt.Errorf("%s; did you mean %q?", text, near)
	}
	if len(names) > 0 {
		text += "; it has " + strings.Join(names, ", ")
	}
	return errors.New(text)
}

// names lists a group's schedules. A group that does not exist is an error.
func (r scheduleReader) names(ctx context.Context, group string) ([]string, error) {
	var names []string
	pages := scheduler.NewListSchedulesPaginator(r.client,
		&scheduler.ListSchedulesInput{GroupName: &group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if notFound(err) {
			return nil, fmt.Errorf("there is no schedule group %q in %s; --name is the name of a "+
				"savings_schedule", group, r.region)
		}
		if err != nil {
			return nil, awsError(err, "listing the schedules of group %q", group)
		}
		for _, s := range page.Schedules {
			names = append(names, aws.ToString(s.Name))
		}
	}
	slices.Sort(names)
	return names, nil
}

// events reads one event of a group or, where name is "", all.
func (r scheduleReader) events(ctx context.Context, group, name string) ([]event, error) {
	names := []string{name}
	if name == "" {
		var err error
		if names, err = r.names(ctx, group); err != nil {
			return nil, err
		}
	}
	var events []event
	for _, name := range names {
		e, err := r.event(ctx, group, name)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// commonZone returns the zone of all events; its error names two that differ.
func commonZone(events []event) (*time.Location, error) {
	for _, e := range events[1:] {
		if e.zone != events[0].zone {
			return nil, fmt.Errorf("%s is in %s, %s in %s",
				events[0].name, events[0].zone, e.name, e.zone)
		}
	}
	return awscron.LoadLocation(events[0].zone)
}

func notFound(err error) bool {
	_, ok := errors.AsType[*types.ResourceNotFoundException](err)
	return ok
}

// awsError says what failed and AWS's reason.
func awsError(err error, format string, args ...any) error {
	return fmt.Errorf("%s: %s", fmt.Sprintf(format, args...), command.Explain(err))
}
