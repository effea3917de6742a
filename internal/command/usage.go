package command

import "strings"

// UsageError says what is wrong with an argument list.
type UsageError struct {
	// Index is the offending argument's, -1 where none alone is at fault.
	Index int
	// Found says what was found, Allowed what is allowed, Write what to write instead. Allowed and
	// Write may be empty.
	Found, Allowed, Write string
}

// Error returns the three parts as one sentence.
func (e *UsageError) Error() string {
	parts := []string{e.Found}
	for _, part := range []string{e.Allowed, e.Write} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}
