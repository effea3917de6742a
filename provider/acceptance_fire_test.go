package provider_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// firing is a runner and a schedule of two steps that fires every minute, once it is enabled.
func firing(name string, enabled bool) string {
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	return header + fmt.Sprintf(`
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
      enabled      = %[3]t
      except_dates = ["2096-12-29"]
    }
  }
}
`, name, architecture, enabled)
}

// On ministack a schedule fires by itself: while its group is held the event is skipped, after the
// release both steps run.
func TestAccSchedule_firesTwoSteps(t *testing.T) {
	t.Parallel()
	const name = "fires-two-steps"
	e := acctest.Ministack(t)
	c := acctest.NewCLI(t, tfcli.Tofu, e.Env()...)
	cfg := e.Config(t)
	states := databases(t, cfg, name)

	c.Write("main.tf", firing(name, false))
	c.Init()
	c.Apply()
	group, err := scheduler.NewFromConfig(cfg).GetScheduleGroup(t.Context(),
		&scheduler.GetScheduleGroupInput{Name: aws.String(name)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = scheduler.NewFromConfig(cfg).TagResource(t.Context(), &scheduler.TagResourceInput{
		ResourceArn: group.Arn, Tags: []types.Tag{{
			Key:   aws.String("savings:hold"),
			Value: aws.String(time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z") + " stops demo tonight"),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Write("main.tf", firing(name, true))
	c.Apply()

	until(t, func() (string, bool) {
		log := runnerLog(t, cfg, name)
		return log, strings.Contains(log, name+"-reports") && strings.Contains(log, "demo tonight")
	})
	if got := states(); got != "available available" {
		t.Errorf("while they were held the databases became %s", got)
	}
	_, err = scheduler.NewFromConfig(cfg).UntagResource(t.Context(), &scheduler.UntagResourceInput{
		ResourceArn: group.Arn, TagKeys: []string{"savings:hold"},
	})
	if err != nil {
		t.Fatal(err)
	}
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

// runnerLog is what the runner wrote, as CloudWatch Logs has it.
func runnerLog(t *testing.T, cfg aws.Config, name string) string {
	t.Helper()
	out, err := cloudwatchlogs.NewFromConfig(cfg).FilterLogEvents(t.Context(),
		&cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/" + name)})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, event := range out.Events {
		lines = append(lines, aws.ToString(event.Message))
	}
	return strings.Join(lines, "\n")
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
