// Command licenses prints the licence of every module that the provider, the command line and the
// runner are linked from, with the full texts, as Markdown. It fails where a licence is not among those
// that are allowed, or where a text is none that it knows. Run it in the module's folder.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// programs are what a release ships, and what makes the runner's image, with its root certificates;
// platforms are those of the release.
var (
	programs  = []string{".", "./cmd/savings", "./lambda", "./internal/bundle/pack"}
	platforms = []string{"linux", "darwin", "windows"}
)

// allowed are the licences of which we may link the code and give away the program. MPL-2.0 asks to say
// where the source is: the heading of each module does.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "Unicode-DFS-2016"}

// minCoverage is how much of a text must be known words of a licence, in percent; the rest is the
// names of the owners.
const minCoverage = 75

// licence is a file with a licence, or with the notice that Apache-2.0 asks to hand on.
type licence struct {
	file, id, text string
}

// module is one that is linked, with the licences of the packages that are.
type module struct {
	path, version string
	licences      map[string]licence // by file
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	modules := map[string]*module{}
	for _, platform := range platforms {
		if err := collect(ctx, platform, modules); err != nil {
			return err
		}
	}
	if err := standardLibrary(ctx, modules); err != nil {
		return err
	}
	all := slices.SortedFunc(maps.Values(modules), func(a, b *module) int { return cmp.Compare(a.path, b.path) })
	var wrong []error
	for _, m := range all {
		wrong = append(wrong, m.check())
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	write(w, all)
	return w.Flush()
}

// listed is what go list tells of a package.
type listed struct {
	Dir      string
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// collect adds the modules that the programs are linked from on a platform.
func collect(ctx context.Context, platform string, modules map[string]*module) error {
	args := append([]string{"list", "-deps", "-json=Dir,Standard,Module", "-tags", "lambda.norpc"}, programs...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOOS="+platform, "GOARCH=arm64", "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("listing the packages for %s: %w", platform, err)
	}
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if p.Standard || p.Module == nil || p.Module.Main {
			continue
		}
		m := modules[p.Module.Path]
		if m == nil {
			m = &module{p.Module.Path, p.Module.Version, map[string]licence{}}
			modules[p.Module.Path] = m
		}
		for dir := p.Dir; ; dir = filepath.Dir(dir) {
			if err := m.read(p.Module.Dir, dir); err != nil {
				return err
			}
			if dir == p.Module.Dir {
				break
			}
		}
	}
}

// standardLibrary adds Go itself. Its version is that of whoever builds, so none is printed.
func standardLibrary(ctx context.Context, modules map[string]*module) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("finding Go: %w", err)
	}
	m := &module{"std", "", map[string]licence{}}
	modules[m.path] = m
	dir := strings.TrimSpace(string(root))
	return m.read(dir, dir)
}

// noLicence are files that licenceFile takes for licences of what is linked: one of documentation, and
// one that says which of two others is for what.
var noLicence = []string{"LICENSE.docs", "LICENSE-SUMMARY"}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice)([.-](txt|md|[a-z]+))?$`)

// read adds the licences in a folder of the module.
func (m *module) read(root, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		file, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if _, known := m.licences[file]; known || !entry.Type().IsRegular() || !licenceFile.MatchString(entry.Name()) ||
			slices.Contains(noLicence, entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := licence{file: filepath.ToSlash(file), text: strings.TrimSpace(string(text))}
		if !strings.HasPrefix(strings.ToLower(entry.Name()), "notice") {
			found.id = identify(text)
		}
		m.licences[file] = found
	}
	return nil
}

// identify names the licences in a text by their SPDX identifiers; "" where it is not sure.
func identify(text []byte) string {
	coverage := licensecheck.Scan(text)
	if coverage.Percent < minCoverage {
		return ""
	}
	var ids []string
	for _, match := range coverage.Match {
		if !match.IsURL && !slices.Contains(ids, match.ID) {
			ids = append(ids, match.ID)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " and ")
}

func (m *module) check() error {
	if len(m.ids()) == 0 {
		return fmt.Errorf("%s has no licence at its root", m.path)
	}
	for _, l := range m.licences {
		if strings.HasPrefix(strings.ToLower(filepath.Base(l.file)), "notice") {
			continue
		}
		for id := range strings.SplitSeq(l.id, " and ") {
			if !slices.Contains(allowed, id) {
				return fmt.Errorf("%s: %s is %q, and allowed are %s", m.path, l.file, l.id, strings.Join(allowed, ", "))
			}
		}
	}
	return nil
}

// ids are the licences of the module, in order.
func (m *module) ids() []string {
	var ids []string
	for _, l := range m.licences {
		if l.id != "" && !slices.Contains(ids, l.id) {
			ids = append(ids, l.id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (m *module) title() string {
	if m.path == "std" {
		return "the Go standard library"
	}
	return m.path + " " + m.version
}

func (m *module) source() string {
	if m.path == "std" {
		return "https://go.dev"
	}
	return "https://pkg.go.dev/" + m.path + "@" + m.version
}

// write prints a table, and each text once, with the modules and files that it is of.
func write(w io.Writer, modules []*module) {
	fmt.Fprint(w, "# Licences of what the programs are linked from\n\n"+
		"The provider, the command line `savings` and the runner hold code of these modules. `make licenses` writes\n"+
		"this file, from the modules themselves. The sources are at the addresses.\n\n"+
		"| Module | Licence | Source |\n|---|---|---|\n")
	owners := map[string][]string{}
	var texts []licence
	for _, m := range modules {
		fmt.Fprintf(w, "| %s | %s | %s |\n", m.title(), strings.Join(m.ids(), ", "), m.source())
		for _, file := range slices.Sorted(maps.Keys(m.licences)) {
			l := m.licences[file]
			if owners[l.text] == nil {
				texts = append(texts, l)
			}
			owners[l.text] = append(owners[l.text], "- "+m.path+": "+l.file+"\n")
		}
	}
	for _, l := range texts {
		fmt.Fprintf(w, "\n## %s\n\n%s\n", cmp.Or(l.id, "Notice"), strings.Join(owners[l.text], ""))
		for line := range strings.Lines(l.text + "\n") {
			fmt.Fprintln(w, strings.TrimRight("    "+strings.TrimRight(line, "\r\n"), " \t"))
		}
	}
}
