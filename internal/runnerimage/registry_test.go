package runnerimage

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// cloud is a fake AWS with a repository "tools", and what speaks to it under ECR's own name.
type cloud struct {
	*fakeaws.AWS
	*Registry
	repo Repository

	mu    sync.Mutex
	lines []string
}

func (c *cloud) log(_ context.Context, line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, line)
}

func newCloud(t *testing.T, opts ...Option) *cloud {
	t.Helper()
	c := &cloud{AWS: fakeaws.Start(t)}
	c.AWS.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools", Immutable: true})
	c.repo = repository(t, c.AWS.ECR().URL("tools"))
	opts = append([]Option{WithTransport(c.RegistryTransport()), WithBackoff(time.Millisecond)}, opts...)
	c.Registry = NewRegistry(c.AWS.Config(), c.log, opts...)
	return c
}

// local is the same repository on the fake's loopback address.
func (c *cloud) local(t *testing.T) Repository {
	t.Helper()
	return repository(t, strings.TrimPrefix(c.URL(), "http://")+"/tools")
}

func repository(t *testing.T, url string) Repository {
	t.Helper()
	repo, err := ParseRepository(url)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// small is an image that differs by its word and is quick to push.
func small(t *testing.T, word string) *Image {
	t.Helper()
	b := newBad()
	b.compressed = []byte(strings.Repeat(word, 100_000))
	image := b.image(t)
	again, err := newImage(bundle.ARM64, image.layer, image.config)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func (c *cloud) mustPush(t *testing.T, repo Repository, function string, image *Image) {
	t.Helper()
	uri, err := c.Push(t.Context(), repo, function, image)
	if err != nil {
		t.Fatal(err)
	}
	if want := repo.URL + "@" + image.Digest(); uri != want {
		t.Errorf("got address %q, want %q", uri, want)
	}
}

// images are the tags of each image that the repository has, by digest.
func (c *cloud) images(t *testing.T) map[string][]string {
	t.Helper()
	repo, ok := c.AWS.ECR().Repository("tools")
	if !ok {
		t.Fatal("there is no repository")
	}
	return repo.Images
}

func (c *cloud) wantImages(t *testing.T, want map[string][]string) {
	t.Helper()
	if diff := cmp.Diff(want, c.images(t)); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
}

// count is how many requests of an operation there were.
func (c *cloud) count(operation string) int {
	n := 0
	for _, r := range c.Requests() {
		if r.Service == "ecr" && r.Operation == operation {
			n++
		}
	}
	return n
}

func TestPush_bundledImage(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, architecture := range architectures {
		image := mustNew(t, architecture)
		c.mustPush(t, c.repo, "sample-ai-tools", image)
		found, err := c.Exists(t.Context(), c.repo, image.Digest())
		if err != nil || !found {
			t.Errorf("%s: exists is %v, %v", architecture, found, err)
		}
		if got, want := c.images(t)[image.Digest()], []string{image.Tag("sample-ai-tools")}; !slices.Equal(got, want) {
			t.Errorf("%s: got tags %v, want %v", architecture, got, want)
		}
	}
	if got := c.count("GetAuthorizationToken"); got != 1 {
		t.Errorf("logged in %d times, want once", got)
	}
}

func TestPush_secondSendsNothing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, repo := range []Repository{c.repo, c.local(t)} {
		c.AWS.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools", Immutable: true})
		image := small(t, "a")
		c.mustPush(t, repo, "one", image)
		uploads, puts := len(c.AWS.ECR().Uploads()), c.count("PutImage")

		c.mustPush(t, repo, "one", image)
		if got := len(c.AWS.ECR().Uploads()); got != uploads {
			t.Errorf("%s: the second push uploaded %d blobs", repo.URL, got-uploads)
		}
		if got := c.count("PutImage"); got != puts {
			t.Errorf("%s: the second push wrote %d manifests", repo.URL, got-puts)
		}
		want := "the runner's image is in " + repo.URL + "@" + image.Digest() + " already"
		if got := c.lines[len(c.lines)-1]; got != want {
			t.Errorf("got line %q, want %q", got, want)
		}

		c.mustPush(t, repo, "two", image)
		if got := len(c.AWS.ECR().Uploads()); got != uploads {
			t.Errorf("%s: the push of another function uploaded %d blobs", repo.URL, got-uploads)
		}
		c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("one"), image.Tag("two")}})
	}
}

