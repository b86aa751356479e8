package transfer_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var (
	blogAuthor     = prom.Proto[BlogAuthor]()
	blogPost       = prom.Proto[BlogPost]()
	blogAuthorID   = prom.NumberOf(blogAuthor, &blogAuthor.ID)
	blogAuthorName = prom.TextOf(blogAuthor, &blogAuthor.Name)
	blogAuthorNick = prom.NullTextOf(blogAuthor, &blogAuthor.Nick)
	blogPostID     = prom.NumberOf(blogPost, &blogPost.ID)
	blogPostTitle  = prom.TextOf(blogPost, &blogPost.Title)
	blogPostBig    = prom.NullOrderedOf(blogPost, &blogPost.Big)
	blogPostPrice  = prom.NullOrderedOf(blogPost, &blogPost.Price)
	blogPostLive   = prom.FieldOf(blogPost, &blogPost.Live)
	blogPostDay    = prom.NullTimeOf(blogPost, &blogPost.Day)
	blogPostAt     = prom.NullTimeOf(blogPost, &blogPost.At)
	blogPostToken  = prom.NullOrderedOf(blogPost, &blogPost.Token)
)

// python opens a database that prom for Python has made, see testdata/python.
func python(t *testing.T, e dbtest.Engine, file string, options string) *prom.DB {
	t.Helper()
	if e.Name == dbtest.NamePostgres {
		// The extension lives in public, where the tests of all schemas find it.
		setup := kit.Open(t, e.DSN)
		options += "&search_path=" + kit.ScanOne[string](t, setup, "SELECT current_schema()") + ",public"
		kit.RunSQL(t, setup, "SELECT pg_advisory_xact_lock(7); CREATE EXTENSION IF NOT EXISTS citext SCHEMA public")
	}
	db := kit.Open(t, e.With(options))
	kit.RunSQL(t, db, pythonSQL(t, e.Name+file))
	return db
}

