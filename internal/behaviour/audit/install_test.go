package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/audit"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The versions of a model, one after the other.
type (
	gauge0 struct { // not audited yet
		ID   int64 `prom:"key,auto"`
		Name string
		Old  string
	}
	gauge1 struct {
		_    struct{} `prom:"audit"`
		ID   int64    `prom:"key,auto"`
		Name string
		Old  string
	}
	gauge2 struct { // a column more, one with another name, and a secret
		_     struct{} `prom:"audit"`
		ID    int64    `prom:"key,auto"`
		Title string   `prom:"was=name"`
		Old   string   `prom:"noaudit"`
		More  int      `prom:"default=0"`
	}
	gauge3 struct { // a column less, and another type
		_     struct{} `prom:"audit"`
		ID    int64    `prom:"key,auto"`
		Title string
		More  string `prom:"default=0"`
	}
	meter struct { // another name
		_     struct{} `prom:"was=gauge"`
		_     struct{} `prom:"audit"`
		ID    int64    `prom:"key,auto"`
		Title string
		More  string `prom:"default=0"`
	}
)

func (gauge0) TableName() string { return "gauge" }
func (gauge1) TableName() string { return "gauge" }
func (gauge2) TableName() string { return "gauge" }
func (gauge3) TableName() string { return "gauge" }

// program is another program: it knows one version of the model alone.
func program[T any](t *testing.T, e dbtest.Engine, options string) (*world, *prom.Repo[T]) {
	db := kit.Open(t, e.With(options))
	return &world{t: t, db: db, log: audit.NewRepo(prom.Using(db))}, prom.NewRepo[T](prom.Using(db))
}

// Ensure that a table which exists is audited from the first write of a program that wants it, and that the triggers
// follow its columns through additions, renames, drops and rebuilds.
func TestAudit_Schema(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		if e.Mode == "memory" {
			t.Skip("its programs share no database")
		}
		_, r0 := program[gauge0](t, e, "")
		v := gauge0{Name: "a", Old: "SECRET"}
		is.NoErr(r0.Create(ctx, &v))

		_, checked := program[gauge1](t, e, "install=check")
		err := checked.Create(ctx, &gauge1{Name: "b"})
		is.True(errors.Is(err, prom.ErrDrift) && strings.Contains(err.Error(), "audit log"))
		is.True(errors.Is(prom.Check(ctx, checked), prom.ErrDrift))

		w, r1 := program[gauge1](t, e, "")
		g1, err := r1.Get(ctx, v.ID)
		is.NoErr(err)
		g1.Name = "c"
		is.NoErr(r1.Update(ctx, g1))
		list := w.news()
		is.Equal(len(list), 1)
		same(t, list[0].New, `{"name": "c"}`)
		is.NoErr(prom.Check(ctx, r1))
		is.NoErr(checked.Create(ctx, &gauge1{Name: "d"})) // by now
		is.Equal(len(w.news()), 1)

		w2, r2 := program[gauge2](t, e, "")
		w2.last = w.last
		is.NoErr(r2.Create(ctx, &gauge2{Title: "e", Old: "SECRET", More: 1}))
		list = w2.news()
		is.Equal(len(list), 1)
		same(t, list[0].New, fmt.Sprintf(`{"id": %s, "title": "e", "more": 1}`, list[0].Key))
		plan, err := prom.Plan(ctx, r2)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)

		// An old program, which does not know of the secret, does not bring it into the log.
		kit.RunSQL(t, w2.db, `INSERT INTO gauge (title, old, more) VALUES ('f', 'SECRET', 2)`)
		is.Equal(len(w2.news()), 1)
		all, err := w2.log.WithoutWhere().All(ctx)
		is.NoErr(err)
		for _, e := range all[2:] { // before, it was no secret
			is.True(!strings.Contains(string(e.Old)+string(e.New), "SECRET"))
		}

		w3, r3 := program[gauge3](t, e, "")
		w3.last = w2.last
		plan, err = prom.Plan(ctx, r3)
		is.NoErr(err)
		_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting, prom.Lossy)
		is.NoErr(err)
		plan, err = prom.Plan(ctx, r3)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		kit.RunSQL(t, w3.db, `INSERT INTO gauge (title, more) VALUES ('g', 'x')`) // before this program writes
		list = w3.news()
		is.Equal(len(list), 1)
		is.True(strings.Contains(string(list[0].New), `"x"`))

		w4, r4 := program[meter](t, e, "")
		w4.last = w3.last
		is.NoErr(r4.Create(ctx, &meter{Title: "h"}))
		is.Equal(w4.told()[:13], " insert meter")
		plan, err = prom.Plan(ctx, r4)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		is.Equal(len(plan.NotModelled), 0)
	})
}

