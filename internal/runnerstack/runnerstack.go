// Package runnerstack keeps what one savings_runner resource is made of: the function, its
// execution role, the role that EventBridge Scheduler assumes, and the log group. It makes all or
// nothing, finds a killed creation again, mends what was changed outside, and removes what is its
// own. It knows AWS and nothing of Terraform.
package runnerstack

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// Stack is what one resource wants to exist.
type Stack struct {
	// Name is the function's. Roles and log group derive their names from it.
	Name string
	// Architecture is "arm64" or "x86_64".
	Architecture string
	// MemorySize is in MB, Timeout in seconds.
	MemorySize, Timeout int32
	// LogRetention is in days, one of RetentionDays.
	LogRetention int32
	// ExecutionRoleARN and SchedulerRoleARN are roles of the user's; "" makes one of ours.
	ExecutionRoleARN, SchedulerRoleARN string
	// Path is the IAM path of the roles that are ours, such as "/team/"; "" is "/".
	Path string
	// PermissionsBoundaryARN is put on the roles that are ours; "" for none.
	PermissionsBoundaryARN string
	// DeadLetterARN is an SQS queue that the scheduler's role may send to; "" for none.
	DeadLetterARN string
	// FailureDestinationARN gets the events that failed for good: an SQS queue, an SNS topic or an
	// event bus; "" for none.
	FailureDestinationARN string
	// Tags are put on everything that is made.
	Tags map[string]string
	// Zip is the runner's package, for a function without an image. Beside an image it is what puts a
	// function back that had a zip package and cannot have the image.
	Zip []byte
	// ImageURI is the image that the function runs; "" makes its package a zip.
	ImageURI string
	// Repository is where ImageURI, then by digest, is pushed to; nil where the image is the user's
	// own. Image is what to push, nil in what a state says.
	Repository *runnerimage.Repository
	Image      *runnerimage.Image
	// KeepImage leaves images in the repository that are no longer used.
	KeepImage bool
	// CodeDigest is the package's digest as Lambda's CodeSha256; "" for an image of the user's by tag.
	CodeDigest string
}

// Live is what exists of a stack; nil members are missing.
type Live struct {
	Function *Function
	Async    *AsyncConfig
	LogGroup *LogGroup
	// Image is the URI of the pushed image where its repository has it under its tag; "" otherwise.
	Image string
	// ImageUntagged tells that the repository has the image, and not under its tag.
	ImageUntagged bool
	// ImageError is why nothing is known of the image; nil where that is known.
	ImageError error
	// ExecutionRole and SchedulerRole are the roles that have our names; see Of.
	ExecutionRole, SchedulerRole *Role
}

// Function is the Lambda function as AWS holds it.
type Function struct {
	ARN, RoleARN     string
	Runtime, Handler string
	// PackageType is "Zip" or "Image", ImageURI the image as it was given.
	PackageType, ImageURI string
	Architecture          string
	MemorySize, Timeout   int32
	LogGroup, LogFormat   string
	CodeDigest            string
	Tags                  map[string]string
	Extras                Extras
	// ReservedConcurrency is nil where none is set, as on a function of ours.
	ReservedConcurrency *int32
	// Broken says why the function cannot run, or not what it was updated to; "" where it can.
	Broken string
	// Failed functions are never updated, only deleted.
	Failed bool
}

// Extras are settings that a function of ours never has.
type Extras struct {
	// Variables are the names of environment variables. Their values may be secrets.
	Variables []string
	// Layers are ARNs, Subnets the IDs of a VPC's.
	Layers, Subnets []string
	// Overrides are what replaces the image's own entry point, command and working directory.
	Overrides []string
}

// AsyncConfig is the function's configuration for asynchronous invocation.
type AsyncConfig struct {
	MaximumRetryAttempts  int32
	MaximumEventAge       int32 // seconds
	FailureDestinationARN string
}

// LogGroup is the function's log group; RetentionDays is 0 where its events never expire.
type LogGroup struct {
	ARN           string
	RetentionDays int32
	Tags          map[string]string
}

// Role is a role of ours. Trust and Policy are JSON documents; Policy is the inline policy that
// this package writes, "" where it is missing.
type Role struct {
	ARN, Name              string
	Trust, Policy          string
	PermissionsBoundaryARN string
	Tags                   map[string]string
}

// Outcome names what a write left behind.
type Outcome struct {
	FunctionARN, ExecutionRoleARN, SchedulerRoleARN string
	// CodeDigest is what Lambda found where the stack had none.
	CodeDigest string
	// Warnings are sentences for the user.
	Warnings []string
	// Pushed tells that a failed update leaves an image in a repository that the state did not have.
	Pushed bool
}

// Empty tells that nothing of the stack exists.
func (l *Live) Empty() bool {
	return l.Function == nil && l.LogGroup == nil && l.ExecutionRole == nil &&
		l.SchedulerRole == nil && l.Image == ""
}

// Of returns l without roles that merely have the names of ours: the stack has others in their place or
// they are a stranger's, and they bear no mark of an unfinished write.
func (l *Live) Of(have Stack, region string) *Live {
	of := *l
	if place, ok := l.Place(region); ok {
		have = have.own(place)
	}
	if !have.ours(of.ExecutionRole, have.ExecutionRoleARN) {
		of.ExecutionRole = nil
	}
	if !have.ours(of.SchedulerRole, have.SchedulerRoleARN) {
		of.SchedulerRole = nil
	}
	return &of
}

