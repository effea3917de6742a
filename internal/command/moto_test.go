package command_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	redshifttypes "github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	sagemakertypes "github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// story runs scenes on moto. Each begins with the state before it, as AWS names it, and ends with
// outcome and states.
type story struct {
	cfg    aws.Config
	state  func() (string, error)
	scenes []scene
}

type scene struct{ before, args, want string }

func (s story) tell(t *testing.T) {
	t.Helper()
	load := func(context.Context) (aws.Config, error) { return s.cfg, nil }
	runner := command.NewRunner(load, command.SystemClock{}, slog.New(slog.DiscardHandler))
	for _, scene := range s.scenes {
		before, err := s.state()
		if err != nil {
			t.Fatal(err)
		}
		call, err := command.Parse(strings.Fields(scene.args))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		report := runner.Run(t.Context(), call)
		for _, r := range report.Results {
			got = append(got, fmt.Sprintf("%s %s>%s", r.Outcome, r.From, r.To))
		}
		if d := cmp.Diff([]string{scene.before, scene.want}, slices.Insert(got, 0, before)); d != "" {
			t.Errorf("%s: error %v %s", scene.args, report.Err(), d)
		}
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestMoto_neptune(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	story{cfg, databaseCluster(t, cfg, "misc-graph", "neptune"), []scene{
		{"available", "neptune stop-cluster misc-graph", "done available>stopping"},
		{"stopped", "neptune stop-cluster misc-graph", "already stopped>stopped"},
		{"stopped", "docdb start-cluster misc-graph", "failed stopped>stopped"},
		{"stopped", "neptune start-cluster engine=misc-graph --wait", "done stopped>available"},
		{"available", "neptune start-cluster engine=misc-graph", "already available>available"},
		{"available", "rds stop-cluster misc-graph --dry-run", "dry_run available>available"},
	}}.tell(t)
}

// databaseCluster makes a cluster of an engine, and returns what tells its state.
func databaseCluster(t *testing.T, cfg aws.Config, id, engine string) func() (string, error) {
	t.Helper()
	client := rds.NewFromConfig(cfg)
	_, err := client.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: &id, Engine: &engine, MasterUsername: aws.String("demo"),
		MasterUserPassword: aws.String("not-a-secret"),
		Tags:               []rdstypes.Tag{{Key: aws.String("engine"), Value: &id}},
	})
	noError(t, err)
	return func() (string, error) {
		out, err := client.DescribeDBClusters(t.Context(),
			&rds.DescribeDBClustersInput{DBClusterIdentifier: &id})
		if err != nil {
			return "", err
		}
		return aws.ToString(out.DBClusters[0].Status), nil
	}
}

func TestMoto_rdsCluster(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	story{cfg, databaseCluster(t, cfg, "misc-aurora", "aurora-postgresql"), []scene{
		{"available", "rds start-cluster misc-aurora", "already available>available"},
		{"available", "rds stop-cluster misc-aurora --dry-run", "dry_run available>available"},
		{"available", "rds stop-cluster engine=misc-aurora", "done available>stopping"},
		{"stopped", "rds stop-cluster misc-aurora", "already stopped>stopped"},
		{"stopped", "rds start-cluster misc-aurora --wait", "done stopped>available"},
	}}.tell(t)
}

func TestMoto_rdsInstance(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	client := rds.NewFromConfig(cfg)
	id := aws.String("misc-db")
	_, err := client.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: id, Engine: aws.String("postgres"),
		DBInstanceClass: aws.String("db.t4g.micro"), AllocatedStorage: aws.Int32(20),
		MasterUsername: aws.String("demo"), MasterUserPassword: aws.String("not-a-secret"),
		Tags: []rdstypes.Tag{{Key: aws.String("misc"), Value: aws.String("db")}},
	})
	noError(t, err)
	state := func() (string, error) {
		out, err := client.DescribeDBInstances(t.Context(),
			&rds.DescribeDBInstancesInput{DBInstanceIdentifier: id})
		if err != nil {
			return "", err
		}
		return aws.ToString(out.DBInstances[0].DBInstanceStatus), nil
	}
	story{cfg, state, []scene{
		{"available", "rds stop-instance misc-db", "done available>stopping"},
		{"stopped", "rds stop-rds misc-db", "already stopped>stopped"},
		{"stopped", "rds start-instance misc=db --wait", "done stopped>available"},
		{"available", "rds start-rds misc-db", "already available>available"},
	}}.tell(t)
}

