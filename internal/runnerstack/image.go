package runnerstack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// Registry is what the package asks of image registries; *runnerimage.Registry is one. Digests are
// "sha256:…".
type Registry interface {
	// Push sends what of the image is not there yet and returns its URI by digest.
	Push(ctx context.Context, repo runnerimage.Repository, function string,
		image *runnerimage.Image) (uri string, err error)
	Exists(ctx context.Context, repo runnerimage.Repository, digest string) (bool, error)
	// Tagged returns the digest of the image that has a tag; "" where none has.
	Tagged(ctx context.Context, repo runnerimage.Repository, tag string) (digest string, err error)
	// Remove takes the tag away, and the image with its last tag. What is gone already is no error.
	Remove(ctx context.Context, repo runnerimage.Repository, tag, digest string) error
	// RemoveOthers removes every image that this provider pushed for the function, but the one with the
	// digest keep, "" for none.
	RemoveOthers(ctx context.Context, repo runnerimage.Repository, function, keep string) error
	// LifecycleRisk says in words which of the repository's rules may expire the image; "" if none.
	LifecycleRisk(ctx context.Context, repo runnerimage.Repository, tag string) (string, error)
}

// pushed tells that the stack's image is the bundled one, which this provider puts into the
// repository and takes away.
func (s Stack) pushed() bool { return s.ImageURI != "" && s.Repository != nil }

func (s Stack) packageType() lambdatypes.PackageType {
	if s.ImageURI == "" {
		return lambdatypes.PackageTypeZip
	}
	return lambdatypes.PackageTypeImage
}

// imageDigest is the digest in the image's URI, "sha256:…".
func (s Stack) imageDigest() string {
	_, digest, _ := strings.Cut(s.ImageURI, "@")
	return digest
}

func (s Stack) imageTag() string {
	return runnerimage.Tag(s.Name, s.Architecture, s.imageDigest())
}

// repositories has the ARN of the ECR repository that the function's image is in; none for a zip
// package and for a registry that is not ECR's.
func (s Stack) repositories() []string {
	repo, err := runnerimage.ParseRepository(ImageRepository(s.ImageURI))
	if err != nil || repo.Loopback() {
		return nil
	}
	return []string{repo.ARN()}
}

// allRepositories has the one of the last apply too, which the function runs from until its code has
// changed.
func (p *pass) allRepositories() []string {
	all := p.want.repositories()
	if p.have != nil {
		for _, arn := range p.have.repositories() {
			if !slices.Contains(all, arn) {
				all = append(all, arn)
			}
		}
	}
	return all
}

// dropPull takes away the right to pull what the function no longer runs.
func (p *pass) dropPull(ctx context.Context) error {
	if p.want.ExecutionRoleARN != "" || len(p.allRepositories()) == len(p.want.repositories()) {
		return nil
	}
	return p.writePolicy(ctx, p.executionRoleWant())
}

// ImageRepository is the address of an image without its tag and digest.
func ImageRepository(imageURI string) string {
	url, _, _ := strings.Cut(imageURI, "@")
	if i := strings.LastIndex(url, ":"); i > strings.LastIndex(url, "/") {
		url = url[:i]
	}
	return url
}

// findImage looks for the stack's pushed image. A tag of its own is what keeps it while others that
// share it go. Who may not look, or keeps images anyway, can do all that needs no push.
func (k *Keeper) findImage(ctx context.Context, s Stack, live *Live) error {
	if !s.pushed() {
		return nil
	}
	digest := s.imageDigest()
	found, err := k.Registry.Tagged(ctx, *s.Repository, s.imageTag())
	if err == nil && found != digest {
		live.ImageUntagged, err = k.Registry.Exists(ctx, *s.Repository, digest)
	}
	if err == nil && found == digest {
		live.Image = s.ImageURI
	}
	if ctx.Err() == nil && (s.KeepImage || is[*runnerimage.AccessError](err)) {
		live.ImageError, err = err, nil
	}
	return err
}

// lacksImage tells that the image is known not to be in its repository under its tag.
func (l *Live) lacksImage() bool { return l.Image == "" && l.ImageError == nil }

