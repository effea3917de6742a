package provider

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// clients is what Configure hands to the resources. Nothing in it is loaded before it is needed, so
// validate, and the plan of a new resource, work without credentials.
type clients struct {
	once   sync.Once
	config aws.Config
	err    error
	load   func(context.Context) (aws.Config, error)

	// defaultTags go under each resource's own tags.
	defaultTags map[string]string
	// maxConcurrency bounds the AWS calls in flight of one operation.
	maxConcurrency int
}

// aws returns the configuration, loading it and checking the account at the first call.
func (c *clients) aws(ctx context.Context) (aws.Config, error) {
	c.once.Do(func() { c.config, c.err = c.load(ctx) })
	return c.config, c.err
}

// tags are the provider's default tags; none before it is configured.
func (c *clients) tags() map[string]string {
	if c == nil {
		return nil
	}
	return c.defaultTags
}
