package acctest

import (
	"errors"
	"os"

	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// UsePluginTesting points terraform-plugin-testing, which runs the provider in process, at a
// program: call it from TestMain, before any test. It changes the process's environment.
func UsePluginTesting(tool tfcli.Tool) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	path, err := tfcli.Find(root, tool)
	if err != nil {
		return err
	}
	host := "registry.terraform.io"
	if tool == tfcli.Tofu {
		host = "registry.opentofu.org"
	}
	return errors.Join(
		os.Setenv("TF_ACC_TERRAFORM_PATH", path),
		os.Setenv("TF_ACC_PROVIDER_HOST", host),
		os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "hashicorp"),
		os.Setenv("CHECKPOINT_DISABLE", "1"),
		// A mirror or an override of the developer's would take the place of the provider under test.
		os.Unsetenv("TF_CLI_CONFIG_FILE"),
	)
}
