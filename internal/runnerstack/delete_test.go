package runnerstack_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// A change of the function that is under way is waited for, whichever call meets it.
func TestDelete_changeUnderWay(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"DeleteFunctionEventInvokeConfig", "DeleteFunction"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			s := full(t)
			mustCreate(t, a, s)
			a.aws.Lambda().SlowUpdate(3)
			if err := configure(t, a, func(*lambda.UpdateFunctionConfigurationInput) {}); err != nil {
				t.Fatal(err)
			}
			a.aws.Fail(fakeaws.Match{Operation: operation, Times: 1}, fakeaws.Fault{
				Code: "ResourceConflictException", Status: 409,
				Message: "The operation cannot be performed at this time. An update is in progress for resource: " + functionARN,
			})
			before := a.clock.Now()
			if _, err := a.Delete(t.Context(), stateOf(s)); err != nil {
				t.Fatal(err)
			}
			if a.clock.Now().Equal(before) {
				t.Error("the change was not waited for")
			}
			wantEmpty(t, a)
		})
	}
}
