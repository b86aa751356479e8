package model_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that an update writes the columns that changed, the time of the update, and no others.
// parity: M5 M13 B39
func TestUpdateWritesChangedColumnsOnly(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		repo := kit.Notes(db)
		n := kit.MustCreate(t, repo, kit.Note{Title: "t", Body: "mine", Views: 1, At: time.Now()})

		other, err := repo.Get(ctx, n.ID)
		is.NoErr(err)
		other.Body = "theirs"
		is.NoErr(repo.Save(ctx, other))

		n.Views = 2
		is.Equal(repo.Modified(n), []string{"views"})
		log.Take()
		is.NoErr(repo.Save(ctx, n))
		list := log.Take()
		is.Equal(len(list), 1) // one statement, no transaction around it
		set, _, _ := strings.Cut(list[0], "WHERE")
		is.True(strings.Contains(set, `"views"`))
		is.True(strings.Contains(set, `"_updated"`))
		for _, column := range []string{"title", "body", "stars", `"at"`, "_created", "_id"} {
			is.True(!strings.Contains(set, column))
		}
		is.Equal(n.Body, "theirs") // F47: what is stored comes back
		is.Equal(len(repo.Modified(n)), 0)

		updated := n.Updated
		is.NoErr(repo.Save(ctx, n)) // F36: a save without a change is one too
		list = log.Take()
		is.Equal(len(list), 1)
		is.Equal(strings.Count(list[0][:strings.Index(list[0], "WHERE")], "="), 1)
		is.True(n.Updated.After(updated))
	})
}

// Ensure that a change behind a slice, map, pointer or JSON value is noticed and stored.
// parity: M13 M14
func TestChangesInPlace(t *testing.T) {
	t.Parallel()
	changes := []struct {
		column string
		change func(*kit.Deep)
	}{
		{"tags", func(d *kit.Deep) { d.Tags[1] = "z" }},
		{"tags", func(d *kit.Deep) { d.Tags = append(d.Tags, "c") }},
		{"tags", func(d *kit.Deep) { d.Tags = nil }},
		{"marks", func(d *kit.Deep) { d.Marks["m"]++ }},
		{"marks", func(d *kit.Deep) { delete(d.Marks, "m") }},
		{"point", func(d *kit.Deep) { d.Point.Y = 7 }},
		{"blob", func(d *kit.Deep) { d.Blob[0] = 'X' }},
		{"stars", func(d *kit.Deep) { *d.Stars = 4 }},
		{"stars", func(d *kit.Deep) { d.Stars = nil }},
		{"any", func(d *kit.Deep) { d.Any.(map[string]any)["list"].([]any)[0] = "y" }},
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		repo := prom.NewRepo[kit.Deep](prom.Using(kit.Open(t, e.DSN)))
		for _, c := range changes {
			is := is.New(t)
			created := kit.MustCreate(t, repo, kit.NewDeep())
			loaded, err := repo.Get(ctx, created.ID)
			is.NoErr(err)
			for _, d := range []*kit.Deep{created, loaded} {
				is.Equal(len(repo.Modified(d)), 0)
				c.change(d)
				is.Equal(repo.Modified(d), []string{c.column})
			}
			is.NoErr(repo.Save(ctx, loaded))
			is.Equal(len(repo.Modified(loaded)), 0)
			got, err := repo.Get(ctx, created.ID)
			is.NoErr(err)
			c.change(created) // what the change makes of a changed value does not matter, except that both agree
			is.Equal(got.Tags, loaded.Tags)
			is.Equal(got.Marks, loaded.Marks)
			is.Equal(got.Point, loaded.Point)
			is.Equal(got.Blob, loaded.Blob)
			is.Equal(got.Stars, loaded.Stars)
			is.Equal(got.Any, loaded.Any)
		}
	})
}

// Ensure that writing the same value again is no change, and that JSON as the engine writes it is not one either.
// parity: M13 M14 B39
func TestSameValueIsNoChange(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[kit.Deep](prom.Using(kit.Open(t, e.DSN)))
		created := kit.MustCreate(t, repo, kit.NewDeep())
		d, err := repo.Get(ctx, created.ID)
		is.NoErr(err)
		fresh := kit.NewDeep()
		d.Name, d.Tags, d.Marks, d.Blob, d.Stars, d.Any = fresh.Name, fresh.Tags, fresh.Marks, fresh.Blob, fresh.Stars, fresh.Any
		d.Tags[0] = "other"
		d.Tags[0] = "a"
		is.Equal(len(repo.Modified(d)), 0)
		is.NoErr(repo.Reload(ctx, created))
		is.True(created.Updated.Equal(d.Updated))
	})
}

// Ensure that copies of a model go on independently.
// parity: M5 M13
func TestCopiesAreIndependent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		a := *kit.MustCreate(t, repo, kit.Note{Title: "t", Body: "b", Views: 1, At: time.Now()})
		b := a
		a.Views = 2
		b.Body = "changed"
		is.NoErr(repo.Save(ctx, &a))
		is.Equal(repo.Modified(&b), []string{"body"})
		is.NoErr(repo.Save(ctx, &b))
		is.Equal(b.Views, 2)

		c := b
		is.NoErr(repo.Delete(ctx, &b))
		is.True(b.IsNew())
		is.True(!c.IsNew()) // nobody told it
		is.True(errors.Is(repo.Save(ctx, &c), prom.ErrNotFound))
	})
}

