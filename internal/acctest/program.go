package acctest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
)

// WriteProgram writes a program that can be run at once. A child that another test starts meanwhile
// would inherit the open file, and nobody could run it ("text file busy").
func WriteProgram(tb testing.TB, path string, content []byte) {
	tb.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, content, 0o700); err != nil { //nolint:gosec // it is run
		tb.Fatal(err)
	}
}

// Zip is an archive of one file, such as a function's package with its bootstrap.
func Zip(tb testing.TB, name, content string) []byte {
	tb.Helper()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	file, err := archive.Create(name)
	if err == nil {
		_, err = io.WriteString(file, content)
	}
	if err := errors.Join(err, archive.Close()); err != nil {
		tb.Fatal(err)
	}
	return packed.Bytes()
}
