package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Values of permissions.
const (
	permissionsManaged  = "managed"
	permissionsExternal = "external"
)

func (r *scheduleResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Runs commands on a schedule: each element of `events` becomes one EventBridge Scheduler " +
			"schedule whose target is the runner (`savings_runner`).\n\n" +
			"A create is all or nothing: if one schedule cannot be made, those that were made are removed again, since " +
			"a stop without its start is dangerous. Starts are written before stops, and removed after them. Changing " +
			"`name`, `group_name` or an event's key makes the new schedules before it removes the old ones.\n\n" +
			"Every change is made in place; no attribute replaces the resource. A change of an event writes its schedule " +
			"alone; one of `timezone` those of the events without a zone of their own; one of `function_arn`, `role_arn`, " +
			"`retry` or `dead_letter_arn` all of them; one of `tags` the group.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Name, 1 to 64 letters, digits, `-`, `_` and `.`. It is the schedule group too, which this " +
					"resource makes and owns, unless `group_name` is set. A change moves the schedules without a gap.",
			},
			"group_name": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "An existing schedule group, such as `default`, that others use too. Schedules in it are named " +
					"`<name>-<event key>`, 64 characters at most. A change moves the schedules without a gap.",
			},
			"function_arn": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "ARN of the runner's Lambda function: `savings_runner.….function_arn`.",
			},
			"role_arn": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "ARN of the role that EventBridge Scheduler assumes to invoke the function: " +
					"`savings_runner.….scheduler_role_arn`.",
			},
			"runner_role_name": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Name of the function's execution role: `savings_runner.….execution_role_name`. This resource then " +
					"grants it, as one inline policy of its own, exactly what the events need (`policy_json`).",
			},
			"runner_role_id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "IAM's own identifier of that role, such as `AROA…`. A role that is made again under the same name has " +
					"another one. Where the plan replaces the runner it is known after apply, and the apply puts the policy on the new " +
					"role. A refresh reads it; null where `iam:GetRole` is denied.",
			},
			"timezone": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "IANA time zone that the expressions are read in, such as `Asia/Tokyo`. There is no default: a " +
					"silent UTC would be nine hours wrong in Tokyo.",
			},
			"events": schema.MapNestedAttribute{
				Required: true,
				MarkdownDescription: "What runs when, by key. The key is the schedule's name, or its end in a shared group: 1 to 64 letters, " +
					"digits, `-`, `_` and `.`.",
				NestedObject: schema.NestedAttributeObject{Attributes: eventAttributes()},
			},
			"retry": schema.SingleNestedAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "How EventBridge Scheduler retries a delivery that fails. AWS's own defaults (185 attempts in 24 hours) " +
					"can deliver last night's stop in the morning, so these are smaller.",
				Attributes: map[string]schema.Attribute{
					"maximum_attempts": schema.Int64Attribute{
						Optional:            true,
						Computed:            true,
						MarkdownDescription: "Retries after the first attempt, 0 to 185. Default: 10.",
					},
					"maximum_event_age_seconds": schema.Int64Attribute{
						Optional: true,
						Computed: true,
						MarkdownDescription: "Seconds after the scheduled time in which retries are made, 60 to 86400. Default: 3600. The " +
							"runner refuses an event that comes later than this (but never one less than an hour late).",
					},
				},
			},
			"dead_letter_arn": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "ARN of a standard SQS queue that gets what could not be delivered. The role needs " +
					"`sqs:SendMessage` on it.",
			},
			"permissions": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Who grants the runner its rights: `managed` (default: this resource, given `runner_role_name`) or " +
					"`external` (you; `policy_json` is what is needed). Without `runner_role_name` and `external` a plan warns.",
			},
			"tags": schema.MapAttribute{
				Optional:            true,
				Computed:            true, // so that a plan may keep the {} of an import where nothing is configured
				ElementType:         types.StringType,
				MarkdownDescription: "Tags of the schedule group, over the provider's `default_tags`. AWS knows no tags on schedules.",
			},
			"tags_all": schema.MapAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "All tags of the schedule group, with the provider's `default_tags`.",
			},
			"policy_json": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "IAM policy document with exactly the rights that the events need, known at plan. Partition, region " +
					"and account in it come from `function_arn`.",
			},
			"off_hours_per_week": schema.MapAttribute{
				Computed:    true,
				ElementType: types.NumberType,
				MarkdownDescription: "Hours that each target is off in a plain week, on which no clock changes, known at plan and rounded to " +
					"hundredths: `{ \"rds/cluster/my-aurora\" = 77 }`. A target is off from a stop until the next start; where both come " +
					"in one minute it counts as on. It is named by service, kind and identifier, or tags: `ecs/service/web/api`, " +
					"`ec2/tag/deploy=devel`, `rds/cluster-tag/deploy=devel`, and with its region where the event names another than the " +
					"function's, by `--region` or an ARN: `rds/cluster/my-aurora@us-west-2`. Targets without both a stop and a start are left out, and so are disabled events, `rate()`, " +
					"`at()` and `cron()` with days of the month, months or years. `start_date`, `end_date` and `except_dates` do not " +
					"count; zones are mixed by their standard offsets.",
			},
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: "How long a create may take, such as `15m`. Default: 10 minutes.",
				UpdateDescription: "How long an update may take. Default: 10 minutes.",
				DeleteDescription: "How long a delete may take, with AWS's own removal of the group. Default: 10 minutes.",
			}),
		},
	}
}

