package provider

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// After Ctrl-C the error says what to do, for either resource.
func TestWriteError_interrupted(t *testing.T) {
	t.Parallel()
	const want = "The operation was interrupted. Run it again: it goes on from what is there."
	interrupted := fmt.Errorf("creating role %q: %w", "tools", context.Canceled)
	left := &runnerstack.LeftoverError{Cause: interrupted, Removal: context.DeadlineExceeded, Left: []string{"tools"}}
	for err, says := range map[error]bool{interrupted: true, left: true, context.DeadlineExceeded: false} {
		for _, add := range []func(*diag.Diagnostics, string, error){
			runnerModel{}.addWriteError, scheduleModel{}.addWriteError,
		} {
			var diags diag.Diagnostics
			add(&diags, "Creating failed", err)
			if got := strings.Contains(diags[0].Detail(), want); got != says {
				t.Errorf("%v: %s", err, diags[0].Detail())
			}
		}
	}
}
