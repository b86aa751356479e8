package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/audit"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type owner struct {
	_    struct{} `prom:"audit"`
	ID   int64    `prom:"key,auto"`
	Name string   `prom:"unique"`
}

type account struct {
	_      struct{}        `prom:"audit"`
	ID     int64           `prom:"key,auto"`
	Owner  prom.Ref[owner] `prom:"ondelete=cascade"`
	Cents  int64           //
	Rate   float64         //
	Price  string          `prom:"decimal=12.4"`
	Open   bool            //
	Raw    []byte          //
	Note   *string         `prom:"nocase"`
	Doc    map[string]any  `prom:"json"`
	Tags   []string        //
	Secret string          `prom:"noaudit"`
	Gone   *time.Time      `prom:"deleted"`
}

var (
	anOwner   = prom.Proto[owner]()
	ownerName = prom.TextOf(anOwner, &anOwner.Name)
)

type world struct {
	db       *prom.DB
	owners   *prom.Repo[owner]
	accounts *prom.Repo[account]
	log      *prom.Repo[audit.Entry]
	t        *testing.T
	last     int64
}

func newWorld(t *testing.T, e dbtest.Engine) *world {
	db := kit.Open(t, e.DSN)
	return &world{t: t, db: db, owners: prom.NewRepo[owner](prom.Using(db)), accounts: prom.NewRepo[account](prom.Using(db)),
		log: audit.NewRepo(prom.Using(db))}
}

// news returns the entries since the last call.
func (w *world) news() []audit.Entry {
	w.t.Helper()
	list, err := w.log.Where(audit.ID.Gt(w.last)).OrderBy(audit.ID.Asc()).All(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if len(list) > 0 {
		w.last = list[len(list)-1].ID
	}
	return list
}

// told is news as a text: actor op table key.
func (w *world) told() string {
	w.t.Helper()
	var lines []string
	for _, e := range w.news() {
		lines = append(lines, strings.Join([]string{e.Actor, e.Op, e.Table, e.Key}, " "))
	}
	return strings.Join(lines, "; ")
}

func same(t *testing.T, got json.RawMessage, want string) {
	t.Helper()
	var a, b any
	if err := errors.Join(json.Unmarshal(got, &a), json.Unmarshal([]byte(want), &b)); err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Errorf("got %s, want %s", x, y)
	}
}

// Ensure that an entry has each column with its value, the same on both engines, and an update only what changed.
func TestAudit_Values(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		w := newWorld(t, e)
		ctx := prom.WithActor(context.Background(), "ada")
		is.Equal(prom.Actor(ctx), "ada")
		o := owner{Name: `O'Hara "x"`}
		is.NoErr(w.owners.Create(ctx, &o))
		note := "a\\b\n\u2028é"
		a := account{Owner: prom.NewRef[owner](o.ID), Cents: 1<<62 + 1, Rate: 0.1, Price: "12.5000", Open: true,
			Raw: []byte{0, 255}, Note: &note, Doc: map[string]any{"k": []any{1.0, "x"}}, Tags: []string{"p", `q"`}, Secret: "SECRET"}
		is.NoErr(w.accounts.Create(ctx, &a))
		list := w.news()
		is.Equal(len(list), 2)
		got := list[1]
		is.Equal([]string{got.Actor, got.Op, got.Table, got.Key}, []string{"ada", audit.Insert, "account", fmt.Sprint(a.ID)})
		is.True(time.Since(got.At) < time.Hour && time.Since(got.At) > -time.Minute)
		same(t, got.Old, `{}`)
		same(t, got.New, fmt.Sprintf(`{"id": %d, "owner": %d, "cents": 4611686018427387905, "rate": 0.1, "price": 12.5000, "open": true,
			"raw": "\\x00ff", "note": "a\\b\n\u2028é", "doc": {"k": [1, "x"]}, "tags": ["p", "q\""], "gone": null}`, a.ID, o.ID))
		is.True(strings.Contains(strings.ReplaceAll(string(got.New), " ", ""), `"cents":4611686018427387905`))
		is.True(strings.Contains(strings.ReplaceAll(string(got.New), " ", ""), `"price":12.5000`))

		upper := "A\\B\n\u2028é" // the same to nocase
		a.Note, a.Open, a.Secret, a.Rate = &upper, false, "SECRET 2", 1.0/3
		is.NoErr(w.accounts.Update(ctx, &a))
		list = w.news()
		is.Equal(len(list), 1)
		same(t, list[0].Old, `{"note": "a\\b\n\u2028é", "open": true, "rate": 0.1}`)
		same(t, list[0].New, `{"note": "A\\B\n\u2028é", "open": false, "rate": 0.3333333333333333}`)
		is.True(strings.Contains(string(list[0].New), "0.3333333333333333"))
		changes, err := list[0].Changes()
		is.NoErr(err)
		is.Equal(len(changes), 3)
		is.Equal(changes[1].Column, "open")
		is.Equal(string(changes[1].Old)+string(changes[1].New), "truefalse")

		a.Secret = "SECRET 3" // alone, it is not told
		is.NoErr(w.accounts.Update(ctx, &a))
		is.Equal(w.told(), "")
		is.NoErr(w.accounts.HardDelete(ctx, &a))
		list = w.news()
		is.Equal(list[0].Op, audit.Delete)
		same(t, list[0].New, `{}`)
		is.True(strings.Contains(string(list[0].Old), `"cents"`))
		all, err := w.log.WithoutWhere().All(ctx)
		is.NoErr(err)
		is.True(!strings.Contains(fmt.Sprintf("%+v", all), "SECRET"))
	})
}