func TestPush_keepsOlderImages(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	older, newer := small(t, "a"), small(t, "b")
	c.mustPush(t, c.repo, "one", older)
	c.mustPush(t, c.repo, "one", newer)
	c.wantImages(t, map[string][]string{
		older.Digest(): {older.Tag("one")}, newer.Digest(): {newer.Tag("one")},
	})
}

// A connection that breaks in the midst of an upload is tried again within one push; one that stays
// broken fails it, and the next push sends what is missing and no more.
func TestPush_interrupted(t *testing.T) {
	t.Parallel()
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		c.Fail(fakeaws.Match{Service: "ecr", Operation: "UploadLayerPart", Nth: 1}, fakeaws.Fault{Reset: true})
		image := small(t, "a")
		c.mustPush(t, c.repo, "one", image)
		c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("one")}})
	})
	t.Run("for good", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		image := small(t, "a")
		c.Fail(fakeaws.Match{Service: "ecr", Operation: "PutImage"}, fakeaws.Fault{Reset: true})
		if uri, err := c.Push(t.Context(), c.repo, "one", image); err == nil {
			t.Fatalf("the push succeeded: %s", uri)
		}
		c.wantImages(t, map[string][]string{})
		uploads := c.AWS.ECR().Uploads()
		if len(uploads) != 2 {
			t.Fatalf("got uploads %v, want layer and configuration", uploads)
		}
		c.ClearFaults()
		c.mustPush(t, c.repo, "one", image)
		if got := c.AWS.ECR().Uploads(); !slices.Equal(got, uploads) {
			t.Errorf("the next push uploaded %v again", got[len(uploads):])
		}
		c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("one")}})
	})
	t.Run("by the user", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		ctx, cancel := context.WithCancel(t.Context())
		c.OnRequest(func(r fakeaws.Request) {
			if r.Operation == "UploadLayerPart" {
				cancel()
			}
		})
		if _, err := c.Push(ctx, c.repo, "one", small(t, "a")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want it cancelled", err)
		}
		c.wantImages(t, map[string][]string{})
	})
	t.Run("the answer to the last request is lost", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		c.Fail(fakeaws.Match{Service: "ecr", Operation: "PutImage", Nth: 1}, fakeaws.Fault{Lost: true})
		image := small(t, "a")
		c.mustPush(t, c.repo, "one", image)
		c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("one")}})
	})
}

// An immutable repository may have the tag already, put there in the meantime.
func TestPush_tagTaken(t *testing.T) {
	t.Parallel()
	image, other := small(t, "a"), small(t, "b")
	t.Run("by another image", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		c.mustPush(t, c.repo, "one", other)
		c.AWS.ECR().Retag("tools", other.Tag("one"), image.Tag("one"))
		_, err := c.Push(t.Context(), c.repo, "one", image)
		taken := (*TagTakenError)(nil)
		if !errors.As(err, &taken) || taken.Digest != other.Digest() {
			t.Fatalf("got %v, want a *TagTakenError for %s", err, other.Digest())
		}
		want := "tag " + image.Tag("one") + ` of repository "tools" is on another image, ` + other.Digest() +
			", and the repository's tags are immutable; nothing of ours has put it there. Remove it: aws ecr " +
			"batch-delete-image --region us-east-1 --registry-id 123456789012 --repository-name tools " +
			"--image-ids imageTag=" + image.Tag("one")
		if err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("by the same image", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		rival := NewRegistry(c.AWS.Config(), c.log, WithTransport(c.RegistryTransport()))
		var began atomic.Bool
		c.OnRequest(func(r fakeaws.Request) {
			if r.Operation == "PutImage" && !began.Swap(true) {
				if _, err := rival.Push(t.Context(), c.repo, "one", image); err != nil {
					t.Error(err)
				}
			}
		})
		c.mustPush(t, c.repo, "one", image)
		c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("one")}})
	})
	t.Run("in a mutable repository", func(t *testing.T) {
		t.Parallel()
		c := newCloud(t)
		c.AWS.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools"})
		c.mustPush(t, c.repo, "one", other)
		c.AWS.ECR().Retag("tools", other.Tag("one"), image.Tag("one"))
		c.mustPush(t, c.repo, "one", image)
		c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("one")}, other.Digest(): {}})
	})
}

