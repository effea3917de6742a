package runnerstack_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

func TestCreate_image(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.Lambda().SlowCreate(3)
	s := imaged(t, "one")
	got, err := a.Create(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcome, got); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	all := a.operations()
	create := slices.Index(all, "lambda:CreateFunction")
	put := slices.Index(all[:create], "ecr:PutImage")
	if grant := lastIndex(all[:create], "iam:PutRolePolicy"); put < 0 || grant < 0 {
		t.Errorf("image and rights do not come before the function: %q", all)
	}
	live, err := a.Read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if drift := runnerstack.Drift(s, live, a.Region); drift != nil {
		t.Errorf("got drift %q right after the creation", drift)
	}
	wantAll(t, a, s)
}

func lastIndex(all []string, one string) int {
	for i, o := range slices.Backward(all) {
		if o == one {
			return i
		}
	}
	return -1
}

// An image that was there before stays where a creation fails; see TestCreate_failsAtEachCall for one
// that was not.
func TestCreate_failsBesideItsImage(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := imaged(t, "one")
	if _, err := a.Registry.Push(t.Context(), *s.Repository, s.Name, s.Image); err != nil {
		t.Fatal(err)
	}
	a.aws.Fail(fakeaws.Match{Operation: "CreateFunction"}, refused)
	if _, err := a.Create(t.Context(), s); err == nil {
		t.Fatal("the creation did not notice")
	}
	wantImages(t, a, s)
}

func TestCreate_repositoryMissing(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.ECR().RemoveRepository("runners")
	_, err := a.Create(t.Context(), imaged(t, "one"))
	const text = `resource "aws_ecr_repository" "runners"`
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got error %v, want one with %s", err, text)
	}
	wantEmpty(t, a)
}

// IAM shows the new role's right to pull to Lambda a little later.
func TestCreate_pullNotAllowedAtFirst(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.Fail(fakeaws.Match{Operation: "CreateFunction", Times: 3}, fakeaws.Fault{
		Code: "AccessDeniedException", Status: 403,
		Message: "Lambda does not have permission to access the ECR image. Check the ECR permissions.",
	})
	s := imaged(t, "one")
	mustCreate(t, a, s)
	wantAll(t, a, s)
}

func TestCreate_lifecycleRisk(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.ECR().Change("runners", func(r *fakeaws.ECRRepository) {
		r.LifecyclePolicy = `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any",` +
			`"countType":"imageCountMoreThan","countNumber":10},"action":{"type":"expire"}}]}`
	})
	s := imaged(t, "one")
	got, err := a.Create(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	const text = "expires all but the newest 10 images"
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], text) {
		t.Errorf("got warnings %q, want one with %s", got.Warnings, text)
	}
	wantAll(t, a, s)
}

// moves are the changes of a function's package.
func moves(t *testing.T) map[string][2]runnerstack.Stack {
	t.Helper()
	zip, one, two := full(t), imaged(t, "one"), imaged(t, "two")
	mine := full(t)
	mine.Zip, mine.ImageURI = nil, one.ImageURI
	mine.CodeDigest = one.CodeDigest
	return map[string][2]runnerstack.Stack{
		"zip to image": {zip, one}, "image to zip": {one, zip}, "newer image": {one, two},
		"own image to bundled one": {mine, two}, "bundled image to own": {one, mine},
	}
}

// began creates what a move starts from; an image of the user's is in the repository already.
func began(t *testing.T, have runnerstack.Stack) *account {
	t.Helper()
	a := start(t)
	if have.ImageURI != "" && have.Image == nil {
		s := imaged(t, "one")
		if _, err := a.Registry.Push(t.Context(), *s.Repository, "mine", s.Image); err != nil {
			t.Fatal(err)
		}
	}
	mustCreate(t, a, have)
	return a
}

