package runnerimage

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// Both kinds of repository behave alike.
func TestRemove(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]func(*testing.T, *cloud) Repository{
		"ECR":      func(_ *testing.T, c *cloud) Repository { return c.repo },
		"loopback": func(t *testing.T, c *cloud) Repository { return c.local(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			repo, image, other := of(t, c), small(t, "a"), small(t, "b")
			remove := func(function string, image *Image) {
				t.Helper()
				if err := c.Remove(t.Context(), repo, image.Tag(function), image.Digest()); err != nil {
					t.Error(err)
				}
			}
			c.mustPush(t, repo, "one", image)
			c.mustPush(t, repo, "two", image)
			c.mustPush(t, repo, "one", other)

			remove("one", image)
			c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("two")}, other.Digest(): {other.Tag("one")}})
			remove("one", image)
			remove("three", image)
			c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("two")}, other.Digest(): {other.Tag("one")}})
			if err := c.Remove(t.Context(), repo, other.Tag("one"), image.Digest()); err != nil {
				t.Error(err)
			}
			c.wantImages(t, map[string][]string{image.Digest(): {image.Tag("two")}, other.Digest(): {other.Tag("one")}})
			remove("two", image)
			c.wantImages(t, map[string][]string{other.Digest(): {other.Tag("one")}})
			if found, err := c.Exists(t.Context(), repo, image.Digest()); err != nil || found {
				t.Errorf("after the last tag: exists is %v, %v", found, err)
			}
			c.AWS.ECR().RemoveRepository("tools")
			remove("one", other)
		})
	}
}

func TestRemove_denied(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	image := small(t, "a")
	c.mustPush(t, c.repo, "one", image)
	c.Fail(fakeaws.Match{Service: "ecr", Operation: "BatchDeleteImage"}, fakeaws.Fault{Code: "AccessDeniedException"})
	err := c.Remove(t.Context(), c.repo, image.Tag("one"), image.Digest())
	if denied := (*AccessError)(nil); !errors.As(err, &denied) || !slices.Equal(denied.Actions, removeActions) {
		t.Errorf("got %v, want an *AccessError for %v", err, removeActions)
	}
}

// Some local registries delete nothing; that must not keep a runner from being destroyed.
func TestRemove_registryThatKeepsAll(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	image := small(t, "a")
	repo := c.local(t)
	c.mustPush(t, repo, "one", image)
	c.Fail(fakeaws.Match{Service: "ecr", Operation: "BatchDeleteImage"},
		fakeaws.Fault{Code: "UNSUPPORTED", Status: http.StatusMethodNotAllowed})
	if err := c.Remove(t.Context(), repo, image.Tag("one"), image.Digest()); err != nil {
		t.Fatal(err)
	}
	want := "the registry at " + repo.Host + " does not delete tag " + image.Tag("one") + " of tools; it stays"
	if got := c.lines[len(c.lines)-1]; got != want {
		t.Errorf("got line %q, want %q", got, want)
	}
}
