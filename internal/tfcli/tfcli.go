// Package tfcli runs the real OpenTofu and Terraform against the provider as it was built, for
// tests and the demo. A CLI has a working folder, a provider mirror and an environment of its own,
// so nothing of the developer's configuration gets in and no registry is asked.
package tfcli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// Tool is a program that plans and applies configurations.
type Tool string

// Tools.
const (
	Tofu      Tool = "tofu"
	Terraform Tool = "terraform"
)

// registries are where each tool looks for a provider whose source names no host.
var registries = map[Tool]string{
	Tofu:      "registry.opentofu.org",
	Terraform: "registry.terraform.io",
}

// mirrorVersion is the version that the built provider has in the mirror; configurations bound none.
const mirrorVersion = "0.0.1"

// killDelay is how long a cancelled program may take to write its state before it is killed.
const killDelay = 20 * time.Second

// NotFoundError says that there is no such program.
type NotFoundError struct{ Tool Tool }

func (e *NotFoundError) Error() string {
	if e.Tool == Tofu {
		return "tofu is neither on the PATH nor in .local/bin: run make tofu"
	}
	return string(e.Tool) + " is not on the PATH"
}

// ExitError says that the program ended with a status that the caller did not ask for.
type ExitError struct {
	Command string
	Result  Result
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("%s: exit status %d\n%s%s", e.Command, e.Result.ExitCode, e.Result.Stdout,
		e.Result.Stderr)
}

// Result is what a run of the program printed, and its exit status.
type Result struct {
	ExitCode       int
	Stdout, Stderr string
}

// CLI is a program in a working folder.
type CLI struct {
	Tool Tool
	// Dir is the working folder, where the configuration is.
	Dir string

	path, provider string
	home           string
	env            []string
}

// Find returns the program's path: on the PATH, or as `make tofu` built it under root, the
// module's folder. Its error is a *NotFoundError.
func Find(root string, tool Tool) (string, error) {
	if path, err := exec.LookPath(string(tool)); err == nil {
		return path, nil
	}
	path, err := filepath.Abs(filepath.Join(root, ".local", "bin", string(tool)))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", &NotFoundError{tool}
	}
	return path, nil
}

// New makes a CLI whose working folder is dir/work. The provider is the one that `make build` left
// under root, the module's folder; env, such as an emulator's, is added to a bare environment.
func New(root, dir string, tool Tool, env []string) (*CLI, error) {
	path, err := Find(root, tool)
	if err != nil {
		return nil, err
	}
	c := &CLI{Tool: tool, Dir: filepath.Join(dir, "work"), path: path, home: dir}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	if err := c.mirror(root); err != nil {
		return nil, fmt.Errorf("making a provider mirror: %w", err)
	}
	c.env = append([]string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + dir,
		"TMPDIR=" + os.TempDir(),
		"TF_CLI_CONFIG_FILE=" + filepath.Join(dir, "tfrc"),
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
	}, env...)
	return c, nil
}

