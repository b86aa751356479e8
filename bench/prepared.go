package main

import (
	"context"
	"database/sql"
	"time"
)

func init() {
	register(&Library{
		Name: "modernc prepared", Engine: SQLite, Module: "modernc.org/sqlite", Times: spacedTimes,
		About: "database/sql with statements that were prepared once",
		Open: func(ctx context.Context, at Place) (*Peer, error) {
			return openPrepared(ctx, "sqlite", modernc(at), at.Conns)
		},
	})
}

// preparedPeer is database/sql at its best: every statement is prepared when the program starts.
type preparedPeer struct {
	db                                                              *sql.DB
	insert, get, list, all, update, setPoints, upsert, remove, many *sql.Stmt
}

func openPrepared(ctx context.Context, driver, source string, conns int) (*Peer, error) {
	db, err := openSQL(driver, source, conns)
	if err != nil {
		return nil, err
	}
	p := &preparedPeer{db: db}
	for text, st := range map[string]**sql.Stmt{
		liteInsert: &p.insert, liteGet: &p.get, liteList: &p.list, liteAll: &p.all, liteUpdate: &p.update, liteSetPoints: &p.setPoints,
		liteUpsert: &p.upsert, liteDelete: &p.remove, liteGetMany: &p.many,
	} {
		if *st, err = db.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
	}
	return &Peer{
		Insert:     func(ctx context.Context, it *Item) error { return insertPrepared(ctx, p.insert, it) },
		InsertMany: p.insertAll,
		InsertTx:   p.insertAll,
		Get: func(ctx context.Context, id int64) (*Item, error) {
			var it Item
			err := p.get.QueryRowContext(ctx, id).
				Scan(&it.ID, &it.Created, &it.Updated, &it.Name, &it.Email, &it.City, &it.Note, &it.Age, &it.Active, &it.Points)
			return &it, err
		},
		GetMany: func(ctx context.Context, ids []int64) ([]Item, error) {
			rows, err := p.many.QueryContext(ctx, jsonList(ids))
			if err != nil {
				return nil, err
			}
			return scanSQL(rows)
		},
		List: func(ctx context.Context, n int) ([]Item, error) {
			rows, err := p.list.QueryContext(ctx, true, filterAge, n)
			if err != nil {
				return nil, err
			}
			return scanSQL(rows)
		},
		Stream: func(ctx context.Context, row func(*Item)) error {
			rows, err := p.all.QueryContext(ctx)
			if err != nil {
				return err
			}
			return streamSQL(rows, row)
		},
		Update: func(ctx context.Context, it *Item) error {
			_, err := p.update.ExecContext(ctx, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID)
			return err
		},
		SetPoints: func(ctx context.Context, id, points int64, updated time.Time) error {
			_, err := p.setPoints.ExecContext(ctx, points, updated, id)
			return err
		},
		Upsert: func(ctx context.Context, it *Item) error {
			_, err := p.upsert.ExecContext(ctx, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points, it.ID)
			return err
		},
		Delete: func(ctx context.Context, id int64) error {
			_, err := p.remove.ExecContext(ctx, id)
			return err
		},
		Close: func() { _ = db.Close() },
	}, nil
}

func insertPrepared(ctx context.Context, st *sql.Stmt, it *Item) error {
	result, err := st.ExecContext(ctx, it.Created, it.Updated, it.Name, it.Email, it.City, it.Note, it.Age, it.Active, it.Points)
	if err != nil {
		return err
	}
	it.ID, err = result.LastInsertId()
	return err
}

// insertAll inserts row by row in one transaction: within a process that is as fast as many rows in one statement.
func (p *preparedPeer) insertAll(ctx context.Context, items []Item) error {
	return inTx(ctx, p.db, func(tx *sql.Tx) error {
		st := tx.StmtContext(ctx, p.insert)
		defer st.Close()
		for i := range items {
			if err := insertPrepared(ctx, st, &items[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
