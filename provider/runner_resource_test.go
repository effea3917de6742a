package provider

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	frameworkresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

const runnerAddress = "savings_runner.tools"

// runnerTest is a fake AWS and a provider whose bundled runner a test can change.
type runnerTest struct {
	*fakeaws.AWS
	t           *testing.T
	release     atomic.Value // string: what the bundled program holds; "" for none
	profile     string
	defaultTags string
}

func newRunnerTest(t *testing.T, opts ...fakeaws.Option) *runnerTest {
	t.Helper()
	r := &runnerTest{AWS: fakeaws.Start(t, opts...), t: t, profile: filepath.Join(t.TempDir(), "config")}
	r.release.Store("one")
	profile := "[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n"
	if err := os.WriteFile(r.profile, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *runnerTest) zip(architecture string) ([]byte, string, error) {
	release := r.release.Load().(string)
	if release == "" {
		return nil, "", &bundle.MissingError{Architecture: architecture}
	}
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	f, err := w.Create("bootstrap")
	if err != nil {
		return nil, "", err
	}
	if _, err := fmt.Fprintf(f, "%s for %s", release, architecture); err != nil {
		return nil, "", err
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return buffer.Bytes(), bundle.Digest(buffer.Bytes()), nil
}

func (r *runnerTest) digest(architecture string) string {
	r.t.Helper()
	_, digest, err := r.zip(architecture)
	if err != nil {
		r.t.Fatal(err)
	}
	return digest
}

// runnerProvider is the provider with another bundled runner.
type runnerProvider struct {
	provider.Provider
	zip func(string) ([]byte, string, error)
}

func (p runnerProvider) Resources(context.Context) []func() frameworkresource.Resource {
	return []func() frameworkresource.Resource{
		func() frameworkresource.Resource { return &runnerResource{zip: p.zip} },
	}
}

func (r *runnerTest) run(steps ...resource.TestStep) {
	r.t.Helper()
	server := providerserver.NewProtocol6WithError(runnerProvider{New("test")(), r.zip})
	inProcess(r.t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){"savings": server},
		Steps:                    steps,
	})
	if left := r.Leftovers(); len(left) > 0 {
		r.t.Errorf("left behind: %q", left)
	}
}

// config is a configuration of a runner named tools with more arguments.
func (r *runnerTest) config(arguments ...string) string {
	return r.named(`"tools"`, arguments...)
}

func (r *runnerTest) named(name string, arguments ...string) string {
	return fmt.Sprintf(`
provider "savings" {
  region              = "us-east-1"
  endpoint_url        = %q
  shared_config_files = [%q]
  %s
}

resource "savings_runner" "tools" {
  name = %s
  %s
}
`, r.URL(), r.profile, r.defaultTags, name, strings.Join(arguments, "\n  "))
}

func attribute(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(runnerAddress, tfjsonpath.New(name), value)
}

func isString(s string) knownvalue.Check { return knownvalue.StringExact(s) }

// onlyChanges checks that a plan updates the runner in place, changes exactly these attributes and
// leaves nothing for after the apply.
type onlyChanges []string

func (want onlyChanges) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest,
	resp *plancheck.CheckPlanResponse,
) {
	for _, rc := range req.Plan.ResourceChanges {
		if rc.Address != runnerAddress {
			continue
		}
		if !rc.Change.Actions.Update() {
			resp.Error = fmt.Errorf("got actions %v, want an update in place", rc.Change.Actions)
			return
		}
		before, after := rc.Change.Before.(map[string]any), rc.Change.After.(map[string]any)
		got := []string{}
		for name := range after {
			if !cmp.Equal(before[name], after[name]) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string(want), got); diff != "" {
			resp.Error = fmt.Errorf("changed attributes (-want +got):\n%s", diff)
		}
		for name, unknown := range rc.Change.AfterUnknown.(map[string]any) {
			if unknown == true {
				resp.Error = fmt.Errorf("%s is known only after the apply", name)
			}
		}
		return
	}
	resp.Error = fmt.Errorf("the plan does not name %s", runnerAddress)
}

func before(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

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
				if err := k.Delete(t.Context(), runnerstack.Stack{Name: "tools"}); err != nil {
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
			Config:      r.config(),
			ExpectError: regexp.MustCompile(`Creating the runner failed[\s\S]*AccessDeniedException`),
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
