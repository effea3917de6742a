// Package awsclient holds what every AWS client of this module has in common, wherever its
// configuration comes from: bounded retries and an HTTP client with time limits.
package awsclient

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// RequestTimeout bounds one HTTP exchange unless a caller says otherwise; no call of ours streams.
const RequestTimeout = 60 * time.Second

// MaxAnswer bounds the body of one answer, in bytes. The longest are those of Invoke, with 6 MB (Lambda
// Developer Guide, "Lambda quotas"), and pages of 1,000 instances.
const MaxAnswer = 32 << 20

// How often one call is tried.
const (
	// ManyAttempts is for the calls about schedules: AWS allows one UntagResource a second in an
	// account, and ten reads of schedule groups (EventBridge Scheduler User Guide, "Quotas"), so
	// several schedules in one apply wait for each other. The context of the operation bounds it.
	ManyAttempts = 60
	// FewAttempts, the SDK's own, is for runs of commands, which look again by themselves.
	FewAttempts = 3
)

// longestPause bounds the pause before a call is tried again. The SDK's own 20 seconds would let the last
// calls of many wait while AWS's quota lies idle; the calls in flight are few, so they do not flood it.
const longestPause = 5 * time.Second

// Retryer returns what makes the SDK's standard retryer, with shorter pauses and without its own rate
// limit, which gives up after 500 tokens.
func Retryer(attempts int) func() aws.Retryer {
	return func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.MaxBackoff = longestPause
			o.RateLimiter = ratelimit.None
		})
	}
}

// HTTP returns the SDK's HTTP client with a limit on each exchange.
func HTTP(limit time.Duration) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTimeout(limit)
}

// WithRequestTimeout returns client, which BodyInMemory wrapped, with another limit on each
// exchange. Any other client is returned as it is.
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

// BodyInMemory gives net/http bodies that it can rewind, and bounds those of answers. Without it a
// server that answers before it has read the whole request makes net/http fail with "use of closed
// network connection" (aws-sdk-go-v2 issues 1825 and 2737), and the SDK's retry of a create then meets
// a conflict.
func BodyInMemory(client aws.HTTPClient) aws.HTTPClient { return bodyInMemory{client} }

type bodyInMemory struct{ aws.HTTPClient }

func (c bodyInMemory) Do(r *http.Request) (*http.Response, error) {
	if err := holdBody(r); err != nil {
		return nil, err
	}
	answer, err := c.HTTPClient.Do(r)
	if answer != nil {
		answer.Body = Bounded(answer.Body, r.URL.Host)
	}
	return answer, err
}

func holdBody(r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	body, err := io.ReadAll(r.Body) //nolint:forbidigo // the request's own, which is in memory already
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return err
	}
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	return nil
}

// TooLargeError says that an answer has more than MaxAnswer bytes.
type TooLargeError struct{ Host string }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s answers with more than %d MB, which no answer of AWS has; see whether it is AWS that answers",
		e.Host, MaxAnswer>>20)
}

// Bounded returns the body of a host's answer, whose reads fail with *TooLargeError after MaxAnswer bytes.
func Bounded(body io.ReadCloser, host string) io.ReadCloser {
	return &boundedBody{body, MaxAnswer, host}
}

type boundedBody struct {
	io.ReadCloser
	left int
	host string
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, &TooLargeError{b.host}
	}
	return n, err
}

// Transport returns what carries client's requests, so that what is no AWS client uses the same proxy
// and certificates (AWS_CA_BUNDLE). It has no time limit of its own, since it may carry streams. Of a
// client that BodyInMemory did not wrap it is Go's own.
func Transport(client aws.HTTPClient) http.RoundTripper {
	if held, ok := client.(bodyInMemory); ok {
		client = held.HTTPClient
	}
	if buildable, ok := client.(*awshttp.BuildableClient); ok {
		return buildable.GetTransport()
	}
	return http.DefaultTransport //nolint:forbidigo // who asks for a transport sets the limits
}
