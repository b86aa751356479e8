package write_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var note = prom.Proto[kit.Note]()

// Ensure that an update by a query sets the time of update, and an assignment to it wins.
// parity: W1 Q39
func TestUpdateByQueryIsNoted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		past := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
		n := kit.MustCreate(t, repo, kit.Note{Title: "a", Model: prom.Model{Created: past, Updated: past}})
		before := time.Now().Add(-time.Minute)

		_, err := repo.Where(kit.NoteTitle.Eq("a")).Update(ctx, kit.NoteViews.Set(1))
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, n))
		is.True(n.Updated.After(before))
		is.True(n.Created.Equal(past))

		updated := prom.TimeOf(note, &note.Updated)
		_, err = repo.Where(kit.NoteTitle.Eq("a")).Update(ctx, kit.NoteViews.Set(2), updated.Set(past))
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, n))
		is.True(n.Updated.Equal(past))
	})
}

// Ensure that any number of rows is inserted, that the keys come back in their order, and that the values are loaded
// ones then. parity: Q67 M4 F47
func TestCreateMany(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		for _, n := range []int{0, 1, 2, 255, 256, 257, 1000, 5000} {
			is := is.New(t)
			repo := prom.NewRepo[kit.Item](prom.Using(db), prom.Table(fmt.Sprintf("item_%d", n)))
			list := kit.ManyItems(n)
			is.NoErr(repo.CreateMany(ctx, list))
			is.NoErr(repo.Install(ctx)) // none of 0 rows makes no table
			for i := range list {
				if list[i].ID != list[0].ID+int64(i) || list[i].No != i || list[i].IsNew() || list[i].Created.IsZero() {
					t.Fatalf("row %d of %d came back as %+v", i, n, list[i])
				}
			}
			for i, got := range kit.AllOf(t, repo) {
				if i != got.No || got.ID != list[i].ID || got.Name != list[i].Name {
					t.Fatalf("row %d of %d is stored as %+v", i, n, got)
				}
			}
			count, err := repo.Count(ctx)
			is.NoErr(err)
			is.Equal(count, n)
		}
	})
}

// Ensure that what was inserted at once can be saved and deleted one by one.
// parity: Q67 M3
func TestCreateManyTracks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Items(kit.Open(t, e.DSN))
		list := kit.ManyItems(300)
		is.NoErr(repo.CreateMany(ctx, list))
		list[299].No = -1
		is.Equal(repo.Modified(&list[299]), []string{"no"})
		is.NoErr(repo.Save(ctx, &list[299]))
		is.NoErr(repo.Delete(ctx, &list[0]))
		n, err := repo.Where(kit.ItemNo.Lte(0)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

// Ensure that values with keys of their own and values without may be mixed.
// parity: Q67 F38
func TestCreateManyMixedKeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Items(kit.Open(t, e.DSN))
		list := kit.ManyItems(600)
		for i := range list {
			if i%3 == 0 || i > 400 {
				list[i].ID = int64(10_000 + i)
			}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		seen := map[int64]bool{}
		for i := range list {
			if i%3 == 0 || i > 400 {
				is.Equal(list[i].ID, int64(10_000+i))
			}
			is.True(list[i].ID > 0 && !seen[list[i].ID])
			seen[list[i].ID] = true
			is.Equal(list[i].No, i)
		}
		for _, got := range kit.AllOf(t, repo) {
			is.Equal(got.ID, list[got.No].ID)
		}
	})
}

// Ensure that inserting many is all or nothing, and leaves the values as they were when it fails, inside transactions
// too. parity: Q67 T9
func TestCreateManyFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Items(db)
		for _, n := range []int{2, 300, 1000} {
			list := kit.ManyItems(n)
			list[n-1].Name = list[0].Name
			was := append([]kit.Item{}, list...)
			is.True(errors.Is(repo.CreateMany(ctx, list), prom.ErrUnique))
			is.Equal(list, was)
			is.Equal(len(kit.AllOf(t, repo)), 0)
		}
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is := is.New(t)
			is.NoErr(repo.CreateMany(ctx, kit.ManyItems(3)))
			is.True(errors.Is(repo.CreateMany(ctx, append(kit.ManyItems(400)[100:], kit.Item{Name: "item 0"})), prom.ErrUnique))
			return repo.Create(ctx, &kit.Item{Name: "goes on"})
		}))
		is.Equal(len(kit.AllOf(t, repo)), 4)
		is.NoErr(repo.CreateMany(ctx, kit.ManyItems(3000)[1000:]))
		is.Equal(len(kit.AllOf(t, repo)), 2004)
	})
}

// OnlyAuto has nothing but a key.
type OnlyAuto struct {
	ID int64 `prom:"key,auto"`
}

