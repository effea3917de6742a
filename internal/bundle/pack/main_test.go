package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

func TestBuild_sameBytesInEveryFolder(t *testing.T) {
	t.Parallel()
	var programs [][]byte
	for range 2 {
		dir := tinyModule(t)
		program, err := build(t.Context(), dir, ".", "arm64")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(program, []byte("\x7fELF")) {
			t.Fatalf("got a program that begins with %q, want an ELF file", program[:4])
		}
		programs = append(programs, program)
	}
	if !bytes.Equal(programs[0], programs[1]) {
		t.Error("the same source gave different bytes in two folders")
	}
}

func tinyModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), "module example.com/tiny\n\ngo 1.24\n")
	writeFile(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(1) }\n")
	return dir
}

// users set one of Go's settings in the environment, and in the file of "go env -w".
var users = map[string]func(t *testing.T, name, value string){
	"environment": func(t *testing.T, name, value string) { t.Setenv(name, value) },
	"file": func(t *testing.T, name, value string) {
		file := filepath.Join(t.TempDir(), "env")
		writeFile(t, file, name+"="+value+"\n")
		t.Setenv("GOENV", file)
		t.Setenv(name, "") // a value in the environment would win
	},
}

func TestBuild_sameBytesForEveryUser(t *testing.T) {
	dir := tinyModule(t)
	want, err := build(t.Context(), dir, ".", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range [][2]string{
		{"GOFLAGS", "-gcflags=-N"}, {"GOEXPERIMENT", "norandomizedheapbase64"}, {"GOFIPS140", "latest"}, {"GOAMD64", "v3"},
	} {
		for where, set := range users {
			t.Run(setting[0]+" in the "+where, func(t *testing.T) {
				set(t, setting[0], setting[1])
				got, err := build(t.Context(), dir, ".", "amd64")
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Error("the program has other bytes")
				}
			})
		}
	}
}

// Where modules come from stays the user's choice.
func TestEnvironment_proxy(t *testing.T) {
	const want = "https://proxy.example.com,off"
	for where, set := range users {
		t.Run(where, func(t *testing.T) {
			set(t, "GOPROXY", want)
			env, err := environment(t.Context(), ".", "arm64")
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "go", "env", "GOPROXY")
			cmd.Env = env
			got, err := cmd.Output()
			if err != nil || strings.TrimSpace(string(got)) != want {
				t.Errorf("the build has proxy %q, %v; want %q", got, err, want)
			}
		})
	}
}

// The real runner, packed twice and from a copy of the sources in another folder, is the same to the
// byte: zip package, layer and configuration.
func TestRun_sameBytesInEveryFolder(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the runner six times")
	}
	root := filepath.Join("..", "..", "..")
	elsewhere := t.TempDir()
	for _, folder := range []string{"lambda", "internal"} {
		if err := os.CopyFS(filepath.Join(elsewhere, folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(elsewhere, file), string(content))
	}
	var first map[string]string
	for _, from := range []string{root, root, elsewhere} {
		out := t.TempDir()
		if err := run(t.Context(), from, out, "", io.Discard); err != nil {
			t.Fatal(err)
		}
		got := digests(t, out)
		if first == nil {
			first = got
		}
		if len(got) != 6 || !maps.Equal(got, first) {
			t.Errorf("from %s: got %v, want %v", from, got, first)
		}
	}
}

// digests are those of a folder's files, by name.
func digests(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = bundle.Digest(content)
	}
	return found
}

func TestPackImage(t *testing.T) {
	t.Parallel()
	program := bytes.Repeat([]byte("runner "), 1000)
	layer, config, err := packImage(program, "arm64")
	if err != nil {
		t.Fatal(err)
	}
	againLayer, againConfig, err := packImage(program, "arm64")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(layer, againLayer) || !bytes.Equal(config, againConfig) {
		t.Error("packing twice gave different bytes")
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(layer))
	if err != nil {
		t.Fatal(err)
	}
	if h := unzipped.Header; !h.ModTime.IsZero() || h.Name != "" {
		t.Errorf("the layer's header has time %v and name %q, want none", h.ModTime, h.Name)
	}
	var got []string
	archive := tar.NewReader(unzipped)
	for header, err := archive.Next(); !errors.Is(err, io.EOF); header, err = archive.Next() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %s %d:%d %s", header.FileInfo().Mode(), header.Name, header.Uid, header.Gid,
			header.ModTime.UTC().Format(time.DateOnly)))
	}
	want := []string{
		"drwxr-xr-x etc/ 0:0 1980-01-01",
		"drwxr-xr-x etc/ssl/ 0:0 1980-01-01",
		"drwxr-xr-x etc/ssl/certs/ 0:0 1980-01-01",
		"-rw-r--r-- etc/ssl/certs/ca-certificates.crt 0:0 1980-01-01",
		"drwxr-xr-x usr/ 0:0 1980-01-01",
		"drwxr-xr-x usr/local/ 0:0 1980-01-01",
		"drwxr-xr-x usr/local/bin/ 0:0 1980-01-01",
		"-rwxr-xr-x usr/local/bin/savings-runner 0:0 1980-01-01",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestPackImage_tooLarge(t *testing.T) {
	t.Parallel()
	program := make([]byte, maxLayer+1)
	_, _ = rand.NewChaCha8([32]byte{}).Read(program)
	if _, _, err := packImage(program, "arm64"); err == nil {
		t.Error("a layer over the limit was packed")
	}
}

func TestPack(t *testing.T) {
	t.Parallel()
	program := bytes.Repeat([]byte("runner "), 1000)
	content, err := pack(program)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pack(program)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(content, again) {
		t.Error("packing twice gave different bytes")
	}

	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(archive.File); got != 1 {
		t.Fatalf("got %d entries, want 1", got)
	}
	entry := archive.File[0]
	if entry.Name != "bootstrap" || entry.Mode() != 0o755 || !entry.Modified.Equal(fileTime) {
		t.Errorf("got %s, mode %v, time %v; want bootstrap, mode 0755, time %v",
			entry.Name, entry.Mode(), entry.Modified, fileTime)
	}
	reader, err := entry.Open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, program) {
		t.Error("the entry does not hold the program")
	}
}

func TestWriteChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "runner.zip")
	old := time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		content string
		keeps   bool
	}{{"one", false}, {"one", true}, {"two", false}} {
		if err := writeChanged(path, []byte(step.content)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != step.content {
			t.Errorf("got %q, want %q", got, step.content)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if kept := info.ModTime().Equal(old); kept != step.keeps {
			t.Errorf("writing %q: time kept is %v, want %v", step.content, kept, step.keeps)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
