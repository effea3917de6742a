// Package awsconfig loads the AWS configuration that the provider and the command line share: the
// SDK's own chain, bounded retries and an HTTP client with time limits.
package awsconfig

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Options are the settings that the SDK's chain would otherwise find by itself; all are optional.
type Options struct {
	Region            string
	Profile           string
	SharedConfigFiles []string
	// EndpointURL overrides the endpoint of every service.
	EndpointURL string
	// RequestTimeout bounds one HTTP exchange; 0 is a minute, which is enough for all but
	// Invoke and uploads.
	RequestTimeout time.Duration
	// UserAgent is added to the SDK's own, as name/version.
	UserAgent string
}

// requestTimeout is the default of Options.RequestTimeout; no call of ours streams.
const requestTimeout = 60 * time.Second

// maxAttempts is more than the SDK's three: AWS allows one UntagResource a second in an account, and
// ten reads of schedule groups (EventBridge Scheduler User Guide, "Quotas"), so several schedules in
// one apply wait for each other. The context of the operation bounds it.
const maxAttempts = 25

// retryer is the SDK's standard one without its own rate limit, which gives up after 500 tokens.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.RateLimiter = ratelimit.None
	})
}

// Load reads the configuration. It makes no AWS call.
func Load(ctx context.Context, o Options) (aws.Config, error) {
	loaders := []func(*config.LoadOptions) error{
		config.WithRetryer(retryer),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(cmp.Or(o.RequestTimeout, requestTimeout))),
	}
	if o.Region != "" {
		loaders = append(loaders, config.WithRegion(o.Region))
	}
	if o.Profile != "" {
		loaders = append(loaders, config.WithSharedConfigProfile(o.Profile))
	}
	if len(o.SharedConfigFiles) > 0 {
		loaders = append(loaders, config.WithSharedConfigFiles(o.SharedConfigFiles))
	}
	if o.UserAgent != "" {
		loaders = append(loaders, config.WithAppID(o.UserAgent))
	}
	cfg, err := config.LoadDefaultConfig(ctx, loaders...)
	if err != nil {
		return aws.Config{}, err
	}
	if o.EndpointURL != "" {
		cfg.BaseEndpoint = aws.String(o.EndpointURL)
	}
	// The SDK swaps in a client of its own for AWS_CA_BUNDLE, so the wrapper goes on last.
	cfg.HTTPClient = bodyInMemory{cfg.HTTPClient}
	return cfg, nil
}

// WithRequestTimeout returns client, which Load made, with another RequestTimeout. Any other client
// is returned as it is.
func WithRequestTimeout(client aws.HTTPClient, limit time.Duration) aws.HTTPClient {
	held, ok := client.(bodyInMemory)
	if !ok {
		return client
	}
	buildable, ok := held.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		return client
	}
	return bodyInMemory{buildable.WithTimeout(limit)}
}

// bodyInMemory gives net/http a body that it can rewind. Without it a server that answers before it
// has read the whole request makes net/http fail with "use of closed network connection"
// (aws-sdk-go-v2 issues 1825 and 2737), and the SDK's retry of a create then meets a conflict.
type bodyInMemory struct{ aws.HTTPClient }

func (c bodyInMemory) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return c.HTTPClient.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	return c.HTTPClient.Do(r)
}

// Transport returns what carries the requests of client, so that others of the program know its proxy
// and its certificates (AWS_CA_BUNDLE) too. Without RequestTimeout: what it carries may stream. Of a
// client that Load did not make it is Go's own.
func Transport(client aws.HTTPClient) http.RoundTripper {
	if held, ok := client.(bodyInMemory); ok {
		client = held.HTTPClient
	}
	if buildable, ok := client.(*awshttp.BuildableClient); ok {
		return buildable.GetTransport()
	}
	return http.DefaultTransport
}
