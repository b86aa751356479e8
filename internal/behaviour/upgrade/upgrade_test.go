package upgrade_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
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

// kept is what a version of the library made.
type kept struct {
	folder  string
	tables  []table
	history map[string][]change
	pages   map[string][]keptPage
	cursors map[string][]keptCursor
}

// eachVersion runs fn as a parallel subtest for each version.
func eachVersion(t *testing.T, fn func(t *testing.T, k *kept)) {
	t.Helper()
	folders, err := filepath.Glob("testdata/*/" + tablesFile)
	if err != nil || len(folders) == 0 {
		t.Fatalf("there is no test data: %v", err)
	}
	for _, file := range folders {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			k := &kept{folder: folder}
			for _, name := range readJSON[string](t, file)["tables"] {
				k.tables = append(k.tables, tableOf(t, name))
			}
			k.history = readJSON[change](t, filepath.Join(folder, historyFile))
			k.pages = readJSON[keptPage](t, filepath.Join(folder, pagesFile))
			k.cursors = readJSON[keptCursor](t, filepath.Join(folder, cursorsFile))
			fn(t, k)
		})
	}
}

func readJSON[V any](t *testing.T, path string) (lists map[string][]V) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &lists); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return lists
}

func readGzip(t *testing.T, path string) []byte {
	t.Helper()
	is := is.New(t)
	content, err := os.ReadFile(path)
	is.NoErr(err)
	r, err := gzip.NewReader(bytes.NewReader(content))
	is.NoErr(err)
	content, err = io.ReadAll(r)
	is.NoErr(err)
	return content
}

// load makes an empty database the kept one.
func (k *kept) load(t *testing.T, e dbtest.Engine) {
	t.Helper()
	is := is.New(t)
	if e.Name == dbtest.NameSQLite {
		is.NoErr(os.WriteFile(strings.TrimPrefix(e.DSN, "sqlite://"), readGzip(t, filepath.Join(k.folder, sqliteFile)),
			0o644))
		return
	}
	text, err := os.ReadFile(filepath.Join(k.folder, postgresFile))
	is.NoErr(err)
	raw, err := kit.Open(t, e.DSN).SQL(context.Background())
	is.NoErr(err)
	_, err = raw.Exec(string(text))
	is.NoErr(err)
}

// on returns the tables that an engine has.
func (k *kept) on(e dbtest.Engine) []table {
	return slices.DeleteFunc(slices.Clone(k.tables), func(one table) bool { return !on(e, one) })
}

func repos(tables []table, db *prom.DB) []prom.AnyRepo {
	list := make([]prom.AnyRepo, len(tables))
	for i, one := range tables {
		list[i] = one.repo(db)
	}
	return list
}

// checkPlan makes sure that a database is as the models want it.
func checkPlan(t *testing.T, tables []table, db *prom.DB) {
	t.Helper()
	plan, err := prom.Plan(context.Background(), repos(tables, db)...)
	if err != nil {
		t.Fatal(err)
	}
	if !plan.Empty() {
		t.Errorf("the plan is not empty:\n%s", plan)
	}
	if err := prom.Check(context.Background(), repos(tables, db)...); err != nil {
		t.Errorf("check: %v", err)
	}
}

// checkAdded writes a row to each table, and reads it back.
func checkAdded(t *testing.T, tables []table, db *prom.DB) {
	t.Helper()
	for _, one := range tables {
		written, read, err := one.add(context.Background(), db)
		if err == nil {
			err = same(written, read, false)
		}
		if err != nil {
			t.Errorf("%s: one row more: %v", one.name(), err)
		}
	}
}

// Ensure that the database of each earlier version is used as it is: nothing is planned or changed, all values and
// the history are read as they were, tokens and cursors go on, rows are written, and a program with an older model
// works beside.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, k *kept) {
		dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
			k.load(t, e)
			tables, exact := k.on(e), e.Name == dbtest.NameSQLite
			db := kit.Open(t, e.DSN)
			checkPlan(t, tables, db)
			checkInstall(t, e, tables)
			checkAll := func(db *prom.DB) {
				t.Helper()
				for _, one := range tables {
					checkRows(t, context.Background(), db, one, exact)
				}
			}
			checkAll(db)
			checkHistory(t, db, k.history[e.Name], false)
			checkRelations(t, db)
			for _, p := range k.pages[e.Name] {
				checkPage(t, db, p)
			}
			checked := kit.Open(t, e.With("install=check"))
			if err := prom.Install(context.Background(), repos(tables, checked)...); err != nil {
				t.Errorf("install=check: %v", err)
			}
			checkAll(checked)
			checkOlder(t, kit.Open(t, e.DSN))
			checkHistory(t, db, k.history[e.Name], false)

			before := keysOf(t, tables, db)
			checkAdded(t, tables, db)
			for _, c := range k.cursors[e.Name] {
				added := newKeys(before[c.Table], keysOf(t, []table{tableOf(t, c.Table)}, db)[c.Table])
				checkCursor(t, db, c, added)
			}
			is := is.New(t)
			next := "7" // the counter goes on behind a row that was deleted
			if e.Name == dbtest.NameSQLite {
				next = "6"
			}
			is.Equal(newKeys(before["counted"], keysOf(t, tables, db)["counted"]), []string{next})
			checkPlan(t, tables, db)
			checkNext(t, e, k.history[e.Name])
		})
	})
}

