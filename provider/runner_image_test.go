package provider

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

// runs checks which image the function runs, and that its repository has no other.
func (r *runnerTest) runs(uri string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		f, _ := r.Lambda().Function("tools")
		if f.ImageURI != uri {
			return fmt.Errorf("the function runs %q, want %q", f.ImageURI, uri)
		}
		var want []string
		if strings.HasPrefix(uri, r.ECR().URL("runners")) {
			want = []string{"sha256:" + hash(uri)}
		}
		repo, _ := r.ECR().Repository("runners")
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(repo.Images))); diff != "" {
			return fmt.Errorf("images (-want +got):\n%s", diff)
		}
		return nil
	}
}

func hash(imageURI string) string { return imageURI[strings.Index(imageURI, ":")+1:] }

func TestRunnerResource_image(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	config := r.config(r.repository()) + nightOnTools
	one := r.imageURI("arm64")
	same := plancheck.ExpectResourceAction("savings_schedule.night", plancheck.ResourceActionNoop)
	r.run(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: before(
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("image_uri"), isString(one)),
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("code_digest"), isString(hash(one))),
				plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("runner_version"), isString(runnerversion.Version)),
			),
			Check: r.runs(one),
		},
		resource.TestStep{
			ResourceName: runnerAddress, ImportState: true, ImportStateId: "tools",
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
		},
		resource.TestStep{
			PreConfig:        func() { r.release.Store("two") },
			Config:           config,
			ConfigPlanChecks: before(onlyChanges{"code_digest", "image_uri"}, same),
			Check: func(s *terraform.State) error {
				return r.runs(r.imageURI("arm64"))(s)
			},
		},
		resource.TestStep{
			Config:           r.config(fmt.Sprintf("repository_url = %q", r.ECR().URL("runners")), `architecture = "x86_64"`) + nightOnTools,
			ConfigPlanChecks: before(onlyChanges{"architecture", "code_digest", "image_uri"}, same),
			Check: func(s *terraform.State) error {
				return r.runs(r.imageURI("x86_64"))(s)
			},
		},
		resource.TestStep{
			PreConfig:   func() { r.release.Store("") },
			Config:      config,
			ExpectError: regexp.MustCompile(`Runner is not built in[\s\S]*Run\s+` + "`make build`"),
		},
		resource.TestStep{PreConfig: func() { r.release.Store("two") }, Config: config},
	)
}

const nightOnTools = `
resource "savings_schedule" "night" {
  name             = "night"
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"
  events           = { stop = { args = ["ec2", "stop-instances", "i-0123456789abcdef0"], cron_expr = "cron(0 21 * * ? *)" } }
}
`

// A build without the bundled runner does all that needs none of it.
func TestRunnerResource_withoutBundle(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	repository := r.repository()
	mine := r.ECR().URL("mine")
	r.ECR().PutRepository(fakeaws.ECRRepository{Name: "mine"})
	r.ECR().Change("mine", func(repo *fakeaws.ECRRepository) {
		repo.Images["sha256:"+strings.Repeat("cd", 32)] = []string{"v1"}
	})
	missing := regexp.MustCompile(`Runner is not built in[\s\S]*Run\s+` + "`make build`")
	own := r.config(fmt.Sprintf(`image_uri = "%s:v1"`, mine)) + nightOnTools
	r.release.Store("")
	r.run(
		resource.TestStep{Config: r.config(), PlanOnly: true, ExpectError: missing},
		resource.TestStep{Config: r.config(repository), PlanOnly: true, ExpectError: missing},
		resource.TestStep{Config: own, Check: r.runs(mine + ":v1")},
		resource.TestStep{Config: own, Destroy: true, Check: r.keptAndRemoved("mine")},
	)
}

