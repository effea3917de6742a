// Package house_test keeps rules of the whole module: what each program may link, and how large
// the runner may be.
package house_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// maxRunnerBytes bounds the runner's program by architecture: a larger one starts more slowly. It
// doubles where the linker cannot drop the unused methods of the AWS clients; mostly that is a use of
// reflection, or a forgotten build tag lambda.norpc.
var maxRunnerBytes = map[string]uint64{"arm64": 16_000_000, "x86_64": 17_500_000}

// maxPackageBytes bounds what Lambda has to fetch.
const maxPackageBytes = 6_000_000

const module = "github.com/spin-dd/terraform-provider-savings"

func TestImports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		packages  string
		forbidden []string
	}{
		"the runner knows nothing of Terraform": {
			"./lambda", []string{"github.com/hashicorp/", module + "/provider", module + "/internal/fakeaws"},
		},
		"the runner knows nothing of images": {
			"./lambda", []string{"github.com/google/go-containerregistry", module + "/internal/bundle"},
		},
		"the runner keeps the linker able to drop what is not used": {
			"./lambda", []string{"text/template", "html/template", "net/rpc"},
		},
		"the runner has its configuration from the environment": {
			"./lambda", []string{"github.com/aws/aws-sdk-go-v2/config", "github.com/aws/aws-sdk-go-v2/service/sts"},
		},
		"the provider does not speak to the Lambda runtime": {
			".", []string{"github.com/aws/aws-lambda-go"},
		},
		"the command line is neither provider nor function": {
			"./cmd/savings", []string{"github.com/hashicorp/terraform-plugin", "github.com/aws/aws-lambda-go"},
		},
		"HCL is written by the command line alone": {
			".", []string{module + "/internal/importconfig", "github.com/hashicorp/hcl"},
		},
		"the provider ships no test code": {
			".", []string{module + "/internal/acctest", module + "/internal/fakeaws"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range dependencies(t, test.packages) {
				for _, prefix := range test.forbidden {
					if strings.HasPrefix(path, prefix) {
						t.Errorf("%s links %s", test.packages, path)
					}
				}
			}
		})
	}
}

// TestAwscron_standardLibraryOnly keeps the parser free for others to use.
func TestAwscron_standardLibraryOnly(t *testing.T) {
	t.Parallel()
	own := []string{
		module + "/internal/awscron", module + "/internal/language", module + "/internal/suggest",
	}
	for _, path := range dependencies(t, "./internal/awscron") {
		first, _, _ := strings.Cut(path, "/")
		if strings.Contains(first, ".") && !slices.Contains(own, path) {
			t.Errorf("awscron imports %s", path)
		}
	}
}

func TestRunner_size(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs what make build leaves")
	}
	for architecture, most := range maxRunnerBytes {
		path := filepath.Join(acctest.Root(t), "internal", "bundle", "files", "runner-"+architecture+".zip")
		archive, err := zip.OpenReader(path)
		if err != nil {
			t.Fatalf("opening the runner's package, which make build makes: %v", err)
		}
		defer archive.Close()
		if len(archive.File) != 1 || archive.File[0].Name != "bootstrap" {
			t.Errorf("%s: got %d files, want bootstrap alone", architecture, len(archive.File))
		}
		program, packed := archive.File[0].UncompressedSize64, archive.File[0].CompressedSize64
		t.Logf("%s: %d bytes, packed %d", architecture, program, packed)
		if program > most || packed > maxPackageBytes {
			t.Errorf("%s: the runner has %d bytes, packed %d; it may have %d and %d",
				architecture, program, packed, most, maxPackageBytes)
		}
	}
}

// TestRunner_withoutSentences keeps what the runner never says out of it: the words of summaries are
// linked as soon as something of the runner refers to them.
func TestRunner_withoutSentences(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs what make build leaves")
	}
	path := filepath.Join(acctest.Root(t), "internal", "bundle", "files", "runner-arm64.zip")
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatalf("opening the runner's package, which make build makes: %v", err)
	}
	defer archive.Close()
	file, err := archive.Open("bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	program, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"クラスタ", ", waiting until "} {
		if bytes.Contains(program, []byte(words)) {
			t.Errorf("the runner holds %q, of the sentences of package command", words)
		}
	}
	if !bytes.Contains(program, []byte("stop-cluster")) {
		t.Error("the runner's words are not found at all")
	}
}

// TestProvider_withoutClients keeps out of the provider the clients of what the runner acts on, which are
// half of the program as soon as anything in the command table refers to one.
func TestProvider_withoutClients(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs what make build leaves")
	}
	program, err := os.ReadFile(filepath.Join(acctest.Root(t), "bin", "terraform-provider-savings"))
	if err != nil {
		t.Fatalf("reading the provider, which make build makes: %v", err)
	}
	links := func(service string) bool {
		return bytes.Contains(program, []byte("github.com/aws/aws-sdk-go-v2/service/"+service+".(*Client)."))
	}
	services := 0
	for _, path := range dependencies(t, "./internal/command") {
		service, ok := strings.CutPrefix(path, "github.com/aws/aws-sdk-go-v2/service/")
		if !ok || strings.Contains(service, "/") {
			continue
		}
		services++
		if links(service) {
			t.Errorf("the provider links the client of %s", service)
		}
	}
	if services < 9 {
		t.Errorf("the command table knows %d services, want 9 or more", services)
	}
	if !links("scheduler") {
		t.Error("the provider's own clients are not found at all")
	}
}

// dependencies lists the import paths of all packages that a program of ours is linked from.
func dependencies(t *testing.T, packages string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", "lambda.norpc", packages)
	cmd.Dir = acctest.Root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing the dependencies of %s: %v", packages, err)
	}
	return strings.Fields(string(out))
}
