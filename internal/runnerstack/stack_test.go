package runnerstack_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

const (
	executionRole = "tools-us-east-1"
	schedulerRole = "tools-us-east-1-scheduler"
	logGroup      = "/aws/lambda/tools"
	functionARN   = "arn:aws:lambda:us-east-1:123456789012:function:tools"
	deadLetters   = "arn:aws:sqs:us-east-1:123456789012:letters"
	failures      = "arn:aws:sns:us-east-1:123456789012:failures"
	boundary      = "arn:aws:iam::123456789012:policy/boundary"
	repositoryURL = "123456789012.dkr.ecr.us-east-1.amazonaws.com/runners"
)

// account is a fake AWS with a Keeper on it, whose sleeps turn the account's clock.
type account struct {
	*runnerstack.Keeper
	aws   *fakeaws.AWS
	clock *fakeaws.Clock

	mu     sync.Mutex
	lines  []string
	tokens int
}

func start(t *testing.T, opts ...fakeaws.Option) *account {
	t.Helper()
	a := &account{clock: fakeaws.NewClock(time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC))}
	a.aws = fakeaws.Start(t, append(opts, fakeaws.WithClock(a.clock.Now))...)
	a.Keeper = runnerstack.New(a.aws.Config(), a.log,
		runnerimage.WithTransport(a.aws.RegistryTransport()), runnerimage.WithBackoff(time.Millisecond))
	a.aws.ECR().PutRepository(fakeaws.ECRRepository{Name: "runners", Immutable: true})
	a.Now = a.clock.Now
	a.Sleep = func(ctx context.Context, d time.Duration) error {
		a.clock.Advance(d)
		return ctx.Err()
	}
	a.Token = func() string {
		a.tokens++
		return fmt.Sprintf("token-%d", a.tokens)
	}
	return a
}

func (a *account) log(_ context.Context, line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines = append(a.lines, line)
}

func (a *account) lambda() *lambda.Client       { return lambda.NewFromConfig(a.aws.Config()) }
func (a *account) iam() *iam.Client             { return iam.NewFromConfig(a.aws.Config()) }
func (a *account) logs() *cloudwatchlogs.Client { return cloudwatchlogs.NewFromConfig(a.aws.Config()) }

// operations lists the requests so far as "service:Operation".
func (a *account) operations() []string {
	var all []string
	for _, r := range a.aws.Requests() {
		all = append(all, r.Service+":"+r.Operation)
	}
	return all
}

// changes lists the operations that are no reads.
func changes(operations []string) []string {
	var all []string
	for _, o := range operations {
		_, verb, _ := strings.Cut(o, ":")
		if !strings.HasPrefix(verb, "Get") && !strings.HasPrefix(verb, "List") &&
			!strings.HasPrefix(verb, "Describe") {
			all = append(all, o)
		}
	}
	return all
}

// minimal is a stack with nothing but what is required; full has every setting.
func minimal(t *testing.T) runnerstack.Stack {
	t.Helper()
	s := runnerstack.Stack{
		Name: "tools", Architecture: "arm64", MemorySize: 128, Timeout: 900, LogRetention: 7,
		Zip: acctest.Zip(t, "bootstrap", "one"),
	}
	s.CodeDigest = bundle.Digest(s.Zip)
	return s
}

func full(t *testing.T) runnerstack.Stack {
	t.Helper()
	s := minimal(t)
	s.PermissionsBoundaryARN, s.DeadLetterARN, s.FailureDestinationARN = boundary, deadLetters, failures
	s.Tags = map[string]string{"team": "web"}
	return s
}

