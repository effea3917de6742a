package runnerstack

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// roleWant is one of the two roles as the stack wants it.
type roleWant struct{ arn, name, description, trust, policy string }

func (p *pass) executionRoleWant() roleWant { return p.executionRole(p.want.repositories()) }

func (p *pass) executionRole(repositories []string) roleWant {
	return roleWant{
		arn:         p.place.ExecutionRoleARN(p.want.Name, p.want.Path),
		name:        ExecutionRoleName(p.want.Name, p.place.Region),
		description: "Execution role of Lambda function " + p.want.Name,
		trust:       executionTrust(),
		policy:      p.want.executionPolicy(p.place, repositories...),
	}
}

func (p *pass) schedulerRoleWant() roleWant {
	return roleWant{
		arn:         p.place.SchedulerRoleARN(p.want.Name, p.want.Path),
		name:        SchedulerRoleName(p.want.Name, p.place.Region),
		description: "EventBridge Scheduler invokes Lambda function " + p.want.Name + " with it",
		trust:       schedulerTrust(p.place),
		policy:      p.want.schedulerPolicy(p.place),
	}
}

// findRole returns the role of that name with our inline policy on it, or nil.
func (k *Keeper) findRole(ctx context.Context, name string) (*Role, error) {
	out, err := k.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading role %q: %w", name, err)
	}
	role := &Role{ARN: aws.ToString(out.Role.Arn), Name: name, Tags: roleTags(out.Role.Tags)}
	role.Trust, err = url.PathUnescape(aws.ToString(out.Role.AssumeRolePolicyDocument))
	if err != nil {
		return nil, fmt.Errorf("reading the trust policy of role %q: %w", name, err)
	}
	if boundary := out.Role.PermissionsBoundary; boundary != nil {
		role.PermissionsBoundaryARN = aws.ToString(boundary.PermissionsBoundaryArn)
	}
	policy, err := k.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{
		RoleName: aws.String(name), PolicyName: aws.String(policyName),
	})
	if isNotFound(err) {
		return role, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the policy of role %q: %w", name, err)
	}
	role.Policy, err = url.PathUnescape(aws.ToString(policy.PolicyDocument))
	if err != nil {
		return nil, fmt.Errorf("reading the policy of role %q: %w", name, err)
	}
	return role, nil
}

// ensureRole makes a role or turns live into what is wanted. IAM changes no role's path, so one under
// another path is made again.
func (p *pass) ensureRole(ctx context.Context, live *Role, want roleWant) error {
	var err error
	if live != nil && live.ARN != want.arn {
		if had := cmp.Or(p.have, &p.want); !had.madeRole(live) {
			return &ExistsError{Kind: "role", Name: live.Name, Stack: p.want.Name}
		}
		if err := p.deleteRole(ctx, live.Name); err != nil {
			return err
		}
		live = nil
	}
	if live == nil {
		live, err = p.createRole(ctx, want)
	} else {
		err = p.updateRole(ctx, live, want)
	}
	if err != nil {
		return err
	}
	p.releaseLater(want.name, live.Tags, func(ctx context.Context) error {
		_, err := p.IAM.UntagRole(ctx, &iam.UntagRoleInput{
			RoleName: aws.String(want.name), TagKeys: []string{creatingTag},
		})
		return err
	})
	if sameJSON(live.Policy, want.policy) {
		return nil
	}
	return p.writePolicy(ctx, want)
}

func (p *pass) writePolicy(ctx context.Context, want roleWant) error {
	_, err := p.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(want.name), PolicyName: aws.String(policyName),
		PolicyDocument: aws.String(want.policy),
	})
	if err != nil {
		return fmt.Errorf("writing the policy of role %q: %w", want.name, err)
	}
	return nil
}

func (p *pass) createRole(ctx context.Context, want roleWant) (*Role, error) {
	input := &iam.CreateRoleInput{
		RoleName:                 aws.String(want.name),
		Description:              aws.String(want.description),
		AssumeRolePolicyDocument: aws.String(want.trust),
		Tags:                     iamTags(marked(p.want.Tags, p.token)),
	}
	if p.want.Path != "" {
		input.Path = aws.String(p.want.Path)
	}
	if p.want.PermissionsBoundaryARN != "" {
		input.PermissionsBoundary = aws.String(p.want.PermissionsBoundaryARN)
	}
	_, err := p.IAM.CreateRole(ctx, input)
	if err == nil {
		return &Role{Name: want.name, Tags: marked(p.want.Tags, p.token)}, nil
	}
	if !isConflict(err) {
		return nil, fmt.Errorf("creating role %q: %w", want.name, err)
	}
	live, err := p.findRole(ctx, want.name)
	if err != nil {
		return nil, err
	}
	if live == nil {
		return nil, &ExistsError{Kind: "role", Name: want.name, Stack: p.want.Name}
	}
	return live, p.made("role", want.name, live.Tags)
}

