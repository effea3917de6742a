package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/crypto/x509roots/fallback/bundle"

	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

// Paths in the image. Lambda takes only an absolute entrypoint that is no symbolic link (AWS Lambda
// Developer Guide, "Create a Lambda function using a container image"). The certificates are where
// crypto/x509 looks first. There are no zone files: the runner itself carries the zones (see lambda).
const (
	entrypoint   = "/usr/local/bin/savings-runner"
	certificates = "/etc/ssl/certs/ca-certificates.crt"
)

const (
	dirMode, fileMode, programMode = 0o755, 0o644, 0o755

	// maxLayer bounds what Lambda has to fetch, in bytes.
	maxLayer = 6_000_000
)

// packImage returns the image's one layer, a gzipped tar, and its configuration.
func packImage(program []byte, goarch string) (layer, config []byte, err error) {
	content, err := packTar(program, rootCertificates())
	if err != nil {
		return nil, nil, err
	}
	var compressed bytes.Buffer
	// The header of Go's gzip names neither file nor time, so equal contents give equal bytes.
	zipper, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	_, err = zipper.Write(content)
	if err := errors.Join(err, zipper.Close()); err != nil {
		return nil, nil, err
	}
	if compressed.Len() > maxLayer {
		return nil, nil, fmt.Errorf("the image's layer for %s has %d bytes; it may have %d",
			goarch, compressed.Len(), maxLayer)
	}
	config, err = imageConfig(content, goarch)
	return compressed.Bytes(), config, err
}

// packTar writes every parent folder before what it holds, and no links: Lambda refuses an image
// otherwise, though Docker runs it (MissingParentDirectory, UnsupportedImageLayerDetected).
func packTar(program, roots []byte) ([]byte, error) {
	var buffer bytes.Buffer
	archive := tar.NewWriter(&buffer)
	for _, entry := range []struct {
		path    string
		mode    int64
		content []byte
	}{
		{"/etc/", dirMode, nil},
		{"/etc/ssl/", dirMode, nil},
		{"/etc/ssl/certs/", dirMode, nil},
		{certificates, fileMode, roots},
		{"/usr/", dirMode, nil},
		{"/usr/local/", dirMode, nil},
		{"/usr/local/bin/", dirMode, nil},
		{entrypoint, programMode, program},
	} {
		header := &tar.Header{
			Name: entry.path[1:], Mode: entry.mode, Size: int64(len(entry.content)),
			ModTime: fileTime, Format: tar.FormatUSTAR, Typeflag: tar.TypeDir,
		}
		if entry.content != nil {
			header.Typeflag = tar.TypeReg
		}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(entry.content); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return buffer.Bytes(), err
}

// rootCertificates returns Mozilla's root certificates as PEM, from a Go module, so that every
// machine packs the same. Roots that Mozilla trusts only for certificates of before some day are
// left out, since a PEM file cannot say so.
func rootCertificates() []byte {
	var buffer bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			buffer.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return buffer.Bytes()
}

// imageConfig returns the configuration of an image whose one layer holds content. Lambda's own
// user, working folder and environment stand, so it names none.
func imageConfig(content []byte, goarch string) ([]byte, error) {
	diffID, _, err := v1.SHA256(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return json.Marshal(v1.ConfigFile{
		Architecture: goarch,
		OS:           "linux",
		Created:      v1.Time{Time: fileTime},
		Config: v1.Config{
			Entrypoint: []string{entrypoint},
			Labels: map[string]string{
				"org.opencontainers.image.title":   "savings-runner",
				"org.opencontainers.image.version": runnerversion.Version,
				"org.opencontainers.image.source":  "https://github.com/spin-dd/terraform-provider-savings",
			},
		},
		RootFS: v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{diffID}},
	})
}
