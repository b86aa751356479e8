package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// deed has every hook. What they do, a test says by a script in the context.
type deed struct {
	prom.Model
	Title string `prom:"size=1..20,unique"`
	Slug  string
	Notes map[string]int
	Seen  string `prom:"-"`
	Parts prom.Many[part]
}

// part is a part of a deed, and loaded with it.
type part struct {
	prom.Model
	Deed prom.Ref[deed] `prom:"deed_id"`
}

func (p *part) AfterLoad(ctx context.Context) error {
	if s, ok := ctx.Value(scriptKey{}).(*script); ok {
		s.calls = append(s.calls, "part")
	}
	return nil
}

// trace is what hooks of a deed leave behind.
type trace struct {
	prom.Model
	What string
	Of   int64
}

var (
	deedProto = prom.Proto[deed]()
	partProto = prom.Proto[part]()
	deedTitle = prom.TextOf(deedProto, &deedProto.Title)
	deedParts = prom.ManyOf(deedProto, &deedProto.Parts)
	partDeed  = prom.RefOf(partProto, &partProto.Deed)
	deedSlug  = prom.TextOf(deedProto, &deedProto.Slug)
)

// script is what the hooks of deeds do, by their names, and which of them were called.
type script struct {
	do    map[string]func(ctx context.Context, d *deed) error
	calls []string
}

type scriptKey struct{}

func (s *script) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, scriptKey{}, s)
}

// take returns the calls since the last time.
func (s *script) take() string {
	calls := strings.Join(s.calls, " ")
	s.calls = nil
	return calls
}

func (d *deed) hook(ctx context.Context, name string) error {
	s, ok := ctx.Value(scriptKey{}).(*script)
	if !ok {
		return nil
	}
	s.calls = append(s.calls, name)
	if do := s.do[name]; do != nil {
		return do(ctx, d)
	}
	return nil
}

func (d *deed) BeforeSave(ctx context.Context) error { return d.hook(ctx, "BeforeSave") }

func (d *deed) BeforeCreate(ctx context.Context) error { return d.hook(ctx, "BeforeCreate") }

func (d *deed) BeforeUpdate(ctx context.Context) error { return d.hook(ctx, "BeforeUpdate") }

func (d *deed) BeforeDelete(ctx context.Context) error { return d.hook(ctx, "BeforeDelete") }

func (d *deed) Validate(ctx context.Context) error { return d.hook(ctx, "Validate") }

func (d *deed) AfterCreate(ctx context.Context) error { return d.hook(ctx, "AfterCreate") }

func (d *deed) AfterUpdate(ctx context.Context) error { return d.hook(ctx, "AfterUpdate") }

func (d *deed) AfterSave(ctx context.Context) error { return d.hook(ctx, "AfterSave") }

func (d *deed) AfterDelete(ctx context.Context) error { return d.hook(ctx, "AfterDelete") }

func (d *deed) AfterLoad(ctx context.Context) error { return d.hook(ctx, "AfterLoad") }

// deeds returns repos on an empty database.
func deeds(t *testing.T, e dbtest.Engine, options ...prom.OpenOption) (*prom.DB, *prom.Repo[deed], *prom.Repo[trace]) {
	t.Helper()
	db := kit.Open(t, e.DSN, options...)
	return db, prom.NewRepo[deed](prom.Using(db)), prom.NewRepo[trace](prom.Using(db))
}

// Ensure that each call of a repo calls the hooks that it says, in their order, in every mode of the engines.
// parity: F45
func TestHooks_Order(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := &script{}
		ctx := s.in(context.Background())
		_, repo, _ := deeds(t, e)
		for range 2 { // the second time the table is known
			v := &deed{Title: "one"}
			is.NoErr(repo.Create(ctx, v))
			is.Equal(s.take(), "BeforeSave BeforeCreate Validate AfterCreate AfterSave")
			v.Slug = "1"
			is.NoErr(repo.Save(ctx, v))
			is.Equal(s.take(), "BeforeSave BeforeUpdate Validate AfterUpdate AfterSave")
			is.NoErr(repo.Upsert(ctx, v)) // it was saved
			is.Equal(s.take(), "BeforeSave BeforeUpdate Validate AfterUpdate AfterSave")
			is.NoErr(repo.Upsert(ctx, &deed{Title: "one"}, deedTitle))
			is.Equal(s.take(), "BeforeSave Validate AfterSave")
			is.NoErr(repo.Delete(ctx, v))
			is.Equal(s.take(), "BeforeDelete AfterDelete")
			is.True(v.IsNew())
			is.NoErr(repo.Save(ctx, v))
			is.Equal(s.take(), "BeforeSave BeforeCreate Validate AfterCreate AfterSave")

			_, err := repo.Where(deedTitle.Eq("one")).Update(ctx, deedSlug.Set("x"))
			is.NoErr(err)
			is.NoErr(repo.DeleteKey(ctx, v.ID))
			_, err = repo.WithoutWhere().Delete(ctx)
			is.NoErr(err)
			is.Equal(s.take(), "") // nobody has a value there
		}
	})
}

