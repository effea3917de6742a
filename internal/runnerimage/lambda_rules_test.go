package runnerimage

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"encoding/json"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

// What Lambda refuses, and an emulator, Docker or a registry takes. Each text is a rule's name; the
// sources are the AWS Lambda Developer Guide ("Create a Lambda function using a container image",
// "Troubleshoot invocation issues", "Lambda quotas") and, where it is silent, images that Lambda was
// seen to refuse (aspect-build/rules_aws pull requests 96 and 145, bazel-contrib/rules_oci issue
// 777, ko-build/ko issue 669, aws/aws-lambda-roadmap issue 82).
const (
	noIndex        = "the manifest is an index"
	manifestType   = "the manifest's media type"
	manifestSize   = "the manifest is over 25,400 bytes"
	settingsSize   = "the settings are over 16 KB"
	layerType      = "the layer's media type"
	layerGzip      = "the layer is not gzip"
	hardLink       = "a hard link"
	parentMissing  = "a missing parent directory"
	unreadable     = "a file that only its owner can read"
	closedDir      = "a directory that only its owner can enter"
	relativeEntry  = "an entrypoint that is not absolute"
	symlinkEntry   = "an entrypoint that is a symbolic link"
	missingEntry   = "an entrypoint that is not there"
	unexecutable   = "an entrypoint that is not executable"
	workingDir     = "a working directory that is not there"
	otherProcessor = "a program for another processor"
	notLinux       = "not linux"
)

// lambdaRefuses returns the rules of Lambda that an image breaks, sorted.
func lambdaRefuses(t *testing.T, image *Image) []string {
	t.Helper()
	var broken []string
	breaks := func(rule string, is bool) {
		if is && !slices.Contains(broken, rule) {
			broken = append(broken, rule)
		}
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(image.manifest, &manifest); err != nil {
		t.Fatal(err)
	}
	breaks(noIndex, manifest.MediaType.IsIndex())
	breaks(manifestType, manifest.MediaType != types.OCIManifestSchema1 &&
		manifest.MediaType != types.DockerManifestSchema2)
	breaks(manifestSize, len(image.manifest) > 25_400)
	wantLayer := types.OCILayer
	if manifest.MediaType == types.DockerManifestSchema2 {
		wantLayer = types.DockerLayer
	}
	for _, layer := range manifest.Layers {
		breaks(layerType, layer.MediaType != wantLayer)
	}

	var config v1.ConfigFile
	if err := json.Unmarshal(image.config, &config); err != nil {
		t.Fatal(err)
	}
	settings, err := json.Marshal(config.Config)
	if err != nil {
		t.Fatal(err)
	}
	breaks(settingsSize, len(settings) > 16<<10)
	breaks(notLinux, config.OS != "linux")
	if !bytes.HasPrefix(image.layer, []byte{0x1f, 0x8b}) {
		breaks(layerGzip, true)
		slices.Sort(broken)
		return broken
	}
	files := layerRules(t, image.layer, breaks)
	entrypointRules(config, files, breaks)
	slices.Sort(broken)
	return broken
}

type layerFile struct {
	header  *tar.Header
	content []byte
}

// layerRules checks what a layer holds, and returns it by absolute path.
func layerRules(t *testing.T, layer []byte, breaks func(string, bool)) map[string]layerFile {
	t.Helper()
	archive := tar.NewReader(gunzip(t, layer))
	files := map[string]layerFile{"/": {header: &tar.Header{Typeflag: tar.TypeDir, Mode: 0o755}}}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		name := path.Join("/", header.Name)
		_, ok := files[path.Dir(name)]
		breaks(parentMissing, !ok)
		breaks(hardLink, header.Typeflag == tar.TypeLink)
		breaks(unreadable, header.Typeflag == tar.TypeReg && header.Mode&0o444 != 0o444)
		breaks(closedDir, header.Typeflag == tar.TypeDir && header.Mode&0o555 != 0o555)
		files[name] = layerFile{header, content}
	}
	return files
}

