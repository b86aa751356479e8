package postgres

import (
	"crypto/x509"
	"errors"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// What keeps a connection from being encrypted as the DSN wants it, in the words of its options.
const (
	DetailUntrusted   = "no trusted authority signed the server's certificate: see sslrootcert"
	DetailOtherHost   = "the server's certificate is for another host than the DSN's"
	DetailExpired     = "the server's certificate has expired, or is not valid yet"
	DetailStandbys    = "no host takes writes: those that answer are standbys or read-only (see target_session_attrs)"
	detailBadCert     = "the server's certificate is not valid"
	detailNoTLS       = "the server does not support TLS: see sslmode"
	DetailCertRefused = "the server ended the TLS handshake; it may not accept the client's certificate: see sslcert"
)

// connectDetail says why no connection was made. Certificates, and the hosts that they are for, stay out of it.
func connectDetail(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var refused certificateError
	switch text := err.Error(); {
	case errors.Is(err, pgconn.ErrReadOnlyConnection):
		return DetailStandbys
	case errors.As(err, &authority):
		return DetailUntrusted
	case errors.As(err, &host):
		return DetailOtherHost
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return DetailExpired
	case errors.As(err, &invalid):
		return detailBadCert
	case strings.Contains(text, "server refused TLS connection"):
		return detailNoTLS
	case errors.As(err, &refused), strings.Contains(text, "remote error: tls: "):
		return DetailCertRefused
	}
	if detail := dialDetail(err); detail != "" {
		return detail
	}
	return "the server did not accept the connection"
}

// refusedParameter matches what a pooler says of a parameter that it does not take when a client connects.
var refusedParameter = regexp.MustCompile(`^unsupported startup parameter(?: in options)?: ([a-z_][a-zA-Z0-9_.]*)$`)

// detailParameter says what to do about a parameter that a pooler does not take, "" if the error is another one.
func detailParameter(pg *pgconn.PgError) string {
	if m := refusedParameter.FindStringSubmatch(pg.Message); m != nil {
		return "a pooler does not take the parameter " + m[1] + " from a client: leave it out and set it for the role " +
			"(ALTER ROLE … SET), or in PgBouncer's connect_query"
	}
	return ""
}

// forgetSecrets takes out of an error of the driver's the configuration with the password that it holds. What is left
// is what its text names, and what tells which server it was.
func forgetSecrets(err *pgconn.ConnectError) {
	if c := err.Config; c != nil {
		err.Config = &pgconn.Config{Host: c.Host, Port: c.Port, Database: c.Database, User: c.User}
	}
}
