package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// clients is what Configure hands to the resources. Nothing in it is loaded before it is needed, so
// validate, and the plan of a new resource, work without credentials.
type clients struct {
	once   sync.Once
	config aws.Config
	err    error
	load   func(context.Context) (aws.Config, error)
	// region returns the region without a look at credentials, "" where it is not known.
	region func(context.Context) string

	accountOnce sync.Once
	accountID   string

	plannedMu sync.Mutex
	planned   map[string]string

	// defaultTags go under each resource's own tags. They may hold unknown values in a plan.
	defaultTags types.Map
	// maxConcurrency bounds the AWS calls in flight of one operation.
	maxConcurrency int
	// language is that of summaries.
	language language.Tag
}

// summaries is the language of summaries; English before the provider is configured.
func (c *clients) summaries() language.Tag {
	if c == nil {
		return language.English
	}
	return c.language
}

// aws returns the configuration, loading it and checking the account at the first call.
func (c *clients) aws(ctx context.Context) (aws.Config, error) {
	c.once.Do(func() { c.config, c.err = c.load(ctx) })
	return c.config, c.err
}

// account is the one that the credentials belong to, "" where AWS does not tell.
func (c *clients) account(ctx context.Context) string {
	if c == nil {
		return ""
	}
	c.accountOnce.Do(func() {
		cfg, err := c.aws(ctx)
		if err != nil {
			return
		}
		out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err == nil {
			c.accountID = aws.ToString(out.Account)
		}
	})
	return c.accountID
}

// claim notes that a plan has this schedule of a shared group. It returns the name of another
// resource that has it in the same plan, "" for none.
func (c *clients) claim(group, schedule, name string) (other string) {
	if c == nil {
		return ""
	}
	c.plannedMu.Lock()
	defer c.plannedMu.Unlock()
	if c.planned == nil {
		c.planned = map[string]string{}
	}
	key := group + "/" + schedule
	if owner, taken := c.planned[key]; taken && owner != name {
		return owner
	}
	c.planned[key] = name
	return ""
}

// plannedTags are the provider's default tags as a plan has them; none before it is configured.
func (c *clients) plannedTags() types.Map {
	if c == nil || c.defaultTags.ElementType(context.Background()) == nil {
		return types.MapNull(types.StringType)
	}
	return c.defaultTags
}

// tags are the default tags that are known.
func (c *clients) tags() map[string]string { return knownStrings(c.plannedTags()) }

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

// region is the provider's, "" where it is not known. It needs no credentials.
func (u *usesAWS) region(ctx context.Context) string {
	if u.clients == nil || u.clients.region == nil {
		return ""
	}
	return u.clients.region(ctx)
}

// config loads the AWS configuration; only operations that need AWS ask for it.
func (u *usesAWS) config(ctx context.Context, diags *diag.Diagnostics) (aws.Config, bool) {
	cfg, err := u.clients.aws(ctx)
	if err != nil {
		diags.AddError("AWS is not usable", err.Error())
	}
	return cfg, err == nil
}
