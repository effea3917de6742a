// Command awsstandin is a provider that takes the place of the AWS provider in tests of the examples:
// it is served under that one's address, knows the resource types and attributes that the examples
// use, and makes nothing. What it cannot prove is that the AWS provider takes the same attributes.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
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
	resp.ResourceData = config.Region.ValueString()
}

func (standIn) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, k := range kinds {
		all = append(all, func() resource.Resource { return &thing{kind: k} })
	}
	return append(all, func() resource.Resource { return schedule{} })
}

func (standIn) DataSources(context.Context) []func() datasource.DataSource { return nil }
