package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPage_isCurrent(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile("../../../templates/guides/security.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(page(), string(got)); d != "" {
		t.Errorf("templates/guides/security.md is stale; run go generate ./internal/deployer/guide:\n%s", d)
	}
}
