package model_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a partly filled value is loaded by its key, a unique index or one over several fields.
// parity: M11 X10
func TestLoad(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[kit.User](prom.Using(kit.Open(t, e.DSN)))
		org, no := "org", 7
		ada := kit.MustCreate(t, repo, kit.User{Name: "ada", Age: 1, Org: &org, No: &no})
		bob := kit.MustCreate(t, repo, kit.User{Name: "bob", Age: 2})

		for _, u := range []kit.User{
			{Model: prom.Model{ID: ada.ID}},
			{Name: "ada"},
			{Org: &org, No: &no},
			{Model: prom.Model{ID: ada.ID}, Name: "bob"}, // the key goes first
			{Name: "ada", Age: 99},
		} {
			is.NoErr(repo.Load(ctx, &u))
			is.Equal(u.ID, ada.ID)
			is.Equal(u.Age, 1)
			is.True(!u.IsNew())
			is.Equal(len(repo.Modified(&u)), 0)
			u.Age = 1
			is.NoErr(repo.Save(ctx, &u)) // an update, since it came from the database
		}

		missing := kit.User{Name: "nobody", Age: 5}
		is.True(errors.Is(repo.Load(ctx, &missing), prom.ErrNotFound))
		is.Equal(missing, kit.User{Name: "nobody", Age: 5})
		half := kit.User{Org: &org}
		is.True(errors.Is(repo.Load(ctx, &half), prom.ErrValidation))
		is.NoErr(repo.Load(ctx, bob))
	})
}

// Ensure that a reload fetches what others stored, drops own changes, and leaves the value alone when the row is gone.
// parity: M12
func TestReload(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		stars := 3
		n := kit.MustCreate(t, repo, kit.Note{Title: "t", Body: "b", Stars: &stars, At: time.Now()})
		shared := *n

		_, err := repo.Where(kit.NoteID.Eq(n.ID)).Update(ctx, kit.NoteViews.Set(9), kit.NoteStars.Set(4))
		is.NoErr(err)
		n.Body = "unsaved"
		is.NoErr(repo.Reload(ctx, n))
		is.Equal(n.Body, "b")
		is.Equal(n.Views, 9)
		is.Equal(*n.Stars, 4)
		is.Equal(stars, 3) // what others hold is not written through
		is.Equal(*shared.Stars, 3)
		is.Equal(len(repo.Modified(n)), 0)

		is.NoErr(repo.DeleteKey(ctx, n.ID))
		n.Body = "kept"
		is.True(errors.Is(repo.Reload(ctx, n), prom.ErrNotFound))
		is.Equal(n.Body, "kept")
	})
}

// Defaulted has a default of every form.
type Defaulted struct {
	prom.Model
	Count  int        `prom:"default=5"`
	Maybe  *int       `prom:"default=6"`
	Name   string     `prom:"default=anon"`
	Tags   []string   `prom:"default='[\"a\"]'"`
	Born   time.Time  `prom:"default=now"`
	Day    time.Time  `prom:"date,default=2020-02-29"`
	Token  prom.UUID  `prom:"default=uuid"`
	Opt    *string    `prom:"default=opt"`
	OptNow *time.Time `prom:"default=now"`
}

// Ensure that defaults are made in Go, that New has all of them, that Create fills in what is certainly unset, and that
// a zero which may be meant is never replaced. parity: F22 B31
func TestDefaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Defaulted](prom.Using(kit.Open(t, e.DSN)))
		v := repo.New()
		is.True(v.IsNew())
		is.Equal(v.Count, 5)
		is.Equal(*v.Maybe, 6)
		is.Equal(v.Name, "anon")
		is.Equal(v.Tags, []string{"a"})
		is.True(time.Since(v.Born) < time.Minute && time.Since(*v.OptNow) < time.Minute)
		is.True(v.Day.Equal(time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC)))
		is.Equal(*v.Opt, "opt")

		other := repo.New()
		v.Tags[0], *v.Opt = "changed", "changed"
		is.Equal(other.Tags, []string{"a"})
		is.Equal(*other.Opt, "opt")
		is.True(other.Token != v.Token)
		is.Equal(repo.New().Tags, []string{"a"})

		v.Count, v.Name, v.Tags = 0, "", []string{}
		is.NoErr(repo.Create(ctx, v))
		got, err := repo.Get(ctx, v.ID)
		is.NoErr(err)
		is.Equal(got.Count, 0)
		is.Equal(got.Name, "")
		is.Equal(len(got.Tags), 0)
		is.Equal(got.Token, v.Token)

		literal := Defaulted{}
		is.NoErr(repo.Create(ctx, &literal))
		is.Equal(literal.Count, 0)
		is.Equal(*literal.Maybe, 6)
		is.Equal(*literal.Opt, "opt")
		is.True(literal.Token != prom.UUID{})
		is.True(!literal.Born.IsZero() && !literal.Day.IsZero())

		literal.Opt, literal.Maybe = nil, nil // on update NULL is NULL
		is.NoErr(repo.Save(ctx, &literal))
		got, err = repo.Get(ctx, literal.ID)
		is.NoErr(err)
		is.True(got.Opt == nil && got.Maybe == nil)
	})
}

// Ruled has a rule of every form.
type Ruled struct {
	prom.Model
	Size   string   `prom:"size=2..4"`
	Choice string   `prom:"choices=a|b"`
	Regex  string   `prom:"regex=^[a-z]+$"`
	Full   []string `prom:"nonempty"`
	Number int      `prom:"min=1,max=9"`
	Bytes  []byte   `prom:"max=2"`
	Ref    prom.Ref[kit.User]
}

// Ensure that rules are checked before any SQL, all of them at once, naming model and field and no value.
// parity: F16 F17 F19 F20 F21
func TestRules(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		users, repo := prom.NewRepo[kit.User](prom.Using(db)), prom.NewRepo[Ruled](prom.Using(db))
		ada := kit.MustCreate(t, users, kit.User{Name: "ada"})
		good := Ruled{Size: "äöü", Choice: "a", Regex: "x", Full: []string{"f"}, Number: 9, Bytes: []byte("12"),
			Ref: prom.NewRef[kit.User](ada.ID)}
		v := kit.MustCreate(t, repo, good)

		bad := Ruled{Size: "SECRET", Choice: "SECRET", Regex: "SECRET", Number: 10, Bytes: []byte("SECRET")}
		log.Take()
		worse := *v
		model := worse.Model
		worse = bad
		worse.Model = model
		for _, err := range []error{repo.Create(ctx, &bad), repo.Save(ctx, &worse), repo.Upsert(ctx, &worse),
			repo.CreateMany(ctx, []Ruled{good, bad})} {
			is.True(errors.Is(err, prom.ErrValidation))
			var broken prom.Violations
			is.True(errors.As(err, &broken))
			is.Equal(len(broken), 7)
			var e *prom.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Table, "ruled")
			is.Equal(e.Columns, []string{"size", "choice", "regex", "full", "number", "bytes", "ref"})
			kit.NoSecret(t, err)
		}
		is.Equal(len(log.Take()), 0) // no SQL at all
		is.Equal(len(kit.AllOf(t, repo)), 1)
	})
}
