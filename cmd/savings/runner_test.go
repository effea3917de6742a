package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/spin-dd/terraform-provider-savings/internal/buildinfo"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// same KIND ARCHITECTURE FILE compares a file with what the provider deploys.
func same(ts *testscript.TestScript, _ bool, args []string) {
	var want bytes.Buffer
	switch args[0] {
	case "image":
		image, err := runnerimage.New(args[1])
		ts.Check(err)
		ts.Check(image.WriteLayout(&want))
	case "zip":
		content, _, err := bundle.Zip(args[1])
		ts.Check(err)
		want.Write(content)
	}
	if ts.ReadFile(args[2]) != want.String() {
		ts.Fatalf("%s is not the %s of %s", args[2], args[0], args[1])
	}
}

// digests compares the JSON on stdout with what the provider deploys.
func digests(ts *testscript.TestScript, _ bool, _ []string) {
	var got struct {
		Packages []buildinfo.Package `json:"packages"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &got))
	if len(got.Packages) != 4 {
		ts.Fatalf("%d packages, not 4", len(got.Packages))
	}
	for _, one := range got.Packages {
		content, digest, err := bundle.Zip(one.Architecture)
		ts.Check(err)
		want := buildinfo.Package{
			Architecture: one.Architecture, PackageType: "Zip", CodeSha256: digest, SizeBytes: len(content),
		}
		if one.PackageType == "Image" {
			image, err := runnerimage.New(one.Architecture)
			ts.Check(err)
			want = buildinfo.Package{
				Architecture: one.Architecture, PackageType: "Image", Digest: image.Digest(),
				CodeSha256: strings.TrimPrefix(image.Digest(), "sha256:"), SizeBytes: image.LayerSize(),
			}
		}
		if one != want {
			ts.Fatalf("got %+v, want %+v", one, want)
		}
	}
}

func TestRunner_notToTerminals(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	p := &program{stdout: io.Discard, stderr: &stderr, terminal: &terminal{w: io.Discard}}
	args := []string{"runner", "image", "--arch", "arm64", "--output", "-"}
	const want = "savings: --output - would write bytes that no terminal can show; redirect stdout, or write a FILE\n"
	if code := p.execute(t.Context(), args); code != exitUsage || stderr.String() != want {
		t.Errorf("got exit %d, %q; want 2, %q", code, stderr.String(), want)
	}
}
