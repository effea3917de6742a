package command_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// emulated runs a verb on an emulator in the system's own time, a minute at most.
func emulated(t *testing.T, cfg aws.Config, args ...string) []string {
	t.Helper()
	call, err := command.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (aws.Config, error) { return cfg, nil }
	runner := command.NewRunner(load, command.SystemClock{}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return lines(runner.Run(ctx, call))
}

// ecsOn is the cluster and the service api of an emulator.
type ecsOn struct {
	client  *ecs.Client
	scaling *applicationautoscaling.Client
	cluster string
}

func newECSOn(t *testing.T, cfg aws.Config, cluster string) ecsOn {
	t.Helper()
	e := ecsOn{ecs.NewFromConfig(cfg), applicationautoscaling.NewFromConfig(cfg), cluster}
	_, err := e.client.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: &cluster})
	check(t, err)
	task, err := e.client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: &cluster, ContainerDefinitions: []ecstypes.ContainerDefinition{{
			Name: aws.String("x"), Image: aws.String("x"), Memory: aws.Int32(16),
		}},
	})
	check(t, err)
	_, err = e.client.CreateService(t.Context(), &ecs.CreateServiceInput{
		Cluster: &cluster, ServiceName: aws.String("api"), DesiredCount: aws.Int32(3),
		TaskDefinition: task.TaskDefinition.TaskDefinitionArn,
		Tags:           []ecstypes.Tag{{Key: aws.String("team"), Value: &cluster}},
	})
	check(t, err)
	return e
}

