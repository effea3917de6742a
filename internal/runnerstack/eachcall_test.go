package runnerstack_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// requests counts what a creation of full asks of AWS.
func requests(t *testing.T) int { t.Helper(); return requestsOf(t, full(t)) }

func requestsOf(t *testing.T, s runnerstack.Stack) int {
	t.Helper()
	a := start(t)
	mustCreate(t, a, s)
	return len(a.aws.Requests())
}

// eachPackage runs a test for either kind of package.
func eachPackage(t *testing.T, test func(*testing.T, runnerstack.Stack)) {
	t.Helper()
	for name, stack := range packages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, stack(t))
		})
	}
}

func TestCreate_failsAtEachCall(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(t *testing.T, s runnerstack.Stack) {
		for n := range requestsOf(t, s) {
			a := start(t)
			a.aws.Fail(fakeaws.Match{Nth: n + 1}, refused)
			_, err := a.Create(t.Context(), s)
			call := a.operations()[n]
			if err == nil && strings.HasPrefix(call, "ecr:") { // some are looks that may fail
				wantAll(t, a, s)
				continue
			}
			if err == nil {
				t.Errorf("call %d, %s, failed, the creation did not", n+1, call)
			}
			var leftover *runnerstack.LeftoverError
			if left := a.aws.Leftovers(); len(left) > 0 || errors.As(err, &leftover) {
				t.Errorf("call %d, %s, failed (%v), left behind: %q", n+1, call, err, left)
			}
		}
	})
}

func TestCreate_contextEndsAtEachCall(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(t *testing.T, s runnerstack.Stack) {
		for n := range requestsOf(t, s) {
			a := start(t)
			ctx, cancel := context.WithCancel(t.Context())
			seen := 0
			a.aws.OnRequest(func(fakeaws.Request) {
				a.mu.Lock()
				defer a.mu.Unlock()
				if seen++; seen == n+1 {
					cancel()
				}
			})
			_, err := a.Create(ctx, s)
			cancel()
			if err == nil {
				continue // the last answer may arrive before the end does
			}
			if left := a.aws.Leftovers(); len(left) > 0 {
				t.Errorf("interrupted at call %d (%v), left behind: %q", n+1, err, left)
			}
		}
	})
}

func TestCreate_lostAnswerAtEachCall(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(t *testing.T, s runnerstack.Stack) {
		for n := range requestsOf(t, s) {
			a := start(t)
			a.aws.Fail(fakeaws.Match{Nth: n + 1}, fakeaws.Fault{Lost: true})
			if _, err := a.Create(t.Context(), s); err != nil {
				t.Errorf("the answer to call %d was lost: %v", n+1, err)
				continue
			}
			wantAll(t, a, s)
		}
	})
}

// A killed apply: from one call on nothing arrives any more, with or without that call's own effect.
func TestCreate_killedAtEachCall(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(t *testing.T, s runnerstack.Stack) {
		total := requestsOf(t, s)
		for n := range total {
			for _, effect := range []bool{false, true} {
				if effect && n == total-1 {
					continue // the stack is complete then; see TestCreate_killedAfterTheLastCall
				}
				t.Run(fmt.Sprintf("call %d, effect %v", n+1, effect), func(t *testing.T) {
					t.Parallel()
					a := start(t)
					kill(a, n, effect)
					if _, err := a.Create(t.Context(), s); err == nil {
						t.Fatal("the creation did not notice")
					}
					a.aws.ClearFaults()
					got, err := a.Create(t.Context(), s)
					if err != nil {
						t.Fatalf("creating again: %v", err)
					}
					if diff := cmp.Diff(outcome, got); diff != "" {
						t.Errorf("outcome (-want +got):\n%s", diff)
					}
					wantAll(t, a, s)
				})
			}
		}
	})
}

func kill(a *account, n int, effect bool) {
	if effect {
		a.aws.Fail(fakeaws.Match{Nth: n + 1}, fakeaws.Fault{Lost: true})
		n++
	}
	a.aws.Fail(fakeaws.Match{After: n}, refused)
}
