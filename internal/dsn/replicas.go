package dsn

import (
	"strings"
	"time"
)

const (
	// DefaultMaxLag is how far behind a standby may be that answers reads, when the DSN does not say.
	DefaultMaxLag = 10 * time.Second
	// DefaultReplicaWait is how long a read waits for a standby, when the DSN does not say.
	DefaultReplicaWait = 50 * time.Millisecond
)

// replicaConnectTimeout bounds the making of a connection to a standby, instead of which the primary can answer.
const replicaConnectTimeout = 2 * time.Second

// replicaOptions are those of reads that standbys answer.
func replicaOptions() []option {
	return []option{
		{
			name: "reads", want: "primary or replicas",
			apply: func(b *builder, v string) error {
				switch strings.ToLower(v) {
				case "replicas":
					b.dsn.Options.ReadReplicas = true
				case "primary":
				default:
					return errValue
				}
				return nil
			},
		},
		{
			name: "replica", repeat: true, want: "a host, with a port behind a colon if it is not 5432",
			apply: func(b *builder, v string) error {
				for text := range strings.SplitSeq(v, ",") {
					h, err := parseHostPort(text)
					if err != nil || h.Name == "" {
						return errValue
					}
					if h.Port == 0 {
						h.Port = DefaultPort
					}
					b.dsn.Replicas = append(b.dsn.Replicas, h)
				}
				return nil
			},
		},
		timeoutOption("max_lag", time.Millisecond, func(o *Options) *time.Duration { return &o.MaxLag }),
		timeoutOption("replica_wait", time.Millisecond, func(o *Options) *time.Duration { return &o.ReplicaWait }),
	}
}

// finishReplicas refuses options that would have no effect.
func (b *builder) finishReplicas() error {
	if !b.dsn.Options.ReadReplicas {
		for _, name := range []string{"replica", "max_lag", "replica_wait"} {
			if b.seen[name] {
				return Errorf("option %q needs reads=replicas", name)
			}
		}
		return nil
	}
	attrs, given := b.param("target_session_attrs")
	switch {
	case len(b.dsn.Hosts) < 2 && len(b.dsn.Replicas) == 0:
		return Errorf("reads=replicas needs replicas: name several hosts, or a reader endpoint in the option replica")
	case b.dsn.Options.ReadOnly:
		return Errorf("reads=replicas is for a connection that writes: " +
			"with readonly=true use target_session_attrs=prefer-standby")
	case given && attrs != "read-write" && attrs != "primary":
		return Errorf("reads=replicas finds out itself which host takes writes: leave target_session_attrs out")
	}
	return nil
}

// MaxLag returns how far behind a standby may be that answers reads; 0 for no bound.
func MaxLag(d DSN) time.Duration {
	if d.Options.MaxLag == 0 {
		return DefaultMaxLag
	}
	return max(0, d.Options.MaxLag)
}

// ReplicaWait returns how long a read waits for a standby.
func ReplicaWait(d DSN) time.Duration {
	if d.Options.ReplicaWait == 0 {
		return DefaultReplicaWait
	}
	return max(0, d.Options.ReplicaWait)
}

// OnHost returns the DSN of one host of another one, whatever that host is.
func OnHost(d DSN, h Host) DSN {
	if d.Options.ConnectTimeout == 0 {
		d.Options.ConnectTimeout = replicaConnectTimeout
	}
	if d.Options.TCPUserTimeout == 0 && tcpUserTimeoutRefused == "" {
		d.Options.TCPUserTimeout = HostsTCPUserTimeout
	}
	d.Hosts, d.Replicas = []Host{h}, nil
	d.Options.ReadReplicas, d.Options.FailoverWait, d.Options.MinConns = false, 0, 0
	d = With(d, "target_session_attrs", "any")
	hidden := *d.hidden()
	hidden.oneOf = true
	d.hidden = func() *hiddenPart { return &hidden }
	return d
}

// String returns the host as it stands in a DSN: its name and its port.
func (h Host) String() string {
	var w strings.Builder
	h.write(&w)
	return w.String()
}
