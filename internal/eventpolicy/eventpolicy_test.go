package eventpolicy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

var tokyo = command.Scope{Partition: "aws", Region: "ap-northeast-1", Account: "123456789012"}

func parse(t *testing.T, args ...string) *command.Call {
	t.Helper()
	call, err := command.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func TestDocument(t *testing.T) {
	t.Parallel()
	calls := []*command.Call{parse(t, "rds", "stop-cluster", "db"), parse(t, "rds", "start-cluster", "db")}
	const rights = `{"Statement":[{"Action":["rds:DescribeDBClusters"],"Effect":"Allow",` +
		`"Resource":["arn:aws:rds:ap-northeast-1:123456789012:cluster:*"]},` +
		`{"Action":["rds:StartDBCluster","rds:StopDBCluster"],"Effect":"Allow",` +
		`"Resource":["arn:aws:rds:ap-northeast-1:123456789012:cluster:db"]}`
	const holds = `,{"Action":["scheduler:ListTagsForResource"],"Effect":"Allow",` +
		`"Resource":["arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/saving"]}`
	const end = `],"Version":"2012-10-17"}`
	slices.Reverse(calls)
	for group, want := range map[string]string{"saving": rights + holds + end, "": rights + end} {
		if got := eventpolicy.Document(calls, tokyo, group); got != want {
			t.Errorf("group %q:\n got %s\nwant %s", group, got, want)
		}
	}
	if got := eventpolicy.Document(nil, tokyo, "saving"); got != "" {
		t.Errorf("without calls: %s", got)
	}
	want := []string{"rds:DescribeDBClusters", "rds:StartDBCluster", "rds:StopDBCluster", "scheduler:ListTagsForResource"}
	if d := cmp.Diff(want, eventpolicy.Actions(calls, "saving")); d != "" {
		t.Error(d)
	}
}

// examples are calls of every verb, with identifiers, with tags where the verb takes them, and with
// --wait.
func examples(t *testing.T) []*command.Call {
	t.Helper()
	var calls []*command.Call
	for _, verb := range command.Verbs() {
		for _, args := range verb.Examples {
			calls = append(calls, parse(t, args...))
		}
		tagged := []string{verb.Service, verb.Name, "deploy=devel"}
		if call, err := command.Parse(tagged); err == nil {
			calls = append(calls, call)
		}
	}
	return calls
}

// No verb may change everything: an action that writes names what it may change, or has a condition.
func TestUnlimited_noVerbIs(t *testing.T) {
	t.Parallel()
	for _, call := range examples(t) {
		document := eventpolicy.Document([]*command.Call{call}, tokyo, "")
		if got := eventpolicy.Unlimited(document); len(got) > 0 {
			t.Errorf("%v may be done to everything: %s", got, document)
		}
	}
}

func TestUnlimited(t *testing.T) {
	t.Parallel()
	all := func(action, resource string) iampolicy.Statement {
		return iampolicy.Statement{Action: []string{action}, Resource: []string{resource}}
	}
	conditioned := all("ec2:RebootInstances", "*")
	conditioned.Condition = map[string]map[string][]string{"StringEquals": {"aws:ResourceTag/a": {"b"}}}
	document := iampolicy.Document([]iampolicy.Statement{
		all("ec2:StopInstances", "*"), all("ec2:DescribeInstances", "*"), conditioned,
		all("rds:StopDBCluster", "arn:aws:rds:us-east-1:123456789012:cluster:*"),
		all("ecs:UpdateService", "arn:aws:ecs:us-east-1:123456789012:service/*/*"),
		all("ecs:TagResource", "arn:aws:ecs:us-east-1:123456789012:service/web/*"),
		all("eks:UpdateNodegroupConfig", "arn:aws:eks:us-east-1:123456789012:nodegroup/a/b/*"),
		all("sagemaker:ListTags", "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/*"),
	})
	want := []string{"ec2:StopInstances", "ecs:UpdateService", "rds:StopDBCluster"}
	if d := cmp.Diff(want, eventpolicy.Unlimited(document)); d != "" {
		t.Error(d)
	}
}

// Tags are written only under the runner's own prefix.
func TestDocument_tagWritesAreOurs(t *testing.T) {
	t.Parallel()
	written := 0
	for _, call := range examples(t) {
		statements, err := iampolicy.Parse(eventpolicy.Document([]*command.Call{call}, tokyo, ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range iampolicy.Split(statements) {
			_, name, _ := strings.Cut(s.Action[0], ":")
			if !strings.Contains(name, "Tag") || strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Describe") {
				continue
			}
			written++
			if d := cmp.Diff([]string{"savings:*"}, s.Condition["ForAllValues:StringLike"]["aws:TagKeys"]); d != "" {
				t.Errorf("%s: %s", s.Action[0], d)
			}
		}
	}
	if written == 0 {
		t.Error("no verb writes tags")
	}
}

// Every ARN in a policy is of the partition, and of the region that the call names.
func TestDocument_partitionsAndRegions(t *testing.T) {
	t.Parallel()
	for _, scope := range []command.Scope{
		{Partition: "aws-cn", Region: "cn-north-1", Account: "123456789012"},
		{Partition: "aws-us-gov", Region: "us-gov-west-1", Account: "123456789012"},
	} {
		for _, call := range examples(t) {
			document := eventpolicy.Document([]*command.Call{call}, scope, "saving")
			if strings.Contains(document, "arn:aws:") || strings.Contains(document, tokyo.Region) {
				t.Errorf("%s: %s", scope.Partition, document)
			}
			if !strings.Contains(document, `"arn:`+scope.Partition+`:`) {
				t.Errorf("%s: no ARN in %s", scope.Partition, document)
			}
		}
	}
	for _, verb := range command.Verbs() {
		for _, args := range verb.Examples {
			call, err := command.Parse(append(slices.Clone(args), "--region=eu-west-1"))
			if err != nil {
				continue // the example has a --region, or the service none
			}
			document := eventpolicy.Document([]*command.Call{call}, tokyo, "")
			named := strings.Contains(document, "arn:") && !strings.Contains(document, ":cloudfront::")
			if strings.Contains(document, tokyo.Region) || named && !strings.Contains(document, ":eu-west-1:") {
				t.Errorf("%v in eu-west-1: %s", args, document)
			}
		}
	}
}

// EC2 starts instances with encrypted volumes through a grant that only EC2 itself can use. The name
// of the service in conditions has the partition's own suffix in China.
func TestDocument_grantsOnKeys(t *testing.T) {
	t.Parallel()
	for scope, want := range map[command.Scope]string{
		tokyo: `"StringEquals":{"kms:ViaService":["ec2.ap-northeast-1.amazonaws.com"]}`,
		{Partition: "aws-us-gov", Region: "us-gov-west-1", Account: "123456789012"}: `"StringEquals":{"kms:ViaService":["ec2.us-gov-west-1.amazonaws.com"]}`,
		{Partition: "aws-cn", Region: "cn-north-1", Account: "123456789012"}: `"StringEquals":{"kms:ViaService":` +
			`["ec2.cn-north-1.amazonaws.com","ec2.cn-north-1.amazonaws.com.cn"]}`,
	} {
		document := eventpolicy.Document([]*command.Call{parse(t, "ec2", "start-instances", "deploy=devel")}, scope, "")
		want = `"Action":["kms:CreateGrant"],"Condition":{"Bool":{"kms:GrantIsForAWSResource":["true"]},` + want
		if !strings.Contains(document, want) {
			t.Errorf("got %s\nwant %s", document, want)
		}
	}
	stop := eventpolicy.Document([]*command.Call{parse(t, "ec2", "stop-instances", "deploy=devel")}, tokyo, "")
	if strings.Contains(stop, "kms:") {
		t.Errorf("a stop may grant: %s", stop)
	}
}
