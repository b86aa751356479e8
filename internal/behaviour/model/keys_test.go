package model_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Structs without prom.Model, by the kind of their key.
type (
	PlainAuto struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	PlainSmall struct {
		ID   int16 `prom:"key,auto"`
		Name string
	}
	PlainInt struct {
		ID   int `prom:"key"`
		Name string
	}
	PlainText struct {
		ID   string `prom:"key"`
		Name string
	}
	PlainUUID struct {
		ID   prom.UUID `prom:"key,auto"`
		Name string
	}
	PlainPair struct {
		Left  string `prom:"key"`
		Right int    `prom:"key"`
		Name  string
	}
	PlainNone struct {
		Name string
	}
	PlainTimes struct {
		ID      int `prom:"key"`
		Name    string
		Created time.Time `prom:"created"`
		Updated time.Time `prom:"updated"`
	}
)

// plain saves a value twice and makes sure that there is one row then.
func plain[T any](t *testing.T, e dbtest.Engine, v T, name func(*T) *string, key func(*T) []any) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	repo := prom.NewRepo[T](prom.Using(kit.Open(t, e.DSN)))
	*name(&v) = "first"
	is.NoErr(repo.Save(ctx, &v))
	*name(&v) = "second"
	is.NoErr(repo.Save(ctx, &v))
	list := kit.AllOf(t, repo)
	is.Equal(len(list), 1)
	is.Equal(*name(&list[0]), "second")

	got, err := repo.Get(ctx, key(&v)...)
	is.NoErr(err)
	is.Equal(*name(got), "second")
	*name(got) = "third"
	is.NoErr(repo.Update(ctx, got))
	is.NoErr(repo.Reload(ctx, &v))
	is.Equal(*name(&v), "third")

	is.NoErr(repo.Delete(ctx, &v))
	is.True(errors.Is(repo.Delete(ctx, &v), prom.ErrNotFound))
	is.True(errors.Is(repo.Update(ctx, &v), prom.ErrNotFound))
	is.NoErr(repo.Save(ctx, &v)) // it has the key that it had
	is.NoErr(repo.DeleteKey(ctx, key(&v)...))
}

// Ensure that structs without change tracking are saved by their key, whatever it is.
// parity: F3 M2 M3 M10 F38 B33
func TestPlainStructs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		t.Run("auto", func(t *testing.T) {
			plain(t, e, PlainAuto{}, func(v *PlainAuto) *string { return &v.Name },
				func(v *PlainAuto) []any { return []any{v.ID} })
		})
		t.Run("small auto", func(t *testing.T) {
			plain(t, e, PlainSmall{}, func(v *PlainSmall) *string { return &v.Name },
				func(v *PlainSmall) []any { return []any{v.ID} })
		})
		t.Run("int", func(t *testing.T) {
			plain(t, e, PlainInt{ID: 7}, func(v *PlainInt) *string { return &v.Name },
				func(v *PlainInt) []any { return []any{7} })
		})
		t.Run("int zero", func(t *testing.T) { // a zero is a key like any other when nothing counts it up
			plain(t, e, PlainInt{}, func(v *PlainInt) *string { return &v.Name }, func(v *PlainInt) []any { return []any{0} })
		})
		t.Run("text", func(t *testing.T) {
			plain(t, e, PlainText{ID: "k"}, func(v *PlainText) *string { return &v.Name },
				func(v *PlainText) []any { return []any{"k"} })
		})
		t.Run("uuid", func(t *testing.T) {
			plain(t, e, PlainUUID{}, func(v *PlainUUID) *string { return &v.Name },
				func(v *PlainUUID) []any { return []any{v.ID} })
		})
		t.Run("pair", func(t *testing.T) {
			plain(t, e, PlainPair{Left: "l", Right: 2}, func(v *PlainPair) *string { return &v.Name },
				func(v *PlainPair) []any { return []any{"l", 2} })
		})
	})
}

// Ensure that a model without a key works, and that what needs a key is a clear error.
// parity: F4
func TestPlainWithoutKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[PlainNone](prom.Using(kit.Open(t, e.DSN)))
		v := PlainNone{Name: "n"}
		is.NoErr(repo.Create(ctx, &v))
		is.NoErr(repo.Create(ctx, &v))
		is.NoErr(repo.CreateMany(ctx, []PlainNone{{"a"}, {"b"}}))
		is.Equal(len(kit.AllOf(t, repo)), 4)
		_, getErr := repo.Get(ctx, 1)
		var eachErr error
		for _, err := range repo.Each(ctx) {
			eachErr = err
		}
		for _, err := range []error{
			repo.Save(ctx, &v), repo.Update(ctx, &v), repo.Delete(ctx, &v), repo.DeleteKey(ctx, 1), repo.Reload(ctx,
				&v), getErr, eachErr,
		} {
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(strings.Contains(err.Error(), "PlainNone has no primary key"))
		}
		is.True(errors.Is(repo.Load(ctx, &v), prom.ErrValidation))
		is.True(errors.Is(repo.Upsert(ctx, &v), prom.ErrValidation))
		is.Equal(len(kit.AllOf(t, repo)), 4)
	})
}

