package runnerimage

import (
	"strings"
	"testing"
)

func TestParseRepository(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]Repository{
		"123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/tools": {
			Host: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com", Name: "tools",
			Account: "123456789012", Region: "ap-northeast-1", Partition: "aws",
		},
		"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/tools_2": {
			Host: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Name: "team/tools_2",
			Account: "123456789012", Region: "cn-north-1", Partition: "aws-cn",
		},
		"123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/a.b-c__d": {
			Host: "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com", Name: "a.b-c__d",
			Account: "123456789012", Region: "us-gov-west-1", Partition: "aws-us-gov",
		},
		"127.0.0.1:5000/tools": {Host: "127.0.0.1:5000", Name: "tools"},
		"127.1.2.3/tools":      {Host: "127.1.2.3", Name: "tools"},
		"localhost:5000/a/b":   {Host: "localhost:5000", Name: "a/b"},
		"[::1]:5000/tools":     {Host: "[::1]:5000", Name: "tools"},
	} {
		got, err := ParseRepository(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		scheme := "https"
		if want.Account == "" {
			scheme = "http"
		}
		if got.remote.Scheme() != scheme || got.remote.RepositoryStr() != want.Name ||
			got.remote.RegistryStr() != want.Host {
			t.Errorf("%s: goes to %s://%s/%s", url, got.remote.Scheme(), got.remote.RegistryStr(),
				got.remote.RepositoryStr())
		}
		want.URL, want.remote = url, got.remote
		if got != want {
			t.Errorf("%s: got %+v, want %+v", url, got, want)
		}
	}
}

func TestParseRepository_wrong(t *testing.T) {
	t.Parallel()
	const ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
	for url, want := range map[string]string{
		"":                                   `"" is no repository; write the repository_url of an ECR repository`,
		"tools":                              `"tools" is no repository; write`,
		ecr:                                  `is no repository; write`,
		ecr + "/":                            `is no repository; write`,
		"https://" + ecr + "/t":              `begins with a scheme; write "` + ecr + `/t"`,
		ecr + "/tools:latest":                `has a tag or a digest, which are ours to choose; write "` + ecr + `/tools"`,
		ecr + "/tools@sha256:0":              `has a tag or a digest`,
		ecr + "/t":                           `"t" is no repository's name; it has 2 to 256 characters`,
		ecr + "/Tools":                       `"Tools" is no repository's name`,
		ecr + "/a//b":                        `"a//b" is no repository's name`,
		ecr + "/" + strings.Repeat("a", 257): `is no repository's name`,
		"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/tools": `is at a FIPS endpoint, whose images ` +
			`Lambda does not take; write "` + ecr + `/tools"`,
		"123456789012.dkr-ecr.us-east-1.on.aws/tools":      `is at a dual-stack endpoint, from which Lambda is not known to take images`,
		"public.ecr.aws/tools/runner":                      `"public.ecr.aws" is neither an ECR registry nor on a loopback`,
		"ghcr.io/spin-dd/tools":                            `"ghcr.io" is neither`,
		"192.168.1.2:5000/tools":                           `"192.168.1.2:5000" is neither`,
		"12345.dkr.ecr.us-east-1.amazonaws.com/tools":      `is neither`,
		"123456789012.dkr.ecr.us-east-1.example.com/tools": `is neither`,
		"127.0.0.1.example.com/tools":                      `is neither`,
	} {
		_, err := ParseRepository(url)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", url, err, want)
		}
	}
}

func TestRepository_CheckRegion(t *testing.T) {
	t.Parallel()
	repo, err := ParseRepository("123456789012.dkr.ecr.us-east-1.amazonaws.com/tools")
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.CheckRegion("us-east-1"); err != nil {
		t.Error(err)
	}
	const want = `repository "123456789012.dkr.ecr.us-east-1.amazonaws.com/tools" is in us-east-1, the ` +
		`function in eu-west-1; Lambda takes images of its own region alone: write a repository in ` +
		`eu-west-1, or replicate this one there (aws_ecr_replication_configuration) and write the replica's address`
	if err := repo.CheckRegion("eu-west-1"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got, want := repo.ARN(), "arn:aws:ecr:us-east-1:123456789012:repository/tools"; got != want {
		t.Errorf("got ARN %q, want %q", got, want)
	}
}
