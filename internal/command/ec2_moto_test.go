package command_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	autoscalingtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// motoRun runs the words of one line against moto and returns the outcomes, sorted.
func motoRun(t *testing.T, cfg aws.Config, line string) []string {
	t.Helper()
	call, err := command.Parse(strings.Fields(line))
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (aws.Config, error) { return cfg, nil }
	now := clock{fakeaws.NewClock(time.Now())}
	runner := command.NewRunner(load, now, slog.New(slog.DiscardHandler))
	var out []string
	for _, r := range runner.Run(t.Context(), call).Results {
		out = append(out, strings.TrimSpace(string(r.Outcome)+" "+r.To+" "+r.Detail))
	}
	slices.Sort(out)
	return out
}

func TestMoto_ec2(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	client := ec2.NewFromConfig(cfg)
	tag := "ec2-" + strings.ToLower(t.Name())
	run, err := client.RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(2), MaxCount: aws.Int32(2),
		InstanceType: types.InstanceTypeT3Micro,
		TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeInstance,
			Tags:         []types.Tag{{Key: aws.String("deploy"), Value: &tag}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, i := range run.Instances {
		ids = append(ids, *i.InstanceId)
	}
	t.Cleanup(func() {
		_, err := client.TerminateInstances(context.Background(),
			&ec2.TerminateInstancesInput{InstanceIds: ids})
		if err != nil {
			t.Error(err)
		}
	})
	for _, step := range []struct {
		line  string
		want  []string
		state types.InstanceStateName
	}{
		{"ec2 start-instances deploy=" + tag, []string{"already running", "already running"}, "running"},
		{"ec2 restart-instances deploy=" + tag, []string{
			"already running no status check says impaired", "already running no status check says impaired",
		}, "running"},
		{"ec2 stop-instances deploy=" + tag + " --dry-run",
			[]string{"dry_run running would stop it", "dry_run running would stop it"}, "running"},
		{"ec2 stop-instances deploy=" + tag[:6] + "* --wait", []string{"done stopped", "done stopped"},
			"stopped"},
		{"ec2 stop-instances " + ids[0] + " " + ids[1], []string{"already stopped", "already stopped"},
			"stopped"},
		{"ec2 restart-instances " + ids[0] + " " + ids[1], []string{"done running", "done running"},
			"running"},
		{"ec2 stop-instances i-0123456789abcdef0 " + ids[0], []string{
			"done stopping", "not_found  no such EC2 instance in " + cfg.Region + ": check id and region",
		}, ""},
		{"ec2 start-instances " + strings.Join(ids, " "), []string{"already running", "done running"},
			"running"},
	} {
		if d := cmp.Diff(step.want, motoRun(t, cfg, step.line)); d != "" {
			t.Errorf("%s: %s", step.line, d)
		}
		out, err := client.DescribeInstances(t.Context(),
			&ec2.DescribeInstancesInput{InstanceIds: ids})
		if err != nil {
			t.Fatal(err)
		}
		for _, reservation := range out.Reservations {
			for _, i := range reservation.Instances {
				if step.state != "" && i.State.Name != step.state {
					t.Errorf("after %s %s is %s", step.line, *i.InstanceId, i.State.Name)
				}
			}
		}
	}
}

func TestMoto_asg(t *testing.T) {
	t.Parallel()
	cfg := acctest.Moto(t).Config(t)
	client := autoscaling.NewFromConfig(cfg)
	name, launch := "asg-"+t.Name(), "launch-"+t.Name()
	if _, err := client.CreateLaunchConfiguration(t.Context(),
		&autoscaling.CreateLaunchConfigurationInput{
			LaunchConfigurationName: &launch, ImageId: aws.String("ami-12c6146b"),
			InstanceType: aws.String("t3.micro"),
		}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateAutoScalingGroup(t.Context(), &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: &name, LaunchConfigurationName: &launch,
		MinSize: aws.Int32(1), DesiredCapacity: aws.Int32(2), MaxSize: aws.Int32(3),
		AvailabilityZones: []string{cfg.Region + "a"},
		Tags: []autoscalingtypes.Tag{{
			Key: aws.String("deploy"), Value: &name, PropagateAtLaunch: aws.Bool(true),
			ResourceId: &name, ResourceType: aws.String("auto-scaling-group"),
		}},
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := client.DeleteAutoScalingGroup(context.Background(),
			&autoscaling.DeleteAutoScalingGroupInput{
				AutoScalingGroupName: &name, ForceDelete: aws.Bool(true),
			})
		if err != nil {
			t.Error(err)
		}
	})
	for _, step := range []struct {
		line, want        string
		low, desired, has int32
	}{
		{"asg start " + name, "already min=1 desired=2", 1, 2, 2},
		{"asg stop " + name + " --wait", "done min=0 desired=0", 0, 0, 0},
		{"asg stop deploy=" + name, "already min=0 desired=0", 0, 0, 0},
		{"asg start deploy=" + name + " --wait", "done min=1 desired=2", 1, 2, 2},
		{"asg start " + name, "already min=1 desired=2", 1, 2, 2},
		{"ec2 stop-instances deploy=" + name, "unsupported running a member of Auto Scaling group " +
			name + ", which replaces what is stopped: stop the group: asg stop " + name, 1, 2, 2},
	} {
		for _, got := range motoRun(t, cfg, step.line) {
			if got != step.want {
				t.Errorf("%s: %s, want %s", step.line, got, step.want)
			}
		}
		out, err := client.DescribeAutoScalingGroups(t.Context(),
			&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
		if err != nil {
			t.Fatal(err)
		}
		g := out.AutoScalingGroups[0]
		if *g.MinSize != step.low || *g.DesiredCapacity != step.desired || *g.MaxSize != 3 ||
			len(g.Instances) != int(step.has) {
			t.Errorf("after %s: %d to %d, %d instances", step.line, *g.MinSize, *g.DesiredCapacity,
				len(g.Instances))
		}
		if remembered := len(g.Tags) > 1; remembered != (step.desired == 0) {
			t.Errorf("after %s: tags %v", step.line, g.Tags)
		}
	}
}