// checkInstall makes sure that an installation changes nothing.
func checkInstall(t *testing.T, e dbtest.Engine, tables []table) {
	t.Helper()
	is := is.New(t)
	var ran kit.Statements
	db := kit.Open(t, e.DSN, ran.Option())
	is.NoErr(prom.Install(context.Background(), repos(tables, db)...))
	list := ran.Take()
	is.True(len(list) > 0)
	for _, sql := range list {
		switch word, _, _ := strings.Cut(strings.TrimSpace(sql), " "); strings.ToUpper(word) {
		case "CREATE", "ALTER", "DROP", "DO", "COMMENT", "INSERT", "UPDATE", "DELETE", "TRUNCATE":
			t.Errorf("the installation changed something: %s", sql)
		}
	}
}

// checkHistory makes sure that the history begins with what it was, and goes on if there is more.
func checkHistory(t *testing.T, db *prom.DB, want []change, more bool) {
	t.Helper()
	is := is.New(t)
	got := readHistory(t, db)
	is.True(len(got) >= len(want))
	is.Equal(len(got) > len(want), more)
	for i := range want {
		if err := same(want[i], got[i], true); err != nil {
			t.Errorf("history: row %d: %v", i, err)
		}
	}
	for i := len(want); i < len(got); i++ {
		is.True(got[i].ID > got[i-1].ID)
	}
}

// checkRelations loads relations of each kind.
func checkRelations(t *testing.T, db *prom.DB) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	artists := prom.NewRepo[Artist](prom.Using(db))
	ada, err := artists.With(artistRecords.With(recordArtist), artistFriends).Get(ctx, int64(1))
	is.NoErr(err)
	var titles, friends []string
	for _, r := range ada.Records.Rows() {
		titles = append(titles, r.Title)
		by, ok := r.Artist.Get()
		is.True(ok)
		is.Equal(by.Name, "Ada")
	}
	for _, a := range ada.Friends.Rows() {
		friends = append(friends, a.Name)
	}
	slices.Sort(titles)
	slices.Sort(friends)
	is.Equal(titles, []string{"One", "Two"})
	is.Equal(friends, []string{"Bob", odd})
	word, err := prom.NewRepo[Word](prom.Using(db)).Get(ctx, "ALPHA") // whose key ignores the case of letters
	is.NoErr(err)
	is.Equal(word.Word, "Alpha")
	line, err := prom.NewRepo[Line](prom.Using(db)).With(linePurchase).Get(ctx, int64(3))
	is.NoErr(err)
	purchase, ok := line.Purchase.Get()
	is.True(ok)
	is.Equal(purchase.Note, "first")
}

// checkPage reads the page of a kept token, by a repo with the key that it was signed with, and by one with a new key.
func checkPage(t *testing.T, db *prom.DB, want keptPage) {
	t.Helper()
	options := [][]prom.RepoOption{signed(want.Signed)}
	if want.Signed {
		options = append(options, []prom.RepoOption{prom.TokenKey([]byte("another key of tokens"), signingKey)})
	}
	for _, o := range options {
		got, err := tableOf(t, want.Table).page(context.Background(), db, want.Order, want.Token, false, o...)
		if err != nil {
			t.Errorf("the page of %s by %q: %v", want.Table, want.Order, err)
			continue
		}
		if !slices.Equal(got.rows, want.Rows) || got.next != "" != want.Next || got.prev != "" != want.Prev {
			t.Errorf("the page of %s by %q is %+v, and should be %+v", want.Table, want.Order, got, want)
		}
	}
}

