package dsn

import (
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// OfPool returns a DSN that tells where a pool of the program's own leads: its servers, database, user and size. It has
// no password and none of the pool's other settings.
func OfPool(name string, cfg *pgxpool.Config) (DSN, error) {
	if err := CheckName(name); err != nil {
		return DSN{}, err
	}
	c := cfg.ConnConfig
	d := DSN{Dialect: Postgres, Name: name, User: c.User, Path: c.Database, Hosts: []Host{{Name: c.Host, Port: c.Port}}}
	for _, f := range c.Fallbacks {
		h := Host{Name: f.Host, Port: f.Port}
		if h != d.Hosts[len(d.Hosts)-1] { // the same server, with or without TLS
			d.Hosts = append(d.Hosts, h)
		}
	}
	d.Options.MinConns, d.Options.MaxConns = cfg.MinConns, cfg.MaxConns
	for k, v := range c.RuntimeParams {
		if strings.EqualFold(k, "default_transaction_read_only") {
			d.Options.ReadOnly = isOn(v)
		}
	}
	return d, nil
}

// isOn reports whether PostgreSQL takes a text for the boolean true.
func isOn(v string) bool {
	v = strings.ToLower(strings.TrimSpace(v))
	return v == "on" || v == "1" || v != "" && (strings.HasPrefix("true", v) || strings.HasPrefix("yes", v))
}

// CheckName returns why a text cannot be the name of a connection, which the fragment of a DSN must be able to hold.
func CheckName(name string) error {
	if text, cut := cutName("x#" + name); name != "" && (text != "x" || cut != name) {
		return Errorf("the name of a connection consists of letters, digits, dots, hyphens and underscores")
	}
	return nil
}
