package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// runnerCloud is a fake AWS that looks at roles, a program's environment for it, and the address of
// its repository "runners", whose tags are immutable, on a loopback address.
func runnerCloud(t *testing.T) (a *fakeaws.AWS, env []string, repositoryURL string) {
	t.Helper()
	a = fakeaws.Start(t, fakeaws.WithRegion(region))
	a.ECR().PutRepository(fakeaws.ECRRepository{Name: "runners", Immutable: true})
	return a, cloudEnv(a), strings.TrimPrefix(a.URL(), "http://") + "/runners"
}

// imageRunner is a runner named tools with these arguments, and a schedule that depends on it.
func imageRunner(arguments ...string) string {
	return header + fmt.Sprintf(`
resource "savings_runner" "tools" {
  name = "tools"
  %s
}
`, strings.Join(arguments, "\n  ")) + nightOn("night")
}

// nightOn is a schedule on the runner tools.
func nightOn(name string) string {
	return fmt.Sprintf(`
resource "savings_schedule" %[1]q {
  name             = %[1]q
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "Asia/Tokyo"
  events = {
    stop = { args = ["rds", "stop-cluster", "db-%[1]s"], cron_expr = "cron(0 21 ? * Mon-Sun *)" }
  }
}
`, name)
}

// changed lists the addresses that a plan changes.
func changed(p *tfcli.Plan) []string {
	var addresses []string
	for _, rc := range p.JSON.ResourceChanges {
		if !rc.Change.Actions.NoOp() {
			addresses = append(addresses, fmt.Sprintf("%s %v", rc.Address, rc.Change.Actions))
		}
	}
	return addresses
}