// ensureImage pushes the bundled image, unless the function runs it and it is where it belongs.
func (p *pass) ensureImage(ctx context.Context, live *Live) error {
	if p.want.Image == nil {
		return nil
	}
	runs := live.Function != nil && live.Function.ImageURI == p.want.ImageURI
	if p.have != nil && runs && !live.lacksImage() {
		return nil
	}
	if live.ImageError != nil { // a push looks too, and could not be taken back
		return live.ImageError
	}
	if err := p.announcePush(ctx, live); err != nil {
		return err
	}
	p.pushing = live.Image == ""
	_, err := p.Registry.Push(ctx, *p.want.Repository, p.want.Name, p.want.Image)
	return err
}

// pushStays takes the push of a failed update back, also after its context has ended, unless the
// function runs the image or the state has the repository. It tells whether the state has to have this
// repository from now on: it has one alone, so what it had goes first.
func (p *pass) pushStays(ctx context.Context) bool {
	if !p.pushing || p.have.pushed() && *p.have.Repository == *p.want.Repository {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackWait)
	defer cancel()
	function, err := p.findFunction(ctx, p.want.Name)
	if err != nil || function != nil && function.ImageURI == p.want.ImageURI {
		return !p.have.pushed() || err == nil && function.Broken == "" && p.leavesRepository(ctx)
	}
	err = p.Registry.Remove(ctx, *p.want.Repository, p.want.imageTag(), p.want.imageDigest())
	if err != nil {
		p.Log(ctx, fmt.Sprintf("image %s of the failed update stays: %v", p.want.ImageURI, err))
	}
	return err != nil && !p.have.pushed()
}

// leavesRepository removes what the function ran from the repository of the last apply.
func (p *pass) leavesRepository(ctx context.Context) bool {
	if p.want.KeepImage {
		return true
	}
	err := p.removeOthers(ctx, *p.have, "")
	if err != nil {
		p.Log(ctx, err.Error())
	}
	return err == nil
}

// dropImages removes what was pushed and is no longer used: the image of the last apply, and those of
// applies that did not come through.
func (p *pass) dropImages(ctx context.Context) error {
	if p.have == nil || p.want.KeepImage {
		return nil
	}
	if err := p.removeStray(ctx, p.want.Name, p.stray); err != nil || p.have.ImageURI == p.want.ImageURI {
		return err
	}
	elsewhere := p.have.pushed() && (!p.want.pushed() || *p.have.Repository != *p.want.Repository)
	if elsewhere {
		keep, err := p.runsFrom(ctx, *p.have.Repository)
		if err != nil {
			return err
		}
		if err := p.removeOthers(ctx, *p.have, keep); err != nil {
			return err
		}
	}
	if !p.want.pushed() {
		return nil
	}
	return p.removeOthers(ctx, p.want, p.want.imageDigest())
}

// runsFrom is the digest of the user's image that the function runs from a repository; "" where it runs
// none from there. The user may have chosen one that this provider pushed, by its digest or its tag.
func (p *pass) runsFrom(ctx context.Context, repo runnerimage.Repository) (string, error) {
	if p.want.pushed() || ImageRepository(p.want.ImageURI) != repo.URL {
		return "", nil
	}
	function, err := p.findFunction(ctx, p.want.Name)
	if err != nil {
		return "", err
	}
	if function == nil {
		return "", fmt.Errorf("function %q was deleted outside while it was changed", p.want.Name)
	}
	return "sha256:" + function.CodeDigest, nil
}

// deleteImages removes the images of a stack that goes.
func (k *Keeper) deleteImages(ctx context.Context, live *Live, have Stack) error {
	if have.KeepImage {
		return nil
	}
	if err := k.removeStray(ctx, have.Name, stray(live, have)); err != nil || !have.pushed() {
		return err
	}
	return k.removeOthers(ctx, have, "")
}

func (k *Keeper) removeOthers(ctx context.Context, s Stack, keep string) error {
	if err := k.Registry.RemoveOthers(ctx, *s.Repository, s.Name, keep); err != nil {
		return fmt.Errorf("removing images that function %q no longer runs (keep_image = true leaves them): %w",
			s.Name, err)
	}
	return nil
}

// warnings says what is no error and still worth a word.
func (p *pass) warnings(ctx context.Context) []string {
	if p.want.Image == nil {
		return nil
	}
	risk, err := p.Registry.LifecycleRisk(ctx, *p.want.Repository, p.want.imageTag())
	if err != nil { // the right to read the rules is no condition for running
		p.Log(ctx, fmt.Sprintf("the lifecycle rules of %s cannot be read: %v", p.want.Repository.URL, err))
		return nil
	}
	if risk == "" {
		return nil
	}
	return []string{risk}
}
