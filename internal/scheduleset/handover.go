package scheduleset

import (
	"context"
	"slices"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// handOver is the move of rights from one inline policy to another one of the same role that has no
// room for both: all of a role's inline policies together may have 10,240 characters (IAM User
// Guide, "IAM and AWS STS quotas"). What fits is added to the one, then taken from the other, until
// all is there, so that at each moment every right stands in one of the two.
type handOver struct {
	k        *Keeper
	from, to Set
	// left and got are what stands in the policies of from and to.
	left, got []iampolicy.Statement
}

// handOver brings the policy of to up to its PolicyJSON and takes what it gets from the policy of
// from. It goes on from what stands, so that one which ended in the middle can be repeated. Where
// not one statement fits, its error is IAM's.
func (k *Keeper) handOver(ctx context.Context, from, to Set) error {
	h := handOver{k: k, from: from, to: to}
	var err error
	if h.left, err = k.standing(ctx, from); err != nil {
		return err
	}
	if h.got, err = k.standing(ctx, to); err != nil {
		return err
	}
	want, err := iampolicy.Parse(to.PolicyJSON)
	if err != nil {
		return err
	}
	missing := without(iampolicy.Split(want), h.got)
	for size := len(missing); len(missing) > 0; missing = missing[size:] {
		if size, err = h.moveSome(ctx, missing, min(size, len(missing))); err != nil {
			return err
		}
	}
	if iampolicy.Equal(iampolicy.Document(h.got), to.PolicyJSON) {
		return nil
	}
	return k.putPolicy(ctx, to, to.PolicyJSON)
}

// moveSome moves as many of the statements as fit, at most size, and returns how many these were.
func (h *handOver) moveSome(ctx context.Context, statements []iampolicy.Statement, size int) (int, error) {
	for {
		some := statements[:size]
		err := h.k.putPolicy(ctx, h.to, iampolicy.Document(slices.Concat(h.got, some)))
		if is[*iamtypes.LimitExceededException](err) && size > 1 {
			size /= 2
			continue
		}
		if err != nil {
			return 0, err
		}
		h.got = append(h.got, some...)
		left := without(h.left, some)
		if len(left) == len(h.left) {
			return size, nil
		}
		h.left = left
		return size, h.k.putOrDelete(ctx, h.from, iampolicy.Document(left))
	}
}

func (k *Keeper) putOrDelete(ctx context.Context, s Set, document string) error {
	if document == "" {
		return k.deletePolicy(ctx, s)
	}
	return k.putPolicy(ctx, s, document)
}

// standing returns the statements of the set's policy as it stands, each with one action and one
// resource.
func (k *Keeper) standing(ctx context.Context, s Set) ([]iampolicy.Statement, error) {
	document, err := k.readPolicy(ctx, s)
	if err != nil || document == "" {
		return nil, err
	}
	statements, err := iampolicy.Parse(document)
	if err != nil {
		return nil, doing(err, "reading inline policy %q of role %q", k.policyName(s), s.RunnerRoleName)
	}
	return iampolicy.Split(statements), nil
}

// without returns the statements that are not among the others.
func without(statements, others []iampolicy.Statement) []iampolicy.Statement {
	known := map[string]bool{}
	for _, s := range others {
		known[iampolicy.Document([]iampolicy.Statement{s})] = true
	}
	return slices.DeleteFunc(slices.Clone(statements), func(s iampolicy.Statement) bool {
		return known[iampolicy.Document([]iampolicy.Statement{s})]
	})
}
