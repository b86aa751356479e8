package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// hand is what code that is written by hand for both engines stands on: the driver of one of them.
type hand interface {
	// text returns a statement in the form of the engine. It is given with question marks, and with = ANY(?) for one of
	// a list of keys.
	text(sql string) string
	query(ctx context.Context, sql string, args ...any) (handRows, error)
	exec(ctx context.Context, sql string, args ...any) error
	// insert returns the key that the database made.
	insert(ctx context.Context, sql string, args ...any) (int64, error)
	// keys is the argument of = ANY.
	keys(ids []int64) any
	// documents runs a query of documentColumns.
	documents(ctx context.Context, sql string, args ...any) ([]Document, error)
	// jsonAndList makes arguments of a JSON document and a list.
	jsonAndList(info Info, labels []string) (any, any, error)
}

// handRows is what the rows of both drivers have.
type handRows interface {
	Next() bool
	Scan(to ...any) error
	Err() error
	Close()
}

type pgxHand struct{ pool *pgxpool.Pool }

func (pgxHand) text(sql string) string {
	var b strings.Builder
	for i, part := range strings.Split(sql, "?") {
		if i > 0 {
			fmt.Fprintf(&b, "$%d", i)
		}
		b.WriteString(part)
	}
	return b.String()
}

func (h pgxHand) query(ctx context.Context, sql string, args ...any) (handRows, error) {
	return h.pool.Query(ctx, sql, args...)
}

func (h pgxHand) exec(ctx context.Context, sql string, args ...any) error {
	_, err := h.pool.Exec(ctx, sql, args...)
	return err
}

func (h pgxHand) insert(ctx context.Context, sql string, args ...any) (id int64, err error) {
	err = h.pool.QueryRow(ctx, sql+" RETURNING id", args...).Scan(&id)
	return id, err
}

func (pgxHand) keys(ids []int64) any { return ids }

type sqlHand struct{ db *sql.DB }

func (sqlHand) text(sql string) string {
	return strings.ReplaceAll(sql, "= ANY(?)", "IN (SELECT value FROM json_each(?))")
}

// sqlRows are rows whose Close tells no error, which Err has told before.
type sqlRows struct{ *sql.Rows }

func (r sqlRows) Close() { _ = r.Rows.Close() }

func (h sqlHand) query(ctx context.Context, sql string, args ...any) (handRows, error) {
	rows, err := h.db.QueryContext(ctx, sql, args...)
	return sqlRows{rows}, err
}

func (h sqlHand) exec(ctx context.Context, sql string, args ...any) error {
	_, err := h.db.ExecContext(ctx, sql, args...)
	return err
}

func (h sqlHand) insert(ctx context.Context, sql string, args ...any) (int64, error) {
	result, err := h.db.ExecContext(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

func (sqlHand) keys(ids []int64) any { return jsonList(ids) }

// each runs a query and hands each row to row. The targets are where the columns of a row go.
func each[T any](ctx context.Context, h hand, targets func(*T) []any, row func(*T), sql string, args ...any) error {
	rows, err := h.query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(targets(&v)...); err != nil {
			return err
		}
		row(&v)
	}
	return rows.Err()
}

// collect runs a query and returns its rows.
func collect[T any](ctx context.Context, h hand, targets func(*T) []any, sql string, args ...any) ([]T, error) {
	var list []T
	err := each(ctx, h, targets, func(v *T) { list = append(list, *v) }, sql, args...)
	return list, err
}
