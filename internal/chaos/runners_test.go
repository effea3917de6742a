package chaos_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// repository is the ECR repository of the experiments with images. Its address is the fake's, which
// configurations find in a file; see putRepository.
const repository = "runners"

// runner asks for one savings_runner.
type runner struct {
	name, architecture         string
	memory, timeout, retention int
	tags                       map[string]string
	// image pushes the bundled image to the repository, instead of a zip package.
	image bool
	// url is the repository's address, once there is one.
	url *string
}

func aRunner(image bool) runner {
	return runner{
		name: "tools", architecture: "arm64", memory: 128, timeout: 900, retention: 7,
		tags: map[string]string{"team": "web"}, image: image, url: new(string),
	}
}

// prepare is what the experiments find in the account.
func (r runner) prepare(a *fakeaws.AWS) {
	a.ECR().PutRepository(fakeaws.ECRRepository{Name: repository, Immutable: true})
	*r.url = strings.TrimPrefix(a.URL(), "http://") + "/" + repository
}

func (r runner) HCL() string {
	image := ""
	if r.image {
		image = fmt.Sprintf("repository_url = %q", *r.url)
	}
	return fmt.Sprintf(`
resource "savings_runner" "this" {
  name               = %q
  architecture       = %q
  memory_size        = %d
  timeout            = %d
  log_retention_days = %d
  tags               = %s
  %s
}
`, r.name, r.architecture, r.memory, r.timeout, r.retention, jsonOf(r.tags), image)
}

func (r runner) role() string      { return r.name + "-" + region }
func (r runner) scheduler() string { return r.role() + "-scheduler" }
func (r runner) logGroup() string  { return "/aws/lambda/" + r.name }

func (r runner) arn() string {
	return "arn:aws:lambda:" + region + ":" + account + ":function:" + r.name
}

// digest is that of the bundled image, in hexadecimal digits, or of the zip package as Lambda has it.
func (r runner) digest() string {
	if r.image {
		image, err := runnerimage.New(r.architecture)
		if err != nil {
			panic(err) // make build has bundled it
		}
		return strings.TrimPrefix(image.Digest(), "sha256:")
	}
	_, digest, err := bundle.Zip(r.architecture)
	if err != nil {
		panic(err)
	}
	return digest
}

func (r runner) Objects() []string {
	lines := []string{
		"lambda function " + r.name, "log group " + r.logGroup(),
		"iam role " + r.role(), "iam policy " + r.role() + "/savings-runner",
		"iam role " + r.scheduler(), "iam policy " + r.scheduler() + "/savings-runner",
	}
	if r.image {
		lines = append(lines, "image "+repository+"@sha256:"+r.digest())
	}
	return lines
}

// functionSetting is everything of a function that this resource decides.
type functionSetting struct {
	Role, Runtime, Handler, PackageType, Architecture, LogGroup, Digest, ImageURI string
	Memory, Timeout, Attempts, Age, Variables, Layers                             int
	State                                                                         string
	Reserved                                                                      bool
	Tags                                                                          map[string]string
}

func (r runner) function() functionSetting {
	want := functionSetting{
		Role: "arn:aws:iam::" + account + ":role/" + r.role(), Runtime: "provided.al2023", Handler: "bootstrap",
		PackageType: "Zip", Architecture: r.architecture, LogGroup: r.logGroup(), Digest: r.digest(),
		Memory: r.memory, Timeout: r.timeout, Attempts: 2, Age: 3600, State: "Active", Tags: orEmpty(r.tags),
	}
	if r.image {
		want.Runtime, want.Handler, want.PackageType = "", "", "Image"
		want.ImageURI = *r.url + "@sha256:" + want.Digest
	}
	return want
}

func functionOf(f fakeaws.Function) functionSetting {
	got := functionSetting{
		Role: f.Role, Runtime: f.Runtime, Handler: f.Handler, PackageType: f.PackageType,
		Architecture: strings.Join(f.Architectures, ","), LogGroup: f.LoggingConfig.LogGroup, Digest: f.CodeSha256,
		ImageURI: f.ImageURI, Memory: f.MemorySize, Timeout: f.Timeout, Layers: len(f.Layers), State: f.State,
		Reserved: f.ReservedConcurrency != nil, Tags: orEmpty(f.Tags),
	}
	if f.Environment != nil {
		got.Variables = len(f.Environment.Variables)
	}
	if async := f.EventInvoke; async != nil && async.MaximumRetryAttempts != nil && async.MaximumEventAgeInSeconds != nil {
		got.Attempts, got.Age = *async.MaximumRetryAttempts, *async.MaximumEventAgeInSeconds
	}
	return got
}

func (r runner) Differences(a *fakeaws.AWS, state *tfjson.State) []string {
	var found []string
	if f, there := a.Lambda().Function(r.name); there {
		found = append(found, diff("cloud: function", r.function(), functionOf(f))...)
	}
	if group, there := a.Logs().Group(r.logGroup()); there {
		found = append(found, diff("cloud: retention", r.retention, group.RetentionDays)...)
		found = append(found, diff("cloud: tags of the log group", orEmpty(r.tags), orEmpty(group.Tags))...)
	}
	found = append(found, r.roleDifferences(a, r.role(), "lambda.amazonaws.com", r.logGroup())...)
	found = append(found, r.roleDifferences(a, r.scheduler(), "scheduler.amazonaws.com", r.arn())...)
	found = append(found, r.tagDifferences(a)...)
	return append(found, r.stateDifferences(state)...)
}

// roleDifferences compares a role: who may assume it, what its policy is for, its tags.
func (r runner) roleDifferences(a *fakeaws.AWS, name, service, target string) []string {
	role, there := a.IAM().Role(name)
	if !there {
		return nil
	}
	found := diff("cloud: tags of role "+name, orEmpty(r.tags), orEmpty(role.Tags))
	for of, text := range map[string][2]string{
		"trust": {role.Trust, service}, "policy": {role.Policies["savings-runner"], target},
	} {
		if !strings.Contains(text[0], text[1]) || strings.Contains(text[0], `"*"`) {
			found = append(found, fmt.Sprintf("cloud: %s of role %s is %s", of, name, text[0]))
		}
	}
	return found
}

// tagDifferences compares the tags of the repository's images: a runner has one.
func (r runner) tagDifferences(a *fakeaws.AWS) []string {
	repo, _ := a.ECR().Repository(repository)
	var want, got []string
	if r.image {
		want = []string{runnerimage.Tag(r.name, r.architecture, "sha256:"+r.digest())}
	}
	for _, digest := range slices.Sorted(maps.Keys(repo.Images)) {
		got = append(got, repo.Images[digest]...)
	}
	return diff("cloud: tags of images", want, got)
}

func (r runner) stateDifferences(state *tfjson.State) []string {
	if state.Values == nil || len(state.Values.RootModule.Resources) != 1 {
		return []string{"the state does not have one resource"}
	}
	all := state.Values.RootModule.Resources[0].AttributeValues
	got := map[string]string{}
	want := map[string]string{
		"name": r.name, "architecture": r.architecture, "memory_size": fmt.Sprint(r.memory),
		"timeout": fmt.Sprint(r.timeout), "log_retention_days": fmt.Sprint(r.retention), "function_arn": r.arn(),
		"code_digest": r.digest(), "drift": "[]", "image_uri": r.function().ImageURI, "tags": fmt.Sprint(r.tags),
	}
	for name := range want {
		if got[name] = fmt.Sprint(all[name]); all[name] == nil {
			got[name] = ""
		}
	}
	want["tags"] = fmt.Sprint(parsed(jsonOf(r.tags)))
	return diff("state", want, got)
}