// Lambda is what the package calls of AWS Lambda; *lambda.Client is one.
type Lambda interface {
	lambda.GetFunctionAPIClient
	CreateFunction(context.Context, *lambda.CreateFunctionInput,
		...func(*lambda.Options)) (*lambda.CreateFunctionOutput, error)
	UpdateFunctionCode(context.Context, *lambda.UpdateFunctionCodeInput,
		...func(*lambda.Options)) (*lambda.UpdateFunctionCodeOutput, error)
	UpdateFunctionConfiguration(context.Context, *lambda.UpdateFunctionConfigurationInput,
		...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error)
	DeleteFunctionConcurrency(context.Context, *lambda.DeleteFunctionConcurrencyInput,
		...func(*lambda.Options)) (*lambda.DeleteFunctionConcurrencyOutput, error)
	DeleteFunction(context.Context, *lambda.DeleteFunctionInput,
		...func(*lambda.Options)) (*lambda.DeleteFunctionOutput, error)
	TagResource(context.Context, *lambda.TagResourceInput,
		...func(*lambda.Options)) (*lambda.TagResourceOutput, error)
	UntagResource(context.Context, *lambda.UntagResourceInput,
		...func(*lambda.Options)) (*lambda.UntagResourceOutput, error)
	GetFunctionEventInvokeConfig(context.Context, *lambda.GetFunctionEventInvokeConfigInput,
		...func(*lambda.Options)) (*lambda.GetFunctionEventInvokeConfigOutput, error)
	PutFunctionEventInvokeConfig(context.Context, *lambda.PutFunctionEventInvokeConfigInput,
		...func(*lambda.Options)) (*lambda.PutFunctionEventInvokeConfigOutput, error)
	DeleteFunctionEventInvokeConfig(context.Context, *lambda.DeleteFunctionEventInvokeConfigInput,
		...func(*lambda.Options)) (*lambda.DeleteFunctionEventInvokeConfigOutput, error)
}

// IAM is what the package calls of IAM; *iam.Client is one.
type IAM interface {
	iam.ListRolePoliciesAPIClient
	iam.ListAttachedRolePoliciesAPIClient
	GetRole(context.Context, *iam.GetRoleInput,
		...func(*iam.Options)) (*iam.GetRoleOutput, error)
	CreateRole(context.Context, *iam.CreateRoleInput,
		...func(*iam.Options)) (*iam.CreateRoleOutput, error)
	DeleteRole(context.Context, *iam.DeleteRoleInput,
		...func(*iam.Options)) (*iam.DeleteRoleOutput, error)
	UpdateAssumeRolePolicy(context.Context, *iam.UpdateAssumeRolePolicyInput,
		...func(*iam.Options)) (*iam.UpdateAssumeRolePolicyOutput, error)
	PutRolePermissionsBoundary(context.Context, *iam.PutRolePermissionsBoundaryInput,
		...func(*iam.Options)) (*iam.PutRolePermissionsBoundaryOutput, error)
	DeleteRolePermissionsBoundary(context.Context, *iam.DeleteRolePermissionsBoundaryInput,
		...func(*iam.Options)) (*iam.DeleteRolePermissionsBoundaryOutput, error)
	GetRolePolicy(context.Context, *iam.GetRolePolicyInput,
		...func(*iam.Options)) (*iam.GetRolePolicyOutput, error)
	PutRolePolicy(context.Context, *iam.PutRolePolicyInput,
		...func(*iam.Options)) (*iam.PutRolePolicyOutput, error)
	DeleteRolePolicy(context.Context, *iam.DeleteRolePolicyInput,
		...func(*iam.Options)) (*iam.DeleteRolePolicyOutput, error)
	TagRole(context.Context, *iam.TagRoleInput,
		...func(*iam.Options)) (*iam.TagRoleOutput, error)
	UntagRole(context.Context, *iam.UntagRoleInput,
		...func(*iam.Options)) (*iam.UntagRoleOutput, error)
}

// Logs is what the package calls of CloudWatch Logs; *cloudwatchlogs.Client is one.
type Logs interface {
	cloudwatchlogs.DescribeLogGroupsAPIClient
	CreateLogGroup(context.Context, *cloudwatchlogs.CreateLogGroupInput,
		...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.CreateLogGroupOutput, error)
	DeleteLogGroup(context.Context, *cloudwatchlogs.DeleteLogGroupInput,
		...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DeleteLogGroupOutput, error)
	PutRetentionPolicy(context.Context, *cloudwatchlogs.PutRetentionPolicyInput,
		...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.PutRetentionPolicyOutput, error)
	ListTagsForResource(context.Context, *cloudwatchlogs.ListTagsForResourceInput,
		...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.ListTagsForResourceOutput, error)
	TagResource(context.Context, *cloudwatchlogs.TagResourceInput,
		...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.TagResourceOutput, error)
	UntagResource(context.Context, *cloudwatchlogs.UntagResourceInput,
		...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.UntagResourceOutput, error)
}

// Keeper does the work in one region. All its members are needed; New fills them.
type Keeper struct {
	Lambda   Lambda
	IAM      IAM
	Logs     Logs
	Registry Registry
	Region   string
	// Sleep waits, or returns the context's error.
	Sleep func(context.Context, time.Duration) error
	Now   func() time.Time
	// Log takes one line that says what a wait is for.
	Log func(ctx context.Context, line string)
	// Token makes the value of the creating tag, another one at each call.
	Token func() string
}

// New returns a Keeper that calls AWS with cfg, and registries with opts.
func New(cfg aws.Config, log func(context.Context, string), opts ...runnerimage.Option) *Keeper {
	return &Keeper{
		Lambda:   lambda.NewFromConfig(cfg),
		IAM:      iam.NewFromConfig(cfg),
		Logs:     cloudwatchlogs.NewFromConfig(cfg),
		Registry: runnerimage.NewRegistry(cfg, log, opts...),
		Region:   cfg.Region,
		Sleep:    sleep,
		Now:      time.Now,
		Log:      log,
		Token:    rand.Text,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
