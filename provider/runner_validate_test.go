package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	tfconfig "github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// configuredRunner is a configuration with nothing but what is required.
func configuredRunner() runnerModel {
	return runnerModel{Name: types.StringValue("tools"), Tags: types.MapNull(types.StringType)}
}

const ecrRepository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools"

// invalidRunner checks a configuration and returns each finding as "attribute: summary: detail".
func invalidRunner(m runnerModel) []string {
	var diags diag.Diagnostics
	v := &runnerValidator{diags: &diags, model: m}
	v.check()
	return findings(diags)
}

// findings are diagnostics as "attribute: summary: detail".
func findings(diags diag.Diagnostics) []string {
	var found []string
	for _, d := range diags {
		where := ""
		if at, ok := d.(diag.DiagnosticWithPath); ok {
			where = at.Path().String()
		}
		found = append(found, where+": "+d.Summary()+": "+d.Detail())
	}
	return found
}

func TestRunnerValidate(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	number := types.Int32Value
	tags := func(key, value string) types.Map {
		return types.MapValueMust(types.StringType, map[string]attr.Value{key: text(value)})
	}
	for _, test := range []struct {
		name   string
		change func(*runnerModel)
		want   string // "" for a valid one
	}{
		{"only a name", func(*runnerModel) {}, ""},
		{"all that is allowed", func(m *runnerModel) {
			m.Name = text(strings.Repeat("a", 64))
			m.Architecture, m.MemorySize, m.Timeout = text("x86_64"), number(10240), number(1)
			m.LogRetentionDays = number(3653)
			m.SchedulerRoleARN = text("arn:aws-us-gov:iam::123456789012:role/path/to/it")
			m.PermissionsBoundary = text("arn:aws:iam::aws:policy/ReadOnlyAccess")
			m.DeadLetterARN = text("arn:aws-cn:sqs:cn-north-1:123456789012:q")
			m.FailureDestinationARN = text("arn:aws:events:eu-west-1:123456789012:event-bus/x")
			m.Tags = tags("team", "")
		}, ""},
		{"repository", func(m *runnerModel) {
			m.RepositoryURL = text("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/tools")
			m.Path, m.KeepImage = text("/team/savings/"), types.BoolValue(true)
		}, ""},
		{"local repository", func(m *runnerModel) { m.RepositoryURL = text("127.0.0.1:5000/tools") }, ""},
		{"image by tag", func(m *runnerModel) { m.ImageURI = text(ecrRepository + ":v1.2_3-x") }, ""},
		{"image by digest", func(m *runnerModel) {
			m.ImageURI = text(ecrRepository + "@sha256:" + strings.Repeat("0a", 32))
		}, ""},
		{"image by both", func(m *runnerModel) {
			m.ImageURI = text(ecrRepository + ":v1@sha256:" + strings.Repeat("0a", 32))
			m.Path = text("/")
		}, ""},
		{"all unknown", func(m *runnerModel) {
			s, n := types.StringUnknown(), types.Int32Unknown()
			*m = runnerModel{RepositoryURL: s, ImageURI: s, KeepImage: types.BoolUnknown(), Path: s, Name: s, Architecture: s, MemorySize: n, Timeout: n, LogRetentionDays: n,
				ExecutionRoleARN: s, SchedulerRoleARN: s, PermissionsBoundary: s, DeadLetterARN: s,
				FailureDestinationARN: s, Tags: types.MapUnknown(types.StringType)}
		}, ""},
		{"tag of unknown value", func(m *runnerModel) {
			m.Tags = types.MapValueMust(types.StringType, map[string]attr.Value{"team": types.StringUnknown()})
		}, ""},
		{"image that may be null", func(m *runnerModel) {
			m.RepositoryURL, m.ImageURI = text(ecrRepository), types.StringUnknown()
		}, ""},
		{"repository that may be null", func(m *runnerModel) {
			m.RepositoryURL, m.ImageURI = types.StringUnknown(), text(ecrRepository+":v1")
		}, ""},
		{"boundary that may be null", func(m *runnerModel) {
			m.PermissionsBoundary = types.StringUnknown()
			m.ExecutionRoleARN, m.SchedulerRoleARN = text(roleARNExample), text(roleARNExample)
		}, ""},
		{"boundary beside an unknown role", func(m *runnerModel) {
			m.PermissionsBoundary = text(managedPolicyExample)
			m.ExecutionRoleARN, m.SchedulerRoleARN = text(roleARNExample), types.StringUnknown()
		}, ""},

		{"two images", func(m *runnerModel) {
			m.RepositoryURL, m.ImageURI = text(ecrRepository), text(ecrRepository+":v1")
		}, `image_uri: Two images: repository_url pushes the runner's own image and runs it; image_uri runs ` +
			`an image of yours. Write one of them.`},
		{"repository with a tag", func(m *runnerModel) { m.RepositoryURL = text(ecrRepository + ":v1") },
			`repository_url: Invalid repository_url: repository "` + ecrRepository + `:v1" has a tag or a ` +
				`digest, which are ours to choose; write "` + ecrRepository + `".`},
		{"public repository", func(m *runnerModel) { m.RepositoryURL = text("public.ecr.aws/x/tools") },
			`repository_url: Invalid repository_url: "public.ecr.aws" is neither an ECR registry nor on a ` +
				`loopback address; write the repository_url of an ECR repository, such as ` +
				`"123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/tools", or a repository of a local ` +
				`registry, such as "127.0.0.1:5000/tools".`},
		{"repository as image", func(m *runnerModel) { m.ImageURI = text(ecrRepository) },
			`image_uri: Invalid image_uri: image_uri "` + ecrRepository + `" names a repository and no image ` +
				`in it. Write its tag or its digest, such as "` + ecrRepository + `:v1" or "` + ecrRepository +
				`@sha256:…", or write repository_url = "` + ecrRepository + `" to run the bundled runner.`},
		{"short digest", func(m *runnerModel) { m.ImageURI = text(ecrRepository + "@sha256:0a") },
			`image_uri: Invalid image_uri: image_uri "` + ecrRepository + `@sha256:0a" ends in "@sha256:0a", ` +
				`which is neither a tag, such as ":v1", nor a digest, "@sha256:" and 64 hexadecimal digits.`},
		{"path without slashes", func(m *runnerModel) { m.Path = text("team") },
			`path: Invalid path: path is "team"; an IAM path begins and ends with "/". Write "/team/".`},
		{"path with a blank", func(m *runnerModel) { m.Path = text("/my team/") },
			`path: Invalid path: path is "/my team/"; an IAM path begins and ends with "/". Write at most 512 ` +
				`letters, digits and signs, without blanks.`},

		{"empty name", func(m *runnerModel) { m.Name = text("") },
			`name: Invalid name: name has 0 characters; AWS Lambda allows 1 to 64 of A-Z, a-z, digits, "-" and "_".`},
		{"long name", func(m *runnerModel) { m.Name = text(strings.Repeat("a", 65)) },
			`name: Invalid name: name has 65 characters; AWS Lambda allows 1 to 64 of A-Z, a-z, digits, "-" and "_".`},
		{"name with a dot", func(m *runnerModel) { m.Name = text("my.tools v2") },
			`name: Invalid name: name is "my.tools v2"; a Lambda function's name has only A-Z, a-z, digits, ` +
				`"-" and "_". Write "my-tools-v2".`},
		{"amd64", func(m *runnerModel) { m.Architecture = text("amd64") },
			`architecture: Invalid architecture: architecture is "amd64"; Lambda knows "arm64" and ` +
				`"x86_64". Write "x86_64".`},
		{"aarch64", func(m *runnerModel) { m.Architecture = text("aarch64") },
			`architecture: Invalid architecture: architecture is "aarch64"; Lambda knows "arm64" and ` +
				`"x86_64". Write "arm64".`},
		{"no architecture at all", func(m *runnerModel) { m.Architecture = text("sparc") },
			`architecture: Invalid architecture: architecture is "sparc"; Lambda knows "arm64" and ` +
				`"x86_64". Write "arm64" or "x86_64".`},
		{"little memory", func(m *runnerModel) { m.MemorySize = number(64) },
			`memory_size: Invalid memory_size: memory_size is 64; AWS Lambda allows 128 to 10240 MB.`},
		{"long timeout", func(m *runnerModel) { m.Timeout = number(901) },
			`timeout: Invalid timeout: timeout is 901; AWS Lambda allows 1 to 900 seconds.`},
		{"odd retention", func(m *runnerModel) { m.LogRetentionDays = number(10) },
			`log_retention_days: Invalid log_retention_days: log_retention_days is 10; CloudWatch Logs ` +
				`knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, ` +
				`2922, 3288, 3653. Write 14.`},
		{"no retention", func(m *runnerModel) { m.LogRetentionDays = number(0) },
			`log_retention_days: Invalid log_retention_days: log_retention_days is 0; CloudWatch Logs ` +
				`knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, ` +
				`2922, 3288, 3653. Write 1.`},
		{"endless retention", func(m *runnerModel) { m.LogRetentionDays = number(9999) },
			`log_retention_days: Invalid log_retention_days: log_retention_days is 9999; CloudWatch Logs ` +
				`knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, ` +
				`2922, 3288, 3653. Write 3653.`},
		{"role's name", func(m *runnerModel) { m.ExecutionRoleARN = text("my-role") },
			`execution_role_arn: Invalid execution_role_arn: execution_role_arn "my-role" is no ARN of an ` +
				`IAM role, such as "arn:aws:iam::123456789012:role/sample-ai-tools-scheduler".`},
		{"empty role", func(m *runnerModel) { m.SchedulerRoleARN = text("") },
			`scheduler_role_arn: Invalid scheduler_role_arn: scheduler_role_arn "" is no ARN of an IAM ` +
				`role, such as "arn:aws:iam::123456789012:role/sample-ai-tools-scheduler".`},
		{"a role as boundary", func(m *runnerModel) { m.PermissionsBoundary = text(roleARNExample) },
			`permissions_boundary_arn: Invalid permissions_boundary_arn: permissions_boundary_arn ` +
				`"arn:aws:iam::123456789012:role/sample-ai-tools-scheduler" is no ARN of a managed policy, ` +
				`such as "arn:aws:iam::123456789012:policy/boundary".`},
		{"boundary without a role", func(m *runnerModel) {
			m.PermissionsBoundary = text(managedPolicyExample)
			m.ExecutionRoleARN, m.SchedulerRoleARN = text(roleARNExample), text(roleARNExample)
		}, `permissions_boundary_arn: Boundary without a role: permissions_boundary_arn goes on the ` +
			`roles that this resource makes, and both roles are given. Remove it, or one of ` +
			`execution_role_arn and scheduler_role_arn.`},
		{"FIFO dead letters", func(m *runnerModel) { m.DeadLetterARN = text("arn:aws:sqs:eu-west-1:123456789012:q.fifo") },
			`dead_letter_arn: Invalid dead_letter_arn: dead_letter_arn ` +
				`"arn:aws:sqs:eu-west-1:123456789012:q.fifo" is a FIFO queue; EventBridge Scheduler takes ` +
				`standard queues only. Write the ARN of one.`},
		{"topic for dead letters", func(m *runnerModel) { m.DeadLetterARN = text("arn:aws:sns:eu-west-1:123456789012:t") },
			`dead_letter_arn: Invalid dead_letter_arn: dead_letter_arn ` +
				`"arn:aws:sns:eu-west-1:123456789012:t" is no ARN of a standard SQS queue, such as ` +
				`"arn:aws:sqs:ap-northeast-1:123456789012:sample-ai-dead-letters".`},
		{"bucket for failures", func(m *runnerModel) { m.FailureDestinationARN = text("arn:aws:s3:::bucket") },
			`failure_destination_arn: Invalid failure_destination_arn: failure_destination_arn ` +
				`"arn:aws:s3:::bucket" is neither an SQS queue, an SNS topic nor an event bus; write the ARN ` +
				`of one.`},
		{"AWS's own tag", func(m *runnerModel) { m.Tags = tags("AWS:x%d", "y") },
			`tags: Invalid tag: tags["AWS:x%d"] begins with "aws:", which AWS keeps for itself. Write another key.`},
		{"our own tag", func(m *runnerModel) { m.Tags = tags("savings:creating", "y") },
			`tags: Invalid tag: tags["savings:creating"] begins with "savings:", which this provider keeps ` +
				`for itself. Write another key.`},
		{"tag without a key", func(m *runnerModel) { m.Tags = tags("", "y") },
			`tags: Invalid tag: tags[""] has a key of 0 characters; AWS allows 1 to 128.`},
		{"long tag", func(m *runnerModel) { m.Tags = tags("k", strings.Repeat("v", 257)) },
			`tags: Invalid tag: tags["k"] has a value of 257 characters; AWS allows at most 256.`},
		{"null tag", func(m *runnerModel) {
			m.Tags = types.MapValueMust(types.StringType, map[string]attr.Value{"team": types.StringNull()})
		}, `tags: Invalid tag: tags["team"] is null. Remove it, or write a value; "" is one.`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := configuredRunner()
			test.change(&m)
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			if diff := cmp.Diff(want, invalidRunner(m)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// A module passes its own variables on: unknown to validate, null or known to a plan.
func TestRunnerResource_moduleVariables(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	var config strings.Builder
	for _, name := range []string{"repository_url", "image_uri", "permissions_boundary_arn"} {
		fmt.Fprintf(&config, "variable %q {\n  type    = string\n  default = null\n}\n", name)
	}
	config.WriteString(r.config("repository_url = var.repository_url", "image_uri = var.image_uri",
		"permissions_boundary_arn = var.permissions_boundary_arn"))
	r.repository()
	both := regexp.MustCompile("Two images")
	r.run(
		resource.TestStep{Config: config.String(), Check: r.runs("")},
		resource.TestStep{
			Config: config.String(), ExpectError: both,
			ConfigVariables: tfconfig.Variables{
				"repository_url": tfconfig.StringVariable(r.ECR().URL("runners")),
				"image_uri":      tfconfig.StringVariable(r.ECR().URL("runners") + ":v1"),
			},
		},
		resource.TestStep{
			Config: config.String(), Check: r.runs(r.imageURI("arm64")),
			ConfigVariables: tfconfig.Variables{"repository_url": tfconfig.StringVariable(r.ECR().URL("runners"))},
		},
	)
}
