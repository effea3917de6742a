// Package release_test looks at a release as tools/release/snapshot.sh builds it: its files, what is in
// them, and whether OpenTofu and Terraform install the provider from it.
package release_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

var dist = flag.String("dist", ".local/snapshot", "the release's `FOLDER`, seen from the module's root")

const (
	project  = "terraform-provider-savings"
	runner   = "savings-runner"
	host     = runtime.GOOS + "_" + runtime.GOARCH
	snapshot = ".local/snapshot" // for this platform alone
)

// release is a release's folder.
type release struct{ Dir, Version, Commit string }

// open reads which release is in the folder.
func open(t *testing.T) release {
	t.Helper()
	if testing.Short() {
		t.Skip("looks at a release")
	}
	r := release{Dir: filepath.Join(acctest.Root(t), *dist)}
	content, err := os.ReadFile(filepath.Join(r.Dir, "metadata.json"))
	if errors.Is(err, os.ErrNotExist) {
		t.Fatalf("no release in %s: run make %s/metadata.json", r.Dir, snapshot)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// platforms are those that the release is built for.
func platforms() []string {
	if *dist == snapshot {
		return []string{host}
	}
	return []string{"darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64", "windows_amd64", "windows_arm64"}
}

// file is the path of PROGRAM_VERSION_REST.
func (r release) file(program, rest string) string {
	return filepath.Join(r.Dir, program+"_"+r.Version+"_"+rest)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// sums are the lines of SHA256SUMS by file name.
func (r release) sums(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for line := range strings.Lines(string(read(t, r.file(project, "SHA256SUMS")))) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			t.Fatalf("SHA256SUMS: the line %q", line)
		}
		sums[name] = sum
	}
	return sums
}

func TestChecksums(t *testing.T) {
	t.Parallel()
	r := open(t)
	var want []string
	name := func(program, rest string) { want = append(want, filepath.Base(r.file(program, rest))) }
	name(project, "manifest.json")
	for _, architecture := range []string{"arm64", "x86_64"} {
		for _, kind := range []string{".zip", ".oci.tar", ".cdx.json"} {
			name(runner, architecture+kind)
		}
	}
	for _, platform := range platforms() {
		name(project, platform+".zip")
		name(project, platform+".cdx.json")
		name("savings", platform+".tar.gz")
		name("savings", platform+".cdx.json")
	}
	slices.Sort(want)
	sums := r.sums(t)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(sums))); diff != "" {
		t.Errorf("files in SHA256SUMS (-want +got):\n%s", diff)
	}
	for name, sum := range sums {
		if got := hash(read(t, filepath.Join(r.Dir, name))); got != sum {
			t.Errorf("%s: has the sum %s, SHA256SUMS says %s", name, got, sum)
		}
	}
}

// A snapshot leaves the public half of the key that it threw away.
func TestSignature(t *testing.T) {
	t.Parallel()
	r := open(t)
	if _, err := exec.LookPath("gpg"); err != nil && os.Getenv("CI") == "" {
		t.Skip("gpg is not on the PATH")
	}
	// Not t.TempDir: a socket of gpg's goes in there, whose path may not be long.
	home, err := os.MkdirTemp("/tmp", "gpg.")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	gpg := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "gpg", append([]string{"--batch", "--homedir", home}, args...)...)
		output, err := cmd.CombinedOutput()
		return string(output), err
	}
	if output, err := gpg("--import", filepath.Join(r.Dir, "snapshot-key.asc")); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	sums := r.file(project, "SHA256SUMS")
	if output, err := gpg("--verify", sums+".sig", sums); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// Registry documentation, "Publishing providers": the manifest names the protocol's version.
func TestManifest(t *testing.T) {
	t.Parallel()
	r := open(t)
	var got struct {
		Version  int
		Metadata struct {
			ProtocolVersions []string `json:"protocol_versions"`
		}
	}
	if err := json.Unmarshal(read(t, r.file(project, "manifest.json")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || !slices.Equal(got.Metadata.ProtocolVersions, []string{"6.0"}) {
		t.Errorf("got %+v, want version 1 and protocol 6.0", got)
	}
}

// entry is a file in an archive.
type entry struct {
	mode    os.FileMode
	content []byte
}

func unzip(t *testing.T, content []byte) map[string]entry {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]entry{}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		entries[file.Name] = entry{file.Mode(), content}
	}
	return entries
}

func untar(t *testing.T, content []byte) map[string]entry {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]entry{}
	archive := tar.NewReader(unzipped)
	for header, err := archive.Next(); !errors.Is(err, io.EOF); header, err = archive.Next() {
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		entries[header.Name] = entry{header.FileInfo().Mode(), content}
	}
	return entries
}