func TestPush_repositoryMissing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.AWS.ECR().RemoveRepository("tools")
	_, err := c.Push(t.Context(), c.repo, "one", small(t, "a"))
	if missing := (*RepositoryMissingError)(nil); !errors.As(err, &missing) {
		t.Fatalf("got %v, want a *RepositoryMissingError", err)
	}
	const want = `repository "tools" does not exist in us-east-1 of account 123456789012; add it, or correct the address:

  resource "aws_ecr_repository" "tools" {
    name                 = "tools"
    image_tag_mutability = "IMMUTABLE"
  }

and write repository_url = aws_ecr_repository.tools.repository_url`
	if err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = c.Push(t.Context(), c.local(t), "one", small(t, "a"))
	if want := `repository "tools" does not exist in the registry at ` + c.local(t).Host +
		"; make it there first"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPush_wrongRegion(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	elsewhere := repository(t, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools")
	_, err := c.Push(t.Context(), elsewhere, "one", small(t, "a"))
	if wrong := (*WrongRegionError)(nil); !errors.As(err, &wrong) || wrong.Region != fakeaws.Region {
		t.Fatalf("got %v, want a *WrongRegionError", err)
	}
	if got := c.Requests(); len(got) > 0 {
		t.Errorf("got requests %v, want none", got)
	}
}

func TestPush_denied(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		operation string
		fault     fakeaws.Fault
	}{
		"by the registry": {"InitiateLayerUpload", fakeaws.Fault{
			Code: "DENIED", Status: http.StatusForbidden,
			Message: "User: arn:aws:iam::123456789012:user/test is not authorized to perform: ecr:InitiateLayerUpload",
		}},
		"without words": {"BatchCheckLayerAvailability", fakeaws.Fault{Code: "DENIED", Status: http.StatusForbidden}},
		"at the last":   {"PutImage", fakeaws.Fault{Code: "DENIED", Status: http.StatusForbidden}},
		"a login that has ended": {"PutImage", fakeaws.Fault{
			Code: "UNAUTHORIZED", Status: http.StatusUnauthorized,
		}},
		"the login": {"GetAuthorizationToken", fakeaws.Fault{Code: "AccessDeniedException"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.Fail(fakeaws.Match{Service: "ecr", Operation: test.operation}, test.fault)
			_, err := c.Push(t.Context(), c.repo, "one", small(t, "a"))
			if denied := (*AccessError)(nil); !errors.As(err, &denied) {
				t.Fatalf("got %v, want an *AccessError", err)
			}
			for _, want := range []string{
				`pushing to repository "tools": access denied`, "ecr:GetAuthorizationToken on *",
				test.fault.Message,
			} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
			want := "ecr:BatchCheckLayerAvailability, ecr:InitiateLayerUpload, ecr:UploadLayerPart, " +
				"ecr:CompleteLayerUpload, ecr:PutImage, ecr:BatchGetImage on " +
				"arn:aws:ecr:us-east-1:123456789012:repository/tools"
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q in it", err, want)
			}
		})
	}
}

func TestPush_busy(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Fail(fakeaws.Match{Service: "ecr", Operation: "InitiateLayerUpload", Times: 2},
		fakeaws.Fault{Code: "TOOMANYREQUESTS", Status: http.StatusTooManyRequests})
	c.mustPush(t, c.repo, "one", small(t, "a"))
}

