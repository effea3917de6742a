// Package fakeaws is an AWS behind HTTP for tests: the real SDK's clients speak to it, and it keeps
// the rules of AWS that emulators leave out. It records every request, lets a test look on before a
// request takes effect, and fails where it is told to. No shipped package imports it.
package fakeaws

import (
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Account and Region are what New uses unless told otherwise.
const (
	Account = "123456789012"
	Region  = "us-east-1"
)

// AWS is one account in one region. It is an http.Handler and safe for concurrent use.
type AWS struct {
	account, region string
	now             func() time.Time
	url             string
	services        map[string]*service // by signing name

	mu         sync.Mutex // guards what follows, and all state of the services
	requests   []Request
	hooks      []func(Request)
	faults     []*armedFault
	decide     func(Request) Fault
	scheduler  *Scheduler
	iam        *IAM
	lambda     *Lambda
	logs       *Logs
	rds        *RDS
	ecs        *ECS
	appScaling *AppScaling
	eks        *EKS
	redshift   *Redshift
	sagemaker  *SageMaker
	cloudfront *CloudFront
	ec2        *EC2
	scaling    *AutoScaling
	ecr        *ECR
	enforced   *enforcement // nil without Enforce
}

// Option changes a default of New.
type Option func(*AWS)

// WithAccount sets the account's number, twelve digits.
func WithAccount(id string) Option { return func(a *AWS) { a.account = id } }

// WithRegion sets the region, such as "ap-northeast-1".
func WithRegion(name string) Option { return func(a *AWS) { a.region = name } }

// WithClock sets the clock; a *Clock's Now fits.
func WithClock(now func() time.Time) Option { return func(a *AWS) { a.now = now } }

// WithValidExpression replaces the check of schedule expressions, which knows only the fields,
// their ranges and the documented wildcards.
func WithValidExpression(valid func(expr string) bool) Option {
	return func(a *AWS) { a.scheduler.validExpression = valid }
}

// WithoutRoleChecks lets EventBridge Scheduler and Lambda take any role, as emulators do.
func WithoutRoleChecks() Option { return func(a *AWS) { a.iam.unchecked = true } }

// WithAssumeRefusals makes each service refuse a role this often after its creation.
func WithAssumeRefusals(n int) Option { return func(a *AWS) { a.iam.refusals = n } }

// WithTrustDelay makes each service refuse a role for so long after its creation or a change of its
// trust policy.
func WithTrustDelay(d time.Duration) Option { return func(a *AWS) { a.iam.trustDelay = d } }

// New returns an empty account.
func New(opts ...Option) *AWS {
	a := &AWS{account: Account, region: Region, now: time.Now}
	a.scheduler = newScheduler(a)
	a.iam = newIAM(a)
	a.lambda = newLambda(a)
	a.logs = newLogs(a)
	a.rds = newRDS(a)
	a.redshift, a.sagemaker, a.cloudfront = newRedshift(a), newSageMaker(a), newCloudFront(a)
	a.ecs = newECS(a)
	a.appScaling = newAppScaling(a)
	a.eks = newEKS(a)
	a.ec2 = newEC2(a)
	a.scaling = newAutoScaling(a)
	a.ecr = newECR(a)
	for _, opt := range opts {
		opt(a)
	}
	a.services = map[string]*service{}
	for _, s := range []*service{
		a.scheduler.service(), a.iam.service(), a.lambda.service(), a.logs.service(),
		a.rds.service(), (&STS{a}).service(),
		a.redshift.service(), a.sagemaker.service(), a.cloudfront.service(),
		a.ecs.service(), a.appScaling.service(), a.eks.service(),
		a.ec2.service(), a.scaling.service(), a.ecr.service(),
	} {
		a.services[s.name] = s
	}
	return a
}

// Start serves a new account on 127.0.0.1 until the test ends.
func Start(tb testing.TB, opts ...Option) *AWS {
	tb.Helper()
	a := New(opts...)
	server := httptest.NewServer(a)
	tb.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// URL is the endpoint of every service, for AWS_ENDPOINT_URL. It is "" unless Start made a.
func (a *AWS) URL() string { return a.url }

// Config is what the SDK's clients need to speak to a: static credentials, region and endpoint. The
// SDK's retries stay, with a back-off of at most 5 ms and no rate limit.
func (a *AWS) Config() aws.Config {
	return aws.Config{
		Region:       a.region,
		BaseEndpoint: aws.String(a.url),
		Credentials:  credentials.NewStaticCredentialsProvider(rootKey, "secret", ""),
		HTTPClient:   heldBody{awshttp.NewBuildableClient().WithTimeout(time.Minute)},
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxBackoff = 5 * time.Millisecond
				o.RateLimiter = ratelimit.None
			})
		},
	}
}

// Requests returns everything received so far, in order.
func (a *AWS) Requests() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

// OnRequest adds a hook that is called with each request before it takes effect. The request waits
// for the hook, which may look at all state, block, or kill.
func (a *AWS) OnRequest(hook func(Request)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hooks = append(a.hooks, hook)
}

// Leftovers lists all that exists, one line each, but for the schedule group "default" while it is
// empty.
func (a *AWS) Leftovers() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var left []string
	for _, name := range sortedKeys(a.services) {
		left = append(left, a.services[name].leftovers()...)
	}
	return left
}

// Empty tells that there are no Leftovers.
func (a *AWS) Empty() bool { return len(a.Leftovers()) == 0 }

// Clock is a clock that a test moves. Its zero value stands at the zero time.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at t.
func NewClock(t time.Time) *Clock { return &Clock{now: t} }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
