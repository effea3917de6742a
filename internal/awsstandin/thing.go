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

// thing is a resource whose attributes are all that it is.
type thing struct {
	kind  kind
	cloud cloud
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
	t.cloud, _ = req.ProviderData.(cloud)
}

// given are the texts of a plan or a state.
func (t *thing) given(ctx context.Context, from interface {
	GetAttribute(context.Context, path.Path, any) diag.Diagnostics
}) (map[string]string, diag.Diagnostics) {
	given := map[string]string{}
	var diags diag.Diagnostics
	for _, attributes := range []map[string]attr.Type{t.kind.required, t.kind.optional} {
		for name, typ := range attributes {
			if typ != types.StringType {
				continue
			}
			var value types.String
			diags.Append(from.GetAttribute(ctx, path.Root(name), &value)...)
			given[name] = value.ValueString()
		}
	}
	return given, diags
}

// complete makes what is planned and puts it into the state, with what is computed.
func (t *thing) complete(ctx context.Context, plan tfsdk.Plan, state *tfsdk.State) diag.Diagnostics {
	given, diags := t.given(ctx, plan)
	if t.kind.write != nil && t.cloud.config != nil {
		if err := t.kind.write(ctx, *t.cloud.config, given); err != nil {
			diags.AddError("Writing "+t.kind.name, err.Error())
			return diags
		}
	}
	state.Raw = plan.Raw
	for name, compute := range t.kind.computed {
		diags.Append(state.SetAttribute(ctx, path.Root(name), compute(t.cloud.region, given))...)
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

// Delete removes what complete made; the framework takes it out of the state.
func (t *thing) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if t.kind.remove == nil || t.cloud.config == nil {
		return
	}
	given, diags := t.given(ctx, req.State)
	resp.Diagnostics.Append(diags...)
	if err := t.kind.remove(ctx, *t.cloud.config, given); err != nil {
		resp.Diagnostics.AddError("Deleting "+t.kind.name, err.Error())
	}
}
