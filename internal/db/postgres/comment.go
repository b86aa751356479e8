package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/prom-go/prom/internal/db/driver"
)

// queryText returns the text of a statement that is a query of pgx's, with its comment: whole, unless pgx keeps texts
// in this mode.
func queryText(c *pgx.Conn, st *driver.Statement) string {
	mode := c.Config().DefaultQueryExecMode
	if !st.Fresh && (mode == pgx.QueryExecModeCacheStatement || mode == pgx.QueryExecModeCacheDescribe) {
		return st.Comment.Kept(st.SQL)
	}
	text, _ := st.Comment.Once(st.SQL)
	return text
}

// execText is queryText for pgx's Exec, which keeps no text without arguments.
func execText(c *pgx.Conn, st *driver.Statement) string {
	if len(st.Args) > 0 {
		return queryText(c, st)
	}
	text, _ := st.Comment.Once(st.SQL)
	return text
}