// mirror lays the built provider out as the only place that providers come from.
func (c *CLI) mirror(root string) error {
	provider, err := filepath.Abs(filepath.Join(root, "bin", "terraform-provider-savings"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(provider); err != nil {
		return errors.New("the provider is not built: run make build")
	}
	c.provider = provider
	if err := c.AddProvider("spin-dd/savings", mirrorVersion, provider); err != nil {
		return err
	}
	rc := fmt.Sprintf("provider_installation {\n  filesystem_mirror { path = %q }\n}\n", filepath.Join(c.home, "mirror"))
	return os.WriteFile(filepath.Join(c.home, "tfrc"), []byte(rc), 0o600)
}

// OverrideProvider has the program take the built provider where it is. Then no command reads all of it
// for a checksum, and Init is not needed; there can be no other provider.
func (c *CLI) OverrideProvider() error {
	rc := fmt.Sprintf("provider_installation {\n  dev_overrides { %q = %q }\n}\n", "spin-dd/savings",
		filepath.Dir(c.provider))
	return os.WriteFile(filepath.Join(c.home, "tfrc"), []byte(rc), 0o600)
}

// AddProvider puts another provider into the mirror; name is NAMESPACE/TYPE, and path that of its
// program.
func (c *CLI) AddProvider(name, version, path string) error {
	_, kind, _ := strings.Cut(name, "/")
	dir := filepath.Join(c.home, "mirror", registries[c.Tool], filepath.FromSlash(name), version,
		runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Symlink(path, filepath.Join(dir, "terraform-provider-"+kind+"_v"+version))
}

// Write writes a file of the configuration.
func (c *CLI) Write(name, content string) error {
	path := filepath.Join(c.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o600)
}

// Copy copies a folder of configurations, with all below it, into the working folder as name.
func (c *CLI) Copy(from, name string) error {
	return os.CopyFS(filepath.Join(c.Dir, name), os.DirFS(from))
}

// Run runs the program and waits for it. A status other than 0 is no error; see Result. When ctx
// ends, the program is interrupted, so that it saves its state, and killed if that takes too long.
func (c *CLI) Run(ctx context.Context, args ...string) (Result, error) {
	r, err := c.Start(ctx, args...)
	if err != nil {
		return Result{}, err
	}
	return r.Wait()
}

// Must is Run, with a status other than 0 as an *ExitError.
func (c *CLI) Must(ctx context.Context, args ...string) (Result, error) {
	res, err := c.Run(ctx, args...)
	if err != nil {
		return res, err
	}
	if res.ExitCode != 0 {
		return res, &ExitError{string(c.Tool) + " " + strings.Join(args, " "), res}
	}
	return res, nil
}

// Init prepares the working folder.
func (c *CLI) Init(ctx context.Context) error {
	_, err := c.Must(ctx, "init", "-no-color")
	return err
}

// Validate returns the diagnostics of `validate`, errors and warnings.
func (c *CLI) Validate(ctx context.Context) ([]tfjson.Diagnostic, error) {
	res, err := c.Run(ctx, "validate", "-json")
	if err != nil {
		return nil, err
	}
	var out tfjson.ValidateOutput
	if err := decode(res, &out); err != nil {
		return nil, err
	}
	return out.Diagnostics, nil
}

// Plan is a saved plan.
type Plan struct {
	// Changed tells whether there is anything to apply.
	Changed bool
	// Text is what the program printed, diagnostics included.
	Text string
	// JSON is the plan as `show -json` prints it.
	JSON *tfjson.Plan
	// File is the plan's file, for Apply.
	File string
}

// Plan makes and saves a plan.
func (c *CLI) Plan(ctx context.Context, args ...string) (*Plan, error) {
	p := &Plan{File: filepath.Join(c.home, "plan")}
	args = append([]string{"plan", "-no-color", "-detailed-exitcode", "-out=" + p.File}, args...)
	res, err := c.Run(ctx, args...)
	if err != nil {
		return nil, err
	}
	if res.ExitCode != 0 && res.ExitCode != 2 {
		return nil, &ExitError{string(c.Tool) + " " + strings.Join(args, " "), res}
	}
	p.Changed = res.ExitCode == 2
	p.Text = res.Stdout + res.Stderr
	p.JSON = new(tfjson.Plan)
	if err := c.show(ctx, p.JSON, p.File); err != nil {
		return nil, err
	}
	return p, nil
}

// Apply applies without asking; a plan's file may be among args.
func (c *CLI) Apply(ctx context.Context, args ...string) (Result, error) {
	return c.Must(ctx, append([]string{"apply", "-no-color", "-auto-approve"}, args...)...)
}

// Destroy destroys without asking.
func (c *CLI) Destroy(ctx context.Context, args ...string) (Result, error) {
	return c.Must(ctx, append([]string{"destroy", "-no-color", "-auto-approve"}, args...)...)
}

// Import imports the object with an ID to an address.
func (c *CLI) Import(ctx context.Context, address, id string) (Result, error) {
	return c.Must(ctx, "import", "-no-color", address, id)
}

// State returns the state; its Values are nil where it is empty.
func (c *CLI) State(ctx context.Context) (*tfjson.State, error) {
	state := new(tfjson.State)
	return state, c.show(ctx, state)
}

func (c *CLI) show(ctx context.Context, into any, args ...string) error {
	res, err := c.Must(ctx, append([]string{"show", "-json"}, args...)...)
	if err != nil {
		return err
	}
	return decode(res, into)
}

func decode(res Result, into any) error {
	if err := json.NewDecoder(strings.NewReader(res.Stdout)).Decode(into); err != nil {
		return fmt.Errorf("reading JSON: %w\n%s%s", err, res.Stdout, res.Stderr)
	}
	return nil
}

// Running is a program that has not been waited for.
type Running struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	ctx            context.Context
}

// Start starts the program and returns at once. Wait must be called.
func (c *CLI) Start(ctx context.Context, args ...string) (*Running, error) {
	r := &Running{ctx: ctx, cmd: exec.CommandContext(ctx, c.path, args...)}
	r.cmd.Dir = c.Dir
	r.cmd.Env = c.env
	r.cmd.Stdout, r.cmd.Stderr = &r.stdout, &r.stderr
	r.cmd.WaitDelay = killDelay
	ownGroup(r.cmd)
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("running %s: %w", c.Tool, err)
	}
	return r, nil
}

// Wait waits for the program's end and sees that no provider outlives it. A killed program has
// exit status -1.
func (r *Running) Wait() (Result, error) {
	res, err := r.WaitProgram()
	killGroup(r.cmd)
	return res, err
}

// WaitProgram waits for the program's end and leaves a provider that outlives it alone, until Kill.
func (r *Running) WaitProgram() (Result, error) {
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || r.ctx.Err() != nil {
		return Result{}, errors.Join(err, r.ctx.Err())
	}
	return Result{r.cmd.ProcessState.ExitCode(), r.stdout.String(), r.stderr.String()}, nil
}

// Kill kills the program and its providers with a signal that nothing can catch.
func (r *Running) Kill() { killGroup(r.cmd) }

// KillProgram kills the program alone; its providers go on.
func (r *Running) KillProgram() error { return r.cmd.Process.Kill() }

// Interrupt does what Ctrl-C in a terminal does: program and providers get SIGINT.
func (r *Running) Interrupt() error { return interruptGroup(r.cmd) }
