package tfcli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if _, err := Find(root, "savings-no-such-tool"); !errors.As(err, new(*NotFoundError)) {
		t.Errorf("got %v, want a *NotFoundError", err)
	}
	path := filepath.Join(root, ".local", "bin", "savings-no-such-tool")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Find(root, "savings-no-such-tool")
	if err != nil || got != path {
		t.Errorf("got %q and %v, want %q", got, err, path)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	root, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{".local/bin/tofu", "bin/terraform-provider-savings"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if name == ".local/bin/tofu" {
			if _, err := New(root, dir, Tofu, nil); err == nil {
				t.Error("no provider is built: got no error")
			}
		}
		if err := os.WriteFile(path, nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c, err := New(root, t.TempDir(), Tofu, []string{"AWS_REGION=eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"AWS_REGION=eu-west-1", "TF_IN_AUTOMATION=1"} {
		if !slices.Contains(c.env, want) {
			t.Errorf("environment: got %q, want %s in it", c.env, want)
		}
	}
	matches, err := filepath.Glob(filepath.Join(c.home, "mirror", "registry.opentofu.org", "spin-dd",
		"savings", mirrorVersion, "*", "terraform-provider-savings_v"+mirrorVersion))
	if err != nil || len(matches) != 1 {
		t.Errorf("mirror: got %q and %v, want one provider", matches, err)
	}
}
