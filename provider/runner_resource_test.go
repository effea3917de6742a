package provider

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

func TestRunnerResource_defaults(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.run(
		resource.TestStep{
			Config: r.config(),
			ConfigPlanChecks: before(
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("code_digest"), isString(r.digest("arm64"))),
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("runner_version"), isString(runnerversion.Version)),
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("log_group_name"), isString("/aws/lambda/tools")),
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("function_name"), isString("tools")),
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("execution_role_name"), isString("tools-us-east-1")),
				plancheck.ExpectUnknownValue(runnerAddress, tfjsonpath.New("function_arn")),
			),
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("function_arn", isString("arn:aws:lambda:us-east-1:123456789012:function:tools")),
				attribute("execution_role_arn", isString("arn:aws:iam::123456789012:role/tools-us-east-1")),
				attribute("execution_role_name", isString("tools-us-east-1")),
				attribute("scheduler_role_arn", isString("arn:aws:iam::123456789012:role/tools-us-east-1-scheduler")),
				attribute("architecture", isString("arm64")),
				attribute("memory_size", knownvalue.Int64Exact(128)),
				attribute("timeout", knownvalue.Int64Exact(900)),
				attribute("log_retention_days", knownvalue.Int64Exact(7)),
				attribute("drift", knownvalue.ListExact(nil)),
				attribute("tags_all", knownvalue.MapExact(nil)),
			},
		},
		resource.TestStep{ // the defaults, written out
			Config: r.config(`architecture = "arm64"`, `memory_size = 128`, `timeout = 900`,
				`log_retention_days = 7`),
			ConfigPlanChecks: before(plancheck.ExpectEmptyPlan()),
		},
		resource.TestStep{
			ResourceName: runnerAddress, ImportState: true, ImportStateId: "tools",
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
		},
	)
}

// everything is a runner with each argument that changes in place.
var everything = []string{
	`architecture = "x86_64"`, `memory_size = 256`, `timeout = 60`, `log_retention_days = 30`,
	`permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"`,
	`dead_letter_arn = "arn:aws:sqs:us-east-1:123456789012:letters"`,
	`failure_destination_arn = "arn:aws:sns:us-east-1:123456789012:failures"`,
	`tags = { team = "web" }`,
}

func TestRunnerResource_updateInPlace(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	changed := onlyChanges{
		"architecture", "code_digest", "dead_letter_arn", "failure_destination_arn", "log_retention_days",
		"memory_size", "permissions_boundary_arn", "tags", "tags_all", "timeout",
	}
	r.run(
		resource.TestStep{Config: r.config()},
		resource.TestStep{Config: r.config(everything...), ConfigPlanChecks: before(changed)},
		resource.TestStep{
			ResourceName: runnerAddress, ImportState: true, ImportStateId: "tools",
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
		},
		resource.TestStep{Config: r.config(), ConfigPlanChecks: before(changed)},
		resource.TestStep{
			Config:           r.config(`memory_size = 512`),
			ConfigPlanChecks: before(onlyChanges{"memory_size"}),
		},
	)
}

func TestRunnerResource_newRunner(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.run(
		resource.TestStep{Config: r.config()},
		resource.TestStep{
			PreConfig:        func() { r.release.Store("two") },
			Config:           r.config(),
			ConfigPlanChecks: before(onlyChanges{"code_digest"}),
		},
		resource.TestStep{
			PreConfig:   func() { r.release.Store("") },
			Config:      r.config(),
			ExpectError: regexp.MustCompile(`Runner is not built in[\s\S]*Run\s+` + "`make build`"),
		},
		resource.TestStep{PreConfig: func() { r.release.Store("two") }, Config: r.config()},
	)
}

func TestRunnerResource_drift(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	client := iam.NewFromConfig(r.Config())
	r.run(
		resource.TestStep{Config: r.config(everything...)},
		resource.TestStep{
			PreConfig: func() {
				f, _ := r.Lambda().Function("tools")
				f.MemorySize, f.Zip, f.Tags = 1024, []byte("by hand"), map[string]string{"team": "api"}
				r.Lambda().PutFunction(f)
			},
			Config:           r.config(everything...),
			ConfigPlanChecks: before(onlyChanges{"code_digest", "memory_size", "tags", "tags_all"}),
		},
		resource.TestStep{
			PreConfig: func() {
				_, err := client.DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
					RoleName: aws.String("tools-us-east-1"), PolicyName: aws.String("savings-runner"),
				})
				if err != nil {
					t.Error(err)
				}
				r.Lambda().RemoveFunction("tools")
			},
			Config:           r.config(everything...),
			ConfigPlanChecks: before(onlyChanges{"drift"}),
		},
		resource.TestStep{
			RefreshState: true,
			Check: func(*terraform.State) error {
				f, ok := r.Lambda().Function("tools")
				if !ok || f.MemorySize != 256 || f.CodeSha256 != r.digest("x86_64") {
					return fmt.Errorf("the function was not made again as it was: %+v", f)
				}
				return nil
			},
		},
	)
}

