package dsn

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
)

// redacted stands for what is not printed, as in net/url.
const redacted = "xxxxx"

// String returns the DSN as a URL with its secrets replaced by xxxxx: the password, the values of options
// that hold a secret, a key or a file with one, and those of parameters that prom does not know. What it
// returns is a DSN that [Parse] reads again. The zero DSN is "".
func (d DSN) String() string {
	if d.Dialect == "" {
		return ""
	}
	var w strings.Builder
	w.WriteString(percentEncode(d.Dialect, ""))
	w.WriteString("://")
	switch {
	case d.Dialect != SQLite:
		d.writeAuthority(&w)
		if d.Path != "" {
			w.WriteString("/" + percentEncode(d.Path, ""))
		}
	case d.Path == Memory:
		w.WriteString(Memory)
	default:
		w.WriteString(percentEncode(d.Path, "/"))
	}
	separator := byte('?')
	for _, p := range append(d.Options.params(d.Dialect), d.params()...) {
		w.WriteByte(separator)
		separator = '&'
		w.WriteString(percentEncode(p.Name, "") + "=" + percentEncode(p.shown(), "/,:()"))
	}
	for _, h := range d.Replicas {
		w.WriteByte(separator)
		separator = '&'
		w.WriteString("replica=")
		h.write(&w)
	}
	if d.Name != "" {
		w.WriteString("#" + percentEncode(d.Name, ""))
	}
	return w.String()
}

func (d DSN) writeAuthority(w *strings.Builder) {
	if d.User != "" || d.password() != "" {
		w.WriteString(percentEncode(d.User, ""))
		if d.password() != "" {
			w.WriteString(":" + redacted)
		}
		w.WriteByte('@')
	}
	for i, h := range d.Hosts {
		if i > 0 {
			w.WriteByte(',')
		}
		h.write(w)
	}
}

// write writes a host as it stands in a URL.
func (h Host) write(w *strings.Builder) {
	if strings.Contains(h.Name, ":") && !strings.HasPrefix(h.Name, "/") {
		w.WriteString("[" + percentEncode(h.Name, ":") + "]")
	} else {
		w.WriteString(percentEncode(h.Name, ""))
	}
	if h.Port != 0 {
		w.WriteString(":" + strconv.Itoa(int(h.Port)))
	}
}

// params returns the options that differ from their defaults.
func (o Options) params(dialect string) []Param {
	var params []Param
	add := func(set bool, name, value string) {
		if set {
			params = append(params, Param{option: &option{}, Name: name, Value: value})
		}
	}
	timeout := func(on bool, name string, d, standard time.Duration) {
		value := "0"
		if d > 0 {
			value = d.String()
		}
		add(on && d != 0 && d != standard, name, value)
	}
	add(o.MinConns != 0, "pool_minconn", strconv.Itoa(int(o.MinConns)))
	add(o.MaxConns != 0, "pool_maxconn", strconv.Itoa(int(o.MaxConns)))
	add(o.ReadOnly, "readonly", "true")
	add(o.Install != InstallAuto, "install", o.Install.String())
	add(o.NoHistory, "history", "false")
	timeout(dialect != SQLite, "connect_timeout", o.ConnectTimeout, 0)
	timeout(true, "statement_timeout", o.StatementTimeout, 0)
	timeout(dialect != SQLite, "lock_timeout", o.LockTimeout, 0)
	timeout(true, "idle_in_transaction_session_timeout", o.IdleInTransactionTimeout, 0)
	timeout(true, "call_timeout", o.CallTimeout, 0)
	timeout(dialect != SQLite, "failover_wait", o.FailoverWait, 0)
	timeout(dialect != SQLite, "tcp_user_timeout", o.TCPUserTimeout, 0)
	add(o.ReadReplicas, "reads", "replicas")
	timeout(dialect != SQLite, "max_lag", o.MaxLag, 0)
	timeout(dialect != SQLite, "replica_wait", o.ReplicaWait, 0)
	timeout(dialect == SQLite, "busy_timeout", o.BusyTimeout, DefaultBusyTimeout)
	add(o.NoGroupCommit, "group_commit", "false")
	timeout(true, "in_use", o.InUse, 0)
	timeout(true, "install_lock_timeout", o.InstallLockTimeout, DefaultInstallLockTimeout)
	return params
}

// shown returns the value as it may be printed.
func (p Param) shown() string {
	if p.Name == "_pragma" {
		name, arg, _ := cutPragma(p.Value)
		if slices.Contains(shownPragmas, name) && isOptionName(arg) {
			return name + "(" + arg + ")"
		}
		return redacted + "(" + redacted + ")"
	}
	if p.option.hide || p.option.secret {
		return redacted
	}
	return p.Value
}

// GoString returns the redacted text in the form of Go syntax. It is for %#v.
func (d DSN) GoString() string {
	return "conn.DSN{" + strconv.Quote(d.String()) + "}"
}

// Format prints the redacted text for every verb: %#v as [DSN.GoString], %q quoted, all others as
// [DSN.String].
func (d DSN) Format(f fmt.State, verb rune) {
	switch {
	case verb == 'v' && f.Flag('#'):
		_, _ = fmt.Fprint(f, d.GoString())
	case verb == 'q':
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, 'q'), d.String())
	default:
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, 's'), d.String())
	}
}

// MarshalJSON returns the redacted text as a JSON string.
func (d DSN) MarshalJSON() ([]byte, error) {
	return json.Marshal(d.String())
}

// MarshalText returns the redacted text.
func (d DSN) MarshalText() ([]byte, error) {
	return []byte(d.String()), nil
}

// LogValue returns the redacted text for log/slog.
func (d DSN) LogValue() slog.Value {
	return slog.StringValue(d.String())
}

// percentEncode encodes every byte but RFC 3986's unreserved ones and those in keep.
func percentEncode(s, keep string) string {
	const hex = "0123456789ABCDEF"
	var w strings.Builder
	for _, c := range []byte(s) {
		if isASCIIAlnum(c) || strings.IndexByte("-._~", c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			w.WriteByte(c)
		} else {
			w.WriteByte('%')
			w.WriteByte(hex[c>>4])
			w.WriteByte(hex[c&15])
		}
	}
	return w.String()
}
