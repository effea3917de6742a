// Package buildinfo says what a program of a release is: its version, its commit, and the runner
// that it carries.
package buildinfo

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

// Set by the release's linker flags, from the tag (see .goreleaser.yml). Any other build is named by
// what Go noted of the checkout.
var version, commit string

// Version is the release's version without a leading v. A build from a checkout has Go's pseudo-version,
// and one without version control "dev".
func Version() string {
	build, _ := debug.ReadBuildInfo()
	return versionOf(version, build)
}

func versionOf(released string, build *debug.BuildInfo) string {
	switch {
	case released != "":
		return released
	case build == nil || build.Main.Version == "" || build.Main.Version == "(devel)":
		return "dev"
	}
	return strings.TrimPrefix(build.Main.Version, "v")
}

// Commit is the full hash of the sources' commit, with "-dirty" where the checkout had changes; "unknown"
// where the build knows none.
func Commit() string {
	build, _ := debug.ReadBuildInfo()
	return commitOf(commit, build)
}

func commitOf(released string, build *debug.BuildInfo) string {
	if released != "" {
		return released
	}
	if build == nil {
		return "unknown"
	}
	noted := map[string]string{}
	for _, setting := range build.Settings {
		noted[setting.Key] = setting.Value
	}
	switch revision := noted["vcs.revision"]; {
	case revision == "":
		return "unknown"
	case noted["vcs.modified"] == "true":
		return revision + "-dirty"
	default:
		return revision
	}
}

// Package is one package of the runner that this build contains.
type Package struct {
	Architecture string `json:"architecture"`
	// PackageType is Lambda's, "Zip" or "Image".
	PackageType string `json:"package_type"`
	// Digest is an image's, "sha256:…"; a zip package has none.
	Digest     string `json:"digest,omitempty"`
	CodeSha256 string `json:"code_sha256"`
	// SizeBytes is that of the zip file, or of the image's layer.
	SizeBytes int `json:"size_bytes"`
}

// Runner lists the runner's packages. Its error is a *bundle.MissingError where the build has none.
func Runner() ([]Package, error) {
	var all []Package
	for _, architecture := range []string{bundle.ARM64, bundle.X8664} {
		content, digest, err := bundle.Zip(architecture)
		if err != nil {
			return nil, err
		}
		image, err := runnerimage.New(architecture)
		if err != nil {
			return nil, err
		}
		all = append(all,
			Package{architecture, "Zip", "", digest, len(content)},
			Package{architecture, "Image", image.Digest(), strings.TrimPrefix(image.Digest(), "sha256:"), image.LayerSize()})
	}
	return all, nil
}

// WriteRunner writes the runner's version, and a line for each of its packages.
func WriteRunner(w io.Writer, packages []Package) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "runner %s\n", runnerversion.Version)
	for _, one := range packages {
		digest := one.Digest
		if digest == "" {
			digest = one.CodeSha256
		}
		fmt.Fprintf(t, "%s\t%s\t%d bytes\t%s\n", one.Architecture, one.PackageType, one.SizeBytes, digest)
	}
	return t.Flush()
}

// Write writes what --version prints of a program: version and commit, and the runner inside. A build
// without the runner says so.
func Write(w io.Writer, program string) error {
	if _, err := fmt.Fprintf(w, "%s %s (commit %s)\n", program, Version(), Commit()); err != nil {
		return err
	}
	packages, err := Runner()
	if err != nil {
		_, err = fmt.Fprintln(w, err)
		return err
	}
	return WriteRunner(w, packages)
}