// The life of a runner that is an image: what changes its code changes the runner in place, and
// nothing in the schedules' plan.
func TestAccRunner_image(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env, url := runnerCloud(t)
		c := acctest.NewCLI(t, tool, env...)
		repository := fmt.Sprintf("repository_url = %q", url)
		apply := func(warning string, arguments ...string) {
			t.Helper()
			c.Write("main.tf", imageRunner(arguments...))
			p := c.Plan()
			want := []string{"savings_runner.tools [update]"}
			if diff := cmp.Diff(want, changed(p)); diff != "" {
				t.Errorf("changes (-want +got):\n%s\n%s", diff, p.Text)
			}
			if got := strings.Contains(acctest.Flat(p.Text), warning); !got {
				t.Errorf("the plan does not say %q:\n%s", warning, p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
			wantFunctionsImage(t, a, url)
		}
		c.Write("main.tf", imageRunner(repository))
		c.Init()
		c.Apply()
		c.PlanEmpty()
		wantFunctionsImage(t, a, url)

		apply("architecture", repository, `architecture = "x86_64"`)
		digest := slices.Collect(imagesOf(a))[0]
		a.ECR().RemoveImage("runners", digest)
		apply("is missing in its repository", repository, `architecture = "x86_64"`)
		apply("turns from an image to a zip package")
		apply("turns from a zip package to an image", repository)
		apply("keep_image", repository, "keep_image = true")
		apply("keep_image", repository)
		c.Destroy()
		if left := a.Leftovers(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// An image of the user's is run, and neither pushed nor taken away.
func TestAccRunner_ownImage(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env, url := runnerCloud(t)
		mine := strings.Replace(url, "runners", "mine", 1)
		digest := "sha256:" + strings.Repeat("ab", 32)
		a.ECR().PutRepository(fakeaws.ECRRepository{Name: "mine"})
		a.ECR().Change("mine", func(r *fakeaws.ECRRepository) { r.Images[digest] = []string{"v1"} })
		c := acctest.NewCLI(t, tool, env...)
		for i, argument := range []string{
			fmt.Sprintf("image_uri = %q", mine+":v1"), fmt.Sprintf("image_uri = %q", mine+"@"+digest),
			fmt.Sprintf("repository_url = %q", url), fmt.Sprintf("image_uri = %q", mine+":v1"),
		} {
			c.Write("main.tf", imageRunner(argument))
			if i == 0 {
				c.Init()
			}
			c.Apply()
			c.PlanEmpty()
			if f, _ := a.Lambda().Function("tools"); !strings.HasPrefix(f.ImageURI, strings.Split(argument, `"`)[1]) {
				t.Errorf("%s: the function runs %s", argument, f.ImageURI)
			}
		}
		c.Destroy()
		if diff := cmp.Diff([]string{"image mine@" + digest}, a.Leftovers()); diff != "" {
			t.Errorf("what is left (-want +got):\n%s", diff)
		}
	})
}

// imagesOf are the digests of the images in the repository.
func imagesOf(a *fakeaws.AWS) func(func(string) bool) {
	repo, _ := a.ECR().Repository("runners")
	return func(yield func(string) bool) {
		for digest := range repo.Images {
			if !yield(digest) {
				return
			}
		}
	}
}

// wantFunctionsImage checks that the repository has the image that the function runs, and no other.
func wantFunctionsImage(t *testing.T, a *fakeaws.AWS, url string) {
	t.Helper()
	f, ok := a.Lambda().Function("tools")
	if !ok {
		t.Fatal("there is no function")
	}
	var want []string
	if f.PackageType == "Image" {
		want = []string{strings.TrimPrefix(f.ImageURI, url+"@")}
	}
	if diff := cmp.Diff(want, slices.Sorted(imagesOf(a))); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
}

// policiesOf lists the inline policies of the runner's role.
func policiesOf(t *testing.T, a *fakeaws.AWS) []string {
	t.Helper()
	role, ok := a.IAM().Role("tools-" + region)
	if !ok {
		t.Fatal("the runner has no role")
	}
	var names []string
	for name := range role.Policies {
		names = append(names, strings.TrimPrefix(name, "savings-"+region+"-"))
	}
	slices.Sort(names)
	return names
}

// Two schedules on one runner, applied and destroyed in either order and at the same time.
func TestAccRunner_twoSchedules(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env, _ := runnerCloud(t)
		c := acctest.NewCLI(t, tool, env...)
		runner := header + "resource \"savings_runner\" \"tools\" {\n  name = \"tools\"\n}\n"
		write := func(schedules ...string) {
			config := runner
			for _, name := range schedules {
				config += nightOn(name)
			}
			c.Write("main.tf", config)
		}
		want := func(policies ...string) {
			t.Helper()
			if diff := cmp.Diff(append(policies, "savings-runner"), policiesOf(t, a)); diff != "" {
				t.Errorf("policies (-want +got):\n%s", diff)
			}
		}
		write("a", "b")
		c.Init()
		for _, first := range []string{"a", "b", ""} {
			if first != "" {
				write(first)
				c.Apply()
				want(first)
			}
			write("a", "b")
			c.Apply()
			c.PlanEmpty()
			want("a", "b")
			if first != "" {
				write(first) // the other one goes first
				c.Apply()
				want(first)
			}
			write()
			c.Apply()
			want()
		}
		write("a", "b")
		c.Apply()
		c.Destroy()
		if left := a.Leftovers(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// The two schedules are two configurations', which know nothing of each other.
func TestAccRunner_twoConfigurationsAtOnce(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env, _ := runnerCloud(t)
		runner := acctest.NewCLI(t, tool, env...)
		runner.Write("main.tf", header+"resource \"savings_runner\" \"tools\" {\n  name = \"tools\"\n}\n")
		runner.Init()
		runner.Apply()
		var both []*acctest.CLI
		for _, name := range []string{"a", "b"} {
			c := acctest.NewCLI(t, tool, env...)
			c.Write("main.tf", header+strings.NewReplacer(
				"savings_runner.tools.function_arn", `"arn:aws:lambda:`+region+`:`+account+`:function:tools"`,
				"savings_runner.tools.scheduler_role_arn", `"arn:aws:iam::`+account+`:role/tools-`+region+`-scheduler"`,
				"savings_runner.tools.execution_role_name", `"tools-`+region+`"`,
			).Replace(nightOn(name)))
			c.Init()
			both = append(both, c)
		}
		atOnce := func(args ...string) {
			t.Helper()
			var running []*tfcli.Running
			for _, c := range both {
				running = append(running, c.Start(append(args, "-auto-approve", "-input=false")...))
			}
			for _, r := range running {
				if res, err := r.Wait(); err != nil || res.ExitCode != 0 {
					t.Fatalf("%v: %v\n%s%s", args, err, res.Stdout, res.Stderr)
				}
			}
		}
		atOnce("apply")
		if diff := cmp.Diff([]string{"a", "b", "savings-runner"}, policiesOf(t, a)); diff != "" {
			t.Errorf("policies (-want +got):\n%s", diff)
		}
		for _, c := range both {
			c.PlanEmpty()
		}
		atOnce("destroy")
		if diff := cmp.Diff([]string{"savings-runner"}, policiesOf(t, a)); diff != "" {
			t.Errorf("policies (-want +got):\n%s", diff)
		}
		runner.Destroy()
		if left := a.Leftovers(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// All that an apply makes is gone after a destroy. The list before it shows that each kind counts.
func TestAccRunner_destroyLeavesNothing(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		a, env, url := runnerCloud(t)
		c := acctest.NewCLI(t, tool, env...)
		c.Write("main.tf", imageRunner(fmt.Sprintf("repository_url = %q", url)))
		c.Init()
		c.Apply()
		digest := slices.Collect(imagesOf(a))[0]
		want := []string{
			"iam policy tools-" + region + "-scheduler/savings-runner",
			"iam policy tools-" + region + "/savings-" + region + "-night",
			"iam policy tools-" + region + "/savings-runner",
			"iam role tools-" + region,
			"iam role tools-" + region + "-scheduler",
			"image runners@" + digest,
			"lambda function tools",
			"log group /aws/lambda/tools",
			"scheduler group night (ACTIVE)",
			"scheduler schedule night/stop",
		}
		got := a.Leftovers()
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what an apply makes (-want +got):\n%s", diff)
		}
		c.Destroy()
		if left := a.Leftovers(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// The image goes to a real OCI registry, over HTTP and without a login, and leaves it again.
func TestAccRunner_imageOnMinistack(t *testing.T) {
	t.Parallel()
	acctest.EachTool(t, func(t *testing.T, tool tfcli.Tool) {
		c, e := acctest.Pair{Tool: tool, Emulator: emulator.Ministack}.Start(t)
		name := "image-" + string(tool)
		client := ecr.NewFromConfig(e.Config(t))
		_, err := client.CreateRepository(t.Context(), &ecr.CreateRepositoryInput{
			RepositoryName: aws.String(name), ImageTagMutability: "IMMUTABLE",
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Write("main.tf", header+fmt.Sprintf(`
resource "savings_runner" "tools" {
  name           = %q
  repository_url = %q
}
`, name, strings.TrimPrefix(e.URL, "http://")+"/"+name))
		c.Init()
		c.Apply()
		c.PlanEmpty()
		left, err := e.Leftovers(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(left, func(l string) bool { return strings.HasPrefix(l, "image "+name+"@") }) {
			t.Errorf("the repository has no image, there is %q", left)
		}
		c.Destroy()
		e.CheckEmpty(t, name)
	})
}
