package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// runnerDrift is one way in which a runner is found other than it was left.
type runnerDrift struct {
	name   string
	change func(*testing.T, *fakeaws.AWS)
	// lines of the runner's plan, and whether the schedule's rights went too.
	lines    []string
	schedule bool
}

// drifted is a line of a list that goes.
func drifted(text string) string { return fmt.Sprintf("- %q,", text) }

func runnerDrifts(a *fakeaws.AWS) []runnerDrift {
	f, _ := a.Lambda().Function("tools")
	mine := "sha256:" + strings.Repeat("ab", 32)
	return []runnerDrift{
		{"code changed by hand", func(_ *testing.T, a *fakeaws.AWS) {
			a.Lambda().Change("tools", func(f *fakeaws.Function) {
				f.ImageURI, f.CodeSha256 = a.ECR().URL("mine")+"@"+mine, strings.TrimPrefix(mine, "sha256:")
			})
		}, []string{fmt.Sprintf("~ code_digest = %q -> %q", strings.TrimPrefix(mine, "sha256:"), f.CodeSha256)}, false},
		{"image deleted", func(_ *testing.T, a *fakeaws.AWS) {
			a.ECR().RemoveImage("runners", "sha256:"+f.CodeSha256)
		}, []string{"~ drift = [", drifted("image " + f.ImageURI + " is missing in its repository")}, false},
		{"function deleted", func(_ *testing.T, a *fakeaws.AWS) {
			a.Lambda().RemoveFunction("tools")
		}, []string{"~ drift = [", drifted("function tools is missing")}, false},
		{"scheduler's role deleted", func(_ *testing.T, a *fakeaws.AWS) {
			a.IAM().RemoveRole("tools-" + region + "-scheduler")
		}, []string{"~ drift = [", drifted("scheduler's role tools-" + region + "-scheduler is missing")}, false},
		{"execution role deleted", func(_ *testing.T, a *fakeaws.AWS) {
			a.IAM().RemoveRole("tools-" + region)
		}, []string{"~ drift = [", drifted("execution role tools-" + region + " is missing")}, true},
		{"log group deleted", func(t *testing.T, a *fakeaws.AWS) {
			_, err := cloudwatchlogs.NewFromConfig(a.Config()).DeleteLogGroup(t.Context(),
				&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("/aws/lambda/tools")})
			if err != nil {
				t.Error(err)
			}
		}, []string{"~ drift = [", drifted("log group /aws/lambda/tools is missing")}, false},
		{"settings changed", func(_ *testing.T, a *fakeaws.AWS) {
			a.Lambda().Change("tools", func(f *fakeaws.Function) { f.MemorySize, f.Timeout = 512, 3 })
		}, []string{"~ memory_size = 512 -> 128", "~ timeout = 3 -> 900"}, false},
		{"overrides", func(_ *testing.T, a *fakeaws.AWS) {
			a.Lambda().Change("tools", func(f *fakeaws.Function) {
				f.ImageConfigResponse = &fakeaws.ImageConfigResponse{
					ImageConfig: fakeaws.ImageConfig{Command: []string{"sleep"}},
				}
			})
		}, []string{"~ drift = [", drifted("function has overrides of its image: command sleep")}, false},
	}
}

// The next plan shows just what was changed outside, and its apply mends it.
func TestAccRunner_drift(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env, url := runnerCloud(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", imageRunner(fmt.Sprintf("repository_url = %q", url)))
		c.Init()
		c.Apply()
		for _, drift := range runnerDrifts(a) {
			drift.change(t, a)
			p := c.Plan()
			want := []string{"savings_runner.tools [update]"}
			if drift.schedule {
				want = append(want, "savings_schedule.night [update]")
			}
			if diff := cmp.Diff(want, slices.Sorted(slices.Values(changed(p)))); diff != "" {
				t.Errorf("%s: changes (-want +got):\n%s\n%s", drift.name, diff, p.Text)
			}
			lines := append([]string{`~ resource "savings_runner" "tools" {`}, drift.lines...)
			if diff := cmp.Diff(lines, runnerLines(p.Text)); diff != "" {
				t.Errorf("%s: lines (-want +got):\n%s\n%s", drift.name, diff, p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
			wantFunctionsImage(t, a, url)
		}
		c.Destroy()
		if left := a.Leftovers(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// runnerLines are the changed lines of a plan that belong to the runner.
func runnerLines(text string) []string {
	_, text, _ = strings.Cut(text, "# savings_runner.tools ")
	text, _, _ = strings.Cut(text, "# savings_schedule.")
	return changedLines(text)
}
