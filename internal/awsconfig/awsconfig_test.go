package awsconfig

import (
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
)

// bare leaves the SDK's chain nothing to find but what env sets.
func bare(t *testing.T, env map[string]string) {
	t.Helper()
	none := filepath.Join(t.TempDir(), "none")
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CA_BUNDLE",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", none)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", none)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for name, value := range env {
		t.Setenv(name, value)
	}
}

// tooMuch answers more than is read.
func tooMuch(w http.ResponseWriter, _ *http.Request) {
	part := []byte(strings.Repeat(" ", 1<<20))
	for range awsclient.MaxAnswer>>20 + 1 {
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}

// Whoever answers for credentials has the same bound as AWS's services.
func TestLoad_credentialsAreBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(tooMuch))
	t.Cleanup(server.Close)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("token"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]map[string]string{
		"a container": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": server.URL},
		"a web identity": {
			"AWS_ENDPOINT_URL_STS": server.URL, "AWS_WEB_IDENTITY_TOKEN_FILE": token,
			"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/ci",
		},
		"an instance": {"AWS_EC2_METADATA_SERVICE_ENDPOINT": server.URL, "AWS_EC2_METADATA_DISABLED": "false"},
	} {
		t.Run(name, func(t *testing.T) {
			bare(t, env)
			cfg, err := Load(t.Context(), Options{Region: "ap-northeast-1", Attempts: 1})
			if err != nil {
				t.Fatal(err)
			}
			_, err = cfg.Credentials.Retrieve(t.Context())
			if tooLarge := (*awsclient.TooLargeError)(nil); !errors.As(err, &tooLarge) {
				t.Errorf("got %v, want a *TooLargeError", err)
			}
		})
	}
}

func certificateOf(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// A bundle of certificates works as it does in the SDK, and answers are bounded all the same.
func TestLoad_certificates(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(tooMuch))
	t.Cleanup(server.Close)
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, certificateOf(server), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		env  map[string]string
		well bool
	}{
		"with the bundle":    {map[string]string{"AWS_CA_BUNDLE": bundle}, true},
		"without the bundle": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			bare(t, tt.env)
			cfg, err := Load(t.Context(), Options{Region: "ap-northeast-1"})
			if err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := cfg.HTTPClient.Do(req)
			if (err == nil) != tt.well {
				t.Fatalf("got %v, want it to work: %v", err, tt.well)
			}
			if err != nil {
				return
			}
			defer resp.Body.Close()
			_, err = io.Copy(io.Discard, resp.Body)
			if tooLarge := (*awsclient.TooLargeError)(nil); !errors.As(err, &tooLarge) {
				t.Errorf("reading got %v, want a *TooLargeError", err)
			}
		})
	}
}
