package main

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
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

// imageFunction is what ministack calls in place of a container: it hands events on to the program
// of the image, once that runs.
type imageFunction struct {
	listener net.Listener
	server   *http.Server
	stop     context.CancelFunc
	running  sync.WaitGroup
	exited   chan error

	mu     sync.Mutex
	target *url.URL
	lines  []string
}

// headerTimeout keeps a client that stalls from holding a connection.
const headerTimeout = 10 * time.Second

// listen opens the address that ministack is told of before there is an image.
func listen(ctx context.Context) (*imageFunction, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &imageFunction{listener: listener, exited: make(chan error, 1), stop: func() {}}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: headerTimeout}
	go func() { _ = f.server.Serve(listener) }() // close ends it
	return f, nil
}

func (f *imageFunction) url() string { return "http://" + f.listener.Addr().String() }

// proxySetting tells ministack where the function of a name runs.
func proxySetting(function, url string) string {
	return "MINISTACK_LAMBDA_PROXY_" + function + "=" + url
}

// ServeHTTP hands an event on.
func (f *imageFunction) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	target := f.target
	f.mu.Unlock()
	if target == nil {
		http.Error(w, "the image does not run yet", http.StatusServiceUnavailable)
		return
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL, p.Out.Host = target, "" }}
	proxy.ServeHTTP(w, r)
}

// close ends the program and the listening.
func (f *imageFunction) close() error {
	err := f.server.Close()
	f.stop()
	f.running.Wait()
	return err
}

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
	ref, err := name.NewDigest(uri)
	if err != nil {
		return fmt.Errorf("the function's image is not named by its digest: %w", err)
	}
	image, err := remote.Image(ref, remote.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("fetching the image: %w", err)
	}
	if err := validate.Image(image); err != nil {
		return fmt.Errorf("the fetched image: %w", err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	dir := filepath.Join(d.cli.Dir, "image")
	if err := unpack(image, dir); err != nil {
		return fmt.Errorf("unpacking the image: %w", err)
	}
	ctx, d.image.stop = context.WithCancel(ctx)
	cmd, how := inImage(ctx, dir, append(config.Config.Entrypoint, "serve", "--port", "0"))
	d.show(how)
	cmd.Env = d.functionEnv()
	return d.image.start(ctx, cmd)
}

// functionEnv is what the program gets of its surroundings: Lambda's variables, and where AWS is.
func (d *demo) functionEnv() []string {
	return append(d.cloud.Env(), "AWS_LAMBDA_FUNCTION_NAME="+d.function())
}

// unpack writes the image's files below dir.
func unpack(image v1.Image, dir string) (err error) {
	files := mutate.Extract(image)
	defer func() { err = errors.Join(err, files.Close()) }()
	root, err := makeRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
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
	if err := os.Mkdir(dir, 0o755); err != nil {
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

// listening is the program's line that tells where it takes events.
var listening = regexp.MustCompile(`listening on (http://\S+)`)

// start runs the program and waits until it listens.
func (f *imageFunction) start(ctx context.Context, cmd *exec.Cmd) error {
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the image's entrypoint: %w", err)
	}
	found := make(chan *url.URL, 1)
	f.running.Go(func() {
		f.read(stderr, found)
		f.exited <- cmd.Wait()
	})
	select {
	case target := <-found:
		f.mu.Lock()
		defer f.mu.Unlock()
		f.target = target
		return nil
	case err := <-f.exited:
		return fmt.Errorf("the image's entrypoint ended: %w\n%s", err, strings.Join(f.log(), "\n"))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read keeps the program's lines until it ends.
func (f *imageFunction) read(stderr io.Reader, found chan<- *url.URL) {
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		f.mu.Lock()
		f.lines = append(f.lines, lines.Text())
		f.mu.Unlock()
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			if target, err := url.Parse(m[1]); err == nil {
				found <- target
			}
		}
	}
}

// log is what the program has written so far.
func (f *imageFunction) log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.lines...)
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