// checkCursor goes on with a watch: what comes are the rows behind the cursor and those that were added since.
func checkCursor(t *testing.T, db *prom.DB, want keptCursor, added []string) {
	t.Helper()
	rows := slices.Concat(want.Rows, added)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var got []string
	err := tableOf(t, want.Table).watch(ctx, db, want.By, len(rows), prom.NewWatchCursor(want.Cursor),
		func(key string) { got = append(got, key) },
		signed(want.Signed)...)
	if err != nil || !slices.Equal(got, rows) {
		t.Errorf("the watch of %s by %q gave %v (%v), and should give %v", want.Table, want.By, got, err, rows)
	}
}

// checkOlder reads and writes with the model that a table had before.
func checkOlder(t *testing.T, db *prom.DB) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	repo := prom.NewRepo[oldLedger](prom.Using(db))
	is.NoErr(repo.Install(ctx))
	list, err := repo.All(ctx)
	is.NoErr(err)
	want := ledgerRows()
	is.Equal(len(list), len(want))
	for _, v := range list {
		w := want[v.ID-1]
		if err := same(oldLedger{w.Model, w.Account, w.No, w.Amount}, v, true); err != nil {
			t.Errorf("the older form of ledger: row %d: %v", v.ID, err)
		}
	}
	undone := errors.New("undone")
	err = db.Tx(ctx, func(ctx context.Context) error {
		v := oldLedger{Account: "older", Amount: "0.10"}
		is.NoErr(repo.Create(ctx, &v))
		read, err := repo.Get(ctx, v.ID)
		is.NoErr(err)
		is.Equal(read.Amount, "0.10")
		return undone
	})
	is.Equal(err, undone)
}

// checkNext adds a column to a table of the kept database, which goes on with its history.
func checkNext(t *testing.T, e dbtest.Engine, history []change) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, e.DSN)
	repo := prom.NewRepo[nextLedger](prom.Using(db))
	is.NoErr(repo.Install(ctx))
	checkHistory(t, db, history, true)
	list, err := repo.Query().WithDeleted().All(ctx)
	is.NoErr(err)
	is.Equal(len(list), len(ledgerRows())+1)
	for _, v := range list {
		is.True(v.Later == nil)
		if v.ID <= int64(len(ledgerRows())) {
			is.NoErr(same(ledgerRows()[v.ID-1], v.Ledger, true))
		}
	}
}

// keysOf returns the keys of the rows of tables.
func keysOf(t *testing.T, tables []table, db *prom.DB) map[string][]string {
	t.Helper()
	keys := map[string][]string{}
	for _, one := range tables {
		rows, err := one.read(context.Background(), db)
		if err != nil {
			t.Fatal(err)
		}
		for key := range rows {
			keys[one.name()] = append(keys[one.name()], key)
		}
	}
	return keys
}

// newKeys returns those keys that were not there before.
func newKeys(before, after []string) []string {
	return slices.DeleteFunc(slices.Clone(after), func(key string) bool { return slices.Contains(before, key) })
}

// Ensure that the dumps of each earlier version are restored on either engine, with all values, and that the tables
// are written to after that.
func TestUpgradeRestore(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, k *kept) {
		for _, from := range []string{dbtest.NameSQLite, dbtest.NamePostgres} {
			t.Run("from "+from, func(t *testing.T) {
				t.Parallel()
				dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
					is := is.New(t)
					ctx := context.Background()
					db := kit.Open(t, e.DSN)
					common := slices.DeleteFunc(slices.Clone(k.tables), table.only)
					content := readGzip(t, filepath.Join(k.folder, from+dumpFile))
					is.NoErr(prom.Restore(ctx, bytes.NewReader(content), repos(common, db)...))
					if from == dbtest.NamePostgres {
						k.restoreHuge(t, e, db)
					}
					for _, one := range common {
						checkRows(t, ctx, db, one, false) // of equal keys in a document the last is restored
					}
					checkPlan(t, common, db)
					checkAdded(t, common, db)
				})
			})
		}
	})
}

// restoreHuge restores the numbers that SQLite cannot hold, and refuses.
func (k *kept) restoreHuge(t *testing.T, e dbtest.Engine, db *prom.DB) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	huge := slices.DeleteFunc(slices.Clone(k.tables), func(one table) bool { return !one.only() })
	err := prom.Restore(ctx, bytes.NewReader(readGzip(t, filepath.Join(k.folder, dbtest.NamePostgres+hugeFile))),
		repos(huge, db)...)
	if e.Name == dbtest.NameSQLite {
		is.True(errors.Is(err, prom.ErrType))
		return
	}
	is.NoErr(err)
	for _, one := range huge {
		checkRows(t, ctx, db, one, false)
	}
}
