package types_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// errBarred is an application's own error, one for all its uses.
var errBarred = &prom.Error{Kind: prom.ErrPermission, Detail: "this one is barred"}

// barred refuses one value each way.
type barred string

var _ = prom.RegisterCodec(
	func(b barred) (string, error) {
		if b == "write" {
			return "", errBarred
		}
		return string(b), nil
	},
	func(s string) (barred, error) {
		if s == "read" {
			return "", errBarred
		}
		return barred(s), nil
	})

type barredItem struct {
	prom.Model
	Name barred
}

var barredItemProto = prom.Proto[barredItem]()

var barredName = prom.FieldOf(barredItemProto, &barredItemProto.Name)

// Ensure that an error of the application's own, which it may return from many places at once, is told with its place
// and stays what it is.
func TestOwnErrorShared(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		var repos []*prom.Repo[barredItem]
		for _, name := range []string{"north", "south"} {
			repo := prom.NewRepo[barredItem](prom.Using(db), prom.Table(name))
			is.NoErr(repo.Create(ctx, &barredItem{Name: "fine"}))
			kit.RunSQL(t, db, "UPDATE "+name+" SET name = 'read'") // by somebody else
			repos = append(repos, repo)
		}
		calls := map[string]func(repo *prom.Repo[barredItem]) error{
			"create": func(repo *prom.Repo[barredItem]) error { return repo.Create(ctx, &barredItem{Name: "write"}) },
			"many":   func(repo *prom.Repo[barredItem]) error { return repo.CreateMany(ctx, make40("write")) },
			"get":    func(repo *prom.Repo[barredItem]) error { _, err := repo.Get(ctx, 1); return err },
			"all":    func(repo *prom.Repo[barredItem]) error { _, err := repo.All(ctx); return err },
			"where": func(repo *prom.Repo[barredItem]) error {
				_, err := repo.Where(barredName.Eq("write")).Count(ctx)
				return err
			},
			"update": func(repo *prom.Repo[barredItem]) error {
				_, err := repo.WithoutWhere().Update(ctx, barredName.Set("write"))
				return err
			},
			"stream": func(repo *prom.Repo[barredItem]) (err error) {
				for _, err = range repo.Stream(ctx) {
				}
				return err
			},
			"raw": func(repo *prom.Repo[barredItem]) error {
				_, err := prom.RawQuery[barredItem](repo, "SELECT * FROM "+repo.Schema().Name).All(ctx)
				return err
			},
			"batch": func(repo *prom.Repo[barredItem]) error {
				var b prom.Batch
				got := prom.Queue(&b, repo).Get(1)
				_ = b.Run(ctx)
				_, err := got.Value()
				return err
			},
		}
		for name, call := range calls {
			is.NoErr(kit.Together(4, func(i int) error {
				repo := repos[i%2]
				err := call(repo)
				var told *prom.Error
				if !errors.As(err, &told) || told.Table != repo.Schema().Name {
					t.Errorf("%s: %v", name, err)
				}
				return nil
			}))
		}
		is.Equal(errBarred.Error(), "prom: permission denied: this one is barred")
	})
}

func make40(name barred) []barredItem {
	list := make([]barredItem, 40)
	for i := range list {
		list[i].Name = name
	}
	return list
}
