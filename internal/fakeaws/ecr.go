package fakeaws

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ECR is Amazon Elastic Container Registry: its API as far as it is used, and the registry itself
// (ecr_registry.go).
type ECR struct {
	aws          *AWS
	repositories map[string]*ECRRepository
	tokens       map[string]string // who got a password of GetAuthorizationToken: access key by password
	uploads      []string
}

// ECRRepository is a repository.
type ECRRepository struct {
	Name string
	// Immutable repositories refuse to move a tag.
	Immutable bool
	// LifecyclePolicy is its JSON; "" for none.
	LifecyclePolicy string
	// Images are the tags of each image, by digest; an image may have none.
	Images map[string][]string

	registry http.Handler
}

func newECR(a *AWS) *ECR {
	return &ECR{aws: a, repositories: map[string]*ECRRepository{}, tokens: map[string]string{}}
}

// ECR gives a test direct access to Amazon ECR.
func (a *AWS) ECR() *ECR { return a.ecr }

// PutRepository makes or replaces a repository, which is empty.
func (e *ECR) PutRepository(repo ECRRepository) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	repo.Images, repo.registry = map[string][]string{}, newInnerRegistry()
	e.repositories[repo.Name] = &repo
}

// Change lets a test set what it likes of a repository.
func (e *ECR) Change(name string, change func(*ECRRepository)) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	change(e.repositories[name])
}

// RemoveRepository removes a repository as somebody else could have done.
func (e *ECR) RemoveRepository(name string) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	delete(e.repositories, name)
}

// Repository returns a repository by name.
func (e *ECR) Repository(name string) (ECRRepository, bool) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	repo := e.repositories[name]
	if repo == nil {
		return ECRRepository{}, false
	}
	shown := *repo
	shown.Images = map[string][]string{}
	for digest, tags := range repo.Images {
		shown.Images[digest] = slices.Clone(tags)
	}
	return shown, true
}

// RemoveImage removes an image with all its tags as somebody else could have done.
func (e *ECR) RemoveImage(repository, digest string) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	e.repositories[repository].remove(digest)
}

// Uploads are the digests of all blobs that were uploaded to the end, in order.
func (e *ECR) Uploads() []string {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	return slices.Clone(e.uploads)
}

// Host is the name of the account's registry.
func (e *ECR) Host() string {
	return e.aws.account + ".dkr.ecr." + e.aws.region + ".amazonaws.com"
}

// URL is what aws_ecr_repository exports as repository_url.
func (e *ECR) URL(repository string) string { return e.Host() + "/" + repository }

// leftovers are images: repositories are never ours.
func (e *ECR) leftovers() []string {
	var left []string
	for _, name := range sortedKeys(e.repositories) {
		for _, digest := range sortedKeys(e.repositories[name].Images) {
			left = append(left, "image "+name+"@"+digest)
		}
	}
	return left
}

func (e *ECR) service() *service {
	return &service{
		name:     "ecr",
		protocol: json11{},
		operations: map[string]func(*call) (any, error){
			"GetAuthorizationToken": e.getAuthorizationToken,
			"GetLifecyclePolicy":    e.getLifecyclePolicy,
			"BatchDeleteImage":      e.batchDeleteImage,
			"DescribeRepositories":  e.describeRepositories,
			"DescribeImages":        e.describeImages,
		},
		nameKeys:  []string{"repositoryName", "reference"},
		leftovers: e.leftovers,
	}
}

// tokenLife is that of an authorization token (API Reference, GetAuthorizationToken).
const tokenLife = 12 * time.Hour

func (e *ECR) getAuthorizationToken(c *call) (any, error) {
	password := digest(e.aws.account + c.accessKey + e.aws.now().String())
	e.tokens[password] = c.accessKey
	type data struct {
		AuthorizationToken string  `json:"authorizationToken"`
		ExpiresAt          float64 `json:"expiresAt"`
		ProxyEndpoint      string  `json:"proxyEndpoint"`
	}
	return struct {
		AuthorizationData []data `json:"authorizationData"`
	}{[]data{{
		base64.StdEncoding.EncodeToString([]byte("AWS:" + password)),
		float64(e.aws.now().Add(tokenLife).Unix()), "https://" + e.Host(),
	}}}, nil
}

type imageID struct {
	ImageDigest string `json:"imageDigest,omitempty"`
	ImageTag    string `json:"imageTag,omitempty"`
}

type ecrInput struct {
	RegistryID      string    `json:"registryId"`
	RepositoryName  string    `json:"repositoryName"`
	RepositoryNames []string  `json:"repositoryNames"`
	ImageIDs        []imageID `json:"imageIds"`
}

func (e *ECR) noRepository(name string) *Error {
	return errf(http.StatusBadRequest, "RepositoryNotFoundException", "%s", e.noRepositoryText(name))
}

func (e *ECR) noRepositoryText(name string) string {
	return "The repository with name '" + name + "' does not exist in the registry with id '" + e.aws.account + "'"
}

// find decodes a request and returns the repository that it names.
func (e *ECR) find(c *call) (*ECRRepository, ecrInput, error) {
	var in ecrInput
	if err := c.decode(&in); err != nil {
		return nil, in, err
	}
	repo := e.repositories[in.RepositoryName]
	if repo == nil || in.RegistryID != "" && in.RegistryID != e.aws.account {
		return nil, in, e.noRepository(in.RepositoryName)
	}
	return repo, in, nil
}

