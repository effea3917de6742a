package fakeaws

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

// newInnerRegistry stores a repository's blobs and manifests, and knows none of ECR's rules.
func newInnerRegistry() http.Handler {
	return registry.New(registry.Logger(log.New(io.Discard, "", 0)))
}

// RegistryTransport carries requests to any host to a, as if a stood there: ECR's own name leads to
// the fake.
func (a *AWS) RegistryTransport() http.RoundTripper {
	target, err := url.Parse(a.url)
	if err != nil {
		panic(err) // Start has made it
	}
	return redirected{target, &http.Transport{}}
}

// redirected has a transport of its own: httptest's servers close the connections of the default one.
type redirected struct {
	target    *url.URL
	transport http.RoundTripper
}

func (t redirected) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := r.Clone(r.Context())
	sent.Host = r.URL.Host
	sent.URL.Scheme, sent.URL.Host = t.target.Scheme, t.target.Host
	resp, err := t.transport.RoundTrip(sent)
	if resp != nil {
		resp.Request = r
	}
	return resp, err
}

// registryRoute names the requests of the OCI distribution API as ECR names the rights that they
// take (Amazon ECR User Guide, "Required IAM permissions for pushing an image").
type registryRoute struct {
	method    string
	path      *regexp.Regexp // repository, and what follows
	operation string
}

var registryRoutes = []registryRoute{
	{http.MethodGet, regexp.MustCompile(`^()/?()$`), "GetAuthorizationToken"},
	{http.MethodHead, regexp.MustCompile(`^(.+)/blobs/([^/]+)$`), "BatchCheckLayerAvailability"},
	{http.MethodGet, regexp.MustCompile(`^(.+)/blobs/([^/]+)$`), "GetDownloadUrlForLayer"},
	{http.MethodPost, regexp.MustCompile(`^(.+)/blobs/uploads/()$`), "InitiateLayerUpload"},
	{http.MethodPatch, regexp.MustCompile(`^(.+)/blobs/uploads/([^/]+)$`), "UploadLayerPart"},
	{http.MethodPut, regexp.MustCompile(`^(.+)/blobs/uploads/([^/]+)$`), "CompleteLayerUpload"},
	{http.MethodHead, regexp.MustCompile(`^(.+)/manifests/([^/]+)$`), "BatchGetImage"},
	{http.MethodGet, regexp.MustCompile(`^(.+)/manifests/([^/]+)$`), "BatchGetImage"},
	{http.MethodPut, regexp.MustCompile(`^(.+)/manifests/([^/]+)$`), "PutImage"},
	{http.MethodDelete, regexp.MustCompile(`^(.+)/manifests/([^/]+)$`), "BatchDeleteImage"},
	{http.MethodGet, regexp.MustCompile(`^(.+)/tags/(list)$`), "ListImages"},
}

// registryCall is one request to the registry.
type registryCall struct {
	operation, repository string
	// reference is a tag, a digest, or an upload.
	reference string
	request   *http.Request
	body      []byte
}

const registryPath = "/v2/"

