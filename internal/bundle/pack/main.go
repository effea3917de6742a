// Command pack builds the runner for both architectures of AWS Lambda and writes its zip packages,
// and the layers and configurations of its images, where package bundle embeds them. Run it from the
// module's root: go run ./internal/bundle/pack. With -programs FOLDER it leaves the programs there too, for
// those who list what they are made of.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

func main() {
	programs := flag.String("programs", "", "a `FOLDER` that also gets the programs, as runner-ARCHITECTURE")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, ".", filepath.Join("internal", "bundle", "files"), *programs, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// run builds the runner of the module at root and writes what it makes to the folder out, and the programs
// themselves to the folder programs where that is not empty.
func run(ctx context.Context, root, out, programs string, stdout io.Writer) error {
	for _, target := range []struct{ goarch, architecture string }{
		{"arm64", bundle.ARM64},
		{"amd64", bundle.X8664},
	} {
		program, err := build(ctx, root, "./lambda", target.goarch)
		if err != nil {
			return err
		}
		if programs != "" {
			err := os.WriteFile(filepath.Join(programs, "runner-"+target.architecture), program, programMode)
			if err != nil {
				return err
			}
		}
		content, err := pack(program)
		if err != nil {
			return err
		}
		layer, config, err := packImage(program, target.goarch)
		if err != nil {
			return err
		}
		for _, file := range []struct {
			name    string
			content []byte
		}{
			{bundle.ConfigName(target.architecture), config},
			{bundle.LayerName(target.architecture), layer},
			{bundle.ZipName(target.architecture), content},
		} {
			if err := writeChanged(filepath.Join(out, file.name), file.content); err != nil {
				return err
			}
		}
		fmt.Fprintf(stdout, "%s: runner %d bytes; zip %d bytes, digest %s; image layer %d bytes\n",
			target.architecture, len(program), len(content), bundle.Digest(content), len(layer))
	}
	return nil
}

// build compiles the package at pkg, seen from dir, for linux on goarch. Paths, version control and
// build id stay out, so the same source and toolchain give the same bytes in every folder.
func build(ctx context.Context, dir, pkg, goarch string) (program []byte, err error) {
	temp, err := os.MkdirTemp("", "savings-pack-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	out := filepath.Join(temp, "bootstrap")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=", "-o", out, pkg)
	cmd.Dir = dir
	if cmd.Env, err = environment(ctx, dir, goarch); err != nil {
		return nil, err
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building %s for linux/%s: %w\n%s", pkg, goarch, err, output)
	}
	return os.ReadFile(out)
}

// environment is the caller's, without what would change the bytes: flags, experiments, instruction sets
// and the FIPS module. Go takes an empty setting from the user's file (go env -w) nevertheless, hence
// GOENV=off; what that file says of where modules and toolchains come from, and are kept, is passed on.
func environment(ctx context.Context, dir, goarch string) ([]string, error) {
	names := []string{
		"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS", "GOAUTH",
		"GOTOOLCHAIN", "GOMODCACHE", "GOCACHE",
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"env", "-json"}, names...)...)
	cmd.Dir = dir
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("reading Go's settings: %w", err)
	}
	var users map[string]string
	if err := json.Unmarshal(output, &users); err != nil {
		return nil, fmt.Errorf("reading Go's settings: %w", err)
	}
	env := os.Environ()
	for _, name := range names {
		env = append(env, name+"="+users[name])
	}
	return append(env, "GOENV=off", "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch, "GOAMD64=v1", "GOARM64=v8.0",
		"GOFLAGS=", "GOEXPERIMENT=", "GOFIPS140=off", "GOWORK=off"), nil
}

// fileTime is the time of everything packed: the oldest that a zip entry can carry.
var fileTime = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// pack returns a zip with program as its one entry, the executable bootstrap that Lambda's OS-only
// runtimes start (AWS Lambda Developer Guide, "Building a custom runtime").
func pack(program []byte) ([]byte, error) {
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: fileTime}
	header.SetMode(0o755)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := entry.Write(program); err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// writeChanged writes content to path. A file that holds it already keeps its time, so that make
// builds nothing anew.
func writeChanged(path string, content []byte) error {
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}
