package install_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

// Ensure for random models that the steps between two declared schemas, which are planned without a database, make of
// one what the other one says, and back, and that no row and no value is lost on the way.
func TestBetweenProperty(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("PROM_SEED"), 10, 64); err == nil {
		seed = s
	}
	n := cases(t)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		t.Logf("%d cases, PROM_SEED=%d", n, seed)
		ctx := context.Background()
		db := open(t, e.With("history=false"))
		if _, err := install.Ensure(ctx, db, table[owner](t)); err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			runSQL(t, db, fmt.Sprintf(`INSERT INTO "owner" ("name") VALUES ('o%d')`, i))
		}
		for i := range n {
			betweenCase(ctx, t, db, rand.New(rand.NewPCG(seed, uint64(i))), i)
			if t.Failed() {
				t.Fatalf("case %d", i)
			}
		}
	})
}

func betweenCase(ctx context.Context, t *testing.T, db *db.DB, r *rand.Rand, number int) {
	t.Helper()
	name := fmt.Sprintf("between%d", number)
	var before []field
	for i := range r.IntN(7) {
		before = append(before, randomField(r, fmt.Sprintf("Field%d", i), false))
	}
	after, kept := change(r, before)
	fail := func(what string, err any) {
		t.Errorf("%s: %v\nbefore: %v\nafter: %v", what, err, before, after)
	}
	defer func() {
		if err := install.Drop(ctx, db, name); err != nil {
			t.Error(err)
		}
	}()
	declared := func(fields []field) (of *schema.Table, list []*schema.Table) {
		of, err := schema.OfNamed(model(fields), name)
		if err == nil {
			list, err = snapshot.Declared([]*schema.Table{table[owner](t), of})
		}
		if err != nil {
			t.Fatal(err)
		}
		return of, list
	}
	old, was := declared(before)
	changed, now := declared(after)
	if err := between(ctx, db, was[:1], was, true); err != nil {
		fail("making", err)
		return
	}
	if !nothing(ctx, t, db, old, before) {
		return
	}
	found, err := db.InspectAll(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	rows := r.IntN(4)
	if err := fill(ctx, db, old, before, rows); err != nil {
		fail("filling", err)
		return
	}
	values := map[string][]string{}
	for from := range kept {
		values[from] = texts(ctx, t, db, name, from)
	}
	ids := texts(ctx, t, db, name, "id")
	if err := between(ctx, db, was, now, true); err != nil {
		fail("changing", err)
		return
	}
	if !nothing(ctx, t, db, changed, append(slices.Clone(before), after...)) {
		return
	}
	if got := texts(ctx, t, db, name, "id"); !slices.Equal(got, ids) {
		fail("rows were lost", got)
	}
	for from, to := range kept {
		if got := texts(ctx, t, db, name, to); !slices.Equal(got, values[from]) {
			fail("values were lost: "+from+", now "+to, got)
		}
	}
	runSQL(t, db, `DELETE FROM "`+name+`"`) // to which columns may come back that need a value
	back := backwards(t, was, now)
	steps, err := install.Between(ctx, db.Dialect(), now, back, false)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(steps, func(s schema.Step) bool { return s.Kind == schema.ByHand }) {
		return // no conversion leads back
	}
	if err := between(ctx, db, now, back, false); err != nil {
		fail("changing back", err)
		return
	}
	again, err := db.InspectAll(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	if w, g := sorted(found), sorted(again); w != g {
		fail("it is not as before", "\n"+w+"\n"+g)
	}
}

// backwards returns tables of before that say that what was renamed has its name of now.
func backwards(t *testing.T, was, now []*schema.Table) []*schema.Table {
	t.Helper()
	renames := snapshot.RenamesOf(was, now)
	text, err := snapshot.Of(was)
	if err != nil {
		t.Fatal(err)
	}
	back, err := text.Tables()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range back {
		for _, c := range b.Columns {
			if to := renames.Column(b.Name, c.Name); to != c.Name {
				c.Was = to
			}
		}
	}
	return back
}

// between runs the steps between two declared schemas.
func between(ctx context.Context, db *db.DB, was, now []*schema.Table, filled bool) error {
	steps, err := install.Between(ctx, db.Dialect(), was, now, filled)
	if err != nil {
		return err
	}
	for _, s := range steps {
		run := func(ctx context.Context) error {
			for _, sql := range s.SQL {
				st := &driver.Statement{SQL: sql, Write: true}
				var err error
				if strings.Contains(sql, " CONCURRENTLY ") {
					err = db.Alone(ctx, st)
				} else {
					_, err = db.Exec(ctx, st)
				}
				if err != nil {
					return fmt.Errorf("%s: %w\nof %v", sql, err, steps)
				}
			}
			return nil
		}
		if s.Rebuild {
			err = db.Tx(ctx, run, noForeignKeys)
		} else {
			err = run(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sorted tells all of a table but the order of its columns, and the names that SQLite gives to nothing but texts.
func sorted(f schema.Found) string {
	var lines []string
	for _, c := range f.Columns {
		lines = append(lines, fmt.Sprintf("column %+v", c))
	}
	for _, ix := range f.Indexes {
		lines = append(lines, fmt.Sprintf("index %+v", ix))
	}
	for _, k := range f.ForeignKeys {
		lines = append(lines, fmt.Sprintf("foreign key %+v", k))
	}
	for _, c := range f.Checks {
		if f.FoldNames {
			c.Name = ""
		}
		lines = append(lines, fmt.Sprintf("check %+v", c))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
