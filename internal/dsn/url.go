package dsn

import (
	"net/netip"
	"net/url"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// schemes are the names of the dialects, those of the reference included.
var schemes = map[string]string{
	"postgres": Postgres, "postgresql": Postgres, "psql": Postgres,
	"sqlite": SQLite, "sqlite3": SQLite,
}

// parseURL reads scheme:rest. net/url is not used for the whole, since its errors quote the password.
func parseURL(s string) (*builder, error) {
	scheme, rest, found := strings.Cut(s, ":")
	dialect, known := schemes[strings.ToLower(scheme)]
	if !found || !known {
		return nil, schemeError(s)
	}
	b := newBuilder(dialect)
	rest, query, _ := strings.Cut(rest, "?")
	var err error
	if dialect == Postgres {
		err = b.parsePostgresURL(rest, query)
	} else {
		err = b.parseSQLiteURL(rest)
	}
	if err != nil {
		return nil, err
	}
	b.afterSecret = ""
	return b, b.parseQuery(query)
}

// schemeError shows the scheme only where it can be nothing else: in "user:secret@host" it is the user,
// and in "secret" the password.
func schemeError(s string) error {
	scheme, _, found := strings.Cut(s, ":")
	scheme = strings.ToLower(scheme)
	at, slashes := strings.IndexByte(s, '@'), strings.Index(s, "//")
	if !found || !isURLScheme(scheme) || at >= 0 && (slashes < 0 || at < slashes) {
		return Errorf("the text does not begin with a known scheme: " +
			"write postgres://user@host/database, sqlite://path/to/file.db or host=... dbname=...")
	}
	return Errorf("unknown scheme %q: write postgres:// or sqlite://", scheme)
}

func isURLScheme(s string) bool {
	if len(s) == 0 || len(s) > 32 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '.' || c == '-') {
			return false
		}
	}
	return true
}

// parsePostgresURL reads //[user[:password]@][host[:port],...][/database].
func (b *builder) parsePostgresURL(s, query string) error {
	s, ok := strings.CutPrefix(s, "//")
	if !ok {
		return Errorf("write // after the scheme, as in postgres://user@host/database")
	}
	authority, database, _ := strings.Cut(s, "/")
	at := strings.LastIndexByte(authority, '@')
	// A raw slash or question mark in a password ends the authority early. The @ that follows tells.
	if strings.Contains(database, "@") || at < 0 && strings.Contains(query, "@") {
		return Errorf("an @ follows the host: write %%2F, %%3F, %%23 and %%40 " +
			"for /, ?, # and @ in user, password, database and options")
	}
	if at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		if err := b.setDecoded("user", user, "the user"); err != nil {
			return err
		}
		if err := b.setDecoded("password", password, "the password"); err != nil {
			return err
		}
	}
	if hosts := authority[at+1:]; hosts != "" {
		b.seen["host"] = true
		for part := range strings.SplitSeq(hosts, ",") {
			h, err := parseHostPort(part)
			if err != nil {
				return err
			}
			b.dsn.Hosts = append(b.dsn.Hosts, h)
		}
	}
	return b.setDecoded("dbname", strings.TrimLeft(database, "/"), "the database's name")
}

// setDecoded sets the option that a part of the URL stands for, unless the part is empty.
func (b *builder) setDecoded(option, raw, what string) error {
	if raw == "" {
		return nil
	}
	v, err := url.PathUnescape(raw)
	if err != nil {
		return Errorf("%s holds a %% that is not followed by two hexadecimal digits: write %%25 for %%", what)
	}
	return b.set(option, v)
}

// parseHostPort reads host, host:port, [address] or [address]:port; the port is 0 if there is none.
func parseHostPort(s string) (Host, error) {
	var name, port string
	bracketed := strings.HasPrefix(s, "[")
	if bracketed {
		var closed bool
		name, port, closed = strings.Cut(s[1:], "]")
		if !closed || port != "" && port[0] != ':' {
			return Host{}, Errorf("an IPv6 address is not closed: write [::1]:5432")
		}
		port = strings.TrimPrefix(port, ":")
	} else {
		name, port, _ = strings.Cut(s, ":")
	}
	name, err := url.PathUnescape(name)
	if err != nil {
		return Host{}, Errorf("a host holds a %% that is not followed by two hexadecimal digits")
	}
	if bracketed {
		if !strings.Contains(name, ":") || !isHostName(name) {
			return Host{}, Errorf("the text in brackets is not an IPv6 address: write [::1]:5432")
		}
	} else if !isHostName(name) {
		return Host{}, Errorf("a host holds a character that no host has: " +
			"write user:password@host:port, with %%40 for @ and %%2F for / in user and password")
	}
	h := Host{Name: name}
	if port != "" {
		p, ok := parsePort(port)
		if !ok {
			return Host{}, Errorf("a port is not a number from 1 to 65535: write host:5432, " +
				"[::1]:5432 for IPv6, and user:password@ in front of the host")
		}
		h.Port = p
	}
	return h, nil
}

