package main

import (
	"context"
	"errors"
	"time"

	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/dialect"
	"github.com/stephenafamo/bob/dialect/psql/dm"
	"github.com/stephenafamo/bob/dialect/psql/im"
	"github.com/stephenafamo/bob/dialect/psql/sm"
	"github.com/stephenafamo/bob/dialect/psql/um"
	bobpgx "github.com/stephenafamo/bob/drivers/pgx"
	"github.com/stephenafamo/scan"
)

func init() {
	register(&Library{
		Name: "bob", Engine: Postgres, Module: "github.com/stephenafamo/bob", About: "its query builder and mapper over pgx, without generated code",
		Open: func(ctx context.Context, at Place) (*Peer, error) {
			pool, err := pgxPool(ctx, at)
			if err != nil {
				return nil, err
			}
			p := &bobPeer{bobpgx.NewPool(pool)}
			return &Peer{
				Insert:     func(ctx context.Context, it *Item) error { return bobInsert(ctx, p.db, it) },
				InsertMany: p.insertMany,
				InsertTx:   p.insertTx,
				Get:        p.get,
				GetMany:    p.getMany,
				List:       p.list,
				Stream:     p.stream,
				Update:     p.update,
				SetPoints:  p.setPoints,
				Upsert:     p.upsert,
				Delete:     p.delete,
				Close:      pool.Close,
			}, nil
		},
		Blog: func(ctx context.Context, at Place) (*Peer, error) {
			pool, err := pgxPool(ctx, at)
			if err != nil {
				return nil, err
			}
			db := bobpgx.NewPool(pool)
			return &Peer{
				Totals:       bobTotals(db),
				Keyset:       bobKeyset(db),
				EditDocument: bobEditDocument(db),
				Service:      bobService(db),
				Close:        pool.Close,
			}, nil
		},
	})
}

type bobPeer struct{ db bobpgx.Pool }

var (
	bobItems   = scan.StructMapper[Item]()
	bobItem    = scan.StructMapper[*Item]()
	bobValues  = []string{"created", "updated", "name", "email", "city", "note", "age", "active", "points"}
	bobColumns = []any{"id", "created", "updated", "name", "email", "city", "note", "age", "active", "points"}
)

func bobInsert(ctx context.Context, db bob.Executor, it *Item) (err error) {
	it.ID, err = bob.One(ctx, db, psql.Insert(im.Into("items", bobValues...), im.Values(psql.Arg(values(it)...)), im.Returning("id")),
		scan.SingleColumnMapper[int64])
	return err
}

// inTx runs fn in a transaction.
func (p *bobPeer) inTx(ctx context.Context, fn func(tx bobpgx.Tx) error) error {
	tx, err := p.db.Begin(ctx)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback(ctx))
	}
	return tx.Commit(ctx)
}

func (p *bobPeer) insertTx(ctx context.Context, items []Item) error {
	return p.inTx(ctx, func(tx bobpgx.Tx) error {
		for i := range items {
			if err := bobInsert(ctx, tx, &items[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *bobPeer) insertMany(ctx context.Context, items []Item) error {
	return p.inTx(ctx, func(tx bobpgx.Tx) error {
		for from := 0; from < len(items); from += bulkChunk {
			chunk := items[from:min(from+bulkChunk, len(items))]
			mods := []bob.Mod[*dialect.InsertQuery]{im.Into("items", bobValues...), im.Returning("id")}
			for i := range chunk {
				mods = append(mods, im.Values(psql.Arg(values(&chunk[i])...)))
			}
			ids, err := bob.All(ctx, tx, psql.Insert(mods...), scan.SingleColumnMapper[int64])
			if err != nil {
				return err
			}
			for i, id := range ids {
				chunk[i].ID = id
			}
		}
		return nil
	})
}

func (p *bobPeer) get(ctx context.Context, id int64) (*Item, error) {
	return bob.One(ctx, p.db, psql.Select(sm.Columns(bobColumns...), sm.From("items"), sm.Where(psql.Quote("id").EQ(psql.Arg(id)))), bobItem)
}

func (p *bobPeer) getMany(ctx context.Context, ids []int64) ([]Item, error) {
	return bob.All(ctx, p.db, psql.Select(sm.Columns(bobColumns...), sm.From("items"), sm.Where(psql.Raw("id = ANY(?)", ids))), bobItems)
}

func (p *bobPeer) list(ctx context.Context, n int) ([]Item, error) {
	return bob.All(ctx, p.db, psql.Select(sm.Columns(bobColumns...), sm.From("items"),
		sm.Where(psql.Quote("active").EQ(psql.Arg(true))), sm.Where(psql.Quote("age").GTE(psql.Arg(filterAge))),
		sm.OrderBy("id").Desc(), sm.Limit(psql.Arg(n))), bobItems)
}

func (p *bobPeer) stream(ctx context.Context, row func(*Item)) error {
	cursor, err := bob.Cursor(ctx, p.db, psql.Select(sm.Columns(bobColumns...), sm.From("items"), sm.OrderBy("id")), bobItem)
	if err != nil {
		return err
	}
	defer cursor.Close()
	for cursor.Next() {
		it, err := cursor.Get()
		if err != nil {
			return err
		}
		row(it)
	}
	return cursor.Err()
}

func (p *bobPeer) update(ctx context.Context, it *Item) error {
	_, err := bob.Exec(ctx, p.db, psql.Update(um.Table("items"),
		um.SetCol("created").ToArg(it.Created), um.SetCol("updated").ToArg(it.Updated), um.SetCol("name").ToArg(it.Name),
		um.SetCol("email").ToArg(it.Email), um.SetCol("city").ToArg(it.City), um.SetCol("note").ToArg(it.Note),
		um.SetCol("age").ToArg(it.Age), um.SetCol("active").ToArg(it.Active), um.SetCol("points").ToArg(it.Points),
		um.Where(psql.Quote("id").EQ(psql.Arg(it.ID)))))
	return err
}

func (p *bobPeer) setPoints(ctx context.Context, id, points int64, updated time.Time) error {
	_, err := bob.Exec(ctx, p.db, psql.Update(um.Table("items"), um.SetCol("points").ToArg(points), um.SetCol("updated").ToArg(updated),
		um.Where(psql.Quote("id").EQ(psql.Arg(id)))))
	return err
}

func (p *bobPeer) upsert(ctx context.Context, it *Item) error {
	_, err := bob.Exec(ctx, p.db, psql.Insert(
		im.Into("items", append([]string{"id"}, bobValues...)...),
		im.Values(psql.Arg(append([]any{it.ID}, values(it)...)...)),
		im.OnConflict("id").DoUpdate(im.SetExcluded("updated", "name", "email", "city", "note", "age", "active", "points"))))
	return err
}

func (p *bobPeer) delete(ctx context.Context, id int64) error {
	_, err := bob.Exec(ctx, p.db, psql.Delete(dm.From("items"), dm.Where(psql.Quote("id").EQ(psql.Arg(id)))))
	return err
}
