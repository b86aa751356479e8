package install_test

import (
	"context"
	"strings"
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

// Ensure that a foreign key of several columns has the actions that its tag says, that they are seen and left alone, and
// that those which others made stay without a tag.
func TestCompositeActions(t *testing.T) {
	t.Parallel()
	type pair struct {
		A int64 `prom:"key"`
		B int64 `prom:"key"`
	}
	type said struct {
		ID             int64 `prom:"key,auto"`
		A1, B1, A2, B2 *int64
		A3, B3, A4, B4 *int64
		A5             int64 `prom:"default=1"`
		B5             int64 `prom:"default=1"`
		A6             int64
		B6             *int64
		R1             prom.CompositeRef[pair] `prom:"on='a1, b1',ondelete=restrict,onupdate=no action"`
		R2             prom.CompositeRef[pair] `prom:"on='a2, b2',ondelete=no action,onupdate=restrict"`
		R3             prom.CompositeRef[pair] `prom:"on='a3, b3',ondelete=cascade,onupdate=set null"`
		R4             prom.CompositeRef[pair] `prom:"on='a4, b4',ondelete=set null,onupdate=cascade,deferrable"`
		R5             prom.CompositeRef[pair] `prom:"on='a5, b5',ondelete=set default,onupdate=set default"`
		R6             prom.CompositeRef[pair] `prom:"on='a6, b6'"`
	}
	type unsaid struct {
		ID             int64 `prom:"key,auto"`
		A1, B1, A2, B2 *int64
		A3, B3, A4, B4 *int64
		A5             int64 `prom:"default=1"`
		B5             int64 `prom:"default=1"`
		A6             int64
		B6             *int64
		R1             prom.CompositeRef[pair] `prom:"on='a1, b1'"`
		R2             prom.CompositeRef[pair] `prom:"on='a2, b2'"`
		R3             prom.CompositeRef[pair] `prom:"on='a3, b3'"`
		R4             prom.CompositeRef[pair] `prom:"on='a4, b4'"`
		R5             prom.CompositeRef[pair] `prom:"on='a5, b5'"`
		R6             prom.CompositeRef[pair] `prom:"on='a6, b6'"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		first, then := named[said](t, "acts"), named[unsaid](t, "acts")
		ensure(ctx, t, db, table[pair](t), first)
		actions := func() map[string]string {
			found, err := db.InspectAll(ctx, "acts")
			is.NoErr(err)
			got := map[string]string{}
			for _, k := range found.ForeignKeys {
				got[k.Columns[0]] = strings.TrimSuffix(k.OnDelete+" "+strings.Join(k.SetColumns, "+")+", "+k.OnUpdate, " ")
			}
			return got
		}
		want := map[string]string{"a1": "RESTRICT , NO ACTION", "a2": "NO ACTION , RESTRICT", "a3": "CASCADE , SET NULL", "a4": "SET NULL , CASCADE",
			"a5": "SET DEFAULT , SET DEFAULT", "a6": "NO ACTION , CASCADE"}
		if e.Name == dbtest.NamePostgres {
			want["a6"] = "SET NULL b6, CASCADE"
		}
		is.Equal(actions(), want)
		is.Equal(planOf(ctx, t, db, first), nil)
		ensure(ctx, t, db, then)
		whole(ctx, t, db, then)
		is.Equal(actions(), want)
		whole(ctx, t, db, first)

		// They do what they say.
		runSQL(t, db, `INSERT INTO "pair" ("a", "b") VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)`,
			`INSERT INTO "acts" ("a1", "b1", "a2", "b2", "a4", "b4", "a5", "b5", "a6", "b6") VALUES (1, 1, 2, 2, 4, 4, 5, 5, 6, 6)`)
		refused(ctx, t, db, `DELETE FROM "pair" WHERE "a" = 1`, `DELETE FROM "pair" WHERE "a" = 2`, `UPDATE "pair" SET "b" = 9 WHERE "a" = 1`,
			`UPDATE "pair" SET "b" = 9 WHERE "a" = 2`)
		runSQL(t, db, `DELETE FROM "pair" WHERE "a" IN (4, 5)`)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "acts" WHERE "a4" IS NULL AND "b4" IS NULL AND "a5" = 1 AND "b5" = 1`), int64(1))
		if e.Name == dbtest.NamePostgres {
			runSQL(t, db, `DELETE FROM "pair" WHERE "a" = 6`)
			is.Equal(count(ctx, t, db, `SELECT count(*) FROM "acts" WHERE "a6" = 6 AND "b6" IS NULL`), int64(1))
		} else {
			refused(ctx, t, db, `DELETE FROM "pair" WHERE "a" = 6`)
		}
	})
}