func TestRunnerResource_goneOutside(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.run(
		resource.TestStep{Config: r.config()},
		resource.TestStep{
			PreConfig: func() {
				k := runnerstack.New(r.Config(), func(context.Context, string) {})
				if _, err := k.Delete(t.Context(), runnerstack.Stack{Name: "tools"}); err != nil {
					t.Error(err)
				}
			},
			Config:           r.config(),
			ConfigPlanChecks: before(plancheck.ExpectResourceAction(runnerAddress, plancheck.ResourceActionCreate)),
		},
	)
}

func TestRunnerResource_roles(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t, fakeaws.WithoutRoleChecks())
	given := []string{
		`execution_role_arn = "arn:aws:iam::123456789012:role/service-role/mine"`,
		`scheduler_role_arn = "arn:aws:iam::123456789012:role/other"`,
	}
	changed := onlyChanges{"execution_role_arn", "execution_role_name", "scheduler_role_arn"}
	r.run(
		resource.TestStep{
			Config:            r.config(given...),
			ConfigStateChecks: []statecheck.StateCheck{attribute("execution_role_name", isString("mine"))},
		},
		resource.TestStep{Config: r.config(), ConfigPlanChecks: before(changed)},
		resource.TestStep{Config: r.config(given...), ConfigPlanChecks: before(changed)},
	)
}

func TestRunnerResource_newNameReplaces(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.run(
		resource.TestStep{Config: r.config()},
		resource.TestStep{
			Config: r.named(`"other"`),
			ConfigPlanChecks: before(
				plancheck.ExpectResourceAction(runnerAddress, plancheck.ResourceActionDestroyBeforeCreate),
				plancheck.ExpectUnknownValue(runnerAddress, tfjsonpath.New("function_arn")),
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("log_group_name"), isString("/aws/lambda/other")),
			),
		},
	)
}

// A replacement by hand takes the schedule's rights with the role, and says so; the schedule puts
// them on the new role in the same apply. A whole destroy takes the schedule first.
func TestRunnerResource_replacedUnderSchedule(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	config := r.config() + `
resource "savings_schedule" "night" {
  name             = "night"
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"
  events           = { stop = { args = ["ec2", "stop-instances", "i-0123456789abcdef0"], cron_expr = "cron(0 21 * * ? *)" } }
}
`
	r.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			Config: config, Taint: []string{runnerAddress},
			ConfigPlanChecks: before(
				plancheck.ExpectResourceAction("savings_schedule.night", plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue("savings_schedule.night", tfjsonpath.New("runner_role_id")),
			),
			Check: func(*terraform.State) error {
				role, _ := r.IAM().Role("tools-us-east-1")
				if role.Policies["savings-us-east-1-night"] == "" {
					return errors.New("the new role lacks the schedule's policy")
				}
				return nil
			},
		},
		resource.TestStep{Config: config, PlanOnly: true},
	)
	want := []diag.Diagnostics{{diag.NewWarningDiagnostic("tools: rights of schedules went with the role",
		"The role had these policies of savings_schedule: savings-us-east-1-night. If the runner is being replaced, "+
			"a savings_schedule that this apply updates puts its policy on the new role. One of another configuration "+
			"does so at its own next apply, where the plan shows + policy_json; until then its events may stop and "+
			"start nothing.")}, nil}
	if diff := cmp.Diff(want, r.deleted); diff != "" {
		t.Errorf("what the deletions said (-want +got):\n%s", diff)
	}
}

func TestRunnerResource_defaultTags(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.defaultTags = `default_tags { tags = { owner = "ops", team = "all" } }`
	first := r.config(`tags = { team = "web" }`)
	r.defaultTags = `default_tags { tags = { owner = "dev" } }`
	r.run(
		resource.TestStep{
			Config: first,
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("tags_all", knownvalue.MapExact(map[string]knownvalue.Check{
					"owner": isString("ops"), "team": isString("web"),
				})),
			},
		},
		resource.TestStep{
			Config:           r.config(`tags = { team = "web" }`),
			ConfigPlanChecks: before(onlyChanges{"tags_all"}),
		},
	)
}

func TestRunnerResource_unknownValues(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t, fakeaws.WithoutRoleChecks())
	const later = `
resource "terraform_data" "later" {
  input = {
    name = "tools", architecture = "arm64", memory = 256, days = 14, tag = "web"
    role = "arn:aws:iam::123456789012:role/mine", queue = "arn:aws:sqs:us-east-1:123456789012:letters"
  }
}
`
	r.run(resource.TestStep{
		Config: later + r.named(`terraform_data.later.output.name`,
			`architecture = terraform_data.later.output.architecture`,
			`memory_size = terraform_data.later.output.memory`,
			`log_retention_days = terraform_data.later.output.days`,
			`execution_role_arn = terraform_data.later.output.role`,
			`dead_letter_arn = terraform_data.later.output.queue`,
			`failure_destination_arn = terraform_data.later.output.queue`,
			`tags = { team = terraform_data.later.output.tag }`),
		ConfigStateChecks: []statecheck.StateCheck{
			attribute("code_digest", isString(r.digest("arm64"))),
			attribute("execution_role_name", isString("mine")),
		},
	})
	r.run(resource.TestStep{ // validate knows no variables
		Config: `
variable "architecture" { type = string }
variable "memory" { type = number }
variable "tags" { type = map(string) }
` + r.config(`architecture = var.architecture`, `memory_size = var.memory`, `tags = var.tags`),
		ConfigVariables: config.Variables{
			"architecture": config.StringVariable("x86_64"), "memory": config.IntegerVariable(256),
			"tags": config.MapVariable(map[string]config.Variable{"team": config.StringVariable("web")}),
		},
	})
}

