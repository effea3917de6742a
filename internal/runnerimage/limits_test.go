package runnerimage

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
)

// silentRegistry takes connections and never says a word.
func silentRegistry(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var taken []net.Conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			taken = append(taken, c)
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-ended
		for _, c := range taken {
			c.Close()
		}
	})
	return listener.Addr().String()
}

// Whatever is asked of a silent registry ends with an error that names it.
func TestRegistry_silent(t *testing.T) {
	t.Parallel()
	const limit = 50 * time.Millisecond
	host := silentRegistry(t)
	repo := repository(t, host+"/tools")
	r := NewRegistry(aws.Config{HTTPClient: awsclient.BodyInMemory(awsclient.HTTP(time.Minute))},
		func(context.Context, string) {}, WithLimits(limit, time.Hour))
	image := small(t, "x")
	for name, ask := range map[string]func(context.Context) error{
		"exists": func(ctx context.Context) error { _, err := r.Exists(ctx, repo, image.Digest()); return err },
		"push":   func(ctx context.Context) error { _, err := r.Push(ctx, repo, "tools", image); return err },
		"remove": func(ctx context.Context) error {
			return r.Remove(ctx, repo, image.Tag("tools"), image.Digest())
		},
		"remove others": func(ctx context.Context) error { return r.RemoveOthers(ctx, repo, "tools", "") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := ask(t.Context())
			var silent *NoAnswerError
			if !errors.As(err, &silent) {
				t.Fatalf("got %v, want a NoAnswerError", err)
			}
			if silent.Host != host || silent.After != limit {
				t.Errorf("got %+v, want host %s after %s", silent, host, limit)
			}
			if n := strings.Count(err.Error(), host+" gave no answer in 50ms"); n != 1 {
				t.Errorf("the error names the registry %d times, want once: %v", n, err)
			}
		})
	}
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// slowReader gives as many pieces as it has, each after a pause.
type slowReader struct {
	pieces int
	pause  time.Duration
}

func (s *slowReader) Read(p []byte) (int, error) {
	if s.pieces == 0 {
		return 0, io.EOF
	}
	s.pieces--
	time.Sleep(s.pause)
	return copy(p, "x"), nil
}

func TestLimited(t *testing.T) {
	t.Parallel()
	const exchange, stall = time.Minute, 5 * time.Minute
	// The registry reads all that it is sent, waits, and answers with a piece after each pause.
	answers := func(wait time.Duration, answer *slowReader) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			if r.Body != nil {
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					return nil, err
				}
			}
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
			return &http.Response{Body: io.NopCloser(canceled{r.Context(), answer})}, nil
		}
	}
	for _, test := range []struct {
		name, method string
		sent         *slowReader
		wait         time.Duration
		answer       slowReader
		want         time.Duration // the limit that was passed; 0 for none
	}{
		{"quick answer", http.MethodGet, nil, exchange - 1, slowReader{}, 0},
		{"late answer", http.MethodGet, nil, exchange + 1, slowReader{}, exchange},
		{"endless answer", http.MethodGet, nil, 0, slowReader{3, 30 * time.Second}, exchange},
		{"slow manifest", http.MethodPut, &slowReader{3, 30 * time.Second}, 1, slowReader{}, exchange},
		{"slow upload", http.MethodPatch, &slowReader{30, 4 * time.Minute}, stall - 1, slowReader{}, 0},
		{"stalled upload", http.MethodPatch, &slowReader{2, 6 * time.Minute}, 1, slowReader{}, stall},
		{"upload without answer", http.MethodPatch, &slowReader{30, 4 * time.Minute}, stall + 1, slowReader{}, stall},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var sent io.Reader
				if test.sent != nil {
					sent = test.sent
				}
				request, err := http.NewRequestWithContext(t.Context(), test.method, "http://registry/", sent)
				if err != nil {
					t.Fatal(err)
				}
				if sent != nil {
					request.ContentLength = -1
				}
				answer, err := limited{answers(test.wait, &test.answer), exchange, stall}.RoundTrip(request)
				if err == nil {
					_, err = io.Copy(io.Discard, answer.Body)
					err = errors.Join(err, answer.Body.Close())
				}
				var silent *NoAnswerError
				switch {
				case test.want == 0 && err != nil:
					t.Errorf("got error %v, want none", err)
				case test.want > 0 && (!errors.As(err, &silent) || silent.After != test.want):
					t.Errorf("got error %v, want one after %s", err, test.want)
				}
			})
		})
	}
}

// canceled reads as long as its context lives, as the body of a connection does.
type canceled struct {
	ctx context.Context
	io.Reader
}

func (c canceled) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.ctx.Err() != nil {
		err = c.ctx.Err()
	}
	return n, err
}