// Ensure that no way to write to a model is missed, and that each has the actor of its context.
func TestAudit_Writes(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		w := newWorld(t, e)
		nobody := context.Background()
		ctx := prom.WithActor(nobody, "ada")
		a := owner{Name: "a"}
		is.NoErr(w.owners.Create(ctx, &a))
		is.Equal(w.told(), fmt.Sprintf("ada insert owner %d", a.ID))
		a.Name = "b"
		is.NoErr(w.owners.Save(nobody, &a))
		is.Equal(w.told(), fmt.Sprintf(" update owner %d", a.ID))
		is.NoErr(w.owners.Save(ctx, &a)) // nothing has changed
		is.Equal(w.told(), "")

		for _, n := range []int{2, kit.ByArrays, kit.ByCopy} {
			vs := make([]owner, n)
			for i := range vs {
				vs[i].Name = fmt.Sprint("many ", n, " ", i)
			}
			is.NoErr(w.owners.CreateMany(ctx, vs))
			list := w.news()
			is.Equal(len(list), n)
			for _, e := range list {
				is.Equal(e.Actor+e.Op, "adainsert")
			}
		}
		n, err := w.owners.Where(ownerName.HasPrefix("many 2 ")).Update(ctx, ownerName.Set("c"))
		is.True(errors.Is(err, prom.ErrUnique)) // two rows with one name
		is.Equal(n, 0)
		is.Equal(w.told(), "")
		_, err = w.owners.Where(ownerName.HasPrefix("many 2 ")).Delete(ctx)
		is.NoErr(err)
		is.Equal(len(w.news()), 2)
		_, err = w.owners.Where(ownerName.HasPrefix("many ")).Delete(nobody)
		is.NoErr(err)
		is.Equal(len(w.news()), kit.ByArrays+kit.ByCopy)

		outcome, err := w.owners.OnConflict(ownerName).DoNothing().Create(ctx, &owner{Name: "b"})
		is.NoErr(err)
		is.Equal(outcome, prom.Unchanged)
		is.Equal(w.told(), "")
		var b prom.Batch
		prom.Queue(&b, w.owners).Create(&owner{Name: "batched"})
		prom.Queue(&b, w.owners).DeleteWhere(w.owners.Where(ownerName.Eq("b")))
		is.NoErr(b.Run(ctx))
		list := w.news()
		is.Equal(len(list), 2)
		is.Equal(list[0].Actor+list[0].Op+list[1].Actor+list[1].Op, "adainsertadadelete")

		o := owner{Name: "with accounts"}
		is.NoErr(w.owners.Create(ctx, &o))
		acc := account{Owner: prom.NewRef[owner](o.ID), Price: "1"}
		is.NoErr(w.accounts.Create(ctx, &acc))
		is.Equal(len(w.news()), 2)
		is.NoErr(w.accounts.Delete(ctx, &acc)) // a soft delete is an update
		list = w.news()
		is.Equal(len(list), 1)
		is.Equal(list[0].Op, audit.Update)
		is.True(strings.Contains(string(list[0].New), `"gone"`))
		is.NoErr(w.owners.Delete(ctx, &o)) // and takes its account along
		told := map[string]bool{}
		for _, e := range w.news() {
			told[e.Actor+" "+e.Op+" "+e.Table] = true
		}
		is.Equal(told, map[string]bool{"ada delete owner": true, "ada delete account": true})

		kit.RunSQL(t, w.db, `INSERT INTO owner (name) VALUES ('of another program')`)
		list = w.news()
		is.Equal(len(list), 1)
		is.Equal(list[0].Actor+list[0].Op, "insert")
	})
}