// Ensure that whatever loads a value calls its hook AfterLoad, once, and that what the hook says comes out.
func TestHooks_AfterLoad(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := &script{do: map[string]func(context.Context, *deed) error{}}
		ctx := s.in(context.Background())
		db, repo, _ := deeds(t, e)
		shared := prom.NewRepo[deed](prom.Using(db), prom.BatchGets())
		two := []deed{{Title: "one"}, {Title: "two"}}
		is.New(t).NoErr(repo.CreateMany(context.Background(), two))
		own := errors.New("own")

		each := func(ctx context.Context, q *prom.Query[deed], stream bool) (list []deed, err error) {
			loop := q.Each(ctx)
			if stream {
				loop = q.Stream(ctx)
			}
			for d, err := range loop {
				if err != nil {
					return nil, err
				}
				list = append(list, *d)
			}
			return list, nil
		}
		one := func(d *deed, err error) ([]deed, error) {
			if err != nil {
				return nil, err
			}
			return []deed{*d}, nil
		}
		for name, load := range map[string]func(ctx context.Context) ([]deed, error){
			"Get":     func(ctx context.Context) ([]deed, error) { return one(repo.Get(ctx, two[0].ID)) },
			"shared":  func(ctx context.Context) ([]deed, error) { return one(shared.Get(ctx, two[0].ID)) },
			"One":     func(ctx context.Context) ([]deed, error) { return one(repo.Where(deedTitle.Eq("two")).First(ctx)) },
			"All":     func(ctx context.Context) ([]deed, error) { return repo.All(ctx) },
			"Each":    func(ctx context.Context) ([]deed, error) { return each(ctx, repo.Query(), false) },
			"ordered": func(ctx context.Context) ([]deed, error) { return each(ctx, repo.OrderBy(deedTitle.Desc()), false) },
			"Stream":  func(ctx context.Context) ([]deed, error) { return each(ctx, repo.Query(), true) },
			"Watch": func(ctx context.Context) (list []deed, err error) {
				for d, err := range prom.Watch(ctx, repo.Limit(2), prom.WatchFromStart()) {
					if err != nil {
						return nil, err
					}
					list = append(list, *d)
				}
				return list, nil
			},
			"raw All": func(ctx context.Context) ([]deed, error) {
				return prom.RawQuery[deed](repo, "SELECT * FROM deed").All(ctx)
			},
			"raw One": func(ctx context.Context) ([]deed, error) {
				d, err := prom.RawQuery[deed](db, "SELECT * FROM deed").First(ctx)
				return one(&d, err)
			},
			"raw Stream": func(ctx context.Context) (list []deed, err error) {
				for d, err := range prom.RawQuery[deed](db, "SELECT * FROM deed").Stream(ctx) {
					if err != nil {
						return nil, err
					}
					list = append(list, d)
				}
				return list, nil
			},
			"Load":   func(ctx context.Context) ([]deed, error) { d := deed{Title: "one"}; return one(&d, repo.Load(ctx, &d)) },
			"Reload": func(ctx context.Context) ([]deed, error) { d := two[1]; return one(&d, repo.Reload(ctx, &d)) },
			"batch Get": func(ctx context.Context) ([]deed, error) {
				var b prom.Batch
				d := prom.Queue(&b, repo).Get(two[0].ID)
				if err := b.Run(ctx); err != nil {
					return nil, err
				}
				return one(d.Value())
			},
			"batch All": func(ctx context.Context) ([]deed, error) {
				var b prom.Batch
				list := prom.Queue(&b, repo).All(repo.Query())
				if err := b.Run(ctx); err != nil {
					return nil, err
				}
				return list.Value()
			},
		} {
			is := is.New(t)
			s.do["AfterLoad"] = func(_ context.Context, d *deed) error { d.Seen = "seen " + d.Title; return nil }
			list, err := load(ctx)
			is.NoErr(err)
			is.Equal(s.take(), strings.TrimSpace(strings.Repeat("AfterLoad ", len(list))))
			for _, d := range list {
				is.Equal(name+d.Seen, name+"seen "+d.Title)
				is.Equal(len(repo.Modified(&d)), 0)
			}
			s.do["AfterLoad"] = func(_ context.Context, d *deed) error { d.Title = "spoilt"; return own }
			list, err = load(ctx)
			is.True(err == own) //nolint:errorlint // unchanged
			is.Equal(len(list), 0)
			s.take()
		}

		// A value that is filled is as it was when its hook fails.
		is := is.New(t)
		d := two[0]
		d.Slug = "mine"
		is.True(errors.Is(repo.Reload(ctx, &d), own))
		is.Equal([]string{d.Title, d.Slug}, []string{"one", "mine"})
	})
}

