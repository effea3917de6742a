package enforcement_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	autoscalingtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// moto judges the names of actions, and nothing else: it asks about the resource "*" and passes over
// conditions. So it is asked with policies that are as wide, and confirms the names independently.
type moto struct {
	*acctest.Emulator
	cfg aws.Config
}

// user makes a user who may do the statements' actions on everything, and returns the user's
// configuration.
func (m moto) user(t *testing.T, name string, statements []iampolicy.Statement) aws.Config {
	t.Helper()
	client := iam.NewFromConfig(m.cfg)
	if _, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	wide := iampolicy.Document([]iampolicy.Statement{{
		Action: actionsOf(statements), Resource: []string{"*"},
	}})
	_, err := client.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
		UserName: &name, PolicyName: aws.String("p"), PolicyDocument: &wide,
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	cfg := m.cfg.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*key.AccessKey.AccessKeyId,
		*key.AccessKey.SecretAccessKey, "")
	// moto takes what is in the path for the body, unless the body's hash is in a header.
	cfg.APIOptions = append(cfg.APIOptions, v4.AddContentSHA256HeaderMiddleware)
	return cfg
}

// enforce makes moto judge every request after so many: "0" begins at once, "inf" ends it.
func (m moto) enforce(t *testing.T, after string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL+"/moto-api/reset-auth", strings.NewReader(after))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("moto answers %s %s, error %v", answer.Status, text, err)
	}
}

// verdict is what somebody does, with the actions that moto has to ask for.
type verdict struct {
	name       string
	statements []iampolicy.Statement
	asked      []string
	// do gets a name that nobody else has.
	do func(t *testing.T, cfg aws.Config, name string) error
}

// refusals tells whether there was a denial. moto's are in no form that the SDK knows.
type refusals struct {
	aws.HTTPClient
	seen atomic.Bool
}

