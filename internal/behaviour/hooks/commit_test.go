package hooks_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Models whose writes are told when they have been committed.
type (
	crateNo string
	// crate has a key of a type of its own, and soft-deletes.
	crate struct {
		No    crateNo `prom:"key,max=20"`
		Label string  `prom:"unique"`
		N     int
		Scan  []byte
		Bins  prom.ManyToMany[bin, stowed]
		Gone  *time.Time `prom:"deleted"`
	}
	// bin has a generated key.
	bin struct {
		prom.Model
		Name string `prom:"unique"`
		N    int
	}
	// stowed has a key of two references.
	stowed struct {
		Crate prom.RefBy[crate, crateNo] `prom:"key"`
		Bin   prom.Ref[bin]              `prom:"key"`
		N     int
	}
	// sighting has no key.
	sighting struct{ Name string }
	// seal has a UUID.
	seal struct {
		prom.UUIDModel
		N int
	}
)

var (
	aCrate     = prom.Proto[crate]()
	crateKey   = prom.TextOf(aCrate, &aCrate.No)
	crateLabel = prom.TextOf(aCrate, &aCrate.Label)
	crateN     = prom.NumberOf(aCrate, &aCrate.N)
	crateScan  = prom.FieldOf(aCrate, &aCrate.Scan)
	crateBins  = prom.ManyToManyOf(aCrate, &aCrate.Bins)

	aBin    = prom.Proto[bin]()
	binName = prom.TextOf(aBin, &aBin.Name)
	binN    = prom.NumberOf(aBin, &aBin.N)

	aStowed = prom.Proto[stowed]()
	stowedN = prom.NumberOf(aStowed, &aStowed.N)

	aSighting    = prom.Proto[sighting]()
	sightingName = prom.TextOf(aSighting, &aSighting.Name)

	aSeal = prom.Proto[seal]()
	sealN = prom.NumberOf(aSeal, &aSeal.N)
)

// heard collects what OnCommit tells.
type heard struct {
	mu   sync.Mutex
	list []prom.Committed
}

func (h *heard) add(_ context.Context, c prom.Committed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, c)
}

func (h *heard) takeAll() []prom.Committed {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.list
	h.list = nil
	return list
}

// take returns what has been told since the last call, as a text.
func (h *heard) take() string {
	var texts []string
	for _, c := range h.takeAll() {
		texts = append(texts, fmt.Sprint(c.Op, " ", c.Table, " ", c.Rows, " ", c.Keys))
	}
	return strings.Join(texts, "; ")
}

