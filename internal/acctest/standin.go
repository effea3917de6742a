package acctest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// standInVersion is a version that the examples' bounds on the AWS provider allow.
const standInVersion = "6.0.0"

// UseStandInAWS makes the stand-in of the AWS provider (see internal/awsstandin) the program's
// hashicorp/aws.
func (c *CLI) UseStandInAWS() {
	c.tb.Helper()
	path, err := standIn()
	if err == nil {
		err = c.AddProvider("hashicorp/aws", standInVersion, path)
	}
	c.check(err)
}

// standIn builds the stand-in into .local, once for all tests of a package, and returns its path.
var standIn = sync.OnceValues(func() (string, error) {
	root, err := findRoot()
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(filepath.Join(root, ".local", "awsstandin"))
	if err != nil {
		return "", err
	}
	// Tests of several packages may build at the same time: each replaces the program as a whole.
	building := fmt.Sprintf("%s.%d", path, os.Getpid())
	defer func() { _ = os.Remove(building) }() // it is there only where the build failed
	cmd := exec.Command("go", "build", "-o", building, "./internal/awsstandin")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the stand-in of the AWS provider: %w\n%s", err, out)
	}
	return path, os.Rename(building, path)
})
