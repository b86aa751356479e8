package db

import (
	"context"
	"strings"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// History lists the statements that the history tells of a table, the first one first, without those that only say who
// uses it.
func (db *DB) History(ctx context.Context, table string) (list []string, err error) {
	there, err := db.Exists(ctx, HistoryTable)
	if err == nil && there {
		err = db.ask(ctx, `SELECT "statement" FROM `+db.dialect.Table(HistoryTable)+` WHERE "table_name" = ? AND "statement" NOT LIKE '-- %' ORDER BY "id"`,
			table, table, func(r inspected) { list = append(list, r.text(0)) })
	}
	return list, err
}

// Renaming returns the last statement of the history by which a table got another name; "" for none.
func (db *DB) Renaming(ctx context.Context, table string) (sql string, err error) {
	there, err := db.Exists(ctx, HistoryTable)
	if err == nil && there {
		err = db.ask(ctx, `SELECT h."statement" FROM `+db.dialect.Table(HistoryTable)+` h, (SELECT CAST(? AS TEXT) AS s) p
			WHERE substr(h."statement", 1, length(p.s)) = p.s ORDER BY h."id"`,
			table, "ALTER TABLE "+db.dialect.Table(table)+" RENAME TO ", func(r inspected) { sql = r.text(0) })
	}
	return sql, err
}

// Use is a row of the history that tells of a program which stores a table.
type Use struct {
	Statement string
	At        time.Time // when it was seen last
}

type historyKey struct{}

// Uses lists the rows of the history about a table that begin with a text and are not older than since, the oldest
// first. They are nil when there is no history.
func (db *DB) Uses(ctx context.Context, table, begin string, since time.Time) (list []Use, err error) {
	known := db.Mark(historyKey{})
	if !known.IsSet(ctx) {
		if there, err := db.Exists(ctx, HistoryTable); err != nil || !there {
			return nil, err
		}
		known.Set(ctx)
	}
	sql := `SELECT "statement", "at" FROM ` + db.dialect.Table(HistoryTable) + ` WHERE "table_name" = ? AND "at" >= ? ORDER BY "at", "id"`
	if db.dialect.Features().NumberedArgs {
		sql = `SELECT "statement", "at" FROM ` + db.dialect.Table(HistoryTable) + ` WHERE "table_name" = $1 AND "at" >= $2 ORDER BY "at", "id"`
	}
	list = []Use{}
	st := &driver.Statement{SQL: sql, Op: "inspect", Table: HistoryTable, Args: []schema.Value{
		schema.TextValue(schema.Text, table), schema.TimeValue(schema.Time, since)}}
	err = db.Read(ctx, st, driver.RowFunc(func(rows driver.Rows) error {
		for rows.Next() {
			statement, err := rows.Text(0)
			if err != nil {
				return err
			}
			if !strings.HasPrefix(statement, begin) {
				continue
			}
			at, err := rows.Time(1)
			if err != nil {
				return err
			}
			list = append(list, Use{statement, at})
		}
		return nil
	}))
	return list, err
}