// ended checks what a move leaves. The user's own image stays.
func ended(t *testing.T, a *account, have, want runnerstack.Stack) {
	t.Helper()
	for _, s := range []runnerstack.Stack{have, want} {
		if s.ImageURI == "" || s.Image != nil {
			continue
		}
		own := imaged(t, "one").Image.Digest()
		if repo, _ := a.aws.ECR().Repository("runners"); repo.Images[own] == nil {
			t.Error("the user's own image is gone")
		}
		a.aws.ECR().RemoveImage("runners", own)
	}
	wantAll(t, a, want)
}

func TestUpdate_package(t *testing.T) {
	t.Parallel()
	for name, move := range moves(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := began(t, move[0])
			a.aws.Lambda().SlowUpdate(3)
			before := len(a.aws.Requests())
			got, err := a.Update(t.Context(), stateOf(move[0]), move[1])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(outcome, got); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			made := slices.Contains(a.operations()[before:], "lambda:CreateFunction")
			if replaced := (move[0].ImageURI == "") != (move[1].ImageURI == ""); made != replaced {
				t.Errorf("the function was made again: %v, want %v", made, replaced)
			}
			ended(t, a, move[0], move[1])
		})
	}
}

// stateOf is what a state says of a stack.
func stateOf(s runnerstack.Stack) runnerstack.Stack {
	s.Zip, s.Image = nil, nil
	return s
}

// A change of the package that is killed at any call is finished by the next one.
func TestUpdate_packageKilledAtEachCall(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills an update some hundred times")
	}
	for name, move := range moves(t) {
		a := began(t, move[0])
		before := len(a.aws.Requests())
		if _, err := a.Update(t.Context(), stateOf(move[0]), move[1]); err != nil {
			t.Fatal(err)
		}
		for n := range len(a.aws.Requests()) - before {
			for _, effect := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, call %d, effect %v", name, n+1, effect), func(t *testing.T) {
					t.Parallel()
					a := began(t, move[0])
					kill(a, n, effect)
					_, _ = a.Update(t.Context(), stateOf(move[0]), move[1]) // its last call may have had its effect
					a.aws.ClearFaults()
					if _, err := a.Update(t.Context(), stateOf(move[0]), move[1]); err != nil {
						t.Fatalf("updating again: %v", err)
					}
					ended(t, a, move[0], move[1])
				})
				if move[0].Image == nil {
					continue // the state knows no repository
				}
				t.Run(fmt.Sprintf("%s, call %d, effect %v, then deleted", name, n+1, effect), func(t *testing.T) {
					t.Parallel()
					a := began(t, move[0])
					kill(a, n, effect)
					_, _ = a.Update(t.Context(), stateOf(move[0]), move[1])
					a.aws.ClearFaults()
					if _, err := a.Delete(t.Context(), stateOf(move[0])); err != nil {
						t.Fatal(err)
					}
					wantEmpty(t, a)
				})
			}
		}
	}
}

// While the function changes from one repository to another its role may pull from both.
func TestUpdate_otherRepository(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.ECR().PutRepository(fakeaws.ECRRepository{Name: "others"})
	have, want := imaged(t, "one"), imaged(t, "one")
	repo, err := runnerimage.ParseRepository(strings.Replace(repositoryURL, "runners", "others", 1))
	if err != nil {
		t.Fatal(err)
	}
	have.Repository, have.ImageURI = &repo, repo.URI(have.Image.Digest())
	mustCreate(t, a, have)
	const both = `["arn:aws:ecr:us-east-1:123456789012:repository/runners",` +
		`"arn:aws:ecr:us-east-1:123456789012:repository/others"]`
	changed := false
	a.aws.OnRequest(func(r fakeaws.Request) {
		if r.Operation != "UpdateFunctionCode" {
			return
		}
		changed = true
		role, _ := a.aws.IAM().Role(executionRole)
		if policy := role.Policies["savings-runner"]; !strings.Contains(policy, both) {
			t.Errorf("the policy lacks %s: %s", both, policy)
		}
	})
	if _, err := a.Update(t.Context(), stateOf(have), want); err != nil {
		t.Fatal(err)
	}
	if !changed {
		t.Error("the code was not changed")
	}
	wantAll(t, a, want)
}