// Ensure that rows which are loaded as relations have their hooks called, once each, and that those of the rows which
// they belong to find them there.
func TestHooks_Relations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repo, _ := deeds(t, e)
		parts := prom.NewRepo[part](prom.Using(db))
		d := kit.MustCreate(t, repo, deed{Title: "whole"})
		for range 2 {
			kit.MustCreate(t, parts, part{Deed: prom.NewRef[deed](d.ID)})
		}
		s := &script{do: map[string]func(context.Context, *deed) error{
			"AfterLoad": func(_ context.Context, d *deed) error { d.Seen = fmt.Sprint(len(d.Parts.Rows())); return nil },
		}}
		ctx := s.in(context.Background())
		got, err := repo.With(deedParts).First(ctx)
		is.NoErr(err)
		is.Equal(s.take(), "part part AfterLoad")
		is.Equal(got.Seen, "2")
		for _, err := range repo.With(deedParts).Each(ctx) {
			is.NoErr(err)
		}
		is.Equal(s.take(), "part part AfterLoad")

		_, err = parts.With(partDeed.With(deedParts)).All(ctx)
		is.NoErr(err)
		is.Equal(s.take(), "part part AfterLoad part part")

		own := errors.New("own")
		s.do["AfterLoad"] = func(context.Context, *deed) error { return own }
		_, err = parts.With(partDeed).All(ctx)
		is.True(err == own) //nolint:errorlint // unchanged
	})
}

// Ensure that hooks may change the value: what they change is written, with what else has changed and nothing more.
func TestHooks_Change(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		var seen kit.Statements
		_, repo, _ := deeds(t, e, seen.Option())
		s := &script{do: map[string]func(context.Context, *deed) error{
			"BeforeSave": func(_ context.Context, d *deed) error { d.Slug = strings.ToLower(d.Title); return nil },
			"AfterCreate": func(_ context.Context, d *deed) error {
				d.Seen = fmt.Sprint("created ", d.ID > 0, d.IsNew())
				return nil
			},
			"Validate": func(_ context.Context, d *deed) error {
				d.Title = "what Validate changes is lost"
				return nil
			},
		}}
		ctx := s.in(context.Background())
		v := deed{Title: "ONE", Notes: map[string]int{"a": 1}}
		is.NoErr(repo.Create(ctx, &v))
		is.Equal([]string{v.Title, v.Slug, v.Seen}, []string{"ONE", "one", "created true false"})
		is.Equal(len(repo.Modified(&v)), 0)

		seen.Take()
		v.Title = "TWO"
		is.NoErr(repo.Save(ctx, &v))
		got, err := repo.Get(context.Background(), v.ID)
		is.NoErr(err)
		is.Equal([]string{got.Title, got.Slug}, []string{"TWO", "two"})
		updates := 0
		for _, sql := range seen.Take() {
			if strings.HasPrefix(sql, "UPDATE") {
				updates++
				is.True(!strings.Contains(strings.Split(sql, "WHERE")[0], `"notes" =`))
			}
		}
		is.Equal(updates, 1)

		// What is changed after the write counts as a change.
		s.do["AfterUpdate"] = func(_ context.Context, d *deed) error { d.Notes["b"] = 2; return nil }
		is.NoErr(repo.Save(ctx, &v))
		is.Equal(repo.Modified(&v), []string{"notes"})
	})
}