// pythonSQL returns the statements of a file of testdata/python.
func pythonSQL(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/python/" + name + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// postIDs returns the keys of posts.
func postIDs(t *testing.T, q *prom.Query[BlogPost]) []int64 {
	t.Helper()
	list, err := q.All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	keys := []int64{}
	for _, p := range list {
		keys = append(keys, p.ID)
	}
	return keys
}

// Ensure that a database of prom for Python is used as it is: that nothing is missing or added, and that every value of
// every type is read as what it was. parity: F2 F29 FT X2 M28
func TestPythonRead(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := python(t, e, "", "install=check")
		authors, posts := prom.NewRepo[BlogAuthor](prom.Using(db)), prom.NewRepo[BlogPost](prom.Using(db))
		is.NoErr(prom.Install(ctx, authors, posts)) // nothing is missing, or it would be ErrDrift

		second := time.Date(2020, 3, 25, 19, 34, 5, 0, time.UTC)
		midnight := second.Truncate(24 * time.Hour)
		a, err := authors.OrderBy(blogAuthorID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(a), 2)
		is.Equal([]any{a[0].ID, a[0].Name, *a[0].Nick, a[0].Created, a[0].Updated},
			[]any{int64(1), "Ada", "Countess", second.Add(50 * time.Millisecond), second.Add(50 * time.Millisecond)})
		is.True(a[1].Nick == nil)
		is.Equal([]any{a[1].Created, a[1].Updated}, []any{second, midnight.AddDate(0, 0, 1)})

		p, err := posts.Get(ctx, 1)
		is.NoErr(err)
		is.Equal([]any{p.Author.Key(), p.Editor.Key(), p.Title, p.Views, *p.Stars, *p.Hits, *p.Big, *p.Score, *p.Price,
			p.Live},
			[]any{int64(1), int64(2), "First", int32(3), int16(5), int64(1<<53 + 1), "12345678901234567", 0.1, "12.34", true})
		is.Equal([]any{*p.Day, *p.At, *p.Raw, p.Token.String(), *p.Status},
			[]any{midnight, second, []byte{0x80, 4}, "123e4567-e89b-12d3-a456-426614174000", BlogStatus(2)})
		is.Equal(*p.Meta, map[string]any{"a": 1.0, "b": []any{1.0, 2.5, nil}, "c": "é"})
		is.Equal(len(posts.Modified(p)), 0)

		p, err = posts.Get(ctx, 2)
		is.NoErr(err)
		is.True(p.Editor == nil && p.Stars == nil && p.Hits == nil && p.Big == nil && p.Score == nil && p.Price == nil &&
			p.Day == nil &&
			p.Meta == nil && p.Raw == nil && p.Token == nil && p.Status == nil && !p.Live)
		is.Equal([]time.Time{*p.At, p.Created}, []time.Time{second.Add(50 * time.Millisecond), second})
		p, err = posts.Get(ctx, 3)
		is.NoErr(err)
		is.Equal([]time.Time{*p.At, p.Created, p.Updated}, []time.Time{midnight, midnight, midnight})

		is.Equal(postIDs(t, posts.Where(blogPostTitle.Eq("First"), blogPostLive.Eq(true),
			blogPostToken.Eq(*mustGet(t, posts, 1).Token))), []int64{1})
		is.Equal(postIDs(t, posts.Where(blogPostBig.Eq("12345678901234567"), blogPostPrice.Lt("12.35"),
			blogPostPrice.Gte("12.34"))), []int64{1})
		is.Equal(postIDs(t, posts.Where(blogPostPrice.In("12.340", "9"))), []int64{1})
		is.Equal(postIDs(t, posts.Where(blogPostDay.Lte(midnight))), []int64{1})
		is.Equal(postIDs(t, posts.Where(prom.Year(blogPostAt).Eq(2020), prom.Hour(blogPostAt).Eq(0))), []int64{3})
		is.Equal(postIDs(t, posts.Where(prom.Second(blogPostAt).Eq(5)).OrderBy(blogPostID.Asc())), []int64{1, 2})
		n, err := authors.Where(blogAuthorNick.Eq("COUNTESS")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = authors.Where(blogAuthorNick.HasPrefix("Count")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

func mustGet[T any](t *testing.T, repo *prom.Repo[T], key any) *T {
	t.Helper()
	v, err := repo.Get(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Ensure that times in the forms of prom for Python sort as times, before they have been brought into one form and when
// they have.
// parity: F28 F29
func TestPythonOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := python(t, e, "", "")
		posts := prom.NewRepo[BlogPost](prom.Using(db))
		second := time.Date(2020, 3, 25, 19, 34, 5, 0, time.UTC)
		sorted := func() {
			t.Helper()
			is.Equal(postIDs(t, posts.OrderBy(blogPostAt.Asc())), []int64{3, 1, 2})
			is.Equal(postIDs(t, posts.Where(blogPostAt.Eq(second))), []int64{1})
			is.Equal(postIDs(t, posts.Where(blogPostAt.Gt(second))), []int64{2})
			is.Equal(postIDs(t, posts.Where(blogPostAt.Lte(second.Truncate(24*time.Hour)))), []int64{3})
		}
		sorted()
		if e.Name == dbtest.NameSQLite {
			kit.RunSQL(t, db, pythonSQL(t, "sqlite-unify"))
			sorted()
		}
		checkPython(t, e, db)
	})
}

// Ensure that rows are inserted, changed, found again and deleted in a database of prom for Python, that a column which
// it lacks is added, and that it reads all of it afterwards, writes to it, and finds its own tables and indexes.
// parity: A7 A11 F36 M5 M8 M10
func TestPythonWrite(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := python(t, e, "", "")
		authors, posts := prom.NewRepo[BlogAuthor](prom.Using(db)), prom.NewRepo[blogPostMore](prom.Using(db))
		before := indexNames(t, e, db)

		eve := kit.MustCreate(t, authors, BlogAuthor{Name: "Eve", Nick: new("É'\"\\")})
		is.Equal(eve.ID, int64(3))
		err := authors.Create(ctx, &BlogAuthor{Name: "Eve"})
		is.True(errors.Is(err, prom.ErrUnique))
		is.Equal(kit.AsError(t, err).Columns, []string{"name"})
		bob, err := authors.Where(blogAuthorName.Eq("Bob")).First(ctx)
		is.NoErr(err)
		bob.Nick = new("b")
		is.NoErr(authors.Save(ctx, bob))
		ada := &BlogAuthor{Name: "Ada", Nick: new("Augusta")}
		is.NoErr(authors.Upsert(ctx, ada))
		is.Equal(ada.ID, int64(1))
		is.Equal(ada.Created, time.Date(2020, 3, 25, 19, 34, 5, 50000000, time.UTC))

		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		p := &blogPostMore{BlogPost: BlogPost{Title: "Fourth", Views: -1, Stars: new(int16(1)), Hits: new(int64(1 << 62)),
			Big:   new("99999999999999999999"),
			Score: new(2.5), Price: new("0.10"), Live: true, Day: &day, At: new(day.Add(time.Hour)), Meta: &map[string]any{"k": []any{"v", 1.5, true}},
			Raw: new([]byte{0, 255}), Token: new(prom.UUID{1}), Status: new(BlogStatus(3))},
			Extra: &map[string]any{"x": 1.0}, Exact: new("3.10"), When: &day, Seen: new(true)}
		p.Author = prom.NewRef[BlogAuthor](eve.ID)
		p.Editor = new(prom.NewRef[BlogAuthor](1))
		is.NoErr(posts.Create(ctx, p)) // adds the columns that it lacks
		first, err := posts.Get(ctx, 1)
		is.NoErr(err)
		is.True(first.Extra == nil && first.Exact == nil)
		first.Views, first.At, (*first.Meta)["a"] = 4, new(day), "é"
		is.NoErr(posts.Save(ctx, first))
		again, err := posts.Get(ctx, p.ID)
		is.NoErr(err)
		is.Equal([]any{*again.Big, *again.Price, *again.Exact, *again.Meta, *again.Extra, again.Author.Key(), *again.Raw},
			[]any{"99999999999999999999", "0.10", "3.10", *p.Meta, *p.Extra, eve.ID, []byte{0, 255}})
		n, err := posts.Where(prom.Raw(prom.Proto[blogPostMore](), "views = ?", 7)).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		checkPython(t, e, db)

		// What it would run itself, and what follows from its schema.
		now := "'" + time.Now().UTC().Format("2006-01-02T15:04:05.000000Z") + "'"
		kit.RunSQL(t, db, strings.Split(pythonSQL(t, e.Name), "INSERT")[0]) // its CREATE IF NOT EXISTS
		is.Equal(indexNames(t, e, db), before)
		is.True(kit.ScanOne[int64](t, db,
			`INSERT INTO "blog_models_author" ("name", "_created", "_updated") VALUES ('Py', `+now+`, `+now+`) RETURNING "_id"`) > eve.ID)
		is.Equal(kit.ScanOne[int64](t, db,
			`INSERT INTO "blog_models_author" ("name", "_created", "_updated") VALUES ('Eve', `+now+`, `+now+`) ON CONFLICT("name") DO UPDATE SET "nick" = 'evil', "_updated" = `+now+` RETURNING "_id"`), eve.ID)
		kit.RunSQL(t, db, `DELETE FROM "blog_models_author" WHERE "_id" = 1`)
		is.Equal(postIDs(t, prom.NewRepo[BlogPost](prom.Using(db)).Query()), []int64{p.ID}) // the posts of Ada went with her
		is.NoErr(posts.Reload(ctx, p))
		is.True(p.Editor == nil)
		is.NoErr(authors.Delete(ctx, eve))
		has, err := posts.Exists(ctx)
		is.NoErr(err)
		is.True(!has)
		checkPython(t, e, db)
	})
}

// blogPostMore is the post with columns that prom for Python has not made.
type blogPostMore struct {
	BlogPost
	Extra *map[string]any
	Exact *string `prom:"decimal=12.2"`
	When  *time.Time
	Seen  *bool
}

// indexNames returns the names of the indexes of a database.
func indexNames(t *testing.T, e dbtest.Engine, db *prom.DB) string {
	t.Helper()
	if e.Name == dbtest.NameSQLite {
		return kit.ScanOne[string](t, db,
			"SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name <> 'prom_history' ORDER BY name)")
	}
	return kit.ScanOne[string](t, db,
		"SELECT string_agg(indexname, ',' ORDER BY indexname) FROM pg_indexes WHERE schemaname = current_schema() AND tablename <> 'prom_history'")
}

// Ensure that keys which are UUIDs, numbers that may exceed 64 bits, and columns that only the database has are met as
// they are. parity: F2 A11
func TestPythonRest(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := python(t, e, "", "install=check")
		tokens := prom.NewRepo[blogToken](prom.Using(db))
		key := mustGet(t, tokens, prom.UUID{0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x42, 0xd3, 0xa4, 0x56, 0x42, 0x66, 0x14,
			0x17, 0x40, 0x00})
		is.Equal(key.What, "key")
		made := kit.MustCreate(t, tokens, blogToken{What: "made"})
		is.Equal(*mustGet(t, tokens, made.ID), *made)
		key.What = "changed"
		is.NoErr(tokens.Save(ctx, key))
		is.Equal(kit.ScanOne[string](t, db,
			`SELECT "what" FROM "blog_models_token" WHERE "_id" = '123e4567-e89b-42d3-a456-426614174000'`), "changed")
		if e.Name == dbtest.NameSQLite {
			checkPythonTable(t, db, "blog_models_token")
		}

		numbers := prom.NewRepo[blogNumber](prom.Using(db))
		n := mustGet(t, numbers, int64(1))
		is.Equal(*n.Big, uint64(12345678901234567))
		n.Big = new(uint64(1<<63 - 1))
		is.NoErr(numbers.Save(ctx, n))
		is.Equal(*mustGet(t, numbers, int64(1)).Big, uint64(1<<63-1))
		checkPython(t, e, db)
		err := numbers.Create(ctx, &blogNumber{}) // which lacks columns that must have a value
		is.True(errors.Is(err, prom.ErrNotNull))
	})
}

