package command

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// Each row is one verb's wording, targets and rights.
func TestVerbs_summaryTargetsAndRights(t *testing.T) {
	t.Parallel()
	scope := Scope{Partition: "aws", Region: "ap-northeast-1", Account: "123456789012"}
	tests := []struct {
		args, summary string
		effect        Effect
		targets       []string
		rights        []string
	}{
		{"docdb stop-cluster Docs", "stop DocumentDB cluster docs", Stop,
			[]string{"rds/cluster/docs"},
			[]string{"rds:DescribeDBClusters arn:aws:rds:ap-northeast-1:123456789012:cluster:*",
				"rds:StopDBCluster arn:aws:rds:ap-northeast-1:123456789012:cluster:docs"}},
		{"neptune start-cluster team=web", "start Neptune clusters tagged team=web", Start,
			[]string{"rds/cluster-tag/team=web"},
			[]string{"rds:DescribeDBClusters arn:aws:rds:ap-northeast-1:123456789012:cluster:*",
				"rds:StartDBCluster arn:aws:rds:ap-northeast-1:123456789012:cluster:* if team"}},
		{"redshift pause-cluster DWH --wait",
			"pause Redshift cluster dwh, waiting until paused", Stop,
			[]string{"redshift/cluster/dwh"},
			[]string{"redshift:DescribeClusters *",
				"redshift:PauseCluster arn:aws:redshift:ap-northeast-1:123456789012:cluster:dwh"}},
		{"redshift resume-cluster arn:aws:redshift:us-west-2:123456789012:cluster:dwh team=web",
			"resume Redshift clusters dwh (us-west-2, account 123456789012) and those tagged team=web", Start,
			[]string{"redshift/cluster-tag/team=web", "redshift/cluster/dwh@us-west-2"},
			[]string{"redshift:DescribeClusters *",
				"redshift:ResumeCluster arn:aws:redshift:ap-northeast-1:123456789012:cluster:* if team",
				"redshift:ResumeCluster arn:aws:redshift:us-west-2:123456789012:cluster:dwh"}},
		// SageMaker puts names into ARNs in lower case.
		{"sagemaker stop-notebook My-Notebook",
			"stop SageMaker notebook instance My-Notebook", Stop,
			[]string{"sagemaker/notebook-instance/My-Notebook"},
			[]string{"sagemaker:DescribeNotebookInstance,sagemaker:StopNotebookInstance " +
				"arn:aws:sagemaker:ap-northeast-1:123456789012:notebook-instance/My-Notebook," +
				"arn:aws:sagemaker:ap-northeast-1:123456789012:notebook-instance/my-notebook"}},
		{"sagemaker start-notebook team=web --region eu-west-1",
			"start SageMaker notebook instances tagged team=web in eu-west-1", Start,
			[]string{"sagemaker/notebook-instance-tag/team=web@eu-west-1"},
			[]string{"sagemaker:DescribeNotebookInstance,sagemaker:StartNotebookInstance " +
				"arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/* if team",
				"sagemaker:ListNotebookInstances *",
				"sagemaker:ListTags arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/*"}},
		{"sagemaker stop-notebook x --dry-run",
			"stop SageMaker notebook instance x (dry run)", Neither,
			[]string{"sagemaker/notebook-instance/x"},
			[]string{"sagemaker:DescribeNotebookInstance " +
				"arn:aws:sagemaker:ap-northeast-1:123456789012:notebook-instance/x"}},
		{"cloudfront update-origin E2QWRUHEXAMPLE maint default /api/* --wait",
			"switch default and /api/* of CloudFront distribution E2QWRUHEXAMPLE to origin maint, " +
				"waiting until deployed", Neither,
			[]string{"cloudfront/distribution/E2QWRUHEXAMPLE/api/*",
				"cloudfront/distribution/E2QWRUHEXAMPLE/default"},
			[]string{"cloudfront:GetDistribution,cloudfront:GetDistributionConfig," +
				"cloudfront:UpdateDistribution " +
				"arn:aws:cloudfront::123456789012:distribution/E2QWRUHEXAMPLE"}},
		// A global service is in no region.
		{"cloudfront update-origin E2QWRUHEXAMPLE app *.jpg --region us-west-2 --dry-run",
			"switch *.jpg of CloudFront distribution E2QWRUHEXAMPLE to origin app (dry run)",
			Neither, []string{"cloudfront/distribution/E2QWRUHEXAMPLE/*.jpg"},
			[]string{"cloudfront:GetDistributionConfig " +
				"arn:aws:cloudfront::123456789012:distribution/E2QWRUHEXAMPLE"}},
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
			if got := call.Effect(); got != tt.effect {
				t.Errorf("Effect() = %d, want %d", got, tt.effect)
			}
			if d := cmp.Diff(tt.targets, call.Targets("")); d != "" {
				t.Errorf("Targets(): %s", d)
			}
			if d := cmp.Diff(tt.rights, rights(call.Statements(scope))); d != "" {
				t.Errorf("Statements(): %s", d)
			}
		})
	}
}

