package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// write puts a text where --output says: stdout where it is "" or "-".
func (p *program) write(path, text string) error {
	write := func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	if path == "" || path == "-" {
		return write(p.stdout)
	}
	return writeFile(path, write)
}

// writeFile writes a file that is there whole, or not at all; one that was there keeps its mode. Links
// are followed, and what is no file, such as a pipe or /dev/null, or cannot be replaced, is written
// through.
func writeFile(path string, write func(io.Writer) error) error {
	target, mode, err := replaceable(path)
	switch {
	case err != nil:
	case target == "":
		err = writeThrough(path, write)
	default:
		err = replaceFile(target, mode, write)
		if mode != 0 && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EBUSY)) {
			err = writeThrough(path, write) // a folder that is not ours, or a file that is a mount
		}
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}

// replaceable finds the regular file, or the free place for one, that a path leads to, with the mode
// that is to be kept, 0 for a new file. The target is "" where the path leads to anything else.
func replaceable(path string) (target string, mode fs.FileMode, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(path); err == nil {
			return "", 0, nil // a link to a file that is not there yet
		}
		return path, 0, nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return "", 0, err
	}
	target, err = filepath.EvalSymlinks(path)
	return target, info.Mode().Perm(), err
}

func writeThrough(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// replaceFile writes beside the target, in a folder of its own so that a new file's mode is what the
// umask leaves of 0644.
func replaceFile(target string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(target), ".savings-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fresh := filepath.Join(dir, filepath.Base(target))
	if err := writeThrough(fresh, write); err != nil {
		return err
	}
	if mode != 0 {
		if err := os.Chmod(fresh, mode); err != nil {
			return err
		}
	}
	return os.Rename(fresh, target)
}
