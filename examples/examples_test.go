// Package examples_test plans and applies the examples as people do.
package examples_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestRAG goes the tutorial's way: plan and apply module.tools, then module.saving, then destroy. The
// image goes to ministack's own registry; moto has none, see TestModules_zip.
func TestRAG(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		pair := acctest.Pair{Tool: tool, Emulator: emulator.Ministack}
		t.Run(pair.String(), func(t *testing.T) {
			t.Parallel()
			e := acctest.Start(t, pair.Emulator)
			prefix := "rag-" + string(pair.Tool)
			// The stand-in for the AWS provider makes no repository.
			_, err := ecr.NewFromConfig(e.Config(t)).CreateRepository(t.Context(),
				&ecr.CreateRepositoryInput{RepositoryName: aws.String(prefix + "-tools")})
			if err != nil {
				t.Fatal(err)
			}
			c := acctest.NewCLI(t, tool, append(e.Env(), "ECR_REGISTRY="+strings.TrimPrefix(e.URL, "http://"))...)
			c.UseStandInAWS()
			inExamples(c, "rag")
			c.Write("terraform.tfvars.json", `{
				"symbol": {"service": "ai", "env": "sample", "prefix": "`+prefix+`"},
				"architecture": "`+architecture()+`"
			}`)
			goTutorialsWay(t, c, e, prefix)
			f, err := lambda.NewFromConfig(e.Config(t)).GetFunction(t.Context(),
				&lambda.GetFunctionInput{FunctionName: aws.String(prefix + "-tool")})
			if err != nil || f.Configuration.PackageType != "Image" {
				t.Errorf("got %+v, error %v; want a function of an image", f, err)
			}
			c.Destroy()
			e.CheckEmpty(t, prefix)
		})
	}
}

// TestModules_zip is the same without a repository: the runner is a zip package.
func TestModules_zip(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		pair := acctest.Pair{Tool: tool, Emulator: emulator.Moto}
		t.Run(pair.String(), func(t *testing.T) {
			t.Parallel()
			c, e := pair.Start(t)
			prefix := "zip-" + string(pair.Tool)
			c.Copy("modules", "modules")
			c.Write("main.tf", `
terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}
module "tools" {
  source = "./modules/tools"
  symbol = { service = "ai", env = "sample", prefix = "`+prefix+`" }
}
module "saving" {
  source   = "./modules/saving"
  name     = "`+prefix+`-saving"
  awstools = module.tools.lambda
  timezone = "Asia/Tokyo"
  events = {
    rds_stop = {
      params    = { args = ["rds", "stop-cluster", "sample-ai-aurora-cluster"] }
      cron_expr = "cron(0 21 ? * Mon-Sun *)"
    }
  }
}
`)
			goTutorialsWay(t, c, e, prefix)
			c.Destroy()
			e.CheckEmpty(t, prefix)
		})
	}
}

// goTutorialsWay applies the two modules one after the other, and looks at what is there then.
func goTutorialsWay(t *testing.T, c *acctest.CLI, e *acctest.Emulator, prefix string) {
	t.Helper()
	c.Init()
	for _, target := range []string{"module.tools", "module.saving"} {
		p := c.Plan("-target=" + target)
		if !p.Changed {
			t.Fatalf("nothing to apply of %s:\n%s", target, p.Text)
		}
		c.Apply(p.File)
	}
	c.PlanEmpty()
	checkSeedBlock(t, e, prefix)
	role, err := iam.NewFromConfig(e.Config(t)).GetRolePolicy(t.Context(), &iam.GetRolePolicyInput{
		RoleName:   aws.String(prefix + "-tool-" + e.Config(t).Region),
		PolicyName: aws.String("savings-" + e.Config(t).Region + "-" + prefix + "-saving"),
	})
	if err != nil || !strings.Contains(aws.ToString(role.PolicyDocument), "StopDBCluster") {
		t.Errorf("the runner's role has no right to stop the cluster: %+v, %v", role, err)
	}
}

