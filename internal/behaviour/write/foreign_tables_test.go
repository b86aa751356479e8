package write_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Account is a model whose table others have made.
type Account struct {
	ID   int64  `prom:"key,auto"`
	Name string `prom:"unique"`
	N    int
}

var (
	account     = prom.Proto[Account]()
	accountName = prom.TextOf(account, &account.Name)
	accountN    = prom.NumberOf(account, &account.N)
)

// Tables for accounts as others make them, by engine: with keys that are not counted up, without row numbers, in
// partitions, behind views. Behind a view with triggers there are no upserts, in either engine.
var accountTables = map[string][]struct {
	name   string
	texts  []string
	random bool // its keys do not ascend
	view   bool // with triggers
	given  bool // its keys are not made
}{
	dbtest.NameSQLite: {
		{name: "without row numbers", random: true, texts: []string{
			`CREATE TABLE account (id INTEGER PRIMARY KEY NOT NULL DEFAULT (abs(random() / 2) + 1), name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL) WITHOUT ROWID`}},
		{name: "key beside the row number", random: true, texts: []string{
			`CREATE TABLE account (id INT NOT NULL PRIMARY KEY DEFAULT (abs(random() / 2) + 1), name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL)`}},
		{name: "another row number", random: true, texts: []string{
			`CREATE TABLE account (no INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE DEFAULT (abs(random() / 2) + 1), name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL)`}},
		{name: "a default that is not used", texts: []string{
			`CREATE TABLE account (id INTEGER PRIMARY KEY DEFAULT (abs(random())), name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL)`}},
		{name: "trigger that inserts", texts: []string{
			`CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL)`,
			`CREATE TABLE other (id INTEGER PRIMARY KEY, name TEXT)`, `INSERT INTO other (id) VALUES (1000)`,
			`CREATE TRIGGER before BEFORE INSERT ON account BEGIN INSERT INTO other (name) VALUES (NEW.name); END`,
			`CREATE TRIGGER after AFTER INSERT ON account BEGIN INSERT INTO other (name) VALUES (NEW.name); END`}},
		{name: "view with triggers", view: true, given: true, texts: []string{
			`CREATE TABLE base (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n INTEGER NOT NULL)`,
			`CREATE VIEW account AS SELECT * FROM base`,
			`CREATE TRIGGER i INSTEAD OF INSERT ON account BEGIN INSERT INTO base VALUES (NEW.id, NEW.name, NEW.n); END`,
			`CREATE TRIGGER u INSTEAD OF UPDATE ON account BEGIN UPDATE base SET name = NEW.name, n = NEW.n WHERE id = OLD.id; END`,
			`CREATE TRIGGER d INSTEAD OF DELETE ON account BEGIN DELETE FROM base WHERE id = OLD.id; END`}},
	},
	dbtest.NamePostgres: {
		{name: "default", random: true, texts: []string{
			`CREATE TABLE account (id bigint PRIMARY KEY DEFAULT (random() * 1e15)::bigint, name text NOT NULL UNIQUE, n bigint NOT NULL)`}},
		{name: "partitions", texts: []string{
			`CREATE TABLE account (id bigserial, name text NOT NULL UNIQUE, n bigint NOT NULL) PARTITION BY HASH (name)`,
			`CREATE TABLE account0 PARTITION OF account FOR VALUES WITH (MODULUS 2, REMAINDER 0)`,
			// With its columns in another order rows are converted on their way.
			`CREATE TABLE account1 (n bigint NOT NULL, name text NOT NULL UNIQUE, id bigint NOT NULL)`,
			`ALTER TABLE account ATTACH PARTITION account1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)`}},
		{name: "view", texts: []string{
			`CREATE TABLE base (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, n bigint NOT NULL)`,
			`CREATE VIEW account AS SELECT * FROM base`}},
		{name: "view with triggers", view: true, texts: []string{
			`CREATE TABLE base (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, n bigint NOT NULL)`,
			`CREATE VIEW account AS SELECT * FROM base`,
			`CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				IF TG_OP = 'INSERT' THEN
					INSERT INTO base (id, name, n) VALUES (coalesce(NEW.id, nextval('base_id_seq')), NEW.name, NEW.n) RETURNING id INTO NEW.id;
					RETURN NEW;
				END IF;
				DELETE FROM base WHERE id = OLD.id;
				IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
				INSERT INTO base VALUES (NEW.*);
				RETURN NEW;
			END $$`,
			`CREATE TRIGGER t INSTEAD OF INSERT OR UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION f()`}},
	},
}

