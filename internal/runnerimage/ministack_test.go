package runnerimage

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

// writes counts the requests that change a registry.
type writes struct {
	http.RoundTripper
	n atomic.Int32
}

func (w *writes) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.n.Add(1)
	}
	return w.RoundTripper.RoundTrip(r)
}

// ministack has a registry of its own, which knows nothing of go-containerregistry.
func TestPush_ministack(t *testing.T) {
	t.Parallel()
	cloud := acctest.Ministack(t)
	cfg := cloud.Config(t)
	api := ecr.NewFromConfig(cfg)
	const name = "runnerimage/tools"
	_, err := api.CreateRepository(t.Context(), &ecr.CreateRepositoryInput{
		RepositoryName: aws.String(name), ImageTagMutability: types.ImageTagMutabilityImmutable,
	})
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(cloud.URL, "http://")
	repo := repository(t, host+"/"+name)
	counted := &writes{RoundTripper: http.DefaultTransport}
	r := NewRegistry(cfg, func(_ context.Context, line string) { t.Log(line) }, WithTransport(counted))
	images := []*Image{mustNew(t, bundle.ARM64), mustNew(t, bundle.X8664)}
	push := func(repo Repository, function string, image *Image) {
		t.Helper()
		uri, err := r.Push(t.Context(), repo, function, image)
		if err != nil {
			t.Fatal(err)
		}
		if want := repo.URL + "@" + image.Digest(); uri != want {
			t.Errorf("got address %q, want %q", uri, want)
		}
	}
	for _, image := range images {
		push(repo, "one", image)
		before := counted.n.Load()
		push(repo, "one", image)
		if got := counted.n.Load() - before; got > 0 {
			t.Errorf("the second push changed something, by %d requests", got)
		}
		fetched, err := remote.Image(repo.remote.Digest(image.Digest()))
		if err != nil {
			t.Fatal(err)
		}
		if err := validate.Image(fetched); err != nil {
			t.Error(err)
		}
	}
	described, err := api.DescribeImages(t.Context(), &ecr.DescribeImagesInput{
		RepositoryName: aws.String(name),
		ImageIds:       []types.ImageIdentifier{{ImageTag: aws.String(images[0].Tag("one"))}},
	})
	if err != nil || aws.ToString(described.ImageDetails[0].ImageDigest) != images[0].Digest() {
		t.Errorf("ECR describes %v, %v; want digest %s", described, err, images[0].Digest())
	}

	_, err = r.Push(t.Context(), repository(t, host+"/runnerimage/none"), "one", images[0])
	if missing := (*RepositoryMissingError)(nil); !errors.As(err, &missing) {
		t.Errorf("got %v, want a *RepositoryMissingError", err)
	}

	// Another function's push of the same image writes its tag alone.
	before := counted.n.Load()
	push(repo, "two", images[1])
	if got := counted.n.Load() - before; got != 1 {
		t.Errorf("another function's push took %d requests that change something, want one", got)
	}
	for i, stays := range []bool{false, true} {
		// ministack deletes images alone, no tags: what another function has stays as it is.
		if err := r.Remove(t.Context(), repo, images[i].Tag("one"), images[i].Digest()); err != nil {
			t.Fatal(err)
		}
		if found, err := r.Exists(t.Context(), repo, images[i].Digest()); err != nil || found != stays {
			t.Errorf("after removing %s: exists is %v, %v; want %v", images[i].Tag("one"), found, err, stays)
		}
	}
}