func TestRunnerModel_plannedFor(t *testing.T) {
	t.Parallel()
	planned := configuredRunner()
	planned.ExecutionRoleARN = types.StringUnknown()
	for _, test := range []struct {
		name types.String
		want bool
	}{
		{types.StringUnknown(), true},
		{types.StringValue("tools-us-east-1"), true},
		{types.StringValue("tools-eu-west-1"), false},
	} {
		planned.ExecutionRoleName = test.name
		var diags diag.Diagnostics
		if got := planned.plannedFor("us-east-1", &diags); got != test.want || diags.HasError() == got {
			t.Errorf("%v: got %v, %v", test.name, got, diags)
		}
	}
	planned.ExecutionRoleARN = types.StringValue(roleARNExample)
	if !planned.plannedFor("us-east-1", &diag.Diagnostics{}) {
		t.Error("a given role is of any name")
	}
}

func TestRunnerResource_lifecycleRisk(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	config := r.config(r.repository())
	r.ECR().Change("runners", func(repo *fakeaws.ECRRepository) {
		repo.LifecyclePolicy = `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":` +
			`"imageCountMoreThan","countNumber":10},"action":{"type":"expire"}}]}`
	})
	r.run(resource.TestStep{Config: config})
	if len(r.created) != 1 || len(r.created[0]) != 1 {
		t.Fatalf("got diagnostics %v, want one warning", r.created)
	}
	const summary, detail = "tools: the runner's image may be lost", "expires all but the newest 10 images"
	if d := r.created[0][0]; d.Severity() != diag.SeverityWarning || d.Summary() != summary ||
		!strings.Contains(d.Detail(), detail) {
		t.Errorf("got %s: %s, want a warning %s: …%s…", d.Summary(), d.Detail(), summary, detail)
	}
}

// Each way in which a runner's image may be found other than it was left: the next plan shows just
// that, and the apply mends it.
func TestRunnerResource_imageDrift(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	config := r.config(r.repository())
	one := r.imageURI("arm64")
	function := aws.String("tools")
	client := lambda.NewFromConfig(r.Config())
	change := func(shown onlyChanges, change func() error) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() {
				if err := change(); err != nil {
					t.Error(err)
				}
			},
			Config: config, ConfigPlanChecks: before(shown), Check: r.runs(one),
		}
	}
	r.run(
		resource.TestStep{Config: config},
		change(onlyChanges{"code_digest"}, func() error {
			by := "sha256:" + strings.Repeat("ab", 32)
			r.ECR().PutRepository(fakeaws.ECRRepository{Name: "other"})
			r.ECR().Change("other", func(repo *fakeaws.ECRRepository) { repo.Images[by] = []string{"v1"} })
			r.Lambda().Change("tools", func(f *fakeaws.Function) {
				f.ImageURI, f.CodeSha256 = r.ECR().URL("other")+"@"+by, hash(by)
			})
			return nil
		}),
		change(onlyChanges{"drift"}, func() error {
			r.ECR().RemoveImage("runners", "sha256:"+hash(one))
			r.ECR().RemoveRepository("other")
			r.Lambda().FetchImages()
			return nil
		}),
		change(onlyChanges{"drift"}, func() error {
			r.Lambda().RemoveFunction("tools")
			return nil
		}),
		change(onlyChanges{"drift"}, func() error {
			r.IAM().RemoveRole("tools-us-east-1-scheduler")
			r.IAM().RemoveRole("tools-us-east-1")
			return nil
		}),
		change(onlyChanges{"drift"}, func() error {
			_, err := cloudwatchlogs.NewFromConfig(r.Config()).DeleteLogGroup(t.Context(),
				&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("/aws/lambda/tools")})
			return err
		}),
		change(onlyChanges{"memory_size", "timeout"}, func() error {
			_, err := client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
				FunctionName: function, MemorySize: aws.Int32(512), Timeout: aws.Int32(3),
			})
			return err
		}),
		change(onlyChanges{"drift"}, func() error {
			_, err := client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
				FunctionName: function, ImageConfig: &lambdatypes.ImageConfig{Command: []string{"sleep"}},
			})
			return err
		}),
	)
}

