package main

import (
	"cmp"
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// account is the one that the fake AWS and the emulators of the tests play.
const account = "123456789012"

// kind is a resource type of the AWS provider, as far as the examples use it.
type kind struct {
	name               string
	required, optional map[string]attr.Type
	// computed gives what the AWS provider learns from AWS. Its arguments are the region and the
	// configured texts.
	computed map[string]func(region string, given map[string]string) string
	// write and remove make it in AWS and take it away, where there is an AWS; nil for what is nowhere
	// but in the state.
	write, remove func(context.Context, aws.Config, map[string]string) error
}

var texts = types.MapType{ElemType: types.StringType}

func arnOf(service, nameAttribute, before string) func(string, map[string]string) string {
	return func(region string, given map[string]string) string {
		return "arn:aws:" + service + ":" + region + ":" + account + ":" + before + given[nameAttribute]
	}
}

// repositoryURL is on the registry that ECR_REGISTRY names, or where AWS's own is.
func repositoryURL(region string, given map[string]string) string {
	registry := account + ".dkr.ecr." + region + ".amazonaws.com"
	return cmp.Or(os.Getenv("ECR_REGISTRY"), registry) + "/" + given["name"]
}

// kinds are sorted by name.
var kinds = []kind{
	{
		name:     "aws_cloudwatch_dashboard",
		required: map[string]attr.Type{"dashboard_name": types.StringType, "dashboard_body": types.StringType},
		computed: map[string]func(string, map[string]string) string{
			"dashboard_arn": arnOf("cloudwatch", "dashboard_name", "dashboard/"),
		},
	},
	{
		name:     "aws_cloudwatch_log_group",
		required: map[string]attr.Type{"name": types.StringType},
		optional: map[string]attr.Type{"retention_in_days": types.Int64Type, "tags": texts},
		computed: map[string]func(string, map[string]string) string{
			"arn": arnOf("logs", "name", "log-group:"),
		},
	},
	{
		name: "aws_cloudwatch_metric_alarm",
		required: map[string]attr.Type{
			"alarm_name": types.StringType, "comparison_operator": types.StringType, "evaluation_periods": types.Int64Type,
		},
		optional: map[string]attr.Type{
			"alarm_description": types.StringType, "namespace": types.StringType, "metric_name": types.StringType,
			"dimensions": texts, "statistic": types.StringType, "period": types.Int64Type, "threshold": types.Float64Type,
			"treat_missing_data": types.StringType, "alarm_actions": types.SetType{ElemType: types.StringType},
			"tags": texts,
		},
		computed: map[string]func(string, map[string]string) string{
			"arn": arnOf("cloudwatch", "alarm_name", "alarm:"),
		},
	},
	{
		name:     "aws_ecr_repository",
		required: map[string]attr.Type{"name": types.StringType},
		optional: map[string]attr.Type{
			"image_tag_mutability": types.StringType, "force_delete": types.BoolType, "tags": texts,
		},
		computed: map[string]func(string, map[string]string) string{
			"arn": arnOf("ecr", "name", "repository/"), "repository_url": repositoryURL,
		},
	},
	{
		name:     "aws_iam_role",
		required: map[string]attr.Type{"name": types.StringType, "assume_role_policy": types.StringType},
		optional: map[string]attr.Type{"path": types.StringType, "tags": texts},
		computed: map[string]func(string, map[string]string) string{
			"arn": func(_ string, given map[string]string) string {
				return "arn:aws:iam::" + account + ":role" + cmp.Or(given["path"], "/") + given["name"]
			},
		},
		write: createRole, remove: deleteRole,
	},
	{
		name: "aws_iam_role_policy",
		required: map[string]attr.Type{
			"name": types.StringType, "role": types.StringType, "policy": types.StringType,
		},
		write: putRolePolicy, remove: deleteRolePolicy,
	},
	{
		name:     "aws_lambda_function",
		required: map[string]attr.Type{"function_name": types.StringType, "role": types.StringType},
		optional: map[string]attr.Type{
			"package_type": types.StringType, "image_uri": types.StringType,
			"architectures": types.SetType{ElemType: types.StringType},
			"memory_size":   types.Int64Type, "timeout": types.Int64Type, "tags": texts,
		},
		computed: map[string]func(string, map[string]string) string{
			"arn": arnOf("lambda", "function_name", "function:"),
		},
		write: createFunction, remove: deleteFunction,
	},
	{
		name:     "aws_scheduler_schedule_group",
		required: map[string]attr.Type{"name": types.StringType},
		optional: map[string]attr.Type{"tags": texts},
		computed: map[string]func(string, map[string]string) string{
			"arn": arnOf("scheduler", "name", "schedule-group/"),
		},
		write: createGroup, remove: deleteGroup,
	},
	{
		name:     "aws_sns_topic",
		required: map[string]attr.Type{"name": types.StringType},
		optional: map[string]attr.Type{"tags": texts},
		computed: map[string]func(string, map[string]string) string{"arn": arnOf("sns", "name", "")},
	},
	{
		name: "aws_sns_topic_subscription",
		required: map[string]attr.Type{
			"topic_arn": types.StringType, "protocol": types.StringType, "endpoint": types.StringType,
		},
		computed: map[string]func(string, map[string]string) string{
			"arn": func(_ string, given map[string]string) string {
				return given["topic_arn"] + ":00000000-0000-0000-0000-000000000000"
			},
		},
	},
	{
		name:     "aws_sqs_queue",
		required: map[string]attr.Type{"name": types.StringType},
		optional: map[string]attr.Type{
			"message_retention_seconds": types.Int64Type, "sqs_managed_sse_enabled": types.BoolType, "tags": texts,
		},
		computed: map[string]func(string, map[string]string) string{
			"arn": arnOf("sqs", "name", ""),
			"url": func(region string, given map[string]string) string {
				return "https://sqs." + region + ".amazonaws.com/" + account + "/" + given["name"]
			},
		},
	},
}
