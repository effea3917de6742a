package runnerimage

import (
	"net/http"
	"sync"
	"testing"
)

// elsewhere sends uploads to another host, as a registry may, and keeps what that host is shown.
type elsewhere struct {
	http.RoundTripper
	mu    sync.Mutex
	shown []string // Authorization headers, "" for none
}

const otherHost = "uploads.example.com"

func (e *elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == otherHost {
		e.mu.Lock()
		e.shown = append(e.shown, r.Header.Get("Authorization"))
		e.mu.Unlock()
	}
	answer, err := e.RoundTripper.RoundTrip(r)
	if err == nil && r.Method == http.MethodPost && answer.StatusCode == http.StatusAccepted {
		answer.Header.Set("Location", "https://"+otherHost+answer.Header.Get("Location"))
	}
	return answer, err
}

// The password of ECR goes to ECR alone, wherever a registry sends an upload.
func TestLogin_goesToTheRegistryAlone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	away := &elsewhere{RoundTripper: c.RegistryTransport()}
	c.Registry = NewRegistry(c.AWS.Config(), c.log, WithTransport(away), WithBackoff(1))
	_, err := c.Push(t.Context(), c.repo, "sample-ai-tools", small(t, "away"))
	if len(away.shown) == 0 {
		t.Fatalf("nothing was sent to %s: %v", otherHost, err)
	}
	for _, header := range away.shown {
		if header != "" {
			t.Errorf("%s was shown %.5s…", otherHost, header)
		}
	}
	if err == nil {
		t.Error("the push succeeded without a login")
	}
}
