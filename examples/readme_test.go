package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// fenced are a page's blocks of one language; "" has none.
func fenced(page, language string) (blocks []string) {
	for i, part := range strings.Split("\n"+page, "\n```") {
		if head, text, _ := strings.Cut(part, "\n"); i%2 == 1 && head == language {
			blocks = append(blocks, text+"\n")
		}
	}
	return blocks
}

// onFake is a working folder of a program on an AWS in memory.
func onFake(t *testing.T, tool tfcli.Tool) *acctest.CLI {
	t.Helper()
	a := fakeaws.Start(t, fakeaws.WithRegion("ap-northeast-1"))
	return acctest.NewCLI(t, tool, "AWS_ENDPOINT_URL="+a.URL(), "AWS_REGION=ap-northeast-1",
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
}

// The stack and the provider's block of each README are applied, and the plan that it shows for one event
// that changes is what OpenTofu prints.
func TestReadme(t *testing.T) {
	t.Parallel()
	for name, language := range map[string]string{"README.md": "en", "README.ja.md": "ja"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := os.ReadFile(filepath.Join(acctest.Root(t), name))
			if err != nil {
				t.Fatal(err)
			}
			blocks, shown := fenced(string(page), "hcl"), fenced(string(page), "")
			if len(blocks) < 2 || len(shown) == 0 || !strings.Contains(shown[0], "~ resource") {
				t.Fatalf("%d blocks of a configuration, first output %q", len(blocks), shown)
			}
			c := onFake(t, tfcli.Tofu)
			c.Write("provider.tf", strings.Replace(blocks[1], `provider "savings" {`,
				"provider \"savings\" {\n  language = \""+language+"\"", 1))
			c.Write("main.tf", strings.Replace(blocks[0], "cron(0 21 ", "cron(0 22 ", 1))
			c.Init()
			c.Apply()
			c.Write("main.tf", blocks[0])
			if p := c.Plan(); !strings.Contains(p.Text, strings.TrimRight(shown[0], "\n")) {
				t.Errorf("the README shows\n%s\nand the plan is\n%s", shown[0], p.Text)
			}
		})
	}
}

// After what each README says of the installation, init finds the provider.
func TestReadme_install(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs tofu")
	}
	root := acctest.Root(t)
	tofu, err := tfcli.Find(root, tfcli.Tofu)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "README.ja.md"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				t.Fatal(err)
			}
			shell := fenced(string(page), "")
			at := slices.IndexFunc(shell, func(block string) bool { return strings.Contains(block, "terraform.d/plugins") })
			if at < 0 {
				t.Fatalf("no block of the installation among %q", shell)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(fenced(string(page), "hcl")[1]), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, command := range []struct {
				dir  string
				argv []string
			}{{root, []string{"/bin/sh", "-euc", shell[at]}}, {dir, []string{tofu, "init", "-no-color"}}} {
				cmd := exec.CommandContext(t.Context(), command.argv[0], command.argv[1:]...)
				cmd.Dir = command.dir
				cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%q: %v\n%s", command.argv, err, out)
				}
			}
		})
	}
}

// A resource that a guide shows alone can be planned as it stands.
func TestGuides(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"security.md", "upgrading.md"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := os.ReadFile(filepath.Join(acctest.Root(t), "templates", "guides", name))
			if err != nil {
				t.Fatal(err)
			}
			blocks := slices.DeleteFunc(fenced(string(page), "terraform"), func(block string) bool {
				return !strings.HasPrefix(block, "resource ")
			})
			if len(blocks) != 1 {
				t.Fatalf("got %d resources, want one", len(blocks))
			}
			c := onFake(t, tfcli.Tofu)
			c.Write("main.tf", "terraform {\n  required_providers {\n    savings = { source = \"spin-dd/savings\" }\n  }\n}\n\n"+blocks[0])
			c.Init()
			if p := c.Plan(); !strings.Contains(p.Text, "Plan: 1 to add, 0 to change, 0 to destroy.") {
				t.Errorf("the plan is\n%s", p.Text)
			}
		})
	}
}
