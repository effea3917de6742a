package fakeaws

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

const oneStatement = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
	`"Action":"rds:StopDBCluster","Resource":"*"}]}`

func newTestIAM(t *testing.T, opts ...Option) (*AWS, *iam.Client) {
	t.Helper()
	clock := NewClock(testTime)
	a := Start(t, append([]Option{WithClock(clock.Now)}, opts...)...)
	return a, iam.NewFromConfig(a.Config())
}

func createRole(t *testing.T, client *iam.Client, in *iam.CreateRoleInput) error {
	t.Helper()
	if in.AssumeRolePolicyDocument == nil {
		in.AssumeRolePolicyDocument = aws.String(TrustService("lambda.amazonaws.com"))
	}
	_, err := client.CreateRole(t.Context(), in)
	return err
}

func putPolicy(t *testing.T, client *iam.Client, role, name, document string) error {
	t.Helper()
	_, err := client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String(role), PolicyName: aws.String(name), PolicyDocument: aws.String(document),
	})
	return err
}

func TestRoleRoundTrip(t *testing.T) {
	t.Parallel()
	_, client := newTestIAM(t)
	noError(t, createRole(t, client, &iam.CreateRoleInput{
		RoleName: aws.String("Runner"), Path: aws.String("/service-role/"),
		Description: aws.String("runs"), PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/b"),
		Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("")}},
	}))
	out, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("Runner")})
	noError(t, err)
	want := &types.Role{
		Arn:  aws.String("arn:aws:iam::123456789012:role/service-role/Runner"),
		Path: aws.String("/service-role/"), RoleName: aws.String("Runner"), RoleId: out.Role.RoleId,
		CreateDate: aws.Time(testTime), Description: aws.String("runs"),
		MaxSessionDuration:       aws.Int32(3600),
		AssumeRolePolicyDocument: out.Role.AssumeRolePolicyDocument,
		Tags:                     []types.Tag{{Key: aws.String("a"), Value: aws.String("")}},
		PermissionsBoundary: &types.AttachedPermissionsBoundary{
			PermissionsBoundaryType: "Policy",
			PermissionsBoundaryArn:  aws.String("arn:aws:iam::aws:policy/b"),
		},
	}
	if diff := cmp.Diff(want, out.Role, shapes); diff != "" {
		t.Errorf("GetRole (-want +got):\n%s", diff)
	}
	// The document is URL-encoded as RFC 3986 says (API Reference, GetRole).
	trust, err := url.PathUnescape(*out.Role.AssumeRolePolicyDocument)
	noError(t, err)
	if trust != TrustService("lambda.amazonaws.com") {
		t.Errorf("trust policy %s", trust)
	}
}

// Names are unique ignoring case; patterns and lengths are the API Reference's (CreateRole); the
// trust policy may have 2,048 characters (User Guide, "IAM and AWS STS quotas").
func TestCreateRoleRefuses(t *testing.T) {
	t.Parallel()
	_, client := newTestIAM(t)
	noError(t, createRole(t, client, &iam.CreateRoleInput{RoleName: aws.String("Runner")}))
	tests := []struct {
		in   iam.CreateRoleInput
		code string
	}{
		{iam.CreateRoleInput{RoleName: aws.String("runner")}, "EntityAlreadyExists"},
		{iam.CreateRoleInput{RoleName: aws.String("a b")}, "ValidationError"},
		{iam.CreateRoleInput{RoleName: aws.String(strings.Repeat("r", 65))}, "ValidationError"},
		{iam.CreateRoleInput{RoleName: aws.String("r"), Path: aws.String("p")}, "ValidationError"},
		{
			iam.CreateRoleInput{RoleName: aws.String("r"), MaxSessionDuration: aws.Int32(60)},
			"ValidationError",
		},
		{
			iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String("{")},
			"MalformedPolicyDocument",
		},
		{
			iam.CreateRoleInput{
				RoleName:                 aws.String("r"),
				AssumeRolePolicyDocument: aws.String(TrustService(strings.Repeat("s", 2048))),
			},
			"LimitExceeded",
		},
	}
	for _, tt := range tests {
		wantError(t, createRole(t, client, &tt.in), tt.code, "")
	}
}

