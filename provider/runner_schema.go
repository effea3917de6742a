package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int32default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

// pathChanges tells a change of the path from "/" written out.
func pathChanges(_ context.Context, req planmodifier.StringRequest,
	resp *stringplanmodifier.RequiresReplaceIfFuncResponse,
) {
	before, after := runnerModel{Path: req.StateValue}, runnerModel{Path: req.PlanValue}
	resp.RequiresReplace = req.PlanValue.IsUnknown() || before.rolePath() != after.rolePath()
}

// Defaults of the runner. Its timeout is AWS's longest, since a run polls until an item is ready.
const (
	defaultMemorySize       = 128
	defaultRunnerTimeout    = 900
	defaultLogRetentionDays = 7
)

func (r *runnerResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := runnerArguments()
	for name, attribute := range runnerResults() {
		attributes[name] = attribute
	}
	attributes["timeouts"] = timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Update: true, Delete: true,
		CreateDescription: "How long a create may take, such as `15m`. Default: 10 minutes.",
		UpdateDescription: "How long an update may take. Default: 10 minutes.",
		DeleteDescription: "How long a delete may take. Default: 10 minutes.",
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "The runner: a small Lambda function that comes with this provider and " +
			"does what the events of a `savings_schedule` say, with its execution role, the role that " +
			"EventBridge Scheduler assumes, and its log group.\n\nA create is all or nothing: if one part " +
			"cannot be made, those that were made are removed again. A new release of the provider that " +
			"brings a new runner shows `code_digest` and `runner_version`, and updates the function in " +
			"place; `function_arn` keeps its value, so no schedule changes.\n\nThe execution role starts " +
			"with the right to write its own log, to pull its own image, and to send to " +
			"`failure_destination_arn`, and nothing else; each `savings_schedule` with `runner_role_name` adds " +
			"what its events need.\n\nEvery change is made in place, but for one of `name` or `path`, which " +
			"replaces everything.",
		Attributes: attributes,
	}
}

