package acctest

import (
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
	if err := os.WriteFile(path, content, 0o700); err != nil {
		tb.Fatal(err)
	}
}
