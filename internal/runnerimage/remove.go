package runnerimage

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Remove takes a tag of ours away, and the image with it if that was its last tag: several functions
// may share one image. A tag that is not there, or is on another image than digest, is no error.
func (r *Registry) Remove(ctx context.Context, repo Repository, tag, digest string) error {
	const doing = "removing the image from"
	opts, err := r.options(ctx, repo, doing, removeActions)
	if err != nil {
		return err
	}
	found, err := r.tagged(repo, tag, opts)
	if err != nil {
		return explain(err, repo, doing, removeActions)
	}
	if found.String() != digest {
		return nil
	}
	if repo.Loopback() {
		err = r.deleteLocal(ctx, repo, tag, found, opts)
	} else {
		err = r.deleteTag(ctx, repo, tag)
	}
	if missing := (*RepositoryMissingError)(nil); errors.As(explain(err, repo, doing, nil), &missing) {
		return nil
	}
	if err != nil {
		return explain(err, repo, doing, removeActions)
	}
	return nil
}

// deleteTag lets ECR remove a tag: an image that loses its last one is deleted (Amazon ECR API
// Reference, "BatchDeleteImage"). With the digest it would delete the image with all its tags.
func (r *Registry) deleteTag(ctx context.Context, repo Repository, tag string) error {
	out, err := r.ecr.BatchDeleteImage(ctx, &ecr.BatchDeleteImageInput{
		RegistryId: aws.String(repo.Account), RepositoryName: aws.String(repo.Name),
		ImageIds: []types.ImageIdentifier{{ImageTag: aws.String(tag)}},
	}, inRegion(repo.Region))
	if err != nil {
		return err
	}
	for _, failure := range out.Failures {
		if failure.FailureCode != types.ImageFailureCodeImageNotFound {
			return fmt.Errorf("tag %s: %s: %s", tag, failure.FailureCode, aws.ToString(failure.FailureReason))
		}
	}
	return nil
}

// deleteLocal removes a tag, and the manifest if no other tag is on it, by the registry's own API.
func (r *Registry) deleteLocal(ctx context.Context, repo Repository, tag string, digest v1.Hash,
	opts []remote.Option,
) error {
	tags, err := remote.List(repo.remote, opts...)
	if err != nil {
		return err
	}
	shared := false
	for _, other := range tags {
		if other == tag {
			continue
		}
		found, err := r.tagged(repo, other, opts)
		if err != nil {
			return err
		}
		shared = shared || found == digest
	}
	// The image goes before its tag, by which one that is killed in between finds the rest again. Not
	// every registry deletes tags; then a tag goes with its image.
	if !shared {
		err = remote.Delete(repo.remote.Digest(digest.String()), opts...)
		if err != nil && !undeletable(err) && !notFound(err) {
			return err
		}
	}
	tagErr := remote.Delete(repo.remote.Tag(tag), opts...)
	if shared || !undeletable(tagErr) && !notFound(tagErr) {
		err = errors.Join(err, tagErr)
	}
	switch {
	case undeletable(err):
		r.log(ctx, fmt.Sprintf("the registry at %s does not delete tag %s of %s; it stays", repo.Host, tag, repo.Name))
		return nil
	case notFound(err):
		return nil
	}
	return err
}

// undeletable tells that a registry does not delete what it was asked to. Docker's registry calls a
// tag an invalid digest.
func undeletable(err error) bool {
	var answer *transport.Error
	return errors.As(err, &answer) && (answer.StatusCode == http.StatusMethodNotAllowed ||
		hasCode(answer, transport.UnsupportedErrorCode) || hasCode(answer, transport.DigestInvalidErrorCode))
}
