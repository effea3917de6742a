package fakeaws

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Names, paths and limits are those of the IAM API Reference and of the User Guide, "IAM and AWS
// STS quotas".
var (
	roleName   = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	policyName = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	rolePath   = regexp.MustCompile(`^/([!-~]{1,510}/)?$`)
)

const (
	maxTrust           = 2048
	maxInlinePolicies  = 10240
	maxRoleTags        = 50
	maxRoleDescription = 1000
)

type roleXML struct {
	Path, RoleName           string
	RoleID                   string `xml:"RoleId"`
	Arn                      string
	CreateDate               string
	AssumeRolePolicyDocument string
	Description              string       `xml:",omitempty"`
	MaxSessionDuration       int          `xml:",omitempty"`
	PermissionsBoundary      *boundaryXML `xml:",omitempty"`
	Tags                     []tag        `xml:"Tags>member"`
}

type boundaryXML struct{ PermissionsBoundaryType, PermissionsBoundaryArn string }

// encodeDocument encodes a policy as RFC 3986 says (API Reference, GetRolePolicy).
func encodeDocument(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

// listed shows a role as ListRoles does: without tags and permissions boundary (API Reference,
// ListRoles).
func (r *Role) listed() roleXML {
	return roleXML{
		Path: r.Path, RoleName: r.Name, RoleID: r.ID, Arn: r.ARN,
		CreateDate:               r.Created.UTC().Format(time.RFC3339),
		AssumeRolePolicyDocument: encodeDocument(r.Trust),
		Description:              r.Description, MaxSessionDuration: r.MaxSessionDuration,
	}
}

func (r *Role) shown() roleXML {
	x := r.listed()
	x.Tags = tagList(r.Tags)
	if r.PermissionsBoundary != "" {
		x.PermissionsBoundary = &boundaryXML{"Policy", r.PermissionsBoundary}
	}
	return x
}

func iamInvalid(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "ValidationError", format, args...)
}

// role returns the role that a request names.
func (i *IAM) role(c *call) (*Role, error) {
	name := c.param("RoleName")
	if role := i.roles[strings.ToLower(name)]; role != nil {
		return role, nil
	}
	return nil, errf(http.StatusNotFound, "NoSuchEntity",
		"The role with name %s cannot be found.", name)
}