// A role cannot go before its inline policies, and managed ones are detached (API Reference,
// DeleteRole).
func TestDeleteRoleConflict(t *testing.T) {
	t.Parallel()
	a, client := newTestIAM(t)
	noError(t, createRole(t, client, &iam.CreateRoleInput{RoleName: aws.String("r")}))
	noError(t, putPolicy(t, client, "r", "p", oneStatement))
	remove := func() error {
		_, err := client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")})
		return err
	}
	wantError(t, remove(), "DeleteConflict", "Cannot delete entity, must delete policies first.")
	_, err := client.DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
		RoleName: aws.String("r"), PolicyName: aws.String("p"),
	})
	noError(t, err)
	noError(t, remove())
	wantError(t, remove(), "NoSuchEntity", "The role with name r cannot be found.")
	if !a.Empty() {
		t.Errorf("left: %q", a.Leftovers())
	}
	a.IAM().PutRole(Role{Name: "r", Attached: []string{"arn:aws:iam::aws:policy/Managed"}})
	wantError(t, remove(), "DeleteConflict", "Cannot delete entity, must detach all policies first.")
	attached, err := client.ListAttachedRolePolicies(t.Context(),
		&iam.ListAttachedRolePoliciesInput{RoleName: aws.String("r")})
	noError(t, err)
	if len(attached.AttachedPolicies) != 1 || *attached.AttachedPolicies[0].PolicyName != "Managed" {
		t.Errorf("attached: %+v", attached.AttachedPolicies)
	}
}

// Inline policies of a role have 10,240 characters together, white space not counted (User Guide,
// "IAM and AWS STS quotas"). PutRolePolicy overwrites by name.
func TestInlinePolicySize(t *testing.T) {
	t.Parallel()
	_, client := newTestIAM(t)
	noError(t, createRole(t, client, &iam.CreateRoleInput{RoleName: aws.String("r")}))
	sized := func(n int) string {
		return `{"Statement":["` + strings.Repeat("x", n-len(`{"Statement":[""]}`)) + `"]}`
	}
	noError(t, putPolicy(t, client, "r", "a", sized(10000)))
	noError(t, putPolicy(t, client, "r", "a", sized(9000)+strings.Repeat(" ", 5000)))
	noError(t, putPolicy(t, client, "r", "b", sized(1240)))
	wantError(t, putPolicy(t, client, "r", "c", sized(20)), "LimitExceeded", "")
	wantError(t, putPolicy(t, client, "r", "a b", oneStatement), "ValidationError", "")
	wantError(t, putPolicy(t, client, "none", "a", oneStatement), "NoSuchEntity", "")
	wantError(t, putPolicy(t, client, "r", "a", "{"), "MalformedPolicyDocument", "")
}

func TestRolePolicies(t *testing.T) {
	t.Parallel()
	_, client := newTestIAM(t)
	noError(t, createRole(t, client, &iam.CreateRoleInput{RoleName: aws.String("r")}))
	document := `{"Statement": [{"Resource": "a+b/c d%"}]}`
	for i := range 5 {
		noError(t, putPolicy(t, client, "r", fmt.Sprint("p", i), document))
	}
	got, err := client.GetRolePolicy(t.Context(), &iam.GetRolePolicyInput{
		RoleName: aws.String("r"), PolicyName: aws.String("p3"),
	})
	noError(t, err)
	if text, err := url.PathUnescape(*got.PolicyDocument); err != nil || text != document {
		t.Errorf("document %s, error %v", text, err)
	}
	var names []string
	pages := iam.NewListRolePoliciesPaginator(client,
		&iam.ListRolePoliciesInput{RoleName: aws.String("r"), MaxItems: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		noError(t, err)
		names = append(names, page.PolicyNames...)
	}
	if diff := cmp.Diff([]string{"p0", "p1", "p2", "p3", "p4"}, names); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
	_, err = client.GetRolePolicy(t.Context(), &iam.GetRolePolicyInput{
		RoleName: aws.String("r"), PolicyName: aws.String("x"),
	})
	wantError(t, err, "NoSuchEntity", "The role policy with name x cannot be found.")
}

// ListRoles leaves out tags and permissions boundary (API Reference, ListRoles).
func TestListRoles(t *testing.T) {
	t.Parallel()
	a, client := newTestIAM(t)
	a.IAM().PutRole(Role{
		Name: "b", Path: "/x/", Tags: map[string]string{"k": "v"}, PermissionsBoundary: "arn",
	})
	a.IAM().PutRole(Role{Name: "a", Path: "/y/"})
	out, err := client.ListRoles(t.Context(), &iam.ListRolesInput{PathPrefix: aws.String("/x")})
	noError(t, err)
	if len(out.Roles) != 1 || *out.Roles[0].RoleName != "b" || len(out.Roles[0].Tags) != 0 ||
		out.Roles[0].PermissionsBoundary != nil {
		t.Errorf("roles: %+v", out.Roles)
	}
}

func TestUpdateRole(t *testing.T) {
	t.Parallel()
	a, client := newTestIAM(t)
	a.IAM().PutRole(Role{
		Name: "r", Description: "d", MaxSessionDuration: 7200,
		Tags: map[string]string{"a": "1", "b": "2", "c": "3"},
	})
	name := aws.String("r")
	_, err := client.UpdateRole(t.Context(), &iam.UpdateRoleInput{RoleName: name})
	noError(t, err)
	_, err = client.UntagRole(t.Context(),
		&iam.UntagRoleInput{RoleName: name, TagKeys: []string{"a", "b"}})
	noError(t, err)
	_, err = client.TagRole(t.Context(), &iam.TagRoleInput{
		RoleName: name, Tags: []types.Tag{{Key: aws.String("d"), Value: aws.String("4")}},
	})
	noError(t, err)
	_, err = client.PutRolePermissionsBoundary(t.Context(), &iam.PutRolePermissionsBoundaryInput{
		RoleName: name, PermissionsBoundary: aws.String("arn:b"),
	})
	noError(t, err)
	role, _ := a.IAM().Role("r")
	if role.Description != "d" || role.MaxSessionDuration != 3600 ||
		role.PermissionsBoundary != "arn:b" {
		t.Errorf("role %+v", role)
	}
	tags, err := client.ListRoleTags(t.Context(), &iam.ListRoleTagsInput{RoleName: name})
	noError(t, err)
	if len(tags.Tags) != 2 || *tags.Tags[0].Key != "c" || *tags.Tags[1].Value != "4" {
		t.Errorf("tags %+v", tags.Tags)
	}
	_, err = client.DeleteRolePermissionsBoundary(t.Context(),
		&iam.DeleteRolePermissionsBoundaryInput{RoleName: name})
	noError(t, err)
	_, err = client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: name, PolicyDocument: aws.String(TrustService("x")),
	})
	noError(t, err)
	role, _ = a.IAM().Role("R")
	if role.PermissionsBoundary != "" || role.Trust != TrustService("x") {
		t.Errorf("role %+v", role)
	}
	many := make([]types.Tag, maxRoleTags)
	for i := range many {
		many[i] = types.Tag{Key: aws.String(fmt.Sprint("k", i)), Value: aws.String("")}
	}
	_, err = client.TagRole(t.Context(), &iam.TagRoleInput{RoleName: name, Tags: many})
	wantError(t, err, "LimitExceeded", "")
}

