package main

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/driver/pgdriver"
	"github.com/uptrace/bun/schema"
)

func init() {
	register(
		&Library{
			Name: "bun", Engine: Postgres, Module: "github.com/uptrace/bun", About: "its own driver, pgdriver",
			Open: func(_ context.Context, at Place) (*Peer, error) {
				return openBun(bunPostgres(at), pgdialect.New(), at)
			},
			Blog: func(_ context.Context, at Place) (*Peer, error) {
				return openBunBlog(bunPostgres(at), pgdialect.New(), at)
			},
		},
		&Library{
			Name: "bun", Engine: SQLite, Module: "github.com/uptrace/bun", Times: spacedTimes, About: "over modernc.org/sqlite",
			Open: func(_ context.Context, at Place) (*Peer, error) {
				pool, err := sql.Open("sqlite", modernc(at))
				if err != nil {
					return nil, err
				}
				return openBun(pool, sqlitedialect.New(), at)
			},
			Blog: func(_ context.Context, at Place) (*Peer, error) {
				pool, err := sql.Open("sqlite", modernc(at))
				if err != nil {
					return nil, err
				}
				return openBunBlog(pool, sqlitedialect.New(), at)
			},
		},
	)
}

type bunPeer struct{ db *bun.DB }

func bunPostgres(at Place) *sql.DB {
	return sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(at.DSN)))
}

func bunDB(pool *sql.DB, dialect schema.Dialect, at Place) *bun.DB {
	pool.SetMaxOpenConns(at.Conns)
	pool.SetMaxIdleConns(at.Conns)
	return bun.NewDB(pool, dialect)
}

func openBun(pool *sql.DB, dialect schema.Dialect, at Place) (*Peer, error) {
	p := &bunPeer{bunDB(pool, dialect, at)}
	return &Peer{
		Insert:     func(ctx context.Context, it *Item) error { return bunInsert(ctx, p.db, it) },
		InsertMany: p.insertMany,
		InsertTx:   p.insertTx,
		Get: func(ctx context.Context, id int64) (*Item, error) {
			it := new(Item)
			return it, p.db.NewSelect().Model(it).Where("id = ?", id).Scan(ctx)
		},
		GetMany: func(ctx context.Context, ids []int64) (items []Item, err error) {
			err = p.db.NewSelect().Model(&items).Where("id IN (?)", bun.List(ids)).Scan(ctx)
			return items, err
		},
		List: func(ctx context.Context, n int) (items []Item, err error) {
			err = p.db.NewSelect().Model(&items).Where("active = ?", true).Where("age >= ?", filterAge).Order("id DESC").Limit(int64(n)).Scan(ctx)
			return items, err
		},
		Stream:    p.stream,
		Update:    p.update,
		SetPoints: p.setPoints,
		Upsert:    p.upsert,
		Delete: func(ctx context.Context, id int64) error {
			_, err := p.db.NewDelete().Model((*Item)(nil)).Where("id = ?", id).Exec(ctx)
			return err
		},
		Close: func() { _ = p.db.Close() },
	}, p.db.Ping()
}

// bunInsert inserts one item or a slice of them.
func bunInsert(ctx context.Context, db bun.IDB, model any) error {
	_, err := db.NewInsert().Model(model).Exec(ctx)
	return err
}

func (p *bunPeer) insertTx(ctx context.Context, items []Item) error {
	return p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for i := range items {
			if err := bunInsert(ctx, tx, &items[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *bunPeer) insertMany(ctx context.Context, items []Item) error {
	return p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for from := 0; from < len(items); from += bulkChunk {
			chunk := items[from:min(from+bulkChunk, len(items))]
			if err := bunInsert(ctx, tx, &chunk); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *bunPeer) stream(ctx context.Context, row func(*Item)) error {
	rows, err := p.db.NewSelect().Model((*Item)(nil)).Order("id").Rows(ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var it Item
		if err := p.db.ScanRow(ctx, rows, &it); err != nil {
			return err
		}
		row(&it)
	}
	return rows.Err()
}

func (p *bunPeer) update(ctx context.Context, it *Item) error {
	_, err := p.db.NewUpdate().Model(it).WherePK().Exec(ctx)
	return err
}

func (p *bunPeer) setPoints(ctx context.Context, id, points int64, updated time.Time) error {
	_, err := p.db.NewUpdate().Model((*Item)(nil)).Set("points = ?", points).Set("updated = ?", updated).Where("id = ?", id).Exec(ctx)
	return err
}

func (p *bunPeer) upsert(ctx context.Context, it *Item) error {
	_, err := p.db.NewInsert().Model(it).On("CONFLICT (id) DO UPDATE").
		Set("updated = EXCLUDED.updated").Set("name = EXCLUDED.name").Set("email = EXCLUDED.email").Set("city = EXCLUDED.city").
		Set("note = EXCLUDED.note").Set("age = EXCLUDED.age").Set("active = EXCLUDED.active").Set("points = EXCLUDED.points").
		Exec(ctx)
	return err
}
