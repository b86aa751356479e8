//go:build !unix

package dbtest

import (
	"errors"
	"os"
	"syscall"
)

func serverDir() (string, *syscall.SysProcAttr, error) {
	return "", nil, errors.New("no server can be started on this system: set " + EnvPostgres + " to a DSN")
}

func killGroup(p *os.Process) { _ = p.Kill() }
