package sqlite

import (
	"strings"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// setReference names the columns of a foreign key that a statement has violated. SQLite does not tell which one it is,
// so they are named if there is only one that it can be. The database is asked, because it may have foreign keys that
// no model knows, and on this connection, which sees them as the statement did and waits for nobody.
func (c *liteConn) setReference(err error, st *driver.Statement) {
	e := driver.AsIs(err)
	if e == nil || e.Kind != driver.KindForeignKey || driver.FactsOf(e).Referred ||
		st == nil || st.Table == "" || st.Raw ||
		st.Op == "delete" {
		return
	}
	d := sqlite.Dialect{Attached: len(dsn.Attachments(c.engine.dsn)) > 0}
	query, table := d.About(sqlite.OnlyReference, st.Table)
	s, err := c.Prepare(query)
	if err != nil {
		return
	}
	defer s.Reset() //nolint:errcheck // the error that is translated is another one
	args := []schema.Value{schema.TextValue(schema.Text, table), schema.TextValue(schema.Text, assigned(st.SQL))}
	if _, err := bindArgs(s, args, nil); err != nil {
		return
	}
	var columns []string
	row, err := s.Step()
	for ; row && err == nil; row, err = s.Step() {
		columns = append(columns, string(s.Raw(0)))
	}
	if err == nil {
		e.Columns = columns
	}
}

// assigned returns the part of a statement that holds the columns which it sets in rows that exist, "" for none.
func assigned(sql string) string {
	_, set, _ := strings.Cut(sql, " SET ")
	if i := strings.LastIndex(set, " WHERE "); i >= 0 {
		set = set[:i]
	}
	return strings.ToLower(set)
}
