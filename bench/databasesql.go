package main

import (
	"context"
	"database/sql"
	"strconv"
	"time"
)

func init() {
	register(&Library{
		Name: "database/sql", Engine: SQLite, Module: "modernc.org/sqlite", Base: true, Short: true, Times: spacedTimes,
		About: "modernc.org/sqlite, unprepared, Scan into a growing slice; bulk inserts as INSERT with many rows, 1,000 at a time",
		Open: func(_ context.Context, at Place) (*Peer, error) {
			db, err := openSQL("sqlite", modernc(at), at.Conns)
			if err != nil {
				return nil, err
			}
			p := &sqlPeer{db: db}
			return p.peer(), nil
		},
		Blog: func(_ context.Context, at Place) (*Peer, error) {
			db, err := openSQL("sqlite", modernc(at), at.Conns)
			if err != nil {
				return nil, err
			}
			return openHandBlog(sqlHand{db}, func() { _ = db.Close() }), nil
		},
	})
}

func openSQL(driver, source string, conns int) (*sql.DB, error) {
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, db.Ping()
}

// The statements that are written by hand.
const (
	liteInsert    = "INSERT INTO items (" + valueColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
	liteGet       = "SELECT " + allColumns + " FROM items WHERE id = ?"
	liteList      = "SELECT " + allColumns + " FROM items WHERE active = ? AND age >= ? ORDER BY id DESC LIMIT ?"
	liteAll       = "SELECT " + allColumns + " FROM items ORDER BY id"
	liteUpdate    = "UPDATE items SET created = ?, updated = ?, name = ?, email = ?, city = ?, note = ?, age = ?, active = ?, points = ? WHERE id = ?"
	liteSetPoints = "UPDATE items SET points = ?, updated = ? WHERE id = ?"
	liteUpsert    = "INSERT INTO items (" + valueColumns + ", id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET " +
		"updated = excluded.updated, name = excluded.name, email = excluded.email, city = excluded.city, note = excluded.note, " +
		"age = excluded.age, active = excluded.active, points = excluded.points"
	liteDelete = "DELETE FROM items WHERE id = ?"
)

// liteGetMany takes all keys as one argument, a JSON array, which any number of keys shares one statement with.
const liteGetMany = "SELECT " + allColumns + " FROM items WHERE id IN (SELECT value FROM json_each(?))"

func jsonList(ids []int64) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}

// sqlPeer is database/sql as people write it: texts of statements, and the pool.
type sqlPeer struct{ db *sql.DB }

func (p *sqlPeer) peer() *Peer {
	return &Peer{
		Insert:     func(ctx context.Context, it *Item) error { return sqlInsert(ctx, p.db, it) },
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
		Close:      func() { _ = p.db.Close() },
	}
}

type sqlExecer interface {
	ExecContext(ctx context.Context, sql string, args ...any) (sql.Result, error)
}

func sqlInsert(ctx context.Context, e sqlExecer, it *Item) error {
	result, err := e.ExecContext(ctx, liteInsert, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points)
	if err != nil {
		return err
	}
	it.ID, err = result.LastInsertId()
	return err
}

// inTx runs fn in a transaction.
func inTx(ctx context.Context, db *sql.DB, fn func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func (p *sqlPeer) insertTx(ctx context.Context, items []Item) error {
	return inTx(ctx, p.db, func(tx *sql.Tx) error {
		for i := range items {
			if err := sqlInsert(ctx, tx, &items[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *sqlPeer) insertMany(ctx context.Context, items []Item) error {
	return inTx(ctx, p.db, func(tx *sql.Tx) error {
		for from := 0; from < len(items); from += bulkChunk {
			chunk := items[from:min(from+bulkChunk, len(items))]
			args := make([]any, 0, len(chunk)*valueCount)
			for i := range chunk {
				it := &chunk[i]
				args = append(args, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points)
			}
			rows, err := tx.QueryContext(ctx, manyRows(len(chunk), false)+" RETURNING id", args...)
			if err != nil {
				return err
			}
			i := 0
			for rows.Next() {
				if err := rows.Scan(&chunk[i].ID); err != nil {
					rows.Close()
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

func (p *sqlPeer) get(ctx context.Context, id int64) (*Item, error) {
	var it Item
	err := p.db.QueryRowContext(ctx, liteGet, id).
		Scan(&it.ID, &it.Created, &it.Updated, &it.Name, &it.Email, &it.City, &it.Note, &it.Age, &it.Active, &it.Points)
	return &it, err
}

// getMany gets one by one: it is what one call is compared with.
func (p *sqlPeer) getMany(ctx context.Context, ids []int64) ([]Item, error) {
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

func (p *sqlPeer) list(ctx context.Context, n int) ([]Item, error) {
	rows, err := p.db.QueryContext(ctx, liteList, true, filterAge, n)
	if err != nil {
		return nil, err
	}
	return scanSQL(rows)
}

func scanSQL(rows *sql.Rows) ([]Item, error) {
	defer rows.Close()
	var items []Item
	for rows.Next() {
		var it Item
		if err := rows.Scan(&it.ID, &it.Created, &it.Updated, &it.Name, &it.Email, &it.City, &it.Note, &it.Age, &it.Active, &it.Points); err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, rows.Err()
}

func (p *sqlPeer) stream(ctx context.Context, row func(*Item)) error {
	rows, err := p.db.QueryContext(ctx, liteAll)
	if err != nil {
		return err
	}
	return streamSQL(rows, row)
}

func streamSQL(rows *sql.Rows, row func(*Item)) error {
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

func (p *sqlPeer) update(ctx context.Context, it *Item) error {
	_, err := p.db.ExecContext(ctx, liteUpdate, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID)
	return err
}

func (p *sqlPeer) setPoints(ctx context.Context, id, points int64, updated time.Time) error {
	_, err := p.db.ExecContext(ctx, liteSetPoints, points, updated, id)
	return err
}

func (p *sqlPeer) upsert(ctx context.Context, it *Item) error {
	_, err := p.db.ExecContext(ctx, liteUpsert, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID)
	return err
}

func (p *sqlPeer) delete(ctx context.Context, id int64) error {
	_, err := p.db.ExecContext(ctx, liteDelete, id)
	return err
}