// blogToken has a key that prom for Python makes as a UUID.
type blogToken struct {
	prom.UUIDModel
	What string
}

// TableName returns the name of the table.
func (blogToken) TableName() string { return "blog_models_token" }

// blogNumber knows the post's number alone.
type blogNumber struct {
	prom.Model
	Big *uint64
}

// TableName returns the name of the table.
func (blogNumber) TableName() string { return "blog_models_post" }

// Ensure that what older versions of prom for Python left behind is read and written: other types of columns, times in
// all their forms. parity: F29 F30
func TestPythonOld(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := python(t, e, "-old", "")
		events := prom.NewRepo[oldEvent](prom.Using(db))
		second := time.Date(2020, 3, 25, 19, 34, 5, 0, time.UTC)
		ms := time.Millisecond
		want := []struct {
			at               time.Time
			created, updated time.Time
		}{
			{second.Add(50 * ms), second, second.Add(500 * ms)},
			{second, second, second.Add(250 * ms)},
			{time.Date(2019, 10, 8, 20, 18, 59, 566855000, time.UTC), second.Truncate(24 * time.Hour),
				second.Add(50001 * time.Microsecond)},
			{second.Add(time.Second), second, second},
			{second.Add(-time.Second), second.Add(123 * ms), second.Truncate(24 * time.Hour)},
			{time.Time{}, second, second},
			{second.Add(500 * ms), second, second},
		}
		if e.Name == dbtest.NamePostgres { // where Unix times are none
			want[1].updated = second.Add(250 * ms)
		}
		list, err := events.OrderBy(oldEventWhat.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), len(want))
		for i, ev := range list {
			is.Equal(ev.What, string(rune('a'+i)))
			is.Equal(ev.Done, strings.Contains("ade", ev.What))
			is.Equal([]time.Time{ev.Created, ev.Updated}, []time.Time{want[i].created, want[i].updated})
			is.Equal(ev.At == nil, want[i].at.IsZero())
			is.True(ev.At == nil || ev.At.Equal(want[i].at))
			is.Equal(len(events.Modified(&ev)), 0)
		}
		is.Equal(list[0].Token.String(), "123e4567-e89b-12d3-a456-426614174000")
		n, err := events.Where(prom.Year(oldEventAt).Eq(2020), prom.Day(oldEventAt).Eq(25)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 5)

		for i := range list { // as one that is saved by itself does
			list[i].At = new(second.Add(time.Duration(len(list)-i) * time.Microsecond))
			list[i].Created, list[i].Updated = want[i].created.Add(time.Microsecond), want[i].updated.Add(time.Microsecond)
			is.NoErr(events.Save(ctx, &list[i]))
		}
		in, err := events.Where(oldEventAt.Gt(second.Add(time.Microsecond)),
			oldEventAt.Lte(second.Add(4*time.Microsecond))).OrderBy(oldEventAt.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(in[0].What, in[1].What, in[2].What, len(in)), "fed3")
		kit.MustCreate(t, events, oldEvent{What: "z", Token: new(prom.UUID{9})})
		if e.Name == dbtest.NameSQLite {
			checkPythonTable(t, db, "old_event")
		}
		is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM old_event WHERE at > '2020-03-25T19:34:05.000001Z'"), 6)
	})
}