// Lambda finds out after a while that it cannot run the image.
func TestCreate_imageFails(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.aws.OnRequest(func(r fakeaws.Request) {
		if _, ok := a.aws.Lambda().Function("tools"); ok && r.Operation == "GetFunction" {
			a.aws.Lambda().Change("tools", func(f *fakeaws.Function) {
				f.State, f.StateReasonCode = "Failed", "InvalidImage"
				f.StateReason = "ImageLayerFailure: UnsupportedImageLayerDetected"
			})
		}
	})
	_, err := a.Create(t.Context(), imaged(t, "one"))
	const text = `function "tools" is in state Failed: ImageLayerFailure: UnsupportedImageLayerDetected`
	if err == nil || err.Error() != text {
		t.Errorf("got error %v, want %s", err, text)
	}
	wantEmpty(t, a)
}

func TestUpdate_keepImage(t *testing.T) {
	t.Parallel()
	a := start(t)
	one, two := imaged(t, "one"), imaged(t, "two")
	one.KeepImage, two.KeepImage = true, true
	mustCreate(t, a, one)
	if _, err := a.Update(t.Context(), stateOf(one), two); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Delete(t.Context(), stateOf(two)); err != nil {
		t.Fatal(err)
	}
	wantImages(t, a, one, two)
}

// Who may not remove images is told how to do without.
func TestDelete_imageStays(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := imaged(t, "one")
	mustCreate(t, a, s)
	a.aws.Fail(fakeaws.Match{Operation: "BatchDeleteImage"}, refused)
	_, err := a.Delete(t.Context(), stateOf(s))
	if err == nil || !strings.Contains(err.Error(), "keep_image = true leaves them") ||
		!strings.Contains(err.Error(), "ecr:BatchDeleteImage") {
		t.Errorf("got error %v, want one that names keep_image and ecr:BatchDeleteImage", err)
	}
	a.aws.ClearFaults()
	if _, err := a.Delete(t.Context(), stateOf(s)); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}

// Two runners share a repository and an image: each has its tag, and takes away no more.
func TestDelete_sharedImage(t *testing.T) {
	t.Parallel()
	a := start(t)
	first, second := imaged(t, "one"), imaged(t, "one")
	second.Name = "second"
	mustCreate(t, a, first)
	mustCreate(t, a, second)
	if _, err := a.Delete(t.Context(), stateOf(second)); err != nil {
		t.Fatal(err)
	}
	wantAll(t, a, first)
}

