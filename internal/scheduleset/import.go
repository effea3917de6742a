package scheduleset

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// FindPolicy looks for the set's inline policy on the execution role of its function, for an import:
// schedules do not tell whether there is one. Both results are "" where there is none, or no
// function.
func (k *Keeper) FindPolicy(ctx context.Context, have Set) (roleName, document string, err error) {
	if have.FunctionARN == "" {
		return "", "", nil
	}
	out, err := k.config.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &have.FunctionARN})
	if _, ok := errors.AsType[*lambdatypes.ResourceNotFoundException](err); ok {
		return "", "", nil
	}
	if err != nil {
		return "", "", doing(err, "reading function %s", have.FunctionARN)
	}
	if out.Configuration == nil {
		return "", "", nil
	}
	role, err := arn.Parse(aws.ToString(out.Configuration.Role))
	if err != nil {
		return "", "", nil //nolint:nilerr // a role that has no ARN has no policy of ours
	}
	have.RunnerRoleName = role.Resource[strings.LastIndex(role.Resource, "/")+1:]
	document, err = k.readPolicy(ctx, have)
	if err != nil || document == "" {
		return "", "", err
	}
	return have.RunnerRoleName, document, nil
}
