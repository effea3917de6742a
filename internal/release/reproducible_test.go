package release_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// Both programs, built once more from a copy of the sources in another folder, have the release's bytes.
func TestReproducible(t *testing.T) {
	t.Parallel()
	r := open(t)
	root, elsewhere := acctest.Root(t), t.TempDir()
	for _, folder := range []string{"cmd", "internal", "provider"} {
		if err := os.CopyFS(filepath.Join(elsewhere, folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum", "main.go"} {
		if err := os.WriteFile(filepath.Join(elsewhere, file), read(t, filepath.Join(root, file)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const buildinfo = "github.com/spin-dd/terraform-provider-savings/internal/buildinfo"
	linker := fmt.Sprintf("-s -w -buildid= -X %s.version=%s -X %s.commit=%s", buildinfo, r.Version, buildinfo, r.Commit)
	dir := r.unpack(t)
	for program, pkg := range map[string]string{project: ".", "savings": "./cmd/savings"} {
		built := filepath.Join(elsewhere, "built")
		cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", linker,
			"-o", built, pkg)
		cmd.Dir = elsewhere
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		if runtime.GOOS == "windows" {
			program += ".exe"
		}
		if !bytes.Equal(read(t, built), read(t, filepath.Join(dir, program))) {
			t.Errorf("%s, built again, has other bytes than the release's", program)
		}
	}
}
