package examples_test

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// The accounts of the test; moto has any account that a role of it is assumed in.
const (
	devRole   = "arn:aws:iam::111111111111:role/savings-deployer"
	stageRole = "arn:aws:iam::222222222222:role/savings-deployer"
)

// TestAccounts applies the example in two accounts and two regions.
func TestAccounts(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c, e := acctest.Pair{Tool: tool, Emulator: emulator.Moto}.Start(t)
			inExamples(c, "accounts")
			name := "night-" + string(tool)
			c.Write("terraform.tfvars", "name = \""+name+"\"\ndev_role_arn = \""+devRole+"\"\nstage_role_arn = \""+stageRole+"\"\n")
			c.Init()
			p := c.Plan()
			c.Apply(p.File)
			c.PlanEmpty()
			checkAccounts(t, e, name)
			c.Destroy()
		})
	}
}

// TestAccounts_forEach is the same with one provider block, which OpenTofu alone can have.
func TestAccounts_forEach(t *testing.T) {
	t.Parallel()
	c, e := acctest.Pair{Tool: tfcli.Tofu, Emulator: emulator.Moto}.Start(t)
	inExamples(c, "accounts/for_each")
	write := func(asleep string) {
		c.Write("terraform.tfvars", `
name = "each"
places = {
  dev_tokyo     = { role_arn = "`+devRole+`", region = "ap-northeast-1", clusters = ["a"], timezone = "Asia/Tokyo" }
  dev_frankfurt = { role_arn = "`+devRole+`", region = "eu-central-1", clusters = ["b"], timezone = "Europe/Berlin" }
  stage_tokyo   = { role_arn = "`+stageRole+`", region = "ap-northeast-1", clusters = ["c"], timezone = "Asia/Tokyo"`+asleep+` }
}
`)
	}
	write("")
	c.Init()
	c.Apply()
	c.PlanEmpty()
	checkAccounts(t, e, "each")
	write(", asleep = false")
	c.Apply()
	c.PlanEmpty()
	if got := schedulesOf(t, e, stageRole, "ap-northeast-1", "each"); len(got) > 0 {
		t.Errorf("what was to be removed is there: %v", got)
	}
	c.Destroy()
}

// checkAccounts sees that each place has its schedules, whose function is in the same account and region,
// and that the account which applied has none.
func checkAccounts(t *testing.T, e *acctest.Emulator, name string) {
	t.Helper()
	for _, place := range []struct{ role, account, region string }{
		{devRole, "111111111111", "ap-northeast-1"}, {devRole, "111111111111", "eu-central-1"},
		{stageRole, "222222222222", "ap-northeast-1"},
	} {
		function := "arn:aws:lambda:" + place.region + ":" + place.account + ":function:" + name + "-runner"
		want := []string{"start " + function, "stop " + function}
		if d := cmp.Diff(want, schedulesOf(t, e, place.role, place.region, name)); d != "" {
			t.Errorf("%s, %s (-want +got):\n%s", place.account, place.region, d)
		}
	}
	if got := schedulesOf(t, e, "", "ap-northeast-1", name); len(got) > 0 {
		t.Errorf("the account that applied has %v", got)
	}
}

// schedulesOf lists the schedules of a group with their functions, as who assumes a role sees them.
func schedulesOf(t *testing.T, e *acctest.Emulator, role, region, group string) []string {
	t.Helper()
	cfg := e.Config(t)
	cfg.Region = region
	if role != "" {
		out, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(),
			&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("test")})
		if err != nil {
			t.Fatal(err)
		}
		cfg.Credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId,
			*out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
	}
	return listSchedules(t.Context(), t, scheduler.NewFromConfig(cfg), group)
}

func listSchedules(ctx context.Context, t *testing.T, client *scheduler.Client, group string) []string {
	t.Helper()
	var all []string
	out, err := client.ListSchedules(ctx, &scheduler.ListSchedulesInput{GroupName: &group})
	if err != nil {
		return nil // there is no such group
	}
	for _, s := range out.Schedules {
		all = append(all, aws.ToString(s.Name)+" "+aws.ToString(s.Target.Arn))
	}
	slices.Sort(all)
	return all
}

// TestAccounts_deployer validates the role that each account has for who applies.
func TestAccounts_deployer(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			c := acctest.NewCLI(t, tool)
			c.UseStandInAWS()
			inExamples(c, "accounts/deployer")
			c.Write("terraform.tfvars", "trusted_arn = \"arn:aws:iam::333333333333:role/ci\"\npolicy_json = \"{}\"\n")
			c.Init()
			if p := c.Plan(); !p.Changed {
				t.Errorf("the plan makes no role:\n%s", p.Text)
			}
		})
	}
}
