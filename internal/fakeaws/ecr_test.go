package fakeaws_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// registry is a fake AWS with a repository, and go-containerregistry logged in to it.
type registry struct {
	*fakeaws.AWS
	client *ecr.Client
	opts   []remote.Option
}

func newRegistry(t *testing.T, repo fakeaws.ECRRepository) *registry {
	t.Helper()
	a := fakeaws.Start(t)
	a.ECR().PutRepository(repo)
	r := &registry{AWS: a, client: ecr.NewFromConfig(a.Config())}
	out, err := r.client.GetAuthorizationToken(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	data := out.AuthorizationData[0]
	if got := time.Until(aws.ToTime(data.ExpiresAt)).Round(time.Hour); got != 12*time.Hour {
		t.Errorf("the token ends in %v, want 12h", got)
	}
	plain, err := base64.StdEncoding.DecodeString(aws.ToString(data.AuthorizationToken))
	if err != nil {
		t.Fatal(err)
	}
	user, password, _ := strings.Cut(string(plain), ":")
	r.opts = []remote.Option{
		remote.WithContext(t.Context()), remote.WithTransport(a.RegistryTransport()),
		remote.WithAuth(&authn.Basic{Username: user, Password: password}),
		remote.WithRetryBackoff(remote.Backoff{Duration: time.Millisecond, Steps: 1}),
	}
	return r
}

func (r *registry) tag(t *testing.T, tag string) name.Tag {
	t.Helper()
	ref, err := name.NewTag(r.ECR().URL("tools") + ":" + tag)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func image(t *testing.T) (v1.Image, string) {
	t.Helper()
	image, err := random.Image(1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return image, digest.String()
}

func (r *registry) wantImages(t *testing.T, want map[string][]string) {
	t.Helper()
	repo, _ := r.ECR().Repository("tools")
	if diff := cmp.Diff(want, repo.Images); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
}

// wantRefused checks how a registry refuses.
func wantRefused(t *testing.T, err error, status int, code transport.ErrorCode, text string) {
	t.Helper()
	refused := (*transport.Error)(nil)
	if !errors.As(err, &refused) || refused.StatusCode != status || len(refused.Errors) != 1 ||
		refused.Errors[0].Code != code || !strings.Contains(refused.Errors[0].Message, text) {
		t.Errorf("got %v; want status %d, code %s, %q", err, status, code, text)
	}
}

func TestECR_registry(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, fakeaws.ECRRepository{Name: "tools"})
	one, digest := image(t)
	if err := remote.Write(r.tag(t, "one"), one, r.opts...); err != nil {
		t.Fatal(err)
	}
	r.wantImages(t, map[string][]string{digest: {"one"}})
	if got := len(r.ECR().Uploads()); got != 2 {
		t.Errorf("got %d uploads, want layer and configuration", got)
	}
	got, err := remote.Get(r.tag(t, "one"), r.opts...)
	if err != nil || got.Digest.String() != digest {
		t.Errorf("got %v, %v; want %s", got, err, digest)
	}
	if want := []string{"image tools@" + digest}; !slices.Equal(r.Leftovers(), want) {
		t.Errorf("got leftovers %v, want %v", r.Leftovers(), want)
	}

	// A tag of a mutable repository moves; the image that loses it stays.
	two, other := image(t)
	if err := remote.Write(r.tag(t, "one"), two, r.opts...); err != nil {
		t.Fatal(err)
	}
	r.wantImages(t, map[string][]string{digest: {}, other: {"one"}})
	r.ECR().RemoveImage("tools", other)
	r.wantImages(t, map[string][]string{digest: {}})
	if _, err := remote.Head(r.tag(t, "one"), r.opts...); err == nil {
		t.Error("a removed image is still there")
	}
}

func TestECR_registryRefuses(t *testing.T) {
	t.Parallel()
	t.Run("requests without login", func(t *testing.T) {
		t.Parallel()
		r := newRegistry(t, fakeaws.ECRRepository{Name: "tools"})
		for _, auth := range []authn.Authenticator{
			authn.Anonymous, &authn.Basic{Username: "AWS", Password: "guess"},
		} {
			_, err := remote.Get(r.tag(t, "one"), append(r.opts, remote.WithAuth(auth))...)
			wantRefused(t, err, http.StatusUnauthorized, transport.UnauthorizedErrorCode, "Not Authorized")
		}
	})
	t.Run("a repository that is not there", func(t *testing.T) {
		t.Parallel()
		r := newRegistry(t, fakeaws.ECRRepository{Name: "other"})
		one, _ := image(t)
		wantRefused(t, remote.Write(r.tag(t, "one"), one, r.opts...), http.StatusNotFound,
			transport.NameUnknownErrorCode, "The repository with name 'tools' does not exist in the registry "+
				"with id '123456789012'")
	})
	t.Run("to move an immutable tag", func(t *testing.T) {
		t.Parallel()
		r := newRegistry(t, fakeaws.ECRRepository{Name: "tools", Immutable: true})
		one, digest := image(t)
		if err := remote.Write(r.tag(t, "one"), one, r.opts...); err != nil {
			t.Fatal(err)
		}
		two, _ := image(t)
		wantRefused(t, remote.Write(r.tag(t, "one"), two, r.opts...), http.StatusBadRequest,
			transport.TagInvalidErrorCode, "The image tag 'one' already exists in the 'tools' repository and "+
				"cannot be overwritten because the repository is immutable.")
		r.wantImages(t, map[string][]string{digest: {"one"}})
	})
	t.Run("a manifest whose blobs are missing", func(t *testing.T) {
		t.Parallel()
		r := newRegistry(t, fakeaws.ECRRepository{Name: "tools"})
		one, _ := image(t)
		wantRefused(t, remote.Put(r.tag(t, "one"), one, r.opts...), http.StatusNotFound,
			transport.ManifestBlobUnknownErrorCode, "no blob")
	})
	t.Run("what a fault says", func(t *testing.T) {
		t.Parallel()
		r := newRegistry(t, fakeaws.ECRRepository{Name: "tools"})
		r.Fail(fakeaws.Match{Service: "ecr", Operation: "PutImage", Name: "tools/one"},
			fakeaws.Fault{Code: "DENIED", Message: "no", Status: http.StatusForbidden})
		one, _ := image(t)
		wantRefused(t, remote.Write(r.tag(t, "one"), one, r.opts...), http.StatusForbidden,
			transport.DeniedErrorCode, "no")
		r.wantImages(t, map[string][]string{})
	})
}

func TestECR_cutUpload(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, fakeaws.ECRRepository{Name: "tools"})
	r.Fail(fakeaws.Match{Service: "ecr", Operation: "UploadLayerPart"}, fakeaws.Fault{Reset: true})
	one, _ := image(t)
	if err := remote.Write(r.tag(t, "one"), one, r.opts...); err == nil {
		t.Error("a push with cut uploads succeeded")
	}
	if got := r.ECR().Uploads(); len(got) > 0 {
		t.Errorf("got uploads %v, want none", got)
	}
}

// Requests to the registry have the names of the rights that they take.
func TestECR_requests(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, fakeaws.ECRRepository{Name: "tools"})
	one, _ := image(t)
	if err := remote.Write(r.tag(t, "one"), one, r.opts...); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, request := range r.Requests() {
		if request.Service != "ecr" {
			t.Errorf("got a request to %s", request.Service)
		}
		seen[request.Operation] = true
	}
	for _, want := range []string{
		"GetAuthorizationToken", "BatchGetImage", "BatchCheckLayerAvailability", "InitiateLayerUpload",
		"UploadLayerPart", "CompleteLayerUpload", "PutImage",
	} {
		if !seen[want] {
			t.Errorf("no request is a %s", want)
		}
		delete(seen, want)
	}
	if len(seen) > 0 {
		t.Errorf("got other requests: %v", seen)
	}
}

