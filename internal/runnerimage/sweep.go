package runnerimage

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

// listActions are those that a list of tags takes (Amazon ECR User Guide, "Private registry
// authentication").
var listActions = []string{"ecr:ListImages", "ecr:BatchGetImage"}

// RemoveOthers takes every tag of a function away, as Remove does, but those of the image with the
// digest keep, "" for none: also what an apply that was killed has pushed and no state knows of. Another runner of that name, in another account, must
// not share the repository.
func (r *Registry) RemoveOthers(ctx context.Context, repo Repository, function, keep string) error {
	const doing = "looking for the function's images in"
	opts, err := r.options(ctx, repo, doing, listActions)
	if err != nil {
		return err
	}
	tags, err := remote.List(repo.remote, opts...)
	if notFound(err) {
		return nil // no repository, no images
	}
	if err != nil {
		return explain(err, repo, doing, listActions)
	}
	for _, tag := range tags {
		hash, ok := hashIn(tag, function)
		if !ok {
			continue
		}
		found, err := r.tagged(repo, tag, opts)
		if err != nil {
			return explain(err, repo, doing, listActions)
		}
		if !strings.HasPrefix(found.Hex, hash) || found.String() == keep {
			continue // on an image that it does not name: not our doing
		}
		if err := r.Remove(ctx, repo, tag, found.String()); err != nil {
			return err
		}
	}
	return nil
}

var tagEnd = regexp.MustCompile(`^-(` + bundle.ARM64 + `|` + bundle.X8664 + `)-([0-9a-f]{12})$`)

// hashIn reads the piece of the digest from a tag of the function's. A name that goes on, such as
// "tools-arm64" after "tools", is another function's.
func hashIn(tag, function string) (hash string, ok bool) {
	rest, ours := strings.CutPrefix(tag, TagPrefix+function)
	end := tagEnd.FindStringSubmatch(rest)
	if !ours || end == nil {
		return "", false
	}
	return end[2], true
}
