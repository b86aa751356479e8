package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

func init() {
	register(&Library{
		Name: "pgx by hand", Engine: Postgres, Module: "github.com/jackc/pgx/v5", Base: true, Short: true,
		About: "pgxpool, Query and Scan into a growing slice; bulk inserts as INSERT with many rows, 1,000 at a time",
		Open:  openPgx,
		Blog: func(ctx context.Context, at Place) (*Peer, error) {
			pool, err := pgxPool(ctx, at)
			if err != nil {
				return nil, err
			}
			return openHandBlog(pgxHand{pool}, pool.Close), nil
		},
	})
}

// pgxPool opens a pool as pgx has it, with so many connections.
func pgxPool(ctx context.Context, at Place) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(at.DSN)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = int32(at.Conns)
	return pgxpool.NewWithConfig(ctx, cfg)
}

// The statements that are written by hand.
const (
	pgInsert    = "INSERT INTO items (" + valueColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id"
	pgGet       = "SELECT " + allColumns + " FROM items WHERE id = $1"
	pgGetMany   = "SELECT " + allColumns + " FROM items WHERE id = ANY($1)"
	pgList      = "SELECT " + allColumns + " FROM items WHERE active = $1 AND age >= $2 ORDER BY id DESC LIMIT $3"
	pgAll       = "SELECT " + allColumns + " FROM items ORDER BY id"
	pgUpdate    = "UPDATE items SET created = $1, updated = $2, name = $3, email = $4, city = $5, note = $6, age = $7, active = $8, points = $9 WHERE id = $10"
	pgSetPoints = "UPDATE items SET points = $1, updated = $2 WHERE id = $3"
	pgUpsert    = "INSERT INTO items (" + valueColumns + ", id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET " +
		"updated = EXCLUDED.updated, name = EXCLUDED.name, email = EXCLUDED.email, city = EXCLUDED.city, note = EXCLUDED.note, " +
		"age = EXCLUDED.age, active = EXCLUDED.active, points = EXCLUDED.points"
	pgDelete = "DELETE FROM items WHERE id = $1"
)

type pgxPeer struct{ pool *pgxpool.Pool }

func openPgx(ctx context.Context, at Place) (*Peer, error) {
	pool, err := pgxPool(ctx, at)
	if err != nil {
		return nil, err
	}
	return (&pgxPeer{pool}).peer(), nil
}

func (p *pgxPeer) peer() *Peer {
	return &Peer{
		Insert:     func(ctx context.Context, it *Item) error { return pgxInsert(ctx, p.pool, it) },
		InsertMany: p.insertMany,
		InsertTx:   p.insertTx,
		Get:        p.get,
		GetMany:    p.getMany,
		List:       p.list,
		Stream:     p.stream,
		Update:     p.update,
		SetPoints:  p.setPoints,
		Upsert:     p.upsert,
		UpsertMany: p.upsertMany,
		Delete:     p.delete,
		Close:      p.pool.Close,
	}
}

func pgxInsert(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, it *Item,
) error {
	return q.QueryRow(ctx, pgInsert, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points).Scan(&it.ID)
}

func (p *pgxPeer) insertTx(ctx context.Context, items []Item) error {
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		for i := range items {
			if err := pgxInsert(ctx, tx, &items[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *pgxPeer) insertMany(ctx context.Context, items []Item) error {
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		for from := 0; from < len(items); from += bulkChunk {
			chunk := items[from:min(from+bulkChunk, len(items))]
			args := make([]any, 0, len(chunk)*valueCount)
			for i := range chunk {
				it := &chunk[i]
				args = append(args, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points)
			}
			rows, err := tx.Query(ctx, manyRows(len(chunk), true)+" RETURNING id", args...)
			if err != nil {
				return err
			}
			i := 0
			for rows.Next() {
				if err := rows.Scan(&chunk[i].ID); err != nil {
					return err
				}
				i++
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
}

// manyRows returns an INSERT of n rows, without what it returns.
func manyRows(n int, numbered bool) string {
	var b strings.Builder
	b.WriteString("INSERT INTO items (" + valueColumns + ") VALUES ")
	arg := 0
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range valueCount {
			if j > 0 {
				b.WriteByte(',')
			}
			if arg++; numbered {
				b.WriteByte('$')
				b.WriteString(strconv.Itoa(arg))
			} else {
				b.WriteByte('?')
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}

func (p *pgxPeer) get(ctx context.Context, id int64) (*Item, error) {
	var it Item
	err := p.pool.QueryRow(ctx, pgGet, id).
		Scan(&it.ID, &it.Created, &it.Updated, &it.Name, &it.Email, &it.City, &it.Note, &it.Age, &it.Active, &it.Points)
	return &it, err
}

// getMany gets one by one: it is what one call is compared with.
func (p *pgxPeer) getMany(ctx context.Context, ids []int64) ([]Item, error) {
	var items []Item
	for _, id := range ids {
		it, err := p.get(ctx, id)
		if err != nil {
			return nil, err
		}
		items = append(items, *it)
	}
	return items, nil
}

func (p *pgxPeer) list(ctx context.Context, n int) ([]Item, error) {
	rows, err := p.pool.Query(ctx, pgList, true, filterAge, n)
	if err != nil {
		return nil, err
	}
	return scanInto(rows, nil)
}

func scanInto(rows pgx.Rows, items []Item) ([]Item, error) {
	defer rows.Close()
	for rows.Next() {
		var it Item
		if err := rows.Scan(&it.ID, &it.Created, &it.Updated, &it.Name, &it.Email, &it.City, &it.Note, &it.Age, &it.Active, &it.Points); err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, rows.Err()
}

func (p *pgxPeer) stream(ctx context.Context, row func(*Item)) error {
	rows, err := p.pool.Query(ctx, pgAll)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var it Item
		if err := rows.Scan(&it.ID, &it.Created, &it.Updated, &it.Name, &it.Email, &it.City, &it.Note, &it.Age, &it.Active, &it.Points); err != nil {
			return err
		}
		row(&it)
	}
	return rows.Err()
}

func (p *pgxPeer) update(ctx context.Context, it *Item) error {
	_, err := p.pool.Exec(ctx, pgUpdate, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID)
	return err
}

func (p *pgxPeer) setPoints(ctx context.Context, id, points int64, updated time.Time) error {
	_, err := p.pool.Exec(ctx, pgSetPoints, points, updated, id)
	return err
}

func (p *pgxPeer) upsert(ctx context.Context, it *Item) error {
	_, err := p.pool.Exec(ctx, pgUpsert, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID)
	return err
}

func (p *pgxPeer) delete(ctx context.Context, id int64) error {
	_, err := p.pool.Exec(ctx, pgDelete, id)
	return err
}