func runnerArguments() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "Name of the Lambda function, 1 to 64 letters, digits, `-` and `_`. Names " +
				"of roles and log group derive from it. A change replaces everything.",
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"repository_url": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "URL of an ECR repository of the provider's region, such as " +
				"`aws_ecr_repository.….repository_url`. The runner is pushed there as a container image, " +
				"without Docker, and the function runs it by its digest. It gets one tag, " +
				"`savings-<function>-<architecture>-<first 12 of the digest>`, which never moves, so the " +
				"repository's tags may be `IMMUTABLE`. Without it the function is a zip package. From a zip " +
				"to an image and back is a change in place, for which the function is deleted and made " +
				"again: it keeps its ARN, and is gone for some seconds. A registry on a loopback address " +
				"is pushed to over HTTP and without a login.",
		},
		"image_uri": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "Image that the function runs, `repository@sha256:…`, known at plan where " +
				"`repository_url` is. Write it instead of `repository_url` to bring an image of your own, " +
				"by digest or by tag, which nobody pushes or removes; Lambda looks at a tag when the function " +
				"is made, mended or gets another architecture, so a tag that moves changes nothing by itself.",
		},
		"keep_image": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether images stay in the repository that are no longer used. Default: " +
				"false: an update to another image, and a destroy, remove all that was pushed for this " +
				"function, by its tags (`ecr:ListImages`, `ecr:BatchDeleteImage`). So runners of one name in " +
				"several accounts must not share a repository.",
		},
		"architecture": schema.StringAttribute{
			Optional: true,
			Computed: true,
			Default:  stringdefault.StaticString(bundle.ARM64),
			MarkdownDescription: "Processor of the function: `arm64` (default, cheaper) or `x86_64`. " +
				"Changed in place.",
		},
		"memory_size": schema.Int32Attribute{
			Optional: true,
			Computed: true,
			Default:  int32default.StaticInt32(defaultMemorySize),
			MarkdownDescription: "Memory of the function in MB, 128 to 10240. Default: 128, which is " +
				"enough.",
		},
		"timeout": schema.Int32Attribute{
			Optional: true,
			Computed: true,
			Default:  int32default.StaticInt32(defaultRunnerTimeout),
			MarkdownDescription: "Seconds that a run may take, 1 to 900. Default: 900. A run polls what is " +
				"not ready (`backing-up`, `starting`) until shortly before this.",
		},
		"log_retention_days": schema.Int32Attribute{
			Optional: true,
			Computed: true,
			Default:  int32default.StaticInt32(defaultLogRetentionDays),
			MarkdownDescription: "Days that the log is kept. Default: 7. CloudWatch Logs knows 1, 3, 5, 7, " +
				"14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and " +
				"3653.",
		},
		"execution_role_arn": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "ARN of the role that the function runs with. Default: one that this " +
				"resource makes, named `<name>-<region>`. A role of your own needs a trust in " +
				"`lambda.amazonaws.com`, `logs:CreateLogStream` and `logs:PutLogEvents` on the log group, " +
				"`ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer` on the repository of an image, and the " +
				"right to send to `failure_destination_arn`.",
		},
		"scheduler_role_arn": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "ARN of the role that EventBridge Scheduler assumes to invoke the " +
				"function. Default: one that this resource makes, named `<name>-<region>-scheduler`, which " +
				"only schedules of this account and region can use. A role of your own needs " +
				"`lambda:InvokeFunction` on the function, and `sqs:SendMessage` on `dead_letter_arn`.",
		},
		"path": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "IAM path of the roles that this resource makes, such as `/team/`. " +
				"Default: `/`. A change replaces everything.",
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(
				pathChanges, "Another path replaces everything.", "Another path replaces everything.")},
		},
		"permissions_boundary_arn": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "ARN of the policy that bounds the rights of the roles that this resource " +
				"makes.",
		},
		"dead_letter_arn": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "ARN of a standard SQS queue for what EventBridge Scheduler could not " +
				"deliver. The scheduler's role gets the right to send there; name the queue in each " +
				"`savings_schedule` too: `dead_letter_arn = savings_runner.….dead_letter_arn`.",
		},
		"failure_destination_arn": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "ARN of a standard SQS queue, a standard SNS topic or an event bus that " +
				"Lambda tells of runs that failed three times. The execution role gets the right to send " +
				"there.",
		},
		"tags": schema.MapAttribute{
			Optional:    true,
			Computed:    true, // so that a plan may keep the {} of an import where nothing is configured
			ElementType: types.StringType,
			MarkdownDescription: "Tags of function, roles and log group, over the provider's " +
				"`default_tags`.",
		},
	}
}

func runnerResults() map[string]schema.Attribute {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"tags_all": schema.MapAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "All tags, with the provider's `default_tags`.",
		},
		"function_arn":  computed("ARN of the function, for `savings_schedule`. Updates keep it."),
		"function_name": computed("Name of the function."),
		"code_digest": computed("Digest of the function's code as Lambda's CodeSha256 shows it: base64 of " +
			"a zip package's SHA-256, hexadecimal of an image's. Known at plan, but for an `image_uri` of " +
			"your own by tag."),
		"runner_version": computed("Version of the runner in this provider, known at plan. Null with an " +
			"`image_uri` of your own."),
		"execution_role_name": computed("Name of the function's role, for `runner_role_name` of " +
			"`savings_schedule`. Known at plan where the region is; a name of more than 64 characters is cut, " +
			"with a hash at its end."),
		"log_group_name": computed("Name of the log group, known at plan."),
		"drift": schema.ListAttribute{
			Computed:    true,
			ElementType: types.StringType,
			MarkdownDescription: "What was changed outside and no other attribute shows (a missing part, a " +
				"role's policies, fixed settings), in words. A plan shows it on its way to `[]`, and the " +
				"apply mends it.",
		},
	}
}