// oldEvent is the model of a table of older versions.
type oldEvent struct {
	prom.Model
	What  string `prom:"size=1"`
	Done  bool
	Token *prom.UUID
	At    *time.Time `prom:"index"`
}

// TableName returns the name of the table.
func (oldEvent) TableName() string { return "old_event" }

var (
	oldEventProto = prom.Proto[oldEvent]()
	oldEventWhat  = prom.TextOf(oldEventProto, &oldEventProto.What)
	oldEventAt    = prom.NullTimeOf(oldEventProto, &oldEventProto.At)
)

// checkPython fails when prom for Python could not read what is in its tables. On PostgreSQL the server's types say so,
// of which none may have changed.
func checkPython(t *testing.T, e dbtest.Engine, db *prom.DB) {
	t.Helper()
	if e.Name == dbtest.NameSQLite {
		checkPythonTable(t, db, "blog_models_author")
		checkPythonTable(t, db, "blog_models_post")
		return
	}
	got := kit.ScanOne[string](t, db, `SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a
		WHERE a.attrelid = 'blog_models_post'::regclass AND a.attnum BETWEEN 1 AND 19`)
	want := "author_id bigint, editor_id bigint, title text, views integer, stars smallint, hits bigint, big numeric(20,0), score double precision, " +
		"price numeric(12,2), live boolean, day date, at timestamp with time zone, meta jsonb, raw bytea, token uuid, status integer, _id bigint, " +
		"_created timestamp with time zone, _updated timestamp with time zone"
	if got != want {
		t.Errorf("the table became %s", got)
	}
}

