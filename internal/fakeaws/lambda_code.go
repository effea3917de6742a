package fakeaws

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
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
	f.ImageURI, f.CodeSha256 = uri, hash
	// A new image ends what was wrong with the last one.
	if f.State == "Failed" || f.State == "Inactive" {
		f.State, f.StateReason, f.StateReasonCode = "Active", "", ""
	}
	return nil
}

// imageHash is the digest of an image, without "sha256:"; ok is false where it does not exist.
func (l *Lambda) imageHash(uri string) (hash string, ok bool) {
	if _, hash, ok := strings.Cut(uri, "@sha256:"); ok {
		return hash, true
	}
	sum := sha256.Sum256([]byte(uri))
	return hex.EncodeToString(sum[:]), true
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