func entrypointRules(config v1.ConfigFile, files map[string]layerFile, breaks func(string, bool)) {
	if dir := config.Config.WorkingDir; dir != "" {
		file, ok := files[path.Clean(dir)]
		breaks(workingDir, !ok || file.header.Typeflag != tar.TypeDir)
	}
	if len(config.Config.Entrypoint) == 0 {
		breaks(missingEntry, true)
		return
	}
	entry := config.Config.Entrypoint[0]
	breaks(relativeEntry, !path.IsAbs(entry))
	file, ok := files[path.Join("/", entry)]
	if !ok {
		breaks(missingEntry, true)
		return
	}
	breaks(symlinkEntry, file.header.Typeflag == tar.TypeSymlink)
	if file.header.Typeflag != tar.TypeReg {
		return
	}
	breaks(unexecutable, file.header.Mode&0o111 != 0o111)
	machine := map[string]elf.Machine{"arm64": elf.EM_AARCH64, "amd64": elf.EM_X86_64}[config.Architecture]
	program, err := elf.NewFile(bytes.NewReader(file.content))
	breaks(otherProcessor, err != nil || program.Machine != machine)
}

func gunzip(t *testing.T, layer []byte) io.Reader {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(layer))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNew_isWhatLambdaTakes(t *testing.T) {
	t.Parallel()
	for _, architecture := range architectures {
		if broken := lambdaRefuses(t, mustNew(t, architecture)); len(broken) > 0 {
			t.Errorf("%s: Lambda would refuse it: %s", architecture, strings.Join(broken, "; "))
		}
	}
}

// Owners and times are fixed, and folders and files have no other modes than these.
func TestNew_layerIsPlain(t *testing.T) {
	t.Parallel()
	for _, architecture := range architectures {
		for name, file := range layerRules(t, mustNew(t, architecture).layer, func(string, bool) {}) {
			h := file.header
			if name == "/" {
				continue
			}
			if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(layoutTime) {
				t.Errorf("%s: got owner %d:%d %q:%q, time %v", name, h.Uid, h.Gid, h.Uname, h.Gname, h.ModTime)
			}
			want := map[bool]int64{true: 0o755, false: 0o644}[h.Typeflag == tar.TypeDir || name == program]
			if h.Mode != want || h.Typeflag != tar.TypeDir && h.Typeflag != tar.TypeReg {
				t.Errorf("%s: got mode %o, type %c; want mode %o of a file or folder", name, h.Mode, h.Typeflag, want)
			}
		}
	}
}

const program = "/usr/local/bin/savings-runner"

// bad is an image to be spoilt: Lambda would take it as it is.
type bad struct {
	manifestType, layerType types.MediaType
	config                  v1.ConfigFile
	files                   []layerFile
	// compressed is the layer where it is not the gzip of files.
	compressed []byte
	padding    int
}

func newBad() *bad {
	header := func(name string, kind byte, mode int64, content []byte) layerFile {
		return layerFile{&tar.Header{Name: name, Typeflag: kind, Mode: mode, Size: int64(len(content))}, content}
	}
	return &bad{
		manifestType: types.OCIManifestSchema1, layerType: types.OCILayer,
		config: v1.ConfigFile{
			OS: "linux", Architecture: "arm64", Config: v1.Config{Entrypoint: []string{"/bin/runner"}},
		},
		files: []layerFile{
			header("bin/", tar.TypeDir, 0o755, nil),
			header("bin/runner", tar.TypeReg, 0o755, smallELF(elf.EM_AARCH64)),
		},
	}
}

// smallELF is the header of a program and nothing else.
func smallELF(machine elf.Machine) []byte {
	content := make([]byte, 64)
	copy(content, elf.ELFMAG)
	content[elf.EI_CLASS], content[elf.EI_DATA] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB)
	content[elf.EI_VERSION] = byte(elf.EV_CURRENT)
	content[16], content[18], content[20], content[52] = byte(elf.ET_EXEC), byte(machine), byte(elf.EV_CURRENT), 64
	return content
}

