package runnerimage

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

var architectures = []string{bundle.ARM64, bundle.X8664}

// mustNew returns the image that the build has left.
func mustNew(t *testing.T, architecture string) *Image {
	t.Helper()
	image, err := New(architecture)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// An independent reading: every digest, size and media type fits.
func TestNew_isValid(t *testing.T) {
	t.Parallel()
	for _, architecture := range architectures {
		image, err := mustNew(t, architecture).v1()
		if err != nil {
			t.Fatal(err)
		}
		if err := validate.Image(image); err != nil {
			t.Errorf("%s: %v", architecture, err)
		}
	}
}

func TestNew_isAlwaysTheSame(t *testing.T) {
	t.Parallel()
	one, two := mustNew(t, bundle.ARM64), mustNew(t, bundle.ARM64)
	if one.Digest() != two.Digest() || !strings.HasPrefix(one.Digest(), "sha256:") {
		t.Errorf("got digests %q and %q, want one sha256", one.Digest(), two.Digest())
	}
	if other := mustNew(t, bundle.X8664); other.Digest() == one.Digest() {
		t.Error("both architectures have one digest")
	}
}

func TestNew_fits(t *testing.T) {
	t.Parallel()
	for _, architecture := range architectures {
		image := mustNew(t, architecture)
		size := len(image.layer) + len(image.config) + len(image.manifest)
		t.Logf("%s: %d bytes", architecture, size)
		if size > 6_000_000 {
			t.Errorf("%s: the image has %d bytes, want at most 6,000,000", architecture, size)
		}
	}
}

func TestNew_carriesCertificates(t *testing.T) {
	t.Parallel()
	content := unpackFile(t, mustNew(t, bundle.ARM64).layer, "etc/ssl/certs/ca-certificates.crt")
	names := map[string]bool{}
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		names[certificate.Subject.CommonName] = true
	}
	// The roots of AWS's own endpoints (Amazon Trust Services, "Repository").
	for _, want := range []string{
		"Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4",
		"Starfield Services Root Certificate Authority - G2",
	} {
		if !names[want] {
			t.Errorf("no root %q among %d", want, len(names))
		}
	}
}

func TestImage_Tag(t *testing.T) {
	t.Parallel()
	image := &Image{architecture: bundle.X8664, digest: v1.Hash{
		Algorithm: "sha256", Hex: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	}}
	if got, want := image.Tag("sample-ai-tools"), "savings-sample-ai-tools-x86_64-0123456789ab"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// A function's name has at most 64 characters, a tag 128.
	if got := len(image.Tag(strings.Repeat("f", 64))); got > 128 {
		t.Errorf("the longest tag has %d characters", got)
	}
}

func TestImage_WriteLayout(t *testing.T) {
	t.Parallel()
	image := mustNew(t, bundle.X8664)
	var first, second bytes.Buffer
	for _, w := range []io.Writer{&first, &second} {
		if err := image.WriteLayout(w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("writing twice gave different bytes")
	}
	dir := t.TempDir()
	unpack(t, &first, dir)
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(manifest.Manifests) != 1 || manifest.Manifests[0].Digest.String() != image.Digest() {
		t.Errorf("got manifests %v, want %s alone", manifest.Manifests, image.Digest())
	}
	want := &v1.Platform{OS: "linux", Architecture: "amd64"}
	if diff := cmp.Diff(want, manifest.Manifests[0].Platform); diff != "" {
		t.Errorf("platform (-want +got):\n%s", diff)
	}
}

// Whoever flattens the image, as a container runtime does, finds the runner at its entrypoint.
func TestImage_entrypoint(t *testing.T) {
	t.Parallel()
	image, err := mustNew(t, bundle.ARM64).v1()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := mutate.Extract(image)
	unpack(t, files, dir)
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(filepath.Join(dir, config.Config.Entrypoint[0]))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(program, []byte("\x7fELF")) {
		t.Errorf("the entrypoint begins with %q, want an ELF file", program[:4])
	}
}

// unpack writes the files of a tar below dir.
func unpack(t *testing.T, r io.Reader, dir string) {
	t.Helper()
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(header.Name))
		if header.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, header.FileInfo().Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
}

// unpackFile returns one file of a gzipped tar.
func unpackFile(t *testing.T, layer []byte, name string) []byte {
	t.Helper()
	dir := t.TempDir()
	unpack(t, gunzip(t, layer), dir)
	content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return content
}
