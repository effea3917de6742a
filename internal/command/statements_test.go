package command

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

func TestCall_Statements(t *testing.T) {
	t.Parallel()
	scope := Scope{Partition: "aws", Region: "ap-northeast-1", Account: "123456789012"}
	statement := func(action, condition, resources string) string {
		return `{"Action":["` + action + `"],` + condition + `"Effect":"Allow","Resource":[` +
			resources + `]}`
	}
	const here = `"arn:aws:rds:ap-northeast-1:123456789012:`
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"an identifier, in lower case as AWS keeps it",
			[]string{"rds", "stop-cluster", "My-Aurora"}, []string{
				statement("rds:DescribeDBClusters", "", here+`cluster:*"`),
				statement("rds:StopDBCluster", "", here+`cluster:my-aurora"`),
			}},
		{"several, sorted", []string{"rds", "start-instance", "b", "a"}, []string{
			statement("rds:DescribeDBInstances", "", here+`db:*"`),
			statement("rds:StartDBInstance", "", here+`db:a",`+here+`db:b"`),
		}},
		{"tags are a condition", []string{"rds", "stop-instance", "team=web,deploy=devel"}, []string{
			statement("rds:DescribeDBInstances", "", here+`db:*"`),
			statement("rds:StopDBInstance", `"Condition":{"StringEquals":`+
				`{"aws:ResourceTag/deploy":["devel"],"aws:ResourceTag/team":["web"]}},`, here+`db:*"`),
		}},
		{"--region replaces the region", []string{"rds", "stop-cluster", "x", "--region=eu-west-1"},
			[]string{
				statement("rds:DescribeDBClusters", "",
					`"arn:aws:rds:eu-west-1:123456789012:cluster:*"`),
				statement("rds:StopDBCluster", "", `"arn:aws:rds:eu-west-1:123456789012:cluster:x"`),
			}},
		{"an ARN brings its region", []string{"rds", "stop-cluster", clusterARN, "x"}, []string{
			statement("rds:DescribeDBClusters", "",
				here+`cluster:*","arn:aws:rds:us-west-2:123456789012:cluster:*"`),
			statement("rds:StopDBCluster", "",
				here+`cluster:x","arn:aws:rds:us-west-2:123456789012:cluster:my-aurora"`),
		}},
		{"a dry run only looks", []string{"rds", "stop-cluster", "x", "--dry-run"}, []string{
			statement("rds:DescribeDBClusters", "", here+`cluster:*"`),
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			call, err := Parse(tt.args)
			if err != nil {
				t.Fatal(err)
			}
			got := iampolicy.Document(call.Statements(scope))
			want := `{"Statement":[` + strings.Join(tt.want, ",") + `],"Version":"2012-10-17"}`
			if got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}
