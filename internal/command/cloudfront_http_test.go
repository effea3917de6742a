package command_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

const distribution = "E2QWRUHEXAMPLE"

// newDistribution has origins app and maint, origin group both, and behaviours for /api/* and
// *.jpg.
func newDistribution(t *testing.T) cloud {
	t.Helper()
	c := newCloud(t)
	const origin, group = `<Origin><Id>%s</Id><DomainName>%[1]s.example.com</DomainName></Origin>`,
		`<OriginGroup><Id>both</Id><FailoverCriteria><StatusCodes><Quantity>1</Quantity><Items>` +
			`<StatusCode>500</StatusCode></Items></StatusCodes></FailoverCriteria><Members>` +
			`<Quantity>2</Quantity><Items><OriginGroupMember><OriginId>app</OriginId>` +
			`</OriginGroupMember><OriginGroupMember><OriginId>maint</OriginId></OriginGroupMember>` +
			`</Items></Members></OriginGroup>`
	const behavior = `<TargetOriginId>%s</TargetOriginId>` +
		`<ViewerProtocolPolicy>https-only</ViewerProtocolPolicy>`
	c.CloudFront().PutDistribution(fakeaws.Distribution{ID: distribution, Config: fmt.Sprintf(
		`<DistributionConfig><CallerReference>terraform</CallerReference><Comment></Comment>
		<Enabled>true</Enabled>
		<Origins><Quantity>2</Quantity><Items>%s%s</Items></Origins>
		<OriginGroups><Quantity>1</Quantity><Items>%s</Items></OriginGroups>
		<DefaultCacheBehavior>%s</DefaultCacheBehavior>
		<CacheBehaviors><Quantity>2</Quantity><Items>
		<CacheBehavior><PathPattern>/api/*</PathPattern>%s</CacheBehavior>
		<CacheBehavior><PathPattern>*.jpg</PathPattern>%s</CacheBehavior>
		</Items></CacheBehaviors></DistributionConfig>`,
		fmt.Sprintf(origin, "app"), fmt.Sprintf(origin, "maint"), group,
		fmt.Sprintf(behavior, "app"), fmt.Sprintf(behavior, "app"), fmt.Sprintf(behavior, "maint"))})
	return c
}

func origins(report command.Report) []string {
	var out []string
	for _, r := range report.Results {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s>%s %s", r.Item, r.Outcome, r.From, r.To,
			r.Detail)))
	}
	return out
}

func (c cloud) updateOrigin(t *testing.T, args ...string) command.Report {
	t.Helper()
	return c.run(t, append([]string{"cloudfront", "update-origin", distribution}, args...)...)
}

func TestHTTP_updateOrigin(t *testing.T) {
	t.Parallel()
	c := newDistribution(t)
	for _, step := range []struct {
		args   string
		want   []string
		writes int
	}{
		{"maint default /api/* --dry-run",
			[]string{"default dry_run app>app would switch it to maint",
				"/api/* dry_run app>app would switch it to maint"}, 0},
		{"app default /api/*", []string{"default already app>app", "/api/* already app>app"}, 0},
		{"maint default *.jpg api/* /api/*", []string{"default done app>maint",
			"*.jpg already maint>maint", "api/* done app>maint",
			"/api/* skipped maint>maint the same as item api/*"}, 1},
		{"maint default *.jpg /api/*", []string{"default already maint>maint",
			"*.jpg already maint>maint", "/api/* already maint>maint"}, 1},
		{"both /*.jpg", []string{"/*.jpg done maint>both"}, 2},
		{"gone default /api/*", []string{
			`default not_found > no origin "gone", so nothing was written; there are: app, maint, both`,
			`/api/* not_found > no origin "gone", so nothing was written; there are: app, maint, both`,
		}, 2},
		{"app default /img/* *.jpg", []string{
			"default failed maint>maint nothing was written, since another path pattern is unknown",
			`/img/* not_found > no cache behaviour for "/img/*", so nothing was written; there are: ` +
				"default, /api/*, *.jpg",
			"*.jpg failed both>both nothing was written, since another path pattern is unknown",
		}, 2},
	} {
		report := c.updateOrigin(t, strings.Fields(step.args)...)
		if d := cmp.Diff(step.want, origins(report)); d != "" {
			t.Errorf("%s: %s", step.args, d)
		}
		if n := c.operations()["UpdateDistribution"]; n != step.writes {
			t.Errorf("%s: %d writes so far, want %d", step.args, n, step.writes)
		}
	}
}

