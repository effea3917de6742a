package runnerimage

import "strings"

// Assemble returns an image of one layer, a gzipped tar, and its configuration.
func Assemble(architecture string, layer, config []byte) (*Image, error) {
	return newImage(architecture, layer, config)
}

// Tag is the one tag that a function's image gets, which Image.Tag explains. The digest is
// "sha256:…".
func Tag(function, architecture, digest string) string {
	hash := strings.TrimPrefix(digest, "sha256:")
	return TagPrefix + function + "-" + architecture + "-" + hash[:min(digestLength, len(hash))]
}
