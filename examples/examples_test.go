// Package examples_test plans and applies the examples as people do.
package examples_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestRAG goes the tutorial's way: plan and apply module.tools, then module.saving, then destroy.
func TestRAG(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		pair := acctest.PairOf(i)
		t.Run(pair.String(), func(t *testing.T) {
			t.Parallel()
			c, e := pair.Start(t)
			prefix := "rag-" + string(pair.Tool)
			inExamples(c, "rag")
			c.Write("terraform.tfvars.json", `{
				"symbol": {"service": "ai", "env": "sample", "prefix": "`+prefix+`"},
				"architecture": "`+architecture()+`"
			}`)
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
			c.Destroy()
			e.CheckEmpty(t, prefix)
		})
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

// TestResources validates the examples that the documentation shows, together, as one stack.
func TestResources(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c := acctest.NewCLI(t, tool)
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
			if diags := c.Validate(); len(diags) > 0 {
				t.Errorf("got %v, want no diagnostics", diags)
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