func TestMoto_redshift(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	client := redshift.NewFromConfig(cfg)
	_, err := client.CreateCluster(t.Context(), &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String("misc-dwh"), NodeType: aws.String("ra3.large"),
		MasterUsername: aws.String("admin"), MasterUserPassword: aws.String("Secret99"),
		Tags: []redshifttypes.Tag{{Key: aws.String("misc"), Value: aws.String("dwh")}},
	})
	noError(t, err)
	state := func() (string, error) {
		out, err := client.DescribeClusters(t.Context(),
			&redshift.DescribeClustersInput{ClusterIdentifier: aws.String("misc-dwh")})
		if err != nil {
			return "", err
		}
		return *out.Clusters[0].ClusterStatus, nil
	}
	story{cfg, state, []scene{
		{"available", "redshift pause-cluster misc-dwh", "done available>pausing"},
		{"paused", "redshift pause-cluster misc-dwh", "already paused>paused"},
		{"paused", "redshift resume-cluster misc=dwh --wait", "done paused>available"},
		{"available", "redshift resume-cluster misc=dwh", "already available>available"},
		{"available", "redshift resume-cluster misc-gone", "not_found >"},
	}}.tell(t)
}

func TestMoto_sagemaker(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	client := sagemaker.NewFromConfig(cfg)
	_, err := client.CreateNotebookInstance(t.Context(), &sagemaker.CreateNotebookInstanceInput{
		NotebookInstanceName: aws.String("Misc-Notebook"),
		InstanceType:         sagemakertypes.InstanceTypeMlT3Medium,
		RoleArn:              aws.String("arn:aws:iam::123456789012:role/notebook"),
		Tags:                 []sagemakertypes.Tag{{Key: aws.String("misc"), Value: aws.String("notebook")}},
	})
	noError(t, err)
	state := func() (string, error) {
		out, err := client.DescribeNotebookInstance(t.Context(),
			&sagemaker.DescribeNotebookInstanceInput{NotebookInstanceName: aws.String("Misc-Notebook")})
		if err != nil {
			return "", err
		}
		return string(out.NotebookInstanceStatus), nil
	}
	story{cfg, state, []scene{
		{"InService", "sagemaker stop-notebook Misc-Notebook", "done InService>Stopping"},
		{"Stopped", "sagemaker stop-notebook Misc-Notebook", "already Stopped>Stopped"},
		{"Stopped", "sagemaker start-notebook misc=notebook --wait", "done Stopped>InService"},
		{"InService", "sagemaker start-notebook misc=notebook", "already InService>InService"},
		{"InService", "sagemaker stop-notebook Misc-Gone", "not_found >"},
	}}.tell(t)
}

func TestMoto_cloudfront(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	client := cloudfront.NewFromConfig(cfg)
	origin := func(id string) cloudfronttypes.Origin {
		return cloudfronttypes.Origin{
			Id: &id, DomainName: aws.String(id + ".s3.amazonaws.com"),
			S3OriginConfig: &cloudfronttypes.S3OriginConfig{OriginAccessIdentity: aws.String("")},
		}
	}
	out, err := client.CreateDistribution(t.Context(), &cloudfront.CreateDistributionInput{
		DistributionConfig: &cloudfronttypes.DistributionConfig{
			CallerReference: aws.String("misc"), Comment: aws.String(""), Enabled: aws.Bool(true),
			Origins: &cloudfronttypes.Origins{
				Quantity: aws.Int32(2), Items: []cloudfronttypes.Origin{origin("app"), origin("maint")},
			},
			DefaultCacheBehavior: &cloudfronttypes.DefaultCacheBehavior{
				TargetOriginId:       aws.String("app"),
				ViewerProtocolPolicy: cloudfronttypes.ViewerProtocolPolicyAllowAll,
			},
		},
	})
	noError(t, err)
	id := *out.Distribution.Id
	state := func() (string, error) {
		out, err := client.GetDistributionConfig(t.Context(),
			&cloudfront.GetDistributionConfigInput{Id: &id})
		if err != nil {
			return "", err
		}
		return *out.DistributionConfig.DefaultCacheBehavior.TargetOriginId, nil
	}
	// The distribution has no behaviours but the default one, which the old image could not take.
	words := "cloudfront update-origin " + id
	story{cfg, state, []scene{
		{"app", words + " maint default", "done app>maint"},
		{"maint", words + " maint default", "already maint>maint"},
		{"maint", words + " app default --dry-run", "dry_run maint>maint"},
		{"maint", words + " app default --wait", "done maint>app"},
		{"app", words + " gone default", "not_found >"},
		{"app", words + " maint /api/*", "not_found >"},
	}}.tell(t)
}
