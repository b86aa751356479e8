package dsn

import (
	"strings"
	"syscall"
	"time"
)

// tcpUserTimeoutRefused says why the option tcp_user_timeout is not taken.
const tcpUserTimeoutRefused = ""

// tcpUserTimeout is the socket option TCP_USER_TIMEOUT, see tcp(7). Package syscall has no name for it.
const tcpUserTimeout = 18

// setTCPUserTimeout returns a function for a dialer.
func setTCPUserTimeout(d time.Duration) func(network, address string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		if !strings.HasPrefix(network, "tcp") {
			return nil // a Unix socket has no peer that is not there
		}
		var optErr error
		err := c.Control(func(fd uintptr) {
			optErr = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(max(d/time.Millisecond, 1)))
		})
		if err != nil {
			return err
		}
		return optErr
	}
}
