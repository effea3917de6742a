package fakeaws

import (
	"maps"
	"net/http"
	"path"
	"time"
)

// putPolicy creates or overwrites an inline policy. All of a role's together may have 10,240
// characters without white space (User Guide, "IAM and AWS STS quotas").
func (i *IAM) putPolicy(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	name, document := c.param("PolicyName"), c.param("PolicyDocument")
	if !policyName.MatchString(name) {
		return nil, iamInvalid("1 validation error detected: Value '%s' at 'policyName' failed to "+
			`satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+ `+
			"and have length between 1 and 128", name)
	}
	if err := checkDocument(document); err != nil {
		return nil, err
	}
	size := countNonSpace(document)
	for other, text := range role.Policies {
		if other != name {
			size += countNonSpace(text)
		}
	}
	if size > maxInlinePolicies {
		return nil, limitExceeded("Maximum policy size of %d bytes exceeded for role %s",
			maxInlinePolicies, role.Name)
	}
	role.rewrite(name, i.aws.now())
	role.Policies[name] = document
	return nil, nil
}

// rewrite remembers what a policy said before a write.
func (r *Role) rewrite(name string, now time.Time) {
	if r.rewritten == nil {
		r.rewritten = map[string]rewrite{}
	}
	r.rewritten[name] = rewrite{r.Policies[name], now}
}

// inForce returns the inline policies that requests are judged by: after a write the ones before it,
// for as long as WithPolicyDelay says.
func (i *IAM) inForce(role *Role) []string {
	names := maps.Clone(role.Policies)
	for name, write := range role.rewritten {
		if i.aws.now().Before(write.at.Add(i.policyDelay)) {
			names[name] = write.before
		}
	}
	var documents []string
	for _, name := range sortedKeys(names) {
		if names[name] != "" {
			documents = append(documents, names[name])
		}
	}
	return documents
}

func (i *IAM) policy(c *call) (*Role, string, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, "", err
	}
	document, ok := role.Policies[c.param("PolicyName")]
	if !ok {
		return nil, "", errf(http.StatusNotFound, "NoSuchEntity",
			"The role policy with name %s cannot be found.", c.param("PolicyName"))
	}
	return role, document, nil
}

func (i *IAM) getPolicy(c *call) (any, error) {
	role, document, err := i.policy(c)
	if err != nil {
		return nil, err
	}
	return struct{ RoleName, PolicyName, PolicyDocument string }{
		role.Name, c.param("PolicyName"), encodeDocument(document),
	}, nil
}

func (i *IAM) deletePolicy(c *call) (any, error) {
	role, _, err := i.policy(c)
	if err != nil {
		return nil, err
	}
	role.rewrite(c.param("PolicyName"), i.aws.now())
	delete(role.Policies, c.param("PolicyName"))
	return nil, nil
}

func (i *IAM) listPolicies(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	names, page, err := iamCut(c, sortedKeys(role.Policies), itself)
	if err != nil {
		return nil, err
	}
	return struct {
		PolicyNames []string `xml:"PolicyNames>member"`
		iamPage
	}{names, page}, nil
}

func (i *IAM) listAttached(c *call) (any, error) {
	role, err := i.role(c)
	if err != nil {
		return nil, err
	}
	arns, page, err := iamCut(c, role.Attached, itself)
	if err != nil {
		return nil, err
	}
	type attached struct{ PolicyName, PolicyArn string }
	var policies []attached
	for _, arn := range arns {
		policies = append(policies, attached{path.Base(arn), arn})
	}
	return struct {
		AttachedPolicies []attached `xml:"AttachedPolicies>member"`
		iamPage
	}{policies, page}, nil
}

// managedVersion is the version of every managed policy here.
const managedVersion = "v1"

func (i *IAM) getManaged(c *call) (any, error) {
	arn := c.param("PolicyArn")
	if _, ok := i.managed[arn]; !ok {
		return nil, noPolicy(arn)
	}
	type policy struct {
		Arn              string
		DefaultVersionID string `xml:"DefaultVersionId"`
	}
	return struct{ Policy policy }{policy{arn, managedVersion}}, nil
}

// getManagedVersion answers the document URL-encoded (API Reference, GetPolicyVersion).
func (i *IAM) getManagedVersion(c *call) (any, error) {
	arn := c.param("PolicyArn")
	document, ok := i.managed[arn]
	if !ok || c.param("VersionId") != managedVersion {
		return nil, noPolicy(arn)
	}
	type version struct {
		Document  string
		VersionID string `xml:"VersionId"`
	}
	return struct{ PolicyVersion version }{version{encodeDocument(document), managedVersion}}, nil
}

func noPolicy(arn string) *Error {
	return errf(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
}
