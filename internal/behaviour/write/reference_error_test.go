package write_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// refHall and refGuest are stored in tables of another program. The model of the guests knows one of their references.
type refHall struct {
	ID   int64 `prom:"key"`
	Code int64
}

func (refHall) TableName() string { return "ref_hall" }

type refGuest struct {
	ID   int64             `prom:"key"`
	Hall prom.Ref[refHall] `prom:"hall_id"`
	Town int64
}

func (refGuest) TableName() string { return "ref_guest" }

var (
	refHallOf   = prom.Proto[refHall]()
	refHallID   = prom.NumberOf(refHallOf, &refHallOf.ID)
	refHallCode = prom.NumberOf(refHallOf, &refHallOf.Code)
)

// Ensure that the error of a violated foreign key names its columns where the database has foreign keys, triggers and
// references that the model does not know: PostgreSQL tells the constraint, and on SQLite no column is named if it
// could be another one.
func TestForeignKeyErrorColumns(t *testing.T) {
	t.Parallel()
	const (
		hall   = `CREATE TABLE ref_hall (id BIGINT PRIMARY KEY, code BIGINT NOT NULL UNIQUE)`
		town   = `CREATE TABLE ref_town (id BIGINT PRIMARY KEY)`
		toHall = `, hall_id BIGINT NOT NULL CONSTRAINT ref_guest_hall_id_fkey REFERENCES ref_hall (id)`
		toTown = `, town BIGINT NOT NULL REFERENCES ref_town (id)`
		begin  = `CREATE TABLE ref_guest (id BIGINT PRIMARY KEY`
	)
	rows := []string{`INSERT INTO ref_hall VALUES (1, 10), (2, 20)`, `INSERT INTO ref_town VALUES (1)`, `INSERT INTO ref_guest (id, hall_id, town) VALUES (1, 1, 1)`}
	ways := map[string]func(ctx context.Context, db *prom.DB, g refGuest) error{
		"Create": func(ctx context.Context, db *prom.DB, g refGuest) error {
			return prom.NewRepo[refGuest](prom.Using(db)).Create(ctx, &g)
		},
		"CreateMany": func(ctx context.Context, db *prom.DB, g refGuest) error {
			return prom.NewRepo[refGuest](prom.Using(db)).CreateMany(ctx, []refGuest{{ID: 8, Hall: prom.NewRef[refHall](int64(1)), Town: 1}, g})
		},
		"Save": func(ctx context.Context, db *prom.DB, g refGuest) error {
			guests := prom.NewRepo[refGuest](prom.Using(db))
			got, err := guests.Get(ctx, int64(1))
			if err != nil {
				return err
			}
			got.Hall, got.Town = g.Hall, g.Town
			return guests.Save(ctx, got)
		},
		"Upsert": func(ctx context.Context, db *prom.DB, g refGuest) error {
			g.ID = 1
			return prom.NewRepo[refGuest](prom.Using(db)).Upsert(ctx, &g)
		},
		"batch": func(ctx context.Context, db *prom.DB, g refGuest) error {
			b := new(prom.Batch)
			prom.Queue(b, prom.NewRepo[refGuest](prom.Using(db))).Create(&g)
			return b.Run(ctx)
		},
	}
	toNoHall, toNoTown := refGuest{ID: 9, Hall: prom.NewRef[refHall](int64(7)), Town: 1},
		refGuest{ID: 9, Hall: prom.NewRef[refHall](int64(1)), Town: 7}
	tests := map[string]struct {
		create []string
		lite   []string // in place of the triggers of PostgreSQL
		guest  refGuest
		want   string // the column; "" for none
		onLite string
	}{
		"the only one":            {create: []string{begin + toHall + `, town BIGINT NOT NULL)`}, guest: toNoHall, want: "hall_id", onLite: "hall_id"},
		"one of two, known":       {create: []string{begin + toHall + toTown + `)`}, guest: toNoHall, want: "hall_id"},
		"one of two, not known":   {create: []string{begin + toHall + toTown + `)`}, guest: toNoTown},
		"the only one, unknown":   {create: []string{begin + `, hall_id BIGINT NOT NULL` + toTown + `)`}, guest: toNoTown, onLite: "town"},
		"with rows that refer":    {create: []string{begin + toHall + `, town BIGINT NOT NULL)`, `CREATE TABLE ref_coat (guest BIGINT REFERENCES ref_guest (id))`}, guest: toNoHall, want: "hall_id", onLite: "hall_id"},
		"beside a trigger":        {create: []string{begin + toHall + `, town BIGINT NOT NULL)`}, lite: []string{`CREATE TRIGGER ref_t AFTER INSERT ON ref_guest BEGIN SELECT 1; END`, `CREATE TRIGGER ref_u AFTER UPDATE ON ref_guest BEGIN SELECT 1; END`}, guest: toNoHall, want: "hall_id"},
		"with ON CONFLICT clause": {create: []string{begin + toHall + `, town BIGINT NOT NULL)`}, lite: []string{`DROP TABLE ref_guest`, begin + toHall + `, town BIGINT NOT NULL UNIQUE ON CONFLICT REPLACE)`}, guest: toNoHall, want: "hall_id"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
				ctx := context.Background()
				db := kit.Open(t, e.DSN)
				kit.RunSQL(t, db, slices.Concat([]string{hall, town}, test.create)...)
				want := test.want
				if e.Name == "sqlite" {
					kit.RunSQL(t, db, test.lite...)
					want = test.onLite
				}
				kit.RunSQL(t, db, rows...)
				for way, fn := range ways {
					in := func(ctx context.Context) {
						err := fn(ctx, db, test.guest)
						if !errors.Is(err, prom.ErrForeignKey) {
							t.Fatalf("%s: %v", way, err)
						}
						var columns []string
						if want != "" {
							columns = []string{want}
						}
						if got := kit.AsError(t, err); !slices.Equal(got.Columns, columns) {
							t.Errorf("%s: columns %q, not %q: %v", way, got.Columns, columns, err)
						}
					}
					in(ctx)
					kit.RolledBack(t, db, in)
				}
			})
		})
	}
}

