package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// facts are all that was read.
type facts struct {
	Question
	groupName string
	group     read[*scheduler.GetScheduleGroupOutput]
	tags      read[map[string]string]
	// names are those of the schedules in question, of all events but for one that was asked for.
	names read[[]string]
	// events are the schedules that could be read, by name; unread the others.
	events []*event
	unread []Finding

	functions map[string]read[*lambda.GetFunctionOutput] // by ARN
	images    map[string]read[bool]                      // by URI with digest
	roles     map[string]read[*role]                     // by ARN
	queues    map[string]read[string]                    // messages by ARN
	logs      map[string]read[*history]                  // by log group
}

// event is a schedule.
type event struct {
	// key is the event's in the configuration; name the schedule's.
	key, name string
	*scheduler.GetScheduleOutput
	// payload is its input, where payloadErr is nil, and calls the commands in it, where callsErr is.
	payload              payload.Payload
	calls                []*command.Call
	payloadErr, callsErr error
}

func (e *event) function() string { return aws.ToString(e.Target.Arn) }
func (e *event) role() string     { return aws.ToString(e.Target.RoleArn) }
func (e *event) zone() string     { return aws.ToString(e.ScheduleExpressionTimezone) }
func (e *event) enabled() bool    { return e.State == types.ScheduleStateEnabled }
func (e *event) stops() bool      { return slices.ContainsFunc(e.calls, (*command.Call).Stops) }

func (e *event) deadLetters() string {
	if e.Target.DeadLetterConfig == nil {
		return ""
	}
	return aws.ToString(e.Target.DeadLetterConfig.Arn)
}

// place is where the schedule lives.
func (e *event) place() command.Scope {
	a, _ := arn.Parse(aws.ToString(e.Arn)) // AWS's own
	return command.Scope{Partition: a.Partition, Region: a.Region, Account: a.AccountID}
}

// gather reads everything, what depends on something after that.
func gather(ctx context.Context, c Clients, q Question) *facts {
	f := &facts{Question: q}
	var prefix string
	f.groupName, prefix = q.group()
	f.readGroup(ctx, c)
	f.readNames(ctx, c, prefix)
	if f.group.gone() || f.names.gone() {
		return f
	}
	f.readEvents(ctx, c, prefix)
	f.functions = each(ctx, f.all((*event).function), c.function)
	f.queues = each(ctx, f.all((*event).deadLetters), c.depth)
	roles, images, logs := f.all((*event).role), []string{}, []string{}
	for _, function := range f.functions {
		if function.err != nil {
			continue
		}
		if uri := imageOf(function.value); uri != "" {
			images = append(images, uri)
		}
		roles = append(roles, aws.ToString(function.value.Configuration.Role))
		logs = append(logs, logGroup(function.value))
	}
	f.roles = each(ctx, roles, c.role)
	f.images = each(ctx, images, c.hasImage)
	f.logs = each(ctx, logs, func(ctx context.Context, log string) (*history, error) {
		return c.history(ctx, log, f)
	})
	return f
}

