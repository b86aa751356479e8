package types_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Pet is a model of a table whose column another program has given a collation.
type Pet struct {
	ID   int64 `prom:"key"`
	Name string
}

var (
	pet     = prom.Proto[Pet]()
	petName = prom.TextOf(pet, &pet.Name)
)

// Ensure that conditions and orders of a column without nocase follow the collation that others gave it, and that
// neither Check nor a plan contradicts that.
func TestCollationOfOthers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		collation := "NOCASE"
		if e.Name == dbtest.NamePostgres {
			collation = "theirs"
			kit.RunSQL(t, db, `CREATE COLLATION theirs (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`)
		}
		kit.RunSQL(t, db, `CREATE TABLE pet (id bigint NOT NULL PRIMARY KEY, name text COLLATE `+collation+` NOT NULL)`)
		repo := prom.NewRepo[Pet](prom.Using(db))
		is.NoErr(prom.Check(ctx, repo))
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		is.Equal(len(plan.NotModelled), 1)
		kit.MustCreate(t, repo, Pet{ID: 1, Name: "bob"})
		kit.MustCreate(t, repo, Pet{ID: 2, Name: "Carl"})
		kit.MustCreate(t, repo, Pet{ID: 3, Name: "Anna"})
		is.Equal(kit.Count(t, repo.Where(petName.Eq("anna"))), 1)
		is.Equal(kit.Count(t, repo.Where(petName.In("anna", "BOB"))), 2)
		is.Equal(kit.Count(t, repo.Where(petName.Ne("anna"))), 2)
		is.Equal(kit.Count(t, repo.Where(petName.Gt("ANNA"))), 2)
		rows, err := repo.OrderBy(petName.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(rows), 3)
		is.Equal(rows[0].Name+rows[1].Name+rows[2].Name, "AnnabobCarl")
		saved := rows[0]
		saved.Name = "ANNA" // another text in Go
		is.NoErr(repo.Update(ctx, &saved))
		got, err := repo.Get(ctx, 3)
		is.NoErr(err)
		is.Equal(got.Name, "ANNA")
	})
}
