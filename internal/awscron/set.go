package awscron

import "math/bits"

// set is a set of small numbers, 0 to 255.
type set [4]uint64

func (s *set) add(n int)     { s[n>>6] |= 1 << (n & 63) }
func (s set) has(n int) bool { return s[n>>6]&(1<<(n&63)) != 0 }

func (s set) count() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

func (s set) union(t set) set {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

func (s set) intersection(t set) set {
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

// meets tells whether s and t have a member in common.
func (s set) meets(t set) bool { return s.intersection(t) != (set{}) }

// holds tells whether all of first to last are members.
func (s set) holds(first, last int) bool {
	for n := first; n <= last; n++ {
		if !s.has(n) {
			return false
		}
	}
	return true
}

// next returns the smallest member that is n or greater; -1 if there is none.
func (s *set) next(n int) int {
	if n > 255 {
		return -1
	}
	word := s[n>>6] >> (n & 63) << (n & 63)
	for i := n >> 6; ; word = s[i] {
		if word != 0 {
			return i<<6 + bits.TrailingZeros64(word)
		}
		if i++; i == len(s) {
			return -1
		}
	}
}

// span is the members first, first+step, … last of a set.
type span struct{ first, last, step int }

// spans takes a set apart, in ascending order, as a reader would write it: one span with a step
// where the whole set is one, otherwise ranges of three or more and single values (whose step is
// 0). The set's possible members are low to high.
func (s set) spans(low, high int) []span {
	if whole, ok := s.progression(low, high); ok {
		return []span{whole}
	}
	var found []span
	for n := s.next(0); n >= 0; {
		last := n
		for last < 255 && s.has(last+1) {
			last++
		}
		if last-n >= 2 {
			found = append(found, span{n, last, 1})
		} else {
			for v := n; v <= last; v++ {
				found = append(found, span{v, v, 0})
			}
		}
		n = s.next(last + 1)
	}
	return found
}

// progression returns the set as one span, if its members are evenly spaced and so many that naming
// them one by one would read worse: three next to each other, three that go round all of low to
// high, or five.
func (s set) progression(low, high int) (span, bool) {
	n := s.count()
	if n < 3 {
		return span{}, false
	}
	first := s.next(0)
	step := s.next(first+1) - first
	last := first + (n-1)*step
	for v := first; v <= last; v += step {
		if v > 255 || !s.has(v) {
			return span{}, false
		}
	}
	round := first-low < step && last+step > high
	return span{first, last, step}, step == 1 || round || n >= 5
}
