package db

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// Ensure that the first use of a table is told, once a day, and that other facts are not, and nothing after Close.
func TestOnUse(t *testing.T) {
	before := onUse
	t.Cleanup(func() { onUse = before })
	var told []string
	OnUse(func(_ context.Context, _ *DB, table *schema.Table) { told = append(told, table.Name) })
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		ctx := t.Context()
		d, err := dsn.Parse("sqlite://:memory:")
		is.NoErr(err)
		db := newDB(d)
		pet, owner, fact := db.Mark(&schema.Table{Name: "pet"}), db.Mark(&schema.Table{Name: "owner"}), db.Mark("fact")
		for range 3 {
			pet.Set(ctx)
			fact.Set(ctx)
		}
		is.Equal(told, []string{"pet"})
		time.Sleep(factsAge - time.Hour)
		synctest.Wait()
		owner.Set(ctx)
		pet.Set(ctx)
		is.Equal(told, []string{"pet", "owner"})
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		is.True(!pet.IsSet(ctx)) // to be looked at anew
		pet.Set(ctx)
		is.Equal(told, []string{"pet", "owner", "pet"})
		is.NoErr(db.Close()) // without a timer that would be left
	})
}
