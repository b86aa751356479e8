//go:build unix

package postgres

import "syscall"

// socket looks at a socket without waiting and without taking anything out of it.
type socket struct {
	raw  syscall.RawConn
	look func(fd uintptr) // kept, so that a call allocates nothing
	err  error
	b    [1]byte
}

func newSocket(raw syscall.RawConn) *socket {
	s := &socket{raw: raw}
	s.look = func(fd uintptr) {
		for {
			_, _, s.err = syscall.Recvfrom(int(fd), s.b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			if s.err != syscall.EINTR {
				return
			}
		}
	}
	return s
}

// arrived reports whether there is something to read, which the end of the stream is too.
func (s *socket) arrived() bool {
	// Control and not Read, which would wait for a reader of pgx's that waits in the background.
	return s.raw.Control(s.look) == nil && s.err != syscall.EAGAIN && s.err != syscall.EWOULDBLOCK
}
