package install

import (
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/schema"
)

// Inspect reads what a database has under the name of a table.
func Inspect(ctx context.Context, db *conn.DB, table string) (schema.Found, error) {
	d := db.Dialect()
	found := schema.Found{FoldNames: d.Features().FoldNames}
	err := each(ctx, db, d.Columns(), table, func(r conn.Rows) error {
		var c schema.FoundColumn
		var err error
		if c.Name, err = r.Text(0); err != nil {
			return err
		}
		if c.Type, err = optionalText(r, 1); err != nil {
			return err
		}
		if c.NotNull, err = readBool(r, 2); err != nil {
			return err
		}
		if c.Key, err = readBool(r, 3); err != nil {
			return err
		}
		if c.Default, err = optionalText(r, 4); err != nil {
			return err
		}
		found.Columns = append(found.Columns, c)
		return nil
	})
	if err != nil {
		return found, err
	}
	found.Exists = len(found.Columns) > 0
	if !found.Exists {
		return found, nil
	}
	err = each(ctx, db, d.Indexes(), table, func(r conn.Rows) error {
		name, err := r.Text(0)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(found.Indexes, func(ix schema.FoundIndex) bool { return ix.Name == name })
		if i < 0 {
			i = len(found.Indexes)
			ix := schema.FoundIndex{Name: name}
			if ix.Unique, err = readBool(r, 1); err != nil {
				return err
			}
			if ix.Partial, err = readBool(r, 2); err != nil {
				return err
			}
			found.Indexes = append(found.Indexes, ix)
		}
		column, err := optionalText(r, 3)
		found.Indexes[i].Columns = append(found.Indexes[i].Columns, column)
		return err
	})
	return found, err
}

// each reads the rows of an introspection query.
func each(ctx context.Context, db *conn.DB, sql, table string, read func(conn.Rows) error) error {
	rows, err := db.Query(ctx, &conn.Statement{SQL: numbered(db, sql), Op: "inspect", Table: table,
		Args: []schema.Value{schema.TextValue(schema.Text, table)}})
	if err != nil {
		return err
	}
	for err == nil && rows.Next() {
		err = read(rows)
	}
	if closeErr := rows.Close(); err == nil {
		err = closeErr
	}
	return err
}

func optionalText(r conn.Rows, i int) (string, error) {
	if r.IsNull(i) {
		return "", nil
	}
	return r.Text(i)
}

// readBool reads a boolean, or 0 and 1.
func readBool(r conn.Rows, i int) (bool, error) {
	if b, err := r.Bool(i); err == nil {
		return b, nil
	}
	n, err := r.Int(i)
	return n != 0, err
}

// numbered writes the one argument of a query as the database wants it.
func numbered(db *conn.DB, sql string) string {
	if db.Dialect().Features().NumberedArgs {
		return strings.Replace(sql, "?", "$1", 1)
	}
	return sql
}
