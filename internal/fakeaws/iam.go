package fakeaws

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// IAM is AWS Identity and Access Management.
type IAM struct {
	aws         *AWS
	roles       map[string]*Role  // by name in lower case: names are unique ignoring case
	managed     map[string]string // managed policies: document by ARN
	unchecked   bool
	refusals    int
	trustDelay  time.Duration
	policyDelay time.Duration
	made        int // roles so far
}

// Role is an IAM role.
type Role struct {
	Name, Path, ARN, ID string
	Description         string
	// Trust is the policy document that says who may assume the role.
	Trust               string
	MaxSessionDuration  int // seconds
	PermissionsBoundary string
	Created             time.Time
	Tags                map[string]string
	Policies            map[string]string // inline policies: document by name
	Attached            []string          // ARNs of managed policies
	refusals            int
	refused             map[string]int // by service
	trustedAt           time.Time
	rewritten           map[string]rewrite // inline policies whose last write is not seen everywhere yet
}

// rewrite is a write of an inline policy and the document that it replaced, "" for none.
type rewrite struct {
	before string
	at     time.Time
}

func newIAM(a *AWS) *IAM {
	return &IAM{aws: a, roles: map[string]*Role{}, managed: map[string]string{}}
}

// IAM gives a test direct access to IAM.
func (a *AWS) IAM() *IAM { return a.iam }

// Role returns a role by name.
func (i *IAM) Role(name string) (Role, bool) {
	i.aws.mu.Lock()
	defer i.aws.mu.Unlock()
	role := i.roles[strings.ToLower(name)]
	if role == nil {
		return Role{}, false
	}
	return role.clone(), true
}

// Roles returns all roles by name.
func (i *IAM) Roles() map[string]Role {
	i.aws.mu.Lock()
	defer i.aws.mu.Unlock()
	roles := map[string]Role{}
	for _, role := range i.roles {
		roles[role.Name] = role.clone()
	}
	return roles
}

func (r *Role) clone() Role {
	c := *r
	c.Tags, c.Policies, c.refused = maps.Clone(r.Tags), maps.Clone(r.Policies), nil
	return c
}

// PutRole makes or replaces a role without any check and returns its ARN. Name is all it needs; an
// empty Path is "/". The role can be assumed at once, if Trust says so.
func (i *IAM) PutRole(role Role) string {
	i.aws.mu.Lock()
	defer i.aws.mu.Unlock()
	i.complete(&role)
	i.roles[strings.ToLower(role.Name)] = &role
	return role.ARN
}

// TrustService is a trust policy that lets a service, such as "scheduler.amazonaws.com", assume the
// role.
func TrustService(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",` +
		`"Principal":{"Service":"` + service + `"}}]}`
}

// RemoveRole removes a role, with all that hangs on it.
func (i *IAM) RemoveRole(name string) {
	i.aws.mu.Lock()
	defer i.aws.mu.Unlock()
	delete(i.roles, strings.ToLower(name))
}

// RefuseAssume makes each service refuse the role n times more.
func (i *IAM) RefuseAssume(name string, n int) {
	i.aws.mu.Lock()
	defer i.aws.mu.Unlock()
	if role := i.roles[strings.ToLower(name)]; role != nil {
		role.refusals, role.refused = n, nil
	}
}

// complete fills in what a role has of its own accord.
func (i *IAM) complete(role *Role) {
	if role.Path == "" {
		role.Path = "/"
	}
	role.ARN = "arn:aws:iam::" + i.aws.account + ":role" + role.Path + role.Name
	if role.ID == "" { // a role that is made again has another one (User Guide, "IAM identifiers")
		i.made++
		role.ID = "AROA" + strings.ToUpper(digest(fmt.Sprint(role.ARN, i.made))[:17])
	}
	if role.MaxSessionDuration == 0 {
		role.MaxSessionDuration = 3600
	}
	if role.Created.IsZero() {
		role.Created = i.aws.now()
	}
	if role.Tags == nil {
		role.Tags = map[string]string{}
	}
	if role.Policies == nil {
		role.Policies = map[string]string{}
	}
}

func (i *IAM) leftovers() []string {
	var left []string
	for _, key := range sortedKeys(i.roles) {
		role := i.roles[key]
		left = append(left, "iam role "+role.Name)
		for _, policy := range sortedKeys(role.Policies) {
			left = append(left, "iam policy "+role.Name+"/"+policy)
		}
	}
	return left
}

func (i *IAM) service() *service {
	return &service{
		name:     "iam",
		protocol: query{"https://iam.amazonaws.com/doc/2010-05-08/"},
		operations: map[string]func(*call) (any, error){
			"CreateRole":                    i.createRole,
			"GetRole":                       i.getRole,
			"ListRoles":                     i.listRoles,
			"UpdateRole":                    i.updateRole,
			"UpdateAssumeRolePolicy":        i.updateTrust,
			"DeleteRole":                    i.deleteRole,
			"PutRolePermissionsBoundary":    i.putBoundary,
			"DeleteRolePermissionsBoundary": i.deleteBoundary,
			"TagRole":                       i.tagRole,
			"UntagRole":                     i.untagRole,
			"ListRoleTags":                  i.listRoleTags,
			"PutRolePolicy":                 i.putPolicy,
			"GetRolePolicy":                 i.getPolicy,
			"DeleteRolePolicy":              i.deletePolicy,
			"ListRolePolicies":              i.listPolicies,
			"ListAttachedRolePolicies":      i.listAttached,
			"GetPolicy":                     i.getManaged,
			"GetPolicyVersion":              i.getManagedVersion,
		},
		nameKeys:  []string{"RoleName", "PolicyName", "PolicyArn"},
		leftovers: i.leftovers,
	}
}
