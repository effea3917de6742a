package fakeaws

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// CloudFront is Amazon CloudFront. Configurations are kept as the XML that came in.
type CloudFront struct {
	aws           *AWS
	distributions map[string]*Distribution
	slow          Transition
}

// Distribution is a distribution.
type Distribution struct {
	ID string
	// Life's Status is "Deployed" unless set.
	Life
	// Config is the element DistributionConfig.
	Config string

	versions int // each has an ETag
}

func newCloudFront(a *AWS) *CloudFront {
	return &CloudFront{aws: a, distributions: map[string]*Distribution{}}
}

// CloudFront gives a test direct access to CloudFront.
func (a *AWS) CloudFront() *CloudFront { return a.cloudfront }

// SlowStates keeps a distribution that was updated in "InProgress" until t is over.
func (f *CloudFront) SlowStates(t Transition) {
	f.aws.mu.Lock()
	defer f.aws.mu.Unlock()
	f.slow = t
}

// PutDistribution makes a distribution, or a new version of it as somebody else's update would.
func (f *CloudFront) PutDistribution(d Distribution) {
	f.aws.mu.Lock()
	defer f.aws.mu.Unlock()
	d.begin(cmp.Or(d.Status, "Deployed"), f.aws.now())
	d.versions = 1
	if old := f.distributions[d.ID]; old != nil {
		d.versions = old.versions + 1
	}
	f.distributions[d.ID] = &d
}

// Touch makes a new version of the configuration, as somebody else's update of it would. Call it
// from a hook of OnRequest or between two calls.
func (f *CloudFront) Touch(id string) {
	f.aws.mu.Lock()
	defer f.aws.mu.Unlock()
	f.distributions[id].versions++
}

// Distribution returns a distribution.
func (f *CloudFront) Distribution(id string) (Distribution, bool) {
	f.aws.mu.Lock()
	defer f.aws.mu.Unlock()
	d := f.distributions[id]
	if d == nil {
		return Distribution{}, false
	}
	return *d, true
}

// etag names a version.
func (d *Distribution) etag(version int) string {
	return strings.ToUpper("E" + digest(fmt.Sprint(d.ID, version))[:12])
}

// distributionXML is what the rules ask of a configuration.
type distributionXML struct {
	CallerReference string
	Origins         []string `xml:"Origins>Items>Origin>Id"`
	OriginGroups    []string `xml:"OriginGroups>Items>OriginGroup>Id"`
	Default         string   `xml:"DefaultCacheBehavior>TargetOriginId"`
	Targets         []string `xml:"CacheBehaviors>Items>CacheBehavior>TargetOriginId"`
}

func (f *CloudFront) distribution(c *call) (*Distribution, error) {
	if d := f.distributions[c.param("Id")]; d != nil {
		d.settle(f.slow, f.aws.now())
		return d, nil
	}
	return nil, errf(http.StatusNotFound, "NoSuchDistribution",
		"The specified distribution does not exist.")
}

func (f *CloudFront) getConfig(c *call) (any, error) {
	d, err := f.distribution(c)
	if err != nil {
		return nil, err
	}
	return xmlBody{d.etag(d.versions), d.Config}, nil
}

func (f *CloudFront) get(c *call) (any, error) {
	d, err := f.distribution(c)
	if err != nil {
		return nil, err
	}
	body := f.body(d)
	d.reads++
	return body, nil
}

func (f *CloudFront) body(d *Distribution) xmlBody {
	return xmlBody{d.etag(d.versions), "<Distribution><Id>" + d.ID + "</Id><ARN>arn:aws:cloudfront::" +
		f.aws.account + ":distribution/" + d.ID + "</ARN><Status>" + d.Status + "</Status>" + d.Config +
		"</Distribution>"}
}

// update replaces the whole configuration. It wants the ETag of the version that it was made of
// (API Reference, UpdateDistribution).
func (f *CloudFront) update(c *call) (any, error) {
	d, err := f.distribution(c)
	if err != nil {
		return nil, err
	}
	if err := d.checkVersion(c.param("IfMatch")); err != nil {
		return nil, err
	}
	var before, after distributionXML
	if err := xml.Unmarshal([]byte(d.Config), &before); err != nil {
		return nil, err
	}
	if err := xml.Unmarshal(c.body, &after); err != nil {
		return nil, errf(0, "MalformedXML", "%s", err)
	}
	if before.CallerReference != after.CallerReference {
		return nil, errf(0, "IllegalUpdate", "The caller reference cannot be changed.")
	}
	origins := slices.Concat(after.Origins, after.OriginGroups)
	for _, target := range append(after.Targets, after.Default) {
		if !slices.Contains(origins, target) {
			return nil, errf(http.StatusNotFound, "NoSuchOrigin",
				"One or more of your origins or origin groups do not exist.")
		}
	}
	d.Config, d.versions = string(c.body), d.versions+1
	d.move("InProgress", "Deployed", f.slow, f.aws.now())
	return f.body(d), nil
}

func (d *Distribution) checkVersion(etag string) error {
	if etag == d.etag(d.versions) {
		return nil
	}
	for version := 1; version < d.versions; version++ {
		if etag == d.etag(version) {
			return errf(http.StatusPreconditionFailed, "PreconditionFailed",
				"The request failed because it didn't meet the preconditions in one or more "+
					"request-header fields.")
		}
	}
	return errf(0, "InvalidIfMatchVersion",
		"The If-Match version is missing or not valid for the resource.")
}

func (f *CloudFront) service() *service {
	const path = "/2020-05-31/distribution/{Id}"
	return &service{
		name: "cloudfront",
		protocol: restXML{[]route{
			{http.MethodGet, path, "GetDistribution"},
			{http.MethodGet, path + "/config", "GetDistributionConfig"},
			{http.MethodPut, path + "/config", "UpdateDistribution"},
		}},
		operations: map[string]func(*call) (any, error){
			"GetDistribution":       f.get,
			"GetDistributionConfig": f.getConfig,
			"UpdateDistribution":    f.update,
		},
		nameKeys: []string{"Id"},
		leftovers: func() []string {
			var left []string
			for _, id := range sortedKeys(f.distributions) {
				left = append(left, "cloudfront distribution "+id)
			}
			return left
		},
	}
}

// restXML is the protocol rest-xml: paths as with rest-json, and XML in both directions.
type restXML struct{ routes []route }

// xmlBody is an answer whose version is a header.
type xmlBody struct{ etag, xml string }

func (p restXML) decode(r *http.Request, body []byte) (string, *call, error) {
	operation, c, err := restJSON{routes: p.routes}.decode(r, body)
	if err == nil {
		c.params.Set("IfMatch", r.Header.Get("If-Match"))
	}
	return operation, c, err
}

func (restXML) encode(_ string, output any) response {
	body, ok := output.(xmlBody)
	if !ok {
		panic(fmt.Sprintf("fakeaws: an answer in XML of type %T", output))
	}
	return response{
		http.StatusOK,
		http.Header{"Content-Type": {"text/xml"}, "Etag": {body.etag}},
		[]byte(body.xml),
	}
}

func (restXML) encodeError(err *Error) response { return query{}.encodeError(err) }