// Ensure that the writes of single values are told with their keys, at once, and those that write nothing are not.
func TestOnCommit_Single(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var h heard
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add))
		crates, bins := prom.NewRepo[crate](prom.Using(db)), prom.NewRepo[bin](prom.Using(db))
		for range 2 { // the table is new, and then known
			b := bin{Name: fmt.Sprint("b", time.Now().UnixNano())}
			is.NoErr(bins.Create(ctx, &b))
			is.Equal(h.take(), fmt.Sprint("insert bin 1 [[", b.ID, "]]"))
			b.N++
			is.NoErr(bins.Save(ctx, &b))
			is.Equal(h.take(), fmt.Sprint("update bin 1 [[", b.ID, "]]"))
			is.NoErr(bins.Delete(ctx, &b))
			is.Equal(h.take(), fmt.Sprint("delete bin 1 [[", b.ID, "]]"))
		}
		c := crate{No: "c1", Label: "one"}
		is.NoErr(crates.Save(ctx, &c))
		is.Equal(h.take(), "upsert crate 1 [[c1]]")
		is.NoErr(crates.Update(ctx, &c))
		is.NoErr(crates.Delete(ctx, &c))
		is.NoErr(crates.Undelete(ctx, &c))
		is.NoErr(crates.Upsert(ctx, &c))
		is.Equal(h.take(), "update crate 1 [[c1]]; delete crate 1 [[c1]]; undelete crate 1 [[c1]]; upsert crate 1 [[c1]]")
		is.NoErr(prom.WriteBytes(ctx, crates, crateScan, bytes.NewReader([]byte("scan")), 4, "c1"))
		is.Equal(h.take(), "update crate 1 [[c1]]")
		is.NoErr(crates.HardDelete(ctx, &c))
		is.Equal(h.take(), "delete crate 1 [[c1]]")
		is.NoErr(crates.Create(ctx, &c))
		is.NoErr(crates.DeleteKey(ctx, "c1"))
		list := h.takeAll()
		is.Equal(len(list), 2)
		is.True(list[0].DB == db)
		is.Equal(list[1].Keys[0][0], crateNo("c1")) // of the field's own type
		_, err := crates.Query().WithDeleted().Get(ctx, list[1].Keys[0]...)
		is.NoErr(err)

		created, err := bins.GetOrCreate(ctx, &bin{Name: "same"}, binName)
		is.NoErr(err)
		is.True(created)
		is.True(strings.HasPrefix(h.take(), "insert bin 1 [["))
		created, err = bins.GetOrCreate(ctx, &bin{Name: "same"}, binName)
		is.NoErr(err)
		is.True(!created)
		is.True(errors.Is(bins.Create(ctx, &bin{Name: "same"}), prom.ErrUnique))
		is.True(errors.Is(bins.DeleteKey(ctx, 4711), prom.ErrNotFound))
		is.Equal(h.take(), "")

		sightings := prom.NewRepo[sighting](prom.Using(db))
		is.NoErr(sightings.Create(ctx, &sighting{"one"})) // without a key
		is.Equal(h.take(), "insert sighting 1 []")
	})
}

// keysOf returns the keys of bins as they are told.
func keysOf(bins []bin) string {
	var keys [][]any
	for _, b := range bins {
		keys = append(keys, []any{b.ID})
	}
	return fmt.Sprint(keys)
}

// Ensure that bulk inserts, upserts of many values and batches are told with all of their keys.
func TestOnCommit_Many(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var h heard
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add))
		bins := prom.NewRepo[bin](prom.Using(db))
		for _, n := range []int{3, 300, 6000} { // rows, arrays, COPY
			vs := make([]bin, n)
			for i := range vs {
				vs[i].Name = fmt.Sprint(n, " ", i)
			}
			is.NoErr(bins.CreateMany(ctx, vs))
			is.True(vs[n-1].ID > 0)
			is.Equal(h.take(), fmt.Sprint("insert bin ", n, " ", keysOf(vs)))
		}
		is.NoErr(bins.CreateMany(ctx, nil))
		is.True(bins.CreateMany(ctx, []bin{{Name: "x"}, {Name: "x"}}) != nil)
		is.Equal(h.take(), "")

		is.NoErr(prom.UnsafeClear(ctx, bins))
		is.Equal(h.take(), "delete bin 6303 []")
		for _, n := range []int{2, 3} { // of which one is there; together, and one by one
			vs := []bin{{Name: "a"}, {Name: "b"}, {Name: fmt.Sprint("c", n)}}[3-n:]
			if n == 3 {
				vs[1].Name = vs[2].Name // conflicts with itself
			}
			_, err := bins.OnConflict(binName).DoNothing().CreateMany(ctx, vs)
			is.NoErr(err)
			h.take()
			_, err = bins.OnConflict(binName).DoNothing().CreateMany(ctx, vs)
			is.NoErr(err)
			is.Equal(h.take(), "")
			more := []bin{{Name: vs[0].Name}, {Name: fmt.Sprint("new", n)}}
			outcomes, err := bins.OnConflict(binName).CreateMany(ctx, more)
			is.NoErr(err)
			is.Equal(outcomes, []prom.Outcome{prom.Updated, prom.Inserted})
			is.Equal(h.take(), "insert bin 1 "+keysOf(more[1:])+"; update bin 1 "+keysOf(more[:1]))
		}
		some := []bin{{Name: "a"}, {Name: "d"}, {Name: "e"}}
		is.NoErr(bins.Upsert(ctx, &some[0], binName))
		is.Equal(h.take(), "upsert bin 1 "+keysOf(some[:1]))
		_, err := prom.GetOrCreateMany(ctx, bins, some, binName)
		is.NoErr(err)
		is.Equal(h.take(), "insert bin 2 "+keysOf(some[1:]))
		outcome, err := bins.OnConflict(binName).Update(binN.Add(1)).Create(ctx, &bin{Name: "d"})
		is.NoErr(err)
		is.Equal(outcome, prom.Updated)
		is.Equal(h.take(), "update bin 1 "+keysOf(some[1:2]))

		var batch prom.Batch
		q := prom.Queue(&batch, bins)
		made := []bin{{Name: "f"}, {Name: "g"}}
		q.CreateMany(made)
		some[1].N = 7
		q.Update(&some[1])
		q.UpdateWhere(bins.Where(binName.In("a", "d")).WithoutWhere(), binN.Add(1))
		q.UpdateWhere(bins.Where(binName.Eq("nobody")), binN.Add(1))
		gone := q.DeleteKey(some[2].ID)
		q.DeleteWhere(bins.Where(binName.Eq("nobody")))
		is.NoErr(batch.Run(ctx))
		n, err := gone.Value()
		is.NoErr(err)
		is.Equal(n, 1)
		list := h.takeAll()
		is.Equal(len(list), 3)
		is.Equal(fmt.Sprint(list[0].Op, list[0].Keys), "insert"+keysOf(made))
		is.Equal(fmt.Sprint(list[1].Op, list[1].Rows, len(list[1].Keys)), "update3 3")
		is.Equal(list[1].Keys[0][0], some[1].ID)
		is.Equal(fmt.Sprint(list[2].Op, list[2].Keys), "delete"+keysOf(some[2:]))
		q.Create(&bin{Name: "h"})
		q.Create(&bin{Name: "h"})
		is.True(errors.Is(batch.Run(ctx), prom.ErrUnique))
		is.Equal(h.take(), "")
	})
}

