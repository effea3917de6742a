package bundle

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"testing"
	"testing/fstest"
)

func TestDigest(t *testing.T) {
	t.Parallel()
	// printf abc | openssl dgst -sha256 -binary | base64
	const want = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
	if got := Digest([]byte("abc")); got != want {
		t.Errorf("got digest %q, want %q", got, want)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"files/runner-arm64.zip": {Data: []byte("abc")}}

	content, err := read(fsys, ZipName(ARM64), ARM64)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(content), "abc"; got != want {
		t.Errorf("got content %q, want %q", got, want)
	}

	_, err = read(fsys, ZipName(X8664), X8664)
	var missing *MissingError
	if !errors.As(err, &missing) || missing.Architecture != X8664 {
		t.Fatalf("got error %v, want a *MissingError for %s", err, X8664)
	}
	const text = "the runner for x86_64 is not in this build of the provider: run `make build`, " +
		"which makes it before it builds the provider"
	if got := err.Error(); got != text {
		t.Errorf("got message %q, want %q", got, text)
	}
}

// What the build has put in is a program of the right processor.
func TestZip_bundled(t *testing.T) {
	t.Parallel()
	for architecture, machine := range map[string]elf.Machine{
		ARM64: elf.EM_AARCH64, X8664: elf.EM_X86_64,
	} {
		content, _, err := Zip(architecture)
		if missing := (*MissingError)(nil); errors.As(err, &missing) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		entry, err := archive.Open("bootstrap")
		if err != nil {
			t.Fatal(err)
		}
		program, err := io.ReadAll(entry)
		if err != nil {
			t.Fatal(err)
		}
		file, err := elf.NewFile(bytes.NewReader(program))
		if err != nil {
			t.Fatal(err)
		}
		if file.Machine != machine || file.Section(".interp") != nil {
			t.Errorf("%s: got machine %v, interpreter %v; want %v and a static program", architecture,
				file.Machine, file.Section(".interp") != nil, machine)
		}
	}
}
