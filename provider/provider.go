// Package provider is all that OpenTofu and Terraform see: the provider's configuration and its
// resources.
package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// defaultMaxConcurrency keeps far below AWS's quotas (50 requests a second for the slowest call that
// an operation repeats) and still makes 1,000 schedules in seconds.
const defaultMaxConcurrency = 10

var (
	_ provider.ProviderWithFunctions      = (*savingsProvider)(nil)
	_ provider.ProviderWithValidateConfig = (*savingsProvider)(nil)
)

type savingsProvider struct{ version string }

// New returns the provider's constructor. The version is the release's, or "dev".
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &savingsProvider{version: version} }
}

type providerModel struct {
	Region            types.String      `tfsdk:"region"`
	Profile           types.String      `tfsdk:"profile"`
	SharedConfigFiles types.List        `tfsdk:"shared_config_files"`
	EndpointURL       types.String      `tfsdk:"endpoint_url"`
	AllowedAccountIDs types.Set         `tfsdk:"allowed_account_ids"`
	MaxConcurrency    types.Int64       `tfsdk:"max_concurrency"`
	Language          types.String      `tfsdk:"language"`
	AssumeRole        *assumeRoleModel  `tfsdk:"assume_role"`
	DefaultTags       *defaultTagsModel `tfsdk:"default_tags"`
}

type assumeRoleModel struct {
	RoleARN     types.String `tfsdk:"role_arn"`
	SessionName types.String `tfsdk:"session_name"`
	ExternalID  types.String `tfsdk:"external_id"`
}

type defaultTagsModel struct {
	Tags types.Map `tfsdk:"tags"`
}

func (p *savingsProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "savings"
	resp.Version = p.version
}

func (p *savingsProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Stops and starts Aurora clusters and RDS instances on a schedule that a " +
			"reviewer can read. Every setting is optional: what is not set here comes from the AWS SDK's " +
			"own chain (environment, shared configuration files, container and instance roles). Nothing is " +
			"asked of AWS before it is needed, so `validate`, and the plan of new resources, work without " +
			"credentials.",
		Attributes: map[string]schema.Attribute{
			"region": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "AWS region, such as `ap-northeast-1`. Default: the SDK's own (`AWS_REGION`, the profile).",
			},
			"profile": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Profile of the shared configuration files. Default: `AWS_PROFILE`, then `default`.",
			},
			"shared_config_files": schema.ListAttribute{
				Optional:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Paths of shared configuration files, read instead of `~/.aws/config`.",
			},
			"endpoint_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Endpoint for every AWS service, for local emulators. " +
					"Default: `AWS_ENDPOINT_URL`, then AWS's own.",
			},
			"allowed_account_ids": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "AWS account IDs that this configuration may work in. In any other account " +
					"the first operation fails before it changes anything.",
			},
			"max_concurrency": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "AWS calls in flight of one operation, 1 to 100. Default: 10.",
				Validators:          []validator.Int64{int64validator.Between(1, 100)},
			},
			"language": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Language of each event's `summary`: `en` (English) or `ja` (Japanese). " +
					"Default: `en`. A change shows every `summary` as changed and writes nothing to AWS. The value " +
					"must be known at plan.",
				Validators: []validator.String{stringvalidator.OneOf(languages()...)},
			},
		},
		Blocks: map[string]schema.Block{
			"assume_role": schema.SingleNestedBlock{
				MarkdownDescription: "Role to assume for every call.",
				Attributes: map[string]schema.Attribute{
					"role_arn": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "ARN of the role. Required where the block is there.",
					},
					"session_name": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "Session name, as CloudTrail shows it. Default: `terraform-provider-savings`.",
					},
					"external_id": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "External ID that the role's trust policy asks for.",
					},
				},
			},
			"default_tags": schema.SingleNestedBlock{
				MarkdownDescription: "Tags for everything that this provider makes. A resource's own `tags` win.",
				Attributes: map[string]schema.Attribute{
					"tags": schema.MapAttribute{
						Optional:            true,
						ElementType:         types.StringType,
						MarkdownDescription: "Keys and values.",
					},
				},
			},
		},
	}
}

func (p *savingsProvider) Configure(
	ctx context.Context,
	req provider.ConfigureRequest,
	resp *provider.ConfigureResponse,
) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	c := &clients{maxConcurrency: defaultMaxConcurrency, language: language.English}
	if m.Language.IsUnknown() {
		resp.Diagnostics.AddAttributeError(path.Root("language"), "Unknown language",
			"The provider's language depends on a value that is known only after apply, and the summaries of a plan "+
				"are written in it. Write language = \"en\" or \"ja\".")
	} else if !m.Language.IsNull() {
		c.language = language.Tag(m.Language.ValueString())
	}
	if n := m.MaxConcurrency; !n.IsNull() && !n.IsUnknown() {
		c.maxConcurrency = int(n.ValueInt64())
	}
	if m.DefaultTags != nil {
		c.defaultTags = m.DefaultTags.Tags
	}
	base, diags := baseLoader(ctx, m, p.version)
	resp.Diagnostics.Append(diags...)
	c.load = loader(m, base)
	c.region = func(ctx context.Context) string {
		cfg, err := base(ctx)
		if err != nil {
			return "" // an operation that needs AWS says so
		}
		return cfg.Region
	}
	resp.ResourceData = c
}

