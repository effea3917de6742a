package command_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func newClusters(t *testing.T) cloud {
	t.Helper()
	c := newCloud(t)
	tags := map[string]string{"team": "web"}
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "aurora", Tags: tags})
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "docs", Engine: "docdb", Tags: tags})
	c.RDS().PutCluster(fakeaws.DBCluster{ID: "graph", Engine: "neptune", Tags: tags})
	return c
}

// One API serves three services, and each one's words take its own clusters only.
func TestHTTP_enginesAreChecked(t *testing.T) {
	t.Parallel()
	c := newClusters(t)
	for _, step := range []struct {
		args string
		want []string
	}{
		{"docdb stop-cluster docs aurora graph", []string{
			"docs done stopping ",
			`aurora failed available it is an Aurora cluster: write "rds", "stop-cluster", "aurora"`,
			`graph failed available it is a Neptune cluster: write "neptune", "stop-cluster", "graph"`,
		}},
		{"docdb stop-cluster docs", []string{"docs already stopped "}},
		{"docdb stop-cluster team=web", []string{"docs already stopped "}},
		{"docdb start-cluster docs --wait", []string{"docs done available "}},
		{"neptune stop-cluster graph --wait", []string{"graph done stopped "}},
		{"neptune start-cluster graph docs", []string{
			"graph done starting ",
			"docs failed available it is an Amazon DocumentDB cluster: " +
				`write "docdb", "start-cluster", "docs"`,
		}},
		{"neptune stop-cluster team=ml", []string{" skipped  matched nothing"}},
		{"rds stop-cluster team=web --wait", []string{
			"aurora done stopped ", "docs done stopped an Amazon DocumentDB cluster",
			"graph done stopped a Neptune cluster",
		}},
		{"neptune stop-cluster gone", []string{
			"gone not_found  no such DB cluster in us-east-1: check identifier and region"}},
	} {
		report := c.run(t, strings.Fields(step.args)...)
		if d := cmp.Diff(step.want, lines(report)); d != "" {
			t.Errorf("%s: %s", step.args, d)
		}
	}
	if n := c.operations()["StopDBCluster"]; n != 5 {
		t.Errorf("%d calls of StopDBCluster, want 5: none for another service's cluster", n)
	}
}

// A start with the words of one service and a stop with those of another act on the same cluster,
// so their targets have the same names.
func TestTargets_sharedByTheServicesOfRDS(t *testing.T) {
	t.Parallel()
	for _, service := range []string{"rds", "docdb", "neptune"} {
		call, err := command.Parse([]string{service, "stop-cluster", "X", "team=web"})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"rds/cluster-tag/team=web", "rds/cluster/x"}
		if d := cmp.Diff(want, call.Targets("")); d != "" || !call.AWSRestarts() {
			t.Errorf("%s: AWS restarts: %t, %s", service, call.AWSRestarts(), d)
		}
	}
}
