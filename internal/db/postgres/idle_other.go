//go:build !unix

package postgres

import "syscall"

// socket cannot be looked at here.
type socket struct{}

func newSocket(syscall.RawConn) *socket { return nil }

func (*socket) arrived() bool { return false }