// The trust condition is the schedule group's ARN, never a schedule's, and wildcards need ArnLike
// (EventBridge Scheduler User Guide, "Confused deputy prevention").
func TestTrustConditions(t *testing.T) {
	t.Parallel()
	trust := func(service, operator, arn string) string {
		return `{"Statement":{"Effect":"Allow","Action":["sts:AssumeRole"],` +
			`"Principal":{"Service":["` + service + `"]},"Condition":{` +
			`"StringLike":{"aws:SourceAccount":"123456789012"},` +
			`"` + operator + `":{"aws:SourceArn":"` + arn + `"}}}}`
	}
	const scheduler, prefix = "scheduler.amazonaws.com", "arn:aws:scheduler:us-east-1:123456789012:"
	tests := []struct {
		trust string
		want  bool
	}{
		{trust(scheduler, "ArnLike", prefix+"schedule-group/*"), true},
		{trust(scheduler, "StringEquals", prefix+"schedule-group/g"), true},
		{trust(scheduler, "StringEquals", prefix+"schedule-group/*"), false},
		{trust(scheduler, "ArnLike", prefix+"schedule/g/*"), false},
		{trust("lambda.amazonaws.com", "ArnLike", "*"), false},
		{TrustService(scheduler), true},
		{strings.Replace(TrustService(scheduler), "Allow", "Deny", 1), false},
		{"", false},
	}
	for _, tt := range tests {
		a := New()
		arn := a.IAM().PutRole(Role{Name: "r", Trust: tt.trust})
		if got := a.iam.assumable(arn, scheduler, prefix+"schedule-group/g"); got != tt.want {
			t.Errorf("assumable = %t, want %t, with %s", got, tt.want, tt.trust)
		}
	}
}

// A new role is refused for a while (User Guide, "Troubleshoot IAM": changes are eventually
// consistent).
func TestNewRolesAreRefused(t *testing.T) {
	t.Parallel()
	const service = "lambda.amazonaws.com"
	clock := NewClock(testTime)
	a := Start(t, WithClock(clock.Now), WithAssumeRefusals(2), WithTrustDelay(time.Minute))
	noError(t, createRole(t, iam.NewFromConfig(a.Config()),
		&iam.CreateRoleInput{RoleName: aws.String("r")}))
	role, _ := a.IAM().Role("r")
	var got []bool
	ask := func() { got = append(got, a.iam.assumable(role.ARN, service, "arn:x")) }
	ask()
	clock.Advance(time.Minute)
	ask()
	ask()
	ask()
	a.IAM().RefuseAssume("r", 1)
	ask()
	ask()
	if diff := cmp.Diff([]bool{false, false, false, true, false, true}, got); diff != "" {
		t.Errorf("assumable (-want +got):\n%s", diff)
	}
	if !New(WithoutRoleChecks()).iam.assumable("arn:none", service, "") {
		t.Error("checked in spite of WithoutRoleChecks")
	}
}