// all are the values that the events have, without "" and each once.
func (f *facts) all(of func(*event) string) []string {
	var values []string
	for _, e := range f.events {
		if v := of(e); v != "" {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func (f *facts) readGroup(ctx context.Context, c Clients) {
	out, err := c.Scheduler.GetScheduleGroup(ctx, &scheduler.GetScheduleGroupInput{Name: &f.groupName})
	f.group.value, f.group.err = out, looked(err, "scheduler:GetScheduleGroup", "reading schedule group %q", f.groupName)
	if f.group.err != nil || f.Group != "" {
		return // a shared group has no tags of ours
	}
	tags, err := c.Scheduler.ListTagsForResource(ctx, &scheduler.ListTagsForResourceInput{ResourceArn: out.Arn})
	f.tags.err = looked(err, "scheduler:ListTagsForResource", "reading the tags of schedule group %q", f.groupName)
	if err != nil {
		return
	}
	f.tags.value = map[string]string{}
	for _, t := range tags.Tags {
		f.tags.value[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
}

func (f *facts) readNames(ctx context.Context, c Clients, prefix string) {
	in := &scheduler.ListSchedulesInput{GroupName: &f.groupName}
	if prefix != "" {
		in.NamePrefix = &prefix
	}
	pages := scheduler.NewListSchedulesPaginator(c.Scheduler, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			f.names.err = looked(err, "scheduler:ListSchedules", "listing the schedules of group %q", f.groupName)
			return
		}
		for _, s := range page.Schedules {
			f.names.value = append(f.names.value, aws.ToString(s.Name))
		}
	}
	slices.Sort(f.names.value)
}

func (f *facts) readEvents(ctx context.Context, c Clients, prefix string) {
	names := f.names.value
	if f.Event != "" {
		names = []string{prefix + f.Event}
	}
	found := each(ctx, names, func(ctx context.Context, name string) (*scheduler.GetScheduleOutput, error) {
		out, err := c.Scheduler.GetSchedule(ctx, &scheduler.GetScheduleInput{GroupName: &f.groupName, Name: &name})
		return out, looked(err, "scheduler:GetSchedule", "reading schedule %q", name)
	})
	for _, name := range names {
		key := strings.TrimPrefix(name, prefix)
		switch r := found[name]; {
		case r.gone():
			f.unread = append(f.unread, f.missing(key))
		case r.err != nil:
			f.unread = append(f.unread, unread(key, r.err))
		default:
			f.events = append(f.events, newEvent(key, name, r.value))
		}
	}
}

func newEvent(key, name string, out *scheduler.GetScheduleOutput) *event {
	if out.Target == nil {
		out.Target = &types.Target{}
	}
	e := &event{key: key, name: name, GetScheduleOutput: out}
	e.payload, e.payloadErr = payload.Decode([]byte(aws.ToString(out.Target.Input)))
	if e.payloadErr != nil {
		return e
	}
	for _, args := range e.payload.Commands() {
		call, err := command.Parse(args)
		if err != nil {
			e.callsErr = err
			return e
		}
		e.calls = append(e.calls, call)
	}
	return e
}

var errNoFunction = errors.New("it is no Lambda function")

func (c Clients) function(ctx context.Context, functionARN string) (*lambda.GetFunctionOutput, error) {
	a, err := arn.Parse(functionARN)
	if err != nil || a.Service != "lambda" {
		return nil, errNoFunction
	}
	out, err := c.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &functionARN},
		func(o *lambda.Options) { o.Region = a.Region })
	return out, looked(err, "lambda:GetFunction", "reading function %s", last(functionARN))
}

// depth is how many messages wait in a queue.
func (c Clients) depth(ctx context.Context, queueARN string) (string, error) {
	a, _ := arn.Parse(queueARN) // AWS takes no other
	found, err := c.SQS.GetQueueUrl(ctx,
		&sqs.GetQueueUrlInput{QueueName: &a.Resource, QueueOwnerAWSAccountId: &a.AccountID})
	if err := looked(err, "sqs:GetQueueUrl", "finding queue %s", a.Resource); err != nil {
		return "", err
	}
	const depth = sqstypes.QueueAttributeNameApproximateNumberOfMessages
	out, err := c.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: found.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{depth},
	})
	if err := looked(err, "sqs:GetQueueAttributes", "reading queue %s", a.Resource); err != nil {
		return "", err
	}
	return out.Attributes[string(depth)], nil
}

// imageOf is the image that a function runs, with its digest; "" where it has a zip package, and where
// its image is not in Amazon ECR.
func imageOf(f *lambda.GetFunctionOutput) string {
	if f.Code == nil || !strings.Contains(aws.ToString(f.Code.ResolvedImageUri), ".dkr.ecr.") {
		return ""
	}
	return aws.ToString(f.Code.ResolvedImageUri)
}

// splitImage takes ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@DIGEST apart.
func splitImage(uri string) (account, region, repository, digest string) {
	host, rest, _ := strings.Cut(uri, "/")
	parts := strings.SplitN(host, ".", 5)
	repository, digest, _ = strings.Cut(rest, "@")
	if len(parts) < 5 {
		return "", "", repository, digest
	}
	return parts[0], parts[3], repository, digest
}

// hasImage tells whether an image is in its repository. Its error is errGone where it is not.
func (c Clients) hasImage(ctx context.Context, uri string) (bool, error) {
	account, region, repository, digest := splitImage(uri)
	_, err := c.ECR.DescribeImages(ctx, &ecr.DescribeImagesInput{
		RegistryId: &account, RepositoryName: &repository,
		ImageIds: []ecrtypes.ImageIdentifier{{ImageDigest: &digest}},
	}, func(o *ecr.Options) { o.Region = region })
	err = looked(err, "ecr:DescribeImages", "reading repository %s", repository)
	return err == nil, err
}

// logGroup is where a function logs to.
func logGroup(f *lambda.GetFunctionOutput) string {
	if l := f.Configuration.LoggingConfig; l != nil && aws.ToString(l.LogGroup) != "" {
		return aws.ToString(l.LogGroup)
	}
	return "/aws/lambda/" + aws.ToString(f.Configuration.FunctionName)
}

// last is the name in an ARN.
func last(text string) string {
	_, name, ok := strings.Cut(text, ":function:")
	if ok {
		return name
	}
	return text[max(strings.LastIndex(text, "/"), strings.LastIndex(text, ":"))+1:]
}

// local writes an instant on the clocks of a zone.
func local(t time.Time, zone *time.Location) string { return t.In(zone).Format("Mon 2006-01-02 15:04") }
