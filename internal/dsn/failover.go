package dsn

import (
	"net"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// What a DSN with several hosts has unless it says otherwise: one of them takes writes, another one may take its place
// at any time, and the one that did may not answer any more.
const (
	// HostsConnectTimeout bounds the making of a connection to each host, and the ping of one that was idle.
	HostsConnectTimeout = 5 * time.Second
	// HostsTCPUserTimeout is after what time a connection breaks whose peer acknowledges nothing.
	HostsTCPUserTimeout = 30 * time.Second
)

// expectFailover sets what a pool needs whose server may be replaced by another one.
func (d DSN) expectFailover(cfg *pgxpool.Config) {
	c, o := cfg.ConnConfig, d.Options
	if SeveralHosts(cfg) {
		if c.ConnectTimeout == 0 && o.ConnectTimeout == 0 {
			c.ConnectTimeout = HostsConnectTimeout
		}
		if o.TCPUserTimeout == 0 && tcpUserTimeoutRefused == "" {
			o.TCPUserTimeout = HostsTCPUserTimeout
		}
	}
	if FailsOver(d, cfg) {
		if _, given := Lookup(d, "target_session_attrs"); !given && c.ValidateConnect == nil && !o.ReadOnly &&
			os.Getenv("PGTARGETSESSIONATTRS") == "" {
			c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
		}
		if _, given := Lookup(d, "pool_ping_timeout"); !given {
			cfg.PingTimeout = HostsConnectTimeout
			if c.ConnectTimeout > 0 {
				cfg.PingTimeout = c.ConnectTimeout
			}
		}
	}
	if t := o.TCPUserTimeout; t > 0 {
		c.DialFunc = (&net.Dialer{
			// Of an idle connection nothing waits to be acknowledged but these.
			KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: max(t/3, time.Second), Interval: max(t/6, time.Second)},
			Control:         setTCPUserTimeout(t),
		}).DialContext
	}
}

// FailsOver reports whether the server that a pool leads to may be replaced by another one: there are several hosts, or
// the DSN says so by failover_wait, or is that of one host of several.
func FailsOver(d DSN, cfg *pgxpool.Config) bool {
	return d.Options.FailoverWait > 0 || SeveralHosts(cfg) || d.hidden != nil && d.hidden().oneOf
}

// SeveralHosts reports whether a configuration has more than one server; each may be there with and without TLS.
func SeveralHosts(cfg *pgxpool.Config) bool {
	c := cfg.ConnConfig
	for _, f := range c.Fallbacks {
		if f.Host != c.Host || f.Port != c.Port {
			return true
		}
	}
	return false
}

// tcpUserTimeoutOption is the option tcp_user_timeout, where there is one.
func tcpUserTimeoutOption() option {
	o := timeoutOption("tcp_user_timeout", time.Millisecond, func(o *Options) *time.Duration { return &o.TCPUserTimeout })
	o.refuse = tcpUserTimeoutRefused
	return o
}