// Ensure that hooks are part of the write's transaction: what they do elsewhere is undone with it, the error or panic
// comes out as it is, and the value is as it was, what was changed in place included.
func TestHooks_Undo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db, repo, traces := deeds(t, e)
		own := errors.New("own")
		plain := context.Background()
		stored := kit.MustCreate(t, repo, deed{Title: "stored", Notes: map[string]int{"a": 1}})
		for _, at := range []string{"BeforeSave", "BeforeCreate", "BeforeUpdate", "BeforeDelete", "Validate", "AfterCreate",
			"AfterUpdate", "AfterSave", "AfterDelete"} {
			is := is.New(t)
			fail := func() error { return own }
			trail := func(ctx context.Context, d *deed) error {
				is.True(db.InTx(ctx))
				if strings.HasPrefix(at, "Before") {
					d.Title = "spoilt"
				}
				if d.Notes != nil {
					d.Notes["b"] = 2 // in place
				}
				return traces.Create(ctx, &trace{What: at, Of: d.ID})
			}
			s := &script{do: map[string]func(context.Context, *deed) error{
				at: func(ctx context.Context, d *deed) error {
					is.NoErr(trail(ctx, d))
					return fail()
				},
			}}
			ctx := s.in(plain)
			check := func(write func(ctx context.Context, d *deed) error, from deed) {
				s.take()
				if err := write(ctx, &from); !strings.Contains(s.take(), at) {
					is.NoErr(err) // it has no such hook
					return
				} else if err != own { //nolint:errorlint // unchanged
					t.Fatalf("%s: got the error %v", at, err)
				}
				is.True(from.Title == "stored" || from.Title == "new")
				is.Equal(from.Slug, "mine")
				is.Equal(from.Notes, map[string]int{"a": 1})
				is.Equal(len(kit.AllOf(t, traces)), 0)
				is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM deed WHERE slug <> '' OR title <> 'stored'"), 0)

				// In a transaction of the caller's, which goes on.
				is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
					is.True(errors.Is(write(ctx, &from), own))
					_, err := repo.Query().Count(ctx)
					return err
				}))
				is.Equal(len(kit.AllOf(t, traces)), 0)

				fail = func() error { panic("own") }
				func() {
					defer func() { is.Equal(recover(), "own") }()
					_ = write(ctx, &from)
				}()
				is.Equal(from.Notes, map[string]int{"a": 1})
				is.Equal(from.Slug, "mine")
				fail = func() error { return own }
			}
			value := func(d deed) deed {
				d.Slug, d.Notes = "mine", map[string]int{"a": 1}
				return d
			}
			rollback := func(write func(ctx context.Context, d *deed) error) func(ctx context.Context, d *deed) error {
				return func(ctx context.Context, d *deed) error {
					var err error
					_ = db.Tx(ctx, func(ctx context.Context) error {
						if err = write(ctx, d); err == nil {
							err = kit.ErrUndo
						}
						return err
					})
					if errors.Is(err, kit.ErrUndo) {
						return nil
					}
					return err
				}
			}
			check(rollback(func(ctx context.Context, d *deed) error { return repo.Create(ctx, d) }), value(deed{Title: "new"}))
			check(rollback(func(ctx context.Context, d *deed) error { return repo.Update(ctx, d) }), value(*stored))
			check(rollback(func(ctx context.Context, d *deed) error { return repo.Delete(ctx, d) }), value(*stored))
			check(rollback(func(ctx context.Context, d *deed) error { return repo.Upsert(ctx, d, deedTitle) }),
				value(deed{Title: "new"}))
			is.Equal(len(kit.AllOf(t, repo)), 1)
		}
	})
}

// Ensure that a write with hooks outside a transaction is one transaction of its own, and that what it has AfterCommit
// do is done when the outermost one is there for all. parity: G9
func TestHooks_AfterCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repo, traces := deeds(t, e)
		var told []string
		s := &script{do: map[string]func(context.Context, *deed) error{
			"AfterSave": func(ctx context.Context, d *deed) error {
				if err := traces.Create(ctx, &trace{What: d.Title, Of: d.ID}); err != nil {
					return err
				}
				return prom.AfterCommit(ctx, func(ctx context.Context) {
					is.True(!db.InTx(ctx))
					told = append(told, d.Title)
				})
			},
		}}
		ctx := s.in(context.Background())
		is.NoErr(repo.Create(ctx, &deed{Title: "alone"}))
		is.Equal(told, []string{"alone"})
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(repo.Create(ctx, &deed{Title: "inside"}))
			is.Equal(len(told), 1)
			err := repo.Create(ctx, &deed{Title: "alone"}) // which is there
			is.True(errors.Is(err, prom.ErrUnique))
			return nil
		}))
		is.Equal(told, []string{"alone", "inside"})
		kit.RolledBack(t, db, func(ctx context.Context) { is.NoErr(repo.Create(s.in(ctx), &deed{Title: "undone"})) })
		is.Equal(told, []string{"alone", "inside"})
		is.Equal(len(kit.AllOf(t, traces)), 2)
	})
}
