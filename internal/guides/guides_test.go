package guides

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// notRun are the pages whose console blocks cannot be run again here, and why.
var notRun = map[string]string{
	"upgrading.md": "it goes from one release to another, and a build has one runner: run by hand with two releases; " +
		"TestAccUpgrade, TestAccDowngrade and TestRunnerResource_stayOnOldRunner do what it tells",
	"troubleshooting.md": "its reports are of stacks that broke, on a day that is over: " +
		"TestGuide_showsTheseReports holds each beside what the doctor's tests print",
}

// goesOn are the pages whose commands are for the stack of the first guide, as its apply leaves it.
var goesOn = []string{"holds.md", "README.md", "README.ja.md"}

const firstGuide, apply = "get-started.md", "tofu apply -auto-approve"

// TestGuides runs the guides, and the README. Where one differs, UPDATE=1 puts in what was printed;
// shorten it with … lines.
func TestGuides(t *testing.T) {
	t.Parallel()
	guides := filepath.Join(acctest.Root(t), "templates", "guides")
	pages, err := filepath.Glob(filepath.Join(guides, "*.md*"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("got %d guides, error %v", len(pages), err)
	}
	for _, name := range []string{"README.md", "README.ja.md"} {
		pages = append(pages, filepath.Join(acctest.Root(t), name))
	}
	for _, path := range pages {
		name := filepath.Base(path)
		page := read(t, path)
		if !page.hasCommands() || notRun[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			if slices.Contains(goesOn, name) {
				s.begin(read(t, filepath.Join(guides, firstGuide)))
			}
			for i := range page.Steps {
				s.do(&page.Steps[i])
			}
			if s.changed {
				page.write(t, path)
			}
		})
	}
}

func read(t *testing.T, path string) *Page {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(string(text))
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
	aws.Lambda().Handle("sample-ai-tools", func(event []byte) ([]byte, error) { return lambda(t, env, event) })

	cli := acctest.NewCLI(t, tfcli.Tofu, env...)
	tofu, err := tfcli.Find(acctest.Root(t), tfcli.Tofu)
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(acctest.Root(t), "bin")
	for _, program := range []string{"savings", "runner"} {
		if _, err := os.Stat(filepath.Join(bin, program)); err != nil {
			t.Fatalf("run make build: %v", err)
		}
	}
	path := bin + ":" + filepath.Dir(tofu) + ":" + os.Getenv("PATH")
	return &scene{t: t, cli: cli, env: append(cli.Env(), "PATH="+path, "TF_CLI_ARGS=-no-color", "NO_COLOR=1")}
}

// lambda has the runner's program run one event, as AWS Lambda does.
func lambda(t *testing.T, env []string, event []byte) ([]byte, error) {
	t.Helper()
	api := acctest.StartLambdaRuntime(t, "arn:aws:lambda:ap-northeast-1:"+fakeaws.Account+":function:sample-ai-tools",
		time.Minute, string(event))
	cmd := exec.CommandContext(t.Context(), filepath.Join(acctest.Root(t), "bin", "runner"))
	cmd.Env = append(slices.Clone(env), api.Env())
	log, err := cmd.CombinedOutput() // it ends with an error: there is no second event
	answers := api.Answers()
	if len(answers) != 1 || answers[0].Failed {
		return nil, fmt.Errorf("the runner answers %v, error %w; its log:\n%s", answers, err, log)
	}
	return []byte(answers[0].Body), nil
}

// begin does the steps of the first guide until all is applied.
func (s *scene) begin(first *Page) {
	s.t.Helper()
	for i := range first.Steps {
		s.do(&first.Steps[i])
		if first.Steps[i].Command == apply {
			return
		}
	}
	s.t.Fatalf("%s is without %s", firstGuide, apply)
}

// A hold that is over is refused, and the day of the pages will be. So they run with a later one.
const shownDay, laterDay = "2026-12-01", "2099-12-01"

// do writes the step's file, or runs its command and compares.
func (s *scene) do(step *Step) {
	s.t.Helper()
	if step.Command == "" {
		s.cli.Write(step.File, step.Content)
		return
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Minute)
	defer cancel()
	command := strings.ReplaceAll(step.Command, "--until "+shownDay, "--until "+laterDay)
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = s.cli.Dir, s.env
	printed, err := cmd.CombinedOutput()
	out := strings.ReplaceAll(string(printed), laterDay, shownDay)
	if Matches(step.Want, out) {
		return
	}
	if os.Getenv("UPDATE") != "" {
		step.Want = trimmed(strings.Split(out, "\n"))
		s.changed = true
		return
	}
	s.t.Errorf("$ %s\n(error %v) printed\n%s\nthe guide has\n%s", step.Command, err, out,
		strings.Join(step.Want, "\n"))
}
