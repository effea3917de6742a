package doctor

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// role is an IAM role with its policies.
type role struct {
	arn, trust string
	inline     map[string]string // document by name
	policies   []judge.Policy
	// boundary is nil where there is none.
	boundary []judge.Policy
	// unreadable are the policies that package judge does not know how to read.
	unreadable []string
	// err is why the policies could not be read; the trust policy is there all the same.
	err error
}

// role reads a role. Its error is for the role itself; that of its policies is in it.
func (c Clients) role(ctx context.Context, roleARN string) (*role, error) {
	name := last(roleARN)
	out, err := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if err := looked(err, "iam:GetRole", "reading role %s", name); err != nil {
		return nil, err
	}
	if aws.ToString(out.Role.Arn) != roleARN {
		return nil, errGone // another path: IAM knows a name once
	}
	r := &role{arn: roleARN, trust: decode(out.Role.AssumeRolePolicyDocument), inline: map[string]string{}}
	r.err = c.readPolicies(ctx, name, r)
	if b := out.Role.PermissionsBoundary; b != nil && r.err == nil {
		var document string
		document, r.err = c.managed(ctx, aws.ToString(b.PermissionsBoundaryArn))
		r.boundary = []judge.Policy{r.parse("the boundary", document)}
	}
	return r, nil
}

func (c Clients) readPolicies(ctx context.Context, name string, r *role) error {
	inline := iam.NewListRolePoliciesPaginator(c.IAM, &iam.ListRolePoliciesInput{RoleName: &name})
	for inline.HasMorePages() {
		page, err := inline.NextPage(ctx)
		if err := looked(err, "iam:ListRolePolicies", "listing the policies of role %s", name); err != nil {
			return err
		}
		for _, policy := range page.PolicyNames {
			out, err := c.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &name, PolicyName: &policy})
			if err := looked(err, "iam:GetRolePolicy", "reading policy %s of role %s", policy, name); err != nil {
				return err
			}
			r.inline[policy] = decode(out.PolicyDocument)
			r.policies = append(r.policies, r.parse(policy, r.inline[policy]))
		}
	}
	attached := iam.NewListAttachedRolePoliciesPaginator(c.IAM, &iam.ListAttachedRolePoliciesInput{RoleName: &name})
	for attached.HasMorePages() {
		page, err := attached.NextPage(ctx)
		if err := looked(err, "iam:ListAttachedRolePolicies", "listing the policies of role %s", name); err != nil {
			return err
		}
		for _, policy := range page.AttachedPolicies {
			document, err := c.managed(ctx, aws.ToString(policy.PolicyArn))
			if err != nil {
				return err
			}
			r.policies = append(r.policies, r.parse(aws.ToString(policy.PolicyName), document))
		}
	}
	return nil
}

// managed reads the document of a managed policy.
func (c Clients) managed(ctx context.Context, policyARN string) (string, error) {
	policy, err := c.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &policyARN})
	if err := looked(err, "iam:GetPolicy", "reading policy %s", last(policyARN)); err != nil {
		return "", err
	}
	out, err := c.IAM.GetPolicyVersion(ctx,
		&iam.GetPolicyVersionInput{PolicyArn: &policyARN, VersionId: policy.Policy.DefaultVersionId})
	if err := looked(err, "iam:GetPolicyVersion", "reading policy %s", last(policyARN)); err != nil {
		return "", err
	}
	return decode(out.PolicyVersion.Document), nil
}

