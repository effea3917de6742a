package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The runner may read the holds of the schedule's own group, and of no other.
func TestScheduleFill_policyReadsHolds(t *testing.T) {
	t.Parallel()
	const rds = `{"Action":["rds:DescribeDBClusters"],"Effect":"Allow","Resource":` +
		`["arn:aws:rds:ap-northeast-1:123456789012:cluster:*"]},` +
		`{"Action":["rds:StopDBCluster"],"Effect":"Allow","Resource":` +
		`["arn:aws:rds:ap-northeast-1:123456789012:cluster:db"]}`
	const holds = `,{"Action":["scheduler:ListTagsForResource"],"Effect":"Allow","Resource":` +
		`["arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/saving"]}`
	config := configured(map[string]eventModel{"stop": stopAt("cron(0 21 * * ? *)")})
	if got, want := planned(config, nil).PolicyJSON.ValueString(),
		`{"Statement":[`+rds+holds+`],"Version":"2012-10-17"}`; got != want {
		t.Errorf("policy_json\n got %s\nwant %s", got, want)
	}
	config.GroupName = types.StringValue("default")
	if got, want := planned(config, nil).PolicyJSON.ValueString(),
		`{"Statement":[`+rds+`],"Version":"2012-10-17"}`; got != want {
		t.Errorf("policy_json in a shared group\n got %s\nwant %s", got, want)
	}
	if got := planned(configured(nil), nil).PolicyJSON; got.ValueString() != "" {
		t.Errorf("policy_json without events: %s", got)
	}
}
