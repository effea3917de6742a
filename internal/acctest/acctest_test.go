package acctest

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

const trivial = `
variable "word" { default = "one" }
resource "terraform_data" "this" { input = var.word }
output "word" { value = terraform_data.this.output }
`

func TestCLI_lifeOfAConfiguration(t *testing.T) {
	t.Parallel()
	for _, pair := range pairs {
		t.Run(pair.String(), func(t *testing.T) {
			t.Parallel()
			c, e := pair.Start(t)
			who, err := sts.NewFromConfig(e.Config(t)).GetCallerIdentity(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := aws.ToString(who.Account); got != e.Account {
				t.Errorf("account: got %s, want %s", got, e.Account)
			}

			c.Write("main.tf", trivial)
			c.Init()
			if diags := c.Validate(); len(diags) != 0 {
				t.Errorf("validate: got %v, want nothing", diags)
			}
			p := c.Plan()
			if !p.Changed || len(p.JSON.ResourceChanges) != 1 {
				t.Fatalf("plan: got %d changes, want 1:\n%s", len(p.JSON.ResourceChanges), p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
			if got := c.State().Values.Outputs["word"].Value; got != "one" {
				t.Errorf("output: got %v, want one", got)
			}
			if p := c.Plan("-var=word=two"); !strings.Contains(p.Text, "two") {
				t.Errorf("plan of a change does not show it:\n%s", p.Text)
			}
			c.Destroy()
			if s := c.State(); s.Values != nil && len(s.Values.RootModule.Resources) != 0 {
				t.Errorf("state after destroy: got %v, want nothing", s.Values.RootModule.Resources)
			}
		})
	}
}

func TestCLI_failures(t *testing.T) {
	t.Parallel()
	c := NewCLI(t, tfcli.Tofu)
	c.Write("main.tf", `
resource "terraform_data" "this" {
  input = "x"
  lifecycle {
    precondition {
      condition     = path.module == ""
      error_message = "This never holds."
    }
  }
}
`)
	c.Init()
	if got := c.PlanFails(); !strings.Contains(got, "This never holds.") {
		t.Errorf("plan: got %s, want the precondition's message", got)
	}
	if got := c.ApplyFails(); !strings.Contains(got, "This never holds.") {
		t.Errorf("apply: got %s, want the precondition's message", got)
	}
	c.Write("more.tf", `output "x" { value = terraform_data.nowhere }`)
	if diags := c.Validate(); len(diags) != 1 || diags[0].Range.Filename != "more.tf" {
		t.Errorf("validate: got %v, want one error in more.tf", diags)
	}
}

func TestCLI_killed(t *testing.T) {
	t.Parallel()
	c := NewCLI(t, tfcli.Tofu)
	c.Write("main.tf", `
resource "terraform_data" "this" {
  provisioner "local-exec" { command = "echo > started; exec sleep 60" }
}
`)
	c.Init()
	r := c.Start("apply", "-auto-approve")
	waitForFile(t, c.Dir+"/started")
	r.Kill()
	res, err := r.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if res.ExitCode != -1 {
		t.Errorf("exit status: got %d, want -1", res.ExitCode)
	}
}

func TestPairOf_spreadsEvenly(t *testing.T) {
	t.Parallel()
	seen := map[Pair]int{}
	for i := range 12 {
		seen[PairOf(i)]++
	}
	for p, n := range seen {
		if n != 3 {
			t.Errorf("%v: got %d of 12 tests, want 3", p, n)
		}
	}
	if len(seen) != 4 {
		t.Errorf("got %d pairs, want 4", len(seen))
	}
}

// waitForFile waits until another process has made a file.
func waitForFile(t *testing.T, path string) {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-timeout:
			t.Fatalf("%s did not appear", path)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
