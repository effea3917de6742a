package runnerimage

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
)

// IAM actions (Amazon ECR User Guide, "Required IAM permissions for pushing an image").
const actionLogin = "ecr:GetAuthorizationToken"

var (
	readActions = []string{"ecr:BatchGetImage"}
	pushActions = []string{
		"ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
		"ecr:CompleteLayerUpload", "ecr:PutImage", "ecr:BatchGetImage",
	}
	removeActions = []string{"ecr:BatchGetImage", "ecr:BatchDeleteImage"}
)

// Registry speaks to the registries that repositories are in.
type Registry struct {
	ecr       *ecr.Client
	region    string
	log       func(ctx context.Context, line string)
	transport http.RoundTripper
	exchange  time.Duration
	stall     time.Duration
	now       func() time.Time
	backoff   *remote.Backoff

	mu     sync.Mutex
	logins map[string]login // by region
}

// login is an authorization token of ECR. It is good for every registry that its owner may use
// (Amazon ECR API Reference, "GetAuthorizationToken").
type login struct {
	auth    authn.Authenticator
	expires time.Time
}

// Option changes a default of NewRegistry.
type Option func(*Registry)

// WithTransport sets what carries the requests to registries; those to the ECR API stay with the
// configuration's client.
func WithTransport(transport http.RoundTripper) Option {
	return func(r *Registry) { r.transport = transport }
}

// WithLimits sets how long an exchange with a registry may take, awsclient.RequestTimeout by default,
// and how long the upload of a blob, which no limit is on as a whole, may come no further.
func WithLimits(exchange, stall time.Duration) Option {
	return func(r *Registry) { r.exchange, r.stall = exchange, stall }
}

// WithClock sets the clock.
func WithClock(now func() time.Time) Option { return func(r *Registry) { r.now = now } }

// WithBackoff sets how long the first pause is after a failed request, of at most three.
func WithBackoff(first time.Duration) Option {
	return func(r *Registry) {
		r.backoff = &remote.Backoff{Duration: first, Factor: 3, Steps: attempts}
	}
}

const attempts = 3

// NewRegistry returns a Registry for functions in cfg's region. log gets what is worth a line of the
// log: that an image is there already, and how far a slow push has come.
func NewRegistry(cfg aws.Config, log func(ctx context.Context, line string), opts ...Option) *Registry {
	r := &Registry{
		ecr: ecr.NewFromConfig(cfg), region: cfg.Region, log: log,
		transport: awsclient.Transport(cfg.HTTPClient), exchange: awsclient.RequestTimeout, stall: uploadStall,
		now: time.Now, logins: map[string]login{},
	}
	for _, opt := range opts {
		opt(r)
	}
	r.transport = limited{r.transport, r.exchange, r.stall}
	return r
}

// Exists tells whether a repository has an image with a digest.
func (r *Registry) Exists(ctx context.Context, repo Repository, digest string) (bool, error) {
	const doing = "looking for the image in"
	opts, err := r.options(ctx, repo, doing, readActions)
	if err != nil {
		return false, err
	}
	_, err = remote.Head(repo.remote.Digest(digest), opts...)
	if notFound(err) {
		return false, nil
	}
	if err != nil {
		return false, explain(err, repo, doing, readActions)
	}
	return true, nil
}

// tagged returns the digest of the image that has a tag; the zero Hash where none has.
func (r *Registry) tagged(repo Repository, tag string, opts []remote.Option) (v1.Hash, error) {
	found, err := remote.Head(repo.remote.Tag(tag), opts...)
	if notFound(err) {
		return v1.Hash{}, nil
	}
	if err != nil {
		return v1.Hash{}, err
	}
	return found.Digest, nil
}

// options are what every request to a registry takes; it logs in to ECR.
// doing and actions are for the words of its error.
func (r *Registry) options(ctx context.Context, repo Repository, doing string, actions []string,
) ([]remote.Option, error) {
	opts := []remote.Option{
		remote.WithContext(ctx), remote.WithTransport(r.transport), remote.WithAuth(authn.Anonymous),
	}
	if r.backoff != nil {
		opts = append(opts, remote.WithRetryBackoff(*r.backoff))
	}
	if repo.Loopback() {
		return opts, nil
	}
	auth, err := r.login(ctx, repo.Region)
	if err != nil {
		return nil, explain(err, repo, doing, actions)
	}
	return append(opts, remote.WithAuth(auth)), nil
}

// loginMargin is how long before its end a login is made anew: a push on a slow line may take a
// while.
const loginMargin = 30 * time.Minute

// login returns what ECR wants with every request. The token is user and password as Basic
// authentication has them, and good for twelve hours (Amazon ECR User Guide, "Private registry
// authentication").
func (r *Registry) login(ctx context.Context, region string) (authn.Authenticator, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.logins[region]; ok && r.now().Before(known.expires.Add(-loginMargin)) {
		return known.auth, nil
	}
	out, err := r.ecr.GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{}, inRegion(region))
	if err != nil {
		return nil, err
	}
	if len(out.AuthorizationData) == 0 {
		return nil, errors.New("ECR answered without an authorization token")
	}
	data := out.AuthorizationData[0]
	plain, err := base64.StdEncoding.DecodeString(aws.ToString(data.AuthorizationToken))
	user, password, ok := strings.Cut(string(plain), ":")
	if err != nil || !ok {
		return nil, fmt.Errorf("ECR answered with an authorization token that is not user and password")
	}
	fresh := login{&authn.Basic{Username: user, Password: password}, aws.ToTime(data.ExpiresAt)}
	r.logins[region] = fresh
	return fresh.auth, nil
}

func inRegion(region string) func(*ecr.Options) {
	return func(o *ecr.Options) { o.Region = region }
}
