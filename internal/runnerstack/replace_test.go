package runnerstack_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// A function is not given up for an image that is not there.
func TestUpdate_ownImageMissing(t *testing.T) {
	t.Parallel()
	for name, reference := range map[string]string{
		"tag": "mine:v2", "digest": "mine@sha256:" + strings.Repeat("ab", 32), "no tag": "mine",
		"repository": "nobodys:v1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			want := ownImage(t, a, "mine")
			want.ImageURI = a.aws.ECR().URL(reference)
			zip := full(t)
			mustCreate(t, a, zip)
			_, err := a.Update(t.Context(), stateOf(zip), want)
			text := `image "` + want.ImageURI + `" does not exist, and function "tools" was left as it is`
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("got error %v, want one with %s", err, text)
			}
			wantZipStays(t, a)
			if slices.Contains(a.operations(), "lambda:DeleteFunction") {
				t.Error("the function was deleted")
			}
		})
	}
}

// wantZipStays checks that the function has the zip package and its settings.
func wantZipStays(t *testing.T, a *account) {
	t.Helper()
	live, zip := mustRead(t, a), full(t)
	switch f := live.Function; {
	case f == nil:
		t.Fatal("there is no function")
	case f.PackageType != "Zip" || f.CodeDigest != zip.CodeDigest || f.Broken != "":
		t.Errorf("the function does not run its zip package: %+v", f)
	case f.Tags["savings:creating"] != "":
		t.Error("the function is marked as incomplete")
	}
	if live.Async == nil || live.Async.MaximumEventAge != 3600 {
		t.Errorf("the event invoke config is %+v", live.Async)
	}
}

// Where the registry does not say whether an image exists, Lambda does: then the old package comes back.
func TestUpdate_ownImageRefusedByLambda(t *testing.T) {
	t.Parallel()
	a := start(t)
	want := ownImage(t, a, "mine")
	want.ImageURI = a.aws.ECR().URL("mine:v2")
	zip := full(t)
	want.Zip = zip.Zip
	mustCreate(t, a, zip)
	a.aws.Fail(fakeaws.Match{Operation: "GetAuthorizationToken"}, refused)
	_, err := a.Update(t.Context(), stateOf(zip), want)
	for _, text := range []string{
		"Source image " + want.ImageURI + " does not exist", `function "tools" runs its zip package again`,
	} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got error %v, want one with %s", err, text)
		}
	}
	wantZipStays(t, a)
	a.aws.ClearFaults()
	if _, err := a.Update(t.Context(), stateOf(zip), zip); err != nil {
		t.Fatal(err)
	}
	wantZipStays(t, a)
}

// Lambda takes an image and finds out afterwards that it cannot run it.
func TestUpdate_imageFails(t *testing.T) {
	t.Parallel()
	a := start(t)
	want, zip := ownImage(t, a, "mine"), full(t)
	want.Zip = zip.Zip
	mustCreate(t, a, zip)
	a.aws.OnRequest(func(r fakeaws.Request) {
		f, _ := a.aws.Lambda().Function("tools")
		if r.Operation == "GetFunction" && f.PackageType == "Image" {
			a.aws.Lambda().Change("tools", func(f *fakeaws.Function) {
				f.State, f.StateReasonCode, f.StateReason = "Failed", "InvalidImage", "no such layer"
			})
		}
	})
	_, err := a.Update(t.Context(), stateOf(zip), want)
	const text = `function "tools" is in state Failed: no such layer; function "tools" runs its zip package again`
	if err == nil || err.Error() != text {
		t.Errorf("got error %v, want %s", err, text)
	}
	wantZipStays(t, a)
}

