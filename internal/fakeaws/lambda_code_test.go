package fakeaws

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	gocmp "github.com/google/go-cmp/cmp"
)

const (
	imageRepository = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tools"
	accessDenied    = "AccessDeniedException"
)

// newTestImages is a Lambda with a role that may pull from the repository tools, which has an image.
func newTestImages(t *testing.T, granted bool) (a *AWS, client *lambda.Client, hash string) {
	t.Helper()
	a, client = newTestLambda(t)
	hash = strings.Repeat("ab", 32)
	a.ECR().PutRepository(ECRRepository{Name: "tools"})
	a.ECR().Change("tools", func(r *ECRRepository) { r.Images["sha256:"+hash] = []string{"v1"} })
	if granted {
		_, err := iam.NewFromConfig(a.Config()).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: aws.String("runner"), PolicyName: aws.String("pull"),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":` +
				`["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Resource":` +
				`"arn:aws:ecr:us-east-1:123456789012:repository/tools"}}`),
		})
		noError(t, err)
	}
	return a, client, hash
}

func createImageFunction(t *testing.T, client *lambda.Client, uri string) error {
	t.Helper()
	_, err := createFunction(t, client, func(in *lambda.CreateFunctionInput) {
		in.PackageType, in.Runtime, in.Handler = types.PackageTypeImage, "", nil
		in.Code = &types.FunctionCode{ImageUri: aws.String(uri)}
	})
	return err
}

// ResolvedImageUri has the digest, whatever the tag does later (Developer Guide, "Deploy Go Lambda
// functions with container images").
func TestImageFunction(t *testing.T) {
	t.Parallel()
	for _, reference := range []string{":v1", "@sha256:" + strings.Repeat("ab", 32)} {
		a, client, hash := newTestImages(t, true)
		noError(t, createImageFunction(t, client, imageRepository+reference))
		a.ECR().RemoveImage("tools", "sha256:"+hash)
		out, err := client.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
		noError(t, err)
		got := []string{
			*out.Code.ImageUri, *out.Code.ResolvedImageUri, *out.Configuration.CodeSha256,
			string(out.Configuration.State),
		}
		want := []string{
			imageRepository + reference, imageRepository + "@sha256:" + hash, hash, "Active",
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", reference, diff)
		}
		a.Lambda().FetchImages()
		out, err = client.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("f")})
		noError(t, err)
		if c := out.Configuration; c.State != "Inactive" || c.StateReasonCode != "ImageDeleted" {
			t.Errorf("the image is gone: got state %s, %s", c.State, c.StateReasonCode)
		}
	}
}

func TestImageFunction_refused(t *testing.T) {
	t.Parallel()
	_, client, hash := newTestImages(t, true)
	for _, uri := range []string{
		imageRepository + ":v2", imageRepository + "@sha256:" + strings.Repeat("0", 64),
		strings.Replace(imageRepository, "us-east-1", "eu-west-1", 1) + "@sha256:" + hash, "r:t",
	} {
		wantError(t, createImageFunction(t, client, uri), "InvalidParameterValueException",
			"Source image "+uri+" does not exist. Provide a valid source image.")
	}
	_, client, hash = newTestImages(t, false)
	wantError(t, createImageFunction(t, client, imageRepository+"@sha256:"+hash), accessDenied,
		"Lambda does not have permission to access the ECR image. Check the ECR permissions.")
}

// A package's type stays what it was.
func TestImageFunction_packageTypeStays(t *testing.T) {
	t.Parallel()
	const invalid = "InvalidParameterValueException"
	_, client, hash := newTestImages(t, true)
	uri := aws.String(imageRepository + "@sha256:" + hash)
	noError(t, createImageFunction(t, client, *uri))
	update := func(in lambda.UpdateFunctionCodeInput) error {
		in.FunctionName = aws.String("f")
		_, err := client.UpdateFunctionCode(t.Context(), &in)
		return err
	}
	wantError(t, update(lambda.UpdateFunctionCodeInput{ZipFile: []byte("zip")}), invalid,
		"Please don't provide ZipFile when updating a function with packageType Image.")
	_, err := client.DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: aws.String("f")})
	noError(t, err)
	_, err = createFunction(t, client, nil)
	noError(t, err)
	wantError(t, update(lambda.UpdateFunctionCodeInput{ImageUri: uri}), invalid,
		"Please don't provide ImageUri when updating a function with packageType Zip.")
}

func TestImageFunction_overrides(t *testing.T) {
	t.Parallel()
	_, client, hash := newTestImages(t, true)
	noError(t, createImageFunction(t, client, imageRepository+"@sha256:"+hash))
	override := func(config types.ImageConfig) *types.ImageConfigResponse {
		out, err := client.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
			FunctionName: aws.String("f"), ImageConfig: &config,
		})
		noError(t, err)
		return out.ImageConfigResponse
	}
	config := types.ImageConfig{Command: []string{"x"}, WorkingDirectory: aws.String("/tmp")}
	if got := override(config); got == nil || got.ImageConfig.Command[0] != "x" ||
		*got.ImageConfig.WorkingDirectory != "/tmp" {
		t.Errorf("got %+v", got)
	}
	if got := override(types.ImageConfig{}); got != nil {
		t.Errorf("an empty ImageConfig leaves %+v", got)
	}
}

// Failed is for good, Inactive ends with a new image (Developer Guide, "Lambda function states").
func TestImageFunction_updateOfBroken(t *testing.T) {
	t.Parallel()
	a, client, hash := newTestImages(t, true)
	uri := imageRepository + "@sha256:" + hash
	noError(t, createImageFunction(t, client, uri))
	update := func() error {
		_, err := client.UpdateFunctionCode(t.Context(),
			&lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), ImageUri: aws.String(uri)})
		return err
	}
	a.Lambda().Change("f", func(f *Function) { f.State = "Failed" })
	wantError(t, update(), "ResourceConflictException",
		"The operation cannot be performed at this time. The function is currently in the following state: Failed")
	a.Lambda().Change("f", func(f *Function) { f.State = "Inactive" })
	noError(t, update())
	if f, _ := a.Lambda().Function("f"); f.State != "Active" {
		t.Errorf("got state %s", f.State)
	}
}
