package fakeaws

import (
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

const boundaryKey = "iam:PermissionsBoundary"

// rights by the page "AWS Identity and Access Management (IAM)": each is on the role, and what changes a
// role has the key iam:PermissionsBoundary. That is the boundary that a request puts on the role, else
// the one that it has (IAM User Guide, "Permissions boundaries for IAM entities"). Beside the page, tags
// of a new role need iam:TagRole (AWS's answer in public reports).
func (i *IAM) rights() rights {
	read := func(action string) right { return right{action: action, on: i.named} }
	bounded := func(action string) right {
		return right{
			action: action, on: i.named, keys: []string{boundaryKey, "aws:ResourceTag/"}, given: i.givenBoundary,
		}
	}
	create := bounded("iam:CreateRole")
	create.keys = append([]string{boundaryKey}, tagKeys...)
	create.given = func(c *call) judge.Context {
		context := ofTagList(c.tags())
		if b := c.param("PermissionsBoundary"); b != "" {
			context[boundaryKey] = []string{b}
		}
		return context
	}
	create.also = func(c *call) []access {
		if len(c.tags()) == 0 {
			return nil
		}
		return []access{{"iam:TagRole", i.named(c)[0].arn, tagKeys, ofTagList(c.tags())}}
	}
	return rights{
		"CreateRole":                    create,
		"GetRole":                       read("iam:GetRole"),
		"ListRoles":                     {action: "iam:ListRoles"},
		"UpdateRole":                    bounded("iam:UpdateRole"),
		"UpdateAssumeRolePolicy":        bounded("iam:UpdateAssumeRolePolicy"),
		"DeleteRole":                    bounded("iam:DeleteRole"),
		"PutRolePermissionsBoundary":    bounded("iam:PutRolePermissionsBoundary"),
		"DeleteRolePermissionsBoundary": bounded("iam:DeleteRolePermissionsBoundary"),
		"TagRole":                       {action: "iam:TagRole", on: i.named, keys: bothTags, given: givenTags},
		"UntagRole": {
			action: "iam:UntagRole", on: i.named, keys: []string{"aws:ResourceTag/", "aws:TagKeys"},
			given: func(c *call) judge.Context { return ofTagKeys(c.list("TagKeys.member")) },
		},
		"ListRoleTags":             read("iam:ListRoleTags"),
		"PutRolePolicy":            bounded("iam:PutRolePolicy"),
		"GetRolePolicy":            read("iam:GetRolePolicy"),
		"DeleteRolePolicy":         bounded("iam:DeleteRolePolicy"),
		"ListRolePolicies":         read("iam:ListRolePolicies"),
		"ListAttachedRolePolicies": read("iam:ListAttachedRolePolicies"),
		"GetPolicy":                {action: "iam:GetPolicy", on: namedPolicy},
		"GetPolicyVersion":         {action: "iam:GetPolicyVersion", on: namedPolicy},
	}
}

// named is the role of a request. One that does not exist is judged without a path.
func (i *IAM) named(c *call) []thing {
	name, path := c.param("RoleName"), c.param("Path")
	if role := i.roles[strings.ToLower(name)]; role != nil {
		return []thing{{role.ARN, role.Tags}}
	}
	if path == "" {
		path = "/"
	}
	return []thing{{arn: "arn:aws:iam::" + i.aws.account + ":role" + path + name}}
}

func namedPolicy(c *call) []thing { return []thing{{arn: c.param("PolicyArn")}} }

func (i *IAM) givenBoundary(c *call) judge.Context {
	boundary := c.param("PermissionsBoundary")
	if role := i.roles[strings.ToLower(c.param("RoleName"))]; boundary == "" && role != nil {
		boundary = role.PermissionsBoundary
	}
	if boundary == "" {
		return judge.Context{}
	}
	return judge.Context{boundaryKey: {boundary}}
}

// PutManagedPolicy makes or replaces a managed policy, which a role may have as its boundary or
// attached.
func (i *IAM) PutManagedPolicy(arn, document string) {
	i.aws.mu.Lock()
	defer i.aws.mu.Unlock()
	i.managed[arn] = document
}

// managedPolicy returns a managed policy's document; one that is not there fails the test.
func (i *IAM) managedPolicy(arn string) string {
	document, ok := i.managed[arn]
	if !ok {
		i.aws.enforced.tb.Errorf("fakeaws has no managed policy %s", arn)
		return `{"Version":"2012-10-17","Statement":[]}`
	}
	return document
}

// policiesOf are the documents of all policies of a role.
func (i *IAM) policiesOf(role *Role) []string {
	documents := i.inForce(role)
	for _, arn := range role.Attached {
		documents = append(documents, i.managedPolicy(arn))
	}
	return documents
}

// stsRights by the page "AWS Security Token Service", but that no right is needed to ask who one is
// (AWS STS API Reference, GetCallerIdentity).
func stsRights() rights {
	return rights{
		"GetCallerIdentity": {free: true},
		"AssumeRole": {action: "sts:AssumeRole", on: func(c *call) []thing {
			return []thing{{arn: c.param("RoleArn")}}
		}},
	}
}
