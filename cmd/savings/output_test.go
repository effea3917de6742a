//go:build unix

package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// holds checks what a file holds, and what it is: a regular file of this mode where no type is in it.
func holds(t *testing.T, path, want string, mode fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != mode {
		t.Errorf("%s has mode %v, want %v", filepath.Base(path), info.Mode(), mode)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds %q, want %q", filepath.Base(path), got, want)
	}
}

func onlyEntries(t *testing.T, dir string, want int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != want {
		t.Errorf("the folder has %v, want %d entries", entries, want)
	}
}

func TestWriteFile_regular(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o644); err != nil { // what the umask leaves of it
		t.Fatal(err)
	}
	info, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path, text("one")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "one", info.Mode())
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path, text("two")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "two", 0o600)

	broken := errors.New("broken")
	err = writeFile(path, func(w io.Writer) error { return errors.Join(text("three")(w), broken) })
	if !errors.Is(err, broken) {
		t.Errorf("got error %v, want the writer's", err)
	}
	holds(t, path, "two", 0o600)
	onlyEntries(t, dir, 2)
}

// A file of ours in a folder that is not.
func TestWriteFile_closedFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	if err := os.WriteFile(path, []byte("longer than two"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	if err := writeFile(path, text("two")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "two", 0o600)
	if err := writeFile(filepath.Join(dir, "other"), text("two")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a new file: got error %v, want a refusal", err)
	}
}

func TestWriteFile_links(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	link, target := filepath.Join(dir, "link"), filepath.Join(elsewhere, "target")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"made", "replaced"} {
		if err := writeFile(link, text(want)); err != nil {
			t.Fatal(err)
		}
		if to, err := os.Readlink(link); err != nil || to != target {
			t.Errorf("the link leads to %q, %v; want %q", to, err, target)
		}
		got, err := os.ReadFile(target)
		if err != nil || string(got) != want {
			t.Errorf("the target holds %q, %v; want %q", got, err, want)
		}
	}
	onlyEntries(t, dir, 1)
	onlyEntries(t, elsewhere, 1)
}

func TestWriteFile_pipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0) // the opening waits for no writer
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := writeFile(pipe, text("through")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(pipe)
	if err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Fatalf("the pipe is %v, %v", info.Mode(), err)
	}
	got := make([]byte, len("through"))
	if _, err := io.ReadFull(reader, got); err != nil || string(got) != "through" {
		t.Errorf("got %q, %v; want what was written", got, err)
	}
	onlyEntries(t, dir, 1)
}

func TestWriteFile_device(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "link") // even where root runs this test, /dev/null would stay
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(link, text("lost")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		t.Errorf("%s is %v, %v", os.DevNull, info, err)
	}
	if to, err := os.Readlink(link); err != nil || to != os.DevNull {
		t.Errorf("the link leads to %q, %v", to, err)
	}
}
