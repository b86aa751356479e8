package transfer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// side is one of the two databases.
type side struct {
	db       *db.DB
	d        dialect.Dialect
	postgres bool // it has COPY, and settings
}

func sideOf(of *db.DB) side {
	return side{of, of.Dialect(), of.Dialect().Features().NumberedArgs}
}

// sql writes the number of each argument where the engine wants it. The text has question marks for arguments alone.
func (s side) sql(text string) string {
	if !s.postgres {
		return text
	}
	var b strings.Builder
	for i, part := range strings.Split(text, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

func (s side) run(ctx context.Context, table string, statements ...string) error {
	for _, sql := range statements {
		if sql == "" {
			continue
		}
		st := &driver.Statement{SQL: sql, Op: "copy", Table: table, Write: true, DDL: true}
		if _, err := s.db.Exec(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// settle sets what a long transaction must not be ended by, and how the server writes values as texts.
func (s side) settle(ctx context.Context) error {
	if !s.postgres {
		return nil
	}
	for _, setting := range []string{"statement_timeout = 0", "idle_in_transaction_session_timeout = 0",
		"intervalstyle = 'postgres'",
		"datestyle = 'ISO, YMD'", "extra_float_digits = 1", "bytea_output = 'hex'"} {
		if _, err := s.db.Exec(ctx, &driver.Statement{SQL: "SET LOCAL " + setting, Op: "copy"}); err != nil {
			return err
		}
	}
	return nil
}

// read reads rows of one query.
func (s side) read(ctx context.Context, table, sql string, args []schema.Value,
	row func(rows driver.Rows) error) error {
	st := &driver.Statement{SQL: s.sql(sql), Args: args, Op: "copy", Table: table}
	return s.db.Read(ctx, st, driver.RowFunc(func(rows driver.Rows) error {
		for rows.Next() {
			if err := row(rows); err != nil {
				return err
			}
		}
		return nil
	}))
}

// number returns the integer that a query tells.
func (s side) number(ctx context.Context, table, sql string) (n int64, err error) {
	err = s.read(ctx, table, sql, nil, func(rows driver.Rows) (err error) {
		if !rows.IsNull(0) {
			n, err = rows.Int(0)
		}
		return err
	})
	return n, err
}

// hasRows reports whether a table has a row.
func (s side) hasRows(ctx context.Context, table string) (has bool, err error) {
	err = s.read(ctx, table, s.d.HasRows(table), nil, func(rows driver.Rows) (err error) {
		has, err = rows.Bool(0)
		return err
	})
	return has, err
}

// query returns the query for the columns of a table, in the order of its key where that counts, and behind a key when
// after is set.
func (s side) query(t *table, forms schema.Forms, ordered, after bool) string {
	exprs := make([]string, len(t.cols))
	for i, c := range t.cols {
		if exprs[i] = s.d.Quote(c.Name); forms.Of(c).Native != nil {
			exprs[i] = s.d.Canonical(forms.Of(c), exprs[i])
		}
	}
	sql := "SELECT " + strings.Join(exprs, ", ") + " FROM " + s.d.Table(t.Name)
	if !ordered || len(t.key) == 0 {
		return sql
	}
	names := dialect.QuoteList(schema.ColumnNames(t.key))
	if after {
		args := make([]string, len(t.key))
		for i, c := range t.key {
			args[i] = s.d.ArgOf(forms.Of(c))
		}
		sql += " WHERE (" + names + ") > (" + strings.Join(args, ", ") + ")"
	}
	return sql + " ORDER BY " + names
}

// rows reads all rows of a table, or in the order of its key those behind one, as values, which are the caller's
// until the next row.
func (s side) rows(ctx context.Context, t *table, ordered bool, after []schema.Value,
	row func(values []schema.Value) error) error {
	forms, exists, err := s.db.Forms(ctx, t.Table)
	if err != nil {
		return err
	}
	if !exists {
		return &driver.Error{Kind: driver.KindNoTable, Op: "copy", Table: t.Name}
	}
	values, n := make([]schema.Value, len(t.cols)), 0
	return s.read(ctx, t.Name, s.query(t, forms, ordered, len(after) > 0), after, func(rows driver.Rows) error {
		n++
		for i, c := range t.cols {
			if values[i], err = stored(c, rows, i); err != nil {
				return &rowError{table: t.Name, row: n, column: c.Name, err: err}
			}
		}
		return row(values)
	})
}

// stored reads a value. A number may be NaN, and a decimal infinite, which PostgreSQL stores.
func stored(c *schema.Column, rows driver.Rows, i int) (schema.Value, error) {
	if c.Kind == schema.Decimal && !rows.IsNull(i) {
		if s, err := rows.Text(i); err == nil && notFinite(s) {
			return schema.TextValue(schema.Decimal, s), nil
		}
	}
	if (c.Kind == schema.Float64 || c.Kind == schema.Float32) && !rows.IsNull(i) {
		f, err := rows.Float(i)
		return schema.FloatValue(c.Kind, f), err
	}
	return scan.StoredValue(c, rows, i)
}

func notFinite(decimal string) bool {
	return decimal == "NaN" || decimal == "Infinity" || decimal == "-Infinity"
}

// rowError is what is wrong with a value of a row.
type rowError struct {
	table  string
	row    int
	column string
	err    error
}

func (e *rowError) Error() string {
	return fmt.Sprintf("prom: copy %s: row %d in the order of the key, column %s: %v", e.table, e.row, e.column, e.err)
}

func (e *rowError) Unwrap() error { return e.err }

// sum reads all rows of a table for their number and checksum.
func (s side) sum(ctx context.Context, t *table, told func(rows int64)) (total, error) {
	var all total
	var h hasher
	err := s.rows(ctx, t, false, nil, func(values []schema.Value) error {
		all.add(h.row(values))
		if told != nil && all.Rows%10000 == 0 {
			told(all.Rows)
		}
		return nil
	})
	return all, err
}

// total is the number of rows and their checksum.
type total struct {
	Rows int64
	Sum  uint64
}

func (t *total) add(hash uint64) { t.Rows, t.Sum = t.Rows+1, t.Sum+hash }

// anyKind returns the kind of a column of SQLite whose type does not tell it, by its values, for a database that has no
// type for values of any kind.
func (s side) anyKind(ctx context.Context, table, column string) (schema.Kind, error) {
	kinds := map[string]schema.Kind{"integer": schema.Int64, "real": schema.Float64, "text": schema.Text,
		"blob": schema.Bytes}
	kind := schema.Null
	var mixed error
	err := s.read(ctx, table, "SELECT DISTINCT typeof("+s.d.Quote(column)+") FROM "+s.d.Table(table), nil,
		func(rows driver.Rows) error {
			class, err := rows.Text(0)
			k := kinds[class]
			switch {
			case err != nil || k == schema.Null || k == kind:
			case kind == schema.Null:
				kind = k
			case kind.Number() && k.Number():
				kind = schema.Float64
			default:
				mixed = errors.New("the column has values of several types, for which PostgreSQL has no type: give its values one, " +
					"or leave the table out")
			}
			return err
		})
	switch {
	case err != nil:
		return kind, err
	case mixed != nil:
		return kind, fmt.Errorf("prom: copy %s: column %s: %w", table, column, mixed)
	case kind == schema.Null:
		kind = schema.Text // all are NULL
	}
	return kind, nil
}
