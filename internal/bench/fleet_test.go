//go:build linux

package bench_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

const fleetRounds = 5

// fleet is a command that has much to do.
type fleet struct {
	name string
	fill func(*fakeaws.AWS)
	args []string
	// targets is how many things it stops.
	targets int

	calls []int
	times []time.Duration
}

func fleets() []*fleet {
	const instances, databases, services = 2000, 500, 200
	rdsArgs := []string{"rds", "stop-instance"}
	for i := range databases {
		rdsArgs = append(rdsArgs, databaseID(i))
	}
	return []*fleet{
		{
			name: "2,000 EC2 instances by tag", targets: instances,
			args: []string{"ec2", "stop-instances", "deploy=devel"},
			fill: func(a *fakeaws.AWS) {
				for i := range instances {
					a.EC2().Put(fakeaws.Instance{
						ID: fmt.Sprintf("i-%017x", i), Tags: map[string]string{"deploy": "devel"},
					})
				}
			},
		},
		{
			name: "500 RDS instances by identifier", targets: databases, args: rdsArgs,
			fill: func(a *fakeaws.AWS) {
				for i := range databases {
					a.RDS().PutInstance(fakeaws.DBInstance{ID: databaseID(i)})
				}
			},
		},
		{
			name: "200 ECS services of a cluster", targets: services,
			args: []string{"ecs", "stop-services", "web/*"},
			fill: func(a *fakeaws.AWS) {
				for i := range services {
					a.ECS().PutService(fakeaws.ECSService{
						Cluster: "web", Name: fmt.Sprintf("api-%d", i), Desired: 2,
					})
				}
			},
		},
	}
}

func databaseID(i int) string { return fmt.Sprintf("db-%d", i) }

// measureFleets runs each command against our AWS behind HTTP, with the SDK's own clients.
func measureFleets(t *testing.T) []*fleet {
	t.Helper()
	all := fleets()
	for range rounds(fleetRounds) {
		for _, f := range all {
			f.run(t)
		}
	}
	return all
}

func (f *fleet) run(t *testing.T) {
	t.Helper()
	a := fakeaws.Start(t)
	f.fill(a)
	call, err := command.Parse(f.args)
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (aws.Config, error) { return a.Config(), nil }
	runner := command.NewRunner(load, command.SystemClock{}, slog.New(slog.DiscardHandler))
	start := time.Now()
	report := runner.Run(t.Context(), call)
	f.times = append(f.times, time.Since(start))
	f.calls = append(f.calls, len(a.Requests()))
	done := 0
	for _, r := range report.Results {
		if r.Outcome == command.Done {
			done++
		}
	}
	if done != f.targets {
		t.Fatalf("%s: %d done, want %d; %v", f.name, done, f.targets, report.Err())
	}
}