// checkPythonTable reads a table as prom for Python does on SQLite: by the converter of each column's declared type,
// and where there is none by the storage class.
func checkPythonTable(t *testing.T, db *prom.DB, table string) {
	t.Helper()
	raw := kit.SQLDB(t, db)
	columns, err := raw.Query("SELECT name, type FROM pragma_table_info(?)", table)
	if err != nil {
		t.Fatal(err)
	}
	defer columns.Close()
	var names, types []string
	for columns.Next() {
		var name, typ string
		if err := columns.Scan(&name, &typ); err != nil {
			t.Fatal(err)
		}
		names, types = append(names, name), append(types, typ)
	}
	if err := errors.Join(columns.Err(), columns.Close()); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		rows, err := raw.Query(fmt.Sprintf(`SELECT typeof("%s"), CAST("%[1]s" AS TEXT) FROM "%s"`, name, table))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var class string
			var text sql.NullString
			if err := rows.Scan(&class, &text); err != nil {
				t.Fatal(err)
			}
			if text.Valid && !pythonReads(types[i], class, text.String) {
				t.Errorf("%s.%s, a %s, holds the %s %q", table, name, types[i], class, text.String)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// pythonTimes are the texts that its Datetime.parse takes for a time: a Unix time, a day, or ISO 8601 with some
// liberty.
var pythonTimes = regexp.MustCompile(`^(-?\d+(\.\d+)?|\d{4}-\d{2}-\d{2}|\d{4}.?\d{2}.?\d{2}.\d{2}(:?\d{2})?(:?\d{2})?(\.\d+)?(Z|[+-]\d{2}(:?\d{2})?)?)$`)

// pythonReads reports whether the converter of a type reads a text of a class.
func pythonReads(typ, class, text string) bool {
	switch typ {
	case "TIMESTAMP":
		return pythonTimes.MatchString(text)
	case "DATE": // the converter that comes with Python
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	case "BOOL", "BOOLEAN":
		return text == "0" || text == "1"
	case "NUMERICTEXT":
		_, err := strconv.ParseUint(strings.TrimLeft(text, "-0123456789")+"0", 10, 64)
		return err == nil
	case "DECIMALTEXT":
		return regexp.MustCompile(`^-?\d+(\.\d+)?$`).MatchString(text)
	case "JSONBTEXT":
		return json.Valid([]byte(text))
	case "INTEGER":
		return class == "integer"
	case "REAL":
		return class == "real"
	case "BLOB":
		return class == "blob"
	}
	return class == "text" && utf8.ValidString(text)
}
