//go:build !unix

package emulator

import "errors"

type process struct{ done chan struct{} }

func startProcess(_, _ string, _, _ []string) (*process, error) {
	return nil, errors.New("the local emulators need Linux or macOS")
}

func (p *process) kill() error { return nil }
