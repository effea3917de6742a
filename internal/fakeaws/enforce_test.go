package fakeaws

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// Every operation has its right, and every right its operation but those of ECR, most of which are
// requests to its registry.
func TestEnforce_knowsEveryOperation(t *testing.T) {
	t.Parallel()
	a := New()
	all := a.allRights()
	for name, s := range a.services {
		for _, operation := range sortedKeys(s.operations) {
			if _, ok := all[name][operation]; !ok {
				t.Errorf("no right for %s %s", name, operation)
			}
		}
	}
	for name, rows := range all {
		if denials[name].code == "" {
			t.Errorf("no denial of %s", name)
		}
		for operation := range rows {
			if s := a.services[name]; name != "ecr" && s.operations[operation] == nil {
				t.Errorf("a right for %s %s, which is not there", name, operation)
			}
		}
	}
}

func allowing(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func allow(action, resource string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":%q}`, action, resource)
}

func wireCode(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return fmt.Sprint(err)
}

func TestEnforce_callers(t *testing.T) {
	t.Parallel()
	a := Start(t)
	a.RDS().PutCluster(DBCluster{ID: "x"})
	a.Enforce(t)
	const cluster = "arn:aws:rds:us-east-1:123456789012:cluster:x"
	describe := func(cfg aws.Config) string {
		_, err := rds.NewFromConfig(cfg).DescribeDBClusters(t.Context(),
			&rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("x")})
		return wireCode(err)
	}
	a.IAM().PutRole(Role{Name: "r", PermissionsBoundary: "b"})
	a.IAM().PutManagedPolicy("b", allowing(allow("rds:*", "*")))
	role := a.ConfigOf(a.RoleKey("r"))
	for _, step := range []struct {
		what   string
		before func()
		cfg    aws.Config
		want   string
	}{
		{"root", nil, a.Config(), "<nil>"},
		{"a key that nobody has", nil, a.ConfigOf("AKIANOBODY"), "UnrecognizedClientException"},
		{"a user without policies", nil, a.ConfigOf(a.UserKey()), "AccessDenied"},
		{"a user", nil, a.ConfigOf(a.UserKey(allowing(allow("rds:DescribeDBClusters", cluster)))), "<nil>"},
		{"a role without policies", nil, role, "AccessDenied"},
		{"a role with a policy of that moment", func() {
			_, err := iam.NewFromConfig(a.Config()).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
				RoleName: aws.String("r"), PolicyName: aws.String("p"),
				PolicyDocument: aws.String(allowing(allow("rds:DescribeDBClusters", "*"))),
			})
			if err != nil {
				t.Fatal(err)
			}
		}, role, "<nil>"},
		{"a role beyond its boundary", func() {
			a.IAM().PutManagedPolicy("b", allowing(allow("ec2:*", "*")))
		}, role, "AccessDenied"},
		{"a role that is gone", func() { a.IAM().RemoveRole("r") }, role, "AccessDenied"},
	} {
		if step.before != nil {
			step.before()
		}
		if got := describe(step.cfg); got != step.want {
			t.Errorf("%s: got %s, want %s", step.what, got, step.want)
		}
	}
	who, err := sts.NewFromConfig(a.ConfigOf(a.UserKey())).GetCallerIdentity(t.Context(), nil)
	if err != nil || aws.ToString(who.Account) != Account {
		t.Errorf("asking who one is without a right: error %v", err)
	}
}

// Each service has a code of its own for a missing right, and nothing takes effect.
func TestEnforce_denials(t *testing.T) {
	t.Parallel()
	a := Start(t)
	a.EC2().Put(Instance{ID: "i-0123456789abcdef0"})
	a.Enforce(t)
	nobody := a.ConfigOf(a.UserKey())
	_, stopped := ec2.NewFromConfig(nobody).StopInstances(t.Context(),
		&ec2.StopInstancesInput{InstanceIds: []string{"i-0123456789abcdef0"}})
	_, role := iam.NewFromConfig(nobody).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")})
	_, group := scheduler.NewFromConfig(nobody).CreateScheduleGroup(t.Context(),
		&scheduler.CreateScheduleGroupInput{Name: aws.String("g")})
	got := []string{wireCode(stopped), wireCode(role), wireCode(group)}
	if diff := cmp.Diff([]string{"UnauthorizedOperation", "AccessDenied", "AccessDeniedException"}, got); diff != "" {
		t.Error(diff)
	}
	if i, _ := a.EC2().Instance("i-0123456789abcdef0"); i.State != "running" {
		t.Errorf("the instance is %s", i.State)
	}
	if !strings.Contains(fmt.Sprint(stopped), "is not authorized to perform: ec2:StopInstances on resource: "+
		"arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0 because no identity-based policy allows") {
		t.Errorf("the denial says %v", stopped)
	}
}

