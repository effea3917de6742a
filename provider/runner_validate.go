package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

var (
	runnerNamePattern    = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)
	imageTagPattern      = regexp.MustCompile(`^:\w[\w.-]{0,127}$`)
	imageDigestPattern   = regexp.MustCompile(`^(:\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}$`)
	rolePathPattern      = regexp.MustCompile(`^/([\x21-\x7e]{1,510}/)?$`)
	managedPolicyPattern = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+$`)
	// tagPattern is IAM's for tags of roles (IAM API Reference, data type Tag).
	tagPattern             = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	runnerNameOtherLetters = regexp.MustCompile(`[^a-zA-Z0-9-_]`)
)

const managedPolicyExample = "arn:aws:iam::123456789012:policy/boundary"

// ValidateConfig checks all that is known without AWS. Unknown values wait.
func (r *runnerResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse,
) {
	var config runnerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	v := &runnerValidator{diags: &resp.Diagnostics, model: config}
	v.check()
}

type runnerValidator struct {
	diags *diag.Diagnostics
	model runnerModel
}

func (v *runnerValidator) check() {
	v.name()
	v.code()
	v.architecture()
	v.numbers()
	v.arns()
	v.tags()
}

func (v *runnerValidator) fail(attribute, summary, format string, a ...any) {
	v.diags.AddAttributeError(path.Root(attribute), summary, fmt.Sprintf(format, a...))
}

func (v *runnerValidator) name() {
	name := v.model.Name
	if !isKnown(name) || runnerNamePattern.MatchString(name.ValueString()) {
		return
	}
	if n := utf8.RuneCountInString(name.ValueString()); n == 0 || n > 64 {
		v.fail("name", "Invalid name", "name has %d characters; AWS Lambda allows 1 to 64 of A-Z, a-z, digits, "+
			"\"-\" and \"_\".", n)
		return
	}
	const allowed = "a Lambda function's name has only A-Z, a-z, digits, \"-\" and \"_\"."
	if found := firstOther(name.ValueString(), runnerNamePattern); strings.ContainsFunc(name.ValueString(), notPrinted) {
		v.fail("name", "Invalid name", "name %s has %s in it; %s", quoted(name), found, allowed)
		return
	}
	v.fail("name", "Invalid name", "name is %s; %s Write %q.", quoted(name), allowed,
		runnerNameOtherLetters.ReplaceAllString(name.ValueString(), "-"))
}

// notPrinted tells whether a character is no printed one of ASCII.
func notPrinted(r rune) bool { return r < ' ' || r > '~' }

func (v *runnerValidator) code() {
	repository, image := v.model.RepositoryURL, v.model.ImageURI
	if isKnown(repository) && isKnown(image) {
		v.fail("image_uri", "Two images", "repository_url pushes the runner's own image and runs it; "+
			"image_uri runs an image of yours. Write one of them.")
		return
	}
	if isKnown(repository) {
		if _, err := runnerimage.ParseRepository(repository.ValueString()); err != nil {
			v.fail("repository_url", "Invalid repository_url", "%s.", err)
		}
	}
	if isKnown(image) {
		v.image(image.ValueString())
	}
}

// image checks an image of the user's, which a tag or a digest names.
func (v *runnerValidator) image(uri string) {
	url := runnerstack.ImageRepository(uri)
	switch reference := strings.TrimPrefix(uri, url); {
	case url == "":
		v.fail("image_uri", "Invalid image_uri", "image_uri is %s, which names no repository. Write an image, such as "+
			"%q, or leave it out.", quote(uri), "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/tools:v1")
		return
	case reference == "":
		v.fail("image_uri", "Invalid image_uri", "image_uri %q names a repository and no image in it. Write "+
			"its tag or its digest, such as %q or %q, or write repository_url = %q to run the bundled "+
			"runner.", uri, url+":v1", url+"@sha256:…", url)
		return
	case strings.Contains(reference, "@") && !imageDigestPattern.MatchString(reference),
		!strings.Contains(reference, "@") && !imageTagPattern.MatchString(reference):
		v.fail("image_uri", "Invalid image_uri", "image_uri %q ends in %q, which is neither a tag, such as "+
			"\":v1\", nor a digest, \"@sha256:\" and 64 hexadecimal digits.", uri, reference)
		return
	}
	if _, err := runnerimage.ParseRepository(url); err != nil {
		v.fail("image_uri", "Invalid image_uri", "image_uri: %s.", err)
	}
}

func (v *runnerValidator) architecture() {
	a := v.model.Architecture
	if !isKnown(a) || a.ValueString() == bundle.ARM64 || a.ValueString() == bundle.X8664 {
		return
	}
	remedy := `Write "arm64" or "x86_64".`
	switch strings.ToLower(a.ValueString()) {
	case "amd64", "x86-64", "x64":
		remedy = `Write "x86_64".`
	case "aarch64", "arm":
		remedy = `Write "arm64".`
	}
	v.fail("architecture", "Invalid architecture", "architecture is %s; Lambda knows \"arm64\" and "+
		"\"x86_64\". %s",
		quoted(a), remedy)
}

func (v *runnerValidator) numbers() {
	v.between("memory_size", v.model.MemorySize, 128, 10240, "MB")
	v.between("timeout", v.model.Timeout, 1, 900, "seconds")
	days := v.model.LogRetentionDays
	if days.IsNull() || days.IsUnknown() {
		return
	}
	nearest := runnerstack.RetentionDays[0]
	for _, allowed := range runnerstack.RetentionDays {
		if allowed == days.ValueInt32() {
			return
		}
		if allowed <= days.ValueInt32() {
			nearest = allowed
		}
	}
	i := slices.Index(runnerstack.RetentionDays, nearest)
	if days.ValueInt32() > nearest && i+1 < len(runnerstack.RetentionDays) {
		nearest = runnerstack.RetentionDays[i+1] // keep the log rather too long than too short
	}
	v.fail("log_retention_days", "Invalid log_retention_days", "log_retention_days is %d; CloudWatch "+
		"Logs knows %s. Write %d.",
		days.ValueInt32(), strings.ReplaceAll(strings.Trim(fmt.Sprint(runnerstack.RetentionDays), "[]"), " ", ", "), nearest)
}

func (v *runnerValidator) between(attribute string, n types.Int32, least, most int32, unit string) {
	if n.IsNull() || n.IsUnknown() || (n.ValueInt32() >= least && n.ValueInt32() <= most) {
		return
	}
	v.fail(attribute, "Invalid "+attribute, "%s is %d; AWS Lambda allows %d to %d %s.", attribute, n.ValueInt32(), least,
		most, unit)
}

func (v *runnerValidator) arns() {
	m := v.model
	v.matches("execution_role_arn", m.ExecutionRoleARN, roleARNPattern, "ARN of an IAM role", roleARNExample)
	v.matches("scheduler_role_arn", m.SchedulerRoleARN, roleARNPattern, "ARN of an IAM role", roleARNExample)
	v.path()
	v.matches("permissions_boundary_arn", m.PermissionsBoundary, managedPolicyPattern, "ARN of a "+
		"managed policy",
		managedPolicyExample)
	if isKnown(m.PermissionsBoundary) && isKnown(m.ExecutionRoleARN) && isKnown(m.SchedulerRoleARN) {
		v.fail("permissions_boundary_arn", "Boundary without a role", "permissions_boundary_arn goes on "+
			"the roles that this resource makes, and both roles are given. Remove it, or one of "+
			"execution_role_arn and scheduler_role_arn.")
	}
	if q := m.DeadLetterARN; isKnown(q) && strings.HasSuffix(q.ValueString(), ".fifo") {
		v.fail("dead_letter_arn", "Invalid dead_letter_arn", "dead_letter_arn %s is a FIFO queue; "+
			"EventBridge Scheduler takes standard queues only. Write the ARN of one.", quoted(q))
	} else {
		v.matches("dead_letter_arn", q, queueARNPattern, "ARN of a standard SQS queue", queueARNExample)
	}
	if d := m.FailureDestinationARN; isKnown(d) {
		if err := runnerstack.CheckFailureDestination(d.ValueString()); err != nil {
			v.fail("failure_destination_arn", "Invalid failure_destination_arn", "failure_destination_arn "+
				"%s.", err)
		}
	}
}

// path keeps to IAM's rule (IAM API Reference, "CreateRole").
func (v *runnerValidator) path() {
	p := v.model.Path
	if !isKnown(p) || rolePathPattern.MatchString(p.ValueString()) {
		return
	}
	remedy := "Write at most 512 letters, digits and signs, without blanks."
	if trimmed := strings.Trim(p.ValueString(), "/"); trimmed != "" && rolePathPattern.MatchString("/"+trimmed+"/") {
		remedy = fmt.Sprintf("Write %q.", "/"+trimmed+"/")
	}
	v.fail("path", "Invalid path", "path is %s; an IAM path begins and ends with \"/\". %s", quoted(p), remedy)
}

func (v *runnerValidator) matches(attribute string, s types.String, pattern *regexp.Regexp, what, example string) {
	if isKnown(s) && !pattern.MatchString(s.ValueString()) {
		v.fail(attribute, "Invalid "+attribute, "%s %s is no %s, such as %q.", attribute, quoted(s), what, example)
	}
}

func (v *runnerValidator) tags() {
	tags := v.model.Tags.Elements()
	if n := len(tags); n > maxTags {
		v.fail("tags", "Too many tags", "tags has %d; AWS allows %d.", n, maxTags)
	}
	for _, key := range sortedKeys(tags) {
		value, _ := tags[key].(types.String)
		v.tag(key, value)
	}
}

func (v *runnerValidator) tag(key string, value types.String) {
	bad := func(format string, a ...any) {
		v.fail("tags", "Invalid tag", "tags[%s] %s", quote(key), fmt.Sprintf(format, a...))
	}
	switch n := utf8.RuneCountInString(key); {
	case n == 0 || n > 128:
		bad("has a key of %d characters; AWS allows 1 to 128.", n)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		bad("begins with \"aws:\", which AWS keeps for itself. Write another key.")
	case strings.HasPrefix(key, "savings:"):
		bad("begins with \"savings:\", which this provider keeps for itself. Write another key.")
	case !tagPattern.MatchString(key) || !tagPattern.MatchString(value.ValueString()):
		bad("has a character that IAM refuses in tags of roles; it allows letters, digits, blanks and _.:/=+-@.")
	case value.IsNull():
		bad("is null. Remove it, or write a value; \"\" is one.")
	case utf8.RuneCountInString(value.ValueString()) > 256:
		bad("has a value of %d characters; AWS allows at most 256.", utf8.RuneCountInString(value.ValueString()))
	}
}