// Ensure that on SQLite the change of a column which other rows refer to is not told as a violation of the table's own
// reference, and another change is.
func TestForeignKeyErrorOfReferredColumn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		kit.RunSQL(t, db, `CREATE TABLE ref_town (id BIGINT PRIMARY KEY)`,
			`CREATE TABLE ref_hall (id BIGINT PRIMARY KEY, code BIGINT NOT NULL UNIQUE CONSTRAINT ref_hall_code_fkey REFERENCES ref_town (id))`,
			`CREATE TABLE ref_guest (id BIGINT PRIMARY KEY, hall_id BIGINT NOT NULL REFERENCES ref_hall)`,
			`INSERT INTO ref_town VALUES (1)`, `INSERT INTO ref_hall VALUES (1, 1)`, `INSERT INTO ref_guest VALUES (1, 1)`)
		halls := prom.NewRepo[refHall](prom.Using(db))
		for _, test := range []struct {
			set  []prom.Assign[*refHall]
			want []string
		}{
			{set: []prom.Assign[*refHall]{refHallID.Set(5)}},
			{set: []prom.Assign[*refHall]{refHallCode.Set(5)}, want: []string{"code"}},
		} {
			err := kit.ErrOf(halls.Where(refHallID.Eq(1)).Update(ctx, test.set...))
			if !errors.Is(err, prom.ErrForeignKey) {
				t.Fatal(err)
			}
			if got := kit.AsError(t, err); e.Name == "sqlite" && !slices.Equal(got.Columns, test.want) {
				t.Errorf("columns %q, not %q: %v", got.Columns, test.want, err)
			}
		}
	})
}
