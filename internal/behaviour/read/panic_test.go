package read_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// fragile panics when it is written or read with some values.
type fragile string

var _ = prom.RegisterCodec(
	func(f fragile) (string, error) {
		if f == "unwritable" {
			panic("it cannot be written")
		}
		return string(f), nil
	},
	func(s string) (fragile, error) {
		if s == "unreadable" {
			panic("it cannot be read")
		}
		return fragile(s), nil
	})

type (
	vase struct {
		prom.Model
		Of     int
		Name   fragile
		Shards prom.Many[shard]
	}
	shard struct {
		prom.Model
		Vase prom.Ref[vase]
		Name fragile
	}
	// hooked panics in its hooks.
	hooked struct {
		prom.Model
		Name string
	}
)

func (h *hooked) BeforeCreate(context.Context) error { return h.act("before") }
func (h *hooked) AfterCreate(context.Context) error  { return h.act("after") }
func (h *hooked) AfterLoad(context.Context) error    { return h.act("load") }
func (h *hooked) Validate(context.Context) error     { return h.act("validate") }

func (h *hooked) act(when string) error {
	if h.Name == when {
		panic(when)
	}
	return nil
}

var (
	vaseProto  = prom.Proto[vase]()
	vaseOf     = prom.NumberOf(vaseProto, &vaseProto.Of)
	vaseName   = prom.FieldOf(vaseProto, &vaseProto.Name)
	vaseShards = prom.ManyOf(vaseProto, &vaseProto.Shards)
)

func vases(n int, name fragile) []vase {
	list := make([]vase, n)
	for i := range list {
		list[i] = vase{Of: i + 10, Name: "whole"}
	}
	list[n-1].Name = name
	return list
}

// panickingCalls are calls in which the application's code panics. The table has a row of 1 that can be read, one of
// 2 that cannot, with a shard of each.
func panickingCalls(db *prom.DB, repo *prom.Repo[vase]) map[string]func(ctx context.Context) {
	hooks := prom.NewRepo[hooked](prom.Using(db))
	use := func(error) {}
	return map[string]func(ctx context.Context){
		"get":   func(ctx context.Context) { _, err := repo.Get(ctx, 2); use(err) },
		"all":   func(ctx context.Context) { _, err := repo.OrderBy(vaseOf.Asc()).All(ctx); use(err) },
		"with":  func(ctx context.Context) { _, err := repo.Where(vaseOf.Eq(1)).With(vaseShards).All(ctx); use(err) },
		"pluck": func(ctx context.Context) { _, err := prom.Pluck(repo.Query(), vaseName).All(ctx); use(err) },
		"raw": func(ctx context.Context) {
			_, err := prom.RawQuery[vase](repo, "SELECT * FROM vase").All(ctx)
			use(err)
		},
		"each": func(ctx context.Context) {
			for range repo.Each(ctx) {
				continue
			}
		},
		"stream": func(ctx context.Context) {
			for range repo.Stream(ctx) {
				continue
			}
		},
		"body": func(ctx context.Context) {
			for range repo.Where(vaseOf.Eq(1)).Stream(ctx) {
				panic("body")
			}
		},
		"where":  func(ctx context.Context) { _, err := repo.Where(vaseName.Eq("unwritable")).All(ctx); use(err) },
		"create": func(ctx context.Context) { use(repo.Create(ctx, &vase{Of: 3, Name: "unwritable"})) },
		"upsert": func(ctx context.Context) {
			use(repo.Upsert(ctx, &vase{Model: prom.Model{ID: 2}, Of: 2, Name: "unwritable"}))
		},
		"update": func(ctx context.Context) {
			_, err := repo.Where(vaseOf.Eq(1)).Update(ctx, vaseName.Set("unwritable"))
			use(err)
		},
		"returned": func(ctx context.Context) {
			_, err := prom.UpdateReturning(ctx, repo.WithoutWhere(), vaseOf.Add(5))
			use(err)
		},
		"claim": func(ctx context.Context) {
			_, err := prom.Claim(ctx, repo.Where(vaseOf.Lte(2)), 2, vaseOf.Set(9))
			use(err)
		},
		"arrays": func(ctx context.Context) { use(repo.CreateMany(ctx, vases(40, "unwritable"))) },
		"copy":   func(ctx context.Context) { use(repo.CreateMany(ctx, vases(3000, "unwritable"))) },
		"batch get": func(ctx context.Context) {
			var b prom.Batch
			prom.Queue(&b, repo).Create(&vase{Of: 7, Name: "whole"})
			prom.Queue(&b, repo).Get(2)
			prom.Queue(&b, repo).Get(1)
			use(b.Run(ctx))
		},
		"batch all": func(ctx context.Context) {
			var b prom.Batch
			prom.Queue(&b, repo).All(repo.OrderBy(vaseOf.Asc()))
			use(b.Run(ctx))
		},
		"batch create": func(ctx context.Context) {
			var b prom.Batch
			prom.Queue(&b, repo).Create(&vase{Of: 7, Name: "whole"})
			prom.Queue(&b, repo).Create(&vase{Of: 7, Name: "unwritable"})
			use(b.Run(ctx))
		},
		"hook before":   func(ctx context.Context) { use(hooks.Create(ctx, &hooked{Name: "before"})) },
		"hook after":    func(ctx context.Context) { use(hooks.Create(ctx, &hooked{Name: "after"})) },
		"hook validate": func(ctx context.Context) { use(hooks.Create(ctx, &hooked{Name: "validate"})) },
		"hook load":     func(ctx context.Context) { _, err := hooks.All(ctx); use(err) },
		"hook stream": func(ctx context.Context) {
			for range hooks.Stream(ctx) {
				continue
			}
		},
		"hook batch": func(ctx context.Context) {
			var b prom.Batch
			prom.Queue(&b, hooks).Create(&hooked{Name: "fine"})
			prom.Queue(&b, hooks).Create(&hooked{Name: "after"})
			use(b.Run(ctx))
		},
	}
}