func (i *IAM) createRole(c *call) (any, error) {
	role := &Role{
		Name: c.param("RoleName"), Path: c.param("Path"), Description: c.param("Description"),
		PermissionsBoundary: c.param("PermissionsBoundary"), Tags: map[string]string{},
	}
	i.complete(role)
	switch {
	case !roleName.MatchString(role.Name):
		return nil, iamInvalid("1 validation error detected: Value '%s' at 'roleName' failed to "+
			`satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+ `+
			"and have length between 1 and 64", role.Name)
	case !rolePath.MatchString(role.Path):
		return nil, iamInvalid("The specified value for path is invalid. " +
			"It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	}
	if err := role.setSession(c); err != nil {
		return nil, err
	}
	if err := checkDocument(c.param("AssumeRolePolicyDocument")); err != nil {
		return nil, err
	}
	if err := checkTrustSize(c.param("AssumeRolePolicyDocument")); err != nil {
		return nil, err
	}
	if err := role.addTags(c.tags()); err != nil {
		return nil, err
	}
	if i.roles[strings.ToLower(role.Name)] != nil {
		return nil, errf(http.StatusConflict, "EntityAlreadyExists",
			"Role with name %s already exists.", role.Name)
	}
	role.refusals = i.refusals
	i.newTrust(role, c.param("AssumeRolePolicyDocument"))
	i.roles[strings.ToLower(role.Name)] = role
	return struct{ Role roleXML }{role.shown()}, nil
}

// setSession takes over description and session length of CreateRole and UpdateRole; the length
// is an hour where it is missing (API Reference, UpdateRole).
func (r *Role) setSession(c *call) error {
	seconds, ok := c.size("MaxSessionDuration", 3600, 43200, 3600)
	if !ok {
		return iamInvalid("1 validation error detected: Value '%s' at 'maxSessionDuration' failed to "+
			"satisfy constraint: Member must be between 3600 and 43200", c.param("MaxSessionDuration"))
	}
	if len([]rune(c.param("Description"))) > maxRoleDescription {
		return iamInvalid("1 validation error detected: Value at 'description' failed to satisfy " +
			"constraint: Member must have length less than or equal to 1000")
	}
	if c.params.Has("Description") {
		r.Description = c.param("Description")
	}
	r.MaxSessionDuration = seconds
	return nil
}

func checkDocument(document string) error {
	var policy struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &policy); err != nil || policy.Statement == nil {
		return errf(http.StatusBadRequest, "MalformedPolicyDocument", "Syntax errors in policy.")
	}
	return nil
}

func checkTrustSize(document string) error {
	if countNonSpace(document) > maxTrust {
		return limitExceeded("Cannot exceed quota for ACLSizePerRole: %d", maxTrust)
	}
	return nil
}

func limitExceeded(format string, args ...any) *Error {
	return errf(http.StatusConflict, "LimitExceeded", format, args...)
}

// countNonSpace measures a policy: white space does not count (User Guide, "IAM and AWS STS
// quotas").
func countNonSpace(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

func (i *IAM) getRole(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	return struct{ Role roleXML }{role.shown()}, nil
}

// iamPage is the end of each list.
type iamPage struct {
	IsTruncated bool
	Marker      string `xml:",omitempty"`
}

// iamCut cuts a sorted list; MaxItems is 1 to 1,000, and 100 where it is missing.
func iamCut[T any](c *call, all []T, key func(T) string) ([]T, iamPage, error) {
	size, ok := c.size("MaxItems", 1, 1000, 100)
	if !ok {
		return nil, iamPage{}, iamInvalid("1 validation error detected: Value '%s' at 'maxItems' "+
			"failed to satisfy constraint: Member must be between 1 and 1000", c.param("MaxItems"))
	}
	part, next, ok := cut(all, key, c.param("Marker"), size)
	if !ok {
		return nil, iamPage{}, iamInvalid("Invalid Marker.")
	}
	return part, iamPage{IsTruncated: next != "", Marker: next}, nil
}

func (i *IAM) listRoles(c *call) (any, error) {
	var keys []string
	for _, key := range sortedKeys(i.roles) {
		if strings.HasPrefix(i.roles[key].Path, c.param("PathPrefix")) {
			keys = append(keys, key)
		}
	}
	keys, page, err := iamCut(c, keys, itself)
	if err != nil {
		return nil, err
	}
	var roles []roleXML
	for _, key := range keys {
		roles = append(roles, i.roles[key].listed())
	}
	return struct {
		Roles []roleXML `xml:"Roles>member"`
		iamPage
	}{roles, page}, nil
}

func (i *IAM) updateRole(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	return nil, role.setSession(c)
}

func (i *IAM) updateTrust(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	document := c.param("PolicyDocument")
	if err := checkDocument(document); err != nil {
		return nil, err
	}
	if err := checkTrustSize(document); err != nil {
		return nil, err
	}
	i.newTrust(role, document)
	return nil, nil
}

// deleteRole refuses a role that still has policies (API Reference, DeleteRole).
func (i *IAM) deleteRole(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	switch {
	case len(role.Policies) > 0:
		return nil, errf(http.StatusConflict, "DeleteConflict",
			"Cannot delete entity, must delete policies first.")
	case len(role.Attached) > 0:
		return nil, errf(http.StatusConflict, "DeleteConflict",
			"Cannot delete entity, must detach all policies first.")
	}
	delete(i.roles, strings.ToLower(role.Name))
	return nil, nil
}

func (i *IAM) putBoundary(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	role.PermissionsBoundary = c.param("PermissionsBoundary")
	return nil, nil
}

func (i *IAM) deleteBoundary(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	if role.PermissionsBoundary == "" {
		return nil, errf(http.StatusNotFound, "NoSuchEntity",
			"Role %s does not have a permissions boundary.", role.Name)
	}
	role.PermissionsBoundary = ""
	return nil, nil
}

// addTags keeps IAM's limits: 50 tags, keys of 1 to 128 characters, values of up to 256.
func (r *Role) addTags(tags []tag) error {
	merged := maps.Clone(r.Tags)
	for n, t := range tags {
		if !between(1, len(t.Key), 128) || len(t.Value) > 256 {
			return iamInvalid("1 validation error detected: Value at 'tags.%s.member' failed to "+
				"satisfy constraint", strconv.Itoa(n+1))
		}
		merged[t.Key] = t.Value
	}
	if len(merged) > maxRoleTags {
		return limitExceeded("The number of tags has reached the maximum limit.")
	}
	r.Tags = merged
	return nil
}

func (i *IAM) tagRole(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	return nil, role.addTags(c.tags())
}

func (i *IAM) untagRole(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	for _, key := range c.list("TagKeys.member") {
		delete(role.Tags, key)
	}
	return nil, nil
}

func (i *IAM) listRoleTags(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	tags, page, err := iamCut(c, tagList(role.Tags), func(t tag) string { return t.Key })
	if err != nil {
		return nil, err
	}
	return struct {
		Tags []tag `xml:"Tags>member"`
		iamPage
	}{tags, page}, nil
}
