// Package emulator starts the local AWS emulators that tests and the demo run against: ministack,
// which fires schedules and runs Lambda functions for real, and moto, which pages and answers
// errors where ministack does not. Each listens on 127.0.0.1 on a free port and is gone when the
// process that started it is, whatever ended that process.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
)

// Kind is an emulator.
type Kind string

// Kinds of emulators.
const (
	Ministack Kind = "ministack"
	Moto      Kind = "moto"
)

// Region is the region that both emulators are used in.
const Region = "ap-northeast-1"

const (
	accessKey = "testing"
	// startTimeout bounds the wait for the first answer; on a busy machine Python takes its time.
	startTimeout = 60 * time.Second
	pollInterval = 50 * time.Millisecond
	// startAttempts is more than one because a free port may be taken before the emulator binds it.
	startAttempts = 3
)

// Server is a running emulator.
type Server struct {
	Kind Kind
	// URL is the endpoint of every AWS service.
	URL string
	// Account is the emulator's account ID.
	Account string

	dir     string
	process *process
}

// Start starts an emulator that `make emulators` installed under root, the module's folder, and
// waits until it answers. settings are for its own environment, each NAME=value. Close stops it.
func Start(ctx context.Context, root string, kind Kind, settings ...string) (*Server, error) {
	python, err := filepath.Abs(filepath.Join(root, ".local", "bin", "python"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(python); err != nil {
		return nil, errors.New("the local emulators are not installed: run make setup")
	}
	for range startAttempts {
		var s *Server
		if s, err = start(ctx, python, kind, settings); err == nil {
			return s, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("starting %s: %w", kind, err)
}

func start(ctx context.Context, python string, kind Kind, settings []string) (*Server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "savings-"+string(kind)+"-")
	if err != nil {
		return nil, err
	}
	s := &Server{Kind: kind, URL: "http://127.0.0.1:" + port, dir: dir}
	args, env, health := s.ministack(port)
	if kind == Moto {
		args, env, health = s.moto(port)
	}
	command := slices.Concat([]string{python, "-c", runModule}, settings, args)
	if err := os.WriteFile(s.configPath(), []byte("[default]\nregion = "+Region+"\n"), 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.process, err = startProcess(dir, s.logPath(), command, env)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.waitHealthy(ctx, health); err != nil {
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, s.LogTail(20)), s.Close())
	}
	return s, nil
}

// runModule runs a Python module, after the settings before "-m" are put into the environment: a
// shell on the way there passes on no name that it could not write, such as one with "-".
const runModule = `import os, runpy, sys
end = sys.argv.index("-m")
os.environ.update(setting.split("=", 1) for setting in sys.argv[1:end])
del sys.argv[1:end + 1]
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
`

// ministack returns the arguments, the environment and the path that tells of health. Without
// these settings it listens on all interfaces, for IoT and SFTP too.
func (s *Server) ministack(port string) (args, env []string, health string) {
	s.Account = "000000000000"
	env = append(s.processEnv(),
		"GATEWAY_PORT="+port,
		"BIND_HOST=127.0.0.1",
		"MINISTACK_HOST=127.0.0.1",
		"MINISTACK_ACCOUNT_ID="+s.Account,
		"MINISTACK_REGION="+Region,
		"IOT_MTLS_ENABLED=0",
		"SFTP_ENABLED=0",
		"LAMBDA_EXECUTOR=local",
		"STATE_DIR="+filepath.Join(s.dir, "state"),
	)
	return []string{"-m", "ministack"}, env, "/_ministack/health"
}

func (s *Server) moto(port string) (args, env []string, health string) {
	s.Account = "123456789012"
	return []string{"-m", "moto.server", "-H", "127.0.0.1", "-p", port}, s.processEnv(), "/moto-api/"
}

// processEnv is the emulator's own environment, which nothing of the developer's gets into. There
// is no Docker for it even where the machine has one: an emulated database must not be a container.
func (s *Server) processEnv() []string {
	return append(s.Env(),
		"PATH="+os.Getenv("PATH"),
		"HOME="+s.dir,
		"TMPDIR="+s.dir,
		"DOCKER_HOST=unix://"+filepath.Join(s.dir, "no-docker"),
		"PYTHONUNBUFFERED=1",
		"PYTHONDONTWRITEBYTECODE=1",
	)
}

// Env is the environment that makes any AWS client talk to the emulator and to nothing else.
func (s *Server) Env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + s.URL,
		"AWS_REGION=" + Region,
		"AWS_DEFAULT_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + accessKey,
		"AWS_SECRET_ACCESS_KEY=" + accessKey,
		"AWS_CONFIG_FILE=" + s.configPath(),
		"AWS_SHARED_CREDENTIALS_FILE=" + s.configPath(),
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// Config is the AWS configuration for clients of the emulator.
func (s *Server) Config(ctx context.Context) (aws.Config, error) {
	cfg, err := awsconfig.Load(ctx, awsconfig.Options{
		Region:            Region,
		Profile:           "default",
		SharedConfigFiles: []string{s.configPath()},
		EndpointURL:       s.URL,
	})
	if err != nil {
		return aws.Config{}, fmt.Errorf("configuring a client of %s: %w", s.Kind, err)
	}
	cfg.Credentials = credentials.NewStaticCredentialsProvider(accessKey, accessKey, "")
	return cfg, nil
}

// Close stops the emulator and everything that it started, and removes its files.
func (s *Server) Close() error {
	return errors.Join(s.process.kill(), os.RemoveAll(s.dir))
}

// Log is what the emulator has logged so far, the output of Lambda functions included.
func (s *Server) Log() string {
	content, err := os.ReadFile(s.logPath())
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// LogTail is the last lines of the log.
func (s *Server) LogTail(lines int) string {
	all := strings.Split(strings.TrimRight(s.Log(), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func (s *Server) logPath() string    { return filepath.Join(s.dir, "log") }
func (s *Server) configPath() string { return filepath.Join(s.dir, "aws-config") }

func (s *Server) waitHealthy(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		if healthy(ctx, s.URL+path) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for its first answer: %w", ctx.Err())
		case <-s.process.done:
			return errors.New("it ended before it answered")
		case <-ticker.C:
		}
	}
}

// One look at an emulator's health: how long it may take, and how much of its answer is read.
const (
	healthTimeout = 10 * time.Second
	maxHealth     = 1 << 20
)

func healthy(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := (&http.Client{Timeout: healthTimeout}).Do(req)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxHealth))
	return errors.Join(err, resp.Body.Close()) == nil && resp.StatusCode == http.StatusOK
}

func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return strconv.Itoa(port), l.Close()
}
