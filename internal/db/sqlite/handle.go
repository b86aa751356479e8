package sqlite

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// A *sql.DB shows nothing of its connections, and a *sql.Tx hides the one that it has. So the file of a *sql.DB is
// opened once more, by its path and with the settings of one of its connections.

// ownDriver is the package of the driver whose locks and those of prom are one: both are the same copy of SQLite.
const ownDriver = "modernc.org/sqlite"

// Reopen returns the DSN by which the file of a handle is opened again, and has use called while a connection of the
// handle is open.
func Reopen(ctx context.Context, name string, handle *sql.DB, use func(dsn.DSN) error) error {
	refuse := func(detail string) error {
		return &driver.Error{Kind: driver.KindOther, Op: "open", Detail: detail}
	}
	if handle == nil {
		return refuse("the *sql.DB is nil")
	}
	c, err := handle.Conn(ctx)
	if err != nil {
		if end := driver.EndOfContext(err); end != nil {
			return end
		}
		return &driver.Error{Kind: driver.KindConnection, Op: "open", Detail: "the *sql.DB gives no connection", Err: err}
	}
	defer c.Close() //nolint:errcheck // it goes back to the handle
	driverPackage := ""
	_ = c.Raw(func(raw any) error { driverPackage = packageOf(raw); return nil })
	switch {
	case driverPackage == ownDriver:
	case strings.HasPrefix(driverPackage, "github.com/jackc/pgx"), driverPackage == "github.com/lib/pq":
		return refuse("the *sql.DB is of PostgreSQL: use OpenPool with a pgxpool.Pool")
	default:
		return refuse("the driver of the *sql.DB is not " + ownDriver + ", and two copies of SQLite in one process lose each " +
			"other's locks on a file, which damages it: open the handle by that driver, or use DB.SQL of a connection of prom's")
	}
	h := handleConn{ctx, c}
	options, path, err := h.options()
	if err != nil {
		return err
	}
	d, err := dsn.OfFile(name, path, options)
	if err != nil {
		return err
	}
	return use(d)
}

// packageOf returns the package of a driver's connection, below those that wrap one and say so.
func packageOf(raw any) string {
	for {
		wrapper, ok := raw.(interface{ Raw() sqldriver.Conn })
		if !ok {
			break
		}
		raw = wrapper.Raw()
	}
	t := reflect.TypeOf(raw)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return ""
	}
	return t.PkgPath()
}

// handleConn is a connection of a handle.
type handleConn struct {
	ctx context.Context //nolint:containedctx // of the one call
	c   *sql.Conn
}

// pragma returns the value of a PRAGMA, "" for none.
func (h handleConn) pragma(name string) (string, error) {
	var v sql.NullString
	err := h.c.QueryRowContext(h.ctx, "PRAGMA "+name).Scan(&v)
	if err == sql.ErrNoRows { //nolint:errorlint // as it is
		err = nil
	}
	return v.String, ErrorOf(err)
}

// pragmaDefaults are the settings of a connection that are taken over when they are others than SQLite's own.
var pragmaDefaults = []struct{ name, value string }{
	{"automatic_index", "1"}, {"cache_size", "-2000"}, {"cell_size_check", "0"}, {"checkpoint_fullfsync", "0"},
	{"fullfsync", "0"}, {"ignore_check_constraints", "0"}, {"journal_size_limit", "-1"}, {"legacy_alter_table", "0"},
	{"max_page_count", "4294967294"}, {"mmap_size", "0"}, {"recursive_triggers", "0"},
	{"reverse_unordered_selects", "0"}, {"secure_delete", "0"}, {"temp_store", "0"}, {"threads", "0"},
	{"trusted_schema", "1"}, {"wal_autocheckpoint", "1000"},
}

// options returns the path of the main database, and the settings of the connection as options of a DSN.
func (h handleConn) options() (options []dsn.Param, path string, err error) {
	add := func(name, value string) { options = append(options, dsn.Param{Name: name, Value: value}) }
	if path, err = h.files(func(name, file string) { add("attach", name+":"+file) }); err != nil {
		return nil, "", err
	}
	read := func(name string) (value string) {
		if err == nil {
			value, err = h.pragma(name)
		}
		return value
	}
	if strings.EqualFold(read("locking_mode"), "exclusive") {
		return nil, "", &driver.Error{Kind: driver.KindOther, Op: "open",
			Detail: "the *sql.DB has PRAGMA locking_mode=EXCLUSIVE, which keeps any other connection from the file"}
	}
	if read("query_only") == "1" {
		add("readonly", "true")
	}
	add("_journal_mode", read("journal_mode"))
	add("_synchronous", read("synchronous"))
	add("_foreign_keys", read("foreign_keys"))
	if ms, _ := strconv.Atoi(read("busy_timeout")); ms > 0 {
		add("busy_timeout", strconv.Itoa(ms)+"ms")
	}
	for _, p := range pragmaDefaults {
		if v := read(p.name); v != "" && v != p.value {
			add("_pragma", p.name+"("+v+")")
		}
	}
	return options, path, err
}

// files returns the path of the main database, and tells of those that are attached.
func (h handleConn) files(attached func(name, file string)) (path string, err error) {
	rows, err := h.c.QueryContext(h.ctx, "SELECT name, file FROM pragma_database_list ORDER BY seq")
	if err != nil {
		return "", ErrorOf(err)
	}
	defer rows.Close() //nolint:errcheck // its error is that of Err
	refuse := func(name, why string) (string, error) {
		what := "the database of the *sql.DB"
		if name != "main" {
			what = "the database that is attached as " + name
		}
		return "", &driver.Error{Kind: driver.KindOther, Op: "open", Detail: what + " " + why}
	}
	for rows.Next() {
		var name string
		var file sql.NullString
		if err := rows.Scan(&name, &file); err != nil {
			return "", ErrorOf(err)
		}
		if name == "temp" {
			continue
		}
		if file.String == "" {
			return refuse(name, "is in memory or temporary, which other connections do not reach: use a file, or DB.SQL of a connection of prom's")
		}
		if info, err := os.Stat(file.String); err != nil || !info.Mode().IsRegular() {
			return refuse(name, "is no file that can be found by its path: it is in memory, or was deleted or moved")
		}
		switch {
		case name == "main":
			path = file.String
		case !dsn.CanAttach(name):
			return refuse("such a name", "has a name that a DSN cannot attach: use letters, digits and underscores")
		default:
			attached(name, file.String)
		}
	}
	return path, ErrorOf(rows.Err())
}