// updateRole puts the boundary first: who may change roles only under a boundary needs it there.
func (p *pass) updateRole(ctx context.Context, live *Role, want roleWant) error {
	if err := p.tagRole(ctx, live, p.tagsFor(live.Tags)); err != nil {
		return err
	}
	if err := p.setBoundary(ctx, live); err != nil {
		return fmt.Errorf("setting the permissions boundary of role %q: %w", want.name, err)
	}
	if sameJSON(live.Trust, want.trust) {
		return nil
	}
	_, err := p.IAM.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String(want.name), PolicyDocument: aws.String(want.trust),
	})
	if err != nil {
		return fmt.Errorf("writing the trust policy of role %q: %w", want.name, err)
	}
	return nil
}

func (p *pass) setBoundary(ctx context.Context, live *Role) (err error) {
	switch boundary := p.want.PermissionsBoundaryARN; boundary {
	case live.PermissionsBoundaryARN:
	case "":
		_, err = p.IAM.DeleteRolePermissionsBoundary(ctx,
			&iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String(live.Name)})
	default:
		_, err = p.IAM.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
			RoleName: aws.String(live.Name), PermissionsBoundary: aws.String(boundary),
		})
	}
	return err
}

func (p *pass) tagRole(ctx context.Context, live *Role, want map[string]string) error {
	set, remove := tagChanges(live.Tags, want)
	if len(set) > 0 {
		_, err := p.IAM.TagRole(ctx, &iam.TagRoleInput{
			RoleName: aws.String(live.Name), Tags: iamTags(set),
		})
		if err != nil {
			return fmt.Errorf("tagging role %q: %w", live.Name, err)
		}
	}
	if len(remove) > 0 {
		_, err := p.IAM.UntagRole(ctx, &iam.UntagRoleInput{
			RoleName: aws.String(live.Name), TagKeys: remove,
		})
		if err != nil {
			return fmt.Errorf("removing tags of role %q: %w", live.Name, err)
		}
	}
	live.Tags = want
	return nil
}

// rolePolicies returns the inline policies that are this provider's, and an error that names all
// others: IAM deletes no role that has policies, and others' are not ours to take away.
func (k *Keeper) rolePolicies(ctx context.Context, name string) ([]string, error) {
	var ours, foreign []string
	inline := iam.NewListRolePoliciesPaginator(k.IAM,
		&iam.ListRolePoliciesInput{RoleName: aws.String(name)})
	for inline.HasMorePages() {
		page, err := inline.NextPage(ctx)
		if isNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("listing the policies of role %q: %w", name, err)
		}
		for _, policy := range page.PolicyNames {
			if strings.HasPrefix(policy, policyPrefix) {
				ours = append(ours, policy)
			} else {
				foreign = append(foreign, policy)
			}
		}
	}
	attached := iam.NewListAttachedRolePoliciesPaginator(k.IAM,
		&iam.ListAttachedRolePoliciesInput{RoleName: aws.String(name)})
	for attached.HasMorePages() {
		page, err := attached.NextPage(ctx)
		if isNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("listing the managed policies of role %q: %w", name, err)
		}
		for _, policy := range page.AttachedPolicies {
			foreign = append(foreign, aws.ToString(policy.PolicyArn))
		}
	}
	if len(foreign) > 0 {
		return nil, &ForeignPolicyError{Role: name, Policies: foreign}
	}
	return ours, nil
}

// deleteRole deletes a role with the policies that are this provider's. A savings_schedule that
// still has one on it loses it: the role that it asked for is going.
func (k *Keeper) deleteRole(ctx context.Context, name string) error {
	policies, err := k.rolePolicies(ctx, name)
	if err != nil {
		return err
	}
	for _, policy := range policies {
		_, err := k.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{
			RoleName: aws.String(name), PolicyName: aws.String(policy),
		})
		if err != nil && !isNotFound(err) {
			return fmt.Errorf("deleting policy %q of role %q: %w", policy, name, err)
		}
	}
	_, err = k.IAM.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String(name)})
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("deleting role %q: %w", name, err)
	}
	return nil
}

func roleTags(list []iamtypes.Tag) map[string]string {
	tags := make(map[string]string, len(list))
	for _, tag := range list {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return tags
}

func iamTags(tags map[string]string) []iamtypes.Tag {
	list := make([]iamtypes.Tag, 0, len(tags))
	for _, key := range sortedKeys(tags) {
		list = append(list, iamtypes.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}