func (e ecsOn) scale(t *testing.T, lowest, highest int32) {
	t.Helper()
	_, err := e.scaling.RegisterScalableTarget(t.Context(),
		&applicationautoscaling.RegisterScalableTargetInput{
			ServiceNamespace:  scaling.ServiceNamespaceEcs,
			ScalableDimension: scaling.ScalableDimensionECSServiceDesiredCount,
			ResourceId:        aws.String("service/" + e.cluster + "/api"),
			MinCapacity:       &lowest, MaxCapacity: &highest,
		})
	check(t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// state is the service's count and our tags.
func (e ecsOn) state(t *testing.T) string {
	t.Helper()
	out, err := e.client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{
		Cluster: &e.cluster, Services: []string{"api"},
		Include: []ecstypes.ServiceField{ecstypes.ServiceFieldTags},
	})
	check(t, err)
	tags := map[string]string{}
	for _, tag := range out.Services[0].Tags {
		if strings.HasPrefix(*tag.Key, "savings:") {
			tags[*tag.Key] = *tag.Value
		}
	}
	return fmt.Sprint(out.Services[0].DesiredCount, " ", tags)
}

// suspended tells whether all of the service's scaling is suspended.
func (e ecsOn) suspended(t *testing.T) string {
	t.Helper()
	out, err := e.scaling.DescribeScalableTargets(t.Context(),
		&applicationautoscaling.DescribeScalableTargetsInput{
			ServiceNamespace: scaling.ServiceNamespaceEcs,
			ResourceIds:      []string{"service/" + e.cluster + "/api"},
		})
	check(t, err)
	s := out.ScalableTargets[0].SuspendedState
	return fmt.Sprint(s != nil && aws.ToBool(s.DynamicScalingInSuspended) &&
		aws.ToBool(s.DynamicScalingOutSuspended) && aws.ToBool(s.ScheduledScalingSuspended))
}

// emulatedStep is a command on an emulator, its report's line and the state after it.
type emulatedStep struct{ args, line, state string }

func emulate(t *testing.T, cfg aws.Config, steps []emulatedStep, state func() string) {
	t.Helper()
	for _, s := range steps {
		if d := cmp.Diff([]string{s.line}, emulated(t, cfg, strings.Fields(s.args)...)); d != "" {
			t.Errorf("%s: %s", s.args, d)
		}
		if d := cmp.Diff(s.state, state()); d != "" {
			t.Errorf("state after %s: %s", s.args, d)
		}
	}
}

// moto runs no tasks, so nothing can be waited for that is to run.
func TestMoto_ecs(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	e := newECSOn(t, cfg, "ecs-verbs")
	e.scale(t, 2, 5)
	const awake = "3 map[] false"
	const asleep = "0 map[savings:desired-count:3 savings:suspended-scaling:in out scheduled] true"
	emulate(t, cfg, []emulatedStep{
		{"ecs stop-services ecs-verbs/api --dry-run", "ecs-verbs/api dry_run 3 would remember 3, " +
			"suspend its scaling and set the desired count to 0", awake},
		{"ecs stop-services team=ecs-verbs", "ecs-verbs/api done 0 ", asleep},
		{"ecs stop-services ecs-verbs/* --wait", "ecs-verbs/api already 0 ", asleep},
		{"ecs start-services ecs-verbs/api", "ecs-verbs/api done 3 ", awake},
		{"ecs start-services ecs-verbs/api", "ecs-verbs/api already 3 ", awake},
		{"ecs set-desired-count ecs-verbs/api/1", "ecs-verbs/api done 1 its autoscaling minimum is 2, " +
			"to which scaling may lift it again", "1 map[] false"},
		{"ecs set-desired-count ecs-verbs/api/4", "ecs-verbs/api done 4 ", "4 map[] false"},
		{"ecs set-desired-count ecs-verbs/api/4", "ecs-verbs/api already 4 ", "4 map[] false"},
		{"ecs stop-services ecs-verbs/none", "ecs-verbs/none not_found  no such ECS service in " +
			"ap-northeast-1: check cluster, service and region", "4 map[] false"},
		{"ecs stop-services no-such/api", "no-such/api not_found  no ECS cluster no-such in " +
			"ap-northeast-1: check name and region", "4 map[] false"},
	}, func() string { return e.state(t) + " " + e.suspended(t) })
}

// ministack runs tasks and has no Application Auto Scaling.
func TestMinistack_ecs(t *testing.T) {
	t.Parallel()
	cfg := acctest.Ministack(t).Config(t)
	e := newECSOn(t, cfg, "ecs-verbs")
	const note = "its scaling was not looked up: UnknownError: UnknownError"
	emulate(t, cfg, []emulatedStep{
		{"ecs set-desired-count ecs-verbs/api/0 --wait", "ecs-verbs/api done 0 " + note, "0 map[]"},
		{"ecs set-desired-count ecs-verbs/api/2 --wait", "ecs-verbs/api done 2 " + note, "2 map[]"},
		{"ecs set-desired-count ecs-verbs/api/2 --wait", "ecs-verbs/api already 2 " + note, "2 map[]"},
	}, func() string { return e.state(t) })
}

// moto can tag no node group after its creation, and ministack cannot change one. So the group has
// its memory from the beginning, and the start ends where the tags should go.
func TestMoto_eks(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	client := eks.NewFromConfig(cfg)
	cluster, name := aws.String("eks-verbs"), aws.String("workers")
	subnets := []string{"subnet-1", "subnet-2"}
	role := aws.String("arn:aws:iam::123456789012:role/r")
	_, err := client.CreateCluster(t.Context(), &eks.CreateClusterInput{
		Name: cluster, RoleArn: role, ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: subnets},
	})
	check(t, err)
	_, err = client.CreateNodegroup(t.Context(), &eks.CreateNodegroupInput{
		ClusterName: cluster, NodegroupName: name, NodeRole: role, Subnets: subnets,
		ScalingConfig: &ekstypes.NodegroupScalingConfig{
			MinSize: aws.Int32(1), MaxSize: aws.Int32(4), DesiredSize: aws.Int32(2),
		},
		Tags: map[string]string{"savings:min-size": "1", "savings:desired-size": "2"},
	})
	check(t, err)
	const item = "eks-verbs/workers"
	emulate(t, cfg, []emulatedStep{
		{"eks stop-nodegroup " + item + " --dry-run",
			item + " dry_run 2 would remember a minimum of 1 and 2 nodes, and set both to 0", "1 4 2"},
		{"eks stop-nodegroup " + item, item + " done 0 ", "0 4 0"},
		{"eks stop-nodegroup " + item + " --wait", item + " already 0 ", "0 4 0"},
		{"eks start-nodegroup " + item, item + " failed 2 ResourceNotFoundException: An error occurred " +
			"(NotFoundException) when calling the UntagResource operation: Resource was not found", "1 4 2"},
		{"eks stop-nodegroup eks-verbs/none", "eks-verbs/none not_found  no such EKS node group in " +
			"ap-northeast-1: check cluster, node group and region", "1 4 2"},
	}, func() string {
		out, err := client.DescribeNodegroup(t.Context(),
			&eks.DescribeNodegroupInput{ClusterName: cluster, NodegroupName: name})
		check(t, err)
		s := out.Nodegroup.ScalingConfig
		return fmt.Sprint(*s.MinSize, *s.MaxSize, *s.DesiredSize)
	})
}
