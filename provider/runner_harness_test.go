package provider

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	frameworkresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

const runnerAddress = "savings_runner.tools"

// runnerTest is a fake AWS and a provider whose bundled runner a test can change.
type runnerTest struct {
	*fakeaws.AWS
	t           *testing.T
	release     atomic.Value // string: what the bundled program holds; "" for none
	profile     string
	defaultTags string
	created     []diag.Diagnostics // what each Create of a runner said
	deleted     []diag.Diagnostics // what each Delete of a runner said
}

func newRunnerTest(t *testing.T, opts ...fakeaws.Option) *runnerTest {
	t.Helper()
	r := &runnerTest{AWS: fakeaws.Start(t, opts...), t: t, profile: filepath.Join(t.TempDir(), "config")}
	r.release.Store("one")
	profile := "[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n"
	if err := os.WriteFile(r.profile, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *runnerTest) zip(architecture string) ([]byte, string, error) {
	release := r.release.Load().(string)
	if release == "" {
		return nil, "", &bundle.MissingError{Architecture: architecture}
	}
	packed := acctest.Zip(r.t, "bootstrap", release+" for "+architecture)
	return packed, bundle.Digest(packed), nil
}

func (r *runnerTest) image(architecture string) (*runnerimage.Image, error) {
	release := r.release.Load().(string)
	if release == "" {
		return nil, &bundle.MissingError{Architecture: architecture}
	}
	return runnerimage.Assemble(architecture, []byte(release+" for "+architecture), []byte("{}"))
}

// imageURI is the address of the bundled image in the repository runners.
func (r *runnerTest) imageURI(architecture string) string {
	r.t.Helper()
	image, err := r.image(architecture)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.ECR().URL("runners") + "@" + image.Digest()
}

// repository makes the repository runners and returns the argument that names it.
func (r *runnerTest) repository() string {
	r.ECR().PutRepository(fakeaws.ECRRepository{Name: "runners", Immutable: true})
	return fmt.Sprintf("repository_url = %q", r.ECR().URL("runners"))
}

func (r *runnerTest) digest(architecture string) string {
	r.t.Helper()
	_, digest, err := r.zip(architecture)
	if err != nil {
		r.t.Fatal(err)
	}
	return digest
}

// runnerProvider is the provider with another bundled runner.
type runnerProvider struct {
	provider.Provider
	test *runnerTest
}

func (p runnerProvider) Resources(context.Context) []func() frameworkresource.Resource {
	return []func() frameworkresource.Resource{
		newScheduleResource,
		func() frameworkresource.Resource {
			return &watchedRunner{&runnerResource{
				bundled:  bundled{p.test.zip, p.test.image},
				registry: []runnerimage.Option{runnerimage.WithTransport(p.test.RegistryTransport())},
			}, p.test}
		},
	}
}

// watchedRunner keeps the diagnostics of writes, as plugin-testing shows no warnings.
type watchedRunner struct {
	*runnerResource
	test *runnerTest
}

func (r *watchedRunner) Create(ctx context.Context, req frameworkresource.CreateRequest,
	resp *frameworkresource.CreateResponse,
) {
	r.runnerResource.Create(ctx, req, resp)
	r.test.created = append(r.test.created, resp.Diagnostics)
}

func (r *watchedRunner) Delete(ctx context.Context, req frameworkresource.DeleteRequest,
	resp *frameworkresource.DeleteResponse,
) {
	r.runnerResource.Delete(ctx, req, resp)
	r.test.deleted = append(r.test.deleted, resp.Diagnostics)
}

func (r *runnerTest) run(steps ...resource.TestStep) {
	r.t.Helper()
	server := providerserver.NewProtocol6WithError(runnerProvider{New("test")(), r})
	inProcess(r.t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){"savings": server},
		Steps:                    steps,
	})
	if left := r.Leftovers(); len(left) > 0 {
		r.t.Errorf("left behind: %q", left)
	}
}

// config is a configuration of a runner named tools with more arguments.
func (r *runnerTest) config(arguments ...string) string {
	return r.named(`"tools"`, arguments...)
}

func (r *runnerTest) named(name string, arguments ...string) string {
	return fmt.Sprintf(`
provider "savings" {
  region              = "us-east-1"
  endpoint_url        = %q
  shared_config_files = [%q]
  %s
}

resource "savings_runner" "tools" {
  name = %s
  %s
}
`, r.URL(), r.profile, r.defaultTags, name, strings.Join(arguments, "\n  "))
}

func attribute(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(runnerAddress, tfjsonpath.New(name), value)
}

func isString(s string) knownvalue.Check { return knownvalue.StringExact(s) }

// onlyChanges checks that a plan updates the runner in place, changes exactly these attributes and
// leaves nothing for after the apply.
type onlyChanges []string

func (want onlyChanges) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest,
	resp *plancheck.CheckPlanResponse,
) {
	for _, rc := range req.Plan.ResourceChanges {
		if rc.Address != runnerAddress {
			continue
		}
		if !rc.Change.Actions.Update() {
			resp.Error = fmt.Errorf("got actions %v, want an update in place", rc.Change.Actions)
			return
		}
		before, after := rc.Change.Before.(map[string]any), rc.Change.After.(map[string]any)
		got := []string{}
		for name := range after {
			if !cmp.Equal(before[name], after[name]) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string(want), got); diff != "" {
			resp.Error = fmt.Errorf("changed attributes (-want +got):\n%s", diff)
		}
		for name, unknown := range rc.Change.AfterUnknown.(map[string]any) {
			if unknown == true {
				resp.Error = fmt.Errorf("%s is known only after the apply", name)
			}
		}
		return
	}
	resp.Error = fmt.Errorf("the plan does not name %s", runnerAddress)
}

func before(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}
