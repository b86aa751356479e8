//go:build unix

package dbtest

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// serverDir makes the server's folder and says as whom to run there: PostgreSQL refuses to run as root.
func serverDir() (string, *syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true} // away from the terminal's Ctrl-C: the pipe alone ends the server
	if os.Geteuid() != 0 {
		dir, err := os.MkdirTemp("", "dbtest-pg-")
		return dir, attr, err
	}
	uid, gid, err := unprivileged()
	if err != nil {
		return "", nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	dir, err := os.MkdirTemp(openTemp(os.TempDir()), "dbtest-pg-")
	if err != nil {
		return "", nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return dir, attr, nil
}

// unprivileged returns the user postgres, or nobody where there is none.
func unprivileged() (uid, gid uint32, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return 0, 0, fmt.Errorf("user %s: %w", name, err)
		}
		return uint32(uid), uint32(gid), nil
	}
	return 0, 0, errors.New("root may not run it, and there is no user postgres or nobody")
}

// openTemp returns dir if every user can work in it, and else /tmp: root's temporary folder may lie in its home.
func openTemp(dir string) string {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o003 != 0o003 {
		return "/tmp"
	}
	for up := filepath.Dir(dir); ; up = filepath.Dir(up) {
		info, err := os.Stat(up)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return "/tmp"
		}
		if up == filepath.Dir(up) {
			return dir
		}
	}
}

func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
