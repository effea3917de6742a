package guides

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// notRun are the pages whose console blocks cannot be run again here, and why.
var notRun = map[string]string{
	"upgrading.md": "it goes from one release to another; TestAccUpgrade and TestRunnerResource_stayOnOldRunner do that",
	"holds.md": "its dates pass; cmd/savings/testdata/hold.txtar and fire.txtar have the same lines under a " +
		"clock that stands",
	"simulate.md":        "its first block is a test of internal/simulate",
	"troubleshooting.md": "its reports are of broken stacks; a test of internal/doctor makes each of them",
}

// TestGuides runs the guides. Where one differs, UPDATE=1 puts in what was printed; shorten it with …
// lines.
func TestGuides(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(acctest.Root(t), "templates", "guides", "*.md*"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("got %d guides, error %v", len(pages), err)
	}
	for _, path := range pages {
		name := filepath.Base(path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		page := Parse(string(text))
		if !page.hasCommands() || notRun[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			for i := range page.Steps {
				s.do(&page.Steps[i])
			}
			if s.changed {
				page.write(t, path)
			}
		})
	}
}

func (p *Page) hasCommands() bool {
	for _, step := range p.Steps {
		if step.Command != "" {
			return true
		}
	}
	return false
}

// write puts the outputs in, the last first, so that the lines before keep their numbers.
func (p *Page) write(t *testing.T, path string) {
	t.Helper()
	for i := len(p.Steps) - 1; i >= 0; i-- {
		step := p.Steps[i]
		if step.Command == "" {
			continue
		}
		end := step.Line
		for p.lines[end] != "```" && !strings.HasPrefix(p.lines[end], "$ ") {
			end++
		}
		if p.lines[end] != "```" {
			step.Want = append(step.Want, "") // a blank line before the next command
		}
		p.lines = slices.Concat(p.lines[:step.Line], step.Want, p.lines[end:])
	}
	if err := os.WriteFile(path, []byte(strings.Join(p.lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// scene is where a guide's commands run: a folder, the programs, and an AWS with one Aurora cluster.
type scene struct {
	t       *testing.T
	cli     *acctest.CLI
	env     []string
	changed bool
}

func newScene(t *testing.T) *scene {
	t.Helper()
	aws := fakeaws.Start(t, fakeaws.WithRegion("ap-northeast-1"))
	env := []string{
		"AWS_ENDPOINT_URL=" + aws.URL(), "AWS_REGION=ap-northeast-1", "AWS_ACCESS_KEY_ID=testing",
		"AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true",
	}
	cluster := fakeaws.DBCluster{ID: "my-aurora"}
	cluster.Status = "available"
	aws.RDS().PutCluster(cluster)
	runner := sync.OnceValue(func() *acctest.ServedRunner { return acctest.Runner(t, env...) })
	aws.Lambda().Handle("sample-ai-tools", func(event []byte) ([]byte, error) { return runner().Handle(event) })

	cli := acctest.NewCLI(t, tfcli.Tofu, env...)
	tofu, err := tfcli.Find(acctest.Root(t), tfcli.Tofu)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(acctest.Root(t), "bin") + ":" + filepath.Dir(tofu) + ":" + os.Getenv("PATH")
	return &scene{t: t, cli: cli, env: append(cli.Env(), "PATH="+path, "TF_CLI_ARGS=-no-color", "NO_COLOR=1")}
}

// do writes the step's file, or runs its command and compares.
func (s *scene) do(step *Step) {
	s.t.Helper()
	if step.Command == "" {
		s.cli.Write(step.File, step.Content)
		return
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", step.Command)
	cmd.Dir, cmd.Env = s.cli.Dir, s.env
	out, err := cmd.CombinedOutput()
	if Matches(step.Want, string(out)) {
		return
	}
	if os.Getenv("UPDATE") != "" {
		step.Want = trimmed(strings.Split(string(out), "\n"))
		s.changed = true
		return
	}
	s.t.Errorf("$ %s\n(error %v) printed\n%s\nthe guide has\n%s", step.Command, err, out,
		strings.Join(step.Want, "\n"))
}
