package command

import (
	"strings"
)

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

// nearest returns the candidate that text is most likely a misspelling of, "" if none is near.
func nearest(text string, candidates []string) string {
	text = strings.ToLower(text)
	best, bestDistance := "", max(2, len(text)/3)+1
	for _, c := range candidates {
		if d := distance(text, c); d < bestDistance && d < len(c) {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap that turn a into b.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
