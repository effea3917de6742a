package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kinds are the headings of a release, in their order: those of HashiCorp's providers.
var kinds = []string{"BREAKING CHANGES", "NOTES", "FEATURES", "ENHANCEMENTS", "BUG FIXES"}

// change is one line of a release.
type change struct {
	Kind string
	// Body is Markdown, one line.
	Body string
	Time time.Time
	// Issue is the number of an issue or a pull request, 0 for none.
	Issue int
}

// The file of a change is YAML as changie writes it, in one form: the body is in double quotes, with JSON's
// escapes.
const form = `the file of a change is

kind: FEATURES
body: "One line of Markdown, with \"escapes\" as in JSON."
time: 2026-01-02T15:04:05Z
custom:
    Issue: "12"

kind is one of %s; the two last lines may be left out`

var file = regexp.MustCompile(`\Akind: (.+)\nbody: (".+")\ntime: (\S+)\n(?:custom:\n {4}Issue: "([1-9][0-9]*)"\n)?\z`)

func parse(content string) (change, error) {
	parts := file.FindStringSubmatch(content)
	if parts == nil || !slices.Contains(kinds, parts[1]) {
		return change{}, fmt.Errorf(form, strings.Join(kinds, ", "))
	}
	c := change{Kind: parts[1]}
	var err error
	if err := json.Unmarshal([]byte(parts[2]), &c.Body); err != nil {
		return change{}, fmt.Errorf("body: %w", err)
	}
	if strings.TrimSpace(c.Body) != c.Body || c.Body == "" || strings.Contains(c.Body, "\n") {
		return change{}, fmt.Errorf("body: %q is not one line without blanks at its ends", c.Body)
	}
	if c.Time, err = time.Parse(time.RFC3339, parts[3]); err != nil {
		return change{}, fmt.Errorf("time: %w", err)
	}
	if parts[4] != "" {
		if c.Issue, err = strconv.Atoi(parts[4]); err != nil {
			return change{}, fmt.Errorf("custom.Issue: %w", err)
		}
	}
	return c, nil
}

// String is the change's file.
func (c change) String() string {
	var body strings.Builder
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(c.Body) // a string always encodes
	text := fmt.Sprintf("kind: %s\nbody: %stime: %s\n", c.Kind, body.String(), c.Time.Format(time.RFC3339))
	if c.Issue != 0 {
		text += fmt.Sprintf("custom:\n    Issue: \"%d\"\n", c.Issue)
	}
	return text
}

// unreleased reads the changes in a folder, and their paths.
func unreleased(dir string) (changes []change, paths []string, err error) {
	paths, err = filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, nil, err
	}
	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // a file of the repository
		if err != nil {
			return nil, nil, err
		}
		c, err := parse(string(content))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
		changes = append(changes, c)
	}
	return changes, paths, nil
}

const issues = "https://github.com/spin-dd/terraform-provider-savings/issues/"

// notes is a release's part of the changelog: the changes by kind, and by time in each.
func notes(heading string, changes []change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n", heading)
	for _, kind := range kinds {
		var lines []change
		for _, c := range changes {
			if c.Kind == kind {
				lines = append(lines, c)
			}
		}
		if len(lines) == 0 {
			continue
		}
		slices.SortStableFunc(lines, func(a, b change) int {
			return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Body, b.Body))
		})
		fmt.Fprintf(&b, "\n%s:\n\n", kind)
		for _, c := range lines {
			fmt.Fprintf(&b, "- %s", c.Body)
			if c.Issue != 0 {
				fmt.Fprintf(&b, " ([#%d](%s%d))", c.Issue, issues, c.Issue)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
