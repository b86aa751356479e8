package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
	_ "modernc.org/sqlite"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/audit"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	person struct {
		ID    int64  `prom:"key,auto"`
		Name  string `prom:"unique"`
		Clubs prom.ManyToMany[club, membership]
	}
	club struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	membership struct { // only the links are audited
		_      struct{}         `prom:"audit"`
		Person prom.Ref[person] `prom:"key"`
		Club   prom.Ref[club]   `prom:"key"`
	}
)

var (
	aPerson     = prom.Proto[person]()
	personClubs = prom.ManyToManyOf(aPerson, &aPerson.Clubs)
)

// Ensure that links, upserts, get-or-create, chunks, claims and restores have the actor, and cascades from a table that
// is not audited.
func TestAudit_OtherWrites(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		w := newWorld(t, e)
		ctx := prom.WithActor(context.Background(), "ada")
		people, clubs := prom.NewRepo[person](prom.Using(w.db)), prom.NewRepo[club](prom.Using(w.db))
		links := prom.NewRepo[membership](prom.Using(w.db))
		is.NoErr(links.Install(ctx))
		p, c, d := person{Name: "p"}, club{Name: "c"}, club{Name: "d"}
		is.NoErr(people.Create(ctx, &p))
		is.NoErr(clubs.Create(ctx, &c))
		is.NoErr(clubs.Create(ctx, &d))
		is.Equal(w.told(), "")
		added, err := prom.LinksOf(people, personClubs, &p).Add(ctx, &c, &d)
		is.NoErr(err)
		is.Equal(added, 2)
		is.Equal(w.told(), fmt.Sprintf(`ada insert membership ["%d","%d"]; ada insert membership ["%[1]d","%[3]d"]`, p.ID, c.ID, d.ID))
		n, err := w.log.Where(audit.Row(links, p.ID, d.ID)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		_, err = prom.LinksOf(people, personClubs, &p).Remove(ctx, &c)
		is.NoErr(err)
		is.Equal(w.told(), fmt.Sprintf(`ada delete membership ["%d","%d"]`, p.ID, c.ID))
		is.NoErr(people.Delete(ctx, &p)) // the link goes with it
		is.Equal(w.told(), fmt.Sprintf(`ada delete membership ["%d","%d"]`, p.ID, d.ID))

		o := owner{Name: "o"}
		is.NoErr(w.owners.Upsert(ctx, &o, ownerName))
		is.Equal(w.told(), fmt.Sprint("ada insert owner ", o.ID))
		created, err := prom.GetOrCreateMany(ctx, w.owners, []owner{{Name: "o"}, {Name: "new"}}, ownerName)
		is.NoErr(err)
		is.Equal(created, []bool{false, true})
		is.Equal(len(w.news()), 1)
		outcomes, err := w.owners.OnConflict(ownerName).Update(ownerName.Set("newer")).CreateMany(ctx, []owner{{Name: "new"}, {Name: "third"}})
		is.NoErr(err)
		is.Equal(outcomes, []prom.Outcome{prom.Updated, prom.Inserted})
		list := w.news()
		is.Equal(list[0].Actor+list[0].Op+list[1].Actor+list[1].Op, "adaupdateadainsert")

		for _, err := range prom.UpdateInChunks(ctx, w.owners.Where(ownerName.Ne("o")), prom.Chunks{Size: 1}, ownerName.SetTo(prom.Concat(ownerName, prom.Val(anOwner, "!")))) {
			is.NoErr(err)
		}
		list = w.news()
		is.Equal(len(list), 2)
		is.Equal(list[1].Actor+list[1].Op, "adaupdate")
		taken, err := prom.Claim(ctx, w.owners.Where(ownerName.Eq("o")), 5, ownerName.Set("claimed"))
		is.NoErr(err)
		is.Equal(len(taken), 1)
		is.Equal(w.told(), fmt.Sprint("ada update owner ", o.ID))

		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, w.owners))
		_, err = w.owners.WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.Equal(len(w.news()), 3)
		is.NoErr(prom.Restore(ctx, &dump, w.owners))
		list = w.news()
		is.Equal(len(list), 3)
		is.Equal(list[2].Actor+list[2].Op, "adainsert")
	})
}

type parcel struct {
	_    struct{} `prom:"audit"`
	ID   int64    `prom:"key,auto"`
	Code string
}

func (parcel) TableName() string { return "shop.parcel" }

