// Package awsenv makes the runner's AWS configuration from the environment alone, which is all that
// AWS Lambda gives a function. The SDK's own chain (package awsconfig) links clients for sign-in, SSO
// and STS: 2 MB of the runner, and a millisecond of each start.
package awsenv

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
)

// ErrNoCredentials is Load's error where the environment has none.
var ErrNoCredentials = errors.New("no AWS credentials in the environment: set AWS_ACCESS_KEY_ID and " +
	"AWS_SECRET_ACCESS_KEY, as aws configure export-credentials --format env prints them")

// Load reads, with getenv, the variables that the SDKs share (AWS SDKs and Tools Reference Guide,
// "Environment variables list"): AWS_REGION or AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ENDPOINT_URL, AWS_USE_FIPS_ENDPOINT and
// AWS_USE_DUALSTACK_ENDPOINT. userAgent is added to the SDK's own, as name/version. It makes no AWS
// call. Its error is ErrNoCredentials.
func Load(getenv func(string) string, userAgent string) (aws.Config, error) {
	id, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return aws.Config{}, ErrNoCredentials
	}
	cfg := aws.Config{
		Region:        cmp.Or(getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION")),
		Credentials:   credentials.NewStaticCredentialsProvider(id, secret, getenv("AWS_SESSION_TOKEN")),
		HTTPClient:    awsclient.BodyInMemory(awsclient.HTTP(awsclient.RequestTimeout)),
		Retryer:       awsclient.Retryer(awsclient.FewAttempts),
		AppID:         userAgent,
		ConfigSources: []any{endpoints(getenv)},
	}
	if url := getenv("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = &url
	}
	return cfg, nil
}

// endpoints tells the SDK's clients which variant of their endpoints to use.
type endpoints func(string) string

// GetUseFIPSEndpoint is part of what the SDK asks of a source of configuration.
func (e endpoints) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	if strings.EqualFold(e("AWS_USE_FIPS_ENDPOINT"), "true") {
		return aws.FIPSEndpointStateEnabled, true, nil
	}
	return aws.FIPSEndpointStateUnset, false, nil
}

// GetUseDualStackEndpoint is part of what the SDK asks of a source of configuration.
func (e endpoints) GetUseDualStackEndpoint(
	context.Context,
) (aws.DualStackEndpointState, bool, error) {
	if strings.EqualFold(e("AWS_USE_DUALSTACK_ENDPOINT"), "true") {
		return aws.DualStackEndpointStateEnabled, true, nil
	}
	return aws.DualStackEndpointStateUnset, false, nil
}
