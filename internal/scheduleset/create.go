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
	warnings := k.functionWarnings(ctx, want.FunctionARN)
	written, err := k.makeWhole(ctx, want)
	written.Warnings = warnings
	return written, err
}

func (k *Keeper) makeWhole(ctx context.Context, want Set) (Written, error) {
	p := k.place(want)
	err := p.fill(ctx)
	if err == nil {
		err = p.complete(ctx)
	}
	if err != nil {
		return Written{}, p.undo(ctx, err)
	}
	return Written{ARNs: p.arns}, nil
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
