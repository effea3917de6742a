package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// The guide on upgrading: a runner stays what it is, under any release of the provider, where the
// configuration names its image; and an earlier release brings its own runner back.
func TestRunnerResource_stayOnOldRunner(t *testing.T) {
	t.Parallel()
	r := newRunnerTest(t)
	pushed := r.config(r.repository())
	old := r.imageURI("arm64")
	kept := r.config(fmt.Sprintf("image_uri = %q", old))
	latest := func(s *terraform.State) error { return r.runs(r.imageURI("arm64"))(s) }
	r.run(
		resource.TestStep{Config: pushed},
		resource.TestStep{
			PreConfig:         func() { r.release.Store("two") },
			Config:            kept,
			ConfigPlanChecks:  before(onlyChanges{"repository_url", "runner_version"}),
			ConfigStateChecks: []statecheck.StateCheck{attribute("runner_version", knownvalue.Null())},
			Check:             r.runs(old),
		},
		resource.TestStep{
			PreConfig: func() { r.release.Store("three") },
			Config:    kept,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: r.runs(old),
		},
		resource.TestStep{Config: r.config(fmt.Sprintf("repository_url = %q", r.ECR().URL("runners"))), Check: latest},
		resource.TestStep{
			PreConfig:        func() { r.release.Store("one") },
			Config:           r.config(fmt.Sprintf("repository_url = %q", r.ECR().URL("runners"))),
			ConfigPlanChecks: before(onlyChanges{"code_digest", "image_uri"}),
			Check:            r.runs(old),
		},
	)
}
