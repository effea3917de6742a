// Package bundle carries the finished runner inside the provider: its zip package, and the layer and
// the configuration of its container image. Their bytes are made by the build (see pack), so a
// digest depends on no compressor of the machine that runs the provider and is known at plan.
package bundle

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
)

// Architectures as AWS Lambda names them.
const (
	ARM64 = "arm64"
	X8664 = "x86_64"
)

// files holds a README too, so that the package compiles before the first build.
//
//go:embed files/*
var files embed.FS

// MissingError says that the provider was built without the runner for Architecture.
type MissingError struct{ Architecture string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("the runner for %s is not in this build of the provider: run `make build`, "+
		"which makes it before it builds the provider", e.Architecture)
}

// Zip returns the runner's zip package for an architecture (ARM64 or X8664) and its digest in the
// form of Lambda's CodeSha256: base64 of the SHA-256. Its error is a *MissingError where the build
// has no such package.
func Zip(architecture string) (content []byte, digest string, err error) {
	content, err = read(files, ZipName(architecture), architecture)
	if err != nil {
		return nil, "", err
	}
	return content, Digest(content), nil
}

// Image returns the one layer of the runner's image for an architecture, a gzipped tar, and the
// image's configuration, JSON as the OCI image specification has it. Its error is a *MissingError
// where the build lacks either.
func Image(architecture string) (layer, config []byte, err error) {
	if layer, err = read(files, LayerName(architecture), architecture); err != nil {
		return nil, nil, err
	}
	if config, err = read(files, ConfigName(architecture), architecture); err != nil {
		return nil, nil, err
	}
	return layer, config, nil
}

func read(fsys fs.FS, name, architecture string) ([]byte, error) {
	content, err := fs.ReadFile(fsys, "files/"+name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{architecture}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the bundled runner: %w", err)
	}
	return content, nil
}

// ZipName is the file name of an architecture's zip package.
func ZipName(architecture string) string { return "runner-" + architecture + ".zip" }

// LayerName is the file name of an architecture's image layer.
func LayerName(architecture string) string { return "runner-" + architecture + ".layer.tar.gz" }

// ConfigName is the file name of an architecture's image configuration.
func ConfigName(architecture string) string { return "runner-" + architecture + ".config.json" }

// Digest returns a package's digest in the form of Lambda's CodeSha256.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}
