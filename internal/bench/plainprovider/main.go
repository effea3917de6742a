// Command plainprovider is a provider with one resource, a single EventBridge Scheduler schedule, made
// as simply as can be with the plugin framework and the AWS SDK. savings_schedule is measured against
// for_each over many of it, since benchmarks cannot have the AWS provider: they use no network.
package main

import (
	"context"
	"log"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return plain{} },
		providerserver.ServeOpts{Address: "registry.opentofu.org/spin-dd/plain"})
	if err != nil {
		log.Fatal(err)
	}
}

type plain struct{}

func (plain) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "plain"
}

func (plain) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{}
}

func (plain) Configure(ctx context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		resp.Diagnostics.AddError("Loading the AWS configuration", err.Error())
		return
	}
	resp.ResourceData = scheduler.NewFromConfig(cfg)
}

func (plain) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &schedule{} }}
}

func (plain) DataSources(context.Context) []func() datasource.DataSource { return nil }
