package runnerimage

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func TestRemoveOthers(t *testing.T) {
	t.Parallel()
	for _, local := range []bool{false, true} {
		c := newCloud(t)
		repo := c.repo
		if local {
			repo = c.local(t)
		}
		one, two := small(t, "one"), small(t, "two")
		c.mustPush(t, repo, "tools", one)
		c.mustPush(t, repo, "tools", two)
		c.mustPush(t, repo, "tools-arm64", one)
		c.mustPush(t, repo, "other", two)
		const byHand = "savings-tools-arm64-000000000000"
		c.AWS.ECR().Change("tools", func(r *fakeaws.ECRRepository) { r.Immutable = false })
		c.retag(t, repo, one, byHand)
		if err := c.RemoveOthers(t.Context(), repo, "tools", two.Digest()); err != nil {
			t.Fatal(err)
		}
		c.wantTags(t, map[string][]string{
			one.Digest(): {byHand, one.Tag("tools-arm64")},
			two.Digest(): {two.Tag("other"), two.Tag("tools")},
		})
		if err := c.RemoveOthers(t.Context(), repo, "tools", ""); err != nil {
			t.Fatal(err)
		}
		c.wantTags(t, map[string][]string{
			one.Digest(): {byHand, one.Tag("tools-arm64")}, two.Digest(): {two.Tag("other")},
		})
	}
}

// retag gives an image another tag, as somebody could have done by hand.
func (c *cloud) retag(t *testing.T, repo Repository, image *Image, tag string) {
	t.Helper()
	opts, err := c.options(t.Context(), repo, "tagging in", pushActions)
	if err != nil {
		t.Fatal(err)
	}
	content, err := image.v1()
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Tag(repo.remote.Tag(tag), content, opts...); err != nil {
		t.Fatal(err)
	}
}

// wantTags is wantImages whatever the order of the tags.
func (c *cloud) wantTags(t *testing.T, want map[string][]string) {
	t.Helper()
	got := c.images(t)
	for _, tags := range got {
		slices.Sort(tags)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
}

func TestRemoveOthers_nothingThere(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	if err := c.RemoveOthers(t.Context(), c.repo, "tools", ""); err != nil {
		t.Error(err)
	}
	c.AWS.ECR().RemoveRepository("tools")
	if err := c.RemoveOthers(t.Context(), c.repo, "tools", ""); err != nil {
		t.Error(err)
	}
}

func TestRemoveOthers_denied(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Fail(fakeaws.Match{Operation: "ListImages"}, fakeaws.Fault{Code: "DENIED", Status: 403})
	err := c.RemoveOthers(t.Context(), c.repo, "tools", "")
	var denied *AccessError
	if !errors.As(err, &denied) || denied.Actions[0] != "ecr:ListImages" {
		t.Errorf("got error %v, want an *AccessError that names ecr:ListImages", err)
	}
}

func TestHashIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ tag, function, want string }{
		{"savings-tools-arm64-0123456789ab", "tools", "0123456789ab"},
		{"savings-tools-x86_64-0123456789ab", "tools", "0123456789ab"},
		{"savings-tools-arm64-arm64-0123456789ab", "tools", ""},
		{"savings-tools-arm64-arm64-0123456789ab", "tools-arm64", "0123456789ab"},
		{"savings-tools-arm64-0123456789abc", "tools", ""},
		{"savings-tool-arm64-0123456789ab", "tools", ""},
		{"tools-arm64-0123456789ab", "tools", ""},
		{Tag("a-b_c", bundle.X8664, "sha256:abcdef0123456789"), "a-b_c", "abcdef012345"},
	} {
		if got, _ := hashIn(test.tag, test.function); got != test.want {
			t.Errorf("hashIn(%q, %q) is %q, want %q", test.tag, test.function, got, test.want)
		}
	}
}