// eventAttributes are all optional to the framework, args and cron_expr too: a wholly unknown event
// fails on required members. ValidateConfig asks for them.
func eventAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"args": schema.ListAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "What the runner runs, a word an element: `[\"rds\", \"stop-cluster\", \"my-aurora\"]`. " +
				"Targets are identifiers, ARNs or tags (`key=value`). Exactly one of `args` and `steps` is required.",
		},
		"steps": schema.ListAttribute{
			Optional:    true,
			ElementType: wordsType,
			MarkdownDescription: "Several commands instead of `args`, run in order, each a list of words. A step that fails ends the event: " +
				"later steps are skipped, and what was done stays done. Give a step `--wait` where the next one needs what it " +
				"starts. A wait that outlasts the function's timeout fails, and AWS Lambda invokes the function twice more, after one " +
				"minute and after two; each time it goes on where it stopped. So with a timeout of 900 seconds the longest wait of all " +
				"steps together is 45 minutes, in three invocations.",
		},
		"cron_expr": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Required. When: `cron(0 21 ? * MON-FRI *)` (minutes, hours, day of month, month, day of week, year), " +
				"`rate(12 hours)` or `at(2027-03-31T21:00:00)`. A local time that does not exist is skipped; one that comes twice runs once. Days of the week count from Sunday (1); write names. An `at()` in the past is created disabled, since AWS may run it at once.",
		},
		"timezone": schema.StringAttribute{
			Optional:            true,
			Computed:            true,
			MarkdownDescription: "IANA time zone of this event. Default: the resource's.",
		},
		"description": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Description of the schedule, 1 to 512 characters.",
		},
		"enabled": schema.BoolAttribute{
			Optional:            true,
			Computed:            true,
			MarkdownDescription: "Whether the schedule runs. Default: `true`.",
		},
		"start_date": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "First instant at which it may run, RFC 3339 with an offset: `2027-04-01T00:00:00+09:00`. `rate()` counts " +
				"from it. No effect on `at()`, and so refused there.",
		},
		"end_date": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Last instant at which it may run, RFC 3339 with an offset.",
		},
		"except_dates": schema.ListAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Days off: local dates in the event's time zone, such as `2026-12-29`, on which the event does nothing. The " +
				"schedule still invokes the runner, which skips every target in words. A run that is tried again after midnight " +
				"belongs to the date it was due on. A file with a date a line is `compact(split(\"\\n\", file(\"holidays.txt\")))`.",
		},
		"summary": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "The event in words, known at plan: \"stop Aurora cluster my-aurora every day at 21:00, Asia/Tokyo\". Drift that no " +
				"other attribute shows is told here. The provider's `language` is that of the words.",
		},
		"schedule_arn": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "ARN of the schedule.",
		},
	}
}