func (e *ECR) getLifecyclePolicy(c *call) (any, error) {
	repo, _, err := e.find(c)
	if err != nil {
		return nil, err
	}
	if repo.LifecyclePolicy == "" {
		return nil, errf(http.StatusBadRequest, "LifecyclePolicyNotFoundException",
			"Lifecycle policy does not exist for the repository with name '%s' in the registry with id '%s'",
			repo.Name, e.aws.account)
	}
	return struct {
		RegistryID     string `json:"registryId"`
		RepositoryName string `json:"repositoryName"`
		Text           string `json:"lifecyclePolicyText"`
	}{e.aws.account, repo.Name, repo.LifecyclePolicy}, nil
}

// batchDeleteImage removes a tag, and with its last tag the image; or, by digest, the image with all
// tags (API Reference, BatchDeleteImage).
func (e *ECR) batchDeleteImage(c *call) (any, error) {
	repo, in, err := e.find(c)
	if err != nil {
		return nil, err
	}
	type failure struct {
		ImageID imageID `json:"imageId"`
		Code    string  `json:"failureCode"`
		Reason  string  `json:"failureReason"`
	}
	out := struct {
		ImageIDs []imageID `json:"imageIds"`
		Failures []failure `json:"failures"`
	}{[]imageID{}, []failure{}}
	for _, id := range in.ImageIDs {
		found := id.ImageDigest
		if found == "" {
			found = repo.tagged(id.ImageTag)
		}
		switch _, ok := repo.Images[found]; {
		case !ok:
			out.Failures = append(out.Failures, failure{id, "ImageNotFound", "Requested image not found"})
			continue
		case id.ImageDigest == "":
			repo.untag(id.ImageTag)
		default:
			repo.remove(found)
		}
		out.ImageIDs = append(out.ImageIDs, imageID{found, id.ImageTag})
	}
	return out, nil
}

func (e *ECR) describeRepositories(c *call) (any, error) {
	var in ecrInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	names := in.RepositoryNames
	if len(names) == 0 {
		names = sortedKeys(e.repositories)
	}
	type repository struct {
		ARN        string `json:"repositoryArn"`
		RegistryID string `json:"registryId"`
		Name       string `json:"repositoryName"`
		URI        string `json:"repositoryUri"`
		Mutability string `json:"imageTagMutability"`
	}
	out := struct {
		Repositories []repository `json:"repositories"`
	}{[]repository{}}
	for _, name := range names {
		repo := e.repositories[name]
		if repo == nil {
			return nil, e.noRepository(name)
		}
		mutability := "MUTABLE"
		if repo.Immutable {
			mutability = "IMMUTABLE"
		}
		out.Repositories = append(out.Repositories, repository{
			"arn:aws:ecr:" + e.aws.region + ":" + e.aws.account + ":repository/" + name,
			e.aws.account, name, e.URL(name), mutability,
		})
	}
	return out, nil
}

func (e *ECR) describeImages(c *call) (any, error) {
	repo, in, err := e.find(c)
	if err != nil {
		return nil, err
	}
	digests := sortedKeys(repo.Images)
	if len(in.ImageIDs) > 0 {
		digests = nil
	}
	for _, id := range in.ImageIDs {
		found := id.ImageDigest
		if found == "" {
			found = repo.tagged(id.ImageTag)
		}
		if _, ok := repo.Images[found]; !ok {
			return nil, errf(http.StatusBadRequest, "ImageNotFoundException",
				"The image with imageId {imageDigest:'%s', imageTag:'%s'} does not exist within the repository "+
					"with name '%s' in the registry with id '%s'", id.ImageDigest, id.ImageTag, repo.Name, e.aws.account)
		}
		digests = append(digests, found)
	}
	type detail struct {
		RepositoryName string   `json:"repositoryName"`
		Digest         string   `json:"imageDigest"`
		Tags           []string `json:"imageTags,omitempty"`
	}
	details := []detail{}
	for _, digest := range digests {
		details = append(details, detail{repo.Name, digest, repo.Images[digest]})
	}
	return struct {
		ImageDetails []detail `json:"imageDetails"`
	}{details}, nil
}

// tagged returns the digest of the image that has a tag, or "".
func (r *ECRRepository) tagged(tag string) string {
	for digest, tags := range r.Images {
		if slices.Contains(tags, tag) {
			return digest
		}
	}
	return ""
}

// untag removes a tag, and the image that loses its last one.
func (r *ECRRepository) untag(tag string) {
	found := r.tagged(tag)
	r.Images[found] = slices.DeleteFunc(r.Images[found], func(t string) bool { return t == tag })
	r.forget(tag)
	if len(r.Images[found]) == 0 {
		r.remove(found)
	}
}

func (r *ECRRepository) remove(digest string) {
	for _, tag := range append(slices.Clone(r.Images[digest]), digest) {
		r.forget(tag)
	}
	maps.DeleteFunc(r.Images, func(d string, _ []string) bool { return d == digest })
}

// isLoopback tells that a Host header names this machine.
func isLoopback(host string) bool {
	return strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "localhost") ||
		strings.HasPrefix(host, "[::1]")
}

// Retag moves a tag to another name as somebody with the right to do so could have done.
func (e *ECR) Retag(repository, from, to string) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	repo := e.repositories[repository]
	found := repo.tagged(from)
	repo.copyTag(from, to)
	repo.forget(from)
	for i, tag := range repo.Images[found] {
		if tag == from {
			repo.Images[found][i] = to
		}
	}
}
