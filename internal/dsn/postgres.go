package dsn

import (
	"errors"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// PoolConfig makes pgx's configuration of a pool. It reads what the DSN leaves out where libpq does: the
// environment (PGHOST, PGUSER, PGPASSWORD ...), the password file, a service file and the certificates in
// the home directory.
//
// The password is not in the text that pgx parses: pgx keeps that text, and its errors quote it. Still none
// of its errors is wrapped, and the configuration, which holds the password, must not be printed.
func PoolConfig(d DSN) (*pgxpool.Config, error) {
	if d.Dialect != Postgres {
		return nil, Errorf("the DSN is not for PostgreSQL")
	}
	cfg, err := pgxpool.ParseConfig(d.keywords())
	if err != nil {
		return nil, explainPgxError(err)
	}
	if p := d.password(); p != "" {
		cfg.ConnConfig.Password = p
	}
	if t := d.Options.ConnectTimeout; t > 0 {
		cfg.ConnConfig.ConnectTimeout = t // the keyword counts whole seconds
	}
	if err := d.sizePool(cfg); err != nil {
		return nil, err
	}
	d.expectFailover(cfg)
	d.setStartup(cfg.ConnConfig.RuntimeParams)
	return cfg, nil
}

// sizePool sets the bounds. By default a pool has at most four connections for each CPU: pgx's own default
// of one for each starves goroutines that wait for the server, not for the CPU.
func (d DSN) sizePool(cfg *pgxpool.Config) error {
	o := d.Options
	if o.MinConns < 0 || o.MaxConns < 0 {
		return Errorf("a pool's size is negative")
	}
	cfg.MinConns = o.MinConns
	cfg.MaxConns = o.MaxConns
	if cfg.MaxConns == 0 {
		cfg.MaxConns = max(4, int32(min(4*runtime.NumCPU(), 1<<20)), cfg.MinConns)
	}
	if cfg.MinConns > cfg.MaxConns {
		return Errorf("pool_minconn is greater than pool_maxconn")
	}
	return nil
}

// setStartup adds the run-time parameters. Those that pgx has put there come from the environment and from
// a service file.
func (d DSN) setStartup(params map[string]string) {
	fallbackName := "prom"
	for _, p := range d.params() {
		switch {
		case p.Name == "fallback_application_name":
			fallbackName = p.Value
		case p.option.startup:
			setParameter(params, p.Name, p.Value)
		}
	}
	if !hasParameter(params, "application_name") {
		params["application_name"] = fallbackName
	}
	if !hasParameter(params, "timezone") {
		params["timezone"] = "UTC"
	}
	setParameter(params, "client_encoding", "UTF8")
	if d.Options.ReadOnly {
		setParameter(params, "default_transaction_read_only", "on")
	}
	if t := d.Options.StatementTimeout; t != 0 {
		setParameter(params, "statement_timeout", milliseconds(t))
	}
	if t := d.Options.LockTimeout; t != 0 {
		setParameter(params, "lock_timeout", milliseconds(t))
	}
	if t := d.Options.IdleInTransactionTimeout; t != 0 {
		setParameter(params, "idle_in_transaction_session_timeout", milliseconds(t))
	}
}

// setParameter replaces a parameter whose name is spelled in any case, as the server compares them.
func setParameter(params map[string]string, name, value string) {
	for k := range params {
		if strings.EqualFold(k, name) {
			delete(params, k)
		}
	}
	params[name] = value
}

// hasParameter also looks into options=-c name=value, which a parameter of its own would override.
func hasParameter(params map[string]string, name string) bool {
	for k, v := range params {
		if strings.EqualFold(k, name) || k == "options" && strings.Contains(strings.ToLower(v), name) {
			return true
		}
	}
	return false
}

// keywords writes what pgx itself reads in libpq's keyword form, without the password.
func (d DSN) keywords() string {
	var w strings.Builder
	if len(d.Hosts) > 0 {
		var hosts, ports []string
		named := false
		for _, h := range d.Hosts {
			named = named || h.Name != ""
			hosts = append(hosts, h.Name)
			port := h.Port
			if port == 0 {
				port = DefaultPort
			}
			ports = append(ports, strconv.Itoa(int(port)))
		}
		if named || len(hosts) > 1 {
			writeKeyword(&w, "host", strings.Join(hosts, ","))
		}
		writeKeyword(&w, "port", strings.Join(ports, ","))
	}
	if d.User != "" {
		writeKeyword(&w, "user", d.User)
	}
	if d.Path != "" {
		writeKeyword(&w, "dbname", d.Path)
	}
	if t := d.Options.ConnectTimeout; t != 0 {
		seconds := (max(t, 0) + time.Second - 1) / time.Second
		writeKeyword(&w, "connect_timeout", strconv.FormatInt(int64(seconds), 10))
	}
	for _, p := range d.params() {
		if !p.option.startup {
			writeKeyword(&w, p.Name, p.Value)
		}
	}
	return w.String()
}

// pgxErrors says what a message of pgx's is about. Values of the DSN are checked before pgx sees them, so
// most come from the environment or a service file, or from a file that cannot be read.
var pgxErrors = []struct{ text, explanation string }{
	{"unable to read CA file", `the file of "sslrootcert" (or PGSSLROOTCERT) cannot be read`},
	{"unable to add CA to cert pool", `the file of "sslrootcert" (or PGSSLROOTCERT) holds no certificate in PEM form`},
	{"unable to load system certificate pool", `"sslrootcert" is system, but this system's certificates cannot be read`},
	{`both "sslcert" and "sslkey"`, `"sslcert" and "sslkey" (or PGSSLCERT and PGSSLKEY) belong together: give both`},
	{"unable to read sslkey", `the file of "sslkey" (or PGSSLKEY) cannot be read`},
	{"failed to decode sslkey", `the file of "sslkey" (or PGSSLKEY) holds no key in PEM form`},
	{"unable to find sslpassword", `the key of "sslkey" is encrypted: give "sslpassword" (or PGSSLPASSWORD)`},
	{"unable to decrypt key", `"sslpassword" (or PGSSLPASSWORD) does not open the key of "sslkey"`},
	{"unable to read cert", `the file of "sslcert" (or PGSSLCERT) cannot be read`},
	{"unable to load cert", `the files of "sslcert" and "sslkey" are not a certificate and its key`},
	{"sslmode is invalid", `PGSSLMODE or the service file has a value that sslmode does not take`},
	{"failed to read service file", `the file of "servicefile" (or PGSERVICEFILE) cannot be read`},
	{"unable to find service", `"service" (or PGSERVICE) names a service that the service file does not have`},
	{"invalid sslcertmode", `PGSSLCERTMODE or the service file has a value that sslcertmode does not take`},
	{"invalid connect_timeout", `PGCONNECT_TIMEOUT or the service file has a connect_timeout that is not a number of seconds`},
	{"could not match", `PGPORT or the service file has another number of ports than there are hosts`},
	{"invalid port", `PGPORT or the service file has a port that is not a number from 1 to 65535`},
	{"unknown target_session_attrs",
		`PGTARGETSESSIONATTRS or the service file has a value that target_session_attrs does not take`},
	{"protocol_version", `PGMINPROTOCOLVERSION, PGMAXPROTOCOLVERSION or the service file has a protocol version that is not known, or the least is above the greatest`},
	{"channel_binding", `PGCHANNELBINDING or the service file has a value that channel_binding does not take`},
	{"require_auth", `PGREQUIREAUTH or the service file has a value that require_auth does not take`},
}

// explainPgxError finds out what is wrong without a word of pgx's text: it quotes the DSN.
func explainPgxError(err error) error {
	var parse *pgconn.ParseConfigError
	text := err.Error()
	if errors.As(err, &parse) {
		// "cannot parse `the text`: what is wrong"
		text = text[strings.LastIndex(text, "`: ")+1:]
	}
	for _, e := range pgxErrors {
		if strings.Contains(text, e.text) {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return Errorf("%s: it does not exist", e.explanation)
			case errors.Is(err, fs.ErrPermission):
				return Errorf("%s: permission denied", e.explanation)
			}
			return Errorf("%s", e.explanation)
		}
	}
	return Errorf("the PostgreSQL driver does not accept the settings: " +
		"check the options, the PG... environment variables and the service file")
}
