package runnerimage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
)

// uploadStall is how long the upload of a blob may come no further. It is long: of what was read, some
// megabytes may still wait in this machine's buffers for a slow line.
const uploadStall = 5 * time.Minute

// NoAnswerError says that a registry was silent for too long.
type NoAnswerError struct {
	Host  string
	After time.Duration
}

func (e *NoAnswerError) Error() string {
	return fmt.Sprintf("the registry at %s gave no answer in %s; see whether it runs, and whether a proxy or a "+
		"firewall is between", e.Host, e.After)
}

// limited bounds each exchange with a registry, in time and in what it answers.
type limited struct {
	http.RoundTripper
	// exchange bounds a whole exchange that is no upload, stall each pause of one that is.
	exchange, stall time.Duration
}

// RoundTrip fails with *NoAnswerError, and so does the reading of the answer.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	limit := l.exchange
	// A blob's content goes with PATCH (OCI Distribution Specification, "Pushing blobs").
	upload := r.Method == http.MethodPatch && r.ContentLength != 0
	if upload {
		limit = l.stall
	}
	late := &NoAnswerError{r.URL.Host, limit}
	ctx, cancel := context.WithCancelCause(r.Context())
	timer := time.AfterFunc(limit, func() { cancel(late) })
	end := func() { timer.Stop(); cancel(nil) }
	r = r.WithContext(ctx)
	if upload {
		r.Body = &watchedBody{r.Body, func(err error) error { timer.Reset(limit); return err }, func() {}}
	}
	answer, err := l.RoundTripper.RoundTrip(r)
	why := func(err error) error {
		if err != nil && errors.Is(context.Cause(ctx), late) {
			return late
		}
		return err
	}
	if err != nil {
		defer end()
		return nil, why(err)
	}
	answer.Body = &watchedBody{awsclient.Bounded(answer.Body, r.URL.Host), why, end}
	return answer, nil
}

// watchedBody tells of each read and of its end.
type watchedBody struct {
	io.ReadCloser
	read  func(error) error
	close func()
}

func (w *watchedBody) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	return n, w.read(err)
}

func (w *watchedBody) Close() error {
	defer w.close()
	return w.ReadCloser.Close()
}