// Ensure that a table of a schema, or of an attached database, has its log there.
func TestAudit_Schemas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		dsn, space := e.DSN, "shop"
		if e.Name == dbtest.NameSQLite {
			dsn = e.With("attach=shop:" + filepath.Join(t.TempDir(), "shop.db"))
		}
		w := newWorld(t, dbtest.Engine{Name: e.Name, Mode: e.Mode, DSN: dsn})
		if e.Name == dbtest.NamePostgres { // of this test alone
			space = "shop_" + kit.ScanOne[string](t, w.db, "SELECT current_schema()")
			t.Cleanup(func() { kit.RunSQL(t, w.db, "DROP SCHEMA IF EXISTS "+space+" CASCADE") })
		}
		parcels := prom.NewRepo[parcel](prom.Using(w.db), prom.Table(space+".parcel"))
		ctx := prom.WithActor(context.Background(), "ada")
		is.NoErr(w.owners.Create(ctx, &owner{Name: "o"}))
		is.NoErr(w.db.Tx(ctx, func(ctx context.Context) error {
			return parcels.CreateMany(ctx, []parcel{{Code: "a"}, {Code: "b"}})
		}))
		is.NoErr(w.db.Tx(ctx, func(ctx context.Context) error {
			_, err := parcels.Where(prom.Raw(prom.Proto[parcel](), "code = ?", "a")).Delete(ctx)
			return err
		}))
		is.Equal(len(w.news()), 1) // of the owner
		there := audit.NewRepo(prom.Using(w.db), prom.Table(space+".prom_audit"))
		list, err := there.Where(audit.Of(parcels)).OrderBy(audit.ID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 3)
		is.Equal(list[2].Actor+list[2].Op, "adadelete")
		plan, err := prom.Plan(ctx, parcels)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
	})
}

// Ensure that a role which may write to the table writes to the log, which it can neither read nor change.
func TestAudit_Role(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := prom.WithActor(context.Background(), "ada")
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	w := newWorld(t, e)
	is.NoErr(w.owners.Install(ctx))
	schema := kit.ScanOne[string](t, w.db, `SELECT current_schema()`)
	role := "writer_" + schema
	kit.RunSQL(t, w.db, `CREATE ROLE `+role, `GRANT USAGE ON SCHEMA `+schema+` TO `+role, `GRANT ALL ON owner TO `+role,
		`GRANT ALL ON SEQUENCE owner_id_seq TO `+role)
	t.Cleanup(func() { kit.RunSQL(t, w.db, `DROP OWNED BY `+role, `DROP ROLE `+role) })
	db := kit.Open(t, e.With("role="+role+"&install=check"))
	is.NoErr(prom.NewRepo[owner](prom.Using(db)).Create(ctx, &owner{Name: "a"}))
	is.Equal(len(w.news()), 1)
	_, err := audit.NewRepo(prom.Using(db)).All(ctx)
	is.True(err != nil && strings.Contains(err.Error(), "permission"))
	kit.RunSQL(t, w.db, "TRUNCATE owner CASCADE")
	list := w.news()
	is.Equal(len(list), 2) // that of accounts too
	is.Equal(list[0].Op+list[0].Key+list[1].Op, audit.Truncate+audit.Truncate)
}

// Ensure that a program with another driver of SQLite, which has none of this library's functions, can write to an
// audited table, and writes to the log.
func TestAudit_PlainSQLite(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := prom.WithActor(context.Background(), "ada")
	path := filepath.Join(t.TempDir(), "a.db")
	w := newWorld(t, dbtest.Engine{Name: dbtest.NameSQLite, DSN: "sqlite://" + path})
	o := owner{Name: "a"}
	is.NoErr(w.owners.Create(ctx, &o))
	is.NoErr(w.accounts.Create(ctx, &account{Owner: prom.NewRef[owner](o.ID), Price: "1.5"}))
	w.news()
	plain, err := sql.Open("sqlite", path)
	is.NoErr(err)
	defer plain.Close()
	for _, text := range []string{
		`UPDATE account SET note = 'x', rate = 9e999, cents = 'no number', raw = 12`,
		`UPDATE account SET price = x'00ff', open = 7, doc = '{"a": '`,
		`DELETE FROM account`,
	} {
		_, err := plain.ExecContext(ctx, text)
		is.NoErr(err)
	}
	list := w.news()
	is.Equal(len(list), 3)
	same(t, list[0].New, `{"note": "x", "rate": "Infinity", "cents": "no number", "raw": 12}`)
	same(t, list[1].New, `{"price": "\\x00ff", "open": 7, "doc": "{\"a\": "}`)
	is.Equal(list[2].Actor, "")
	var n int
	is.NoErr(plain.QueryRowContext(ctx, "SELECT count(*) FROM prom_audit_actor").Scan(&n))
	is.Equal(n, 0)
	names, err := w.db.Tables(ctx)
	is.NoErr(err)
	is.True(!strings.Contains(strings.Join(names, " "), "actor"))
}
