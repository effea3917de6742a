package enforcement_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

const (
	logGroup    = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/tools"
	function    = "arn:aws:lambda:us-east-1:123456789012:function:tools"
	deadLetters = "arn:aws:sqs:us-east-1:123456789012:letters"
	boundary    = "arn:aws:iam::123456789012:policy/boundary"
)

// keeper is a runnerstack.Keeper on the stage.
func (s stage) keeper(cfg aws.Config) *runnerstack.Keeper {
	opts := []runnerimage.Option{runnerimage.WithBackoff(time.Millisecond)}
	if s.AWS != nil { // an emulator has no registry of ECR's name
		opts = append(opts, runnerimage.WithTransport(s.RegistryTransport()))
	}
	k := runnerstack.New(cfg, func(context.Context, string) {}, opts...)
	k.Now, k.Sleep = s.Now, s.Sleep
	return k
}

func stack(t *testing.T) runnerstack.Stack {
	t.Helper()
	s := runnerstack.Stack{
		Name: "tools", Architecture: "arm64", MemorySize: 128, Timeout: 900, LogRetention: 7,
		DeadLetterARN: deadLetters, Zip: acctest.Zip(t, "bootstrap", "one"),
	}
	s.CodeDigest = bundle.Digest(s.Zip)
	return s
}

// permission is an action on a resource that a role may do, or may not.
type permission struct{ role, action, resource string }

func (s stage) checkRoles(t *testing.T, want map[permission]bool) {
	t.Helper()
	for p, may := range want {
		if got := s.RoleMay(p.role, p.action, p.resource); got != may {
			t.Errorf("%s may %s on %s: got %t, want %t", p.role, p.action, p.resource, got, may)
		}
	}
}

// A new runner's roles may write one log, invoke one function, and send to one queue each.
func TestRoles_ofANewRunner(t *testing.T) {
	t.Parallel()
	const runs, invokes = "tools-us-east-1", "tools-us-east-1-scheduler"
	for destination, action := range map[string]string{
		"arn:aws:sqs:us-east-1:123456789012:failures":              "sqs:SendMessage",
		"arn:aws:sns:us-east-1:123456789012:failures":              "sns:Publish",
		"arn:aws:events:us-east-1:123456789012:event-bus/failures": "events:PutEvents",
	} {
		s := newStage(t)
		s.IAM().PutManagedPolicy(boundary, iampolicy.Document(deployer.Boundary()))
		want := stack(t)
		want.PermissionsBoundaryARN, want.FailureDestinationARN = boundary, destination
		if _, err := s.keeper(s.Config()).Create(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		s.checkRoles(t, map[permission]bool{
			{runs, "logs:CreateLogStream", logGroup + ":log-stream:a"}:                       true,
			{runs, "logs:PutLogEvents", logGroup + ":log-stream:a"}:                          true,
			{runs, "logs:PutLogEvents", logGroup + "2:log-stream:a"}:                         false,
			{runs, "logs:CreateLogGroup", logGroup}:                                          false,
			{runs, action, destination}:                                                      true,
			{runs, action, destination + "2"}:                                                false,
			{runs, "sqs:SendMessage", deadLetters}:                                           false,
			{runs, "lambda:InvokeFunction", function}:                                        false,
			{runs, "rds:StopDBCluster", "arn:aws:rds:us-east-1:1:cluster:x"}:                 false,
			{invokes, "lambda:InvokeFunction", function}:                                     true,
			{invokes, "lambda:InvokeFunction", function + ":live"}:                           true,
			{invokes, "lambda:InvokeFunction", function + "2"}:                               false,
			{invokes, "lambda:InvokeFunction", strings.Replace(function, "east", "west", 1)}: false,
			{invokes, "lambda:UpdateFunctionCode", function}:                                 false,
			{invokes, "sqs:SendMessage", deadLetters}:                                        true,
			{invokes, "sqs:SendMessage", deadLetters + "2"}:                                  false,
			{invokes, "logs:PutLogEvents", logGroup + ":log-stream:a"}:                       false,
		})
	}
}

// Without a queue and a destination there is no right to send.
func TestRoles_ofAPlainRunner(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	want := stack(t)
	want.DeadLetterARN = ""
	if _, err := s.keeper(s.Config()).Create(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"tools-us-east-1", "tools-us-east-1-scheduler"} {
		s.checkRoles(t, map[permission]bool{
			{role, "sqs:SendMessage", deadLetters}:                               false,
			{role, "sns:Publish", "arn:aws:sns:us-east-1:123456789012:failures"}: false,
		})
	}
}

// A boundary bounds whatever a schedule grants later.
func TestRoles_underABoundary(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.RDS().PutCluster(fakeaws.DBCluster{ID: "mine"})
	s.EC2().Put(fakeaws.Instance{ID: myInstance})
	s.IAM().PutManagedPolicy(boundary, `{"Version":"2012-10-17","Statement":{"Effect":"Allow",`+
		`"Action":["rds:Describe*","rds:Stop*"],"Resource":"*"}}`)
	s.IAM().PutRole(fakeaws.Role{
		Name: runnerRole, PermissionsBoundary: boundary, Policies: map[string]string{
			"p": iampolicy.Document(append(parse(t, "rds stop-cluster mine").Statements(here),
				parse(t, "ec2 stop-instances "+myInstance).Statements(here)...)),
		},
	})
	cfg := s.ConfigOf(s.RoleKey(runnerRole))
	if report := s.run(t, cfg, "rds stop-cluster mine"); report.Err() != nil {
		t.Errorf("within the boundary: %s", outcomes(report))
	}
	if report := s.run(t, cfg, "ec2 stop-instances "+myInstance); !allDenied(report) {
		t.Errorf("beyond the boundary: %s", outcomes(report))
	}
}