// checkSeedBlock compares what AWS holds with the block of the old system, letter for letter.
func checkSeedBlock(t *testing.T, e *acctest.Emulator, prefix string) {
	t.Helper()
	got, err := scheduler.NewFromConfig(e.Config(t)).GetSchedule(t.Context(), &scheduler.GetScheduleInput{
		GroupName: aws.String(prefix + "-saving"),
		Name:      aws.String("rds_stop"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := aws.ToString(got.ScheduleExpression), "cron(0 21 ? * Mon-Sun *)"; got != want {
		t.Errorf("expression: got %q, want %q", got, want)
	}
	if got, want := aws.ToString(got.ScheduleExpressionTimezone), "Asia/Tokyo"; got != want {
		t.Errorf("zone: got %q, want %q", got, want)
	}
	if got, want := aws.ToString(got.Target.Arn), ":function:"+prefix+"-tool"; !strings.HasSuffix(got, want) {
		t.Errorf("target: got %q, want it to end with %q", got, want)
	}
	var input struct{ Args []string }
	if err := json.Unmarshal([]byte(aws.ToString(got.Target.Input)), &input); err != nil {
		t.Fatalf("input %s: %v", aws.ToString(got.Target.Input), err)
	}
	want := []string{"rds", "stop-cluster", "sample-ai-aurora-cluster"}
	if diff := cmp.Diff(want, input.Args); diff != "" {
		t.Errorf("args in the input (-want +got):\n%s", diff)
	}
}

// TestSaving_refuses has the mistakes that Terraform itself would drop without a word.
func TestSaving_refuses(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c := acctest.NewCLI(t, tool)
			inExamples(c, "modules/saving")
			c.Init()
			for name, test := range map[string]struct{ events, want string }{
				"misspelt keys": {
					`{ a = { args = ["rds", "stop-cluster", "x"], cron_exp = "rate(1 hour)", timezon = "UTC" } }`,
					`Event "a" has a key that is not known: cron_exp, timezon. Known are args, steps, params, cron_expr,`,
				},
				"misspelt key in params": {
					`{ a = { params = { arg = ["rds", "stop-cluster", "x"] }, cron_expr = "rate(1 hour)" } }`,
					`Event "a" has a key in params that is not known: arg. Known are args and steps.`,
				},
				"args twice": {
					`{ a = { args = ["x"], params = { args = ["x"] }, cron_expr = "rate(1 hour)" } }`,
					`Event "a" has args and params; keep one.`,
				},
				"three times": {
					`{ a = { steps = [["x"]], args = ["x"], params = {}, cron_expr = "rate(1 hour)" } }`,
					`Event "a" has args and params and steps; keep one.`,
				},
				"args and steps in params": {
					`{ a = { params = { args = ["x"], steps = [["x"]] }, cron_expr = "rate(1 hour)" } }`,
					`Event "a" has both args and steps.`,
				},
				"an event that is no object": {`{ a = "rds stop-cluster x" }`, "events must be a map of objects"},
				"a list":                     {`[{ args = ["x"] }]`, "events must be a map of objects"},
				"null":                       {`null`, "events must be a map of objects"},
			} {
				c.Write("terraform.tfvars", `
name         = "x"
function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:x"
role_arn     = "arn:aws:iam::123456789012:role/x"
timezone     = "Asia/Tokyo"
events       = `+test.events+"\n")
				if got := acctest.Flat(c.PlanFails()); !strings.Contains(got, test.want) {
					t.Errorf("%s: got %s\nwant %s", name, got, test.want)
				}
			}
		})
	}
}

// TestSaving_runner has the ways to name the runner: as module.tools gives it, or by three values.
func TestSaving_runner(t *testing.T) {
	t.Parallel()
	const (
		lambda = `awstools = { arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:x", role = "arn:aws:iam::123456789012:role/x", execution_role_name = "y" }`
		old    = `awstools = { arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:x", role = "arn:aws:iam::123456789012:role/x" }`
		values = "function_arn = \"arn:aws:lambda:ap-northeast-1:123456789012:function:x\"\nrole_arn = \"arn:aws:iam::123456789012:role/x\""
	)
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c := acctest.NewCLI(t, tool, "AWS_REGION=ap-northeast-1", "AWS_EC2_METADATA_DISABLED=true")
			inExamples(c, "modules/saving")
			c.Init()
			write := func(runner string) {
				c.Write("terraform.tfvars", `
name     = "x"
timezone = "Asia/Tokyo"
events   = { stop = { args = ["rds", "stop-cluster", "a"], cron_expr = "cron(0 21 * * ? *)" } }
`+runner+"\n")
			}
			for _, runner := range []string{"", lambda + "\n" + values} {
				write(runner)
				got := acctest.Flat(c.PlanFails())
				if want := "Write awstools = module.tools.lambda, or function_arn and role_arn: one of the two."; !strings.Contains(got, want) {
					t.Errorf("%q: got %s\nwant %s", runner, got, want)
				}
			}
			for runner, granted := range map[string]bool{
				lambda: true, old: false, old + "\nrunner_role_name = \"y\"": true, values: false,
				values + "\nrunner_role_name = \"y\"": true,
			} {
				write(runner)
				p := c.Plan()
				planned := p.JSON.ResourceChanges[0].Change.After.(map[string]any)
				if got := planned["runner_role_name"] == "y"; got != granted {
					t.Errorf("%s: rights are passed on: %v, want %v\n%s", runner, got, granted, p.Text)
				}
			}
		})
	}
}