// Ensure that writes by query are told with the keys of their rows, whether or not they return the rows, and so are
// chunks, claims and copies; and what a model without a key has written, by its number.
func TestOnCommit_ByQuery(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var h heard
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add))
		crates, sightings := prom.NewRepo[crate](prom.Using(db)), prom.NewRepo[sighting](prom.Using(db))
		n, err := crates.Where(crateN.Eq(1)).Update(ctx, crateN.Add(1)) // the table is not there
		is.NoErr(err)
		is.Equal(n, 0)
		is.Equal(h.take(), "")
		is.NoErr(crates.CreateMany(ctx, []crate{{No: "a", Label: "a"}, {No: "b", Label: "b"}, {No: "c", Label: "c"}}))
		h.take()
		one := crates.Where(crateKey.Eq("a"))
		for range 2 {
			n, err = one.Update(ctx, crateN.Add(1))
			is.NoErr(err)
			is.Equal(n, 1)
			is.Equal(h.take(), "update crate 1 [[a]]")
		}
		n, err = one.Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = one.Delete(ctx) // is deleted
		is.NoErr(err)
		is.Equal(n, 0)
		n, err = one.Undelete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		is.Equal(h.take(), "delete crate 1 [[a]]; undelete crate 1 [[a]]")
		rows, err := prom.UpdateReturning(ctx, one, crateKey.Set("a2"))
		is.NoErr(err)
		is.Equal(len(rows), 1)
		is.Equal(h.take(), "update crate 1 [[a2]]") // the key that the row has now
		rows, err = prom.Claim(ctx, crates.Where(crateN.Eq(0)).OrderBy(crateKey.Asc()), 1, crateN.Set(9))
		is.NoErr(err)
		is.Equal(rows[0].No, crateNo("b"))
		is.Equal(h.take(), "update crate 1 [[b]]")
		for _, err := range prom.UpdateInChunks(ctx, crates.Query().WithoutWhere(), prom.Chunks{Size: 1}, crateN.Set(5)) {
			is.NoErr(err)
		}
		is.Equal(h.take(), "update crate 1 [[a2]]; update crate 1 [[b]]; update crate 1 [[c]]")
		_, err = prom.DeleteReturning(ctx, crates.Where(crateKey.Eq("c")))
		is.NoErr(err)
		n, err = crates.Query().WithDeleted().Where(crateKey.Eq("c")).HardDelete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		is.Equal(h.take(), "delete crate 1 [[c]]; delete crate 1 [[c]]")
		bins := prom.NewRepo[bin](prom.Using(db))
		n, err = prom.InsertSelect(ctx, bins, crates.Query(), prom.To(binName, crateLabel), prom.To(binN, crateN))
		is.NoErr(err)
		is.Equal(n, 2)
		all := kit.AllOf(t, bins)
		is.Equal(h.take(), "insert bin 2 "+keysOf(all))

		is.NoErr(sightings.CreateMany(ctx, []sighting{{"x"}, {"x"}}))
		n, err = sightings.Where(sightingName.Eq("x")).Update(ctx, sightingName.Set("y"))
		is.NoErr(err)
		is.Equal(n, 2)
		is.Equal(h.take(), "insert sighting 2 []; update sighting 2 []")

		seals := prom.NewRepo[seal](prom.Using(db))
		s := kit.MustCreate(t, seals, seal{N: 1})
		n, err = seals.Where(sealN.Eq(1)).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		list := h.takeAll()
		is.Equal(list[0].Keys, [][]any{{s.ID}})
		is.Equal(list[1].Keys, [][]any{{s.ID}})
	})
}