func TestPush_slowLine(t *testing.T) {
	t.Parallel()
	clock := fakeaws.NewClock(time.Date(2026, time.November, 24, 21, 0, 0, 0, time.UTC))
	// Two seconds for each look at the clock, and so for each piece of the layer.
	c := newCloud(t, WithClock(func() time.Time {
		clock.Advance(2 * time.Second)
		return clock.Now()
	}))
	image := small(t, strings.Repeat("a", 10))
	c.mustPush(t, c.repo, "one", image)
	if len(c.lines) < 3 {
		t.Fatalf("got lines %q, want several", c.lines)
	}
	pieces := len(image.layer)/(32<<10) + 2
	if most := pieces/3 + 1; len(c.lines) > most {
		t.Errorf("got %d lines of %d pieces, want at most one in six seconds: %d", len(c.lines), pieces, most)
	}
	for _, line := range c.lines {
		if !strings.HasPrefix(line, "pushing the runner's image to "+c.repo.URL+": ") ||
			!strings.HasSuffix(line, " of 1000000 bytes") {
			t.Errorf("got line %q", line)
		}
	}
}

func TestExists(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	image := small(t, "a")
	c.mustPush(t, c.repo, "one", image)
	for _, repo := range []Repository{c.repo, c.local(t)} {
		for digest, want := range map[string]bool{image.Digest(): true, small(t, "b").Digest(): false} {
			if got, err := c.Exists(t.Context(), repo, digest); err != nil || got != want {
				t.Errorf("%s: got %v, %v; want %v", repo.URI(digest), got, err, want)
			}
		}
	}
	c.Fail(fakeaws.Match{Service: "ecr", Operation: "BatchGetImage"},
		fakeaws.Fault{Code: "DENIED", Status: http.StatusForbidden})
	_, err := c.Exists(t.Context(), c.repo, image.Digest())
	if denied := (*AccessError)(nil); !errors.As(err, &denied) || !slices.Equal(denied.Actions, readActions) {
		t.Errorf("got %v, want an *AccessError for %v", err, readActions)
	}
	c.ClearFaults()
	c.AWS.ECR().RemoveRepository("tools")
	if got, err := c.Exists(t.Context(), c.repo, image.Digest()); err != nil || got {
		t.Errorf("without repository: got %v, %v; want false", got, err)
	}
}

func TestLogin_isMadeAnew(t *testing.T) {
	t.Parallel()
	clock := fakeaws.NewClock(time.Date(2026, time.November, 24, 21, 0, 0, 0, time.UTC))
	c := &cloud{AWS: fakeaws.Start(t, fakeaws.WithClock(clock.Now))}
	c.AWS.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools"})
	c.repo = repository(t, c.AWS.ECR().URL("tools"))
	c.Registry = NewRegistry(c.AWS.Config(), c.log, WithTransport(c.RegistryTransport()), WithClock(clock.Now))
	for _, step := range []struct {
		wait   time.Duration
		logins int
	}{{0, 1}, {11 * time.Hour, 1}, {time.Hour, 2}} {
		clock.Advance(step.wait)
		if _, err := c.Exists(t.Context(), c.repo, small(t, "a").Digest()); err != nil {
			t.Fatal(err)
		}
		if got := c.count("GetAuthorizationToken"); got != step.logins {
			t.Errorf("after %v more: %d logins, want %d", step.wait, got, step.logins)
		}
	}
}

func TestTagged(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	image := small(t, "a")
	tag := image.Tag("tools")
	if got, err := c.Tagged(t.Context(), c.repo, tag); err != nil || got != "" {
		t.Errorf("before the push: got %q, %v", got, err)
	}
	c.mustPush(t, c.repo, "tools", image)
	if got, err := c.Tagged(t.Context(), c.repo, tag); err != nil || got != image.Digest() {
		t.Errorf("got %q, %v; want %s", got, err, image.Digest())
	}
	c.Fail(fakeaws.Match{Operation: "BatchGetImage"}, fakeaws.Fault{Code: "DENIED", Status: 403})
	_, err := c.Tagged(t.Context(), c.repo, tag)
	if denied := (*AccessError)(nil); !errors.As(err, &denied) {
		t.Errorf("got error %v, want an *AccessError", err)
	}
}