func (p *savingsProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newScheduleResource, newRunnerResource}
}

// Functions are pure: they know no clock, no AWS and no configuration.
func (p *savingsProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		newEventsPolicyFunction,
		newOfficeHoursFunction,
		newOffHoursFunction,
		newScheduleDescribeFunction,
		newScheduleNextFunction,
	}
}

func (p *savingsProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

// languages are the languages of summaries.
func languages() []string {
	names := make([]string, len(language.All))
	for i, tag := range language.All {
		names[i] = string(tag)
	}
	return names
}

// baseLoader returns the function that loads the AWS configuration without a look at credentials.
func baseLoader(
	ctx context.Context,
	m providerModel,
	version string,
) (func(context.Context) (aws.Config, error), diag.Diagnostics) {
	unknown := m.unknown()
	var files []string
	var diags diag.Diagnostics
	if len(unknown) == 0 {
		diags.Append(m.SharedConfigFiles.ElementsAs(ctx, &files, false)...)
	}
	return func(ctx context.Context) (aws.Config, error) {
		if len(unknown) > 0 {
			return aws.Config{}, fmt.Errorf("the provider's %s depends on a value that is known only after apply",
				strings.Join(unknown, ", "))
		}
		cfg, err := awsconfig.Load(ctx, awsconfig.Options{
			Region:            m.Region.ValueString(),
			Profile:           m.Profile.ValueString(),
			SharedConfigFiles: files,
			EndpointURL:       m.EndpointURL.ValueString(),
			UserAgent:         "terraform-provider-savings/" + version,
		})
		if err != nil {
			return aws.Config{}, fmt.Errorf("loading the AWS configuration: %w", err)
		}
		if cfg.Region == "" {
			return aws.Config{}, fmt.Errorf("no AWS region is set; " +
				"write region = \"…\" in the provider block or set AWS_REGION")
		}
		return cfg, nil
	}, diags
}

// loader returns the function that loads the AWS configuration at the first call that needs it.
func loader(
	m providerModel, base func(context.Context) (aws.Config, error),
) func(context.Context) (aws.Config, error) {
	return func(ctx context.Context) (aws.Config, error) {
		cfg, err := base(ctx)
		if err != nil {
			return aws.Config{}, err
		}
		if r := m.AssumeRole; r != nil {
			cfg.Credentials = assumeRole(cfg, *r)
		}
		if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
			return aws.Config{}, fmt.Errorf("no AWS credentials could be had; set AWS_PROFILE or another way of the "+
				"SDK's, or profile or assume_role in the provider block: %w", err)
		}
		accounts := []string{}
		for _, id := range m.AllowedAccountIDs.Elements() {
			if s, ok := id.(types.String); ok {
				accounts = append(accounts, s.ValueString())
			}
		}
		return cfg, checkAccount(ctx, cfg, accounts)
	}
}

// unknown names the settings that the AWS configuration needs and that are not known yet.
func (m providerModel) unknown() []string {
	values := map[string]attr.Value{
		"region": m.Region, "profile": m.Profile, "endpoint_url": m.EndpointURL,
		"shared_config_files": m.SharedConfigFiles, "allowed_account_ids": m.AllowedAccountIDs,
	}
	if r := m.AssumeRole; r != nil {
		values["assume_role.role_arn"] = r.RoleARN
		values["assume_role.session_name"] = r.SessionName
		values["assume_role.external_id"] = r.ExternalID
	}
	elements := slices.Concat(m.SharedConfigFiles.Elements(), m.AllowedAccountIDs.Elements())
	for i, v := range elements {
		values[fmt.Sprintf("list of files or accounts, element %d", i+1)] = v
	}
	var names []string
	for name, v := range values {
		if v.IsUnknown() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func assumeRole(cfg aws.Config, r assumeRoleModel) aws.CredentialsProvider {
	p := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), r.RoleARN.ValueString(),
		func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = "terraform-provider-savings"
			if n := r.SessionName.ValueString(); n != "" {
				o.RoleSessionName = n
			}
			o.Duration = time.Hour
			if id := r.ExternalID.ValueString(); id != "" {
				o.ExternalID = aws.String(id)
			}
		})
	return aws.NewCredentialsCache(p)
}

func checkAccount(ctx context.Context, cfg aws.Config, allowed []string) error {
	if len(allowed) == 0 {
		return nil
	}
	id, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fmt.Errorf("asking AWS which account this is: %w", err)
	}
	if account := aws.ToString(id.Account); !slices.Contains(allowed, account) {
		return fmt.Errorf("these credentials belong to account %s, and the provider's allowed_account_ids has only %s",
			account, strings.Join(allowed, ", "))
	}
	return nil
}
