package runnerstack

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// replaceFunction makes a function again that no update turns into what is wanted, and puts the old one
// back where the new one cannot be made. Once the deletion began, the end of the context stops neither: it
// would leave no function.
func (p *pass) replaceFunction(ctx context.Context, old *Function) (*Function, error) {
	if err := p.mayChange(ctx); err != nil {
		return nil, err
	}
	if err := p.checkImage(ctx); err != nil {
		return nil, err
	}
	long, cancel := context.WithTimeout(context.WithoutCancel(ctx), replaceWait)
	defer cancel()
	err := p.removeFunction(long)
	if err == nil {
		var made *Function
		if made, err = p.createFunction(long); err == nil {
			return made, nil
		}
	}
	return nil, p.putBack(ctx, old, err)
}

// removeFunction deletes the function and waits until it is gone.
func (p *pass) removeFunction(ctx context.Context) error {
	name := p.want.Name
	if err := p.deleteFunction(ctx, name); err != nil {
		return err
	}
	err := p.poll(ctx, functionEvery, functionWait, func() (bool, error) {
		function, err := p.findFunction(ctx, name)
		return function == nil, err
	})
	if err != nil {
		return fmt.Errorf("waiting until function %q is gone: %w", name, err)
	}
	return nil
}

// putBack makes the function as it was before a replacement that failed, and returns cause with what
// came of it. A creation had none, and takes back what it made.
func (p *pass) putBack(ctx context.Context, old *Function, cause error) error {
	if p.have == nil {
		return cause
	}
	before := *p
	before.want, before.token = *p.have, "" // complete, so without a mark
	before.want.ImageURI, before.want.Zip = old.ImageURI, p.want.Zip
	before.want.Architecture = p.want.Architecture // the zip's
	was := "zip package"
	if old.ImageURI != "" {
		before.want.Architecture, was = old.Architecture, "image "+old.ImageURI
	}
	if old.Failed || old.ImageURI == "" && before.want.Zip == nil {
		return cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackWait)
	defer cancel()
	if err := before.restoreFunction(ctx); err != nil {
		return fmt.Errorf("%w; putting function %q back failed too, the next apply makes it again: %w",
			cause, p.want.Name, err)
	}
	return fmt.Errorf("%w; function %q runs its %s again", cause, p.want.Name, was)
}

// restoreFunction makes the function unless it is there. One of the other package's type is what a
// replacement could not complete.
func (p *pass) restoreFunction(ctx context.Context) error {
	live, err := p.findFunction(ctx, p.want.Name)
	if err != nil {
		return err
	}
	if live != nil && live.PackageType != string(p.want.packageType()) {
		if err := p.removeFunction(ctx); err != nil {
			return err
		}
		live = nil
	}
	if live == nil {
		if _, err := p.createFunction(ctx); err != nil {
			return err
		}
	}
	return p.ensureAsync(ctx, nil)
}

// checkImage returns an error where an image of the user's is known to be missing, before a function
// goes for it. Whom the registry does not answer hears of it from Lambda.
func (p *pass) checkImage(ctx context.Context) error {
	if p.want.ImageURI == "" || p.want.pushed() {
		return nil
	}
	repo, err := runnerimage.ParseRepository(ImageRepository(p.want.ImageURI))
	if err != nil { // of a registry that cannot be asked
		p.Log(ctx, fmt.Sprintf("whether image %s exists is not known: %v", p.want.ImageURI, err))
		return nil
	}
	exists, err := p.hasOwnImage(ctx, repo)
	if is[*runnerimage.AccessError](err) {
		p.Log(ctx, fmt.Sprintf("whether image %s exists is not known: %v", p.want.ImageURI, err))
		return nil
	}
	if err != nil {
		return err
	}
	if !exists {
		return fmt.Errorf("image %q does not exist, and function %q was left as it is: push the image, or "+
			"write the image_uri of one that exists", p.want.ImageURI, p.want.Name)
	}
	return nil
}

// hasOwnImage tells whether the repository has the image that its URI names by digest or by tag, which
// is "latest" where it has neither.
func (p *pass) hasOwnImage(ctx context.Context, repo runnerimage.Repository) (bool, error) {
	if digest := p.want.imageDigest(); digest != "" {
		return p.Registry.Exists(ctx, repo, digest)
	}
	tag := cmp.Or(strings.TrimPrefix(strings.TrimPrefix(p.want.ImageURI, repo.URL), ":"), "latest")
	digest, err := p.Registry.Tagged(ctx, repo, tag)
	return digest != "", err
}
