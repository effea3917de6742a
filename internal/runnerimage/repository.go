package runnerimage

import (
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// Repository is where an image goes: one of Amazon ECR, or of a registry on a loopback address.
type Repository struct {
	// URL is the repository's address without scheme, tag and digest, as ECR's repository_url.
	URL string
	// Host is the registry's, with the port if there is one, Name the repository's name in it.
	Host, Name string
	// Account, Region and Partition are ECR's; "" on a loopback address.
	Account, Region, Partition string

	remote name.Repository
}

// Loopback tells that the registry is on a loopback address: it speaks HTTP and wants no login.
func (r Repository) Loopback() bool { return r.Account == "" }

// ARN is the repository's; "" on a loopback address.
func (r Repository) ARN() string {
	if r.Loopback() {
		return ""
	}
	return fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", r.Partition, r.Region, r.Account, r.Name)
}

// CheckRegion returns a *WrongRegionError where a function in a region cannot have its image here:
// Lambda takes images of its own region alone. Any region can use a registry on a loopback address.
func (r Repository) CheckRegion(region string) error {
	if r.Loopback() || r.Region == region {
		return nil
	}
	return &WrongRegionError{Repository: r, Region: region}
}

// URI is the address of an image by its digest, as Lambda's ImageUri.
func (r Repository) URI(digest string) string { return r.URL + "@" + digest }

// ecrHost takes a registry's name apart: account, FIPS, region, domain.
var ecrHost = regexp.MustCompile(`^(\d{12})\.dkr\.ecr(-fips)?\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.([a-z.]+)$`)

// dualStackHost is a registry's name for IPv4 and IPv6 (Amazon ECR User Guide, "Getting started with
// making requests over IPv6"). That Lambda takes images under it is documented nowhere.
var dualStackHost = regexp.MustCompile(`^\d{12}\.dkr-ecr(?:-fips)?\.[a-z0-9-]+\.on\.`)

// partitions are AWS's by the domain of their registries (aws-sdk-go-v2, partitions.json). GovCloud
// has the domain of the first one.
var partitions = map[string]string{
	"amazonaws.com":        "aws",
	"amazonaws.com.cn":     "aws-cn",
	"amazonaws.eu":         "aws-eusc",
	"c2s.ic.gov":           "aws-iso",
	"sc2s.sgov.gov":        "aws-iso-b",
	"cloud.adc-e.uk":       "aws-iso-e",
	"csp.hci.ic.gov":       "aws-iso-f",
	"amazonaws.com us-gov": "aws-us-gov",
}

func partition(domain, region string) string {
	if strings.HasPrefix(region, "us-gov-") {
		domain += " us-gov"
	}
	return partitions[domain]
}

// repositoryName is what ECR takes, of 2 to 256 characters (Amazon ECR API Reference,
// "CreateRepository").
var repositoryName = regexp.MustCompile(
	`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)

const minName, maxName = 2, 256

const (
	example = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/"
	allowed = `write the repository_url of an ECR repository, such as "` + example + `tools", or a ` +
		`repository of a local registry, such as "127.0.0.1:5000/tools"`
)

// ParseRepository reads the address of a repository. Its error says what is allowed.
func ParseRepository(url string) (Repository, error) {
	if rest, ok := cutScheme(url); ok {
		return Repository{}, fmt.Errorf("repository %q begins with a scheme; write %q", url, rest)
	}
	host, repo, ok := strings.Cut(url, "/")
	if !ok || host == "" || repo == "" {
		return Repository{}, fmt.Errorf("%q is no repository; %s", url, allowed)
	}
	if i := strings.IndexAny(repo, ":@"); i >= 0 {
		return Repository{}, fmt.Errorf("repository %q has a tag or a digest, which are ours to choose; "+
			"write %q", url, host+"/"+repo[:i])
	}
	if len(repo) < minName || len(repo) > maxName || !repositoryName.MatchString(repo) {
		return Repository{}, fmt.Errorf("%q is no repository's name; it has %d to %d characters: lower-case "+
			"letters and digits, with single dots, underscores, hyphens and slashes between them",
			repo, minName, maxName)
	}
	r := Repository{URL: url, Host: host, Name: repo}
	var opts []name.Option
	match := ecrHost.FindStringSubmatch(host)
	switch {
	case match != nil && match[2] != "":
		return Repository{}, fmt.Errorf("repository %q is at a FIPS endpoint, whose images Lambda does not "+
			"take; write %q", url, strings.Replace(url, ".ecr-fips.", ".ecr.", 1))
	case match != nil && partition(match[4], match[3]) != "":
		r.Account, r.Region, r.Partition = match[1], match[3], partition(match[4], match[3])
	case dualStackHost.MatchString(host):
		return Repository{}, fmt.Errorf("repository %q is at a dual-stack endpoint, from which Lambda is not "+
			"known to take images; write the repository_url of the repository, such as %q", url, example+repo)
	case isLoopback(host):
		opts = append(opts, name.Insecure)
	default:
		return Repository{}, fmt.Errorf("%q is neither an ECR registry nor on a loopback address; %s",
			host, allowed)
	}
	registry, err := name.NewRegistry(host, opts...)
	if err != nil {
		return Repository{}, fmt.Errorf("%q is no repository; %s", url, allowed)
	}
	r.remote = registry.Repo(repo)
	return r, nil
}

func cutScheme(url string) (rest string, ok bool) {
	for _, scheme := range []string{"https://", "http://", "docker://"} {
		if rest, ok := strings.CutPrefix(url, scheme); ok {
			return rest, true
		}
	}
	return "", false
}

// isLoopback takes 127.0.0.0/8, ::1 and localhost, each with or without a port.
func isLoopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
