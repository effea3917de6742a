package guides

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	page := Parse(strings.Join([]string{
		"# Title", "<!-- file: main.tf -->", "```hcl", "a = 1", "```", "text", "```hcl", "shown = 1", "```",
		"```console", "$ one \\", "    two", "out", "", "$ three", "```", "```console", "$ four", "…", "end", "```",
	}, "\n"))
	want := []Step{
		{File: "main.tf", Content: "a = 1\n"},
		{Command: "one two", Want: []string{"out", ""}, Line: 12},
		{Command: "three", Line: 15},
		{Command: "four", Want: []string{"…", "end"}, Line: 18},
	}
	if d := cmp.Diff(want, page.Steps); d != "" {
		t.Errorf("-want +got %s", d)
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want, got string
		matches   bool
	}{
		{"a\nb", "\na  \nb\n\n", true},
		{"a\nb", "a\nc\n", false},
		{"a\n…\nd", "a\nb\nc\nd\n", true},
		{"a\n…\nd", "a\nb\nc\n", false},
		{"…\nd", "a\nd\ne\n", false},
		{"took … s (x)", "took 1.5 s (x)\n", true},
		{"took … s (x)", "took 1.5 s (y)\n", false},
		{"", "", true},
		{"", "text\n", false},
	} {
		if got := Matches(strings.Split(test.want, "\n"), test.got); got != test.matches {
			t.Errorf("%q for %q: got %t, want %t", test.got, test.want, got, test.matches)
		}
	}
}