// Ensure that the actor in a transaction is that of each call's context, also after a rollback to a savepoint, and that
// a rollback leaves nothing.
func TestAudit_Tx(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		w := newWorld(t, e)
		is.NoErr(w.owners.Install(context.Background()))
		create := func(ctx context.Context, name string) {
			t.Helper()
			is.NoErr(w.owners.Create(ctx, &owner{Name: name}))
		}
		actors := func() (s string) {
			for _, e := range w.news() {
				s += e.Actor + ","
			}
			return s
		}
		is.NoErr(w.db.Tx(prom.WithActor(context.Background(), "ada"), func(ctx context.Context) error {
			create(ctx, "1")
			create(prom.WithActor(ctx, "bob"), "2")
			create(ctx, "3")
			create(prom.WithActor(ctx, ""), "4")

			err := w.db.Tx(prom.WithActor(ctx, "eve"), func(ctx context.Context) error {
				create(ctx, "5")
				return kit.ErrUndo
			})
			is.True(errors.Is(err, kit.ErrUndo))
			create(prom.WithActor(ctx, "eve"), "6")
			create(ctx, "7")
			_, err = prom.RawExec(ctx, w.db, "INSERT INTO owner (name) VALUES (?)", "8")
			return err
		}))
		is.Equal(actors(), "ada,bob,ada,,eve,ada,ada,")
		create(context.Background(), "9") // nothing of it is left
		is.Equal(actors(), ",")
		err := w.db.Tx(prom.WithActor(context.Background(), "ada"), func(ctx context.Context) error {
			create(ctx, "10")
			return kit.ErrUndo
		})
		is.True(errors.Is(err, kit.ErrUndo))
		is.Equal(actors(), "")
	})
}

// Ensure that entries of a row are found by its key, whatever that is.
func TestAudit_Row(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		w := newWorld(t, e)
		ctx := context.Background()
		a, b := owner{Name: "a"}, owner{Name: "b"}
		is.NoErr(w.owners.Create(ctx, &a))
		is.NoErr(w.owners.Create(ctx, &b))
		b.Name = "c"
		is.NoErr(w.owners.Update(ctx, &b))
		n, err := w.log.Where(audit.Row(w.owners, b.ID), audit.Op.Eq(audit.Update)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		_, err = w.log.Where(audit.Row(w.owners, 1, 2)).Count(ctx)
		is.True(err != nil && strings.Contains(err.Error(), "the key of owner has 1 values, and 2 were given"))

		pairs := prom.NewRepo[pair](prom.Using(w.db))
		p := pair{A: "x\"\\\n\u2028\x01é", B: 7, C: []byte{1, 0xab}}
		is.NoErr(pairs.Create(ctx, &p))
		n, err = w.log.Where(audit.Row(pairs, p.A, p.B, p.C)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = w.log.Where(audit.Of(pairs)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

type pair struct {
	_ struct{} `prom:"audit"`
	A string   `prom:"key"`
	B int      `prom:"key"`
	C []byte   `prom:"key"`
}
