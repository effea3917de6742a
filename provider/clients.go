package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
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

// usesAWS is the part of a resource that Configure fills.
type usesAWS struct{ clients *clients }

// Configure takes what the provider hands over. It is nil in validate, which runs before.
func (u *usesAWS) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	if req.ProviderData == nil {
		return
	}
	c, ok := req.ProviderData.(*clients)
	if !ok {
		resp.Diagnostics.AddError("Unexpected provider data",
			fmt.Sprintf("The provider handed over %T. This is a bug of the provider; please report it.", req.ProviderData))
		return
	}
	u.clients = c
}

// config loads the AWS configuration; only operations that need AWS ask for it.
func (u *usesAWS) config(ctx context.Context, diags *diag.Diagnostics) (aws.Config, bool) {
	cfg, err := u.clients.aws(ctx)
	if err != nil {
		diags.AddError("AWS is not usable", err.Error())
	}
	return cfg, err == nil
}
