package runnerstack

import (
	"errors"
	"fmt"
	"strings"

	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
)

// ExistsError says that a thing of the wanted name is there and no killed creation of ours left it.
type ExistsError struct {
	// Kind and Name say what is in the way: "function", "role" or "log group", and its name.
	Kind, Name string
	// Stack is the name that an import takes.
	Stack string
}

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s %q exists already and is not managed here: import it with "+
		"`import { to = savings_runner.<name>, id = %q }`, or choose another name",
		e.Kind, e.Name, e.Stack)
}

// TakenOverError says that another creation of the same name left or wrote its mark on a part. Tags
// know no compare-and-swap, so nobody can tell whether it was killed or is under way.
type TakenOverError struct{ Stack string }

func (e *TakenOverError) Error() string {
	return fmt.Sprintf("parts of %q are another apply's, which goes on at the same time or was "+
		"killed; nothing was deleted: let it end, then plan again, and what is unfinished is found "+
		"again", e.Stack)
}

// ForeignPolicyError says that a role of ours carries policies that this provider did not put
// there; IAM deletes no role that has policies.
type ForeignPolicyError struct {
	Role     string
	Policies []string
}

func (e *ForeignPolicyError) Error() string {
	return fmt.Sprintf("role %q has policies that are not this provider's: %s: take them off it, "+
		"then destroy again", e.Role, strings.Join(e.Policies, ", "))
}

// LeftoverError says what a failed creation could not take back.
type LeftoverError struct {
	// Cause made the creation fail; Removal is why things are left.
	Cause, Removal error
	// Left names what is still there.
	Left []string
}

func (e *LeftoverError) Error() string {
	return fmt.Sprintf("%v; taking back what was made failed too: %v; left behind: %s: the next "+
		"apply finds it again", e.Cause, e.Removal, strings.Join(e.Left, ", "))
}

// Unwrap returns both causes.
func (e *LeftoverError) Unwrap() []error { return []error{e.Cause, e.Removal} }

func isNotFound(err error) bool {
	return is[*lambdatypes.ResourceNotFoundException](err) ||
		is[*logstypes.ResourceNotFoundException](err) ||
		is[*iamtypes.NoSuchEntityException](err)
}

func isConflict(err error) bool {
	return is[*lambdatypes.ResourceConflictException](err) ||
		is[*logstypes.ResourceAlreadyExistsException](err) ||
		is[*iamtypes.EntityAlreadyExistsException](err)
}

// isRoleNotReady tells that Lambda does not see a fresh role or its rights yet. Lambda has one code
// for every bad parameter, so a piece of the message has to tell them apart.
func isRoleNotReady(err error) bool {
	var invalid *lambdatypes.InvalidParameterValueException
	if errors.As(err, &invalid) {
		return strings.Contains(invalid.ErrorMessage(), "cannot be assumed") ||
			strings.Contains(invalid.ErrorMessage(), "does not have permission")
	}
	// Lambda's refusal to pull an image has no type of its own.
	var denied smithy.APIError
	return errors.As(err, &denied) && denied.ErrorCode() == "AccessDeniedException" &&
		strings.Contains(denied.ErrorMessage(), "permission to access the ECR image")
}

func is[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}
