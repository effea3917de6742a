package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// thing is a resource that is nowhere but in the state.
type thing struct {
	kind   kind
	region string
}

func (t *thing) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = t.kind.name
}

func (t *thing) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema.Attributes = map[string]schema.Attribute{}
	for name, typ := range t.kind.required {
		resp.Schema.Attributes[name] = attribute(typ, true)
	}
	for name, typ := range t.kind.optional {
		resp.Schema.Attributes[name] = attribute(typ, false)
	}
	for name := range t.kind.computed {
		resp.Schema.Attributes[name] = schema.StringAttribute{
			Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		}
	}
}

func attribute(typ attr.Type, required bool) schema.Attribute {
	switch typ := typ.(type) {
	case types.MapType:
		return schema.MapAttribute{ElementType: typ.ElemType, Required: required, Optional: !required}
	case types.SetType:
		return schema.SetAttribute{ElementType: typ.ElemType, Required: required, Optional: !required}
	}
	switch typ {
	case types.BoolType:
		return schema.BoolAttribute{Required: required, Optional: !required}
	case types.Int64Type:
		return schema.Int64Attribute{Required: required, Optional: !required}
	case types.Float64Type:
		return schema.Float64Attribute{Required: required, Optional: !required}
	}
	return schema.StringAttribute{Required: required, Optional: !required}
}

func (t *thing) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	t.region, _ = req.ProviderData.(string)
}

// complete puts the plan into the state, with what is computed.
func (t *thing) complete(ctx context.Context, plan tfsdk.Plan, state *tfsdk.State) diag.Diagnostics {
	state.Raw = plan.Raw
	given := map[string]string{}
	var diags diag.Diagnostics
	for name, typ := range t.kind.required {
		if typ != types.StringType {
			continue
		}
		var value types.String
		diags.Append(plan.GetAttribute(ctx, path.Root(name), &value)...)
		given[name] = value.ValueString()
	}
	for name, compute := range t.kind.computed {
		diags.Append(state.SetAttribute(ctx, path.Root(name), compute(t.region, given))...)
	}
	return diags
}

func (t *thing) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(t.complete(ctx, req.Plan, &resp.State)...)
}

func (t *thing) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(t.complete(ctx, req.Plan, &resp.State)...)
}

// Read leaves the state as it is.
func (t *thing) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Delete has nothing to delete; the framework takes it out of the state.
func (t *thing) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