// Ensure that models without tracking have their times kept as well.
// parity: F3 F35 F36 B7
func TestPlainTimes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[PlainTimes](prom.Using(kit.Open(t, e.DSN)))
		v := PlainTimes{ID: 1, Name: "a"}
		is.NoErr(repo.Save(ctx, &v))
		created := v.Created
		is.True(!created.IsZero() && v.Updated.Equal(created))
		v.Name = "b"
		is.NoErr(repo.Save(ctx, &v))
		is.True(v.Created.Equal(created) && v.Updated.After(created))

		other := PlainTimes{ID: 1, Name: "c"}
		is.NoErr(repo.Save(ctx, &other))
		is.True(other.Created.Equal(created)) // it survives
		is.True(other.Updated.After(v.Updated))
		is.NoErr(repo.Update(ctx, &PlainTimes{ID: 1, Name: "d"}))
		got, err := repo.Get(ctx, 1)
		is.NoErr(err)
		is.True(got.Created.Equal(created) && got.Updated.After(other.Updated))
	})
}

// Document has a UUID for its key.
type Document struct {
	prom.UUIDModel
	Name string
}

// Ensure that a UUID key is made in Go, sorts by time, is kept when it is given, and tracks changes as Model does.
// parity: M2 M3 F38
func TestUUIDModel(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Document](prom.Using(kit.Open(t, e.DSN)))
		a, b := kit.MustCreate(t, repo, Document{Name: "a"}), kit.MustCreate(t, repo, Document{Name: "b"})
		is.Equal(a.ID.Version().String(), "VERSION_7")
		is.True(a.ID.String() < b.ID.String())
		given := prom.NewUUID()
		c := kit.MustCreate(t, repo, Document{UUIDModel: prom.UUIDModel{ID: given}, Name: "c"})
		is.Equal(c.ID, given)

		got, err := repo.Get(ctx, given)
		is.NoErr(err)
		got.Name = "changed"
		is.Equal(repo.Modified(got), []string{"name"})
		is.NoErr(repo.Save(ctx, got))
		is.NoErr(repo.Delete(ctx, got))
		is.True(got.IsNew())
		list := kit.AllOf(t, repo)
		is.Equal(len(list), 2)

		many := make([]Document, 10)
		is.NoErr(repo.CreateMany(ctx, many))
		for i := range many[1:] {
			is.True(many[i].ID.String() < many[i+1].ID.String())
		}
	})
}

// Ensure that a deleted value counts as new and is inserted again with its key, and that a row that is gone is not
// saved in silence. parity: M10 M22 B9
func TestDeleteThenSave(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		n := kit.MustCreate(t, repo, kit.Note{Title: "t", At: time.Now()})
		id := n.ID
		is.NoErr(repo.Delete(ctx, n))
		is.True(n.IsNew())
		is.Equal(len(repo.Modified(n)), 8) // all columns are to be written
		is.True(errors.Is(repo.Delete(ctx, n), prom.ErrNotFound))
		is.NoErr(repo.Save(ctx, n))
		is.Equal(n.ID, id)
		is.True(!n.IsNew())

		is.NoErr(repo.DeleteKey(ctx, id))
		n.Views++
		is.True(errors.Is(repo.Save(ctx, n), prom.ErrNotFound))
		is.True(errors.Is(repo.Reload(ctx, n), prom.ErrNotFound))
		is.True(errors.Is(repo.DeleteKey(ctx, id), prom.ErrNotFound))
		is.Equal(n.Views, 1)
	})
}

// Secretive has fields that JSON leaves out.
type Secretive struct {
	Name     string
	Password string   `prom:"private"`
	Note     *string  `json:"other_name"`
	Tags     []string `prom:"labels"`
	Skipped  int      `prom:"-"`
	At       time.Time
	prom.Model
}

// Ensure that JSON has the persisted fields by their columns' names, leaves private ones out, and writes times as ISO.
// parity: M19
func TestModelJSON(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[Secretive](prom.Using(kit.Open(t, e.DSN)))
		at := time.Date(2024, 2, 29, 13, 0, 0, 5000, time.FixedZone("x", 3600))
		v := kit.MustCreate(t, repo, Secretive{Name: `q"uote`, Password: "hush", Tags: []string{"a"}, At: at, Skipped: 3})
		text, err := repo.JSON(v)
		is.NoErr(err)
		is.True(strings.HasPrefix(string(text),
			`{"name":"q\"uote","note":null,"labels":["a"],"at":"2024-02-29T12:00:00.000005Z","_id":1,"_created":"20`))
		var m map[string]any
		is.NoErr(json.Unmarshal(text, &m))
		is.Equal(len(m), 7)
		_, private := m["password"]
		is.True(!private)
	})
}
