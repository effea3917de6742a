package provider_test

import (
	"fmt"
	"strings"
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

// 1,000 events, sound ones and such that each raises a warning, take much the same time.
func BenchmarkPlan_warningsOf1000(b *testing.B) {
	for name, events := range map[string][]string{"none": nights(500), "all": mistakes(1000)} {
		b.Run(name, func(b *testing.B) {
			c := acctest.NewCLI(b, tfcli.Tofu, "AWS_REGION="+region)
			c.Write("main.tf", header+schedule("bench", account, events))
			c.Init()
			for b.Loop() {
				res := c.Run("plan", "-no-color", "-detailed-exitcode")
				if warns := strings.Contains(res.Stdout, "Warning:"); res.ExitCode != 2 || warns != (name == "all") {
					b.Fatalf("exit code %d, warnings: %v\n%s", res.ExitCode, warns, res.Stderr)
				}
			}
		})
	}
}

// nights are a stop and a start of n clusters.
func nights(n int) []string {
	var events []string
	for i := range n {
		events = append(events,
			fmt.Sprintf(`stop_%d = { args = ["rds", "stop-cluster", "db%d"], cron_expr = "cron(%d 21 ? * MON-SUN *)" }`, i, i, i%60),
			fmt.Sprintf(`start_%d = { args = ["rds", "start-cluster", "db%d"], cron_expr = "cron(%d 8 ? * MON-FRI *)" }`, i, i, i%60))
	}
	return events
}

// mistakes are n events with a warning each, of five kinds.
func mistakes(n int) []string {
	expressions := []string{
		"cron(0 21 1 * ? *)",      // AWS starts the cluster again
		"at(2020-01-01T00:00:00)", // never again
		"cron(0 21 L-3 * ? *)",    // not documented
		"cron(0 21 ? * 1-5 *)",    // Unix days
		"rate(12 hours)",          // right after apply
	}
	var events []string
	for i := range n {
		events = append(events, fmt.Sprintf(`e_%d = { args = ["rds", "stop-cluster", "db%d"], cron_expr = %q }`,
			i, i, expressions[i%len(expressions)]))
	}
	return events
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
