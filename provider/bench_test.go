package provider_test

import (
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// The whole command, OpenTofu and its start included, against the fake AWS on this machine.

func BenchmarkPlan_oneChangeOf200(b *testing.B) {
	_, env := fakeAWS(b)
	events := stops(200)
	c := applied(b, tfcli.Tofu, env, schedule("bench", account, events))
	events[7] = stop("stop_07", "cron(30 22 ? * MON-FRI *)")
	c.Write("main.tf", header+schedule("bench", account, events))
	for b.Loop() {
		if res := c.Run("plan", "-no-color", "-detailed-exitcode"); res.ExitCode != 2 {
			b.Fatal(res.Stderr)
		}
	}
}

func BenchmarkPlan_createOf1000(b *testing.B) {
	c := acctest.NewCLI(b, tfcli.Tofu, "AWS_REGION="+region)
	c.Write("main.tf", header+schedule("bench", account, stops(1000)))
	c.Init()
	for b.Loop() {
		if res := c.Run("plan", "-no-color", "-detailed-exitcode"); res.ExitCode != 2 {
			b.Fatal(res.Stderr)
		}
	}
}

func BenchmarkApply_createOf1000(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		_, env := fakeAWS(b)
		c := acctest.NewCLI(b, tfcli.Tofu, env...)
		c.Write("main.tf", header+schedule("bench", account, stops(1000)))
		c.Init()
		b.StartTimer()
		c.Apply()
	}
}
