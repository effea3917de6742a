package awsenv_test

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/spin-dd/terraform-provider-savings/internal/awsenv"
)

// seen is an HTTP client that keeps the last request and refuses it.
type seen struct{ request *http.Request }

func (s *seen) Do(r *http.Request) (*http.Response, error) {
	s.request = r
	return &http.Response{StatusCode: http.StatusForbidden, Body: http.NoBody, Header: http.Header{}}, nil
}

func TestLoad(t *testing.T) {
	t.Parallel()
	keys := map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
	}
	for _, tt := range []struct{ name, value, other, url string }{
		{"AWS_REGION", "ap-northeast-1", "", "https://rds.ap-northeast-1.amazonaws.com/"},
		{"AWS_DEFAULT_REGION", "cn-north-1", "", "https://rds.cn-north-1.amazonaws.com.cn/"},
		{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566", "us-east-1", "http://127.0.0.1:4566/"},
		{"AWS_USE_FIPS_ENDPOINT", "true", "us-east-1", "https://rds-fips.us-east-1.amazonaws.com/"},
		{"AWS_USE_DUALSTACK_ENDPOINT", "true", "us-east-1", "https://rds.us-east-1.api.aws/"},
	} {
		cfg, err := awsenv.Load(func(key string) string {
			env := maps.Clone(keys)
			env["AWS_REGION"], env[tt.name] = tt.other, tt.value
			return env[key]
		}, "savings-runner/1")
		if err != nil {
			t.Fatal(err)
		}
		client := &seen{}
		cfg.HTTPClient = client
		_, _ = rds.NewFromConfig(cfg).DescribeDBClusters(t.Context(), nil)
		r := client.request
		if r == nil || r.URL.String() != tt.url {
			t.Errorf("%s=%s: request %+v, want %s", tt.name, tt.value, r, tt.url)
			continue
		}
		if got := r.Header.Get("X-Amz-Security-Token"); got != "token" ||
			!strings.Contains(r.Header.Get("Authorization"), "AKIDEXAMPLE") ||
			!strings.Contains(r.UserAgent(), "app/savings-runner") {
			t.Errorf("headers %v", r.Header)
		}
	}
}

func TestLoad_noCredentials(t *testing.T) {
	t.Parallel()
	for _, only := range []string{"", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		_, err := awsenv.Load(func(key string) string {
			if key == only {
				return "x"
			}
			return ""
		}, "savings-runner/1")
		if !errors.Is(err, awsenv.ErrNoCredentials) {
			t.Errorf("with %q alone: error %v", only, err)
		}
	}
}