// From a zip package to an image, to an image of the user's, and back: in place, the ARN stays, and
// the plan says that the function goes for a while.
func TestRunnerResource_packages(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	image := r.config(r.repository())
	mine := r.ECR().URL("mine")
	r.ECR().PutRepository(fakeaws.ECRRepository{Name: "mine"})
	digest := "sha256:" + strings.Repeat("cd", 32)
	r.ECR().Change("mine", func(repo *fakeaws.ECRRepository) { repo.Images[digest] = []string{"v1", "v2"} })
	own := func(reference string) string { return r.config(fmt.Sprintf("image_uri = %q", mine+reference)) }
	r.run(
		resource.TestStep{Config: r.config()},
		resource.TestStep{
			Config:           image,
			ConfigPlanChecks: before(onlyChanges{"code_digest", "image_uri", "repository_url"}),
			Check:            r.runs(r.imageURI("arm64")),
		},
		resource.TestStep{
			Config: own("@" + digest),
			ConfigPlanChecks: before(onlyChanges{
				"code_digest", "image_uri", "repository_url", "runner_version",
			}),
			Check: r.runs(mine + "@" + digest),
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("code_digest", isString(hash(digest))), attribute("runner_version", knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config: own(":v1"),
			ConfigPlanChecks: before(plancheck.ExpectUnknownValue(runnerAddress,
				tfjsonpath.New("code_digest"))),
			ConfigStateChecks: []statecheck.StateCheck{attribute("code_digest", isString(hash(digest)))},
			Check:             r.runs(mine + ":v1"),
		},
		resource.TestStep{ // by hand
			PreConfig: func() {
				r.Lambda().Change("tools", func(f *fakeaws.Function) { f.ImageURI = mine + ":v2" })
			},
			Config: own(":v1"),
			ConfigPlanChecks: before(plancheck.ExpectResourceAction(runnerAddress,
				plancheck.ResourceActionUpdate)),
			Check: r.runs(mine + ":v1"),
		},
		resource.TestStep{
			Config:           r.config(),
			ConfigPlanChecks: before(onlyChanges{"code_digest", "image_uri", "runner_version"}),
			Check:            resource.ComposeTestCheckFunc(r.runs(""), r.keptAndRemoved("mine")),
		},
	)
}

// keptAndRemoved checks that the image of the user's was left alone, and removes it.
func (r *runnerTest) keptAndRemoved(repository string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		repo, _ := r.ECR().Repository(repository)
		if len(repo.Images) != 1 {
			return fmt.Errorf("repository %s has %v, want the user's one image", repository, repo.Images)
		}
		r.ECR().RemoveRepository(repository)
		return nil
	}
}

func TestRunnerResource_imageLaterKnown(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	r.repository()
	config := fmt.Sprintf(`
resource "terraform_data" "later" {
  input = %q
}
`, r.ECR().URL("runners")) + r.config("repository_url = terraform_data.later.output")
	r.run(resource.TestStep{
		Config: config,
		ConfigPlanChecks: before(
			plancheck.ExpectUnknownValue(runnerAddress, tfjsonpath.New("image_uri")),
			plancheck.ExpectKnownValue(runnerAddress, tfjsonpath.New("runner_version"), isString(runnerversion.Version)),
		),
		Check: r.runs(r.imageURI("arm64")),
	})
}

