// Package doctor follows the schedules of one savings_schedule from their expressions to what became of
// their last runs, and says where it breaks, with the fix. It only reads.
package doctor

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// The AWS calls that a doctor makes, all of which only read.
type (
	// Scheduler is EventBridge Scheduler.
	Scheduler interface {
		GetSchedule(context.Context, *scheduler.GetScheduleInput, ...func(*scheduler.Options)) (
			*scheduler.GetScheduleOutput, error)
		GetScheduleGroup(context.Context, *scheduler.GetScheduleGroupInput, ...func(*scheduler.Options)) (
			*scheduler.GetScheduleGroupOutput, error)
		ListSchedules(context.Context, *scheduler.ListSchedulesInput, ...func(*scheduler.Options)) (
			*scheduler.ListSchedulesOutput, error)
		ListTagsForResource(context.Context, *scheduler.ListTagsForResourceInput, ...func(*scheduler.Options)) (
			*scheduler.ListTagsForResourceOutput, error)
	}
	// Lambda is AWS Lambda.
	Lambda interface {
		GetFunction(context.Context, *lambda.GetFunctionInput, ...func(*lambda.Options)) (
			*lambda.GetFunctionOutput, error)
	}
	// IAM is AWS Identity and Access Management.
	IAM interface {
		GetRole(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error)
		GetRolePolicy(context.Context, *iam.GetRolePolicyInput, ...func(*iam.Options)) (
			*iam.GetRolePolicyOutput, error)
		ListRolePolicies(context.Context, *iam.ListRolePoliciesInput, ...func(*iam.Options)) (
			*iam.ListRolePoliciesOutput, error)
		ListAttachedRolePolicies(context.Context, *iam.ListAttachedRolePoliciesInput, ...func(*iam.Options)) (
			*iam.ListAttachedRolePoliciesOutput, error)
		GetPolicy(context.Context, *iam.GetPolicyInput, ...func(*iam.Options)) (*iam.GetPolicyOutput, error)
		GetPolicyVersion(context.Context, *iam.GetPolicyVersionInput, ...func(*iam.Options)) (
			*iam.GetPolicyVersionOutput, error)
	}
	// Logs is Amazon CloudWatch Logs.
	Logs interface {
		FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (
			*cloudwatchlogs.FilterLogEventsOutput, error)
	}
	// ECR is Amazon ECR.
	ECR interface {
		DescribeImages(context.Context, *ecr.DescribeImagesInput, ...func(*ecr.Options)) (
			*ecr.DescribeImagesOutput, error)
	}
	// SQS is Amazon SQS.
	SQS interface {
		GetQueueUrl(context.Context, *sqs.GetQueueUrlInput, ...func(*sqs.Options)) (*sqs.GetQueueUrlOutput, error)
		GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (
			*sqs.GetQueueAttributesOutput, error)
	}
)

// Clients are those of the region that the schedules are in.
type Clients struct {
	Scheduler Scheduler
	Lambda    Lambda
	IAM       IAM
	Logs      Logs
	ECR       ECR
	SQS       SQS
}

// Question is what a doctor is asked about.
type Question struct {
	// Name is the savings_schedule's. Group is its group_name, "" where the group is its own.
	Name, Group string
	// Event is the key of the event to look at; "" is all of them.
	Event  string
	Region string
	Now    time.Time
}

// group is the schedule group, and prefix what the names of the schedules in it begin with.
func (q Question) group() (group, prefix string) {
	if q.Group == "" {
		return q.Name, ""
	}
	return q.Group, q.Name + "-"
}

// Status is how a look ended.
type Status string

// Statuses. Each of the first three is worse than the next.
const (
	// Broken keeps an event from being carried out, or kept its last run from it.
	Broken Status = "broken"
	// Unknown could not be looked at.
	Unknown Status = "unknown"
	// Note is worth to be known, and breaks nothing.
	Note Status = "note"
	OK   Status = "ok"
)

// Finding is what was found in one place.
type Finding struct {
	// Check is the place in the chain, a word of the table of checks.
	Check string `json:"check"`
	// On is the name of what was looked at there.
	On     string `json:"on"`
	Status Status `json:"status"`
	// Found says in words what was found.
	Found string `json:"found"`
	// Fix says what to write or run; "" where there is nothing to be done.
	Fix string `json:"fix,omitempty"`
}

// Report is what a doctor found, in the order of the chain: a cause stands before what comes of it.
type Report struct {
	Name     string    `json:"name"`
	Group    string    `json:"group"`
	Region   string    `json:"region"`
	Status   Status    `json:"status"`
	Findings []Finding `json:"findings"`
}

// check is one place in the chain.
type check struct {
	name string
	look func(*facts) []Finding
}

// checks is the chain from an expression to what became of its last run.
var checks = []check{
	{"schedule", lookSchedules},
	{"group", lookGroup},
	{"hold", lookHolds},
	{"function", lookTargets},
	{"image", lookImages},
	{"state", lookStates},
	{"scheduler role", lookTrust},
	{"invoke", lookInvoke},
	{"rights", lookRights},
	{"delivery", lookDelivery},
	{"last run", lookRuns},
}

// Look follows the chain. What cannot be read is in the report; ctx bounds the whole.
func Look(ctx context.Context, c Clients, q Question) Report {
	f := gather(ctx, c, q)
	group, _ := q.group()
	r := Report{Name: q.Name, Group: group, Region: q.Region, Status: OK}
	for _, check := range checks {
		for _, finding := range check.look(f) {
			finding.Check = check.name
			r.Findings = append(r.Findings, finding)
		}
	}
	for _, worst := range []Status{Broken, Unknown} {
		if r.first(worst) != nil {
			r.Status = worst
			break
		}
	}
	return r
}

// first is the first finding of a status, or nil.
func (r Report) first(s Status) *Finding {
	for i := range r.Findings {
		if r.Findings[i].Status == s {
			return &r.Findings[i]
		}
	}
	return nil
}
