package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

func TestNewRights(t *testing.T) {
	t.Parallel()
	policy := func(statements string) string { return `{"Version":"2012-10-17","Statement":` + statements + `}` }
	const (
		cluster = "arn:aws:rds:us-east-1:123456789012:cluster:db"
		db      = `[{"Effect":"Allow","Action":["rds:StopDBCluster"],"Resource":["` + cluster + `"]}]`
		all     = `[{"Effect":"Allow","Action":["rds:StopDBCluster"],"Resource":["*"]}]`
		plain   = `{"Effect":"Allow","Action":"rds:StopDBCluster","Resource":"*"}`
		tagged  = `{"Effect":"Allow","Action":"rds:StopDBCluster","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:ResourceTag/team":["x","y"]}}}`
		other = `{"Effect":"Allow","Action":"rds:StopDBCluster","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:ResourceTag/team":"z"}}}`
		start     = `[{"Effect":"Allow","Action":["rds:StartDBCluster","rds:StopDBCluster"],"Resource":["*"]}]`
		rds       = `{"Effect":"Allow","Action":"RDS:St*Cluster","Resource":"arn:aws:rds:*:123456789012:cluster:*"}`
		oneLetter = `{"Effect":"Allow","Action":"rds:StopDBCluster","Resource":"arn:aws:rds:us-east-1:123456789012:cluster:d?"}`
		deny      = `{"Effect":"Deny","Action":"rds:StopDBCluster","Resource":"*"}`
	)
	for name, tt := range map[string]struct {
		before, after string
		want          []string
	}{
		"the same":                      {policy(all), policy(all), nil},
		"one value instead of a list":   {policy(plain), policy(all), nil},
		"a list instead of one value":   {policy(all), policy("[" + plain + "]"), nil},
		"all resources instead of one":  {policy(db), policy(all), []string{"rds:StopDBCluster (*)"}},
		"one resource instead of all":   {policy(all), policy(db), nil},
		"a pattern instead of a name":   {policy(db), policy(oneLetter), []string{"rds:StopDBCluster (arn:aws:rds:us-east-1:123456789012:cluster:d?)"}},
		"a name that the pattern has":   {policy(rds), policy(db), nil},
		"patterns in patterns":          {policy(rds), policy(oneLetter), nil},
		"a narrower pattern than all":   {policy(oneLetter), policy(rds), []string{"RDS:St*Cluster"}},
		"another action":                {policy(all), policy(start), []string{"rds:StartDBCluster"}},
		"the condition goes":            {policy(tagged), policy(all), []string{"rds:StopDBCluster (*)"}},
		"a condition comes":             {policy(all), policy(tagged), nil},
		"another condition":             {policy(tagged), policy(other), []string{"rds:StopDBCluster (*, aws:ResourceTag/team=z)"}},
		"the first rights of a runner":  {"", policy(all), []string{"rds:StopDBCluster"}},
		"no rights any more":            {policy(all), "", nil},
		"what cannot be read before":    {policy(deny), policy(all), nil},
		"what cannot be read afterward": {policy(all), `{`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known := func(s string) planjson.Text { return planjson.Text{State: planjson.IsKnown, Value: s} }
			if diff := cmp.Diff(tt.want, newRights(known(tt.before), known(tt.after))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			unknown := planjson.Text{State: planjson.Unknown}
			if got := newRights(unknown, known(tt.after)); got != nil {
				t.Errorf("with an unknown policy before: %v", got)
			}
		})
	}
}
