//go:build linux

package bench_test

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"testing"
)

// quantile is the value below which so much of the values is: 0.5 for the median. The two nearest are
// mixed.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low, high := sorted[int(math.Floor(at))], sorted[int(math.Ceil(at))]
	return low + (high-low)*(at-math.Floor(at))
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// ratios are those of values that were taken one after the other.
func ratios(a, b []float64) []float64 {
	out := make([]float64, min(len(a), len(b)))
	for i := range out {
		out[i] = a[i] / b[i]
	}
	return out
}

// slope is that of the line through the points when both axes are logarithmic: 1 where y grows as x
// does, 2 where it grows with the square of x.
func slope(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	for i := range x {
		lx, ly := math.Log(x[i]), math.Log(y[i])
		sx, sy, sxx, sxy = sx+lx, sy+ly, sxx+lx*lx, sxy+lx*ly
	}
	n := float64(len(x))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ got, want float64 }{
		"median of three":     {median([]float64{9, 1, 4}), 4},
		"median of four":      {median([]float64{9, 1, 4, 6}), 5},
		"first quartile":      {quantile([]float64{5, 4, 3, 2, 1}, 0.25), 2},
		"the one value":       {quantile([]float64{7}, 0.75), 7},
		"linear growth":       {slope([]float64{1, 10, 100}, []float64{3, 30, 300}), 1},
		"growth with squares": {slope([]float64{1, 10, 100}, []float64{1, 100, 10_000}), 2},
		"no growth":           {slope([]float64{1, 10, 100}, []float64{5, 5, 5}), 0},
		"ratio":               {ratios([]float64{6, 8}, []float64{3, 2})[1], 4},
	} {
		if math.Abs(test.got-test.want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
}

// grouped writes 1234567 as 1,234,567.
func grouped(n float64) string {
	s := strconv.Itoa(int(math.Round(n)))
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// figure writes a number with three digits, as far as they are needed.
func figure(v float64) string {
	digits := 0
	switch {
	case v < 10:
		digits = 2
	case v < 100:
		digits = 1
	case v >= 10_000:
		return grouped(v)
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// spread writes the median of values and, in parentheses, their quartiles; scale turns the unit.
func spread(values []float64, scale float64) string {
	if len(values) == 0 {
		return "–"
	}
	low, high := quantile(values, 0.25)*scale, quantile(values, 0.75)*scale
	out := figure(median(values) * scale)
	if len(values) == 1 || cmp.Compare(figure(low), figure(high)) == 0 {
		return out
	}
	return out + " (" + figure(low) + "–" + figure(high) + ")"
}
