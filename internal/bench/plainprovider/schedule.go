package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	awstypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type schedule struct{ client *scheduler.Client }

type model struct {
	ARN        types.String `tfsdk:"arn"`
	Name       types.String `tfsdk:"name"`
	Expression types.String `tfsdk:"schedule_expression"`
	Timezone   types.String `tfsdk:"schedule_expression_timezone"`
	TargetARN  types.String `tfsdk:"target_arn"`
	RoleARN    types.String `tfsdk:"role_arn"`
	Input      types.String `tfsdk:"input"`
}

func (*schedule) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "plain_schedule"
}

func (*schedule) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	required := schema.StringAttribute{Required: true}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"arn": schema.StringAttribute{
			Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		"name": schema.StringAttribute{
			Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"schedule_expression": required, "schedule_expression_timezone": required,
		"target_arn": required, "role_arn": required, "input": required,
	}}
}

func (r *schedule) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.client, _ = req.ProviderData.(*scheduler.Client)
}

func (m model) target() *awstypes.Target {
	return &awstypes.Target{
		Arn: m.TargetARN.ValueStringPointer(), RoleArn: m.RoleARN.ValueStringPointer(),
		Input: m.Input.ValueStringPointer(),
		RetryPolicy: &awstypes.RetryPolicy{
			MaximumRetryAttempts: aws.Int32(10), MaximumEventAgeInSeconds: aws.Int32(3600),
		},
	}
}

// read fills the model from AWS, as the AWS provider does after each write.
func (r *schedule) read(ctx context.Context, m *model) diag.Diagnostics {
	out, err := r.client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: m.Name.ValueStringPointer()})
	if err != nil {
		return failed("Reading a schedule", err)
	}
	m.ARN, m.Name = types.StringPointerValue(out.Arn), types.StringPointerValue(out.Name)
	m.Expression = types.StringPointerValue(out.ScheduleExpression)
	m.Timezone = types.StringPointerValue(out.ScheduleExpressionTimezone)
	m.TargetARN, m.RoleARN = types.StringPointerValue(out.Target.Arn), types.StringPointerValue(out.Target.RoleArn)
	m.Input = types.StringPointerValue(out.Target.Input)
	return nil
}

func failed(doing string, err error) diag.Diagnostics {
	return diag.Diagnostics{diag.NewErrorDiagnostic(doing, err.Error())}
}

func (r *schedule) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	_, err := r.client.CreateSchedule(ctx, &scheduler.CreateScheduleInput{
		Name: m.Name.ValueStringPointer(), ScheduleExpression: m.Expression.ValueStringPointer(),
		ScheduleExpressionTimezone: m.Timezone.ValueStringPointer(), Target: m.target(),
		FlexibleTimeWindow: &awstypes.FlexibleTimeWindow{Mode: awstypes.FlexibleTimeWindowModeOff},
	})
	if err != nil {
		resp.Diagnostics.Append(failed("Creating a schedule", err)...)
		return
	}
	resp.Diagnostics.Append(r.read(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *schedule) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m model
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	resp.Diagnostics.Append(r.read(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *schedule) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	_, err := r.client.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
		Name: m.Name.ValueStringPointer(), ScheduleExpression: m.Expression.ValueStringPointer(),
		ScheduleExpressionTimezone: m.Timezone.ValueStringPointer(), Target: m.target(),
		FlexibleTimeWindow: &awstypes.FlexibleTimeWindow{Mode: awstypes.FlexibleTimeWindowModeOff},
	})
	if err != nil {
		resp.Diagnostics.Append(failed("Updating a schedule", err)...)
		return
	}
	resp.Diagnostics.Append(r.read(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *schedule) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m model
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	_, err := r.client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: m.Name.ValueStringPointer()})
	if err != nil {
		resp.Diagnostics.Append(failed("Deleting a schedule", err)...)
	}
}
