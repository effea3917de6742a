package enforcement_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

const repositoryURL = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tools"

// aRepository is somebody else's, and there before the runner.
func aRepository(t *testing.T, s stage) {
	t.Helper()
	s.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools", Immutable: true, LifecyclePolicy: expiring})
}

// expiring is a rule that could expire the runner's image, so that an apply warns where it may read it.
const expiring = `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan",` +
	`"countNumber":1},"action":{"type":"expire"}}]}`

func withImage(t *testing.T, program string) runnerstack.Stack {
	t.Helper()
	s := bounded(t)
	image, err := runnerimage.Assemble(s.Architecture, []byte(program), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	repo, err := runnerimage.ParseRepository(repositoryURL)
	if err != nil {
		t.Fatal(err)
	}
	s.Zip, s.Image, s.Repository = nil, image, &repo
	s.ImageURI = repositoryURL + "@" + image.Digest()
	s.CodeDigest = strings.TrimPrefix(image.Digest(), "sha256:")
	return s
}

func imageLife(t *testing.T, s stage, cfg aws.Config) error {
	t.Helper()
	k, have, want := s.keeper(cfg), withImage(t, "one"), withImage(t, "two")
	out, err := k.Create(t.Context(), have)
	if err != nil {
		return err
	}
	if len(out.Warnings) == 0 {
		return fmt.Errorf("no warning of the lifecycle rule")
	}
	if _, err := k.Update(t.Context(), have, want); err != nil {
		return err
	}
	live, err := k.Read(t.Context(), want)
	if err != nil {
		return err
	}
	if drift := runnerstack.Drift(want, live, here.Region); len(drift) > 0 {
		return fmt.Errorf("after the update: %q", drift)
	}
	if _, err := k.Delete(t.Context(), want); err != nil {
		return err
	}
	if repo, _ := s.ECR().Repository("tools"); len(repo.Images) > 0 {
		return fmt.Errorf("images are left: %v", repo.Images)
	}
	return nil
}

// The function's role pulls its own image and no other, and changes none.
func TestRoles_ofARunnerWithAnImage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.IAM().PutManagedPolicy(boundary, iampolicy.Document(deployer.Boundary()))
	aRepository(t, s)
	if _, err := s.keeper(s.Config()).Create(t.Context(), withImage(t, "one")); err != nil {
		t.Fatal(err)
	}
	const runs, invokes = "tools-us-east-1", "tools-us-east-1-scheduler"
	const repository = "arn:aws:ecr:us-east-1:123456789012:repository/tools"
	s.checkRoles(t, map[permission]bool{
		{runs, "ecr:BatchGetImage", repository}:                true,
		{runs, "ecr:GetDownloadUrlForLayer", repository}:       true,
		{runs, "ecr:BatchGetImage", repository + "2"}:          false,
		{runs, "ecr:GetDownloadUrlForLayer", repository + "2"}: false,
		{runs, "ecr:PutImage", repository}:                     false,
		{runs, "ecr:GetAuthorizationToken", "*"}:               false,
		{invokes, "ecr:BatchGetImage", repository}:             false,
		{invokes, "lambda:InvokeFunction", function}:           true,
	})
}
