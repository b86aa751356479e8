package install_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Ensure that a column is added although another program's constraint has the name that its CHECK or its foreign key
// would get: by an installation and by a plan, with rows and without.
func TestConstraintNameTaken(t *testing.T) {
	t.Parallel()
	type place struct {
		A int64 `prom:"key"`
		B int64 `prom:"key"`
	}
	type guest struct {
		ID    int64  `prom:"key"`
		Age   *int   `prom:"max=150"`
		Name  string `prom:"max=9,default=x"`
		Owner *prom.Ref[owner]
		A, B  *int64
		Place prom.CompositeRef[place] `prom:"on='a, b'"`
	}
	for _, way := range []string{"install", "plan", "plan with rows"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
				is := is.New(t)
				ctx := context.Background()
				db := open(t, e.DSN)
				ensure(ctx, t, db, table[owner](t), table[place](t))
				runSQL(t, db, `CREATE TABLE guest (id BIGINT PRIMARY KEY, n BIGINT, o BIGINT,
					CONSTRAINT guest_age_check CHECK (n > 0), CONSTRAINT guest_owner_fkey FOREIGN KEY (o) REFERENCES owner (id),
					CONSTRAINT guest_name_check UNIQUE (n), CONSTRAINT guest_name_check1 CHECK (n > -1),
					CONSTRAINT guest_a_b_fkey CHECK (n > -2))`)
				if way == "plan with rows" {
					runSQL(t, db, `INSERT INTO guest (id) VALUES (1)`)
				}
				guests := named[guest](t, "guest")
				if way == "install" {
					_, err := install.Ensure(ctx, db, guests)
					is.NoErr(err)
				} else {
					steps := planOf(ctx, t, db, guests)
					is.True(len(steps) > 0)
					done, err := install.Apply(ctx, db, []*schema.Table{guests}, steps)
					is.NoErr(err)
					is.Equal(lines(done), lines(steps))
				}
				for _, s := range planOf(ctx, t, db, guests) {
					if way != "install" || s.Kind != schema.RebuildTable { // by which SQLite adds a key of several columns
						t.Errorf("planned again: %v", s)
					}
				}
				found, err := db.InspectAll(ctx, "guest")
				is.NoErr(err)
				var got []string
				for _, c := range found.Checks {
					got = append(got, c.Name)
				}
				for _, k := range found.ForeignKeys {
					if k.Name != "" {
						got = append(got, k.Name+fmt.Sprint(k.Columns))
					}
				}
				slices.Sort(got)
				want := []string{"guest_a_b_fkey", "guest_age_check", "guest_age_check1", "guest_name_check1"}
				if e.Name == dbtest.NameSQLite { // which does not tell the names of foreign keys and UNIQUE constraints
					want = append(want, "guest_name_check")
				} else {
					want = append(want, "guest_name_check2", "guest_a_b_fkey1[a b]", "guest_owner_fkey1[owner]", "guest_owner_fkey[o]")
				}
				slices.Sort(want)
				is.Equal(got, want)
			})
		})
	}
}
