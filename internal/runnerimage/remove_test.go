package runnerimage

import (
	"errors"
	"net/http"
	"slices"
	"strings"
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

// Some local registries delete images and no tags, some nothing; that must not keep a runner from
// being destroyed.
func TestRemove_registryThatKeeps(t *testing.T) {
	t.Parallel()
	unsupported := fakeaws.Fault{Code: "UNSUPPORTED", Status: http.StatusMethodNotAllowed}
	for name, test := range map[string]struct {
		// keeps is a part of what it does not delete.
		keeps, functions string
		fault            fakeaws.Fault
		// stays tells that the tag is there in the end, and that a line says so.
		stays bool
	}{
		"everything":                          {"", "one", unsupported, true},
		"tags":                                {"savings-", "one", unsupported, false},
		"tags, in the words of Docker's":      {"savings-", "one", fakeaws.Fault{Code: "DIGEST_INVALID"}, false},
		"tags, while another function has it": {"savings-", "one two", unsupported, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			image, repo := small(t, "a"), c.local(t)
			for _, function := range strings.Fields(test.functions) {
				c.mustPush(t, repo, function, image)
			}
			c.Fail(fakeaws.Match{Service: "ecr", Operation: "BatchDeleteImage", Name: "tools/" + test.keeps}, test.fault)
			if err := c.Remove(t.Context(), repo, image.Tag("one"), image.Digest()); err != nil {
				t.Fatal(err)
			}
			stays := slices.Contains(c.images(t)[image.Digest()], image.Tag("one"))
			want := "the registry at " + repo.Host + " does not delete tag " + image.Tag("one") + " of tools; it stays"
			if says := slices.Contains(c.lines, want); stays != test.stays || says != test.stays {
				t.Errorf("the tag stays: %v, want %v; lines %q", stays, test.stays, c.lines)
			}
		})
	}
}

// A removal that is killed between its two requests leaves nothing that the next look does not find.
func TestRemove_killedOnALoopbackAddress(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	image, repo := small(t, "a"), c.local(t)
	c.mustPush(t, repo, "one", image)
	c.Fail(fakeaws.Match{Operation: "BatchDeleteImage", After: 1}, fakeaws.Fault{Code: "DENIED", Status: http.StatusForbidden})
	_ = c.Remove(t.Context(), repo, image.Tag("one"), image.Digest()) // its answer is lost
	c.ClearFaults()
	if err := c.RemoveOthers(t.Context(), repo, "one", ""); err != nil {
		t.Error(err)
	}
	c.wantImages(t, map[string][]string{})
}
