package write_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Fuse is a model with a value whose encoding may panic.
type Fuse struct {
	prom.Model
	Name string
	Load Charge `prom:"json"`
}

// Charge panics when it is encoded and set.
type Charge struct{ Set bool }

// MarshalJSON implements [json.Marshaler].
func (c Charge) MarshalJSON() ([]byte, error) {
	if c.Set {
		panic("boom")
	}
	return json.Marshal(c.Set)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Charge) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &c.Set) }

// Ensure that a panic in the code that encodes a value of many leaves none of them, and the connection for others, in a
// transaction that goes on as well.
func TestCreateMany_Panic(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.With("pool_maxconn=1"))
		fuses := prom.NewRepo[Fuse](prom.Using(db))
		is.NoErr(fuses.Create(ctx, &Fuse{Name: "first"}))
		for _, n := range []int{2, 300, 4000} {
			many := func(ctx context.Context) string {
				list := make([]Fuse, n)
				list[n-1].Load.Set = true
				return kit.PanicText(func() { _ = fuses.CreateMany(ctx, list) })
			}
			is.Equal(many(ctx), "boom")
			is.NoErr(fuses.Create(ctx, &Fuse{Name: "alone"}))
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(fuses.Create(ctx, &Fuse{Name: "before"}))
				is.Equal(many(ctx), "boom")
				return fuses.Create(ctx, &Fuse{Name: "after"})
			}))
		}
		is.Equal(kit.Count(t, fuses.Query()), 1+3*3)
	})
}

// Ensure that many rows are there all or none when the database stores fewer of them than it was given.
func TestCreateMany_Swallowed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.Postgres(t))
	fuses := prom.NewRepo[Fuse](prom.Using(db))
	is.NoErr(fuses.Install(ctx))
	kit.RunSQL(t, db, `CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'x' THEN RETURN NULL; END IF; RETURN NEW; END $$`,
		`CREATE TRIGGER swallow BEFORE INSERT ON "fuse" FOR EACH ROW EXECUTE FUNCTION swallow()`)
	for _, n := range []int{2, 300, 4000} {
		list := make([]Fuse, n)
		list[n/2].Name = "x"
		is.True(fuses.CreateMany(ctx, list) != nil)
		is.Equal(kit.Count(t, fuses.Query()), 0)
		list[n/2].Name = "y"
		is.NoErr(fuses.CreateMany(ctx, list))
		_, err := fuses.WithoutWhere().Delete(ctx)
		is.NoErr(err)
	}
}

// Ensure that what a raw statement writes stays when the loop over its rows is left.
func TestRawStream_Writes(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.With("pool_maxconn=1"))
		repo := kit.Tiles(t, db, 5000)
		for _, err := range prom.RawQuery[string](db, `UPDATE note SET body = 'done' RETURNING title || ?`,
			strings.Repeat("x", 500)).Stream(ctx) {
			is.NoErr(err)
			break
		}
		is.Equal(kit.Count(t, repo.Where(kit.NoteBody.Eq("done"))), 5000)
		kit.Idle(t, db)
	})
}

// Ensure that a procedure which has committed some of its work is not called again by itself.
func TestRawExec_Call(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.Postgres(t))
	fuses := prom.NewRepo[Fuse](prom.Using(db))
	is.NoErr(fuses.Install(ctx))
	kit.RunSQL(t, db, `CREATE TABLE calls (n int)`,
		`CREATE PROCEDURE move() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO calls VALUES (1); COMMIT; PERFORM 1 FROM nowhere; END $$`)
	_, err := prom.RawExec(ctx, fuses, `CALL move()`)
	is.True(errors.Is(err, prom.ErrNoTable))
	n, err := prom.RawQuery[int](db, `SELECT count(*) FROM calls`).First(ctx)
	is.NoErr(err)
	is.Equal(n, 1)
}
