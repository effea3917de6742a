package runnerstack_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// An image that this provider pushed becomes the user's own: it stays, whatever names it.
func TestUpdate_bundledToOwnImage(t *testing.T) {
	t.Parallel()
	one, two := imaged(t, "one"), imaged(t, "two")
	one.KeepImage, two.KeepImage = true, true
	tag := repositoryURL + ":" + one.Image.Tag("tools")
	for name, test := range map[string]struct {
		applied   []runnerstack.Stack
		uri, hash string
	}{
		"by tag":            {[]runnerstack.Stack{one}, tag, ""},
		"by digest":         {[]runnerstack.Stack{one}, one.ImageURI, one.CodeDigest},
		"by tag and digest": {[]runnerstack.Stack{one}, tag + "@" + one.Image.Digest(), one.CodeDigest},
		"an older one":      {[]runnerstack.Stack{one, two}, one.ImageURI, one.CodeDigest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			mustCreate(t, a, test.applied[0])
			have := stateOf(test.applied[0])
			for _, next := range test.applied[1:] {
				if _, err := a.Update(t.Context(), have, next); err != nil {
					t.Fatal(err)
				}
				have = stateOf(next)
			}
			want := full(t)
			want.Zip, want.ImageURI, want.CodeDigest = nil, test.uri, test.hash
			if _, err := a.Update(t.Context(), have, want); err != nil {
				t.Fatal(err)
			}
			wantImages(t, a, one)
			a.aws.Lambda().FetchImages()
			if f := mustRead(t, a).Function; f.Broken != "" || f.CodeDigest != one.CodeDigest {
				t.Errorf("the function runs %s and is broken: %q", f.CodeDigest, f.Broken)
			}
			if _, err := a.Delete(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			wantImages(t, a, one) // it is the user's now
		})
	}
}

// An image of the user's in another repository keeps nothing of ours.
func TestUpdate_bundledToOwnImageElsewhere(t *testing.T) {
	t.Parallel()
	a := start(t)
	own := ownImage(t, a, "mine")
	one := imaged(t, "one")
	mustCreate(t, a, one)
	if _, err := a.Update(t.Context(), stateOf(one), own); err != nil {
		t.Fatal(err)
	}
	wantImages(t, a)
	if diff := cmp.Diff(own.ImageURI, mustRead(t, a).Function.ImageURI); diff != "" {
		t.Errorf("image (-want +got):\n%s", diff)
	}
}

// ownImage makes a repository with an image of the user's, v1, and returns a stack that runs it.
func ownImage(t *testing.T, a *account, repository string) runnerstack.Stack {
	t.Helper()
	a.aws.ECR().PutRepository(fakeaws.ECRRepository{Name: repository})
	a.aws.ECR().Change(repository, func(r *fakeaws.ECRRepository) {
		r.Images["sha256:"+strings.Repeat("cd", 32)] = []string{"v1"}
	})
	s := full(t)
	s.Zip, s.CodeDigest = nil, ""
	s.ImageURI = a.aws.ECR().URL(repository) + ":v1"
	return s
}
