package fakeaws

import (
	"cmp"
	"strconv"
	"strings"
)

// tokenPrefix makes tokens opaque enough that nobody takes them for names.
const tokenPrefix = "after:"

// cut returns the part of a list, sorted by key, that follows token, and the token of the next
// part, "" at the end. A token names the last entry that was sent, so entries may come and go
// between.
func cut[T any](all []T, key func(T) string, token string, size int) (
	part []T, next string, valid bool,
) {
	if token != "" {
		last, ok := strings.CutPrefix(token, tokenPrefix)
		if !ok {
			return nil, "", false
		}
		for len(all) > 0 && key(all[0]) <= last {
			all = all[1:]
		}
	}
	if len(all) > size {
		return all[:size], tokenPrefix + key(all[size-1]), true
	}
	return all, "", true
}

// itself is the key of a list of names.
func itself(name string) string { return name }

// size reads a page size from low to high; it is fallback where the request has none.
func (c *call) size(param string, low, high, fallback int) (int, bool) {
	n, err := strconv.Atoi(cmp.Or(c.param(param), strconv.Itoa(fallback)))
	return n, err == nil && between(low, n, high)
}
