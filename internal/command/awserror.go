package command

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// deniedCodes are AWS's codes for a right that is missing; they differ by protocol.
var deniedCodes = []string{
	"AccessDenied", "AccessDeniedException", "AuthorizationError", "NotAuthorized",
	"UnauthorizedOperation",
}

// throttledCodes are AWS's codes for a call that came too soon and had no effect; they differ by
// service. They are the SDK's (retry.DefaultThrottleErrorCodes) but for those of quotas.
var throttledCodes = []string{
	"EC2ThrottledException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
	"SlowDown", "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException",
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

// Explain returns what an AWS call's error says, without request ids and counts.
func Explain(err error) string { return explain(err) }

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
	return cause(err).Error()
}

// cause takes off what the SDK wraps around the reason of a call without an answer. It goes layer by
// layer, since errors.As would reach into the reason: that of missing credentials holds another
// operation's error.
func cause(err error) error {
	for {
		switch e := err.(type) { //nolint:errorlint // see above
		case *smithy.OperationError:
			err = e.Err
		case *retry.MaxAttemptsError:
			err = e.Err
		case *awshttp.ResponseError:
			err = e.Err
		case *smithyhttp.ResponseError:
			err = e.Err
		default:
			return err
		}
	}
}

// IsDenied tells whether AWS refused a call for a right that is missing.
func IsDenied(err error) bool { return hasCode(err, deniedCodes...) }
