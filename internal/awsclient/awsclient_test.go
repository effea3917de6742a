package awsclient

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Certificates that the user gave to AWS's clients count for what is no AWS client too.
func TestTransport(t *testing.T) {
	t.Parallel()
	own := &tls.Config{ServerName: "own", MinVersion: tls.VersionTLS12}
	client := HTTP(time.Minute).WithTransportOptions(func(tr *http.Transport) { tr.TLSClientConfig = own })
	for name, c := range map[string]aws.HTTPClient{"as it is": client, "wrapped": BodyInMemory(client)} {
		transport, ok := Transport(c).(*http.Transport)
		if !ok || transport.TLSClientConfig.ServerName != own.ServerName {
			t.Errorf("%s: got %T, want a transport with the client's own TLS settings", name, Transport(c))
		}
	}
	if got := Transport(http.DefaultClient); got != http.DefaultTransport {
		t.Errorf("got %T for Go's own client, want Go's own transport", got)
	}
}

// However often a call was refused, its next try is near, so that a quota that has room is used.
func TestRetryer_pauses(t *testing.T) {
	t.Parallel()
	retryer := Retryer(ManyAttempts)()
	if got := retryer.MaxAttempts(); got != ManyAttempts {
		t.Errorf("got %d attempts, want %d", got, ManyAttempts)
	}
	var longest time.Duration
	for range 1000 {
		pause, err := retryer.RetryDelay(ManyAttempts, errors.New("throttled"))
		if err != nil {
			t.Fatal(err)
		}
		longest = max(longest, pause)
	}
	if longest > longestPause || longest < longestPause/2 {
		t.Errorf("the longest of 1,000 pauses is %s, want up to %s", longest, longestPause)
	}
}

// answering is an HTTP client that answers everything with a body.
type answering struct{ body io.Reader }

func (a answering) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(a.body)}, nil
}

// An answer without an end is not read into memory; the longest that AWS gives is read whole.
func TestBodyInMemory_answersAreBounded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		size    int64
		tooLong bool
	}{"the longest": {MaxAnswer, false}, "one byte more": {MaxAnswer + 1, true}, "without an end": {1 << 62, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://rds.example.com/", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := BodyInMemory(answering{io.LimitReader(zeros{}, test.size)}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			n, err := io.Copy(io.Discard, answer.Body)
			tooLarge, ok := errors.AsType[*TooLargeError](err)
			if ok != test.tooLong || err != nil && !ok || n > MaxAnswer {
				t.Fatalf("read %d bytes, then: %v", n, err)
			}
			if ok && tooLarge.Host != "rds.example.com" {
				t.Errorf("the error names %q", tooLarge.Host)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
