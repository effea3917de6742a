// Command changelog keeps the change log: a file for each change in .changes/unreleased, and a file for each
// release in .changes, of which CHANGELOG.md is made. So two branches never write to one place. Run it from
// the module's root.
//
//	go run ./internal/changelog                      print what is not released yet
//	go run ./internal/changelog add KIND BODY [ISSUE]
//	go run ./internal/changelog release VERSION
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(".", os.Args[1:], time.Now().UTC(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "changelog:", err)
		os.Exit(1)
	}
}

const usage = "write one of: changelog, changelog add KIND BODY [ISSUE], changelog release VERSION"

func run(root string, args []string, now time.Time, stdout io.Writer) error {
	l := log{root: root, now: now}
	switch {
	case len(args) == 0:
		changes, _, err := unreleased(l.unreleased())
		if err == nil {
			_, err = io.WriteString(stdout, notes("Unreleased", changes))
		}
		return err
	case args[0] == "add" && (len(args) == 3 || len(args) == 4):
		return l.add(args[1], args[2], strings.Join(args[3:], ""), stdout)
	case args[0] == "release" && len(args) == 2:
		return l.release(args[1], stdout)
	}
	return errors.New(usage)
}

// log is the change log of the module at root.
type log struct {
	root string
	now  time.Time
}

func (l log) changes() string    { return filepath.Join(l.root, ".changes") }
func (l log) unreleased() string { return filepath.Join(l.changes(), "unreleased") }

// add writes the file of a change.
func (l log) add(kind, body, issue string, stdout io.Writer) error {
	c := change{Kind: kind, Body: body, Time: l.now}
	if issue != "" {
		number, err := strconv.Atoi(issue)
		if err != nil {
			return fmt.Errorf("the issue is %q; write its number, or nothing", issue)
		}
		c.Issue = number
	}
	if _, err := parse(c.String()); err != nil {
		return err
	}
	path := filepath.Join(l.unreleased(), fmt.Sprintf("%s-%s.yaml", strings.ReplaceAll(kind, " ", "-"),
		l.now.Format("20060102-150405")))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // of the repository
	if err != nil {
		return err
	}
	_, err = file.WriteString(c.String())
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, path)
	return err
}

var semantic = regexp.MustCompile(`\A(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?\z`)

// release makes a version's file of the changes that are not released, takes these away, and writes
// CHANGELOG.md anew.
func (l log) release(version string, stdout io.Writer) error {
	if !semantic.MatchString(version) {
		return fmt.Errorf("the version is %q; write it as 1.2.3, without a v", version)
	}
	changes, paths, err := unreleased(l.unreleased())
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return errors.New("there is nothing to release: .changes/unreleased has no change")
	}
	path := filepath.Join(l.changes(), version+".md")
	if _, err := os.Stat(path); err == nil { //nolint:gosec // a version that was checked
		return fmt.Errorf("%s is there already", path)
	}
	text := notes(fmt.Sprintf("%s (%s)", version, l.now.Format("January 2, 2006")), changes)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // of the repository
		return err
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	whole, err := l.whole()
	if err != nil {
		return err
	}
	log := filepath.Join(l.root, "CHANGELOG.md")
	if err := os.WriteFile(log, []byte(whole), 0o644); err != nil { //nolint:gosec // all may read it
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s and CHANGELOG.md, with %d changes\n", path, len(changes))
	return err
}

// whole is CHANGELOG.md: each release, the newest first.
func (l log) whole() (string, error) {
	paths, err := filepath.Glob(filepath.Join(l.changes(), "*.md"))
	if err != nil {
		return "", err
	}
	slices.SortFunc(paths, func(a, b string) int {
		return compare(strings.TrimSuffix(filepath.Base(b), ".md"), strings.TrimSuffix(filepath.Base(a), ".md"))
	})
	text := "# Changelog\n"
	if len(paths) == 0 {
		text += "\nNothing is released yet. What the first release brings is in [.changes/unreleased](.changes/unreleased).\n"
	}
	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // a file of the repository
		if err != nil {
			return "", err
		}
		text += "\n" + string(content)
	}
	return text, nil
}

// compare orders versions. A pre-release comes before its release, and pre-releases by their text.
func compare(a, b string) int {
	coreA, preA, _ := strings.Cut(a, "-")
	coreB, preB, _ := strings.Cut(b, "-")
	if order := slices.Compare(numbers(coreA), numbers(coreB)); order != 0 {
		return order
	}
	switch {
	case preA == preB:
		return 0
	case preA == "":
		return 1
	case preB == "":
		return -1
	}
	return strings.Compare(preA, preB)
}

func numbers(core string) []int {
	var all []int
	for part := range strings.SplitSeq(core, ".") {
		number, _ := strconv.Atoi(part) // the names of files are versions, which release has checked
		all = append(all, number)
	}
	return all
}