// Ensure that what a write tells, the key, whether a row was inserted or updated, the number of rows, is true of tables
// that others made, and that many rows go there as single ones do.
// suite: 35
func TestForeignTables(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		dbtest.Reportf(t, 35, "%d shapes of tables and views: keys, outcomes and numbers of rows are the rows' own",
			len(accountTables[e.Name]))
		for _, shape := range accountTables[e.Name] {
			t.Run(shape.name, func(t *testing.T) {
				is := is.New(t)
				ctx := kit.Ended(t)
				db := kit.Open(t, e.DSN)
				kit.RunSQL(t, db, shape.texts...)
				defer func() { is.NoErr(prom.UnsafeDropAll(ctx, db)) }()
				repo := prom.NewRepo[Account](prom.Using(db))
				same := func(list ...Account) {
					t.Helper()
					for _, v := range list {
						if got, err := repo.Get(ctx, v.ID); err != nil || *got != v {
							t.Fatalf("%+v is stored as %+v, %v", v, got, err)
						}
					}
				}
				n := 0
				next := func() Account {
					n++
					a := Account{Name: fmt.Sprint("a", n), N: n}
					if shape.given {
						a.ID = int64(n)
					}
					return a
				}
				if shape.given { // what is not told is seen beforehand, once the table is known, or undone
					refused := func(err error) bool { return errors.Is(err, prom.ErrType) || errors.Is(err, prom.ErrValidation) }
					for range 2 {
						is.True(refused(repo.CreateMany(ctx, make([]Account, 1))))
						is.True(refused(repo.CreateMany(ctx, []Account{{Name: "x"}, {Name: "y"}})))
						is.True(refused(repo.Create(ctx, &Account{})))
						is.Equal(len(kit.AllOf(t, repo)), 0)
					}
				}
				for range 3 { // nothing is known of the table at first
					for _, size := range []int{1, 3, kit.ByArrays + 10, kit.ByCopy + 1} {
						for _, s := range kit.Situations[:2] {
							list := make([]Account, size)
							for j := range list {
								list[j] = next()
							}
							is.NoErr(s.In(ctx, db, func(ctx context.Context) error { return repo.CreateMany(ctx, list) }))
							same(list[0], list[size/2], list[size-1])
							for j := range list[1:] {
								is.True(shape.random || list[j].ID < list[j+1].ID)
							}
						}
					}
					one, two, three := next(), next(), next()
					is.NoErr(repo.Create(ctx, &one))
					var b prom.Batch
					prom.Queue(&b, repo).Create(&two)
					prom.Queue(&b, repo).Create(&three)
					is.NoErr(b.Run(ctx))
					same(one, two, three)

					two.N = -2
					is.NoErr(repo.Update(ctx, &two))
					same(two)
					changed, err := repo.Where(accountName.In(one.Name, two.Name, "none")).Update(ctx, accountN.Add(1))
					is.NoErr(err)
					is.Equal(changed, 2)
					is.NoErr(repo.Delete(ctx, &three))
					is.True(errors.Is(repo.DeleteKey(ctx, three.ID), prom.ErrNotFound))
					prom.Queue(&b, repo).UpdateWhere(repo.Where(accountName.Eq(two.Name)), accountN.Set(5))
					deleted := prom.Queue(&b, repo).DeleteKey(three.ID)
					updated := prom.Queue(&b, repo).UpdateWhere(repo.Where(accountN.In(one.N+1, 5),
						accountName.In(one.Name, two.Name)), accountN.Set(6))
					is.NoErr(b.Run(ctx))
					changed, err = updated.Value()
					is.NoErr(err)
					is.Equal(changed, 2)
					changed, err = deleted.Value()
					is.NoErr(err)
					is.Equal(changed, 0)
					gone, err := repo.Where(accountName.In(one.Name, two.Name, "none")).Delete(ctx)
					is.NoErr(err)
					is.Equal(gone, 2)
					if !shape.view {
						foreignUpserts(ctx, t, db, repo, next)
					}
				}
			})
		}
	})
}

// foreignUpserts makes sure that upserts of a table of others tell the row and the outcome.
func foreignUpserts(ctx context.Context, t *testing.T, db *prom.DB, repo *prom.Repo[Account], next func() Account) {
	t.Helper()
	byName := repo.OnConflict(accountName)
	for _, s := range kit.Situations[:2] {
		is := is.New(t)
		first := next()
		is.NoErr(s.In(ctx, db, func(ctx context.Context) error {
			for range 2 {
				for i, c := range []struct {
					how  *prom.Conflict[Account]
					want prom.Outcome
				}{
					{byName, prom.Inserted}, {byName, prom.Updated}, {byName.Update(accountN.Add(1)), prom.Updated},
					{byName.Where(accountN.Lt(0)), prom.Unchanged}, {byName.DoNothing(), prom.Unchanged}, {byName, prom.Updated},
				} {
					v := Account{Name: first.Name, N: i}
					outcome, err := c.how.Create(ctx, &v)
					is.NoErr(err)
					is.Equal(outcome, c.want)
					got, err := repo.Where(accountName.Eq(first.Name)).First(ctx)
					is.NoErr(err)
					is.True(outcome == prom.Unchanged || *got == v)
				}
				other := next()
				outcome, err := byName.Where(accountN.Lt(0)).Create(ctx, &other)
				is.NoErr(err)
				is.Equal(outcome, prom.Inserted)
				first = next()
			}
			list := []Account{next(), next(), next()}
			list[2].Name = list[0].Name
			outcomes, err := byName.CreateMany(ctx, list)
			is.NoErr(err)
			is.Equal(outcomes, []prom.Outcome{prom.Inserted, prom.Inserted, prom.Updated})
			is.Equal(list[0].ID, list[2].ID)
			again := Account{Name: list[1].Name, N: 7}
			is.NoErr(repo.Upsert(ctx, &again, accountName))
			is.Equal(again.ID, list[1].ID)
			created, err := repo.GetOrCreate(ctx, &again, accountName)
			is.NoErr(err)
			is.True(!created)
			fresh := next()
			created, err = repo.GetOrCreate(ctx, &fresh, accountName)
			is.NoErr(err)
			is.True(created && fresh.ID != 0)
			return nil
		}))
	}
}
