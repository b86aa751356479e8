package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Install installs packages of Debian and of the systems that come from it by apt-get, as root or by a sudo that asks
// for no password. Elsewhere it is an error that says why nothing can be installed.
func Install(ctx context.Context, packages ...string) error {
	if err := apt(ctx, "update"); err != nil {
		return err
	}
	return apt(ctx, append([]string{"install", "-y", "--no-install-recommends"}, packages...)...)
}

// apt runs apt-get.
func apt(ctx context.Context, args ...string) error {
	as, err := installer(ctx)
	if err != nil {
		return err
	}
	// Another process may install at the same moment.
	command := []string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60"}
	args = slices.Concat(as, command, args)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // sudo passes it on
	cmd.WaitDelay = 10 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return fmt.Errorf("apt-get: %w: %s", err, oneLine(out))
	}
	return nil
}

// CanInstall returns nil when [Install] may install packages here, and else why not.
func CanInstall(ctx context.Context) error {
	_, err := installer(ctx)
	return err
}

// installer returns the command by which one becomes root, nothing when one is, or why nothing can be installed.
func installer(ctx context.Context) ([]string, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return nil, errors.New("apt-get is not there")
	}
	if os.Geteuid() == 0 {
		return nil, nil
	}
	if exec.CommandContext(ctx, "sudo", "-n", "true").Run() == nil {
		return []string{"sudo", "-n"}, nil
	}
	return nil, errors.New("apt-get is for root alone, and sudo is not there or asks for a password")
}

// Race returns nil when tests can have the race detector, and else why not: it needs cgo, a system that it knows, and a
// C compiler that can link a program.
func Race(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "env", "CC").Output()
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	cc := strings.Fields(string(out))
	if len(cc) == 0 {
		return errors.New("go knows no C compiler")
	}
	if _, err := exec.LookPath(cc[0]); err != nil {
		return fmt.Errorf("there is no C compiler: %s", cc[0])
	}
	// Go says which systems it knows, and whether cgo is switched off.
	if out, err := exec.CommandContext(ctx, "go", "list", "-race", "unsafe").CombinedOutput(); err != nil {
		return errors.New(oneLine(out))
	}
	temp, err := os.MkdirTemp("", "prom-cc-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	args := append(cc[1:], "-x", "c", "-", "-pthread", "-o", filepath.Join(temp, "program"))
	cmd := exec.CommandContext(ctx, cc[0], args...)
	cmd.Stdin = strings.NewReader("#include <pthread.h>\n#include <stdlib.h>\nint main(void) { return 0; }\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the C compiler %s makes no program: %w: %s", cc[0], err, oneLine(out))
	}
	return nil
}
