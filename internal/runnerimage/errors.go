package runnerimage

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// RepositoryMissingError says that there is no such repository.
type RepositoryMissingError struct{ Repository Repository }

func (e *RepositoryMissingError) Error() string {
	r := e.Repository
	if r.Loopback() {
		return fmt.Sprintf("repository %q does not exist in the registry at %s; make it there first",
			r.Name, r.Host)
	}
	label := resourceLabel(r.Name)
	return fmt.Sprintf(`repository %[1]q does not exist in %[2]s of account %[3]s; add it, or correct the address:

  resource "aws_ecr_repository" %[4]q {
    name                 = %[1]q
    image_tag_mutability = "IMMUTABLE"
  }

and write repository_url = aws_ecr_repository.%[4]s.repository_url`, r.Name, r.Region, r.Account, label)
}

// resourceLabel makes a Terraform name of a repository's.
func resourceLabel(repository string) string {
	label := strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(repository)
	if label[0] >= '0' && label[0] <= '9' {
		label = "repository_" + label
	}
	return label
}

// WrongRegionError says that Repository is in another region than the function will be.
type WrongRegionError struct {
	Repository Repository
	Region     string
}

func (e *WrongRegionError) Error() string {
	return fmt.Sprintf("repository %q is in %s, the function in %s; Lambda takes images of its own region "+
		"alone: write a repository in %s, or replicate this one there (aws_ecr_replication_configuration) "+
		"and write the replica's address", e.Repository.URL, e.Repository.Region, e.Region, e.Region)
}

// AccessError says that rights are missing. Unwrap returns what AWS said.
type AccessError struct {
	Repository Repository
	// Doing is what was tried: "pushing to".
	Doing string
	// Actions are those of IAM that it takes.
	Actions []string

	cause error
}

func (e *AccessError) Error() string {
	r := e.Repository
	if r.Loopback() {
		return fmt.Sprintf("%s repository %q: the registry at %s refuses it (%v); a registry on a loopback "+
			"address must take pushes without login", e.Doing, r.Name, r.Host, e.cause)
	}
	return fmt.Sprintf("%s repository %q: access denied (%v); it takes %s on *, and %s on %s",
		e.Doing, r.Name, e.cause, actionLogin, strings.Join(e.Actions, ", "), r.ARN())
}

func (e *AccessError) Unwrap() error { return e.cause }

// TagTakenError says that another image has our tag in a repository whose tags are immutable.
type TagTakenError struct {
	Repository Repository
	Tag        string
	// Digest is that of the image that has the tag.
	Digest string
}

func (e *TagTakenError) Error() string {
	r := e.Repository
	if r.Loopback() {
		return fmt.Sprintf("tag %s of repository %q is on another image, %s, and cannot be moved; delete "+
			"it there", e.Tag, r.Name, e.Digest)
	}
	return fmt.Sprintf("tag %s of repository %q is on another image, %s, and the repository's tags are "+
		"immutable; nothing of ours has put it there. Remove it: aws ecr batch-delete-image --region %s "+
		"--registry-id %s --repository-name %s --image-ids imageTag=%s",
		e.Tag, r.Name, e.Digest, r.Region, r.Account, r.Name, e.Tag)
}

// Error codes of the ECR API (Amazon ECR API Reference).
const (
	codeNoRepository = "RepositoryNotFoundException"
	codeAccessDenied = "AccessDeniedException"
	codeNoLifecycle  = "LifecyclePolicyNotFoundException"
)

// explain turns what a registry or the ECR API answered into an error of ours, told by its code.
func explain(err error, repo Repository, doing string, actions []string) error {
	var answer *transport.Error
	var api smithy.APIError
	var silent *NoAnswerError
	missing, denied := false, false
	switch {
	case errors.As(err, &silent):
		err = silent // without the address of each attempt
	case errors.As(err, &answer):
		missing = hasCode(answer, transport.NameUnknownErrorCode)
		denied = answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden ||
			hasCode(answer, transport.DeniedErrorCode) || hasCode(answer, transport.UnauthorizedErrorCode)
	case errors.As(err, &api):
		missing = api.ErrorCode() == codeNoRepository
		denied = api.ErrorCode() == codeAccessDenied
	}
	switch {
	case missing:
		return &RepositoryMissingError{repo}
	case denied:
		return &AccessError{Repository: repo, Doing: doing, Actions: actions, cause: err}
	}
	return fmt.Errorf("%s repository %q: %w", doing, repo.URL, err)
}

func hasCode(err *transport.Error, code transport.ErrorCode) bool {
	for _, diagnostic := range err.Errors {
		if diagnostic.Code == code {
			return true
		}
	}
	return false
}

// notFound tells that a registry has no such thing, be it the repository or what is in it.
func notFound(err error) bool {
	var answer *transport.Error
	return errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound
}
