package install_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that readers outside transactions see no error while somebody adds and drops columns, changes types, and drops
// and makes the table again. suite: 22 parity: A2 A8 A11 A12
func TestReadersWhileTheTableChanges(t *testing.T) {
	t.Parallel()
	const readers = 8
	changes := dbtest.Size(24, 100)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db, other := kit.Open(t, e.DSN), kit.Open(t, e.DSN)
		repo, raw := kit.Things(db), kit.SQLDB(t, other)
		is.NoErr(repo.Install(ctx))
		texts := []string{
			`ALTER TABLE "thing" ADD COLUMN "extra" INTEGER`, `ALTER TABLE "thing" DROP COLUMN "extra"`,
			`ALTER TABLE "thing" DROP COLUMN "count"`, `DROP TABLE "thing"`,
		}
		if e.Name == dbtest.NamePostgres {
			texts = append(texts, `ALTER TABLE "thing" ALTER COLUMN "count" TYPE INTEGER`,
				`ALTER TABLE "thing" ALTER COLUMN "count" TYPE BIGINT`)
		}
		var ended atomic.Bool
		var reads [readers]atomic.Int64
		is.NoErr(kit.Together(readers+1, func(i int) error {
			defer ended.Store(true)
			if i == readers {
				for n := range changes {
					if err := change(ctx, raw, texts[n%len(texts)], kit.Things(other), reads[:], &ended); err != nil {
						return err
					}
				}
				return nil
			}
			for !ended.Load() {
				if err := operations[6+i%6].run(ctx, repo); err != nil { // those that read
					return err
				}
				reads[i].Add(1)
			}
			return nil
		}))
		var n int64
		for i := range reads {
			n += reads[i].Load()
		}
		dbtest.Reportf(t, 22, "%d readers, %d changes, %d reads, 0 errors", readers, changes, n)
	})
}

// change runs a statement and puts right what the model misses then. It returns when every reader has begun and ended a
// reading since, so that no reading meets two changes.
func change(ctx context.Context, db *sql.DB, text string, repo *prom.Repo[kit.Thing], reads []atomic.Int64,
	ended *atomic.Bool) error {
	if _, err := db.ExecContext(ctx, text); err != nil {
		return err
	}
	if err := repo.Install(ctx); err != nil {
		return err
	}
	for i := range reads {
		for begun := reads[i].Load(); reads[i].Load() < begun+2 && !ended.Load(); {
			time.Sleep(100 * time.Microsecond)
		}
	}
	return nil
}

// Ensure that a file which may not be written gives a read-only error, after one attempt, and that its rows are read
// all the same. parity: R10 A12
func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)}
	writer := kit.Open(t, e.DSN)
	kit.MustCreate(t, kit.OldThings(writer), kit.OldThing{Name: "old"})
	is.NoErr(writer.Close())

	var log kit.Statements
	db := kit.Open(t, e.With("mode=ro"), log.Option())
	is.Equal(len(kit.AllOf(t, kit.OldThings(db))), 1)
	log.Take()
	is.True(errors.Is(kit.OldThings(db).Create(ctx, &kit.OldThing{Name: "n"}), prom.ErrReadOnly))
	is.Equal(len(log.Take()), 0)      // refused before anything is sent
	_, err := kit.Things(db).All(ctx) // would need a column
	is.True(errors.Is(err, prom.ErrReadOnly) || errors.Is(err, prom.ErrNoColumn))
	is.Equal(len(kit.Calls(log.Take())), 1) // and nothing was installed
}

// Ensure that a read-only connection makes no file, and that one which may write makes the folders above it.
// parity: R9 R10
func TestFileIsMade(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	path := filepath.ToSlash(filepath.Join(t.TempDir(), "a", "b", "test.db"))
	dsn := "sqlite:///" + strings.TrimPrefix(path, "/")
	_, err := kit.Things(kit.Open(t, dsn+"?readonly=true")).All(ctx)
	is.True(err != nil)
	_, err = os.Stat(path)
	is.True(errors.Is(err, os.ErrNotExist))
	is.NoErr(kit.Things(kit.Open(t, dsn)).Create(ctx, &kit.Thing{}))
	_, err = os.Stat(path)
	is.NoErr(err)
}
