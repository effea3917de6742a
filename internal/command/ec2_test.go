package command

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

func TestEC2_words(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args, summary string
		targets       []string
		effect        Effect
	}{
		{"ec2 stop-instances i-0123456789abcdef0", "stop EC2 instance i-0123456789abcdef0",
			[]string{"ec2/instance/i-0123456789abcdef0"}, Stop},
		{"ec2 start-instances i-01234567 deploy=devel",
			"start EC2 instances i-01234567 and those tagged deploy=devel",
			[]string{"ec2/instance/i-01234567", "ec2/tag/deploy=devel"}, Start},
		{"ec2 restart-instances Name=web-*,team=a=b",
			"restart EC2 instances tagged Name=web-* and team=a=b",
			[]string{"ec2/tag/Name=web-*,team=a=b"}, Neither},
		{"ec2 stop-instances --hibernate deploy=devel --region eu-west-1 --wait",
			"hibernate EC2 instances tagged deploy=devel in eu-west-1, waiting until stopped",
			[]string{"ec2/tag/deploy=devel@eu-west-1"}, Stop},
		{"ec2 stop-instances deploy=devel --force --dry-run",
			"force-stop EC2 instances tagged deploy=devel (dry run)",
			[]string{"ec2/tag/deploy=devel"}, Neither},
		{"asg stop web", "stop Auto Scaling group web", []string{"asg/group/web"}, Stop},
		{"asg start Web_1/x deploy=devel",
			"start Auto Scaling groups Web_1/x and those tagged deploy=devel",
			[]string{"asg/group/Web_1/x", "asg/tag/deploy=devel"}, Start},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			call, err := Parse(strings.Fields(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			if got := call.Summary(language.English); got != tt.summary {
				t.Errorf("Summary() = %q, want %q", got, tt.summary)
			}
			if d := cmp.Diff(tt.targets, call.Targets("")); d != "" {
				t.Errorf("Targets(): %s", d)
			}
			if call.Effect() != tt.effect || call.AWSRestarts() {
				t.Errorf("effect %v, restarts %t", call.Effect(), call.AWSRestarts())
			}
		})
	}
}

func TestEC2_wrongWords(t *testing.T) {
	t.Parallel()
	const ids = "one is i- and 17 hexadecimal digits (8 where it is old), such as " +
		"i-0123456789abcdef0; "
	tests := []struct {
		args, want string
		index      int
	}{
		{"ec2 stop-instances web", `"web" is no id of an EC2 instance; ` + ids +
			"or write tags as key=value, such as Name=web", 2},
		{"ec2 stop-instances i-0123", `"i-0123" is no id of an EC2 instance; ` + ids +
			"or write tags as key=value, such as Name=web", 2},
		{"ec2 stop-instances I-01234567", `"I-01234567" is no id of an EC2 instance; ` + ids +
			"or write tags as key=value, such as Name=web", 2},
		{"ec2 stop-instances k*=v", `the key "k*" of a tag has a wildcard; ` +
			"write * and ? in values only", 2},
		{"ec2 stop-instances a=$", `the tag "a=$" has characters that no tag can have; ` +
			"a tag has letters, digits, blanks and _ . : / = + - @", 2},
		{"ec2 stop-instance i-01234567", `unknown command "stop-instance" of ec2; ec2 has ` +
			`start-instances, stop-instances, restart-instances; did you mean "stop-instances"?`, 1},
		{"ec2 start-instances a=b --hibernate", `unknown flag "--hibernate"; ` +
			"the flags are --dry-run, --wait, --region", 3},
		{"ec2 stop-instances a=b --hibernat", `unknown flag "--hibernat"; the flags are --hibernate, ` +
			`--force, --dry-run, --wait, --region; did you mean "--hibernate"?`, 3},
		{"ec2 stop-instances a=b --force=yes",
			"--force with a value; write --force alone, or leave it out", 3},
		{"asg stop web*", `"web*" holds one of * ? $; write one group's whole name, or select groups by a tag: key=value`, 2},
		{"asg stop a:b", `"a:b" is no name of an Auto Scaling group; one has 1 to 255 characters of ` +
			"ASCII without blanks and colons; tags are written key=value", 2},
		{"asg stop arn:aws:autoscaling:x", `"arn:aws:autoscaling:x" is an ARN; write the Auto Scaling ` +
			"group's name, the ARN's part behind autoScalingGroupName/", 2},
		{"asg stop a=b*", `the tag "a=b*" has characters that no tag can have; ` +
			"a tag has letters, digits, blanks and _ . : / = + - @", 2},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(strings.Fields(tt.args))
			usage := (*UsageError)(nil)
			if !errors.As(err, &usage) {
				t.Fatalf("Parse error %v (%T), want a *UsageError", err, err)
			}
			if usage.Error() != tt.want || usage.Index != tt.index {
				t.Errorf("index %d\n got %s\nwant %s", usage.Index, usage, tt.want)
			}
		})
	}
}

