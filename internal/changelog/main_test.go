package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var root = filepath.Join("..", "..")

// Every change of the repository is well formed, and CHANGELOG.md is made of the releases' files.
func TestRepository(t *testing.T) {
	t.Parallel()
	l := log{root: root}
	changes, paths, err := unreleased(l.unreleased())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range changes {
		if !strings.HasPrefix(filepath.Base(paths[i]), strings.ReplaceAll(c.Kind, " ", "-")+"-") {
			t.Errorf("%s is named after another kind than its own, %s", paths[i], c.Kind)
		}
	}
	others, err := filepath.Glob(filepath.Join(l.unreleased(), "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(others) != len(paths) {
		t.Errorf("%d files in %s, %d of them changes (*.yaml)", len(others), l.unreleased(), len(paths))
	}
	want, err := l.whole()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("CHANGELOG.md is not made of .changes/*.md; a change goes to .changes/unreleased (-want +got):\n%s", diff)
	}
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	const good = "kind: FEATURES\nbody: \"a: `b`\"\ntime: 2026-01-02T15:04:05Z\ncustom:\n    Issue: \"12\"\n"
	c, err := parse(good)
	if err != nil || c.Body != "a: `b`" || c.Issue != 12 || c.String() != good {
		t.Fatalf("got %+v, %v", c, err)
	}
	for name, edit := range map[string][2]string{
		"an unknown kind":   {"FEATURES", "FEATURE"},
		"no kind":           {"kind: FEATURES\n", ""},
		"a plain body":      {"\"a: `b`\"", "a"},
		"an empty body":     {"a: `b`", ""},
		"a body of blanks":  {"a: `b`", " "},
		"two lines":         {"a: `b`", `a\nb`},
		"a wrong escape":    {"a: `b`", `\x`},
		"a day":             {"T15:04:05Z", ""},
		"issue 0":           {`"12"`, `"0"`},
		"an issue in words": {`"12"`, `"twelve"`},
		"another member":    {"custom:", "customs:"},
		"text at the end":   {"\"12\"\n", "\"12\"\nmore"},
	} {
		if c, err := parse(strings.Replace(good, edit[0], edit[1], 1)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, c)
		}
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".changes", "unreleased"), 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	do := func(wantError bool, args ...string) string {
		t.Helper()
		var out strings.Builder
		now = now.Add(time.Minute)
		if err := run(dir, args, now, &out); (err != nil) != wantError {
			t.Fatalf("%q: %v", args, err)
		}
		return out.String()
	}
	do(true, "release", "1.0.0")
	do(false, "add", "BUG FIXES", "One.")
	do(false, "add", "FEATURES", "Two: <b>.", "7")
	do(false, "add", "BUG FIXES", "Three.")
	do(true, "add", "BUGS", "Four.")
	do(true, "add", "NOTES", "Four.", "x")
	do(true, "add", "NOTES")
	const list = "\nFEATURES:\n\n" +
		"- Two: <b>. ([#7](https://github.com/spin-dd/terraform-provider-savings/issues/7))\n" +
		"\nBUG FIXES:\n\n- One.\n- Three.\n"
	if diff := cmp.Diff("## Unreleased\n"+list, do(false)); diff != "" {
		t.Errorf("not released (-want +got):\n%s", diff)
	}
	do(true, "release", "v1.0.0")
	do(false, "release", "1.9.0")
	for _, version := range []string{"1.10.0", "1.10.0-rc.1"} {
		do(false, "add", "NOTES", "In "+version+".")
		do(false, "release", version)
	}
	do(false, "add", "NOTES", "Again.")
	do(true, "release", "1.9.0")
	got, err := os.ReadFile(filepath.Join(dir, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := "# Changelog\n\n## 1.10.0 (March 1, 2026)\n\nNOTES:\n\n- In 1.10.0.\n" +
		"\n## 1.10.0-rc.1 (March 1, 2026)\n\nNOTES:\n\n- In 1.10.0-rc.1.\n\n## 1.9.0 (March 1, 2026)\n" + list
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("CHANGELOG.md (-want +got):\n%s", diff)
	}
}
