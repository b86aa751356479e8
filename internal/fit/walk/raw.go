package walk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// source reads a database by SQL of its own: outside a transaction past prom, through pgx or database/sql.
type source struct {
	db    *prom.DB
	found map[string]schema.Found // by table
}

func (s source) isPostgres() bool      { return s.db.Dialect().Name() == "postgres" }
func (s source) quote(n string) string { return s.db.Dialect().Quote(n) }

func (s source) quoteTable(n string) string { return s.db.Dialect().Table(n) }

// texts runs a query of one column of texts.
func (s source) texts(ctx context.Context, query string, args ...any) (list []string, err error) {
	if s.isPostgres() {
		pool, err := prom.PgxPool(ctx, s.db)
		if err != nil {
			return nil, err
		}
		rows, err := pool.Query(ctx, query, args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return nil, err
			}
			list = append(list, text)
		}
		return list, rows.Err()
	}
	raw, err := s.db.SQL(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := raw.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

// textsIn runs a query of one column of texts in the transaction of ctx.
func (s source) textsIn(ctx context.Context, query string) ([]string, error) {
	return prom.RawQuery[string](s.db, query).All(ctx)
}

// row returns an expression that writes the model's columns of a table's row as a JSON list of texts. It is the
// database's own output of each value: what PostgreSQL's output functions write, the bytes that SQLite holds.
func (s source) row(alias string, t *schema.Table) string {
	cells := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = s.cell(alias + "." + s.quote(c.Name))
	}
	return s.list(cells...)
}

// list returns an expression for a JSON list of what [source.cell] has written.
func (s source) list(cells ...string) string {
	if s.isPostgres() {
		return "array_to_json(ARRAY[" + strings.Join(cells, ", ") + "])::text"
	}
	return "json_array(" + strings.Join(cells, ", ") + ")"
}

func (s source) cell(col string) string {
	if s.isPostgres() {
		return "CASE WHEN " + col + " IS NULL THEN NULL ELSE format('%s', " + col + ") END"
	}
	return "CASE typeof(" + col + ") WHEN 'null' THEN NULL WHEN 'integer' THEN 'integer:' || " + col +
		" WHEN 'real' THEN 'real:' || printf('%!.17g', " + col + ") ELSE typeof(" + col + ") || ':' || hex(" + col + ") END"
}

// cells reads what row has written.
func (s source) cells(text string) ([]cell, error) {
	var raw []*string
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, err
	}
	list := make([]cell, len(raw))
	for i, r := range raw {
		switch {
		case r == nil:
			list[i] = cell{null: true}
		case s.isPostgres():
			list[i] = cell{text: *r}
		default:
			class, value, _ := strings.Cut(*r, ":")
			if class == "text" {
				b, err := hex.DecodeString(value)
				if err != nil {
					return nil, fmt.Errorf("a text of SQLite: %w", err)
				}
				value = string(b)
			}
			list[i] = cell{class: class, text: value}
		}
	}
	return list, nil
}

// record returns a row of the database as texts, one for each column of the model.
func (s source) record(text string, t *schema.Table) ([]string, error) {
	cells, err := s.cells(text)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(cells))
	for i, x := range cells {
		out[i] = stored(x, t.Columns[i])
	}
	return out, nil
}