// isHostName reports whether s can be a host's name, its address, or a socket's directory. Empty is the
// driver's default. pgx splits at commas, so no name may hold one.
func isHostName(s string) bool {
	if strings.HasPrefix(s, "/") {
		return !strings.ContainsAny(s, ",\x00")
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c == 0x7f || strings.IndexByte(`,/@?#[]"'\`, c) >= 0 {
			return false
		}
	}
	if strings.Contains(s, ":") {
		_, err := netip.ParseAddr(s)
		return err == nil
	}
	return true
}

func parsePort(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n > 0 && s[0] != '+'
}

// parseSQLiteURL reads the path, which begins after the // if there is one.
func (b *builder) parseSQLiteURL(s string) error {
	s = strings.TrimPrefix(s, "//")
	if colon := strings.IndexByte(s, ':'); colon >= 0 && s[0] != '/' && s[0] != '.' &&
		(runtime.GOOS != "windows" || !isDrive(s)) {
		if strings.Contains(s[colon:], "@") {
			return Errorf("SQLite has no user and no password: write sqlite://path/to/file.db, " +
				"and %%40 for @ in the path")
		}
	}
	p, err := url.PathUnescape(s)
	if err != nil {
		return Errorf("the path holds a %% that is not followed by two hexadecimal digits: write %%25 for %%")
	}
	if strings.HasPrefix(p, "/") {
		p = "/" + strings.TrimLeft(p, "/")
		if runtime.GOOS == "windows" && isDrive(p[1:]) {
			p = p[1:]
		}
	}
	switch {
	case p == "":
		return Errorf("the path is empty: write sqlite:///absolute/file.db, sqlite://relative/file.db " +
			"or sqlite://:memory:")
	case p == "/"+Memory:
		return Errorf("write sqlite://:memory: with two slashes: with three it is a file of that name")
	case strings.ContainsRune(p, 0):
		return Errorf("the path holds a NUL byte")
	case len(p) >= 5 && strings.EqualFold(p[:5], "file:"):
		return Errorf("leave file: out: write sqlite:///absolute/file.db or sqlite://relative/file.db")
	case strings.HasSuffix(p, "/") || path.Base(p) == "." || path.Base(p) == "..":
		return Errorf("the path names a directory: add the name of a file")
	}
	b.dsn.Path = p
	return nil
}

// isDrive reports whether s begins with a Windows drive, as in C:/ or C:\.
func isDrive(s string) bool {
	return len(s) >= 3 && isASCIIAlnum(s[0]) && (s[0] < '0' || s[0] > '9') && s[1] == ':' && (s[2] == '/' || s[2] == '\\')
}

// parseQuery reads name=value&name=value.
func (b *builder) parseQuery(s string) error {
	number := 0
	for part := range strings.SplitSeq(s, "&") {
		if part == "" {
			continue
		}
		number++
		rawName, rawValue, found := strings.Cut(part, "=")
		name, err := url.PathUnescape(rawName)
		if err != nil {
			return Errorf("the name of option number %d holds a %% that is not followed by two hexadecimal digits", number)
		}
		if !found {
			return b.noValueError(number, name)
		}
		value, err := url.PathUnescape(rawValue)
		if err != nil {
			return Errorf("the value of option number %d holds a %% that is not followed by two hexadecimal digits: "+
				"write %%25 for %%", number)
		}
		if err := b.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// noValueError names the option only if it is a known one: what stands without = may be the rest of a
// value that holds an &.
func (b *builder) noValueError(number int, name string) error {
	if o := b.options[strings.ToLower(name)]; o != nil {
		return Errorf("option %q has no value: write %s=value", o.name, o.name)
	}
	return Errorf("option number %d has no value: write name=value, and %%26 for & in a value", number)
}