func (b *bad) image(t *testing.T) *Image {
	t.Helper()
	layer := b.compressed
	if layer == nil {
		var buffer bytes.Buffer
		zipper := gzip.NewWriter(&buffer)
		archive := tar.NewWriter(zipper)
		for _, file := range b.files {
			if err := archive.WriteHeader(file.header); err != nil {
				t.Fatal(err)
			}
			if _, err := archive.Write(file.content); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(archive.Close(), zipper.Close()); err != nil {
			t.Fatal(err)
		}
		layer = buffer.Bytes()
	}
	config, err := json.Marshal(b.config)
	if err != nil {
		t.Fatal(err)
	}
	image, err := newImage(bundle.ARM64, layer, config)
	if err != nil {
		t.Fatal(err)
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(image.manifest, &manifest); err != nil {
		t.Fatal(err)
	}
	manifest.MediaType, manifest.Layers[0].MediaType = b.manifestType, b.layerType
	if b.padding > 0 {
		manifest.Annotations = map[string]string{"padding": strings.Repeat("x", b.padding)}
	}
	if image.manifest, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
	return image
}

// The checker sees what is wrong: each rule is broken by one change of a good image.
func TestLambdaRefuses(t *testing.T) {
	t.Parallel()
	if broken := lambdaRefuses(t, newBad().image(t)); len(broken) > 0 {
		t.Fatalf("the good image breaks %s", strings.Join(broken, "; "))
	}
	entry := func(b *bad) *tar.Header { return b.files[1].header }
	for name, test := range map[string]struct {
		spoil func(*bad)
		want  []string
	}{
		"an index": {func(b *bad) { b.manifestType = types.OCIImageIndex }, []string{manifestType, noIndex}},
		"a manifest of Docker's first schema": {
			func(b *bad) { b.manifestType = types.DockerManifestSchema1 }, []string{manifestType},
		},
		"a large manifest": {func(b *bad) { b.padding = 25_000 }, []string{manifestSize}},
		"large settings": {
			func(b *bad) { b.config.Config.Env = []string{"A=" + strings.Repeat("x", 16<<10)} }, []string{settingsSize},
		},
		"an uncompressed layer in a Docker manifest": {
			func(b *bad) {
				b.manifestType, b.layerType = types.DockerManifestSchema2, types.DockerUncompressedLayer
				b.compressed = []byte("bin/runner")
			}, []string{layerGzip, layerType},
		},
		"a layer of Docker's in an OCI manifest": {
			func(b *bad) { b.layerType = types.DockerLayer }, []string{layerType},
		},
		"an attestation": {
			func(b *bad) { b.layerType = "application/vnd.in-toto+json" }, []string{layerType},
		},
		"a zstd layer": {
			func(b *bad) { b.layerType, b.compressed = types.OCILayerZStd, []byte("\x28\xb5\x2f\xfd") },
			[]string{layerGzip, layerType},
		},
		"a hard link": {
			func(b *bad) {
				b.files = append(b.files, layerFile{header: &tar.Header{
					Name: "bin/again", Linkname: "bin/runner", Typeflag: tar.TypeLink, Mode: 0o755,
				}})
			}, []string{hardLink},
		},
		"no parent directory": {func(b *bad) { b.files = b.files[1:] }, []string{parentMissing}},
		"a parent after its file": {
			func(b *bad) { slices.Reverse(b.files) }, []string{parentMissing},
		},
		"a file for root": {func(b *bad) { entry(b).Mode = 0o711 }, []string{unreadable}},
		"a folder for root": {
			func(b *bad) { b.files[0].header.Mode = 0o700 }, []string{closedDir},
		},
		"a program that is not executable": {func(b *bad) { entry(b).Mode = 0o644 }, []string{unexecutable}},
		"a relative entrypoint": {
			func(b *bad) { b.config.Config.Entrypoint = []string{"bin/runner"} }, []string{relativeEntry},
		},
		"an entrypoint elsewhere": {
			func(b *bad) { b.config.Config.Entrypoint = []string{"/bin/other"} }, []string{missingEntry},
		},
		"no entrypoint": {func(b *bad) { b.config.Config.Entrypoint = nil }, []string{missingEntry}},
		"a link as entrypoint": {
			func(b *bad) {
				b.files = append(b.files, layerFile{header: &tar.Header{
					Name: "entry", Linkname: "bin/runner", Typeflag: tar.TypeSymlink, Mode: 0o777,
				}})
				b.config.Config.Entrypoint = []string{"/entry"}
			}, []string{symlinkEntry},
		},
		"a working directory elsewhere": {
			func(b *bad) { b.config.Config.WorkingDir = "/home/nonroot" }, []string{workingDir},
		},
		"another processor": {
			func(b *bad) { b.files[1].content = smallELF(elf.EM_X86_64) }, []string{otherProcessor},
		},
		"another system": {func(b *bad) { b.config.OS = "windows" }, []string{notLinux}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBad()
			test.spoil(b)
			slices.Sort(test.want)
			if got := lambdaRefuses(t, b.image(t)); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
