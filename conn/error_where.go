package conn

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/internal/dsn"
)

// place says of an error of the connection which one it was, and where it leads: its name, host and port or file, and
// the database. No user and no password, and nothing else of the DSN.
func (db *DB) place(err error) error {
	e, ok := err.(*Error)
	if !ok || e.where != "" {
		return err
	}
	var connect *pgconn.ConnectError
	if e.Kind != KindConnection && e.Kind != KindCorrupt && !errors.As(err, &connect) {
		return err
	}
	errors.As(err, &connect)
	if e.Kind == KindConnection && e.Detail == "" && db.dsn.Dialect != dsn.Postgres {
		e.Detail = db.fileDetail()
	}
	if e.where = db.address(connect); db.dsn.Name != "" {
		e.where = "connection " + db.dsn.Name + " to " + e.where
	}
	return err
}

// address returns where the connection leads. What the DSN leaves to the environment is told by the driver's error.
func (db *DB) address(err *pgconn.ConnectError) string {
	if db.dsn.Dialect != dsn.Postgres {
		if db.dsn.Path == dsn.Memory {
			return "the database in memory"
		}
		return "the file " + filepath.Base(db.dsn.Path)
	}
	var hosts []string
	for _, h := range db.dsn.Hosts {
		hosts = append(hosts, hostAddress(h.Name, h.Port))
	}
	name := db.dsn.Path
	if err != nil && err.Config != nil {
		if len(hosts) == 0 {
			hosts = []string{hostAddress(err.Config.Host, err.Config.Port)}
		}
		if name == "" && err.Config.Database != err.Config.User {
			name = err.Config.Database
		}
	}
	where := strings.Join(hosts, " or ")
	if where == "" {
		where = "the server of the environment"
	}
	if name != "" {
		where += ", database " + name
	}
	return where
}

func hostAddress(host string, port uint16) string {
	if port == 0 {
		port = 5432
	}
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") {
		return host + "/.s.PGSQL." + strconv.Itoa(int(port))
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// dialDetail says why a server was not reached, or "" when that is not known.
func dialDetail(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the name of the host is not known"
	case errors.As(err, &dns):
		return "the name of the host could not be looked up"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: the connection was refused"
	case errors.Is(err, os.ErrNotExist):
		return "there is no such socket"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to that address"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "it did not answer within connect_timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the server closed the connection before it had answered"
	}
	return ""
}

// fileDetail says why SQLite could not open a file, or "" when that cannot be seen.
func (db *DB) fileDetail() string {
	if db.dsn.Path == dsn.Memory {
		return ""
	}
	info, err := os.Stat(db.dsn.Path)
	switch {
	case err == nil && info.IsDir():
		return "it is a directory"
	case errors.Is(err, os.ErrNotExist) && db.ReadOnly():
		return "there is no such file, and a read-only connection makes none"
	case errors.Is(err, os.ErrNotExist):
		return "there is no such file, and it could not be made: see the folder's permissions"
	case errors.Is(err, os.ErrPermission):
		return "this process may not look into its folder"
	}
	f, err := os.Open(db.dsn.Path)
	if err == nil {
		_ = f.Close()
		return ""
	}
	if errors.Is(err, os.ErrPermission) {
		return "this process may not read it"
	}
	return ""
}