// imaged is full as an image of the bundled runner, which holds program.
func imaged(t *testing.T, program string) runnerstack.Stack {
	t.Helper()
	s := full(t)
	image, err := runnerimage.Assemble(s.Architecture, []byte(program), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	repo, err := runnerimage.ParseRepository(repositoryURL)
	if err != nil {
		t.Fatal(err)
	}
	s.Zip, s.Image, s.Repository = nil, image, &repo
	s.ImageURI = repositoryURL + "@" + image.Digest()
	s.CodeDigest = strings.TrimPrefix(image.Digest(), "sha256:")
	return s
}

// packages are full with either kind of package.
var packages = map[string]func(*testing.T) runnerstack.Stack{
	"zip":   full,
	"image": func(t *testing.T) runnerstack.Stack { t.Helper(); return imaged(t, "one") },
}

// liveFull is what full looks like at AWS.
func liveFull(t *testing.T) *runnerstack.Live { t.Helper(); return liveOf(t, full(t)) }

// liveOf is what full looks like at AWS with the package of s.
func liveOf(t *testing.T, s runnerstack.Stack) *runnerstack.Live {
	t.Helper()
	live := liveZip(t, s)
	if s.ImageURI == "" {
		return live
	}
	f := live.Function
	f.PackageType, f.ImageURI, f.Runtime, f.Handler = "Image", s.ImageURI, "", ""
	if s.Repository != nil {
		live.Image = s.ImageURI
	}
	live.ExecutionRole.Policy = strings.Replace(live.ExecutionRole.Policy, `{"Effect":"Allow","Action":["sns`,
		`{"Effect":"Allow","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Resource":`+
			`["arn:aws:ecr:us-east-1:123456789012:repository/runners"]},{"Effect":"Allow","Action":["sns`, 1)
	return live
}

func liveZip(t *testing.T, s runnerstack.Stack) *runnerstack.Live {
	t.Helper()
	tags := func() map[string]string { return maps.Clone(s.Tags) }
	return &runnerstack.Live{
		Function: &runnerstack.Function{
			ARN: functionARN, RoleARN: "arn:aws:iam::123456789012:role/" + executionRole,
			Runtime: "provided.al2023", Handler: "bootstrap", Architecture: "arm64",
			MemorySize: 128, Timeout: 900, LogGroup: logGroup, LogFormat: "Text",
			PackageType: "Zip", CodeDigest: s.CodeDigest, Tags: tags(),
		},
		Async: &runnerstack.AsyncConfig{
			MaximumRetryAttempts: 2, MaximumEventAge: 3600, FailureDestinationARN: failures,
		},
		LogGroup: &runnerstack.LogGroup{
			ARN: "arn:aws:logs:us-east-1:123456789012:log-group:" + logGroup, RetentionDays: 7,
			Tags: tags(),
		},
		ExecutionRole: &runnerstack.Role{
			ARN: "arn:aws:iam::123456789012:role/" + executionRole, Name: executionRole,
			PermissionsBoundaryARN: boundary, Tags: tags(),
			Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"Service":"lambda.amazonaws.com"},"Action":["sts:AssumeRole"]}]}`,
			Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":` +
				`["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/tools:*"]},` +
				`{"Effect":"Allow","Action":["sns:Publish"],"Resource":` +
				`["arn:aws:sns:us-east-1:123456789012:failures"]}]}`,
		},
		SchedulerRole: &runnerstack.Role{
			ARN: "arn:aws:iam::123456789012:role/" + schedulerRole, Name: schedulerRole,
			PermissionsBoundaryARN: boundary, Tags: tags(),
			Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"Service":"scheduler.amazonaws.com"},"Action":["sts:AssumeRole"],` +
				`"Condition":{"ArnLike":{"aws:SourceArn":` +
				`"arn:aws:scheduler:us-east-1:123456789012:schedule-group/*"},` +
				`"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`,
			Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Action":["lambda:InvokeFunction"],"Resource":` +
				`["arn:aws:lambda:us-east-1:123456789012:function:tools",` +
				`"arn:aws:lambda:us-east-1:123456789012:function:tools:*"]},` +
				`{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":` +
				`["arn:aws:sqs:us-east-1:123456789012:letters"]}]}`,
		},
	}
}

// outcome is what a write of a stack with roles of ours returns.
var outcome = runnerstack.Outcome{
	FunctionARN:      functionARN,
	ExecutionRoleARN: "arn:aws:iam::123456789012:role/" + executionRole,
	SchedulerRoleARN: "arn:aws:iam::123456789012:role/" + schedulerRole,
}

func mustCreate(t *testing.T, a *account, s runnerstack.Stack) {
	t.Helper()
	if _, err := a.Create(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, a *account) *runnerstack.Live {
	t.Helper()
	live, err := a.Read(t.Context(), runnerstack.Stack{Name: "tools"})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// wantComplete checks that the stack is there as full wants it, without a mark, and can be deleted
// without a trace.
func wantComplete(t *testing.T, a *account) { t.Helper(); wantAll(t, a, full(t)) }

// wantAll is wantComplete with the package of s: of images there is the used one.
func wantAll(t *testing.T, a *account, s runnerstack.Stack) {
	t.Helper()
	live, err := a.Read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(liveOf(t, s), live); diff != "" {
		t.Errorf("what is live (-want +got):\n%s", diff)
	}
	wantImages(t, a, s)
	s.Image = nil // a state does not hold it
	if _, err := a.Delete(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}

// wantImages checks that the repository has the images of the stacks and no others.
func wantImages(t *testing.T, a *account, stacks ...runnerstack.Stack) {
	t.Helper()
	want := map[string][]string{}
	for _, s := range stacks {
		if s.Image != nil {
			want[s.Image.Digest()] = []string{s.Image.Tag(s.Name)}
		}
	}
	repo, _ := a.aws.ECR().Repository("runners")
	if diff := cmp.Diff(want, repo.Images); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
}

func wantEmpty(t *testing.T, a *account) {
	t.Helper()
	if left := a.aws.Leftovers(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
