package sqlite

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"

	lib "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/sqlite3"
)

// settings are what a connection is opened with: the same as dsn.SQLiteURI tells the driver of database/sql.
type settings struct {
	uri     string
	options sqlite3.Options
	attach  []string // statements that attach databases, before all else
	pragmas []string // in the order in which they are run
}

// settingsOf returns the settings of the connections of a role.
func settingsOf(d dsn.DSN, role, memoryName string) (settings, error) {
	name, params, err := dsn.SQLiteParams(d, role, memoryName)
	if err != nil {
		return settings{}, err
	}
	s := settings{options: sqlite3.Options{BusyTimeout: dsn.BusyTimeout(d)}}
	values := map[string]string{}
	var own, given []string
	params = slices.DeleteFunc(params, func(p dsn.Param) bool {
		if !strings.HasPrefix(p.Name, "_") {
			return false // SQLite reads it out of the URI
		}
		values[p.Name] = p.Value
		if p.Name == "_pragma" {
			given = append(given, p.Value)
		}
		return true
	})
	s.uri = dsn.SQLiteName(name, params)
	s.options.Defensive = values["_defensive"] == "1"
	if s.options.Defensive && values["_journal_mode"] == "OFF" {
		return settings{}, dsn.Errorf("_journal_mode=OFF has no effect with _defensive: leave one out")
	}
	var attached []string // their names, quoted
	for _, a := range dsn.Attachments(d) {
		uri, err := dsn.AttachURI(d, a, memoryName)
		if err != nil {
			return settings{}, err
		}
		name := dialect.Quote(a.Name)
		attached = append(attached, name)
		s.attach = append(s.attach, "ATTACH '"+strings.ReplaceAll(uri, "'", "''")+"' AS "+name)
	}
	add := func(names ...string) {
		for _, name := range names {
			v, set := values["_"+name]
			if !set {
				continue
			}
			own = append(own, name+" = "+v)
			switch name {
			case "auto_vacuum", "journal_mode", "synchronous": // which each file has of its own
				for _, database := range attached {
					own = append(own, database+"."+name+" = "+v)
				}
			}
		}
	}
	// auto_vacuum counts for a new file alone, before its first page is made; query_only comes last, since it forbids
	// the others.
	add("auto_vacuum")
	slices.SortStableFunc(given, func(a, b string) int {
		return strings.Compare(strings.ToLower(strings.TrimSpace(a)), strings.ToLower(strings.TrimSpace(b)))
	})
	own = append(own, given...)
	add("foreign_keys", "journal_mode", "synchronous", "query_only")
	s.pragmas = own
	return s, nil
}

// open opens a connection.
func (s settings) open(ctx context.Context) (*sqlite3.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := sqlite3.Open(s.uri, sqlite3.ReadWrite|sqlite3.Create, s.options)
	if err != nil {
		return nil, err
	}
	if err = s.apply(ctx, c); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func (s settings) apply(ctx context.Context, c *sqlite3.Conn) error {
	if err := addFunctions(c); err != nil {
		return err
	}
	c.SetContext(ctx)
	defer c.ClearContext()
	for i, sql := range s.attach {
		if err := c.Exec(sql); err != nil {
			return attachError(err, sql, i)
		}
	}
	for _, p := range s.pragmas {
		if err := c.Exec("PRAGMA " + p); err != nil {
			return pragmaError(err, p)
		}
	}
	return nil
}

// attachError is the error of a database that cannot be attached, by its name and without its path.
func attachError(err error, sql string, i int) error {
	translated, own := ErrorOf(err), (*driver.Error)(nil)
	if errors.As(translated, &own) && own.Kind != driver.KindBusy {
		name := sql[strings.LastIndex(sql, " AS ")+len(" AS "):]
		own.Detail, driver.FactsOf(own).Tell = "the database "+name+", number "+strconv.Itoa(i+1)+
			" of the option attach, cannot be opened", nil
	}
	return translated
}

// attaching is a connector of the driver of database/sql that attaches databases.
type attaching struct {
	sqldriver.Connector
	statements []string
}

// Connect implements [sqldriver.Connector].
func (a attaching) Connect(ctx context.Context) (sqldriver.Conn, error) {
	c, err := a.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, sql := range a.statements {
		if _, err := c.(sqldriver.ExecerContext).ExecContext(ctx, sql, nil); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// pragmaError is the error of a PRAGMA of the DSN, whose argument may be a secret: SQLite's message, which may quote
// it, does not come with it.
func pragmaError(err error, pragma string) error {
	var own *sqlite3.Error
	if !errors.As(err, &own) || own.Primary() != lib.SQLITE_ERROR {
		return err
	}
	what := "a PRAGMA of the DSN"
	if name, shown := dsn.ShownPragma(pragma); shown {
		what = "the PRAGMA " + name + " of the DSN"
	}
	return &driver.Error{Kind: driver.KindSyntax, Detail: what + " is invalid: write _pragma=name(value)",
		Err: &sqlite3.Error{Code: own.Code, Message: "SQL logic error", Offset: -1}}
}
