package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/smithy-go"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

// maxInFlight bounds the AWS calls that are in flight at once.
const maxInFlight = 8

// errGone tells that something does not exist.
var errGone = errors.New("it does not exist")

// goneCodes are AWS's codes for what does not exist; they differ by service.
var goneCodes = []string{
	"ImageNotFoundException", "NoSuchEntity", "NoSuchEntityException", "QueueDoesNotExist",
	"RepositoryNotFoundException", "ResourceNotFoundException", "AWS.SimpleQueueService.NonExistentQueue",
}

// lookError tells why something could not be read.
type lookError struct {
	what, action string
	err          error
}

// Error names the right that is missing, or AWS's reason.
func (e *lookError) Error() string {
	if command.IsDenied(e.err) {
		return fmt.Sprintf("could not look: %s needs %s", e.what, e.action)
	}
	return fmt.Sprintf("could not look: %s: %s", e.what, command.Explain(e.err))
}

func (e *lookError) Unwrap() error { return e.err }

// looked sorts the error of an AWS call that needs an action.
func looked(err error, action, what string, args ...any) error {
	if err == nil {
		return nil
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok && slices.Contains(goneCodes, api.ErrorCode()) {
		return errGone
	}
	return &lookError{fmt.Sprintf(what, args...), action, err}
}

// read is what was read of one thing, or why not: errGone, or a lookError.
type read[T any] struct {
	value T
	err   error
}

func (r read[T]) gone() bool { return errors.Is(r.err, errGone) }

// unread is the finding for what could not be looked at.
func unread(on string, err error) Finding {
	f := Finding{On: on, Status: Unknown, Found: err.Error()}
	if denied, ok := errors.AsType[*lookError](err); ok && command.IsDenied(denied.err) {
		f.Fix = "give yourself the right, or ask somebody who has it; the guide on security lists all that " +
			"savings doctor reads with"
	}
	return f
}

// each reads the things with these keys, some at once, each once.
func each[K comparable, T any](
	ctx context.Context, keys []K, get func(context.Context, K) (T, error),
) map[K]read[T] {
	all := map[K]read[T]{}
	var mu sync.Mutex
	var reading sync.WaitGroup
	slots := make(chan struct{}, maxInFlight)
	seen := map[K]bool{}
	for _, key := range keys {
		if seen[key] {
			continue
		}
		seen[key] = true
		slots <- struct{}{}
		reading.Go(func() {
			defer func() { <-slots }()
			value, err := get(ctx, key)
			mu.Lock()
			defer mu.Unlock()
			all[key] = read[T]{value, err}
		})
	}
	reading.Wait()
	return all
}
