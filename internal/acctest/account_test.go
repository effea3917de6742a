package acctest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestAccount_dryRun runs what make acc-aws runs, against the fake AWS instead of an account, and
// then the sweeper.
func TestAccount_dryRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs tofu and terraform")
	}
	if os.Getenv(RealAWS) == "1" {
		t.Skip("the account itself is asked")
	}
	a := fakeaws.Start(t, fakeaws.WithRegion(emulator.Region))
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": a.URL(), "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
		"AWS_EC2_METADATA_DISABLED": "true", RealAWS: "1",
	} {
		t.Setenv(name, value)
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", "cd "+Root(t)+" && tools/acc-aws.sh").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wanted := []string{
		"--- PASS: TestAccSchedule_oneChangedEventOfTwenty/tofu_on_aws",
		"--- PASS: TestAccRunner_life/tofu_on_aws", "--- PASS: TestFacts_account",
		"| Is the time zone `Japan` taken? | yes |",
		"removed role savings-acc-tools-scheduler",
	}
	if _, err := tfcli.Find(Root(t), tfcli.Terraform); err == nil {
		wanted = append(wanted, "--- PASS: TestAccSchedule_oneChangedEventOfTwenty/terraform_on_aws")
	}
	for _, want := range wanted {
		if !strings.Contains(string(out), want) {
			t.Errorf("the dry run does not say %q:\n%s", want, out)
		}
	}
	made := map[string]int{}
	for _, r := range a.Requests() {
		made[r.Operation]++
	}
	t.Logf("%d requests; CreateSchedule: %d, CreateFunction: %d, CreateRole: %d", len(a.Requests()),
		made["CreateSchedule"], made["CreateFunction"], made["CreateRole"])
	if left := a.Leftovers(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestSweep_account removes what tests have left in the account; see make acc-aws.
func TestSweep_account(t *testing.T) {
	if os.Getenv(RealAWS) != "1" {
		t.Skipf("removes things from a real AWS account; set %s=1", RealAWS)
	}
	account, err := emulator.Account(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	removed, err := account.Sweep(t.Context())
	for _, thing := range removed {
		t.Logf("removed %s", thing)
	}
	if err != nil {
		t.Error(err)
	}
}
