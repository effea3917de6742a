package fakeaws

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
)

// maxZip is the limit of the Lambda Developer Guide, "Lambda quotas".
const maxZip = 50 << 20

// code is what CreateFunction has in Code, and UpdateFunctionCode beside other members.
type code struct {
	ZipFile  []byte
	ImageURI string `json:"ImageUri"`
}

// setCode gives a function its code. Its package type stays (Developer Guide, "Create a Lambda
// function using a container image").
func (l *Lambda) setCode(f *Function, c code) error {
	switch {
	case f.PackageType == "Image" && c.ZipFile != nil:
		return badValue("Please don't provide ZipFile when updating a function with packageType Image.")
	case f.PackageType == "Image":
		return l.setImage(f, c.ImageURI)
	case c.ImageURI != "":
		return badValue("Please don't provide ImageUri when updating a function with packageType Zip.")
	case len(c.ZipFile) > maxZip:
		return errf(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException",
			"Request must be smaller than %d bytes for the CreateFunction operation", maxZip)
	}
	if _, err := zip.NewReader(bytes.NewReader(c.ZipFile), int64(len(c.ZipFile))); err != nil {
		return badValue("Could not unzip uploaded file. Please check your file, " +
			"then try to upload again.")
	}
	f.setZip(c.ZipFile)
	return nil
}

// setImage takes over an image. CodeSha256 is the manifest's digest, also where the image is named
// by a tag, which may move afterwards (Developer Guide, "Deploy Go Lambda functions with container
// images").
func (l *Lambda) setImage(f *Function, uri string) error {
	if uri == "" {
		return badValue("Please provide ImageUri when updating a function with packageType Image.")
	}
	hash, ok := l.imageHash(uri)
	if !ok {
		return badValue("Source image %s does not exist. Provide a valid source image.", uri)
	}
	if !l.mayPull(f, uri) {
		return errf(http.StatusForbidden, "AccessDeniedException",
			"Lambda does not have permission to access the ECR image. Check the ECR permissions.")
	}
	f.ImageURI, f.CodeSha256 = uri, hash
	// A new image ends what was wrong with the last one.
	if f.State == "Inactive" {
		f.State, f.StateReason, f.StateReasonCode = "Active", "", ""
	}
	return nil
}

// imageHash is the digest of an image, without "sha256:"; ok is false where it does not exist. The
// fake's own address stands for a registry on a loopback address.
func (l *Lambda) imageHash(uri string) (hash string, ok bool) {
	url, digest, byDigest := strings.Cut(uri, "@")
	host, _, _ := strings.Cut(url, "/")
	repo := l.aws.ecr.repositories[repositoryName(url)]
	if repo == nil || host != l.aws.ecr.Host() && !isLoopback(host) {
		return "", false
	}
	if !byDigest {
		digest = repo.tagged(url[strings.LastIndex(url, ":")+1:])
	}
	_, ok = repo.Images[digest]
	return strings.TrimPrefix(digest, "sha256:"), ok
}

// repositoryName is the name in an image's address, without registry and tag.
func repositoryName(url string) string {
	_, name, _ := strings.Cut(url, "/")
	name, _, _ = strings.Cut(name, ":")
	return name
}

// mayPull tells whether a function's role may pull its image. The repository's own policy, the other
// way to allow it, is not known here (Developer Guide, "Create a Lambda function using a container
// image").
func (l *Lambda) mayPull(f *Function, uri string) bool {
	url, _, _ := strings.Cut(uri, "@")
	if host, _, _ := strings.Cut(url, "/"); l.aws.iam.unchecked || isLoopback(host) {
		return true
	}
	repository := "arn:aws:ecr:" + l.aws.region + ":" + l.aws.account + ":repository/" + repositoryName(url)
	for _, action := range []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} {
		if !l.aws.iam.grants(f.Role, action, repository) {
			return false
		}
	}
	return true
}

// FetchImages is Lambda's own look at the images of its functions, now and then: functions whose image
// is gone are Inactive (Developer Guide, "Lambda function states").
func (l *Lambda) FetchImages() {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	for _, f := range l.functions {
		if f.PackageType != "Image" {
			continue
		}
		if _, ok := l.imageHash(resolved(f)); !ok {
			f.State, f.StateReasonCode = "Inactive", "ImageDeleted"
			f.StateReason = "The source image was deleted."
		}
	}
}

// setImageConfig replaces all overrides of the image; an empty one takes them away.
func (f *Function) setImageConfig(config ImageConfig) {
	f.ImageConfigResponse = nil
	if len(config.EntryPoint)+len(config.Command)+len(config.WorkingDirectory) > 0 {
		f.ImageConfigResponse = &ImageConfigResponse{config}
	}
}

// location is where a function's code is, as GetFunction answers it.
type location struct {
	RepositoryType   string
	Location         string `json:",omitempty"`
	ImageURI         string `json:"ImageUri,omitempty"`
	ResolvedImageURI string `json:"ResolvedImageUri,omitempty"`
}

func (l *Lambda) location(f *Function) location {
	if f.PackageType != "Image" {
		return location{RepositoryType: "S3", Location: l.aws.url + "/package/" + f.FunctionName}
	}
	return location{RepositoryType: "ECR", ImageURI: f.ImageURI, ResolvedImageURI: resolved(f)}
}

// resolved is the URI of a function's image by digest.
func resolved(f *Function) string {
	repository, _, _ := strings.Cut(f.ImageURI, "@")
	if i := strings.LastIndex(repository, ":"); i > strings.LastIndex(repository, "/") {
		repository = repository[:i]
	}
	return repository + "@sha256:" + f.CodeSha256
}