func TestECR_BatchDeleteImage(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, fakeaws.ECRRepository{Name: "tools"})
	one, digest := image(t)
	for _, tag := range []string{"one", "two", "three"} {
		if err := remote.Write(r.tag(t, tag), one, r.opts...); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(id types.ImageIdentifier) []types.ImageFailure {
		t.Helper()
		out, err := r.client.BatchDeleteImage(t.Context(), &ecr.BatchDeleteImageInput{
			RepositoryName: aws.String("tools"), ImageIds: []types.ImageIdentifier{id},
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Failures
	}
	remove(types.ImageIdentifier{ImageTag: aws.String("one")})
	r.wantImages(t, map[string][]string{digest: {"two", "three"}})
	failures := remove(types.ImageIdentifier{ImageTag: aws.String("one")})
	if len(failures) != 1 || failures[0].FailureCode != types.ImageFailureCodeImageNotFound {
		t.Errorf("got failures %v, want ImageNotFound", failures)
	}
	remove(types.ImageIdentifier{ImageDigest: aws.String(digest)})
	r.wantImages(t, map[string][]string{})
	if err := remote.Write(r.tag(t, "one"), one, r.opts...); err != nil {
		t.Fatal(err)
	}
	remove(types.ImageIdentifier{ImageTag: aws.String("one")})
	r.wantImages(t, map[string][]string{})
}

func TestECR_describe(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, fakeaws.ECRRepository{Name: "tools", Immutable: true, LifecyclePolicy: `{"rules":[]}`})
	repos, err := r.client.DescribeRepositories(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := repos.Repositories[0]; aws.ToString(got.RepositoryUri) != r.ECR().URL("tools") ||
		got.ImageTagMutability != types.ImageTagMutabilityImmutable {
		t.Errorf("got repository %+v", got)
	}
	policy, err := r.client.GetLifecyclePolicy(t.Context(),
		&ecr.GetLifecyclePolicyInput{RepositoryName: aws.String("tools")})
	if err != nil || aws.ToString(policy.LifecyclePolicyText) != `{"rules":[]}` {
		t.Errorf("got policy %v, %v", policy, err)
	}
	one, digest := image(t)
	if err := remote.Write(r.tag(t, "one"), one, r.opts...); err != nil {
		t.Fatal(err)
	}
	images, err := r.client.DescribeImages(t.Context(), &ecr.DescribeImagesInput{
		RepositoryName: aws.String("tools"),
		ImageIds:       []types.ImageIdentifier{{ImageTag: aws.String("one")}},
	})
	if err != nil || len(images.ImageDetails) != 1 || aws.ToString(images.ImageDetails[0].ImageDigest) != digest {
		t.Errorf("got images %v, %v", images, err)
	}
	_, err = r.client.DescribeImages(t.Context(), &ecr.DescribeImagesInput{
		RepositoryName: aws.String("tools"),
		ImageIds:       []types.ImageIdentifier{{ImageTag: aws.String("two")}},
	})
	if missing := (*types.ImageNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("got %v, want ImageNotFoundException", err)
	}

	r.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools"})
	_, err = r.client.GetLifecyclePolicy(t.Context(), &ecr.GetLifecyclePolicyInput{RepositoryName: aws.String("tools")})
	if missing := (*types.LifecyclePolicyNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("got %v, want LifecyclePolicyNotFoundException", err)
	}
	r.ECR().RemoveRepository("tools")
	_, err = r.client.GetLifecyclePolicy(t.Context(), &ecr.GetLifecyclePolicyInput{RepositoryName: aws.String("tools")})
	if missing := (*types.RepositoryNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("got %v, want RepositoryNotFoundException", err)
	}
}