// A failed call of a replacement leaves a function that runs, with the one package or the other.
func TestUpdate_replacementFails(t *testing.T) {
	t.Parallel()
	image, zip := imaged(t, "one"), full(t)
	image.Zip = zip.Zip
	for name, move := range map[string][2]runnerstack.Stack{"to image": {zip, image}, "to zip": {image, zip}} {
		for _, operation := range []string{
			"DeleteFunctionEventInvokeConfig", "DeleteFunction", "CreateFunction", "PutFunctionEventInvokeConfig",
		} {
			t.Run(name+", "+operation, func(t *testing.T) {
				t.Parallel()
				a := start(t)
				mustCreate(t, a, move[0])
				a.aws.Fail(fakeaws.Match{Operation: operation, Times: 1}, refused)
				if _, err := a.Update(t.Context(), stateOf(move[0]), move[1]); err == nil {
					t.Fatal("the update did not notice")
				}
				if f := mustRead(t, a).Function; f == nil || f.Broken != "" {
					t.Fatalf("the function is %+v", f)
				}
				if _, err := a.Update(t.Context(), stateOf(move[0]), move[1]); err != nil {
					t.Fatal(err)
				}
				wantAll(t, a, move[1])
			})
		}
	}
}

// An apply that is interrupted between the deletion and the creation goes on to the creation.
func TestUpdate_replacementInterrupted(t *testing.T) {
	t.Parallel()
	a := start(t)
	zip, image := full(t), imaged(t, "one")
	mustCreate(t, a, zip)
	ctx, cancel := context.WithCancel(t.Context())
	a.aws.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "DeleteFunction" {
			cancel()
		}
	})
	if _, err := a.Update(ctx, stateOf(zip), image); err == nil {
		t.Error("the update did not notice that it was interrupted")
	}
	if f := mustRead(t, a).Function; f == nil || f.ImageURI != image.ImageURI {
		t.Fatalf("got function %+v, want one that runs %s", f, image.ImageURI)
	}
	if _, err := a.Update(t.Context(), stateOf(zip), image); err != nil {
		t.Fatal(err)
	}
	wantAll(t, a, image)
}

// Lambda accepts an update that fails afterwards: the function may run what it ran, so the old image
// stays, and the code is written again.
func TestUpdate_lastUpdateFailed(t *testing.T) {
	t.Parallel()
	a := start(t)
	one, two := imaged(t, "one"), imaged(t, "two")
	mustCreate(t, a, one)
	failing := true
	a.aws.OnRequest(func(r fakeaws.Request) {
		f, _ := a.aws.Lambda().Function("tools")
		if failing && r.Operation == "GetFunction" && f.ImageURI == two.ImageURI {
			a.aws.Lambda().Change("tools", func(f *fakeaws.Function) {
				f.LastUpdateStatus, f.LastUpdateStatusReason = "Failed", "no such layer"
			})
		}
	})
	for range 2 {
		_, err := a.Update(t.Context(), stateOf(one), two)
		const text = `updating function "tools" failed at AWS: no such layer`
		if err == nil || err.Error() != text {
			t.Errorf("got error %v, want %s", err, text)
		}
		wantImages(t, a, one, two)
		live, err := a.Read(t.Context(), two)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"function is as it was before its last update, which failed: no such layer"}
		if diff := cmp.Diff(want, runnerstack.Drift(two, live, a.Region)); diff != "" {
			t.Errorf("drift (-want +got):\n%s", diff)
		}
	}
	failing = false
	if _, err := a.Update(t.Context(), stateOf(one), two); err != nil {
		t.Fatal(err)
	}
	wantAll(t, a, two)
}

// A function that is Failed takes no update: it is deleted and made again.
func TestUpdate_failedFunction(t *testing.T) {
	t.Parallel()
	eachPackage(t, func(t *testing.T, s runnerstack.Stack) {
		a := start(t)
		mustCreate(t, a, s)
		a.aws.Lambda().Change("tools", func(f *fakeaws.Function) {
			f.State, f.StateReasonCode, f.StateReason = "Failed", "InternalError", "boom"
		})
		live, err := a.Read(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"function is in state Failed: boom"}
		if diff := cmp.Diff(want, runnerstack.Drift(s, live, a.Region)); diff != "" {
			t.Errorf("drift (-want +got):\n%s", diff)
		}
		if _, err := a.Update(t.Context(), stateOf(s), s); err != nil {
			t.Fatal(err)
		}
		wantAll(t, a, s)
	})
}
