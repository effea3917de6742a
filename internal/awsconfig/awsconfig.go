// Package awsconfig loads the AWS configuration that the provider and the command line share: the
// SDK's own chain, bounded retries and an HTTP client with time limits.
package awsconfig

import (
	"cmp"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
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
	// Attempts bounds how often one call is tried; 0 is awsclient.ManyAttempts.
	Attempts int
	// UserAgent is added to the SDK's own, as name/version.
	UserAgent string
}

// Load reads the configuration. It makes no AWS call.
func Load(ctx context.Context, o Options) (aws.Config, error) {
	client := awsclient.HTTP(cmp.Or(o.RequestTimeout, awsclient.RequestTimeout))
	loaders := []func(*config.LoadOptions) error{
		config.WithRetryer(awsclient.Retryer(cmp.Or(o.Attempts, awsclient.ManyAttempts))),
		config.WithHTTPClient(client),
		// What a container's endpoint of credentials answers is read by a client of its own otherwise.
		config.WithEndpointCredentialOptions(func(o *endpointcreds.Options) {
			o.HTTPClient = awsclient.BodyInMemory(client)
		}),
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
	// For AWS_CA_BUNDLE the SDK makes a client of its own out of this one, and takes no wrapped one. Without
	// that the wrapped one is for STS and SSO too, which keep the client that they are loaded with.
	bounded := awsclient.BodyInMemory(cfg.HTTPClient)
	if cfg.HTTPClient == aws.HTTPClient(client) {
		if cfg, err = config.LoadDefaultConfig(ctx, append(loaders, config.WithHTTPClient(bounded))...); err != nil {
			return aws.Config{}, err
		}
	}
	if o.EndpointURL != "" {
		cfg.BaseEndpoint = aws.String(o.EndpointURL)
	}
	cfg.HTTPClient = bounded
	return cfg, nil
}