// A destroy that was killed at its end, or everything else deleted outside.
func TestDelete_onlyImageLeft(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := imaged(t, "one")
	mustCreate(t, a, s)
	kept := stateOf(s)
	kept.KeepImage = true
	if _, err := a.Delete(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	live, err := a.Read(t.Context(), stateOf(s))
	if err != nil || live.Empty() {
		t.Errorf("got %+v, %v; want a stack of an image", live, err)
	}
	want := []string{
		"function tools is missing", "log group " + logGroup + " is missing",
		"execution role " + executionRole + " is missing", "scheduler's role " + schedulerRole + " is missing",
	}
	if diff := cmp.Diff(want, runnerstack.Drift(stateOf(s), live, a.Region)); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
	if _, err := a.Delete(t.Context(), stateOf(s)); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}

func TestDelete_repositoryGone(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := imaged(t, "one")
	mustCreate(t, a, s)
	a.aws.ECR().RemoveRepository("runners")
	if _, err := a.Delete(t.Context(), stateOf(s)); err != nil {
		t.Fatal(err)
	}
	wantEmpty(t, a)
}

// Each row changes one thing outside of a function that runs an image.
func TestDrift_image(t *testing.T) {
	t.Parallel()
	s := imaged(t, "one")
	for name, test := range map[string]struct {
		change func(*testing.T, *account)
		want   []string
	}{
		"image deleted": {func(_ *testing.T, a *account) {
			a.aws.ECR().RemoveImage("runners", s.Image.Digest())
		}, []string{"image " + s.ImageURI + " is missing in its repository"}},
		"image deleted, and Lambda has noticed": {func(_ *testing.T, a *account) {
			a.aws.ECR().RemoveImage("runners", s.Image.Digest())
			a.aws.Lambda().FetchImages()
		}, []string{
			"image " + s.ImageURI + " is missing in its repository",
			"function is in state Inactive: The source image was deleted.",
		}},
		"overrides": {func(t *testing.T, a *account) {
			err := configure(t, a, func(in *lambda.UpdateFunctionConfigurationInput) {
				in.ImageConfig = &lambdatypes.ImageConfig{
					EntryPoint: []string{"/bin/sh", "-c"}, Command: []string{"x"},
					WorkingDirectory: aws.String("/tmp"),
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}, []string{"function has overrides of its image: entry point /bin/sh -c, command x, " +
			"working directory /tmp"}},
		"function deleted": {func(_ *testing.T, a *account) {
			a.aws.Lambda().RemoveFunction("tools")
		}, []string{"function tools is missing"}},
		"image named by its tag": {func(t *testing.T, a *account) {
			_, err := a.lambda().UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{
				FunctionName: aws.String("tools"), ImageUri: aws.String(repositoryURL + ":" + s.Image.Tag("tools")),
			})
			if err != nil {
				t.Fatal(err)
			}
		}, []string{"function's image is " + repositoryURL + ":" + s.Image.Tag("tools") + " instead of " +
			s.ImageURI}},
		"function made again as a zip": {func(_ *testing.T, a *account) {
			f, _ := a.aws.Lambda().Function("tools")
			f.PackageType, f.ImageURI, f.Zip = "Zip", "", []byte("by hand")
			f.Runtime, f.Handler = "provided.al2023", "bootstrap"
			a.aws.Lambda().PutFunction(f)
		}, []string{"function's package type is Zip instead of Image"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			mustCreate(t, a, s)
			test.change(t, a)
			live, err := a.Read(t.Context(), stateOf(s))
			if err != nil {
				t.Fatal(err)
			}
			got := runnerstack.Drift(stateOf(s), live, a.Region)
			slices.Sort(got)
			if diff := cmp.Diff(slices.Sorted(slices.Values(test.want)), got); diff != "" {
				t.Errorf("drift (-want +got):\n%s", diff)
			}
			if _, err := a.Update(t.Context(), stateOf(s), s); err != nil {
				t.Fatalf("mending: %v", err)
			}
			wantAll(t, a, s)
		})
	}
}

func TestUpdate_imageOnlyCode(t *testing.T) {
	t.Parallel()
	a := start(t)
	one, two := imaged(t, "one"), imaged(t, "two")
	mustCreate(t, a, one)
	before := len(a.aws.Requests())
	if _, err := a.Update(t.Context(), stateOf(one), two); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, o := range changes(a.operations()[before:]) {
		seen[o] = true
	}
	for _, o := range []string{"lambda:UpdateFunctionCode", "ecr:PutImage", "ecr:BatchDeleteImage"} {
		if !seen[o] {
			t.Errorf("there was no %s", o)
		}
	}
	maps.DeleteFunc(seen, func(o string, _ bool) bool {
		return strings.HasPrefix(o, "ecr:") || o == "lambda:UpdateFunctionCode"
	})
	if len(seen) > 0 {
		t.Errorf("the code changes alone, and this was written: %v", seen)
	}
	before = len(a.aws.Requests())
	if _, err := a.Update(t.Context(), stateOf(two), two); err != nil {
		t.Fatal(err)
	}
	for _, o := range changes(a.operations()[before:]) {
		if !strings.HasPrefix(o, "ecr:Batch") { // reads
			t.Errorf("nothing differs, and this was written: %s", o)
		}
	}
	wantAll(t, a, two)
}
