package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestBuild_sameBytesInEveryFolder(t *testing.T) {
	t.Parallel()
	var programs [][]byte
	for range 2 {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "go.mod"), "module example.com/tiny\n\ngo 1.24\n")
		writeFile(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(1) }\n")
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