// An encrypted volume's key needs a grant, or the instance stays stopped (re:Post Knowledge Center,
// kms-iam-ec2-permission).
func TestEnforce_grantForAnEncryptedVolume(t *testing.T) {
	t.Parallel()
	const grant = `{"Effect":"Allow","Action":"kms:CreateGrant","Resource":"*","Condition":{` +
		`"Bool":{"kms:GrantIsForAWSResource":"true"},` +
		`"StringEquals":{"kms:ViaService":"ec2.us-east-1.amazonaws.com"}}}`
	for policy, want := range map[string]string{
		allowing(allow("ec2:StartInstances", "*")):        "stopped",
		allowing(allow("ec2:StartInstances", "*"), grant): "running",
		allowing(allow("ec2:StartInstances", "*"),
			strings.Replace(grant, "us-east-1", "us-west-2", 1)): "stopped",
	} {
		a := Start(t)
		a.EC2().Put(Instance{
			ID: "i-0123456789abcdef0", State: "stopped", VolumeKey: "arn:aws:kms:us-east-1:999999999999:key/k",
		})
		a.Enforce(t)
		_, err := ec2.NewFromConfig(a.ConfigOf(a.UserKey(policy))).StartInstances(t.Context(),
			&ec2.StartInstancesInput{InstanceIds: []string{"i-0123456789abcdef0"}})
		if err != nil {
			t.Fatal(err)
		}
		if i, _ := a.EC2().Instance("i-0123456789abcdef0"); i.State != want {
			t.Errorf("%s: the instance is %s, want %s", policy, i.State, want)
		}
	}
}

// GetFunction shows tags only to those who may list them (Lambda API Reference, GetFunction).
func TestEnforce_tagsOfAFunction(t *testing.T) {
	t.Parallel()
	a := Start(t)
	a.Lambda().PutFunction(Function{FunctionName: "f", Tags: map[string]string{"team": "web"}})
	a.Enforce(t)
	get := func(statements ...string) *lambda.GetFunctionOutput {
		out, err := lambda.NewFromConfig(a.ConfigOf(a.UserKey(allowing(statements...)))).GetFunction(
			t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := get(allow("lambda:GetFunction", "*")); out.Tags != nil || out.TagsError == nil {
		t.Errorf("without the right: tags %v, error %v", out.Tags, out.TagsError)
	}
	out := get(allow("lambda:GetFunction", "*"), allow("lambda:ListTags", "*"))
	if out.Tags["team"] != "web" || out.TagsError != nil {
		t.Errorf("with the right: tags %v, error %v", out.Tags, out.TagsError)
	}
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestEnforce_doubtsFailTheTest(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		allowing(allow("rds:DescribeDBCluster", "*")): "the action rds:DescribeDBCluster, which fakeaws does not know",
		allowing(`{"Effect":"Allow","Action":"rds:DescribeDBClusters","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}}`): "no condition key aws:ResourceTag/a",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`: "NotAction",
	} {
		a := Start(t)
		r := &recorder{TB: t}
		a.Enforce(r)
		_, err := rds.NewFromConfig(a.ConfigOf(a.UserKey(document))).DescribeDBClusters(t.Context(), nil)
		if wireCode(err) != "AccessDenied" || !strings.Contains(strings.Join(r.errors, "\n"), want) {
			t.Errorf("%s: got %s and %q, want %q", document, wireCode(err), r.errors, want)
		}
	}
}

// New policies are visible with delay (IAM User Guide, "Changes that I make are not always immediately
// visible").
func TestEnforce_policyDelay(t *testing.T) {
	t.Parallel()
	clock := NewClock(testTime)
	a := Start(t, WithClock(clock.Now), WithPolicyDelay(time.Minute))
	a.Enforce(t)
	client := iam.NewFromConfig(a.Config())
	noError(t, createRole(t, client, &iam.CreateRoleInput{RoleName: aws.String("r")}))
	may := func(want bool, when string) {
		t.Helper()
		got := a.RoleMay("r", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f")
		if got != want {
			t.Errorf("%s: got %t, want %t", when, got, want)
		}
	}
	noError(t, putPolicy(t, client, "r", "invoke", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+
		`"Action":"lambda:InvokeFunction","Resource":"*"}]}`))
	may(false, "just written")
	clock.Advance(time.Minute)
	may(true, "a minute later")
	_, err := client.DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
		RoleName: aws.String("r"), PolicyName: aws.String("invoke"),
	})
	noError(t, err)
	may(true, "just deleted")
	clock.Advance(time.Minute)
	may(false, "a minute after that")
}
