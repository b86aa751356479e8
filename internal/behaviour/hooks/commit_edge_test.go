package hooks_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that nothing else is sent when nobody listens: writes by query return nothing.
func TestOnCommit_Cost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var h heard
		var log kit.Statements
		other := prom.NewRepo[seal](prom.Table("other_seals"))
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add, other), log.Option())
		seals := prom.NewRepo[seal](prom.Using(db))
		other = other.Using(db)
		is.NoErr(prom.Install(ctx, seals, other))
		for _, repo := range []*prom.Repo[seal]{seals, other} {
			kit.MustCreate(t, repo, seal{N: 1})
			log.Take()
			_, err := repo.Where(sealN.Eq(1)).Update(ctx, sealN.Set(2))
			is.NoErr(err)
			_, err = repo.Where(sealN.Eq(2)).Delete(ctx)
			is.NoErr(err)
			sent := strings.Join(kit.Calls(log.Take()), "\n")
			want := 0
			if repo == other {
				want = 2
			}
			is.Equal(strings.Count(sent, `RETURNING "_id"`), want)
			is.Equal(strings.Count(sent, "RETURNING"), want)
		}
		list := h.takeAll()
		is.Equal(len(list), 3)
		is.Equal(list[2].Table, "other_seals")
	})
}

// Ensure that a write by query is undone when a key in its rows cannot be read: nothing is told of it, and its error
// says that it has not happened.
func TestOnCommit_UnreadableKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		kit.RunSQL(t, kit.Open(t, e.DSN), "CREATE TABLE smalls (no bigint PRIMARY KEY, n bigint NOT NULL)",
			"INSERT INTO smalls VALUES (1, 1), (70000, 1)")
		type small struct {
			No int16 `prom:"key"`
			N  int64
		}
		var h heard
		repo := prom.NewRepo[small](prom.Table("smalls"), prom.Using(kit.Open(t, e.DSN, prom.OnCommit(h.add))))
		proto := prom.Proto[small]()
		n := prom.NumberOf(proto, &proto.N)
		for range 2 {
			_, err := repo.Where(n.Eq(1)).Update(ctx, n.Set(2))
			is.True(err != nil)
			is.True(!errors.Is(err, prom.ErrOutcomeUnknown))
			left, err := repo.Where(n.Eq(1)).Count(ctx)
			is.NoErr(err)
			is.Equal(left, 2)
		}
		is.Equal(h.take(), "")
	})
}

// Ensure that what is written in a transaction of the program's is not told, since nobody learns of its commit.
func TestOnCommit_JoinedTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // there are none
		}
		is := is.New(t)
		ctx := t.Context()
		var h heard
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add))
		bins := prom.NewRepo[bin](prom.Using(db))
		is.NoErr(bins.Install(ctx))
		pool, err := prom.PgxPool(ctx, db)
		is.NoErr(err)
		is.NoErr(pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			inside, err := prom.WithPgxTx(ctx, db, tx)
			is.NoErr(err)
			return bins.Create(inside, &bin{Name: "a"})
		}))
		is.Equal(kit.Count(t, bins.Query()), 1)
		is.Equal(h.take(), "")
	})
}

// Ensure that nothing is told when nobody knows whether it has been committed.
func TestOnCommit_OutcomeUnknown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // a file has no answers to lose
		}
		is := is.New(t)
		ctx := t.Context()
		var h heard
		p, through := dbtest.NewProxy(t, e)
		db := kit.Open(t, through.DSN, prom.OnCommit(h.add))
		bins := prom.NewRepo[bin](prom.Using(db))
		is.NoErr(bins.Install(ctx))
		is.True(errors.Is(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(bins.Create(ctx, &bin{Name: "a"}))
			p.Lose("commit")
			return nil
		}), prom.ErrOutcomeUnknown))
		is.Equal(h.take(), "")
		is.NoErr(bins.Create(ctx, &bin{Name: "b"}))
		is.True(strings.HasPrefix(h.take(), "insert bin 1 [["))
	})
}

// Ensure that writes to a table that is audited, which run in a transaction that names who writes, are told once.
func TestOnCommit_Audited(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := prom.WithActor(t.Context(), "ann")
		type ledger struct {
			No int64 `prom:"key"`
			N  int64
			_  struct{} `prom:"audit"`
		}
		var h heard
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add))
		repo := prom.NewRepo[ledger](prom.Table("ledger"), prom.Using(db))
		proto := prom.Proto[ledger]()
		n := prom.NumberOf(proto, &proto.N)
		is.NoErr(repo.Create(ctx, &ledger{No: 1}))
		is.NoErr(repo.CreateMany(ctx, []ledger{{No: 2}, {No: 3}}))
		_, err := repo.Where(n.Eq(0)).Update(ctx, n.Set(1))
		is.NoErr(err)
		var batch prom.Batch
		q := prom.Queue(&batch, repo)
		q.Create(&ledger{No: 4})
		q.DeleteKey(1)
		is.NoErr(batch.Run(ctx))
		is.Equal(h.take(), "insert ledger 1 [[1]]; insert ledger 2 [[2] [3]]; update ledger 3 [[1] [2] [3]]; "+
			"insert ledger 1 [[4]]; delete ledger 1 [[1]]")
	})
}
