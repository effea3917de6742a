package command

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// deniedCodes are AWS's codes for a right that is missing; they differ by protocol.
var deniedCodes = []string{
	"AccessDenied", "AccessDeniedException", "AuthorizationError", "NotAuthorized",
	"UnauthorizedOperation",
}

// hasCode tells whether AWS answered with one of these error codes.
func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode())
}

// fail puts an error of an AWS call into the result; action is what IAM calls it.
func (r Result) fail(err error, action string) Result {
	r.Outcome, r.Detail = Failed, explain(err)
	if hasCode(err, deniedCodes...) {
		r.Outcome = Denied
		r.brief = "access denied (" + action + ")"
		r.Detail = r.brief + ": " + r.Detail
	}
	return r
}

// explain returns what an AWS call's error says: AWS's code and message, or the cause where there
// was no answer, without the request ids and counts that the SDK puts before it.
func explain(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer before the run's time was over"
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		err = operation.Err
	}
	var attempts *retry.MaxAttemptsError
	if errors.As(err, &attempts) {
		err = attempts.Err
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		err = response.Err
	}
	return err.Error()
}
