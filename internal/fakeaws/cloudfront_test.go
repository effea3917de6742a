package fakeaws

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

type testCloudFront struct {
	*CloudFront
	t      *testing.T
	client *cloudfront.Client
	clock  *Clock
}

// newTestCloudFront has distribution E1 with the origins app and maint.
func newTestCloudFront(t *testing.T) testCloudFront {
	t.Helper()
	clock := NewClock(testTime)
	a := Start(t, WithClock(clock.Now))
	a.CloudFront().PutDistribution(Distribution{ID: "E1", Config: `<DistributionConfig>` +
		`<CallerReference>r</CallerReference><Comment></Comment><Enabled>true</Enabled><Origins>` +
		`<Quantity>2</Quantity><Items><Origin><Id>app</Id><DomainName>a.example.com</DomainName>` +
		`</Origin><Origin><Id>maint</Id><DomainName>m.example.com</DomainName></Origin></Items>` +
		`</Origins><DefaultCacheBehavior><TargetOriginId>app</TargetOriginId>` +
		`<ViewerProtocolPolicy>https-only</ViewerProtocolPolicy></DefaultCacheBehavior>` +
		`</DistributionConfig>`})
	return testCloudFront{a.CloudFront(), t, cloudfront.NewFromConfig(a.Config()), clock}
}

func (f testCloudFront) read() (config *types.DistributionConfig, etag string) {
	f.t.Helper()
	out, err := f.client.GetDistributionConfig(f.t.Context(),
		&cloudfront.GetDistributionConfigInput{Id: aws.String("E1")})
	noError(f.t, err)
	return out.DistributionConfig, *out.ETag
}

func (f testCloudFront) write(config *types.DistributionConfig, etag *string) error {
	_, err := f.client.UpdateDistribution(f.t.Context(), &cloudfront.UpdateDistributionInput{
		Id: aws.String("E1"), IfMatch: etag, DistributionConfig: config,
	})
	return err
}

func (f testCloudFront) status() string {
	f.t.Helper()
	out, err := f.client.GetDistribution(f.t.Context(),
		&cloudfront.GetDistributionInput{Id: aws.String("E1")})
	noError(f.t, err)
	return *out.Distribution.Status
}

// An update replaces the configuration, gives it another ETag, and takes time to be deployed.
func TestUpdateDistribution(t *testing.T) {
	t.Parallel()
	f := newTestCloudFront(t)
	f.SlowStates(Transition{After: time.Minute})
	config, etag := f.read()
	if got := f.status(); got != "Deployed" {
		t.Errorf("%s before the update", got)
	}
	config.DefaultCacheBehavior.TargetOriginId = aws.String("maint")
	noError(t, f.write(config, &etag))
	if got := f.status(); got != "InProgress" {
		t.Errorf("%s after the update", got)
	}
	f.clock.Advance(time.Minute)
	if got := f.status(); got != "Deployed" {
		t.Errorf("%s a minute after the update", got)
	}
	after, newETag := f.read()
	if *after.DefaultCacheBehavior.TargetOriginId != "maint" || newETag == etag {
		t.Errorf("origin %s, ETag %s, before %s", *after.DefaultCacheBehavior.TargetOriginId, newETag, etag)
	}
}

// The ETag of an earlier version is PreconditionFailed, none or another is InvalidIfMatchVersion
// (API Reference, UpdateDistribution).
func TestUpdateDistribution_ifMatch(t *testing.T) {
	t.Parallel()
	f := newTestCloudFront(t)
	config, etag := f.read()
	f.Touch("E1")
	wantError(t, f.write(config, &etag), "PreconditionFailed", "")
	wantError(t, f.write(config, nil), "InvalidIfMatchVersion",
		"The If-Match version is missing or not valid for the resource.")
	wantError(t, f.write(config, aws.String("E0")), "InvalidIfMatchVersion", "")
	d, _ := f.Distribution("E1")
	f.PutDistribution(d)
	_, newer := f.read()
	if newer == etag {
		t.Error("somebody else's update kept the ETag")
	}
	noError(t, f.write(config, &newer))
}

// An unknown origin and another caller reference are refused (API Reference, UpdateDistribution).
func TestUpdateDistribution_refusals(t *testing.T) {
	t.Parallel()
	f := newTestCloudFront(t)
	config, etag := f.read()
	config.DefaultCacheBehavior.TargetOriginId = aws.String("gone")
	wantError(t, f.write(config, &etag), "NoSuchOrigin",
		"One or more of your origins or origin groups do not exist.")
	config, etag = f.read()
	if *config.DefaultCacheBehavior.TargetOriginId != "app" {
		t.Error("a refused update took effect")
	}
	config.CallerReference = aws.String("other")
	wantError(t, f.write(config, &etag), "IllegalUpdate", "")
	_, err := f.client.GetDistributionConfig(t.Context(),
		&cloudfront.GetDistributionConfigInput{Id: aws.String("E2")})
	wantError(t, err, "NoSuchDistribution", "The specified distribution does not exist.")
	if got := f.aws.Leftovers(); len(got) != 1 || got[0] != "cloudfront distribution E1" {
		t.Errorf("left %v", got)
	}
}
