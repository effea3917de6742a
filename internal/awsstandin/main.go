// Command awsstandin is a provider that takes the place of the AWS provider in tests of the examples:
// it is served under that one's address and knows the resource types and attributes that the examples
// and the old stack of the migration tests use. Where AWS_ENDPOINT_URL names an emulator it makes
// schedules, their groups, functions and roles there; all else is nowhere but in the state. What it
// cannot prove is that the AWS provider takes the same attributes.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return standIn{} },
		providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/aws"})
	if err != nil {
		log.Fatal(err)
	}
}

type standIn struct{}

func (standIn) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "aws"
}

func (standIn) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"region": schema.StringAttribute{Optional: true},
	}}
}

func (standIn) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config struct {
		Region types.String `tfsdk:"region"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	c := cloud{region: config.Region.ValueString()}
	if os.Getenv("AWS_ENDPOINT_URL") != "" {
		loaded, err := awsconfig.Load(ctx, awsconfig.Options{Region: c.region})
		if err != nil {
			resp.Diagnostics.AddError("Reading the AWS configuration", err.Error())
			return
		}
		c.config, c.region = &loaded, loaded.Region
	}
	resp.ResourceData = c
}

// cloud is where resources are made; config is nil where there is no AWS.
type cloud struct {
	region string
	config *aws.Config
}

func (standIn) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, k := range kinds {
		all = append(all, func() resource.Resource { return &thing{kind: k} })
	}
	return append(all, func() resource.Resource { return &schedule{} })
}

func (standIn) DataSources(context.Context) []func() datasource.DataSource { return nil }
