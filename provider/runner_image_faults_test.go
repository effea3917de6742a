package provider

import (
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// Everything but the image was deleted outside: the plan says so, and the apply makes the rest again.
func TestRunnerResource_imageOnlyLeft(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	config := r.config(r.repository())
	r.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				r.Lambda().RemoveFunction("tools")
				r.IAM().RemoveRole("tools-us-east-1-scheduler")
				r.IAM().RemoveRole("tools-us-east-1")
				_, err := cloudwatchlogs.NewFromConfig(r.Config()).DeleteLogGroup(t.Context(),
					&cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("/aws/lambda/tools")})
				if err != nil {
					t.Error(err)
				}
			},
			Config:           config,
			ConfigPlanChecks: before(onlyChanges{"drift"}),
			Check:            r.runs(r.imageURI("arm64")),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: before(plancheck.ExpectEmptyPlan())},
	)
}

// Who may not look at the registry any more can still plan and destroy.
func TestRunnerResource_imageRegistryDenied(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	config := r.config(r.repository(), "keep_image = true")
	r.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				r.Fail(fakeaws.Match{Operation: "GetAuthorizationToken"},
					fakeaws.Fault{Code: "AccessDeniedException", Status: 400, Message: "no"})
			},
			Config: config, ConfigPlanChecks: before(plancheck.ExpectEmptyPlan()),
		},
		resource.TestStep{Config: config, Destroy: true, Check: r.keptAndRemoved("runners")},
	)
}

// An update that fails after the push leaves nothing that a destroy, or the way back, does not take away.
func TestRunnerResource_imageUpdateFails(t *testing.T) {
	t.Parallel()
	failure := regexp.MustCompile("Updating the runner failed")
	for _, operation := range []string{"CreateFunction", "PutFunctionEventInvokeConfig"} {
		for name, next := range map[string]func(zip, image string) []resource.TestStep{
			"destroy": func(string, string) []resource.TestStep { return nil },
			"back":    func(zip, _ string) []resource.TestStep { return []resource.TestStep{{Config: zip}} },
			"again": func(_, image string) []resource.TestStep {
				return []resource.TestStep{
					{Config: image}, {Config: image, ConfigPlanChecks: before(plancheck.ExpectEmptyPlan())},
				}
			},
		} {
			t.Run(operation+", "+name, func(t *testing.T) {
				t.Parallel()
				r := newRunnerTest(t)
				image := r.config(r.repository())
				r.run(append([]resource.TestStep{
					{Config: r.config()},
					{
						PreConfig: func() {
							r.Fail(fakeaws.Match{Operation: operation, Times: 1},
								fakeaws.Fault{Code: "AccessDeniedException", Status: 403, Message: "no"})
						},
						Config: image, ExpectError: failure,
					},
				}, next(r.config(), image)...)...)
			})
		}
	}
}
