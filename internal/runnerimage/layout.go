package runnerimage

import (
	"archive/tar"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// layoutTime is the time of every file in a layout, as in the image itself.
var layoutTime = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// refName is the annotation by which tools find an image in a layout (OCI image specification,
// "Pre-Defined Annotation Keys").
const refName = "org.opencontainers.image.ref.name"

// WriteLayout writes the image as the tar of an OCI image layout, as skopeo, crane and podman read
// it. Equal images give equal bytes.
func (i *Image) WriteLayout(w io.Writer) error {
	manifest, err := describe(types.OCIManifestSchema1, i.manifest)
	if err != nil {
		return err
	}
	config, err := describe(types.OCIConfigJSON, i.config)
	if err != nil {
		return err
	}
	var runner v1.ConfigFile
	if err := json.Unmarshal(i.config, &runner); err != nil {
		return fmt.Errorf("reading the image's configuration: %w", err)
	}
	manifest.Platform = runner.Platform()
	manifest.Annotations = map[string]string{refName: i.architecture}
	index, err := json.Marshal(v1.IndexManifest{
		SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: []v1.Descriptor{manifest},
	})
	if err != nil {
		return err
	}
	archive := tar.NewWriter(w)
	for _, entry := range []struct {
		name    string
		content []byte
	}{
		{"oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`)},
		{"index.json", index},
		{"blobs/", nil},
		{"blobs/sha256/", nil},
		{blobPath(manifest.Digest), i.manifest},
		{blobPath(config.Digest), i.config},
		{blobPath(i.layerDigest), i.layer},
	} {
		if err := writeEntry(archive, entry.name, entry.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

func blobPath(digest v1.Hash) string { return path.Join("blobs", digest.Algorithm, digest.Hex) }

// writeEntry writes a file, or the folder that a nil content stands for.
func writeEntry(archive *tar.Writer, name string, content []byte) error {
	header := &tar.Header{
		Name: name, Mode: 0o644, Size: int64(len(content)), ModTime: layoutTime,
		Format: tar.FormatUSTAR, Typeflag: tar.TypeReg,
	}
	if content == nil {
		header.Mode, header.Typeflag = 0o755, tar.TypeDir
	}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err := archive.Write(content)
	return err
}
