package main

import (
	"context"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func init() {
	register(&Library{
		Name: "zombiezen", Engine: SQLite, Module: "zombiezen.com/go/sqlite", Times: rfc3339Times,
		About: "sqlitex.Pool, statements of the connection's cache, bound and read by hand",
		Open:  openZombiezen,
	})
}

type zombiePeer struct{ pool *sqlitex.Pool }

func openZombiezen(_ context.Context, at Place) (*Peer, error) {
	pool, err := sqlitex.NewPool(at.File, sqlitex.PoolOptions{PoolSize: at.Conns, PrepareConn: func(c *sqlite.Conn) error {
		c.SetBusyTimeout(10 * time.Second)
		for _, pragma := range []string{
			"journal_mode = WAL", "synchronous = " + at.synchronous(), "foreign_keys = ON", fmt.Sprintf("cache_size = -%d", sqliteCache),
		} {
			if err := sqlitex.ExecuteTransient(c, "PRAGMA "+pragma, nil); err != nil {
				return err
			}
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	p := &zombiePeer{pool}
	return &Peer{
		Insert: func(ctx context.Context, it *Item) error {
			return p.with(ctx, func(c *sqlite.Conn) error { return zombieInsert(c, it) })
		},
		InsertMany: p.insertAll,
		InsertTx:   p.insertAll,
		Get:        p.get,
		GetMany:    p.getMany,
		List:       p.list,
		Stream:     p.stream,
		Update: func(ctx context.Context, it *Item) error {
			return p.exec(ctx, liteUpdate, func(st *sqlite.Stmt) { st.BindInt64(bindValues(st, it), it.ID) })
		},
		SetPoints: func(ctx context.Context, id, points int64, updated time.Time) error {
			return p.exec(ctx, liteSetPoints, func(st *sqlite.Stmt) {
				st.BindInt64(1, points)
				st.BindText(2, updated.UTC().Format(rfc3339Times))
				st.BindInt64(3, id)
			})
		},
		Upsert: func(ctx context.Context, it *Item) error {
			return p.exec(ctx, liteUpsert, func(st *sqlite.Stmt) { st.BindInt64(bindValues(st, it), it.ID) })
		},
		Delete: func(ctx context.Context, id int64) error {
			return p.exec(ctx, liteDelete, func(st *sqlite.Stmt) { st.BindInt64(1, id) })
		},
		Close: func() { _ = pool.Close() },
	}, nil
}

// with runs fn with a connection of the pool.
func (p *zombiePeer) with(ctx context.Context, fn func(*sqlite.Conn) error) error {
	c, err := p.pool.Take(ctx)
	if err != nil {
		return err
	}
	defer p.pool.Put(c)
	return fn(c)
}

// exec runs a statement that returns no rows.
func (p *zombiePeer) exec(ctx context.Context, text string, bind func(*sqlite.Stmt)) error {
	return p.with(ctx, func(c *sqlite.Conn) error {
		st, err := c.Prepare(text)
		if err != nil {
			return err
		}
		bind(st)
		_, err = st.Step()
		return firstError(err, st.Reset())
	})
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// bindValues binds all columns but the key and returns the number of the next argument.
func bindValues(st *sqlite.Stmt, it *Item) int {
	st.BindText(1, it.Created.UTC().Format(rfc3339Times))
	st.BindText(2, it.Updated.UTC().Format(rfc3339Times))
	st.BindText(3, it.Name)
	st.BindText(4, it.Email)
	st.BindText(5, it.City)
	st.BindText(6, it.Note)
	st.BindInt64(7, int64(it.Age))
	st.BindBool(8, it.Active)
	st.BindInt64(9, it.Points)
	return valueCount + 1
}

func zombieInsert(c *sqlite.Conn, it *Item) error {
	st, err := c.Prepare(liteInsert)
	if err != nil {
		return err
	}
	bindValues(st, it)
	if _, err := st.Step(); err != nil {
		return firstError(err, st.Reset())
	}
	it.ID = c.LastInsertRowID()
	return st.Reset()
}

func (p *zombiePeer) insertAll(ctx context.Context, items []Item) error {
	return p.with(ctx, func(c *sqlite.Conn) (err error) {
		end, err := sqlitex.ImmediateTransaction(c)
		if err != nil {
			return err
		}
		defer end(&err)
		for i := range items {
			if err = zombieInsert(c, &items[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// rows runs a statement and hands each row to fn.
func (p *zombiePeer) rows(ctx context.Context, text string, bind func(*sqlite.Stmt), fn func(*sqlite.Stmt) error) error {
	return p.with(ctx, func(c *sqlite.Conn) error {
		st, err := c.Prepare(text)
		if err != nil {
			return err
		}
		bind(st)
		for {
			more, err := st.Step()
			if err == nil && more {
				err = fn(st)
			}
			if err != nil || !more {
				return firstError(err, st.Reset())
			}
		}
	})
}

func zombieItem(st *sqlite.Stmt, it *Item) (err error) {
	it.ID = st.ColumnInt64(0)
	if it.Created, err = time.Parse(time.RFC3339, st.ColumnText(1)); err != nil {
		return err
	}
	if it.Updated, err = time.Parse(time.RFC3339, st.ColumnText(2)); err != nil {
		return err
	}
	it.Name, it.Email, it.City, it.Note = st.ColumnText(3), st.ColumnText(4), st.ColumnText(5), st.ColumnText(6)
	it.Age, it.Active, it.Points = st.ColumnInt32(7), st.ColumnInt64(8) != 0, st.ColumnInt64(9)
	return nil
}

func (p *zombiePeer) get(ctx context.Context, id int64) (*Item, error) {
	var it *Item
	err := p.rows(ctx, liteGet, func(st *sqlite.Stmt) { st.BindInt64(1, id) }, func(st *sqlite.Stmt) error {
		it = new(Item)
		return zombieItem(st, it)
	})
	return it, err
}

func (p *zombiePeer) getMany(ctx context.Context, ids []int64) ([]Item, error) {
	return p.collect(ctx, liteGetMany, func(st *sqlite.Stmt) { st.BindText(1, jsonList(ids)) })
}

func (p *zombiePeer) list(ctx context.Context, n int) ([]Item, error) {
	return p.collect(ctx, liteList, func(st *sqlite.Stmt) {
		st.BindBool(1, true)
		st.BindInt64(2, filterAge)
		st.BindInt64(3, int64(n))
	})
}

func (p *zombiePeer) collect(ctx context.Context, text string, bind func(*sqlite.Stmt)) (items []Item, err error) {
	err = p.rows(ctx, text, bind, func(st *sqlite.Stmt) error {
		var it Item
		if err := zombieItem(st, &it); err != nil {
			return err
		}
		items = append(items, it)
		return nil
	})
	return items, err
}

func (p *zombiePeer) stream(ctx context.Context, row func(*Item)) error {
	return p.rows(ctx, liteAll, func(*sqlite.Stmt) {}, func(st *sqlite.Stmt) error {
		var it Item
		if err := zombieItem(st, &it); err != nil {
			return err
		}
		row(&it)
		return nil
	})
}
