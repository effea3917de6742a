package runnerimage

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

var listeningOn = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)

// startDockerRegistry runs Docker's own registry, where the machine has it, and returns its address.
func startDockerRegistry(t *testing.T, deletes bool) string {
	t.Helper()
	path, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("no docker-registry here")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yml")
	err = os.WriteFile(config, []byte(fmt.Sprintf("version: 0.1\nstorage:\n  filesystem: {rootdirectory: %s}\n"+
		"  delete: {enabled: %v}\nhttp: {addr: \"127.0.0.1:0\"}\n", dir, deletes)), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "serve", config)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if m := listeningOn.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	t.Cleanup(func() {
		<-done // the test's context has ended it
		_ = cmd.Wait()
	})
	select {
	case address := <-found:
		return address
	case <-done:
		t.Fatal("docker-registry ended before it listened")
		return ""
	}
}

func TestPush_dockerRegistry(t *testing.T) {
	t.Parallel()
	for name, deletes := range map[string]bool{"that deletes": true, "that deletes nothing": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repo := repository(t, startDockerRegistry(t, deletes)+"/team/tools")
			counted := &writes{RoundTripper: http.DefaultTransport}
			var lines []string
			r := NewRegistry(aws.Config{Region: "us-east-1"},
				func(_ context.Context, line string) { lines = append(lines, line) }, WithTransport(counted))
			image := mustNew(t, bundle.ARM64)
			var before int32
			for _, function := range []string{"one", "one", "two"} {
				before = counted.n.Load()
				if _, err := r.Push(t.Context(), repo, function, image); err != nil {
					t.Fatal(err)
				}
			}
			if got := counted.n.Load() - before; got != 1 {
				t.Errorf("another function's push took %d requests that change something, want one", got)
			}
			fetched, err := remote.Image(repo.remote.Digest(image.Digest()))
			if err != nil {
				t.Fatal(err)
			}
			if err := validate.Image(fetched); err != nil {
				t.Error(err)
			}
			if err := r.Remove(t.Context(), repo, image.Tag("one"), image.Digest()); err != nil {
				t.Fatal(err)
			}
			wantThere(t, r, repo, image, true) // the other function has it
			alone := mustNew(t, bundle.X8664)
			if _, err := r.Push(t.Context(), repo, "one", alone); err != nil {
				t.Fatal(err)
			}
			lines = nil
			if err := r.Remove(t.Context(), repo, alone.Tag("one"), alone.Digest()); err != nil {
				t.Fatal(err)
			}
			wantThere(t, r, repo, alone, !deletes)
			want := "the registry at " + repo.Host + " does not delete tag " + alone.Tag("one") + " of team/tools; it stays"
			if says := slices.Contains(lines, want); says == deletes {
				t.Errorf("got lines %q; want one of the tag that stays: %v", lines, !deletes)
			}
		})
	}
}

func wantThere(t *testing.T, r *Registry, repo Repository, image *Image, want bool) {
	t.Helper()
	if got, err := r.Exists(t.Context(), repo, image.Digest()); err != nil || got != want {
		t.Errorf("%s: exists is %v, %v; want %v", image.Architecture(), got, err, want)
	}
}
