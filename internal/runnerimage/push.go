package runnerimage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Push brings an image to a repository, with the one tag of a function, and returns its address by
// digest, as Lambda's ImageUri. What is there is not sent again, so that a push that was interrupted
// is finished by the next one. Where the right content has the tag nothing is written, so tags may be
// immutable. Its errors are *WrongRegionError, *RepositoryMissingError, *AccessError and
// *TagTakenError, besides those of the network.
func (r *Registry) Push(ctx context.Context, repo Repository, function string, image *Image) (string, error) {
	const doing = "pushing to"
	if err := repo.CheckRegion(r.region); err != nil {
		return "", err
	}
	opts, err := r.options(ctx, repo, doing, pushActions)
	if err != nil {
		return "", err
	}
	tag := image.Tag(function)
	slow := &slowLine{
		began: r.now(), now: r.now, size: int64(len(image.layer)),
		log: func(line string) { r.log(ctx, fmt.Sprintf("pushing the runner's image to %s: %s", repo.URL, line)) },
	}
	watched := *image
	watched.read = slow.sent
	content, err := watched.v1()
	if err != nil {
		return "", err
	}
	if err := remote.Write(repo.remote.Tag(tag), content, opts...); err != nil {
		return r.refused(err, repo, tag, image, opts)
	}
	if !slow.any() {
		r.log(ctx, fmt.Sprintf("the runner's image is in %s already", repo.URI(image.Digest())))
	}
	return repo.URI(image.Digest()), nil
}

// refused explains why a push failed. A tag that cannot be moved may have the right content all the
// same: another push at the same time has been quicker.
func (r *Registry) refused(err error, repo Repository, tag string, image *Image, opts []remote.Option) (string, error) {
	var answer *transport.Error
	if errors.As(err, &answer) && hasCode(answer, transport.TagInvalidErrorCode) {
		found, headErr := r.tagged(repo, tag, opts)
		switch {
		case headErr != nil:
			err = errors.Join(err, headErr)
		case found == image.digest:
			return repo.URI(image.Digest()), nil
		default:
			return "", &TagTakenError{Repository: repo, Tag: tag, Digest: found.String()}
		}
	}
	return "", explain(err, repo, "pushing to", pushActions)
}

// progressEvery is how often a slow line is told of.
const progressEvery = 5 * time.Second

// slowLine says how far the upload of the layer has come.
type slowLine struct {
	began time.Time
	now   func() time.Time
	size  int64 // bytes
	log   func(line string)

	// mu is for uploads that were given up: net/http may still be at them while the next one runs.
	mu   sync.Mutex
	read bool
}

// any tells that there was an upload.
func (s *slowLine) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read
}

func (s *slowLine) sent(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = true
	if now := s.now(); now.Sub(s.began) >= progressEvery {
		s.began = now
		s.log(fmt.Sprintf("%d of %d bytes", bytes, s.size))
	}
}