// Ensure that a model with no fields of its own, and one with no field but a key, are inserted and upserted.
// parity: B20 Q67 M8
func TestNothingToWrite(t *testing.T) {
	t.Parallel()
	type Bare struct{ prom.Model }
	type OnlyKey struct {
		Key string `prom:"key"`
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		autos := prom.NewRepo[OnlyAuto](prom.Using(db))
		a := OnlyAuto{}
		is.NoErr(autos.Create(ctx, &a))
		is.True(a.ID > 0)
		many := make([]OnlyAuto, 20)
		is.NoErr(autos.CreateMany(ctx, many))
		is.True(many[19].ID == many[0].ID+19)
		is.NoErr(autos.Upsert(ctx, &a))
		is.NoErr(autos.Save(ctx, &a))
		is.NoErr(autos.Save(ctx, &OnlyAuto{}))
		is.Equal(len(kit.AllOf(t, autos)), 22)

		bare := prom.NewRepo[Bare](prom.Using(db), prom.Table("bare"))
		b := Bare{}
		is.NoErr(bare.Create(ctx, &b))
		is.NoErr(bare.Save(ctx, &b))
		is.NoErr(bare.CreateMany(ctx, make([]Bare, 3)))
		is.Equal(len(kit.AllOf(t, bare)), 4)

		keys := prom.NewRepo[OnlyKey](prom.Using(db))
		for range 2 {
			is.NoErr(keys.Upsert(ctx, &OnlyKey{"k"}))
			is.NoErr(keys.Save(ctx, &OnlyKey{"k"}))
		}
		is.Equal(len(kit.AllOf(t, keys)), 1)
		is.NoErr(keys.Update(ctx, &OnlyKey{"k"})) // there is nothing to write
	})
}

// Ensure that an upsert updates a value that was saved, and otherwise goes by the primary key, else by the first unique
// index that is fully set, else by the fields that it is told. parity: M8 X10
func TestUpsert(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[kit.User](prom.Using(kit.Open(t, e.DSN)))
		org, no := "org", 7
		ada := kit.User{Name: "ada", Age: 1, Org: &org, No: &no}
		is.NoErr(repo.Upsert(ctx, &ada))
		is.True(ada.ID > 0 && !ada.IsNew())

		ada.Age = 2
		is.NoErr(repo.Upsert(ctx, &ada)) // saved before: an update
		byName := kit.User{Name: "ada", Age: 3}
		is.NoErr(repo.Upsert(ctx, &byName))
		is.Equal(byName.ID, ada.ID)
		is.Equal(byName.Org, nil) // the row is as the value says, which has none
		byKey := kit.User{Model: prom.Model{ID: ada.ID}, Name: "ada lovelace", Age: 4, Org: &org, No: &no}
		is.NoErr(repo.Upsert(ctx, &byKey))
		byPair := kit.User{Name: "augusta", Age: 5, Org: &org, No: &no}
		is.NoErr(repo.Upsert(ctx, &byPair, UserNo, UserOrg))
		is.Equal(byPair.ID, ada.ID)
		other := kit.User{Name: "augusta", Age: 6}
		is.NoErr(repo.Upsert(ctx, &other, UserName))
		is.Equal(other.ID, ada.ID)
		fresh := kit.User{Model: prom.Model{ID: 1234}, Name: "fresh"}
		is.NoErr(repo.Upsert(ctx, &fresh))
		is.Equal(fresh.ID, int64(1234))

		list := kit.AllOf(t, repo)
		is.Equal(len(list), 2)
		is.Equal(list[0].Name, "augusta")
		is.Equal(list[0].Age, 6)
	})
}

var (
	user     = prom.Proto[kit.User]()
	UserName = prom.TextOf(user, &user.Name)
	UserAge  = prom.NumberOf(user, &user.Age)
	UserOrg  = prom.NullTextOf(user, &user.Org)
	UserNo   = prom.NullNumberOf(user, &user.No)
)

// Ensure that the time of creation and the key survive a conflict, and the time of the update does not.
// parity: M8 B7
func TestUpsertKeepsCreated(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[kit.User](prom.Using(kit.Open(t, e.DSN)))
		first := kit.MustCreate(t, repo, kit.User{Name: "ada"})
		second := kit.User{Name: "ada", Age: 2, Model: prom.Model{Created: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)}}
		is.NoErr(repo.Upsert(ctx, &second))
		is.True(second.Created.Equal(first.Created))
		is.True(second.Updated.After(first.Updated))
		second.Age = 3
		is.Equal(repo.Modified(&second), []string{"age"})
		is.NoErr(repo.Save(ctx, &second))
		got, err := repo.Get(ctx, first.ID)
		is.NoErr(err)
		is.Equal(got.Age, 3)
	})
}

// Ensure that an upsert that cannot tell its conflict, or is told one that is none, is an error before any SQL, and
// that a conflict on another index is a unique error that leaves the value alone. parity: M8 X5
func TestUpsertErrors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		repo := prom.NewRepo[kit.User](prom.Using(kit.Open(t, e.DSN, log.Option())))
		org := "org"
		for _, err := range []error{
			repo.Upsert(ctx, &kit.User{Age: 1}),
			repo.Upsert(ctx, &kit.User{Age: 1, Org: &org}),
			repo.Upsert(ctx, &kit.User{Name: "x"}, UserAge),
			repo.Upsert(ctx, &kit.User{Name: "x"}, UserOrg),
			repo.Upsert(ctx, &kit.User{Name: "x"}, UserName, UserName),
			repo.Upsert(ctx, &kit.User{Name: "x"}, kit.NoteTitle),
		} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		is.True(strings.Contains(repo.Upsert(ctx, &kit.User{}).Error(), "none of _id, name, org+no is set"))
		is.Equal(len(log.Take()), 0)

		kit.MustCreate(t, repo, kit.User{Name: "ada"})
		bob := kit.MustCreate(t, repo, kit.User{Name: "bob"})
		clash := kit.User{Model: prom.Model{ID: bob.ID}, Name: "ada"}
		err := repo.Upsert(ctx, &clash)
		is.True(errors.Is(err, prom.ErrUnique))
		var pe *prom.Error
		is.True(errors.As(err, &pe))
		is.Equal(pe.Table, "user")
		is.Equal(pe.Columns, []string{"name"})
		is.Equal(pe.Constraint, "user_name")
		is.True(clash.IsNew())
	})
}
