//go:build unix

package install_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Ensure that a replica, which can write nothing, installs nothing: one attempt, one error that says so, and reading
// goes on.
func TestReplica(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	primary := dbtest.NewOwn(t, dbtest.OwnConfig{HBA: []string{dbtest.ReplicaHBA}})
	replica := primary.Replica(t)
	db, copied := open(t, primary.DSN("prom")+"?sslmode=disable"), open(t, replica.DSN("prom")+"?sslmode=disable")
	clock, begin := dbtest.NewClock(t), time.Now()
	_, err := install.Ensure(ctx, copied, table[owner](t))
	is.True(errors.Is(err, driver.KindReadOnly))
	is.True(clock.Since(begin) < 5*time.Second)
	_, _, err = install.Plan(ctx, copied, table[petBefore](t))
	is.NoErr(err) // a table that is missing needs no comparison

	ensure(ctx, t, db, table[owner](t))
	runSQL(t, db, `INSERT INTO "owner" ("name") VALUES ('a')`)
	rows := func() (n int64) {
		n, err = copied.Count(ctx, `SELECT count(*) FROM "owner"`)
		return n
	}
	for end := time.Now().Add(2 * time.Minute); rows() != 1; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the replica does not follow:", err)
		}
	}
	changed, err := install.Ensure(ctx, copied, table[owner](t))
	is.NoErr(err)
	is.True(!changed)
	_, _, err = install.Plan(ctx, copied, table[owner](t))
	is.True(errors.Is(err, driver.KindReadOnly))
	_, err = install.Apply(ctx, copied, []*schema.Table{table[owner](t)}, planOf(ctx, t, db, table[owner](t)))
	is.NoErr(err) // nothing to do
}
