package write_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that many rows have the effect that single ones have, whichever way they go to PostgreSQL, when rules and
// triggers of the table do more than to store them, also such as come while the connection is in use; and that the keys
// are those of the rows.
// suite: 35
func TestCreateManyIntercepted(t *testing.T) {
	t.Parallel()
	const table = "CREATE TABLE tally (id bigserial PRIMARY KEY, no bigint NOT NULL, s text NOT NULL)"
	for name, c := range map[string]struct {
		texts  []string
		audits bool
	}{
		"rule": {[]string{table, "CREATE RULE r AS ON INSERT TO tally WHERE NEW.no >= 0 DO ALSO INSERT INTO audit VALUES (NEW.no)"}, true},
		"rule of a partitioned table": {[]string{
			"CREATE TABLE tally (id bigserial, no bigint NOT NULL, s text NOT NULL) PARTITION BY HASH (no)",
			"CREATE TABLE tally0 PARTITION OF tally FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
			"CREATE TABLE tally1 PARTITION OF tally FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
			"CREATE RULE r AS ON INSERT TO tally DO ALSO INSERT INTO audit VALUES (NEW.no)"}, true},
		"trigger that makes the key": {[]string{table, `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN INSERT INTO audit VALUES (NEW.no); NEW.id := NEW.id * 3; RETURN NEW; END $$`,
			"CREATE TRIGGER t BEFORE INSERT ON tally FOR EACH ROW EXECUTE FUNCTION f()"}, true},
		"trigger of a partition": {[]string{
			"CREATE TABLE tally (id bigserial, no bigint NOT NULL, s text NOT NULL) PARTITION BY HASH (no)",
			"CREATE TABLE tally0 PARTITION OF tally FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
			"CREATE TABLE tally1 PARTITION OF tally FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
			`CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := NEW.id * 3; RETURN NEW; END $$`,
			"CREATE TRIGGER t BEFORE INSERT ON tally1 FOR EACH ROW EXECUTE FUNCTION f()"}, false},
		"default of its own": {[]string{table, "ALTER TABLE tally ALTER id SET DEFAULT 5 * nextval('tally_id_seq')"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := kit.Ended(t)
			dsn := dbtest.Postgres(t)
			setup := kit.Open(t, dsn)
			kit.RunSQL(t, setup, "CREATE TABLE audit (no bigint)")
			kit.RunSQL(t, setup, c.texts[:len(c.texts)-1]...)
			db := kit.Open(t, dbtest.Engine{DSN: dsn}.With("pool_maxconn=1"))
			repo := tallies(db)
			is.NoErr(repo.CreateMany(ctx, manyTallies(0, kit.ByCopy))) // the connection knows the table as it is before
			kit.RunSQL(t, setup, c.texts[len(c.texts)-1], "TRUNCATE tally")
			from, want := 1, 0
			for _, n := range []int{1, kit.ByArrays, kit.ByCopy - 1, kit.ByCopy, kit.ByCopy + 1} {
				for _, s := range kit.Situations {
					list := manyTallies(from, n)
					is.NoErr(s.In(ctx, db, func(ctx context.Context) error { return repo.CreateMany(ctx, list) }))
					if from, want = from+n, want+n; c.audits {
						is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM audit"), want)
					}
					stored := map[int]int64{}
					for _, v := range kit.AllOf(t, repo) {
						stored[v.No] = v.ID
					}
					for _, v := range list {
						if stored[v.No] != v.ID {
							t.Fatalf("%d rows, %s: the row of %d has the key %d and not %d", n, s.Name, v.No, stored[v.No], v.ID)
						}
					}
				}
			}
			one := tally{No: from}
			is.NoErr(repo.Create(ctx, &one))
			got, err := repo.Get(ctx, one.ID)
			is.NoErr(err)
			is.Equal(got.No, from)
			if name == "default of its own" {
				is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM tally WHERE id % 5 <> 0"), 0)
			}
		})
	}
}
