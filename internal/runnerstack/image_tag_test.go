package runnerstack_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// shared pushes the image of s for another function.
func shared(t *testing.T, a *account, s runnerstack.Stack) {
	t.Helper()
	if _, err := a.Registry.Push(t.Context(), *s.Repository, "other", s.Image); err != nil {
		t.Fatal(err)
	}
}

// wantTags checks which tags the image of s has.
func wantTags(t *testing.T, a *account, s runnerstack.Stack, want ...string) {
	t.Helper()
	repo, _ := a.aws.ECR().Repository("runners")
	got := slices.Sorted(slices.Values(repo.Images[s.Image.Digest()]))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// A failed creation takes its tag off an image that another function has too.
func TestCreate_failsBesideAnothersTag(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := imaged(t, "one")
	shared(t, a, s)
	a.aws.Fail(fakeaws.Match{Operation: "CreateFunction"}, refused)
	_, err := a.Create(t.Context(), s)
	if leftover := (*runnerstack.LeftoverError)(nil); err == nil || errors.As(err, &leftover) {
		t.Errorf("got error %v, want one that leaves nothing", err)
	}
	wantTags(t, a, s, s.Image.Tag("other"))
}

// Without its own tag an image goes with the last other function that has it.
func TestUpdate_tagGone(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := imaged(t, "one")
	mustCreate(t, a, s)
	shared(t, a, s)
	err := a.Registry.Remove(t.Context(), *s.Repository, s.Image.Tag("tools"), s.Image.Digest())
	if err != nil {
		t.Fatal(err)
	}
	live, err := a.Read(t.Context(), stateOf(s))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"image " + s.ImageURI + " has lost its tag " + s.Image.Tag("tools")}
	if diff := cmp.Diff(want, runnerstack.Drift(stateOf(s), live, a.Region)); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
	if _, err := a.Update(t.Context(), stateOf(s), s); err != nil {
		t.Fatal(err)
	}
	wantTags(t, a, s, s.Image.Tag("other"), s.Image.Tag("tools"))
}

// Who may not look at the registry reads the rest, updates what needs no push, and is told.
func TestRead_registryDenied(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"GetAuthorizationToken", "BatchGetImage"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			s, two := imaged(t, "one"), imaged(t, "two")
			s.KeepImage, two.KeepImage = true, true
			mustCreate(t, a, s)
			a.aws.Fail(fakeaws.Match{Operation: operation}, refused)
			a.Registry = fresh(a) // it is not logged in
			live, err := a.Read(t.Context(), stateOf(s))
			if err != nil {
				t.Fatal(err)
			}
			if denied := (*runnerimage.AccessError)(nil); !errors.As(live.ImageError, &denied) {
				t.Errorf("got image error %v, want an *AccessError", live.ImageError)
			}
			if drift := runnerstack.Drift(stateOf(s), live, a.Region); drift != nil {
				t.Errorf("got drift %q", drift)
			}
			more := s
			more.MemorySize = 256
			if _, err := a.Update(t.Context(), stateOf(s), more); err != nil {
				t.Errorf("an update that needs no push: %v", err)
			}
			_, err = a.Update(t.Context(), stateOf(more), two)
			if denied := (*runnerimage.AccessError)(nil); !errors.As(err, &denied) {
				t.Errorf("an update that needs a push: got error %v, want an *AccessError", err)
			}
			if _, err := a.Delete(t.Context(), stateOf(s)); err != nil {
				t.Error(err)
			}
			wantImages(t, a, s)
		})
	}
}

// fresh is another registry client on the account.
func fresh(a *account) *runnerimage.Registry {
	return runnerimage.NewRegistry(a.aws.Config(), a.log, runnerimage.WithTransport(a.aws.RegistryTransport()))
}

// Without keep_image an answer of the registry that is no refusal is an error, and so is a context that
// ended; with keep_image nothing but that end is.
func TestRead_registryBroken(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := imaged(t, "one")
	mustCreate(t, a, s)
	a.aws.Fail(fakeaws.Match{Operation: "BatchGetImage"}, fakeaws.Fault{Code: "UNSUPPORTED", Status: 400})
	if _, err := a.Read(t.Context(), stateOf(s)); err == nil {
		t.Error("the answer was overlooked")
	}
	s.KeepImage = true
	if live, err := a.Read(t.Context(), stateOf(s)); err != nil || live.ImageError == nil {
		t.Errorf("with keep_image: got %+v, %v", live, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Read(ctx, stateOf(s)); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}
