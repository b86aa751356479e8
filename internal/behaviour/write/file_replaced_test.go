package write_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a SQLite file that was removed, renamed or replaced while it was open takes no writes, which would be
// lost, that reads notice it too, and that after a Close the file of that name is used.
func TestFileReplaced(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be removed there")
	}
	for name, remove := range map[string]func(t *testing.T, path string) error{
		"removed": func(_ *testing.T, path string) error { return os.Remove(path) },
		"renamed": func(_ *testing.T, path string) error { return os.Rename(path, path+".old") },
		"replaced": func(t *testing.T, path string) error {
			other := filepath.Join(t.TempDir(), "other.db")
			kit.MustCreate(t, kit.Items(kit.Open(t, "sqlite://"+other+"?_journal_mode=DELETE")), kit.Item{Name: "other"})
			return os.Rename(other, path)
		},
	} {
		for _, journal := range []string{"WAL", "DELETE"} {
			t.Run(name+" "+journal, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				ctx := kit.Ended(t)
				path := filepath.Join(t.TempDir(), "test.db")
				db := kit.Open(t, "sqlite://"+path+"?_journal_mode="+journal)
				repo := kit.Items(db)
				item := kit.MustCreate(t, repo, kit.Item{Name: "a"})
				is.Equal(kit.Count(t, repo.Query()), 1)
				is.NoErr(remove(t, path))
				time.Sleep(20 * time.Millisecond) // it is not looked for before each write
				for _, suffix := range []string{"-wal", "-shm"} {
					_ = os.Remove(path + suffix)
				}
				var b prom.Batch
				prom.Queue(&b, repo).Create(&kit.Item{Name: "b"})
				for _, err := range []error{
					repo.Create(ctx, &kit.Item{Name: "c"}), repo.CreateMany(ctx, kit.ManyItems(3)), repo.Delete(ctx, item), b.Run(ctx),
					db.Tx(ctx, func(ctx context.Context) error { return repo.Create(ctx, &kit.Item{Name: "d"}) }),
					kit.ErrOf(repo.OnConflict(kit.ItemName).Create(ctx, &kit.Item{Name: "e"})),
				} {
					is.True(errors.Is(err, prom.ErrConnection))
					is.True(!errors.Is(err, prom.ErrOutcomeUnknown))
					is.True(strings.Contains(err.Error(), "removed, renamed or replaced"))
					is.True(!strings.Contains(err.Error(), path))
				}
				var err error
				for i := 0; i < 100_000 && err == nil; i++ {
					_, err = repo.Get(ctx, item.ID)
				}
				is.True(errors.Is(err, prom.ErrConnection))

				is.NoErr(db.Close())
				is.NoErr(repo.Create(ctx, &kit.Item{Name: "new"}))
				is.Equal(kit.Count(t, repo.Query()), map[bool]int{true: 2, false: 1}[name == "replaced"])
			})
		}
	}
}

// Ensure that a database in memory that was closed is not taken for an empty one.
func TestMemoryClosed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	var registry prom.Registry
	db, err := registry.Open(dbtest.Memory())
	is.NoErr(err)
	is.NoErr(db.Close()) // nothing was in it
	repo := prom.NewRepo[kit.Item](prom.In(&registry))
	is.NoErr(repo.Create(ctx, &kit.Item{Name: "a"}))
	is.NoErr(db.Close())
	for _, err := range []error{
		repo.Create(ctx, &kit.Item{Name: "b"}), kit.ErrOf(repo.Count(ctx)), repo.CreateMany(ctx,
			kit.ManyItems(3)), db.Ping(ctx), repo.Install(ctx),
		db.Tx(ctx, func(context.Context) error { return nil }), kit.ErrOf(db.SQL(ctx)),
	} {
		is.True(errors.Is(err, prom.ErrClosed))
	}
	is.NoErr(db.Close())
	another, err := registry.Open(dbtest.Memory()) // takes its name
	is.NoErr(err)
	is.Equal(kit.Count(t, repo.Query()), 0)
	is.NoErr(another.Close())
}