func TestEC2_statements(t *testing.T) {
	t.Parallel()
	const (
		kms = `{"Action":["kms:CreateGrant"],"Condition":{` +
			`"Bool":{"kms:GrantIsForAWSResource":["true"]},"StringEquals":{` +
			`"kms:ViaService":["ec2.us-east-1.amazonaws.com"]}},"Effect":"Allow",` +
			`"Resource":["arn:aws:kms:us-east-1:*:key/*"]}`
		describe = `{"Action":["ec2:DescribeInstances"],"Effect":"Allow","Resource":["*"]}`
		groups   = `{"Action":["autoscaling:DescribeAutoScalingGroups"],"Effect":"Allow",` +
			`"Resource":["*"]}`
		instances = `"arn:aws:ec2:us-east-1:123456789012:instance/`
		group     = `"arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/`
		keys      = `"ForAllValues:StringLike":{"aws:TagKeys":["savings:*"]}`
	)
	tests := []struct {
		args string
		want []string
	}{
		{"ec2 stop-instances i-01234567 i-89abcdef", []string{
			describe, `{"Action":["ec2:StopInstances"],"Effect":"Allow","Resource":[` +
				instances + `i-01234567",` + instances + `i-89abcdef"]}`,
		}},
		{"ec2 start-instances deploy=devel,team=web-*", []string{
			describe, `{"Action":["ec2:StartInstances"],"Condition":` +
				`{"StringEquals":{"aws:ResourceTag/deploy":["devel"]},` +
				`"StringLike":{"aws:ResourceTag/team":["web-*"]}},"Effect":"Allow",` +
				`"Resource":[` + instances + `*"]}`, kms,
		}},
		{"ec2 restart-instances i-01234567", []string{
			`{"Action":["ec2:DescribeInstanceStatus","ec2:DescribeInstances"],"Effect":"Allow",` +
				`"Resource":["*"]}`,
			`{"Action":["ec2:StartInstances","ec2:StopInstances"],"Effect":"Allow","Resource":[` +
				instances + `i-01234567"]}`, kms,
		}},
		{"ec2 start-instances a=b --dry-run", []string{describe}},
		{"asg stop web", []string{
			groups,
			`{"Action":["autoscaling:CreateOrUpdateTags"],"Condition":{` + keys + `},` +
				`"Effect":"Allow","Resource":[` + group + `web"]}`,
			`{"Action":["autoscaling:UpdateAutoScalingGroup"],"Effect":"Allow","Resource":[` +
				group + `web"]}`,
		}},
		{"asg start deploy=devel", []string{
			groups,
			`{"Action":["autoscaling:CreateOrUpdateTags","autoscaling:DeleteTags"],"Condition":{` + keys +
				`,"StringEquals":{"aws:ResourceTag/deploy":["devel"]}},` +
				`"Effect":"Allow","Resource":[` + group + `*"]}`,
			`{"Action":["autoscaling:UpdateAutoScalingGroup"],"Condition":` +
				`{"StringEquals":{"aws:ResourceTag/deploy":["devel"]}},"Effect":"Allow",` +
				`"Resource":[` + group + `*"]}`,
		}},
		{"asg start deploy=devel --dry-run", []string{groups}},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			call, err := Parse(strings.Fields(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			got := iampolicy.Document(call.Statements(Scope{"aws", "us-east-1", "123456789012"}))
			slices.Sort(tt.want)
			want := `{"Statement":[` + strings.Join(tt.want, ",") + `],"Version":"2012-10-17"}`
			if got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestEC2_help(t *testing.T) {
	t.Parallel()
	tests := []struct{ service, verb, want string }{
		{"ec2", "stop-instances", "  --hibernate        hibernate them"},
		{"ec2", "stop-instances", "IAM actions: ec2:DescribeInstances, ec2:StopInstances."},
		{"ec2", "start-instances", "kms:CreateGrant"},
		{"ec2", "restart-instances", "initializing is not impaired"},
		{"asg", "stop", "AWS TERMINATES the instances"},
		{"asg", "start", "autoscaling:DeleteTags"},
	}
	for _, tt := range tests {
		verb, ok := Lookup(tt.service, tt.verb)
		if !ok {
			t.Fatalf("no %s %s", tt.service, tt.verb)
		}
		help := verb.Help("savings run ")
		if !strings.Contains(help, tt.want) {
			t.Errorf("the help of %s %s lacks %q:\n%s", tt.service, tt.verb, tt.want, help)
		}
		for _, example := range verb.Examples {
			if _, err := Parse(example); err != nil {
				t.Errorf("example %q: %v", example, err)
			}
		}
	}
	if verb, _ := Lookup("ec2", "start-instances"); strings.Contains(verb.Help(""), flagHibernate) {
		t.Error("start-instances has the flags of stop-instances")
	}
}
