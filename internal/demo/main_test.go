package main

import (
	"bytes"
	"runtime"
	"testing"
)

// TestDemo is the end-to-end test: the demo is the whole path, with no part of it faked.
func TestDemo(t *testing.T) {
	t.Parallel()
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("waits for a schedule to fire, on Linux")
	}
	var out bytes.Buffer
	err := run(t.Context(), "../..", &out)
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
}