// decode undoes the URL encoding of IAM's answers (IAM API Reference, "GetRolePolicy").
func decode(document *string) string {
	text := aws.ToString(document)
	if strings.HasPrefix(text, "{") {
		return text
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

func (r *role) parse(name, document string) judge.Policy {
	p, err := judge.Parse(document)
	if err != nil {
		r.unreadable = append(r.unreadable, name)
	}
	return p
}

// verdict is what policies say of a right.
type verdict int

const (
	// denied is what a Deny statement says.
	denied verdict = iota
	// no is what no statement allows, outside what a policy allows that the permissions boundary does not.
	no
	outside
	// unclear depends on what is not known here, such as a condition on the tags of a resource.
	unclear
	yes
)

// because says in words why a right is missing.
func (v verdict) because() string {
	switch v {
	case denied:
		return "a policy of it denies"
	case outside:
		return "its permissions boundary does not allow"
	}
	return "no policy of it allows"
}

// may judges a right by the role's policies and its boundary. The right has one action and one
// resource. A wildcard or a condition in it is taken by the letter: a policy that allows it to a wider
// circle allows it.
func (r *role) may(need iampolicy.Statement, region string) verdict {
	answer := judged(r.policies, need, region)
	if r.boundary != nil && answer >= unclear {
		if bounds := judged(r.boundary, need, region); bounds == no {
			answer = outside
		} else {
			answer = min(answer, bounds)
		}
	}
	if len(r.unreadable) > 0 && (answer == no || answer == outside) {
		return unclear
	}
	return answer
}

func judged(policies []judge.Policy, need iampolicy.Statement, region string) verdict {
	const regionKey = "aws:RequestedRegion"
	if a, err := arn.Parse(need.Resource[0]); err == nil && a.Region != "" {
		region = a.Region
	}
	request := judge.Request{
		Action: need.Action[0], Resource: need.Resource[0],
		Context: judge.Context{regionKey: {region}}, Keys: []string{regionKey},
	}
	for _, keys := range need.Condition {
		for key, values := range keys {
			request.Context[key], request.Keys = values, append(request.Keys, key)
		}
	}
	decision, doubts := judge.Evaluate(policies, request)
	switch {
	case decision == judge.ExplicitDeny:
		return denied
	case decision == judge.ImplicitDeny && len(doubts) > 0,
		decision == judge.Allowed && len(doubtsOfDeny(policies, request)) > 0:
		return unclear
	case decision == judge.ImplicitDeny:
		return no
	}
	return yes
}

// doubtsOfDeny are the doubts about statements that may deny the request.
func doubtsOfDeny(policies []judge.Policy, request judge.Request) []string {
	var denying []judge.Policy
	for _, p := range policies {
		p.Statement = slices.DeleteFunc(slices.Clone(p.Statement),
			func(s judge.Statement) bool { return s.Effect != "Deny" })
		denying = append(denying, p)
	}
	_, doubts := judge.Evaluate(denying, request)
	return doubts
}

// trusts tells whether a trust policy lets EventBridge Scheduler assume the role for a schedule group,
// and whether it asks for whom. The group is the source that EventBridge Scheduler names, never a
// schedule (EventBridge Scheduler User Guide, "Confused deputy prevention").
func trusts(document, account, groupARN string) (answer verdict, asks bool) {
	var trust struct {
		Statement judge.List[struct {
			Effect    string
			Action    judge.List[string]
			Principal any
			Condition map[string]map[string]judge.List[string]
		}]
	}
	if err := json.Unmarshal([]byte(document), &trust); err != nil {
		return unclear, false
	}
	request := judge.Request{
		Action: "sts:AssumeRole", Resource: "*",
		Context: judge.Context{"aws:SourceAccount": {account}, "aws:SourceArn": {groupARN}},
		Keys:    []string{"aws:SourceAccount", "aws:SourceArn"},
	}
	var policy judge.Policy
	for _, s := range trust.Statement {
		if !names(s.Principal, "scheduler.amazonaws.com") {
			continue
		}
		asks = asks || len(s.Condition) > 0
		policy.Statement = append(policy.Statement, judge.Statement{
			Effect: s.Effect, Action: s.Action, Resource: []string{"*"}, Condition: s.Condition,
		})
	}
	decision, doubts := judge.Evaluate([]judge.Policy{policy}, request)
	switch {
	case decision == judge.Allowed:
		return yes, asks
	case len(doubts) > 0 && decision == judge.ImplicitDeny:
		return unclear, asks
	}
	return no, asks
}

// names tells whether a Principal element names a service.
func names(principal any, service string) bool {
	switch p := principal.(type) {
	case string:
		return p == "*" || p == service
	case []any:
		return slices.ContainsFunc(p, func(one any) bool { return names(one, service) })
	case map[string]any:
		return names(p["Service"], service)
	}
	return false
}