// Ensure that links are told with the keys of their rows: of references, the keys that they hold.
func TestOnCommit_Links(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var h heard
		db := kit.Open(t, e.DSN)
		crates, bins, stow := prom.NewRepo[crate](prom.Using(db)), prom.NewRepo[bin](prom.Using(db)), prom.NewRepo[stowed](prom.Using(db))
		is.NoErr(prom.Install(ctx, crates, bins, stow))
		db = kit.Open(t, e.DSN, prom.OnCommit(h.add, stow))
		crates, bins, stow = crates.Using(db), bins.Using(db), stow.Using(db)
		c := kit.MustCreate(t, crates, crate{No: "c", Label: "c"})
		b1, b2 := kit.MustCreate(t, bins, bin{Name: "1"}), kit.MustCreate(t, bins, bin{Name: "2"})
		is.Equal(h.take(), "") // of other tables
		links := prom.LinksOf(crates, crateBins, c)
		_, err := links.Add(ctx, b1, b2)
		is.NoErr(err)
		list := h.takeAll()
		is.Equal(len(list), 1)
		is.Equal(list[0].Keys, [][]any{{crateNo("c"), b1.ID}, {crateNo("c"), b2.ID}})
		_, err = links.Add(ctx, b1)
		is.NoErr(err)
		is.Equal(h.take(), "")
		_, err = links.Remove(ctx, b2)
		is.NoErr(err)
		is.Equal(h.take(), fmt.Sprint("delete stowed 1 [[c ", b2.ID, "]]"))
		n, err := stow.Query().WithoutWhere().Update(ctx, stowedN.Add(1))
		is.NoErr(err)
		is.Equal(n, 1)
		is.Equal(h.take(), fmt.Sprint("update stowed 1 [[c ", b1.ID, "]]"))
	})
}

