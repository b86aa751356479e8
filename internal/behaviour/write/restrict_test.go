package write_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Holder is a row that others refer to by a rule of their own. It refers to something itself.
type Holder struct {
	Code string `prom:"key"`
	Name string
	Hall *prom.Ref[HolderHall]
}

// HolderHall is what a holder refers to.
type HolderHall struct{ prom.Model }

var (
	holder     = prom.Proto[Holder]()
	holderCode = prom.TextOf(holder, &holder.Code)
	holderName = prom.TextOf(holder, &holder.Name)
)

// Ensure that a row which RESTRICT or NO ACTION keeps is ErrForeignKey, whichever way it is deleted or its key changed,
// and stays.
func TestRestrict(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		holders := prom.NewRepo[Holder](prom.Using(db))
		if err := holders.Create(ctx, &Holder{Code: "a", Name: "n"}); err != nil {
			t.Fatal(err)
		}
		held := holders.Where(holderCode.Eq("a"))
		tx := func(fn func(ctx context.Context) error) func(context.Context) error {
			return func(ctx context.Context) error {
				is := is.New(t)
				return db.Tx(ctx, func(ctx context.Context) error {
					err := fn(ctx)
					is.NoErr(kit.ErrOf(held.Update(ctx, holderName.Set("n")))) // the transaction goes on
					return err
				})
			}
		}
		byValue := func(ctx context.Context) error { return holders.Delete(ctx, &Holder{Code: "a"}) }
		byQuery := func(ctx context.Context) error { return kit.ErrOf(held.Delete(ctx)) }
		batch := func(add func(b *prom.Batch)) func(context.Context) error {
			return func(ctx context.Context) error {
				b := new(prom.Batch)
				add(b)
				return b.Run(ctx)
			}
		}
		ways := map[string]func(ctx context.Context) error{
			"Delete":                    byValue,
			"Delete in a transaction":   tx(byValue),
			"DeleteKey":                 func(ctx context.Context) error { return holders.DeleteKey(ctx, "a") },
			"by query":                  byQuery,
			"by query in a transaction": tx(byQuery),
			"update of the key": func(ctx context.Context) error {
				return kit.ErrOf(held.Update(ctx,
					holderCode.Set("b")))
			},
			"batch": batch(func(b *prom.Batch) { prom.Queue(b, holders).DeleteKey("a") }),
			"raw": func(ctx context.Context) error {
				return kit.ErrOf(prom.RawExec(ctx, db,
					`DELETE FROM "holder"`))
			},
		}
		for _, rule := range []string{"RESTRICT", "NO ACTION"} {
			kit.RunSQL(t, db, `CREATE TABLE "holding" ("holder" VARCHAR(5) REFERENCES "holder" ("code") ON DELETE `+rule+` ON UPDATE `+rule+`)`,
				`INSERT INTO "holding" VALUES ('a')`)
			for name, way := range ways {
				t.Run(rule+" "+name, func(t *testing.T) {
					is := is.New(t)
					err := way(ctx)
					is.True(errors.Is(err, prom.ErrForeignKey))
					is.True(!errors.Is(err, prom.ErrCheck))
					var of *prom.Error
					is.True(errors.As(err, &of))
					if rule == "RESTRICT" {
						is.Equal(of.Columns, nil) // the reference is another table's
					}
					n, err := holders.Count(ctx)
					is.NoErr(err)
					is.Equal(n, 1)
				})
			}
			kit.RunSQL(t, db, `DROP TABLE "holding"`)
		}
	})
}