// TestSaving_takes has every way to write an event, mixed in one map.
func TestSaving_takes(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c := acctest.NewCLI(t, tool, "AWS_REGION=ap-northeast-1")
			inExamples(c, "modules/saving")
			c.Init()
			c.Write("terraform.tfvars", `
name         = "x"
function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:x"
role_arn     = "arn:aws:iam::123456789012:role/x"
timezone     = "Asia/Tokyo"
permissions  = "external"
events = {
  args   = { args = ["rds", "stop-cluster", "a"], cron_expr = "cron(0 21 * * ? *)", except_dates = ["2096-12-29"] }
  params = { params = { args = ["rds", "stop-cluster", "b"] }, cron_expr = "cron(0 22 * * ? *)", except_dates = [] }
  steps = {
    steps     = [["rds", "stop-cluster", "c", "--wait"], ["rds", "stop-instance", "d"]]
    cron_expr = "cron(0 23 * * ? *)"
  }
  inside = { params = { steps = [["rds", "start-instance", "d"]] }, cron_expr = "cron(0 8 * * ? *)" }
}
`)
			p := c.Plan()
			for _, want := range []string{
				`"stop Aurora cluster a every day at 21:00, Asia/Tokyo, except on 29 Dec 2096"`,
				`"stop Aurora cluster b every day at 22:00, Asia/Tokyo"`,
				`"stop Aurora cluster c, waiting until stopped, then stop RDS instance d, every day at 23:00, Asia/Tokyo"`,
				`"start RDS instance d every day at 08:00, Asia/Tokyo"`,
			} {
				if !strings.Contains(p.Text, want) {
					t.Errorf("the plan lacks %s:\n%s", want, p.Text)
				}
			}
		})
	}
}

// TestResources plans the examples that the documentation shows, together, as one stack.
func TestResources(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c := onFake(t, tool)
			c.Copy("provider", ".")
			files, err := filepath.Glob(filepath.Join("resources", "*", "resource*.tf"))
			if err != nil || len(files) == 0 {
				t.Fatalf("got examples %v, error %v", files, err)
			}
			for _, file := range files {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				c.Write(filepath.Base(filepath.Dir(file))+"-"+filepath.Base(file), string(content))
			}
			c.Init()
			want := fmt.Sprintf("Plan: %d to add, 0 to change, 0 to destroy.", len(files))
			if p := c.Plan(); !strings.Contains(p.Text, want) || strings.Contains(p.Text, "Warning:") {
				t.Errorf("want %q and no warning, got:\n%s", want, p.Text)
			}
		})
	}
}

// inExamples copies all examples and makes one of them the working folder.
func inExamples(c *acctest.CLI, name string) {
	c.Copy(".", "examples")
	c.Dir = filepath.Join(c.Dir, "examples", name)
}

// architecture is this machine's, which ministack runs functions on.
func architecture() string {
	if runtime.GOARCH == "arm64" {
		return "arm64"
	}
	return "x86_64"
}

var variable = regexp.MustCompile(`(?m)^variable "(\w+)" \{$`)

// The module's page lists each of its variables.
func TestSavingReadme_listsEveryVariable(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		t.Helper()
		content, err := os.ReadFile(filepath.Join("modules", "saving", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	variables := variable.FindAllStringSubmatch(read("variables.tf"), -1)
	if len(variables) == 0 {
		t.Fatal("variables.tf has no variable")
	}
	page := read("README.md")
	for _, v := range variables {
		if !strings.Contains(page, "\n| `"+v[1]+"` | ") {
			t.Errorf("README.md does not list %s", v[1])
		}
	}
}
