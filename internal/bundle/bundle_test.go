package bundle

import (
	"errors"
	"testing"
	"testing/fstest"
)

func TestReadZip(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"files/runner-arm64.zip": {Data: []byte("abc")}}

	content, digest, err := readZip(fsys, ARM64)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(content), "abc"; got != want {
		t.Errorf("got content %q, want %q", got, want)
	}
	// printf abc | openssl dgst -sha256 -binary | base64
	if want := "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="; digest != want {
		t.Errorf("got digest %q, want %q", digest, want)
	}

	_, _, err = readZip(fsys, X8664)
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