// Do implements aws.HTTPClient.
func (c *refusals) Do(r *http.Request) (*http.Response, error) {
	answer, err := c.HTTPClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusForbidden {
		return answer, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if bytes.Contains(text, []byte("<Code>AccessDenied</Code>")) {
		c.seen.Store(true)
	}
	answer.Body = io.NopCloser(bytes.NewReader(text))
	return answer, err
}

// verbOn is a verdict on a verb.
func (m moto) verbOn(t *testing.T, args string, asked ...string) verdict {
	t.Helper()
	call := parse(t, args)
	statements := call.Statements(command.Scope{Partition: "aws", Region: emulator.Region, Account: m.Account})
	return verdict{args, statements, asked, func(t *testing.T, cfg aws.Config, _ string) error {
		t.Helper()
		return stage{Clock: fakeaws.NewClock(time.Now())}.run(t, cfg, args).Err()
	}}
}

// deploying is a verdict on the deployer: a runner with a schedule is made, read and removed. moto
// asks neither for iam:PassRole nor for what tags need beside a creation.
func (m moto) deploying() verdict {
	d := deployment
	d.Region, d.Account = emulator.Region, m.Account
	asked := []string{
		"iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy",
		"iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:PutRolePolicy", "iam:UntagRole",
		"lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunction",
		"logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DescribeLogGroups", "logs:ListTagsForResource",
		"logs:PutRetentionPolicy", "logs:UntagResource",
		"scheduler:CreateSchedule", "scheduler:CreateScheduleGroup", "scheduler:DeleteSchedule",
		"scheduler:DeleteScheduleGroup", "scheduler:GetSchedule", "scheduler:GetScheduleGroup",
		"scheduler:ListSchedules", "scheduler:ListTagsForResource", "scheduler:UntagResource",
	}
	return verdict{"deploying tools", d.Statements(), asked, deployOnMoto}
}

func deployOnMoto(t *testing.T, cfg aws.Config, name string) error {
	t.Helper()
	s := stage{Clock: fakeaws.NewClock(time.Now())}
	runner, schedules := s.keeper(cfg), s.schedules(cfg)
	have := stack(t)
	have.Name = name
	out, err := runner.Create(t.Context(), have)
	if err != nil {
		return err
	}
	set := evening(t, name)
	set.FunctionARN, set.RoleARN = out.FunctionARN, out.SchedulerRoleARN
	set.RunnerRoleName = runnerstack.RoleName(out.ExecutionRoleARN)
	if _, err := schedules.Create(t.Context(), set); err != nil {
		return err
	}
	if _, err := schedules.Read(t.Context(), set); err != nil {
		return err
	}
	if err := schedules.Delete(t.Context(), set); err != nil {
		return err
	}
	_, err = runner.Delete(t.Context(), have)
	return err
}

// TestMoto_confirmsTheActions: with its policy each verb and the deployer pass, and are denied
// without an action that moto asks for.
func TestMoto_confirmsTheActions(t *testing.T) {
	t.Parallel()
	e := acctest.Moto(t)
	m := moto{e, e.Config(t)}
	plantOnMoto(t, m.cfg)
	verdicts := []verdict{
		m.verbOn(t, "rds stop-cluster enforced", "rds:DescribeDBClusters", "rds:StopDBCluster"),
		m.verbOn(t, "ec2 stop-instances deploy=enforced", "ec2:DescribeInstances", "ec2:StopInstances"),
		m.verbOn(t, "asg stop enforced", "autoscaling:CreateOrUpdateTags",
			"autoscaling:DescribeAutoScalingGroups", "autoscaling:UpdateAutoScalingGroup"),
		m.verbOn(t, "ecs stop-services enforced/api", "application-autoscaling:DescribeScalableTargets",
			"ecs:DescribeServices", "ecs:TagResource", "ecs:UpdateService"),
		m.deploying(),
	}
	type user struct {
		verdict
		without string
		name    string
		cfg     aws.Config
	}
	var users []user
	for _, v := range verdicts {
		// The one who may comes last: what is denied leaves the rest something to do.
		for _, action := range v.asked {
			rest := without(v.statements, action)
			name := fmt.Sprint("enforced-", len(users))
			users = append(users, user{v, action, name, m.user(t, name, rest)})
		}
		name := fmt.Sprint("enforced-", len(users))
		users = append(users, user{v, "", name, m.user(t, name, v.statements)})
	}
	m.enforce(t, "0")
	defer m.enforce(t, "inf")
	for _, u := range users {
		seen := &refusals{HTTPClient: u.cfg.HTTPClient}
		u.cfg.HTTPClient = seen
		err := u.do(t, u.cfg, u.name)
		switch {
		case u.without == "" && (err != nil || seen.seen.Load()):
			t.Errorf("%s: denied %t, error %v", u.verdict.name, seen.seen.Load(), err)
		case u.without != "" && (err == nil || !seen.seen.Load()):
			t.Errorf("%s without %s: denied %t, error %v", u.verdict.name, u.without, seen.seen.Load(), err)
		}
	}
}

// plantOnMoto makes what the verbs act on.
func plantOnMoto(t *testing.T, cfg aws.Config) {
	t.Helper()
	name := aws.String("enforced")
	_, err := rds.NewFromConfig(cfg).CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: name, Engine: aws.String("aurora-postgresql"), MasterUsername: aws.String("demo"),
		MasterUserPassword: aws.String("not-a-secret"), Tags: []rdstypes.Tag{{Key: aws.String("deploy"), Value: name}},
	})
	noError(t, err)
	_, err = ec2.NewFromConfig(cfg).RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		InstanceType: types.InstanceTypeT3Micro, TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("deploy"), Value: name}},
		}},
	})
	noError(t, err)
	groups := autoscaling.NewFromConfig(cfg)
	_, err = groups.CreateLaunchConfiguration(t.Context(), &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName: name, ImageId: aws.String("ami-12c6146b"), InstanceType: aws.String("t3.micro"),
	})
	noError(t, err)
	_, err = groups.CreateAutoScalingGroup(t.Context(), &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: name, LaunchConfigurationName: name,
		MinSize: aws.Int32(1), DesiredCapacity: aws.Int32(1), MaxSize: aws.Int32(1),
		AvailabilityZones: []string{cfg.Region + "a"}, Tags: []autoscalingtypes.Tag{},
	})
	noError(t, err)
	services := ecs.NewFromConfig(cfg)
	_, err = services.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: name})
	noError(t, err)
	_, err = services.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: name, ContainerDefinitions: []ecstypes.ContainerDefinition{{
			Name: name, Image: name, Memory: aws.Int32(16),
		}},
	})
	noError(t, err)
	_, err = services.CreateService(t.Context(), &ecs.CreateServiceInput{
		Cluster: name, ServiceName: aws.String("api"), TaskDefinition: name, DesiredCount: aws.Int32(1),
	})
	noError(t, err)
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
