package provider

import (
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestMain tells terraform-plugin-testing which program to run, so that it downloads none: Terraform
// from the PATH, or the OpenTofu that the house brings itself. A developer's own CLI configuration
// must change no result.
func TestMain(m *testing.M) {
	if err := os.Unsetenv("TF_CLI_CONFIG_FILE"); err != nil {
		panic(err)
	}
	for _, tool := range []tfcli.Tool{tfcli.Terraform, tfcli.Tofu} {
		if os.Getenv("TF_ACC_TERRAFORM_PATH") != "" {
			break
		}
		path, err := tfcli.Find("..", tool)
		if err != nil {
			continue
		}
		env := map[string]string{"TF_ACC_TERRAFORM_PATH": path}
		if tool == tfcli.Tofu {
			env["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
		}
		for key, value := range env {
			if err := os.Setenv(key, value); err != nil {
				panic(err)
			}
		}
	}
	m.Run()
}

// inProcess runs a test case with the provider in this process.
func inProcess(t *testing.T, c resource.TestCase) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs Terraform")
	}
	if os.Getenv("TF_ACC_TERRAFORM_PATH") == "" {
		t.Skip("neither Terraform nor OpenTofu is there: run make tofu")
	}
	resource.UnitTest(t, c)
}
