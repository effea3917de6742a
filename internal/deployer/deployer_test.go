package deployer_test

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// maxManagedPolicy is the longest managed policy in characters (IAM User Guide, "IAM and AWS STS
// quotas").
const maxManagedPolicy = 6144

func TestPolicies_fitManagedPolicies(t *testing.T) {
	t.Parallel()
	d := deployer.Deployment{
		Partition: "aws-us-gov", Region: "ap-northeast-1", Account: "123456789012",
		Runner: strings.Repeat("r", 64), RolePath: "/teams/savings/",
		Groups:      []string{strings.Repeat("a", 64), strings.Repeat("b", 64)},
		BoundaryARN: "arn:aws:iam::123456789012:policy/" + strings.Repeat("b", 64),
		Repository:  strings.Repeat("i", 64),
	}
	for name, statements := range map[string][]iampolicy.Statement{
		"the deployer's policy": d.Statements(), "the boundary": deployer.Boundary(),
	} {
		if n := len(iampolicy.Document(statements)); n > maxManagedPolicy {
			t.Errorf("%s has %d characters, a managed policy may have %d", name, n, maxManagedPolicy)
		}
	}
}

// A role's path is part of its ARN, so that the rights are on no other role.
func TestDeployment_rolePath(t *testing.T) {
	t.Parallel()
	d := deployer.Deployment{
		Partition: "aws", Region: "us-east-1", Account: "123456789012", Runner: "tools", RolePath: "/savings/",
		BoundaryARN: "arn:aws:iam::123456789012:policy/b",
	}
	document := iampolicy.Document(d.Statements())
	for _, want := range []string{
		`"arn:aws:iam::123456789012:role/savings/tools-us-east-1"`,
		`"arn:aws:iam::123456789012:role/savings/tools-us-east-1-scheduler"`,
	} {
		if !strings.Contains(document, want) {
			t.Errorf("the policy lacks %s:\n%s", want, document)
		}
	}
}