// The plan of a new runner asks AWS nothing, so it needs no credentials.
func TestRunnerResource_planOfNewAsksNothing(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.run(resource.TestStep{Config: r.config(everything...), PlanOnly: true, ExpectNonEmptyPlan: true})
	if got := r.Requests(); len(got) > 0 {
		t.Errorf("got %d requests, the first %s", len(got), got[0].Operation)
	}
}

func TestRunnerResource_importIDWithDots(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.run(resource.TestStep{
		Config: r.config() + "import {\n  to = savings_runner.tools\n  id = " +
			"\"arn:aws:lambda:x\"\n}\n",
		ExpectError: regexp.MustCompile(`Invalid import ID[\s\S]*"arn:aws:lambda:x"\s+is\s+no\s+name`),
	})
}

func TestRunnerResource_createFails(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	refused := fakeaws.Fault{Code: "AccessDeniedException", Message: "no", Status: 403}
	r.Fail(fakeaws.Match{Operation: "PutFunctionEventInvokeConfig", Times: 1}, refused)
	r.run(
		resource.TestStep{
			Config: r.config(),
			ExpectError: regexp.MustCompile(
				`Creating the runner failed[\s\S]*AccessDeniedException[\s\S]*Nothing is left behind`),
		},
		resource.TestStep{
			PreConfig: func() {
				if left := r.Leftovers(); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			},
			Config:           r.config(),
			ConfigPlanChecks: before(plancheck.ExpectResourceAction(runnerAddress, plancheck.ResourceActionCreate)),
		},
	)
}

func TestRunnerResource_nameIsTaken(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.Lambda().PutFunction(fakeaws.Function{FunctionName: "tools", Runtime: "provided.al2023", Handler: "bootstrap"})
	r.run(
		resource.TestStep{
			Config: r.config(),
			ExpectError: regexp.MustCompile(`Name is taken[\s\S]*There is a function "tools" ` +
				`already[\s\S]*id = "tools"`),
		},
		resource.TestStep{ // as the message says
			Config:             r.config() + "import {\n  to = savings_runner.tools\n  id = \"tools\"\n}\n",
			ExpectNonEmptyPlan: false,
		},
	)
}

// An import does not know whether no tags are written as {} or not at all.
func TestRunnerResource_importWithoutTags(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	provider, _, _ := strings.Cut(r.config(), "resource ")
	forget := provider + "removed {\n  from = savings_runner.tools\n  lifecycle {\n    destroy = false\n  }\n}\n"
	again := func(config string) []resource.TestStep {
		return []resource.TestStep{
			{Config: forget},
			{
				Config:           config + "import {\n  to = savings_runner.tools\n  id = \"tools\"\n}\n",
				ConfigPlanChecks: before(plancheck.ExpectResourceAction(runnerAddress, plancheck.ResourceActionNoop)),
			},
		}
	}
	steps := []resource.TestStep{{Config: r.config()}}
	steps = append(steps, again(r.config())...)
	steps = append(steps, again(r.config("tags = {}"))...)
	r.run(append(steps, resource.TestStep{
		Config:           r.config(`tags = { team = "web" }`),
		ConfigPlanChecks: before(onlyChanges{"tags", "tags_all"}),
	}, resource.TestStep{
		Config:           r.config(),
		ConfigPlanChecks: before(onlyChanges{"tags", "tags_all"}),
	})...)
}

// A log group that an older function of that name left can be taken over.
func TestRunnerResource_importOfLogGroupAlone(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	_, err := cloudwatchlogs.NewFromConfig(r.Config()).CreateLogGroup(t.Context(),
		&cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/aws/lambda/tools")})
	if err != nil {
		t.Fatal(err)
	}
	r.run(
		resource.TestStep{
			Config:      r.config(),
			ExpectError: regexp.MustCompile(`Name is taken[\s\S]*There is a log group\s+"/aws/lambda/tools" already`),
		},
		resource.TestStep{
			Config: r.config() + "import {\n  to = savings_runner.tools\n  id = \"tools\"\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("drift", knownvalue.ListExact(nil)),
				attribute("log_retention_days", knownvalue.Int64Exact(7)),
				attribute("function_arn", isString("arn:aws:lambda:us-east-1:123456789012:function:tools")),
			},
		},
	)
}
