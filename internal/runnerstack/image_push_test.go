package runnerstack_test

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// An update that fails takes its push back, unless the function runs the image: then the state has to
// know.
func TestUpdate_failsAfterPush(t *testing.T) {
	t.Parallel()
	image, zip := imaged(t, "one"), full(t)
	image.Zip = zip.Zip
	for operation, stays := range map[string]bool{
		"PutRolePolicy": false, "DeleteFunction": false, "CreateFunction": false, "PutFunctionEventInvokeConfig": true,
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			mustCreate(t, a, zip)
			a.aws.Fail(fakeaws.Match{Operation: operation, Times: 1}, refused)
			got, err := a.Update(t.Context(), stateOf(zip), image)
			if err == nil || got.Pushed != stays {
				t.Errorf("got %v, %v; want an error, and that an image stays: %v", got.Pushed, err, stays)
			}
			have := zip
			if stays {
				wantImages(t, a, image)
				have = image
			} else {
				wantImages(t, a)
			}
			if _, err := a.Update(t.Context(), stateOf(have), zip); err != nil {
				t.Fatal(err)
			}
			wantComplete(t, a)
		})
	}
}

// A push that cannot be taken back stays, and the state has to know.
func TestUpdate_pushStays(t *testing.T) {
	t.Parallel()
	a := start(t)
	image, zip := imaged(t, "one"), full(t)
	mustCreate(t, a, zip)
	for _, operation := range []string{"PutRolePolicy", "BatchDeleteImage"} {
		a.aws.Fail(fakeaws.Match{Operation: operation}, refused)
	}
	if got, err := a.Update(t.Context(), stateOf(zip), image); err == nil || !got.Pushed {
		t.Errorf("got %v, %v; want an error and an image that stays", got.Pushed, err)
	}
	a.aws.ClearFaults()
	if _, err := a.Delete(t.Context(), stateOf(image)); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}

// The state has one repository: the push to another one is taken back, one to the same is used again.
func TestUpdate_failsAfterPushToRepository(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.ECR().PutRepository(fakeaws.ECRRepository{Name: "others"})
	one, two, elsewhere := imaged(t, "one"), imaged(t, "two"), imaged(t, "two")
	repo, err := runnerimage.ParseRepository(strings.Replace(repositoryURL, "runners", "others", 1))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere.Repository, elsewhere.ImageURI = &repo, repo.URI(two.Image.Digest())
	mustCreate(t, a, one)
	for _, want := range []runnerstack.Stack{elsewhere, two} {
		a.aws.Fail(fakeaws.Match{Operation: "UpdateFunctionCode"}, refused)
		if got, err := a.Update(t.Context(), stateOf(one), want); err == nil || got.Pushed {
			t.Errorf("got %v, %v; want an error, and no image beside the state", got.Pushed, err)
		}
		a.aws.ClearFaults()
	}
	if others, _ := a.aws.ECR().Repository("others"); len(others.Images) > 0 {
		t.Errorf("left in the other repository: %v", others.Images)
	}
	wantImages(t, a, one, two)
	if _, err := a.Delete(t.Context(), stateOf(one)); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}