// Fault 9 of the old image: it crashed where there were no extra behaviours, redeployed the
// distribution where no path matched, could not switch the default behaviour, took an origin that
// did not exist, and gave up on a stale ETag.
func TestFault09_updateOrigin(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.CloudFront().PutDistribution(fakeaws.Distribution{ID: distribution, Config: `<DistributionConfig>
		<CallerReference>terraform</CallerReference><Comment></Comment><Enabled>true</Enabled>
		<Origins><Quantity>2</Quantity><Items>
		<Origin><Id>app</Id><DomainName>app.example.com</DomainName></Origin>
		<Origin><Id>maint</Id><DomainName>maint.example.com</DomainName></Origin>
		</Items></Origins>
		<DefaultCacheBehavior><TargetOriginId>app</TargetOriginId>
		<ViewerProtocolPolicy>https-only</ViewerProtocolPolicy></DefaultCacheBehavior>
		<CacheBehaviors><Quantity>0</Quantity></CacheBehaviors></DistributionConfig>`})
	stale := true
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "UpdateDistribution" && stale {
			stale = false
			c.CloudFront().Touch(distribution)
		}
	})
	for _, step := range []struct {
		args, want string
		writes     int
	}{
		{"maint /api/*", `/api/* not_found > no cache behaviour for "/api/*", so nothing was written; ` +
			"there are: default", 0},
		{"nope default", `default not_found > no origin "nope", so nothing was written; there are: ` +
			"app, maint", 0},
		{"maint default", "default done app>maint", 2},
		{"maint default", "default already maint>maint", 2},
	} {
		report := c.updateOrigin(t, strings.Fields(step.args)...)
		if d := cmp.Diff([]string{step.want}, origins(report)); d != "" {
			t.Errorf("%s: %s", step.args, d)
		}
		if n := c.operations()["UpdateDistribution"]; n != step.writes {
			t.Errorf("%s: %d writes so far, want %d", step.args, n, step.writes)
		}
	}
}

func TestHTTP_updateOriginStaleETag(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		touches, reads, writes int
		want                   string
	}{
		{1, 2, 2, "default done app>maint"},
		{3, 4, 4, "default done app>maint"},
		{9, 4, 4, "default failed app>app PreconditionFailed: The request failed because it didn't " +
			"meet the preconditions in one or more request-header fields."},
	} {
		t.Run(fmt.Sprint(tt.touches), func(t *testing.T) {
			t.Parallel()
			c := newDistribution(t)
			touches := 0
			c.OnRequest(func(r fakeaws.Request) {
				if r.Operation == "UpdateDistribution" && touches < tt.touches {
					touches++
					c.CloudFront().Touch(distribution)
				}
			})
			report := c.updateOrigin(t, "maint", "default")
			if d := cmp.Diff([]string{tt.want}, origins(report)); d != "" {
				t.Error(d)
			}
			want := map[string]int{"GetDistributionConfig": tt.reads, "UpdateDistribution": tt.writes}
			if d := cmp.Diff(want, c.operations()); d != "" {
				t.Error(d)
			}
		})
	}
}

// What somebody else changed meanwhile decides: here the behaviour is gone, so nothing is written.
func TestHTTP_updateOriginChangedMeanwhile(t *testing.T) {
	t.Parallel()
	c := newDistribution(t)
	c.OnRequest(func(r fakeaws.Request) {
		if r.Operation == "UpdateDistribution" {
			d, _ := c.CloudFront().Distribution(distribution)
			d.Config = strings.Replace(d.Config, "/api/*", "/v2/*", 1)
			c.CloudFront().PutDistribution(d)
		}
	})
	report := c.updateOrigin(t, "maint", "/api/*", "default")
	want := []string{
		`/api/* not_found > no cache behaviour for "/api/*", so nothing was written; there are: ` +
			"default, /v2/*, *.jpg",
		"default failed app>app nothing was written, since another path pattern is unknown",
	}
	if d := cmp.Diff(want, origins(report)); d != "" {
		t.Error(d)
	}
}

