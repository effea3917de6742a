package scheduleset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// maxPolicyName is the longest name of an inline policy (IAM API Reference, "PutRolePolicy").
const maxPolicyName = 128

// PolicyName is the name of the set's inline policy on the runner's role: savings-REGION-NAME for
// a group of its own, savings-REGION-GROUP+NAME in a shared one. The plus sign is in no name of a
// group, so that no two sets share a policy. A name that would be too long ends in a hash.
func PolicyName(region string, s Set) string {
	name := "savings-" + region + "-" + s.Group()
	if !s.owned() {
		name += "+" + s.Name
	}
	if len(name) <= maxPolicyName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := "-" + hex.EncodeToString(sum[:8])
	return name[:maxPolicyName-len(hash)] + hash
}

// hasPolicy tells whether the set has an inline policy to keep.
func (s Set) hasPolicy() bool { return s.RunnerRoleName != "" && s.PolicyJSON != "" }

func (k *Keeper) policyName(s Set) string { return PolicyName(k.config.Region, s) }

func (k *Keeper) putPolicy(ctx context.Context, s Set, document string) error {
	name := k.policyName(s)
	_, err := k.config.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &s.RunnerRoleName, PolicyName: &name, PolicyDocument: &document,
	})
	if err == nil {
		return nil
	}
	err = doing(err, "putting inline policy %q on role %q", name, s.RunnerRoleName)
	if isNoSuchEntity(err) {
		return &RoleGoneError{Role: s.RunnerRoleName, Err: err}
	}
	if is[*iamtypes.LimitExceededException](err) {
		return fmt.Errorf("%w: a role's inline policies may have 10,240 characters together; select "+
			"targets by a tag instead of identifiers, or move events to a savings_schedule with a "+
			"savings_runner of its own", err)
	}
	return err
}

// deletePolicy removes the set's inline policy; a policy or role that has gone is fine.
func (k *Keeper) deletePolicy(ctx context.Context, s Set) error {
	if s.RunnerRoleName == "" {
		return nil
	}
	name := k.policyName(s)
	_, err := k.config.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{
		RoleName: &s.RunnerRoleName, PolicyName: &name,
	})
	if err != nil && !isNoSuchEntity(err) {
		return doing(err, "deleting inline policy %q of role %q", name, s.RunnerRoleName)
	}
	return nil
}

// readPolicy returns the inline policy, in have's own spelling where that means the same, and ""
// where it or the role is missing.
func (k *Keeper) readPolicy(ctx context.Context, have Set) (string, error) {
	if have.RunnerRoleName == "" {
		return "", nil
	}
	name := k.policyName(have)
	out, err := k.config.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{
		RoleName: &have.RunnerRoleName, PolicyName: &name,
	})
	if isNoSuchEntity(err) {
		return "", nil
	}
	if err != nil {
		return "", doing(err, "reading inline policy %q of role %q", name, have.RunnerRoleName)
	}
	document := decodeDocument(aws.ToString(out.PolicyDocument))
	if iampolicy.Equal(document, have.PolicyJSON) {
		return have.PolicyJSON, nil
	}
	return document, nil
}

// decodeDocument undoes the URL encoding of IAM's answers (IAM API Reference, "GetRolePolicy").
func decodeDocument(document string) string {
	if strings.HasPrefix(document, "{") {
		return document
	}
	if plain, err := url.PathUnescape(document); err == nil {
		return plain
	}
	return document
}

// policyChange is the change of a set's rights in two halves around the change of its schedules, so
// that a live schedule has what it needs at each moment. The one exception is where the old and the
// new rights do not fit on the role together: all inline policies of a role may have 10,240 characters
// (IAM User Guide, "IAM and AWS STS quotas"). Then the new rights stand with as many of the old ones
// as fit, and until its schedule is changed an old event may lack the others.
type policyChange struct {
	k          *Keeper
	have, want Set
}

// moves tells whether the old policy stands under another name or on another role.
func (c policyChange) moves() bool {
	return c.have.RunnerRoleName != c.want.RunnerRoleName ||
		c.k.policyName(c.have) != c.k.policyName(c.want)
}

// renewed tells that the role was made again under its name, so that the policy went with the one
// that the set knew.
func (c policyChange) renewed() bool {
	return c.have.RunnerRoleID != "" && c.have.RunnerRoleID != c.want.RunnerRoleID
}

// before grants what the new schedules need and leaves what the old ones need.
func (c policyChange) before(ctx context.Context) error {
	switch {
	case !c.want.hasPolicy():
		return nil
	case c.moves():
		return c.k.putPolicy(ctx, c.want, c.want.PolicyJSON)
	case c.renewed():
		return c.k.putPolicy(ctx, c.want, c.want.PolicyJSON)
	case iampolicy.Equal(c.have.PolicyJSON, c.want.PolicyJSON):
		return nil
	}
	both := union(c.have.PolicyJSON, c.want.PolicyJSON)
	if iampolicy.Equal(both, c.have.PolicyJSON) {
		return nil
	}
	err := c.k.putPolicy(ctx, c.want, both)
	if is[*iamtypes.LimitExceededException](err) {
		return c.putWhatFits(ctx)
	}
	return err
}

// putWhatFits grants the new rights and as many of those that only the old schedules need as the role
// has room for. IAM tells how many that are, by refusing what is too long. Each policy that it takes
// holds more than the one before. A policy that cannot be read is none of ours.
func (c policyChange) putWhatFits(ctx context.Context) error {
	want, err := iampolicy.Parse(c.want.PolicyJSON)
	if err != nil {
		return err
	}
	old, _ := iampolicy.Parse(c.have.PolicyJSON)
	old = without(iampolicy.Split(old), iampolicy.Split(want))
	fits, over := 0, len(old)
	for over-fits > 1 {
		n := (fits + over) / 2
		err := c.k.putPolicy(ctx, c.want, iampolicy.Document(slices.Concat(want, old[:n])))
		switch {
		case err == nil:
			fits = n
		case is[*iamtypes.LimitExceededException](err):
			over = n
		default:
			return err
		}
	}
	if fits > 0 {
		return nil
	}
	return c.k.putPolicy(ctx, c.want, c.want.PolicyJSON)
}

// after takes away what only the old schedules needed.
func (c policyChange) after(ctx context.Context) error {
	switch {
	case c.moves():
		return c.k.deletePolicy(ctx, c.have)
	case !c.want.hasPolicy():
		if c.have.PolicyJSON == "" {
			return nil
		}
		return c.k.deletePolicy(ctx, c.have)
	case c.renewed(), iampolicy.Equal(c.have.PolicyJSON, c.want.PolicyJSON),
		iampolicy.Equal(union(c.have.PolicyJSON, c.want.PolicyJSON), c.want.PolicyJSON):
		return nil
	}
	return c.k.putPolicy(ctx, c.want, c.want.PolicyJSON)
}

// union is a policy document that allows what either allows. A document that cannot be read is none
// of ours and counts for nothing.
func union(have, want string) string {
	old, err := iampolicy.Parse(have)
	if err != nil {
		return want
	}
	additional, err := iampolicy.Parse(want)
	if err != nil {
		return want
	}
	return iampolicy.Document(append(old, additional...))
}
