package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func (d *demo) repositoryName() string { return d.prefix + "/tools" }

func (d *demo) repositoryURL() string {
	return strings.TrimPrefix(d.cloud.URL, "http://") + "/" + d.repositoryName()
}

func (d *demo) createRepository(ctx context.Context) error {
	d.say("Creating ECR repository %s, whose tags are immutable", d.repositoryName())
	_, err := ecr.NewFromConfig(d.aws).CreateRepository(ctx, &ecr.CreateRepositoryInput{
		RepositoryName:     aws.String(d.repositoryName()),
		ImageTagMutability: types.ImageTagMutabilityImmutable,
	})
	if err != nil {
		return fmt.Errorf("creating the repository: %w", err)
	}
	return nil
}

// checkRepository makes sure that the destroy has taken the image away.
func (d *demo) checkRepository(ctx context.Context) error {
	out, err := ecr.NewFromConfig(d.aws).DescribeImages(ctx, &ecr.DescribeImagesInput{
		RepositoryName: aws.String(d.repositoryName()),
	})
	if err != nil {
		return fmt.Errorf("looking for images: %w", err)
	}
	if len(out.ImageDetails) > 0 {
		return fmt.Errorf("destroying: %d images are left in %s", len(out.ImageDetails), d.repositoryName())
	}
	d.show("The repository is empty again.")
	return nil
}

// runImage does what Lambda does with the function's image: it fetches it by its digest, unpacks it
// and starts its entrypoint.
func (d *demo) runImage(ctx context.Context) error {
	out, err := lambda.NewFromConfig(d.aws).GetFunction(ctx,
		&lambda.GetFunctionInput{FunctionName: aws.String(d.function())})
	if err != nil {
		return fmt.Errorf("reading the function: %w", err)
	}
	uri := aws.ToString(out.Code.ImageUri)
	d.say("Fetching the function's image from the registry, and running it")
	d.show(uri)
	dir := filepath.Join(d.cli.Dir, "image")
	entrypoint, err := fetch(ctx, uri, dir)
	if err != nil {
		return err
	}
	how, err := d.image.start(ctx, dir, entrypoint, d.cloud.Env())
	d.show(how)
	return err
}

// fetch unpacks an image that is named by its digest below dir, and returns its entrypoint.
func fetch(ctx context.Context, uri, dir string) ([]string, error) {
	ref, err := name.NewDigest(uri)
	if err != nil {
		return nil, fmt.Errorf("the image is not named by its digest: %w", err)
	}
	image, err := remote.Image(ref, remote.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("fetching the image: %w", err)
	}
	if err := validate.Image(image); err != nil {
		return nil, fmt.Errorf("the fetched image: %w", err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	if err := unpack(image, dir); err != nil {
		return nil, fmt.Errorf("unpacking the image: %w", err)
	}
	return config.Config.Entrypoint, nil
}

// unpack writes the image's files below dir.
func unpack(image v1.Image, dir string) (err error) {
	files := mutate.Extract(image)
	defer func() { err = errors.Join(err, files.Close()) }()
	root, err := makeRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	archive := tar.NewReader(files)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackEntry(root, header, archive); err != nil {
			return err
		}
	}
}

func makeRoot(dir string) (*os.Root, error) {
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // the image's user, who is nobody, enters it
		return nil, err
	}
	return os.OpenRoot(dir)
}

func unpackEntry(root *os.Root, header *tar.Header, content io.Reader) error {
	name, mode := filepath.Clean(header.Name), header.FileInfo().Mode()
	switch header.Typeflag {
	case tar.TypeDir:
		return errors.Join(root.MkdirAll(name, 0o755), root.Chmod(name, mode.Perm()))
	case tar.TypeReg:
		file, err := root.Create(name)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, content)
		return errors.Join(err, file.Close(), root.Chmod(name, mode.Perm()))
	}
	return fmt.Errorf("%s is neither file nor folder", header.Name)
}

// imageLog waits for the lines that the program wrote about the cluster; ministack keeps no log of a
// function that runs elsewhere.
func (d *demo) imageLog(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, slack)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		var lines []string
		for _, line := range d.image.log() {
			if strings.Contains(line, d.cluster()) {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			return lines, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the image's program: no line names the cluster\n%s", strings.Join(d.image.log(), "\n"))
		case <-ticker.C:
		}
	}
}
