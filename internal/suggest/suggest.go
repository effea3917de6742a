// Package suggest finds the word that somebody most likely meant.
package suggest

import (
	"strings"
	"unicode/utf8"
)

// Nearest returns the word of from that is nearest to word, or "" if none is near. Case does not
// count. Near means at most one edit (a letter added, left out, changed, or swapped with its
// neighbour) for each three letters of word, one at least. Of equally near words the first wins.
func Nearest(word string, from []string) string {
	folded := strings.ToLower(word)
	best, limit := "", max(1, utf8.RuneCountInString(folded)/3)
	for _, candidate := range from {
		if d := distance(folded, strings.ToLower(candidate), limit); d <= limit {
			best, limit = candidate, d-1
		}
	}
	return best
}

// distance is the optimal string alignment distance of from and to in characters. It stops early and
// returns limit+1 where the distance is greater than limit.
func distance(from, to string, limit int) int {
	a, b := []rune(from), []rune(to)
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			changed := above[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			row[j] = min(above[j]+1, row[j-1]+1, changed)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
