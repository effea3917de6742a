package migration_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// Both ways on moto, which nobody here wrote: what is there before, between and after.
func TestOnMoto(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tool               tfcli.Tool
		prefix             string
		between, after     string
		atOnce, afterwards []string // group/name → function
	}{
		"beside": {
			tfcli.Terraform, "moto-beside", oldTools + oldSaving + beside, beside,
			[]string{
				"default/moto-beside-saving-lambda-rds_start moto-beside-tool", "default/moto-beside-saving-lambda-rds_stop moto-beside-tool",
				"moto-beside-saving/rds_start moto-beside-runner", "moto-beside-saving/rds_stop moto-beside-runner",
			},
			[]string{"moto-beside-saving/rds_start moto-beside-runner", "moto-beside-saving/rds_stop moto-beside-runner"},
		},
		"in place": {
			tfcli.Tofu, "moto-place", oldTools + inPlace + adopt, inPlace,
			[]string{
				"default/moto-place-saving-lambda-rds_start moto-place-runner", "default/moto-place-saving-lambda-rds_stop moto-place-runner",
			},
			[]string{
				"default/moto-place-saving-lambda-rds_start moto-place-runner", "default/moto-place-saving-lambda-rds_stop moto-place-runner",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.Start(t, emulator.Moto)
			c := acctest.NewCLI(t, test.tool, append(e.Env(), "AWS_REGION="+region)...)
			c.UseStandInAWS()
			c.Copy("testdata/old", "old")
			for _, config := range []string{oldTools + oldSaving, test.between, test.after} {
				c.Write("main.tf", strings.ReplaceAll(header+config, "sample-ai", test.prefix))
				c.Init()
				c.Apply()
				c.PlanEmpty()
				want := test.afterwards
				switch config {
				case oldTools + oldSaving:
					continue
				case test.between:
					want = test.atOnce
				}
				if got := schedules(t, e, test.prefix); !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}
			c.Destroy()
			e.CheckEmpty(t, test.prefix)
		})
	}
}

// schedules lists the enabled schedules of the test's names, with their functions.
func schedules(t *testing.T, e *acctest.Emulator, prefix string) []string {
	t.Helper()
	cfg := e.Config(t)
	cfg.Region = region
	pages := scheduler.NewListSchedulesPaginator(scheduler.NewFromConfig(cfg), &scheduler.ListSchedulesInput{})
	var all []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Schedules {
			name := aws.ToString(s.GroupName) + "/" + aws.ToString(s.Name)
			if function := aws.ToString(s.Target.Arn); strings.Contains(name, prefix) && s.State == "ENABLED" {
				all = append(all, name+" "+function[strings.LastIndex(function, ":")+1:])
			}
		}
	}
	slices.Sort(all)
	return all
}
