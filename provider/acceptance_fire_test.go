package provider_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// On ministack a schedule that OpenTofu made fires by itself and runs both steps of its event; that
// changes nothing in the plan.
func TestAccSchedule_firesTwoSteps(t *testing.T) {
	t.Parallel()
	const name = "fires-two-steps"
	e := acctest.Ministack(t)
	c := acctest.NewCLI(t, tfcli.Tofu, e.Env()...)
	states := databases(t, e.Config(t), name)
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	c.Write("main.tf", header+fmt.Sprintf(`
resource "savings_runner" "tools" {
  name         = %[1]q
  architecture = %[2]q
}

resource "savings_schedule" "this" {
  name             = %[1]q
  function_arn     = savings_runner.tools.function_arn
  role_arn         = savings_runner.tools.scheduler_role_arn
  runner_role_name = savings_runner.tools.execution_role_name
  timezone         = "UTC"
  events = {
    evening = {
      steps        = [["rds", "stop-cluster", "%[1]s-db", "--wait"], ["rds", "stop-instance", "%[1]s-reports"]]
      cron_expr    = "cron(* * * * ? *)"
      except_dates = ["2096-12-29"]
    }
  }
}
`, name, architecture))
	c.Init()
	c.Apply()
	until(t, func() (string, bool) { got := states(); return got, got == "stopped stopped" })
	c.PlanEmpty()
	c.Destroy()
	e.CheckEmpty(t, name)
}

// databases creates a cluster and an instance, and returns what tells their states.
func databases(t *testing.T, cfg aws.Config, name string) func() string {
	t.Helper()
	client := rds.NewFromConfig(cfg)
	cluster, instance := aws.String(name+"-db"), aws.String(name+"-reports")
	_, err := client.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: cluster, Engine: aws.String("aurora-postgresql"),
		MasterUsername: aws.String("demo"), MasterUserPassword: aws.String("not-a-secret"),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: instance, Engine: aws.String("postgres"),
		DBInstanceClass: aws.String("db.t4g.micro"), AllocatedStorage: aws.Int32(20),
		MasterUsername: aws.String("demo"), MasterUserPassword: aws.String("not-a-secret"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_, err := client.DeleteDBCluster(ctx, &rds.DeleteDBClusterInput{
			DBClusterIdentifier: cluster, SkipFinalSnapshot: aws.Bool(true),
		})
		if err != nil {
			t.Error(err)
		}
		_, err = client.DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{
			DBInstanceIdentifier: instance, SkipFinalSnapshot: aws.Bool(true),
		})
		if err != nil {
			t.Error(err)
		}
	})
	states := func() string {
		clusters, err := client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: cluster})
		if err != nil {
			t.Fatal(err)
		}
		instances, err := client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{DBInstanceIdentifier: instance})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(clusters.DBClusters[0].Status) + " " +
			aws.ToString(instances.DBInstances[0].DBInstanceStatus)
	}
	until(t, func() (string, bool) { got := states(); return got, got == "available available" })
	return states
}

// until looks every second, for three minutes: a schedule fires at a full minute only.
func until(t *testing.T, look func() (seen string, done bool)) {
	t.Helper()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	deadline := time.After(3 * time.Minute)
	for {
		seen, done := look()
		if done {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("waited for three minutes; at the end: %s", seen)
		case <-ticker.C:
		}
	}
}