// Each archive has its program, the licence and, where the repository has them, the notices of others.
func TestArchives(t *testing.T) {
	t.Parallel()
	r := open(t)
	root := acctest.Root(t)
	for _, platform := range platforms() {
		extension := ""
		if strings.HasPrefix(platform, "windows") {
			extension = ".exe"
		}
		for program, entries := range map[string]map[string]entry{
			project + "_v" + r.Version + extension: unzip(t, read(t, r.file(project, platform+".zip"))),
			"savings" + extension:                  untar(t, read(t, r.file("savings", platform+".tar.gz"))),
		} {
			want := map[string]os.FileMode{program: 0o755}
			for _, pattern := range []string{"LICENSE*", "THIRD_PARTY_*"} {
				texts, err := filepath.Glob(filepath.Join(root, pattern))
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range texts {
					want[filepath.Base(text)] = 0o644
					if !bytes.Equal(entries[filepath.Base(text)].content, read(t, text)) {
						t.Errorf("%s, %s: the archive's %s is not ours", platform, program, filepath.Base(text))
					}
				}
			}
			got := map[string]os.FileMode{}
			for name, e := range entries {
				got[name] = e.mode
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: files and modes (-want +got):\n%s", platform, diff)
			}
		}
	}
}

// What the action and the examples download is a file of the release.
func TestDownloads(t *testing.T) {
	t.Parallel()
	r := open(t)
	sums := r.sums(t)
	download := regexp.MustCompile(`(?:terraform-provider-)?savings_\$\{(?:version|VERSION)\}_([^\s"/\\]+)`)
	platform := regexp.MustCompile(`^(?:\$\{os\}|linux)_(?:\$\{arch\}|\$\{TARGETARCH\}|amd64)`)
	version := regexp.MustCompile(`\$\{(?:version|VERSION)\}`)
	for _, path := range []string{
		".github/actions/review/review.sh", "examples/ci/gitlab.yml", "examples/docker/Dockerfile",
	} {
		found := download.FindAllStringSubmatch(string(read(t, filepath.Join(acctest.Root(t), path))), -1)
		if len(found) < 2 {
			t.Errorf("%s: %d downloads, want at least 2", path, len(found))
		}
		for _, m := range found {
			name := version.ReplaceAllLiteralString(strings.TrimSuffix(m[0], m[1]), r.Version) +
				platform.ReplaceAllLiteralString(m[1], host)
			if sums[name] == "" && m[1] != "SHA256SUMS" {
				t.Errorf("%s downloads %s, and the release has %v", path, name, slices.Sorted(maps.Keys(sums)))
			}
		}
	}
}

// component is one of an SBOM.
type component struct{ Name, Version string }

// Each SBOM is CycloneDX, of this release, and lists what only that program links.
func TestSBOM(t *testing.T) {
	t.Parallel()
	r := open(t)
	links := map[string]string{
		project:   "github.com/hashicorp/terraform-plugin-framework",
		"savings": "golang.org/x/sys",
		runner:    "github.com/aws/aws-lambda-go",
	}
	for program, module := range links {
		suffixes := platforms()
		if program == runner {
			suffixes = []string{"arm64", "x86_64"}
		}
		for _, suffix := range suffixes {
			var bom struct {
				BOMFormat  string `json:"bomFormat"`
				Metadata   struct{ Component component }
				Components []component
			}
			if err := json.Unmarshal(read(t, r.file(program, suffix+".cdx.json")), &bom); err != nil {
				t.Fatal(err)
			}
			want := component{"github.com/spin-dd/terraform-provider-savings", "v" + r.Version}
			if bom.BOMFormat != "CycloneDX" || bom.Metadata.Component != want {
				t.Errorf("%s %s: a %s of %v, want %v", program, suffix, bom.BOMFormat, bom.Metadata.Component, want)
			}
			for _, name := range []string{module, "std"} {
				if !slices.ContainsFunc(bom.Components, func(c component) bool { return c.Name == name && c.Version != "" }) {
					t.Errorf("%s %s: %s is not among the %d components", program, suffix, name, len(bom.Components))
				}
			}
		}
	}
}

// unpack writes this platform's programs to a folder, the provider as PROJECT and the command line as
// savings.
func (r release) unpack(t *testing.T) string {
	t.Helper()
	dir, extension := t.TempDir(), ""
	if runtime.GOOS == "windows" {
		extension = ".exe"
	}
	provider := unzip(t, read(t, r.file(project, host+".zip")))[project+"_v"+r.Version+extension]
	savings := untar(t, read(t, r.file("savings", host+".tar.gz")))["savings"+extension]
	for name, e := range map[string]entry{project: provider, "savings": savings} {
		acctest.WriteProgram(t, filepath.Join(dir, name+extension), e.content)
	}
	return dir
}

// Both programs say which release they are and which runner they carry: the one that lies beside them.
func TestVersion(t *testing.T) {
	t.Parallel()
	r := open(t)
	dir := r.unpack(t)
	run := func(program string, args ...string) string {
		output, err := exec.CommandContext(t.Context(), filepath.Join(dir, program), args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(output)
	}
	digests := run("savings", "runner", "digest")
	for _, program := range []string{project, "savings"} {
		want := fmt.Sprintf("%s %s (commit %s)\n%s", program, r.Version, r.Commit, digests)
		if diff := cmp.Diff(want, run(program, "--version")); diff != "" {
			t.Errorf("%s --version (-want +got):\n%s", program, diff)
		}
	}
	for _, architecture := range []string{"arm64", "x86_64"} {
		for command, extension := range map[string]string{"zip": ".zip", "image": ".oci.tar"} {
			got := read(t, r.file(runner, architecture+extension))
			want := run("savings", "runner", command, "--arch", architecture, "--output", "-")
			if !bytes.Equal(got, []byte(want)) {
				t.Errorf("the release's %s for %s is not what savings carries", command, architecture)
			}
		}
	}
}
