package main

import (
	"context"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

func init() {
	const about = "generics API, SkipDefaultTransaction, PrepareStmt, CreateBatchSize 1,000, no log; "
	register(
		&Library{
			Name: "GORM", Engine: Postgres, Module: "gorm.io/gorm", About: about + "its driver over pgx",
			Open: func(_ context.Context, at Place) (*Peer, error) {
				return openGORM(gormpostgres.Open(at.DSN), at)
			},
			Blog: func(_ context.Context, at Place) (*Peer, error) {
				return openGORMBlog(gormpostgres.Open(at.DSN), at)
			},
		},
		&Library{
			Name: "GORM", Engine: SQLite, Module: "gorm.io/gorm", Times: spacedTimes, About: about + "its driver over modernc.org/sqlite",
			Open: func(_ context.Context, at Place) (*Peer, error) {
				return openGORM(gormsqlite.Dialector{DriverName: "sqlite", DSN: modernc(at)}, at)
			},
			Blog: func(_ context.Context, at Place) (*Peer, error) {
				return openGORMBlog(gormsqlite.Dialector{DriverName: "sqlite", DSN: modernc(at)}, at)
			},
		},
	)
}

type gormPeer struct{ db *gorm.DB }

// gormDB opens GORM, and returns what closes it.
func gormDB(d gorm.Dialector, at Place) (db *gorm.DB, closing func(), err error) {
	db, err = gorm.Open(d, &gorm.Config{
		SkipDefaultTransaction: true, PrepareStmt: true, CreateBatchSize: bulkChunk, Logger: logger.Discard,
	})
	if err != nil {
		return nil, nil, err
	}
	pool, err := db.DB()
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(at.Conns)
	pool.SetMaxIdleConns(at.Conns)
	return db, func() { _ = pool.Close() }, nil
}

func openGORM(d gorm.Dialector, at Place) (*Peer, error) {
	db, closing, err := gormDB(d, at)
	if err != nil {
		return nil, err
	}
	p := &gormPeer{db}
	return &Peer{
		Insert:     func(ctx context.Context, it *Item) error { return gorm.G[Item](db).Create(ctx, it) },
		InsertMany: p.insertMany,
		InsertTx:   p.insertTx,
		Get: func(ctx context.Context, id int64) (*Item, error) {
			it, err := gorm.G[Item](db).Where("id = ?", id).Take(ctx)
			return &it, err
		},
		GetMany: func(ctx context.Context, ids []int64) ([]Item, error) {
			return gorm.G[Item](db).Where("id IN ?", ids).Find(ctx)
		},
		List: func(ctx context.Context, n int) ([]Item, error) {
			return gorm.G[Item](db).Where("active = ? AND age >= ?", true, filterAge).Order("id DESC").Limit(n).Find(ctx)
		},
		Stream:    p.stream,
		Update:    func(ctx context.Context, it *Item) error { return db.WithContext(ctx).Save(it).Error },
		SetPoints: p.setPoints,
		Upsert:    p.upsert,
		Delete: func(ctx context.Context, id int64) error {
			_, err := gorm.G[Item](db).Where("id = ?", id).Delete(ctx)
			return err
		},
		Close: closing,
	}, nil
}

func (p *gormPeer) insertMany(ctx context.Context, items []Item) error {
	return p.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return gorm.G[Item](tx).CreateInBatches(ctx, &items, bulkChunk)
	})
}

func (p *gormPeer) insertTx(ctx context.Context, items []Item) error {
	return p.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for i := range items {
			if err := gorm.G[Item](tx).Create(ctx, &items[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// stream takes the faster of GORM's two ways; the other is Rows and ScanRows.
func (p *gormPeer) stream(ctx context.Context, row func(*Item)) error {
	return gorm.G[Item](p.db).Order("id").FindInBatches(ctx, bulkChunk, func(items []Item, _ int) error {
		for i := range items {
			row(&items[i])
		}
		return nil
	})
}

func (p *gormPeer) setPoints(ctx context.Context, id, points int64, updated time.Time) error {
	_, err := gorm.G[Item](p.db).Where("id = ?", id).Select("points", "updated").Updates(ctx, Item{Points: points, Updated: updated})
	return err
}

func (p *gormPeer) upsert(ctx context.Context, it *Item) error {
	return gorm.G[Item](p.db, clause.OnConflict{
		Columns:   []clause.Column{{Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"updated", "name", "email", "city", "note", "age", "active", "points"}),
	}).Create(ctx, it)
}
