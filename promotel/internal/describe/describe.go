// Package describe puts events of package prom into the words of OpenTelemetry's semantic conventions for databases:
// operations, types of errors, status codes and pools.
package describe

import (
	"errors"
	"path"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/prom-go/prom"
)

// Database is what is said of a connection.
type Database struct {
	System    string // "postgresql" or "sqlite"
	Namespace string // the database, or the path of the file; "" if it is not known
	Address   string // the host; "" for SQLite, and if there is not one host but several
	Port      int    // 0 for none
	MinConns  int    // how many connections the pool keeps; 0 for none, and for SQLite
	Name      string // of the pool
}

// Of describes a connection.
func Of(db *prom.DB) Database {
	dsn := db.DSN()
	d := Database{System: "sqlite", Namespace: dsn.Path, Name: db.Name()}
	if dsn.Dialect == "postgres" {
		d.System, d.MinConns = "postgresql", int(dsn.Options.MinConns)
		if len(dsn.Hosts) == 1 && dsn.Hosts[0].Name != "" {
			host := dsn.Hosts[0]
			if d.Address = host.Name; !strings.HasPrefix(host.Name, "/") {
				if d.Port = int(host.Port); d.Port == 0 {
					d.Port = 5432
				}
			}
		}
	}
	if d.Name == "" {
		if d.Name = d.Namespace; d.Address != "" {
			d.Name = d.Address + "/" + d.Namespace
			if d.Port != 0 {
				d.Name = d.Address + ":" + strconv.Itoa(d.Port) + "/" + d.Namespace
			}
		} else if d.System == "sqlite" {
			d.Name = path.Base(d.Namespace)
		}
	}
	return d
}

// Pool is a pool of a connection with its figures.
type Pool struct {
	Name string
	prom.PoolStats
}

// Pools returns the pools of a connection that is open: one of PostgreSQL; the readers and the writer of SQLite.
func (d Database) Pools(s prom.Stats) []Pool {
	if !s.Open {
		return nil
	}
	if d.System == "postgresql" {
		return []Pool{{d.Name, s.Pool}}
	}
	pools := []Pool{{d.WaitedFor(prom.WaitWriter), s.Writer}}
	if s.Pool.Max > 0 {
		pools = append(pools, Pool{d.WaitedFor(prom.WaitPool), s.Pool})
	}
	return pools
}

// WaitedFor returns the name of the pool that a wait is for, "" if it is for something else.
func (d Database) WaitedFor(w prom.Wait) string {
	switch {
	case w == prom.WaitPool && d.System == "postgresql":
		return d.Name
	case w == prom.WaitPool:
		return d.Name + " readers"
	case w == prom.WaitWriter:
		return d.Name + " writer"
	}
	return ""
}

// Operation returns the operation of an event, such as "SELECT".
func Operation(e *prom.Event) string {
	switch e.Kind {
	case prom.EventBatch:
		return "BATCH"
	case prom.EventConnect:
		return "CONNECT"
	}
	if verb := Verb(e.SQL); verb != "" {
		return verb
	}
	return strings.ToUpper(e.Op)
}

// Summary returns the operation and its table, the name of a span.
func Summary(operation, table string) string {
	if table == "" {
		return operation
	}
	return operation + " " + table
}

// Reads reports whether an operation returns rows and changes none.
func Reads(operation string) bool {
	switch operation {
	case "SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN", "PRAGMA":
		return true
	}
	return false
}

// Writes reports whether an operation changes rows.
func Writes(operation string) bool {
	switch operation {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE":
		return true
	}
	return false
}

// Verb returns the first word of a statement in upper case; behind WITH, that of the statement which follows.
func Verb(sql string) string {
	word, rest := firstWord(sql)
	if word != "WITH" {
		return word
	}
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '\'' || c == '"' || c == '`':
			end := strings.IndexByte(rest[i+1:], c)
			if end < 0 {
				return word
			}
			i += end + 1
		case depth == 0 && letter(c):
			next, behind := firstWord(rest[i:])
			switch next {
			case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "REPLACE":
				return next
			}
			i = len(rest) - len(behind) - 1
		}
	}
	return word
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// firstWord returns the first word of a text in upper case, and what follows it.
func firstWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " \t\r\n(")
	n := 0
	for n < len(s) && (letter(s[n]) || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return strings.ToUpper(s[:n]), s[n:]
}

// ErrorType returns the kind of an error in the form of an identifier, such as "unique_violation", or the Go type of an
// error that is not prom's.
func ErrorType(err error) string {
	if err == nil {
		return ""
	}
	var own *prom.Error
	if errors.As(err, &own) {
		return strings.NewReplacer(" ", "_", "-", "_").Replace(own.Kind.Error())
	}
	return semconv.ErrorType(err).Value.AsString()
}

// Message returns the text of an error of prom, which holds no values. The errors of programs, with which transactions
// fail, may hold some, and have no text here.
func Message(err error) string {
	var own *prom.Error
	if errors.As(err, &own) {
		return own.Error()
	}
	return ""
}

// StatusCode returns the SQLSTATE of PostgreSQL, or SQLite's extended result code; "" if the database gave none.
func StatusCode(err error) string {
	if err == nil {
		return ""
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	var lite *prom.SQLiteError
	if errors.As(err, &lite) {
		return strconv.Itoa(lite.Code)
	}
	return ""
}

// Seconds are the bounds of the buckets for durations that the conventions advise.
func Seconds() []float64 { return []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10} }

// Rows are the bounds of the buckets for numbers of rows that the conventions advise.
func Rows() []float64 {
	return []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}
}