func TestHTTP_updateOriginErrors(t *testing.T) {
	t.Parallel()
	c := newDistribution(t)
	c.Fail(fakeaws.Match{Operation: "UpdateDistribution"},
		fakeaws.Fault{Code: "AccessDenied", Message: "no", Status: http.StatusForbidden})
	report := c.updateOrigin(t, "maint", "default", "*.jpg")
	want := []string{
		"default denied app>app access denied (cloudfront:UpdateDistribution): AccessDenied: no",
		"*.jpg already maint>maint",
	}
	if d := cmp.Diff(want, origins(report)); d != "" {
		t.Error(d)
	}
	wantErr := "1 of 2 failed: E2QWRUHEXAMPLE/default: access denied (cloudfront:UpdateDistribution)"
	if err := report.Err(); err == nil || err.Error() != wantErr {
		t.Errorf("error %v, want %s", err, wantErr)
	}
	report = c.run(t, "cloudfront", "update-origin", "E1GONE", "maint", "default")
	want = []string{"default not_found > no such CloudFront distribution: check its ID and the account"}
	if d := cmp.Diff(want, origins(report)); d != "" {
		t.Error(d)
	}
}

func TestHTTP_updateOriginWaits(t *testing.T) {
	t.Parallel()
	c := newDistribution(t)
	c.CloudFront().SlowStates(fakeaws.Transition{After: 5 * time.Minute})
	begin := c.clock.Now()
	report := c.updateOrigin(t, "maint", "default", "--wait")
	if d := cmp.Diff([]string{"default done app>maint"}, origins(report)); d != "" {
		t.Error(d)
	}
	if took := c.clock.Now().Sub(begin); took < 5*time.Minute || took > 6*time.Minute {
		t.Errorf("took %s, want five minutes and a pause", took)
	}
	c.CloudFront().SlowStates(fakeaws.Transition{After: time.Hour})
	report = c.updateOrigin(t, "app", "default", "--wait")
	want := []string{"default failed maint>app update accepted, still InProgress after 14m"}
	if d := cmp.Diff(want, origins(report)); d != "" {
		t.Error(d)
	}
	// The next invocation waits on.
	report = c.updateOrigin(t, "app", "default", "*.jpg", "--wait")
	want = []string{"default failed app>app still InProgress after 14m",
		"*.jpg failed maint>app update accepted, still InProgress after 14m"}
	if d := cmp.Diff(want, origins(report)); d != "" {
		t.Error(d)
	}
	c.Fail(fakeaws.Match{Operation: "GetDistribution"},
		fakeaws.Fault{Code: "AccessDenied", Message: "no", Status: http.StatusForbidden})
	report = c.updateOrigin(t, "app", "default", "--wait")
	want = []string{
		"default denied app>app access denied (cloudfront:GetDistribution): AccessDenied: no",
	}
	if d := cmp.Diff(want, origins(report)); d != "" {
		t.Error(d)
	}
}