// Ensure that what is written in a transaction is told once the outermost one has been committed, in order, with its
// context, and what has been rolled back is not.
func TestOnCommit_Tx(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		type mark struct{}
		outside := context.WithValue(t.Context(), mark{}, "outside")
		var h heard
		var bins *prom.Repo[bin]
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add), prom.OnCommit(func(ctx context.Context, c prom.Committed) {
			if ctx.Value(mark{}) != "outside" {
				t.Error("the context is not that of the outermost Tx")
			}
			if c.Op == "insert" { // it is there for everybody, and the connection is free
				for _, key := range c.Keys {
					if _, err := bins.Get(ctx, key...); err != nil && !errors.Is(err, prom.ErrNotFound) {
						t.Error(err)
					}
				}
			}
		}))
		bins = prom.NewRepo[bin](prom.Using(db))
		is.NoErr(bins.Install(outside))
		undone := errors.New("undone")
		vs := []bin{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}
		is.NoErr(db.Tx(outside, func(ctx context.Context) error {
			ctx = context.WithValue(ctx, mark{}, "inside")
			is.NoErr(bins.Create(ctx, &vs[0]))
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return bins.CreateMany(ctx, vs[1:3]) }))
			is.True(errors.Is(db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(bins.Create(ctx, &vs[3]))
				_, err := bins.Query().WithoutWhere().Delete(ctx)
				is.NoErr(err)
				return undone
			}), undone))
			is.True(errors.Is(bins.Create(ctx, &bin{Name: "a"}), prom.ErrUnique))
			_, err := bins.Where(binName.Eq("b")).Delete(ctx)
			is.NoErr(err)
			is.Equal(h.take(), "") // not yet
			return nil
		}))
		is.Equal(h.take(), fmt.Sprint("insert bin 1 ", keysOf(vs[:1]), "; insert bin 2 ", keysOf(vs[1:3]), "; delete bin 1 ",
			keysOf(vs[1:2])))
		is.True(errors.Is(db.Tx(outside, func(ctx context.Context) error {
			is.NoErr(bins.Create(ctx, &bin{Name: "z"}))
			var batch prom.Batch
			prom.Queue(&batch, bins).Create(&bin{Name: "y"})
			is.NoErr(batch.Run(ctx))
			return undone
		}), undone))
		func() {
			defer func() { is.True(recover() != nil) }()
			_ = db.Tx(outside, func(ctx context.Context) error {
				is.NoErr(bins.Create(ctx, &bin{Name: "z"}))
				panic("stop")
			})
		}()
		is.Equal(h.take(), "")
	})
}

// Ensure that a write which a hook undoes is not told, that what hooks write is told too, in order, and that
// AfterCommit goes on as it does.
func TestOnCommit_Hooks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		var h heard
		db := kit.Open(t, e.DSN, prom.OnCommit(h.add))
		repo, traces := prom.NewRepo[deed](prom.Using(db)), prom.NewRepo[trace](prom.Using(db))
		is.NoErr(prom.Install(t.Context(), repo, traces))
		own, after := errors.New("own"), 0
		var fail error
		s := &script{do: map[string]func(context.Context, *deed) error{
			"AfterCreate": func(ctx context.Context, d *deed) error {
				if err := traces.Create(ctx, &trace{What: "made"}); err != nil {
					return err
				}
				return errors.Join(fail, prom.AfterCommit(ctx, func(context.Context) { after++ }))
			},
		}}
		ctx := s.in(t.Context())
		is.NoErr(repo.Create(ctx, &deed{Title: "a"}))
		is.NoErr(repo.CreateMany(ctx, []deed{{Title: "b"}, {Title: "c"}}))
		var batch prom.Batch
		prom.Queue(&batch, repo).Create(&deed{Title: "d"})
		is.NoErr(batch.Run(ctx))
		var told []string
		for _, c := range h.takeAll() {
			told = append(told, fmt.Sprint(c.Op, " ", c.Table, " ", c.Rows, " ", len(c.Keys)))
		}
		is.Equal(told, []string{"insert deed 1 1", "insert trace 1 1", "insert deed 2 2", "insert trace 1 1",
			"insert trace 1 1", "insert deed 1 1", "insert trace 1 1"})
		is.Equal(after, 4)
		fail = own
		is.True(errors.Is(repo.Create(ctx, &deed{Title: "e"}), own))
		is.True(errors.Is(repo.CreateMany(ctx, []deed{{Title: "f"}}), own))
		prom.Queue(&batch, repo).Create(&deed{Title: "g"})
		is.True(errors.Is(batch.Run(ctx), own))
		is.Equal(h.take(), "")
	})
}