// Ensure that a plan shows the triggers, and applies them.
func TestAudit_Plan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		w, r := program[gauge1](t, e, "")
		other := prom.NewRepo[pair](prom.Using(w.db))
		plan, err := prom.Plan(ctx, r, other)
		is.NoErr(err)
		is.Equal(strings.Count(plan.String(), "audit table"), 2)
		_, err = prom.Apply(ctx, plan)
		is.NoErr(err)
		kit.RunSQL(t, w.db, `INSERT INTO gauge (name, old) VALUES ('a', 'b')`)
		is.Equal(w.told(), " insert gauge 1")
		is.NoErr(prom.Check(ctx, r, other))
		plan, err = prom.Plan(ctx, r, other)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		is.Equal(len(plan.NotModelled), 0)
	})
}

// Ensure that many programs which begin to audit a table at the same moment all write, and nothing twice.
func TestAudit_Together(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		w, r0 := program[gauge0](t, e, "")
		is.NoErr(r0.Create(ctx, &gauge0{Name: "first"}))
		if e.Mode == "memory" {
			t.Skip("its programs share no database")
		}
		repos := make([]*prom.Repo[gauge1], 4)
		for i := range repos {
			_, repos[i] = program[gauge1](t, e, "")
		}
		is.NoErr(kit.Together(len(repos), func(i int) error { return repos[i].Create(ctx, &gauge1{Name: "x"}) }))
		is.Equal(len(w.news()), len(repos))
	})
}

// Ensure that a first write in a transaction that rolls back leaves no triggers behind that somebody counts on.
func TestAudit_FirstInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		w, r0 := program[gauge0](t, e, "")
		is.NoErr(r0.Create(ctx, &gauge0{Name: "first"}))
		r := prom.NewRepo[gauge1](prom.Using(w.db))
		kit.RolledBack(t, w.db, func(ctx context.Context) { is.NoErr(r.Create(prom.WithActor(ctx, "ada"), &gauge1{Name: "a"})) })
		is.NoErr(w.db.Tx(ctx, func(ctx context.Context) error {
			return r.Create(prom.WithActor(ctx, "bob"), &gauge1{Name: "b"})
		}))
		list := w.news()
		is.Equal(len(list), 1)
		is.Equal(list[0].Actor, "bob")
	})
}

type file struct {
	_    struct{} `prom:"audit"`
	ID   int64    `prom:"key,auto"`
	Body []byte
	Free []byte `prom:"noaudit"`
}

var (
	aFile    = prom.Proto[file]()
	fileBody = prom.FieldOf(aFile, &aFile.Body)
	fileFree = prom.FieldOf(aFile, &aFile.Free)
)

// Ensure that a streamed value, which the log cannot hold, is refused, unless its field is left out.
func TestAudit_Streams(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		_, r := program[file](t, e, "")
		v := file{}
		is.NoErr(r.Create(ctx, &v))
		err := prom.WriteBytes(ctx, r, fileBody, strings.NewReader("abc"), 3, v.ID)
		is.True(err != nil && strings.Contains(err.Error(), "noaudit"))
		is.NoErr(prom.WriteBytes(ctx, r, fileFree, bytes.NewReader([]byte("abc")), 3, v.ID))
	})
}

// Ensure that tags which say what cannot be are refused when the program starts.
func TestAudit_Tags(t *testing.T) {
	t.Parallel()
	type noKey struct {
		_ struct{} `prom:"audit"`
		A int
	}
	type secretKey struct {
		_  struct{} `prom:"audit"`
		ID int64    `prom:"key,noaudit"`
	}
	type without struct {
		ID int64 `prom:"key"`
		A  int   `prom:"noaudit"`
	}
	type ofField struct {
		ID int64 `prom:"key,audit"`
	}
	is := is.New(t)
	is.True(strings.Contains(kit.PanicText(func() { prom.NewRepo[noKey]() }), "an audited model needs a key"))
	is.True(strings.Contains(kit.PanicText(func() { prom.NewRepo[secretKey]() }), "noaudit cannot leave it out"))
	is.True(strings.Contains(kit.PanicText(func() { prom.NewRepo[without]() }), "noaudit is for models that are audited"))
	is.True(strings.Contains(kit.PanicText(func() { prom.NewRepo[ofField]() }), "audit is for a blank field _"))
}
