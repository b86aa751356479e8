package failover_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a row for which a partitioned table has no partition is told as that.
func TestError_NoPartition(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.Postgres(t)+"&install=off")
	kit.RunSQL(t, db, `CREATE TABLE entry (id int, worker int) PARTITION BY RANGE (worker)`)
	_, err := prom.RawExec(ctx, db, `INSERT INTO entry VALUES (?, ?)`, 1, 4711)
	is.True(errors.Is(err, prom.ErrCheck))
	is.True(strings.Contains(err.Error(), "no partition for the row"))
	is.True(!strings.Contains(err.Error(), "4711"))
}

// Ensure that an error of a part of a table, whose name is the table's with a number as that of a shard of Citus is,
// names the table and its constraint.
func TestError_Shard(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.Postgres(t))
	items := prom.NewRepo[kit.Item](prom.Using(db))
	is.NoErr(items.Install(ctx))
	kit.RunSQL(t, db, `CREATE TABLE item_102008 (LIKE item INCLUDING DEFAULTS INCLUDING IDENTITY)`)
	kit.RunSQL(t, db, `CREATE UNIQUE INDEX item_name_102008 ON item_102008 (name)`)
	kit.RunSQL(t, db, `CREATE FUNCTION to_shard() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN INSERT INTO item_102008 SELECT NEW.*; RETURN NEW; END $$`)
	kit.RunSQL(t, db, `CREATE TRIGGER to_shard BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION to_shard()`)
	is.NoErr(items.Create(ctx, &kit.Item{Name: "a"}))
	err := items.Create(ctx, &kit.Item{Name: "a"})
	var e *prom.Error
	is.True(errors.As(err, &e))
	is.Equal(e.Kind, prom.ErrUnique)
	is.Equal(e.Table, "item")
	is.Equal(e.Constraint, "item_name")
	is.Equal(e.Columns, []string{"name"})
}

// Ensure that what the server does not support has a kind.
func TestError_Unsupported(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := kit.Open(t, dbtest.Postgres(t))
	_, err := prom.RawExec(kit.Ended(t), db, `SELECT * FROM other.public.t`)
	is.True(errors.Is(err, prom.ErrUnsupported))
	err = db.Tx(kit.Ended(t), func(ctx context.Context) error {
		_, err := prom.RawQuery[int](db, `SELECT count(*) FROM pg_class FOR UPDATE`).All(ctx)
		return err
	})
	is.True(errors.Is(err, prom.ErrUnsupported))
	is.True(strings.Contains(err.Error(), "FOR UPDATE is not allowed with aggregate functions"))
}