// rights writes a statement as "actions resources if tag".
func rights(statements []iampolicy.Statement) []string {
	var out []string
	for _, s := range statements {
		line := strings.Join(s.Action, ",") + " " + strings.Join(s.Resource, ",")
		for key := range s.Condition["StringEquals"] {
			line += " if " + strings.TrimPrefix(key, "aws:ResourceTag/")
		}
		out = append(out, line)
	}
	return out
}

func TestVerbs_usageErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args  string
		index int
		want  string
	}{
		{"docdb stop-instance x", 1,
			`unknown command "stop-instance" of docdb; docdb has start-cluster, stop-cluster`},
		{"docdb stop-cluster arn:aws:rds:us-west-2:123456789012:db:x", 2,
			`"arn:aws:rds:us-west-2:123456789012:db:x" is the ARN of another kind of thing (db); one ` +
				`of a DB cluster is arn:aws:rds:ap-northeast-1:123456789012:cluster:NAME`},
		{"redshift pause-cluster 1x", 2, `"1x" is no identifier of a Redshift cluster; one has 1 to 63 ` +
			"letters, digits and single hyphens, a letter first and no hyphen last; tags are written " +
			"key=value"},
		{"redshift stop-cluster x", 1,
			`unknown command "stop-cluster" of redshift; redshift has resume-cluster, pause-cluster`},
		{"sagemaker stop-notebook a_b", 2, `"a_b" is no identifier of a notebook instance; one has 1 ` +
			"to 63 letters, digits and hyphens, no hyphen first or last; tags are written key=value"},
		{"sagemaker stop-notebook arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/x", 2,
			`"arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/x" is an ARN; write the ` +
				"notebook instance's name, as in its console page"},
		{"cloudfront update-origin", -1, "cloudfront update-origin without an item; it takes the " +
			"distribution's ID, the ID of one of its origins or origin groups, then path patterns of its " +
			`cache behaviours, default for the default one; write for example "cloudfront", ` +
			`"update-origin", "E2QWRUHEXAMPLE", "maintenance-page", "default"`},
		{"cloudfront update-origin E2QWRUHEXAMPLE app", -1, "cloudfront update-origin without an item; " +
			"it takes the distribution's ID, the ID of one of its origins or origin groups, then path " +
			`patterns of its cache behaviours, default for the default one; write for example ` +
			`"cloudfront", "update-origin", "E2QWRUHEXAMPLE", "maintenance-page", "default"`},
		{"cloudfront update-origin d111.cloudfront.net app default", 2,
			`"d111.cloudfront.net" is no ID of a CloudFront distribution; one has upper-case letters and ` +
				"digits, such as E2QWRUHEXAMPLE; write distribution, origin, path patterns, in this order"},
		{"cloudfront update-origin arn:aws:cloudfront::1:distribution/E2QWRUHEXAMPLE app default", 2,
			`"arn:aws:cloudfront::1:distribution/E2QWRUHEXAMPLE" is an ARN; write the distribution's ID: ` +
				`"E2QWRUHEXAMPLE"`},
		{"cloudfront update-origin E2QWRUHEXAMPLE app /a;b", 4, `"/a;b" is no path pattern; one has 1 ` +
			`to 255 letters, digits and _ - . * $ / ~ " ' @ : + & ?; default is the default behaviour`},
		{"cloudfront update-origin E2QWRUHEXAMPLE " + strings.Repeat("x", 129) + " default", 3,
			`the origin's ID "` + strings.Repeat("x", 129) + `" is too long; one has at most 128 characters`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(strings.Fields(tt.args))
			var usage *UsageError
			if !errors.As(err, &usage) || usage.Index != tt.index || usage.Error() != tt.want {
				t.Errorf("error\n got %v\nwant %s\nat %d", err, tt.want, tt.index)
			}
		})
	}
}

// Every example of the table is valid, does what its verb says, and is of its verb.
func TestVerbs_examples(t *testing.T) {
	t.Parallel()
	for _, v := range Verbs() {
		if len(v.Examples) < 3 {
			t.Errorf("%s %s has %d examples, want three", v.Service, v.Name, len(v.Examples))
		}
		for _, args := range v.Examples {
			call, err := Parse(args)
			if err != nil {
				t.Errorf("%q: %v", args, err)
			} else if call.verb.Service != v.Service || call.verb.Name != v.Name {
				t.Errorf("%q is an example of %s %s", args, v.Service, v.Name)
			}
		}
	}
}

func TestVerb_Help_withLeads(t *testing.T) {
	t.Parallel()
	v, ok := Lookup("cloudfront", "update-origin")
	if !ok {
		t.Fatal("no cloudfront update-origin")
	}
	help := v.Help("savings run ")
	for _, want := range []string{
		"savings run cloudfront update-origin DISTRIBUTION ORIGIN ITEM… [flags]\n",
		"IAM actions: cloudfront:GetDistribution, cloudfront:GetDistributionConfig, " +
			"cloudfront:UpdateDistribution.\n",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("the help lacks %q:\n%s", want, help)
		}
	}
}