// Ensure that a panic of the application's code, in whatever call, comes out, undoes what the call has written, and
// leaves the connection and the transaction in which somebody recovers from it as they were.
func TestPanicOfApplication(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[vase](prom.Using(db))
		shards := prom.NewRepo[shard](prom.Using(db))
		for i := range 2 {
			v := vase{Of: i + 1, Name: "whole"}
			is.NoErr(repo.Create(ctx, &v))
			is.NoErr(shards.Create(ctx, &shard{Vase: prom.RefTo(&v), Name: "whole"}))
		}
		is.NoErr(prom.NewRepo[hooked](prom.Using(db)).Create(ctx, &hooked{Name: "fine"}))
		kit.RunSQL(t, db, "UPDATE vase SET name = 'unreadable' WHERE of = 2", "UPDATE shard SET name = 'unreadable'",
			"UPDATE hooked SET name = 'load'")
		for name, call := range panickingCalls(db, repo) {
			recovered := func(ctx context.Context) {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: no panic", name)
					}
				}()
				call(ctx)
			}
			sum := "SELECT count(*) * 1000000 + sum(of) FROM vase"
			recovered(ctx)
			if e.Name == dbtest.NamePostgres {
				// The server has committed a batch before its rows are read.
				kit.RunSQL(t, db, "DELETE FROM vase WHERE of = 7")
			}
			is.Equal(kit.ScanOne[int64](t, db, sum), int64(2_000_003))
			for range 2 { // the second time what is prepared is known
				err := db.Tx(ctx, func(ctx context.Context) error {
					if err := repo.Create(ctx, &vase{Of: 100, Name: "whole"}); err != nil {
						return err
					}
					recovered(ctx)
					n, err := repo.Where(vaseOf.Eq(100)).Delete(ctx)
					if err == nil && n != 1 {
						err = errors.New("the row is gone")
					}
					return err
				})
				if err != nil {
					t.Errorf("%s: the transaction: %v", name, err)
				}
				is.Equal(kit.ScanOne[int64](t, db, sum), int64(2_000_003))
			}
			kit.Idle(t, db)
		}
	})
}
