package joins

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What follows has the form in which sqlc writes queries for pgx/v5.

type DBTX interface {
	Exec(context.Context, string, ...interface{}) (pgconn.CommandTag, error)
	Query(context.Context, string, ...interface{}) (pgx.Rows, error)
	QueryRow(context.Context, string, ...interface{}) pgx.Row
}

func New(db DBTX) *Queries { return &Queries{db: db} }

type Queries struct{ db DBTX }

func (q *Queries) WithTx(tx pgx.Tx) *Queries { return &Queries{db: tx} }

const addLine = `-- name: AddLine :one
INSERT INTO line (order_id, what) VALUES ($1, $2) RETURNING id
`

func (q *Queries) AddLine(ctx context.Context, orderID int64, what string) (int64, error) {
	row := q.db.QueryRow(ctx, addLine, orderID, what)
	var id int64
	err := row.Scan(&id)
	return id, err
}

const listLines = `-- name: ListLines :many
SELECT what FROM line WHERE order_id = $1 ORDER BY id
`

func (q *Queries) ListLines(ctx context.Context, orderID int64) ([]string, error) {
	rows, err := q.db.Query(ctx, listLines, orderID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []string
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			return nil, err
		}
		items = append(items, what)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

const clearLines = `-- name: ClearLines :exec
DELETE FROM line WHERE order_id = $1
`

func (q *Queries) ClearLines(ctx context.Context, orderID int64) error {
	_, err := q.db.Exec(ctx, clearLines, orderID)
	return err
}