// serveRegistry answers a request to the registry. Its faults have the operations' names of
// registryRoutes; one that resets an upload does so in its midst.
func (e *ECR) serveRegistry(w http.ResponseWriter, r *http.Request) {
	c := &registryCall{request: r}
	for _, route := range registryRoutes {
		m := route.path.FindStringSubmatch(strings.TrimPrefix(r.URL.Path, registryPath))
		if m != nil && route.method == r.Method {
			c.operation, c.repository, c.reference = route.operation, m[1], m[2]
			break
		}
	}
	if c.repository == "" && c.operation != "" {
		e.serve(c).send(w) // the look at /v2/ is no request of ECR's
		return
	}
	request := e.aws.record(&service{name: "ecr", nameKeys: []string{"repositoryName", "reference"}},
		e.aws.region, c.operation, &call{params: url.Values{
			"repositoryName": {c.repository}, "reference": {c.reference},
		}})
	fault := cmp.Or(e.aws.fault(request), &Fault{})
	if fault.Reset {
		_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
		reset(w)
		return
	}
	var err error
	if c.body, err = io.ReadAll(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if fault.refuses() {
		registryError(fault.err().status(), fault.Code, fault.Message).send(w)
		return
	}
	answer := e.serve(c)
	fault.holdBack(r)
	fault.send(w, answer)
}

// serve applies ECR's rules and hands on what they let through.
func (e *ECR) serve(c *registryCall) response {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	local := isLoopback(c.request.Host)
	if !local && !e.loggedIn(c.request) {
		refusal := registryError(http.StatusUnauthorized, "UNAUTHORIZED", "Not Authorized")
		refusal.header.Set("WWW-Authenticate",
			`Basic realm="https://`+e.Host()+`/",service="ecr.amazonaws.com"`)
		return refusal
	}
	if c.repository == "" {
		return response{status: http.StatusOK, header: http.Header{}}
	}
	if denied := e.denied(c); denied != nil && !local {
		return registryError(http.StatusForbidden, "DENIED", denied.Message)
	}
	repo := e.repositories[c.repository]
	switch {
	case repo == nil:
		return registryError(http.StatusNotFound, "NAME_UNKNOWN", e.noRepositoryText(c.repository))
	case c.operation == "BatchDeleteImage":
		return repo.deleteManifest(c)
	case c.operation == "PutImage":
		return repo.putManifest(c)
	case c.request.Method == http.MethodHead && c.operation == "BatchGetImage":
		return repo.headManifest(c)
	}
	answer := repo.pass(c)
	if c.operation == "CompleteLayerUpload" && answer.status == http.StatusCreated {
		e.uploads = append(e.uploads, c.request.URL.Query().Get("digest"))
	}
	return answer
}

// loggedIn wants a token with every request (Amazon ECR User Guide, "Private registry
// authentication").
func (e *ECR) loggedIn(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	return ok && user == "AWS" && e.tokens[password] != ""
}

// putManifest keeps a tag of an immutable repository where it is, and takes no manifest whose blobs
// are not there (API Reference, PutImage: ImageTagAlreadyExistsException, LayersNotFoundException).
func (r *ECRRepository) putManifest(c *registryCall) response {
	sum := "sha256:" + digest(string(c.body))
	byTag := !strings.HasPrefix(c.reference, "sha256:")
	if has := r.tagged(c.reference); byTag && has != "" && r.Immutable {
		return registryError(http.StatusBadRequest, "TAG_INVALID", "The image tag '"+c.reference+
			"' already exists in the '"+r.Name+"' repository and cannot be overwritten because the "+
			"repository is immutable.")
	}
	var manifest struct {
		Config struct{ Digest string }
		Layers []struct{ Digest string }
	}
	if err := json.Unmarshal(c.body, &manifest); err != nil {
		return registryError(http.StatusBadRequest, "MANIFEST_INVALID", err.Error())
	}
	blobs := []string{manifest.Config.Digest}
	for _, layer := range manifest.Layers {
		blobs = append(blobs, layer.Digest)
	}
	for _, blob := range blobs {
		if r.ask(http.MethodHead, "blobs", blob).status != http.StatusOK {
			return registryError(http.StatusNotFound, "MANIFEST_BLOB_UNKNOWN", "no blob "+blob)
		}
	}
	answer := r.pass(c)
	if answer.status != http.StatusCreated {
		return answer
	}
	for has, tags := range r.Images {
		r.Images[has] = slices.DeleteFunc(tags, func(t string) bool { return t == c.reference })
	}
	r.Images[sum] = slices.Concat(r.Images[sum])
	if byTag {
		r.Images[sum] = append(r.Images[sum], c.reference)
	}
	return answer
}

// headManifest knows images too that a test has put into Images, without a manifest.
func (r *ECRRepository) headManifest(c *registryCall) response {
	found := c.reference
	if !strings.HasPrefix(found, "sha256:") {
		found = r.tagged(c.reference)
	}
	answer := r.pass(c)
	if _, ok := r.Images[found]; !ok || answer.status != http.StatusNotFound {
		return answer
	}
	return response{http.StatusOK, http.Header{
		"Content-Type":          {"application/vnd.oci.image.manifest.v1+json"},
		"Content-Length":        {"0"},
		"Docker-Content-Digest": {found},
	}, nil}
}

// deleteManifest removes a tag or an image, as a local registry does. An image without tags stays.
func (r *ECRRepository) deleteManifest(c *registryCall) response {
	if _, ok := r.Images[c.reference]; ok {
		r.remove(c.reference)
		return response{status: http.StatusAccepted, header: http.Header{}}
	}
	found := r.tagged(c.reference)
	if found == "" {
		return registryError(http.StatusNotFound, "MANIFEST_UNKNOWN", "no image "+c.reference)
	}
	r.Images[found] = slices.DeleteFunc(r.Images[found], func(t string) bool { return t == c.reference })
	return r.pass(c)
}

// forget removes a manifest from the registry behind the rules.
func (r *ECRRepository) forget(reference string) { r.ask(http.MethodDelete, "manifests", reference) }

// copyTag gives a manifest of the registry behind the rules one more tag.
func (r *ECRRepository) copyTag(from, to string) {
	found := r.ask(http.MethodGet, "manifests", from)
	request := r.request(http.MethodPut, "manifests", to)
	request.Header.Set("Content-Type", found.header.Get("Content-Type"))
	r.pass(&registryCall{request: request, body: found.body})
}

func (r *ECRRepository) ask(method, kind, reference string) response {
	return r.pass(&registryCall{request: r.request(method, kind, reference)})
}

func (r *ECRRepository) request(method, kind, reference string) *http.Request {
	path := registryPath + r.Name + "/" + kind + "/" + reference
	return httptest.NewRequestWithContext(context.Background(), method, path, http.NoBody)
}

func (r *ECRRepository) pass(c *registryCall) response {
	request := c.request.Clone(c.request.Context())
	request.Body = io.NopCloser(bytes.NewReader(c.body))
	recorder := httptest.NewRecorder()
	r.registry.ServeHTTP(recorder, request)
	return response{recorder.Code, maps.Clone(recorder.Header()), recorder.Body.Bytes()}
}

// registryError is an error in the form of the OCI distribution specification.
func registryError(status int, code, message string) response {
	type diagnostic struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	return jsonResponse(status, "application/json", map[string][]diagnostic{"errors": {{code, message}}})
}
