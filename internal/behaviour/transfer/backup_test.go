package transfer_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Leaf is a row that fills most of a page.
type Leaf struct {
	prom.Model
	Pair int    `prom:"index"`
	Text string // 3 KB
}

const leaves = 3000 // 12 MB

func fillLeaves(t *testing.T, db *prom.DB) *prom.Repo[Leaf] {
	t.Helper()
	repo := prom.NewRepo[Leaf](prom.Using(db))
	list := make([]Leaf, leaves)
	for i := range list {
		list[i] = Leaf{Pair: i / 2, Text: strings.Repeat(fmt.Sprintf("%07d", i), 430)}
	}
	if err := repo.CreateMany(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	return repo
}

// writePair writes two rows in a transaction.
func writePair(ctx context.Context, db *prom.DB, repo *prom.Repo[Leaf], pair int) error {
	return db.Tx(ctx, func(ctx context.Context) error {
		for range 2 {
			if err := repo.Create(ctx, &Leaf{Pair: pair, Text: "written meanwhile"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// contentOf returns all that a database has, by the file's own text of its schema and the rows of a repo.
func contentOf(t *testing.T, db *prom.DB) (schema []string, rows []Leaf) {
	t.Helper()
	schema, err := prom.RawQuery[string](db,
		"SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name").All(t.Context())
	if err == nil {
		rows, err = prom.NewRepo[Leaf](prom.Using(db)).All(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(rows, func(a, b Leaf) int { return cmp.Compare(a.ID, b.ID) })
	return schema, rows
}

// filesOf lists the files of a folder.
func filesOf(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// openFile opens a file, and makes sure that it is whole.
func openFile(t *testing.T, file string) *prom.DB {
	t.Helper()
	path := strings.ReplaceAll(filepath.ToSlash(file), "%", "%25")
	db := kit.Open(t, "sqlite:///"+strings.TrimPrefix(path, "/"))
	if said := kit.ScanOne[string](t, db, "PRAGMA integrity_check"); said != "ok" {
		t.Fatal(said)
	}
	return db
}

// Ensure that a backup is the database as it was when nobody writes, and opens as one; that beside writers, who go on
// between any two steps, it has whole transactions, whatever the journal; and that nothing is left but the file.
func TestBackup(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]func() string{
		"wal":    func() string { return dbtest.SQLite(t) },
		"delete": func() string { return dbtest.SQLite(t) + "?_journal_mode=DELETE" },
		"memory": dbtest.Memory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx, folder := kit.Ended(t), t.TempDir()
			db := kit.Open(t, of())
			repo := fillLeaves(t, db)
			quiet, beside := filepath.Join(folder, "quiet.db"), filepath.Join(folder, "beside 100%.db")

			steps, last := 0, int64(0)
			is.NoErr(db.Backup(ctx, quiet, prom.BackupCheck(), prom.BackupProgress(func(done, all int64) {
				steps++
				is.True(done > last && done <= all)
				last = done
			})))
			is.True(steps > 5)
			wantSchema, want := contentOf(t, db)
			gotSchema, got := contentOf(t, openFile(t, quiet))
			is.Equal(gotSchema, wantSchema)
			is.Equal(len(got), len(want))
			for i := range got {
				is.True(got[i].ID == want[i].ID && got[i].Text == want[i].Text && got[i].Created.Equal(want[i].Created))
			}

			// A write between each two steps, and others at any moment.
			writes, restarts := 0, 0
			last = 0
			stop, stopped := make(chan struct{}), make(chan error)
			go func() {
				var err error
				for n := leaves; err == nil; n++ {
					select {
					case <-stop:
						stopped <- err
						return
					case <-time.After(time.Millisecond):
					}
					err = writePair(ctx, db, repo, n)
				}
				stopped <- err
			}()
			err := db.Backup(ctx, beside, prom.BackupProgress(func(done, all int64) {
				writes++
				is.NoErr(writePair(ctx, db, repo, -writes))
				if done <= last {
					restarts++
				}
				last = done
			}))
			close(stop)
			is.NoErr(err)
			is.NoErr(<-stopped)
			is.Equal(restarts == 0, name == "wal")
			odd, err := prom.RawQuery[int](openFile(t, beside),
				"SELECT count(*) FROM (SELECT pair FROM leaf GROUP BY pair HAVING count(*) <> 2)").First(ctx)
			is.NoErr(err)
			is.Equal(odd, 0)
			_, got = contentOf(t, openFile(t, beside))
			is.True(len(got) >= leaves)
			t.Logf("%d steps, %d restarts, %d of %d rows", writes, restarts, len(got), leaves)
			is.NoErr(writePair(ctx, db, repo, 0))

			info, err := os.Stat(quiet)
			is.NoErr(err)
			is.Equal(info.Mode().Perm(), fs.FileMode(0o600))
		})
	}
}

// Ensure that a backup replaces nothing, that it leaves nothing when it fails, is canceled or panics, and that each
// refusal says what to do.
func TestBackup_Refused(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx, folder := kit.Ended(t), t.TempDir()
	db := kit.Open(t, dbtest.SQLite(t))
	repo := fillLeaves(t, db)
	file := filepath.Join(folder, "a.db")
	refused := func(err error, text string) {
		t.Helper()
		is.Helper()
		var e *prom.Error
		is.True(errors.As(err, &e))
		is.Equal(e.Op, "backup")
		is.True(strings.Contains(err.Error(), text))
		is.True(!strings.Contains(err.Error(), folder))
	}
	for _, there := range []string{file, file + "-wal", file + "-journal"} {
		is.NoErr(os.WriteFile(there, []byte("mine"), 0o644))
		err := db.Backup(ctx, file)
		is.True(errors.Is(err, fs.ErrExist))
		refused(err, "name another")
		content, err := os.ReadFile(there)
		is.NoErr(err)
		is.Equal(string(content), "mine")
		is.NoErr(os.Remove(there))
	}
	err := db.Backup(ctx, filepath.Join(folder, "no", "a.db"))
	is.True(errors.Is(err, fs.ErrNotExist))
	refused(err, "the file of the backup")
	refused(db.Backup(ctx, file, prom.BackupAttached("billing")), "the option attach")
	err = db.Tx(ctx, func(ctx context.Context) error { return db.Backup(ctx, file) })
	is.True(errors.Is(err, prom.ErrUnsupported))
	refused(err, "outside of the transaction")

	for _, with := range []prom.BackupOption{prom.BackupCheck(), prom.BackupAttached("main")} {
		canceled, cancel := context.WithCancel(ctx)
		err = db.Backup(canceled, file, with, prom.BackupProgress(func(done, all int64) {
			if done > all/2 {
				cancel()
			}
		}))
		is.True(errors.Is(err, context.Canceled) && errors.Is(err, prom.ErrCanceled))
	}
	func() {
		defer func() { is.Equal(recover(), "no") }()
		_ = db.Backup(ctx, file, prom.BackupProgress(func(int64, int64) { panic("no") }))
	}()
	// The file appears meanwhile.
	err = db.Backup(ctx, file, prom.BackupProgress(func(int64, int64) {
		if _, err := os.Stat(file); err != nil {
			is.NoErr(os.WriteFile(file, []byte("mine"), 0o644))
		}
	}))
	is.True(errors.Is(err, fs.ErrExist))
	is.Equal(filesOf(t, folder), []string{"a.db"})
	is.NoErr(os.Remove(file))

	// The database is replaced meanwhile.
	err = db.Backup(ctx, file, prom.BackupProgress(func(done, all int64) {
		if path := db.DSN().Path; done == all {
			is.NoErr(os.Rename(path, path+".moved"))
		}
	}))
	refused(err, "file")
	is.Equal(filesOf(t, folder), []string(nil))
	_, err = repo.Count(ctx)
	is.True(err != nil)

	// Another engine.
	err = kit.Open(t, dbtest.Postgres(t)).Backup(ctx, file)
	is.True(errors.Is(err, prom.ErrUnsupported))
	refused(err, "pg_dump")
}

// Ensure that attached databases are copied one by one.
func TestBackup_Attached(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx, folder := kit.Ended(t), t.TempDir()
	e := dbtest.Engine{DSN: dbtest.SQLite(t)}
	db := kit.Open(t, e.With("attach=billing:"+filepath.Join(folder, "b.db")))
	is.NoErr(kit.Items(db).Create(ctx, &kit.Item{Name: "main"}))
	is.NoErr(prom.NewRepo[kit.Item](prom.Using(db), prom.Table("billing.item")).Create(ctx, &kit.Item{Name: "billing"}))
	for name, of := range map[string]string{"main": "main", "billing": "Billing"} {
		file := filepath.Join(folder, name+".copy")
		is.NoErr(db.Backup(ctx, file, prom.BackupAttached(of)))
		got, err := kit.Items(openFile(t, file)).Query().One(ctx)
		is.NoErr(err)
		is.Equal(got.Name, name)
	}
}

// Ensure that a copy of a damaged database is told by a check, and does not appear.
func TestBackup_Damaged(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx, folder := kit.Ended(t), t.TempDir()
	db := kit.Open(t, dbtest.SQLite(t))
	fillLeaves(t, db)
	is.NoErr(db.Close())
	path := db.DSN().Path
	content, err := os.ReadFile(path)
	is.NoErr(err)
	copy(content[len(content)/2&^4095:], make([]byte, 8192))
	is.NoErr(os.WriteFile(path, content, 0o644))
	err = db.Backup(ctx, filepath.Join(folder, "a.db"), prom.BackupCheck())
	is.True(errors.Is(err, prom.ErrCorrupt))
	is.Equal(filesOf(t, folder), []string(nil))
	is.NoErr(db.Backup(ctx, filepath.Join(folder, "a.db")))
}

// Ensure that a backup whose process is killed leaves no file of the name, and that the next one works.
func TestBackup_Killed(t *testing.T) {
	if from := os.Getenv("BACKUP_FROM"); from != "" {
		db := kit.Open(t, from)
		_ = db.Backup(t.Context(), os.Getenv("BACKUP_TO"), prom.BackupProgress(func(done, all int64) {
			if done > all/2 {
				time.Sleep(time.Hour)
			}
		}))
		return
	}
	t.Parallel()
	is := is.New(t)
	ctx, folder := kit.Ended(t), t.TempDir()
	from, file := dbtest.SQLite(t), filepath.Join(folder, "a.db")
	db := kit.Open(t, from)
	fillLeaves(t, db)
	cmd := dbtest.Child(t, t.Name(), "BACKUP_FROM="+from, "BACKUP_TO="+file)
	is.NoErr(cmd.Start())
	half := func() bool {
		names := filesOf(t, folder)
		if len(names) != 1 {
			return false
		}
		info, err := os.Stat(filepath.Join(folder, names[0]))
		return err == nil && info.Size() > 4<<20
	}
	for end := time.Now().Add(time.Minute); !half(); time.Sleep(time.Millisecond) {
		is.True(time.Now().Before(end))
	}
	is.NoErr(cmd.Process.Kill())
	_ = cmd.Wait()
	names := filesOf(t, folder)
	is.True(len(names) == 1 && strings.HasPrefix(names[0], ".a.db."))
	is.NoErr(kit.Items(db).Create(ctx, &kit.Item{Name: "a"})) // nobody holds a lock
	is.NoErr(db.Backup(ctx, file, prom.BackupCheck()))
	_, rows := contentOf(t, openFile(t, file))
	is.Equal(len(rows), leaves)
}
