package fakeaws

import "strings"

// ecrRights are those of Amazon ECR's operations, by which an image is pushed, read and removed: the
// page "Amazon Elastic Container Registry". It has a login on no resource, all else on the repository.
// Which of them a push needs, the Amazon ECR User Guide says, "IAM permissions for pushing an image".
func (a *AWS) ecrRights() rights {
	on := func(c *call) []thing {
		var in struct{ RepositoryName string }
		_ = c.decode(&in) // the operation reports what is wrong with the body
		return []thing{{arn: a.arnIn(c, "ecr", "repository/"+in.RepositoryName)}}
	}
	all := rights{"GetAuthorizationToken": {action: "ecr:GetAuthorizationToken"}}
	for _, operation := range []string{
		"BatchCheckLayerAvailability", "BatchDeleteImage", "BatchGetImage", "CompleteLayerUpload",
		"DescribeImages", "DescribeRepositories", "GetDownloadUrlForLayer", "GetLifecyclePolicy",
		"GetRepositoryPolicy", "InitiateLayerUpload", "ListImages", "PutImage", "SetRepositoryPolicy",
		"UploadLayerPart",
	} {
		all[operation] = right{action: "ecr:" + operation, on: on, keys: resourceTags}
	}
	return all
}

// repositoryOf is the ARN of an image's repository: HOST/NAME:TAG or HOST/NAME@DIGEST.
func (a *AWS) repositoryOf(c *call, image string) string {
	_, name, _ := strings.Cut(image, "/")
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	return a.arnIn(c, "ecr", "repository/"+name)
}

// denied judges a request to the registry by who got its password (Amazon ECR User Guide, "Private
// registry authentication").
func (e *ECR) denied(c *registryCall) *Error {
	_, password, _ := c.request.BasicAuth()
	by := &call{accessKey: e.tokens[password], region: e.aws.region}
	return e.aws.deny(by, access{
		action: "ecr:" + c.operation, resource: e.aws.arnIn(by, "ecr", "repository/"+c.repository),
		keys: resourceTags,
	})
}
