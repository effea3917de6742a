// Package runnerimage makes the runner's container image of what the build left in package bundle,
// and brings it to a registry: Amazon ECR, or a local one on a loopback address. It needs no Docker.
package runnerimage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
)

// TagPrefix begins every tag of ours.
const TagPrefix = "savings-"

// Image is the runner's image for one architecture: an OCI manifest, a configuration and one layer.
// Lambda takes no image index (AWS Lambda Developer Guide, "Create a Lambda function using a
// container image").
type Image struct {
	architecture            string
	manifest, config, layer []byte
	digest                  v1.Hash
	layerDigest             v1.Hash
	// read is told how much of the layer each reader has read so far, in bytes; or nil.
	read func(bytes int64)
}

// images makes each image once: a plan asks for digests again and again.
var images = map[string]func() (*Image, error){
	bundle.ARM64: sync.OnceValues(func() (*Image, error) { return bundled(bundle.ARM64) }),
	bundle.X8664: sync.OnceValues(func() (*Image, error) { return bundled(bundle.X8664) }),
}

// New returns the image for an architecture, bundle.ARM64 or bundle.X8664. Its error is a
// *bundle.MissingError where the provider was built without it.
func New(architecture string) (*Image, error) {
	if made, ok := images[architecture]; ok {
		return made()
	}
	return nil, &bundle.MissingError{Architecture: architecture}
}

func bundled(architecture string) (*Image, error) {
	layer, config, err := bundle.Image(architecture)
	if err != nil {
		return nil, err
	}
	return newImage(architecture, layer, config)
}

func newImage(architecture string, layer, config []byte) (*Image, error) {
	layerDescriptor, err := describe(types.OCILayer, layer)
	if err != nil {
		return nil, err
	}
	configDescriptor, err := describe(types.OCIConfigJSON, config)
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal(v1.Manifest{
		SchemaVersion: 2,
		MediaType:     types.OCIManifestSchema1,
		Config:        configDescriptor,
		Layers:        []v1.Descriptor{layerDescriptor},
	})
	if err != nil {
		return nil, fmt.Errorf("making the image's manifest: %w", err)
	}
	manifestDescriptor, err := describe(types.OCIManifestSchema1, manifest)
	if err != nil {
		return nil, err
	}
	return &Image{
		architecture: architecture, manifest: manifest, config: config, layer: layer,
		digest: manifestDescriptor.Digest, layerDigest: layerDescriptor.Digest,
	}, nil
}

func describe(mediaType types.MediaType, content []byte) (v1.Descriptor, error) {
	digest, size, err := v1.SHA256(bytes.NewReader(content))
	return v1.Descriptor{MediaType: mediaType, Size: size, Digest: digest}, err
}

// Architecture is the image's, as Lambda names it.
func (i *Image) Architecture() string { return i.architecture }

// Digest is that of the manifest: "sha256:…". Lambda's CodeSha256 of an image is its hex part.
func (i *Image) Digest() string { return i.digest.String() }

// LayerSize is in bytes.
func (i *Image) LayerSize() int { return len(i.layer) }

// digestLength is how much of the digest a tag carries, in hex digits.
const digestLength = 12

// Tag is the one tag that a function's image gets. It tells function and content, so it never has to
// move, which an IMMUTABLE repository forbids.
func (i *Image) Tag(function string) string {
	return Tag(function, i.architecture, i.Digest())
}

// v1 is the image as go-containerregistry takes it.
func (i *Image) v1() (v1.Image, error) { return partial.CompressedToImage(core{i}) }

// core implements partial.CompressedImageCore.
type core struct{ image *Image }

func (c core) RawManifest() ([]byte, error) { return c.image.manifest, nil }

func (c core) RawConfigFile() ([]byte, error) { return c.image.config, nil }

func (c core) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

func (c core) LayerByDigest(digest v1.Hash) (partial.CompressedLayer, error) {
	if digest != c.image.layerDigest {
		return nil, fmt.Errorf("the runner's image has no layer %s", digest)
	}
	return layer(c), nil
}

// layer implements partial.CompressedLayer.
type layer struct{ image *Image }

func (l layer) Digest() (v1.Hash, error) { return l.image.layerDigest, nil }

func (l layer) Size() (int64, error) { return int64(len(l.image.layer)), nil }

func (l layer) MediaType() (types.MediaType, error) { return types.OCILayer, nil }

func (l layer) Compressed() (io.ReadCloser, error) {
	return &reader{Reader: bytes.NewReader(l.image.layer), read: l.image.read}, nil
}

// reader tells how far it has come.
type reader struct {
	*bytes.Reader
	read func(bytes int64)
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.read != nil {
		r.read(r.Size() - int64(r.Len()))
	}
	return n, err
}

// WriteTo hides that of bytes.Reader, which would pass Read by.
func (r *reader) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{r})
}

// Close does nothing.
func (r *reader) Close() error { return nil }