func TestRunnerResource_repositoryRefused(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	refused := func(config, text string) resource.TestStep {
		return resource.TestStep{
			Config:      config,
			ExpectError: regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`)),
		}
	}
	elsewhere := strings.Replace(r.ECR().URL("runners"), "us-east-1", "eu-west-1", 1)
	r.run(
		refused(r.config(fmt.Sprintf("repository_url = %q", elsewhere)), "is in eu-west-1, the function in us-east-1"),
		refused(r.config(fmt.Sprintf("image_uri = %q", elsewhere+":v1")), "is in eu-west-1, the function in us-east-1"),
		refused(r.config(fmt.Sprintf("repository_url = %q", r.ECR().URL("runners"))), `resource "aws_ecr_repository" "runners"`),
	)
}

func TestRunnerResource_path(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	const role = "arn:aws:iam::123456789012:role/team/tools-us-east-1"
	r.run(
		resource.TestStep{
			Config: r.config(`path = "/team/"`),
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("execution_role_arn", isString(role)),
				attribute("execution_role_name", isString("tools-us-east-1")),
				attribute("scheduler_role_arn", isString(role+"-scheduler")),
			},
		},
		resource.TestStep{
			ResourceName: runnerAddress, ImportState: true, ImportStateId: "tools",
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
		},
		resource.TestStep{ // made again by hand, without the path
			PreConfig: func() {
				old, _ := r.IAM().Role("tools-us-east-1")
				old.Path = "/"
				r.IAM().PutRole(old)
			},
			Config:           r.config(`path = "/team/"`),
			ConfigPlanChecks: before(onlyChanges{"drift"}),
			Check: func(*terraform.State) error {
				if found, _ := r.IAM().Role("tools-us-east-1"); found.ARN != role {
					return fmt.Errorf("the role is %s, want %s", found.ARN, role)
				}
				return nil
			},
		},
		resource.TestStep{
			Config:           r.config(),
			ConfigPlanChecks: before(plancheck.ExpectResourceAction(runnerAddress, plancheck.ResourceActionReplace)),
		},
		resource.TestStep{
			Config:           r.config(`path = "/"`),
			ConfigPlanChecks: before(onlyChanges{"path"}),
		},
	)
}

// hook is a step between plan and apply.
type hook func()

func (h hook) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	h()
}

// A tag that has moved counts from when Lambda looks at it again, which is what a plan cannot know.
func TestRunnerResource_movedTag(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	one, two := "sha256:"+strings.Repeat("cd", 32), "sha256:"+strings.Repeat("ef", 32)
	r.ECR().PutRepository(fakeaws.ECRRepository{Name: "mine"})
	tag := func(digest string) {
		r.ECR().Change("mine", func(repo *fakeaws.ECRRepository) {
			repo.Images = map[string][]string{digest: {"v1"}}
		})
	}
	tag(one)
	config := func(arguments ...string) string {
		return r.config(append(arguments, fmt.Sprintf(`image_uri = "%s:v1"`, r.ECR().URL("mine")))...)
	}
	runs := func(digest string) []statecheck.StateCheck {
		return []statecheck.StateCheck{attribute("code_digest", isString(hash(digest)))}
	}
	later := plancheck.ExpectUnknownValue(runnerAddress, tfjsonpath.New("code_digest"))
	r.run(
		resource.TestStep{Config: config(), ConfigStateChecks: runs(one)},
		resource.TestStep{
			PreConfig:         func() { tag(two) },
			Config:            config("memory_size = 256"),
			ConfigPlanChecks:  before(onlyChanges{"memory_size"}),
			ConfigStateChecks: runs(one),
		},
		resource.TestStep{
			PreConfig:         func() { r.Lambda().RemoveFunction("tools") },
			Config:            config("memory_size = 256"),
			ConfigPlanChecks:  before(later),
			ConfigStateChecks: runs(two),
		},
		resource.TestStep{
			PreConfig:         func() { tag(one) },
			Config:            config(`architecture = "x86_64"`),
			ConfigPlanChecks:  before(later),
			ConfigStateChecks: runs(one),
		},
		resource.TestStep{ // the function goes between plan and apply
			PreConfig: func() { tag(two) },
			Config:    config(`architecture = "x86_64"`, "memory_size = 512"),
			ConfigPlanChecks: before(onlyChanges{"memory_size"},
				hook(func() { r.Lambda().RemoveFunction("tools") })),
		},
		resource.TestStep{
			Config:           config(`architecture = "x86_64"`, "memory_size = 512"),
			ConfigPlanChecks: before(plancheck.ExpectEmptyPlan()), ConfigStateChecks: runs(two),
			Check: r.keptAndRemoved("mine"),
		},
	)
}
