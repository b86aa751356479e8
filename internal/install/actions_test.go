package install_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the foreign keys of a table have the actions that tags say, that a plan changes them with the tags alone,
// and that what a tag does not say stays as others made it.
func TestActions(t *testing.T) {
	t.Parallel()
	type pair struct {
		A int64 `prom:"key"`
		B int64 `prom:"key"`
	}
	type acting struct {
		ID       int64 `prom:"key,auto"`
		Plain    prom.Ref[owner]
		Restrict prom.Ref[owner]  `prom:"ondelete=restrict"`
		Nothing  prom.Ref[owner]  `prom:"ondelete=no action,onupdate=no action"`
		Default  prom.Ref[owner]  `prom:"ondelete=set default,default=1"`
		Cascade  *prom.Ref[owner] `prom:"ondelete=cascade,onupdate=SET NULL"`
		Later    *prom.Ref[owner] `prom:"deferrable=deferred"`
		Maybe    *prom.Ref[owner] `prom:"deferrable"`
		A        int64
		B        *int64
		Pair     prom.CompositeRef[pair] `prom:"on='a, b',ondelete=cascade,onupdate=restrict"`
	}
	type changed struct {
		ID       int64           `prom:"key,auto"`
		Plain    prom.Ref[owner] `prom:"ondelete=restrict"`
		Restrict prom.Ref[owner]
		Nothing  prom.Ref[owner]  `prom:"ondelete=cascade"`
		Default  prom.Ref[owner]  `prom:"ondelete=set default,default=1"`
		Cascade  *prom.Ref[owner] `prom:"onupdate=cascade"`
		Later    *prom.Ref[owner] `prom:"deferrable"`
		Maybe    *prom.Ref[owner]
		A        int64
		B        *int64
		Pair     prom.CompositeRef[pair] `prom:"on='a, b',onupdate=cascade"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		before, after := named[acting](t, "acting"), named[changed](t, "acting")
		ensure(ctx, t, db, table[owner](t), table[pair](t), before)
		actions := func() map[string]string {
			found, err := db.InspectAll(ctx, "acting")
			is.NoErr(err)
			got := map[string]string{}
			for _, k := range found.ForeignKeys {
				text := k.OnDelete + ", " + k.OnUpdate
				switch {
				case k.Deferred:
					text += ", deferred"
				case k.Deferrable:
					text += ", deferrable"
				}
				got[k.Columns[0]] = text
			}
			return got
		}
		is.Equal(actions(), map[string]string{
			"plain": "CASCADE, CASCADE", "restrict": "RESTRICT, CASCADE", "nothing": "NO ACTION, NO ACTION", "default": "SET DEFAULT, CASCADE",
			"cascade": "CASCADE, SET NULL", "later": "SET NULL, CASCADE, deferred", "maybe": "SET NULL, CASCADE, deferrable", "a": "CASCADE, RESTRICT",
		})
		is.Equal(planOf(ctx, t, db, before), nil)

		whole(ctx, t, db, after)
		is.Equal(actions(), map[string]string{
			"plain": "RESTRICT, CASCADE", "restrict": "RESTRICT, CASCADE", "nothing": "CASCADE, NO ACTION", "default": "SET DEFAULT, CASCADE",
			"cascade": "CASCADE, CASCADE", "later": "SET NULL, CASCADE, deferrable", "maybe": "SET NULL, CASCADE, deferrable", "a": "CASCADE, CASCADE",
		})

		// They do what they say.
		runSQL(t, db, `INSERT INTO "owner" ("id", "name") VALUES (1, 'a'), (2, 'b'), (3, 'c')`,
			`INSERT INTO "pair" ("a", "b") VALUES (1, 1)`,
			`INSERT INTO "acting" ("plain", "restrict", "nothing", "default", "a") VALUES (1, 1, 3, 2, 1)`)
		refused(ctx, t, db, `DELETE FROM "owner" WHERE "id" = 1`)
		runSQL(t, db, `DELETE FROM "owner" WHERE "id" = 2`)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "acting" WHERE "default" = 1`), int64(1))
		runSQL(t, db, `DELETE FROM "owner" WHERE "id" = 3`)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "acting"`), int64(0))
	})
}
