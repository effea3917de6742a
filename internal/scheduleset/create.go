package scheduleset

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Create makes the whole set or nothing. Its error is a *GroupExistsError, a *ScheduleExistsError,
// a *TakenOverError, or a *CreateError, which says which event failed and that nothing is left, or
// what is live where removing failed too.
func (k *Keeper) Create(ctx context.Context, want Set) (Written, error) {
	written := Written{Warnings: k.functionWarnings(ctx, want.FunctionARN)}
	p := k.place(want)
	if err := p.fill(ctx); err != nil {
		return written, p.undo(ctx, err)
	}
	if err := p.complete(ctx); err != nil {
		return written, p.undo(ctx, err)
	}
	written.ARNs = p.arns
	return written, nil
}

// functionWarnings says so where AWS does not know the function: Scheduler itself does not check
// its target. What else goes wrong with the question is no business of the schedules.
func (k *Keeper) functionWarnings(ctx context.Context, arn string) []string {
	_, err := k.config.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &arn})
	if _, ok := errors.AsType[*lambdatypes.ResourceNotFoundException](err); !ok {
		return nil
	}
	return []string{fmt.Sprintf("AWS Lambda does not know the function %s; "+
		"the schedules are in place, but nothing runs until it exists.", arn)}
}
