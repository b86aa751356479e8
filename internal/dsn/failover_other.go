//go:build !linux

package dsn

import (
	"syscall"
	"time"
)

// tcpUserTimeoutRefused says why the option tcp_user_timeout is not taken.
const tcpUserTimeoutRefused = "only Linux has this socket option: leave it out, or set call_timeout"

// setTCPUserTimeout returns no function: the socket option is not there.
func setTCPUserTimeout(time.Duration) func(network, address string, c syscall.RawConn) error {
	return nil
}
