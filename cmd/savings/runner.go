package main

import (
	"context"
	"encoding/json"
	"io"

	"github.com/spin-dd/terraform-provider-savings/internal/buildinfo"
	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerversion"
)

var (
	archFlag   = flag{"--arch", "arm64|x86_64", "the function's architecture (required); amd64 is x86_64"}
	outputFlag = flag{"--output", "FILE", "where to write it (required); - is stdout"}
)

var runnerCommand = subcommand{
	name: "runner",
	usage: "runner image --arch arm64|x86_64 --output FILE | runner zip --arch … --output FILE |\n" +
		"          runner digest [--format text|json]",
	short: "write the runner's image or zip package, or print their digests",
	long: "Writes what savings_runner deploys, byte for byte, for those who carry it themselves: the image\n" +
		"as the tar of an OCI image layout, or Lambda's zip package. digest prints what this release\n" +
		"contains; code_sha256 is Lambda's CodeSha256.\n\n" +
		"  savings runner image --arch arm64 --output runner.oci.tar\n" +
		"  skopeo copy oci-archive:runner.oci.tar docker://REPOSITORY:TAG\n" +
		"  savings runner zip --arch x86_64 --output runner.zip\n" +
		"  savings runner digest --format json",
	flags: []flag{archFlag, outputFlag, formatFlag},
	verbs: []verb{
		{"image", "write the image, an OCI layout", []flag{archFlag, outputFlag}},
		{"zip", "write the zip package", []flag{archFlag, outputFlag}},
		{"digest", "print the digests of what this release contains", []flag{formatFlag}},
	},
	run: runnerPackages,
}

func runnerPackages(_ context.Context, p *program, in input) error {
	if len(in.args) != 1 {
		return usagef("%d arguments instead of one; write one of: savings runner image, zip, digest", len(in.args))
	}
	write := map[string]func(io.Writer, string) error{"image": writeImage, "zip": writeZip}[in.args[0]]
	switch {
	case in.args[0] == "digest":
		return p.printDigests(in)
	case write == nil:
		return usagef("unknown command %q of runner; it has image, zip and digest", in.args[0])
	}
	if _, ok := in.flags[formatFlag.name]; ok {
		return usagef("--format is for savings runner digest alone")
	}
	architecture, err := architectureOf(in)
	if err != nil {
		return err
	}
	output, ok := in.flags[outputFlag.name]
	switch {
	case !ok || output == "":
		return usagef("runner %s without --output; write a FILE, or - for stdout", in.args[0])
	case output != "-":
		return writeFile(output, func(w io.Writer) error { return write(w, architecture) })
	case p.terminal != nil:
		return usagef("--output - would write bytes that no terminal can show; redirect stdout, or write a FILE")
	}
	return write(p.stdout, architecture)
}

// architectureOf reads --arch, which may be Docker's name of one.
func architectureOf(in input) (string, error) {
	switch text, ok := in.flags[archFlag.name]; {
	case !ok:
		return "", usagef("runner %s without --arch; write --arch arm64 or --arch x86_64", in.args[0])
	case text == bundle.ARM64:
		return bundle.ARM64, nil
	case text == bundle.X8664, text == "amd64":
		return bundle.X8664, nil
	default:
		return "", usagef("unknown architecture %q; --arch takes arm64 or x86_64 (or amd64, which is the same)", text)
	}
}

func writeImage(w io.Writer, architecture string) error {
	image, err := runnerimage.New(architecture)
	if err != nil {
		return err
	}
	return image.WriteLayout(w)
}

func writeZip(w io.Writer, architecture string) error {
	content, _, err := bundle.Zip(architecture)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

func (p *program) printDigests(in input) error {
	for _, wrong := range []flag{archFlag, outputFlag} {
		if _, ok := in.flags[wrong.name]; ok {
			return usagef("runner digest takes --format alone, not %s", wrong.name)
		}
	}
	format, err := formatOf(in)
	if err != nil {
		return err
	}
	all, err := buildinfo.Runner()
	if err != nil {
		return err
	}
	if format == "json" {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(struct {
			RunnerVersion string              `json:"runner_version"`
			Packages      []buildinfo.Package `json:"packages"`
		}{runnerversion.Version, all})
	}
	return buildinfo.WriteRunner(p.stdout, all)
}
