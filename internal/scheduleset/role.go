package scheduleset

import (
	"context"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// RoleID returns IAM's identifier of the role of that name, such as AROAEXAMPLEID; "" where there is
// no such role. A role that is made again under the same name has another one.
func (k *Keeper) RoleID(ctx context.Context, name string) (string, error) {
	out, err := k.config.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if isNoSuchEntity(err) {
		return "", nil
	}
	if err != nil {
		return "", doing(err, "reading role %q", name)
	}
	return aws.ToString(out.Role.RoleId), nil
}

// PolicyLength counts a document's characters as IAM does for its quota: without white space (IAM
// User Guide, "IAM and AWS STS quotas").
func PolicyLength(document string) int {
	n := 0
	for _, r := range document {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// RolePolicies returns the length of each inline policy of a role, by its name; none where there is
// no such role.
func (k *Keeper) RolePolicies(ctx context.Context, role string) (map[string]int, error) {
	lengths := map[string]int{}
	pages := iam.NewListRolePoliciesPaginator(k.config.IAM, &iam.ListRolePoliciesInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if isNoSuchEntity(err) {
			return nil, nil
		}
		if err != nil {
			return nil, doing(err, "listing the inline policies of role %q", role)
		}
		for _, name := range page.PolicyNames {
			out, err := k.config.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name})
			if isNoSuchEntity(err) {
				continue
			}
			if err != nil {
				return nil, doing(err, "reading inline policy %q of role %q", name, role)
			}
			lengths[name] = PolicyLength(decodeDocument(aws.ToString(out.PolicyDocument)))
		}
	}
	return lengths, nil
}
