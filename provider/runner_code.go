package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

// bundled is what the provider carries of the runner.
type bundled struct {
	// zip returns the package of an architecture and its digest, as bundle.Zip does.
	zip func(architecture string) ([]byte, string, error)
	// image returns the image of an architecture, as runnerimage.New does.
	image func(architecture string) (*runnerimage.Image, error)
}

// zipDigest is the zip's digest as Lambda's CodeSha256, "" where there is none.
func (b bundled) zipDigest(architecture string) string {
	_, digest, err := b.zip(architecture)
	if err != nil {
		return "" // the plan says so
	}
	return digest
}

// imageDigest is the image's digest as Lambda's CodeSha256, "" where there is none.
func (b bundled) imageDigest(architecture string) string {
	image, err := b.image(architecture)
	if err != nil {
		return "" // the plan says so
	}
	return codeSHA256(image.Digest())
}

// codeSHA256 is an image's digest as Lambda's CodeSha256.
func codeSHA256(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

// complete puts the code into a planned stack whose values are all known.
func (b bundled) complete(s *runnerstack.Stack) (err error) {
	switch {
	case s.Repository != nil:
		if s.Image, err = b.image(s.Architecture); err != nil {
			return err
		}
		s.ImageURI = s.Repository.URI(s.Image.Digest())
		s.CodeDigest = codeSHA256(s.Image.Digest())
	case s.ImageURI != "":
		s.CodeDigest = ""
		if _, hash, ok := strings.Cut(s.ImageURI, "@sha256:"); ok {
			s.CodeDigest = hash
		}
	default:
		s.Zip, s.CodeDigest, err = b.zip(s.Architecture)
	}
	return err
}

// planCode makes known what can be of the function's code: whether it changes, and from which runner
// version to which. state is nil for a new resource.
func (m *runnerModel) planCode(config runnerModel, state *runnerModel, b bundled) error {
	m.ImageURI, m.CodeDigest = config.ImageURI, types.StringUnknown()
	m.RunnerVersion = types.StringValue(runnerversion.Version)
	switch {
	case config.ImageURI.IsUnknown():
		m.RunnerVersion = types.StringUnknown()
		return nil
	case !config.ImageURI.IsNull():
		m.RunnerVersion = types.StringNull()
		if _, hash, ok := strings.Cut(config.ImageURI.ValueString(), "@sha256:"); ok {
			m.CodeDigest = types.StringValue(hash)
		} else if state != nil && !m.looksAtTag(*state) {
			m.CodeDigest = state.CodeDigest
		}
		return nil
	}
	stack := m.expand()
	// The provider may lack the runner, which is worth saying as soon as its kind is known.
	if config.RepositoryURL.IsUnknown() || m.Architecture.IsUnknown() {
		if config.RepositoryURL.IsUnknown() || stack.Repository != nil {
			m.ImageURI = types.StringUnknown()
		}
		return nil
	}
	if err := b.complete(&stack); err != nil {
		return err
	}
	m.ImageURI, m.CodeDigest = text(stack.ImageURI), types.StringValue(stack.CodeDigest)
	return nil
}

// looksAtTag tells that the update of a runner with an image by tag may give Lambda the tag again, which
// then runs what the tag is on today: the image or the architecture changes, or the function may have
// gone or be broken, which only drift says.
func (m runnerModel) looksAtTag(state runnerModel) bool {
	return !state.ImageURI.Equal(m.ImageURI) || !state.Architecture.Equal(m.Architecture) ||
		len(state.Drift.Elements()) > 0
}

// warnOfPackageChange says that the function goes and comes again where its package's type changes.
func (m runnerModel) warnOfPackageChange(diags *diag.Diagnostics, state *runnerModel) {
	if state == nil || state.ImageURI.IsNull() == m.ImageURI.IsNull() {
		return
	}
	from, to := "a zip package", "an image"
	if m.ImageURI.IsNull() {
		from, to = to, from
	}
	name := m.Name.ValueString()
	diags.AddWarning(name+": the function is deleted and made again", fmt.Sprintf(
		"Function %s turns from %s to %s, which AWS Lambda does not change in place. It keeps its ARN, its "+
			"tags, its roles and its log. Events that come while it is gone, for about a minute, fail unless "+
			"their retries outlast it. Versions, aliases and permissions that somebody else added go with it.",
		name, from, to))
}

// checkRegion refuses a repository, or an image, of another region than the provider's.
func (m runnerModel) checkRegion(diags *diag.Diagnostics, region string) {
	if region == "" {
		return // an operation that needs AWS says so
	}
	attribute, url := "repository_url", m.RepositoryURL
	if url.IsNull() {
		attribute, url = "image_uri", m.ImageURI
	}
	repo, err := runnerimage.ParseRepository(runnerstack.ImageRepository(url.ValueString()))
	if err != nil {
		return // not known yet, or none; ValidateConfig refuses what cannot be read
	}
	if err := repo.CheckRegion(region); err != nil {
		diags.AddAttributeError(path.Root(attribute), "Repository of another region", attribute+": "+err.Error())
	}
}

func addBundleError(diags *diag.Diagnostics, err error) {
	var missing *bundle.MissingError
	if !errors.As(err, &missing) {
		diags.AddError("Bundled runner is unreadable", err.Error())
		return
	}
	diags.AddAttributeError(path.Root("architecture"), "Runner is not built in", fmt.Sprintf(
		"This build of the provider has no runner for %s. Run `make build` in the provider's source, "+
			"which makes the runner before the provider, or use a release. Everything but savings_runner "+
			"works without it.", missing.Architecture))
}
