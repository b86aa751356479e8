package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// Where returns where the connection leads whose error it is, "" for an error of something else.
func (Driver) Where(d dsn.DSN, e *driver.Error) string {
	var connect *pgconn.ConnectError
	if !errors.As(e, &connect) && e.Kind != driver.KindConnection && e.Kind != driver.KindCorrupt {
		return ""
	}
	return address(d, connect)
}

// address returns where a connection leads. What the DSN leaves to the environment is in the driver's error.
func address(d dsn.DSN, err *pgconn.ConnectError) string {
	var hosts []string
	for _, h := range d.Hosts {
		hosts = append(hosts, hostAddress(h.Name, h.Port))
	}
	name := d.Path
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
		return "the host name is unknown"
	case errors.As(err, &dns):
		return "the host name could not be looked up"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused: no server listens there"
	case errors.Is(err, os.ErrNotExist):
		return "the socket does not exist"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no route to the address"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "the server did not answer within connect_timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the server closed the connection before it answered"
	}
	return ""
}
