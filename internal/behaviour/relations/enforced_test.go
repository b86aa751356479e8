package relations_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	Harbor struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	Pier struct {
		ID     int64 `prom:"key,auto"`
		Harbor prom.Ref[Harbor]
		Other  *prom.Ref[Harbor]
		Name   string
	}
	Boat struct {
		ID   int64 `prom:"key,auto"`
		Pier prom.Ref[Pier]
		Last *prom.Ref[Pier]
	}
)

var (
	harbor     = prom.Proto[Harbor]()
	harborName = prom.TextOf(harbor, &harbor.Name)
	pier       = prom.Proto[Pier]()
	pierHarbor = prom.RefOf(pier, &pier.Harbor)
	pierOther  = prom.NullRefOf(pier, &pier.Other)
	boat       = prom.Proto[Boat]()
	boatID     = prom.NumberOf(boat, &boat.ID)
	boatPier   = prom.RefOf(boat, &boat.Pier)
	boatLast   = prom.NullRefOf(boat, &boat.Last)
)

// Ensure that a required reference whose foreign key PostgreSQL enforces is followed by an inner join, with which its
// planner may begin, and that every other one is followed by an outer join, so that no row is ever lost.
func TestVia_Enforced(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		near := prom.Via(boatPier, prom.Via(pierHarbor, harborName))
		terms := []prom.Expr[*Boat, string]{
			near, prom.Via(boatPier, prom.Via(pierOther, harborName)), prom.Via(boatLast, prom.Via(pierHarbor, harborName)),
		}
		// rows reads all boats by each term, and returns the joins of the first.
		rows := func(db *prom.DB) (joins string) {
			t.Helper()
			boats := prom.NewRepo[Boat](prom.Using(db))
			for i, term := range terms {
				q := prom.Pluck2(boats.OrderBy(boatID.Asc()), boatID, prom.OrNull(term))
				list, err := q.All(ctx)
				is.NoErr(err)
				is.Equal(len(list), 2)
				sql, _, err := q.SQL()
				is.NoErr(err)
				if i == 0 {
					joins = sql
				} else {
					is.True(strings.Contains(sql, "LEFT JOIN")) // through a reference that may be NULL
				}
			}
			return joins
		}
		db := kit.Open(t, e.DSN)
		harbors, piers, boats := prom.NewRepo[Harbor](prom.Using(db)), prom.NewRepo[Pier](prom.Using(db)), prom.NewRepo[Boat](prom.Using(db))
		h := Harbor{Name: "north"}
		is.NoErr(harbors.Create(ctx, &h))
		p := Pier{Harbor: prom.RefTo(&h), Name: "a"}
		is.NoErr(piers.Create(ctx, &p))
		is.NoErr(boats.CreateMany(ctx, []Boat{{Pier: prom.RefTo(&p)}, {Pier: prom.RefTo(&p), Last: new(prom.RefTo(&p))}}))
		inner := e.Name == dbtest.NamePostgres
		fresh := func() *prom.DB { return kit.Open(t, e.DSN) } // which looks at the tables for itself
		is.Equal(strings.Contains(rows(fresh()), "LEFT JOIN"), !inner)
		if !inner {
			return
		}
		for _, change := range [][2]string{
			{`ALTER TABLE "boat" ALTER CONSTRAINT "boat_pier_fkey" DEFERRABLE`,
				`ALTER TABLE "boat" ALTER CONSTRAINT "boat_pier_fkey" NOT DEFERRABLE`},
			{`ALTER TABLE "pier" ENABLE ROW LEVEL SECURITY`, `ALTER TABLE "pier" DISABLE ROW LEVEL SECURITY`},
			{`ALTER TABLE "boat" ALTER COLUMN "pier" DROP NOT NULL`, `ALTER TABLE "boat" ALTER COLUMN "pier" SET NOT NULL`},
			{`CREATE TABLE "dinghy" () INHERITS ("boat")`, `DROP TABLE "dinghy"`},
			{`ALTER TABLE "boat" DROP CONSTRAINT "boat_pier_fkey"`,
				`ALTER TABLE "boat" ADD CONSTRAINT "boat_pier_fkey" FOREIGN KEY ("pier") REFERENCES "pier" ("id") NOT VALID`},
		} {
			kit.RunSQL(t, db, change[0])
			sql := rows(fresh())
			is.True(strings.Contains(sql, "LEFT JOIN")) // change[0]
			kit.RunSQL(t, db, change[1])
		}
		is.True(strings.Contains(rows(fresh()), "LEFT JOIN")) // which is NOT VALID now
		kit.RunSQL(t, db, `ALTER TABLE "boat" VALIDATE CONSTRAINT "boat_pier_fkey"`)
		is.True(!strings.Contains(rows(fresh()), "LEFT JOIN"))

		// A row that refers to nothing, where nothing keeps it from that, is read.
		kit.RunSQL(t, db, `ALTER TABLE "boat" DROP CONSTRAINT "boat_pier_fkey"`, `INSERT INTO "boat" ("pier") VALUES (99)`)
		other := prom.NewRepo[Boat](prom.Using(fresh()))
		list, err := prom.Pluck(other.OrderBy(boatID.Asc()), prom.OrNull(near)).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 3)
		is.True(list[2] == nil)
	})
}
