package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// schedule is aws_scheduler_schedule with the attributes, blocks and defaults that the AWS provider
// documents (Terraform Registry, hashicorp/aws, "Resource: aws_scheduler_schedule"), as far as stacks
// that run a function use it.
type schedule struct{ cloud cloud }

func (*schedule) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "aws_scheduler_schedule"
}

func (*schedule) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	optional := schema.StringAttribute{Optional: true}
	identity := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	group := defaulted("default")
	group.PlanModifiers = identity
	resp.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"id":                           schema.StringAttribute{Computed: true},
			"arn":                          schema.StringAttribute{Computed: true},
			"name":                         schema.StringAttribute{Required: true, PlanModifiers: identity},
			"group_name":                   group,
			"description":                  optional,
			"start_date":                   optional,
			"end_date":                     optional,
			"kms_key_arn":                  optional,
			"schedule_expression":          schema.StringAttribute{Required: true},
			"schedule_expression_timezone": defaulted("UTC"),
			"state":                        defaulted("ENABLED"),
		},
		Blocks: map[string]schema.Block{
			"flexible_time_window": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
				Attributes: map[string]schema.Attribute{
					"mode":                      schema.StringAttribute{Required: true},
					"maximum_window_in_minutes": schema.Int64Attribute{Optional: true},
				},
			}},
			"target": schema.ListNestedBlock{NestedObject: scheduleTarget(optional)},
		},
	}
}

func defaulted(value string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString(value)}
}

func number(value int64) schema.Int64Attribute {
	return schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(value)}
}

func scheduleTarget(optional schema.StringAttribute) schema.NestedBlockObject {
	return schema.NestedBlockObject{
		Attributes: map[string]schema.Attribute{
			"arn":      schema.StringAttribute{Required: true},
			"role_arn": schema.StringAttribute{Required: true},
			"input":    optional,
		},
		Blocks: map[string]schema.Block{
			"dead_letter_config": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
				Attributes: map[string]schema.Attribute{"arn": schema.StringAttribute{Required: true}},
			}},
			"retry_policy": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
				Attributes: map[string]schema.Attribute{
					"maximum_event_age_in_seconds": number(86400),
					"maximum_retry_attempts":       number(185),
				},
			}},
		},
	}
}

type scheduleModel struct {
	ID          types.String `tfsdk:"id"`
	ARN         types.String `tfsdk:"arn"`
	Name        types.String `tfsdk:"name"`
	GroupName   types.String `tfsdk:"group_name"`
	Description types.String `tfsdk:"description"`
	StartDate   types.String `tfsdk:"start_date"`
	EndDate     types.String `tfsdk:"end_date"`
	KMSKeyARN   types.String `tfsdk:"kms_key_arn"`
	Expression  types.String `tfsdk:"schedule_expression"`
	Timezone    types.String `tfsdk:"schedule_expression_timezone"`
	State       types.String `tfsdk:"state"`
	Window      types.List   `tfsdk:"flexible_time_window"`
	Target      types.List   `tfsdk:"target"`
}

func (s *schedule) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	s.cloud, _ = req.ProviderData.(cloud)
}

func (s *schedule) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(s.write(ctx, req.Plan, &resp.State, createSchedule)...)
}

func (s *schedule) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(s.write(ctx, req.Plan, &resp.State, updateSchedule)...)
}

// Read leaves the state as it is.
func (*schedule) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (s *schedule) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m scheduleModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if s.cloud.config == nil || resp.Diagnostics.HasError() {
		return
	}
	_, err := scheduler.NewFromConfig(*s.cloud.config).DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{
		Name: m.Name.ValueStringPointer(), GroupName: m.GroupName.ValueStringPointer(),
	})
	if _, gone := errors.AsType[*schedulertypes.ResourceNotFoundException](err); err != nil && !gone {
		resp.Diagnostics.AddError("Deleting a schedule", err.Error())
	}
}

// write sends what is planned to AWS, where there is one, and puts it into the state.
func (s *schedule) write(
	ctx context.Context, plan tfsdk.Plan, state *tfsdk.State,
	send func(context.Context, *scheduler.Client, scheduler.CreateScheduleInput) error,
) diag.Diagnostics {
	var m scheduleModel
	diags := plan.Get(ctx, &m)
	if diags.HasError() {
		return diags
	}
	name := m.GroupName.ValueString() + "/" + m.Name.ValueString()
	m.ID = types.StringValue(name)
	m.ARN = types.StringValue("arn:aws:scheduler:ap-northeast-1:" + account + ":schedule/" + name)
	if s.cloud.config != nil {
		in, more := m.input(ctx)
		diags.Append(more...)
		if err := send(ctx, scheduler.NewFromConfig(*s.cloud.config), in); err != nil {
			diags.AddError("Writing a schedule", err.Error())
			return diags
		}
	}
	diags.Append(state.Set(ctx, m)...)
	return diags
}
