package provider

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	regionPattern  = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	// sessionPattern and externalPattern are those of AssumeRole (AWS STS API Reference).
	sessionPattern  = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	externalPattern = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
)

const maxExternalID = 1224

// ValidateConfig checks the provider block without AWS. Unknown values wait, and "" is taken for what
// is not set.
func (p *savingsProvider) ValidateConfig(
	ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse,
) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	v := &providerValidator{diags: &resp.Diagnostics}
	v.region(m.Region)
	v.endpoint(m.EndpointURL)
	v.accounts(m.AllowedAccountIDs)
	if m.AssumeRole != nil {
		v.assumeRole(*m.AssumeRole)
	}
	if m.DefaultTags != nil {
		checkDefaultTags(m.DefaultTags.Tags, &resp.Diagnostics)
	}
}

type providerValidator struct{ diags *diag.Diagnostics }

func (v *providerValidator) fail(at path.Path, summary, format string, a ...any) {
	v.diags.AddAttributeError(at, summary, fmt.Sprintf(format, a...))
}

func (v *providerValidator) region(r types.String) {
	region := r.ValueString()
	if region == "" || regionPattern.MatchString(region) {
		return
	}
	remedy := "Write a region's name, such as \"ap-northeast-1\"."
	if shorter := strings.TrimRight(region, "abcdef"); regionPattern.MatchString(shorter) {
		remedy = fmt.Sprintf("Write %q; the letter behind it is a zone's.", shorter)
	}
	v.fail(path.Root("region"), "Invalid region", "The provider's region %s is no AWS region. %s", quoted(r), remedy)
}

func (v *providerValidator) endpoint(e types.String) {
	if e.ValueString() == "" {
		return
	}
	u, err := url.Parse(e.ValueString())
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		v.fail(path.Root("endpoint_url"), "Invalid endpoint_url", "The provider's endpoint_url %s is no address of HTTP. "+
			"Write one such as \"http://127.0.0.1:4566\".", quoted(e))
	}
}

func (v *providerValidator) accounts(ids types.Set) {
	for _, element := range ids.Elements() {
		id, ok := element.(types.String)
		if !ok || id.IsUnknown() || accountPattern.MatchString(id.ValueString()) {
			continue
		}
		v.fail(path.Root("allowed_account_ids"), "Invalid allowed_account_ids", "The provider's allowed_account_ids has %s, "+
			"which is no AWS account. Write its 12 digits in quotes, such as \"123456789012\": a number loses its leading zeros.",
			quoted(id))
	}
}

func (v *providerValidator) assumeRole(r assumeRoleModel) {
	at := path.Root("assume_role")
	switch {
	case r.RoleARN.IsNull():
		v.fail(at, "Missing role to assume", "The provider's assume_role block has no role_arn. Write role_arn = "+
			"\"arn:aws:iam::ACCOUNT:role/NAME\", or remove the block.")
	case !r.RoleARN.IsUnknown() && !roleARNPattern.MatchString(r.RoleARN.ValueString()):
		v.fail(at.AtName("role_arn"), "Invalid role to assume", "assume_role: role_arn %s is no ARN of an IAM role. "+
			"Write one such as %q.", quoted(r.RoleARN), strings.TrimSuffix(roleARNExample, "-scheduler"))
	}
	if s := r.SessionName; s.ValueString() != "" && !sessionPattern.MatchString(s.ValueString()) {
		v.fail(at.AtName("session_name"), "Invalid session name", "assume_role: session_name %s is refused by AWS, which "+
			"allows 2 to 64 of A-Z, a-z, digits and _+=,.@-.", quoted(s))
	}
	if s := r.ExternalID; s.ValueString() != "" && (len(s.ValueString()) > maxExternalID ||
		!externalPattern.MatchString(s.ValueString())) {
		v.fail(at.AtName("external_id"), "Invalid external ID", "assume_role: external_id is refused by AWS, which "+
			"allows 2 to %d of A-Z, a-z, digits and _+=,.@:/-.", maxExternalID)
	}
}
