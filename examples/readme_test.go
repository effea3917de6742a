package examples_test

import (
	"os"
	"path/filepath"
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
			a := fakeaws.Start(t, fakeaws.WithRegion("ap-northeast-1"))
			c := acctest.NewCLI(t, tfcli.Tofu, "AWS_ENDPOINT_URL="+a.URL(), "AWS_ACCESS_KEY_ID=testing",
				"AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
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