// Ensure that the key itself can be changed, and that the row is found by the key that it was loaded with.
// parity: M5 M6 F38
func TestKeyChanges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		n := kit.MustCreate(t, repo, kit.Note{Title: "t", Body: "b", At: time.Now()})
		old := n.ID
		n.ID = 4711
		is.Equal(repo.Modified(n), []string{"_id"})
		is.NoErr(repo.Save(ctx, n))
		_, err := repo.Get(ctx, old)
		is.True(errors.Is(err, prom.ErrNotFound))
		n.ID, n.Title = 4712, "again"
		is.NoErr(repo.Save(ctx, n))
		got, err := repo.Get(ctx, 4712)
		is.NoErr(err)
		is.Equal(got.Title, "again")

		n.ID = 1 // a change that was not saved does not move reload and delete to another row
		is.NoErr(repo.Reload(ctx, n))
		is.Equal(n.ID, int64(4712))
		n.ID = 1
		is.NoErr(repo.Delete(ctx, n))
		is.Equal(len(kit.AllOf(t, repo)), 0)
	})
}

// KeyBytes has a key that can be changed in place.
type KeyBytes struct {
	Key  []byte `prom:"key"`
	Name string

	Track schema.Tracker
}

// Ensure that a key changed in place is found by what it was.
// parity: M6 M14
func TestKeyChangedInPlace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[KeyBytes](prom.Using(kit.Open(t, e.DSN)))
		v := kit.MustCreate(t, repo, KeyBytes{Key: []byte("abc"), Name: "n"})
		v.Key[0] = 'X'
		is.NoErr(repo.Save(ctx, v))
		list := kit.AllOf(t, repo)
		is.Equal(len(list), 1)
		is.Equal(string(list[0].Key), "Xbc")
	})
}

// Ensure that the updated time is set at every save unless it was set by hand, and the time of creation never again.
// parity: F35 F36
func TestTimesOfModel(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		before := time.Now().Add(-time.Millisecond)
		n := kit.MustCreate(t, repo, kit.Note{Title: "t", Body: "b", At: time.Now()})
		is.True(n.Created.After(before) && n.Created.Equal(n.Updated))
		is.Equal(n.Created.Location(), time.UTC)

		created := n.Created
		n.Views++
		is.NoErr(repo.Save(ctx, n))
		is.True(n.Updated.After(created))
		is.True(n.Created.Equal(created))

		byHand := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
		n.Updated = byHand
		n.Views++
		is.NoErr(repo.Save(ctx, n))
		is.True(n.Updated.Equal(byHand))
		n.Views++
		is.NoErr(repo.Save(ctx, n)) // what was set by hand before is no longer so
		is.True(n.Updated.After(created))

		given := kit.MustCreate(t, repo, kit.Note{Model: prom.Model{Created: byHand, Updated: byHand}, Title: "t",
			At: time.Now()})
		got, err := repo.Get(ctx, given.ID)
		is.NoErr(err)
		is.True(got.Created.Equal(byHand) && got.Updated.Equal(byHand))
	})
}

// Ensure that NULL and the zero values persist, on insert and on update.
// parity: M15 B5
func TestZeroValuesPersist(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Zeros](prom.Using(kit.Open(t, e.DSN)))
		full := func() Zeros {
			i, s, b := 5, "s", true
			return Zeros{Int: 1, Text: "x", Bool: true, Float: 1.5, Bytes: []byte{1}, List: []int{1},
				NullInt: &i, NullText: &s, NullBool: &b, SQLNull: sql.Null[int64]{V: 3, Valid: true}}
		}
		i, s, b := 0, "", false
		for _, zero := range []Zeros{
			{Bytes: []byte{}, List: []int{}},
			{Bytes: []byte{}, List: []int{}, NullInt: &i, NullText: &s, NullBool: &b, SQLNull: sql.Null[int64]{Valid: true}},
		} {
			inserted := kit.MustCreate(t, repo, zero)
			updated := kit.MustCreate(t, repo, full())
			model := updated.Model
			*updated = zero
			updated.Model = model
			is.NoErr(repo.Save(ctx, updated))
			for _, id := range []int64{inserted.ID, updated.ID} {
				got, err := repo.Get(ctx, id)
				is.NoErr(err)
				got.Model = prom.Model{}
				is.Equal(*got, zero)
			}
		}
	})
}

// Zeros has a field of most kinds.
type Zeros struct {
	prom.Model
	Int      int
	Text     string
	Bool     bool
	Float    float64
	Bytes    []byte
	List     []int
	NullInt  *int
	NullText *string
	NullBool *bool
	SQLNull  sql.Null[int64]
}

// Ensure that a Create or Update that fails leaves the value as it was, and that it can be saved when what was wrong is
// put right. parity: M7 F17
func TestFailedWriteLeavesTheValue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[kit.User](prom.Using(kit.Open(t, e.DSN)))
		first := kit.MustCreate(t, repo, kit.User{Name: "ada", Age: 1})

		second := kit.User{Name: "ada", Age: 2}
		is.True(errors.Is(repo.Create(ctx, &second), prom.ErrUnique))
		is.Equal(second, kit.User{Name: "ada", Age: 2}) // no key, no times
		second.Name = "bob"
		is.NoErr(repo.Create(ctx, &second))

		second.Name = "ada"
		was := second
		is.True(errors.Is(repo.Save(ctx, &second), prom.ErrUnique))
		is.Equal(second, was)
		is.Equal(repo.Modified(&second), []string{"name"})
		second.Name = "carl"
		is.NoErr(repo.Save(ctx, &second))

		dup := kit.User{Model: prom.Model{ID: first.ID}, Name: "dora"}
		is.True(errors.Is(repo.Save(ctx, &dup), prom.ErrUnique)) // a new value with a key that exists
		is.True(dup.IsNew())

		never := kit.User{Model: prom.Model{ID: first.ID}, Name: "eve"}
		err := repo.Update(ctx, &never)
		is.True(errors.Is(err, prom.ErrValidation))
		is.True(strings.Contains(err.Error(), "never saved"))
	})
}
