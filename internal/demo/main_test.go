package main

import (
	"bytes"
	"runtime"
	"testing"
)

// TestDemo is the end-to-end test: the demo is the whole path, with no part of it faked.
func TestDemo(t *testing.T) {
	t.Parallel()
	testDemo(t, false)
}

// TestDemo_image goes by way of an OCI registry: what runs is the image that was fetched from it.
func TestDemo_image(t *testing.T) {
	t.Parallel()
	testDemo(t, true)
}

func testDemo(t *testing.T, image bool) {
	t.Helper()
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("waits for a schedule to fire, on Linux")
	}
	var out bytes.Buffer
	err := run(t.Context(), "../..", &out, image)
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
}