func TestHTTP_updateOriginInterrupted(t *testing.T) {
	t.Parallel()
	c := newDistribution(t)
	c.CloudFront().SlowStates(fakeaws.Transition{After: time.Hour})
	call, err := command.Parse([]string{
		"cloudfront", "update-origin", distribution, "maint", "default", "--wait"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	looks := 0
	c.runner.Log = slog.New(slog.NewTextHandler(writerFunc(func() {
		if looks++; looks == 2 {
			cancel()
		}
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
	report := c.runner.Run(ctx, call)
	want := []string{"default failed app>maint update accepted, interrupted while InProgress"}
	if d := cmp.Diff(want, origins(report)); d != "" {
		t.Error(d)
	}
}

// writerFunc is called for each line of a log.
type writerFunc func()

func (f writerFunc) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}

func TestHTTP_updateOriginWithoutConfiguration(t *testing.T) {
	t.Parallel()
	c := newDistribution(t)
	c.runner.Config = func(context.Context) (aws.Config, error) {
		return aws.Config{}, errors.New("no profile \"x\"")
	}
	want := []string{`default failed > no profile "x"`, `*.jpg failed > no profile "x"`}
	if d := cmp.Diff(want, origins(c.updateOrigin(t, "app", "default", "*.jpg"))); d != "" {
		t.Error(d)
	}
}

// fill sets everything under v, each string to another one.
func fill(v reflect.Value, n *int) {
	switch *n++; v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.String:
		v.SetString(fmt.Sprintf("text-%d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.5)
	default:
		panic("fill: " + v.Type().String())
	}
}

// An update replaces all of a configuration, so all of it comes back but for the one origin. Every
// member that the SDK knows is set here.
func TestHTTP_updateOriginKeepsTheRest(t *testing.T) {
	t.Parallel()
	c := newDistribution(t)
	client := cloudfront.NewFromConfig(c.Config())
	var want types.DistributionConfig
	n := 0
	fill(reflect.ValueOf(&want).Elem(), &n)
	want.CallerReference = aws.String("terraform")
	want.Origins.Items = append(want.Origins.Items, types.Origin{
		Id: aws.String("maint"), DomainName: aws.String("maint.example.com"),
	})
	app := want.Origins.Items[0].Id
	want.DefaultCacheBehavior.TargetOriginId = app
	want.CacheBehaviors.Items[0].TargetOriginId = app
	read := func() *cloudfront.GetDistributionConfigOutput {
		out, err := client.GetDistributionConfig(t.Context(),
			&cloudfront.GetDistributionConfigInput{Id: aws.String(distribution)})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	_, err := client.UpdateDistribution(t.Context(), &cloudfront.UpdateDistributionInput{
		Id: aws.String(distribution), IfMatch: read().ETag, DistributionConfig: &want,
	})
	if err != nil {
		t.Fatal(err)
	}
	pattern := strings.TrimSpace(*want.CacheBehaviors.Items[0].PathPattern)
	if err := c.updateOrigin(t, "maint", pattern).Err(); err != nil {
		t.Fatal(err)
	}
	want.CacheBehaviors.Items[0].TargetOriginId = aws.String("maint")
	if n < 300 {
		t.Errorf("only %d members were set", n)
	}
	if d := cmp.Diff(&want, read().DistributionConfig, cmpopts.EquateEmpty(),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".noSmithyDocumentSerde" },
			cmp.Ignore())); d != "" {
		t.Error(d)
	}
}

// redirect sends every request to the fake, whatever host it is for, and keeps the host.
type redirect struct {
	to    *url.URL
	hosts *[]string
}

func (r redirect) Do(req *http.Request) (*http.Response, error) {
	*r.hosts = append(*r.hosts, req.URL.Host)
	req.URL.Scheme, req.URL.Host = r.to.Scheme, r.to.Host
	return http.DefaultClient.Do(req)
}

// CloudFront has one endpoint, which wants signatures for us-east-1, wherever the runner is.
func TestHTTP_updateOriginSignsForTheGlobalEndpoint(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"ap-northeast-1", ""} {
		c := newDistribution(t)
		to, err := url.Parse(c.URL())
		if err != nil {
			t.Fatal(err)
		}
		var hosts []string
		load := func(context.Context) (aws.Config, error) {
			cfg := c.Config()
			cfg.Region, cfg.BaseEndpoint, cfg.HTTPClient = region, nil, redirect{to, &hosts}
			return cfg, nil
		}
		runner := command.NewRunner(load, c.clock, slog.New(slog.DiscardHandler))
		call, err := command.Parse([]string{"cloudfront", "update-origin", distribution, "app", "default"})
		if err != nil {
			t.Fatal(err)
		}
		report := runner.Run(t.Context(), call)
		if d := cmp.Diff([]string{"default already app>app"}, origins(report)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{"cloudfront.amazonaws.com"}, hosts); d != "" {
			t.Error(d)
		}
		if got := c.Requests()[0].Region; got != "us-east-1" {
			t.Errorf("region %q: signed for %q, want us-east-1", region, got)
		}
	}
}
