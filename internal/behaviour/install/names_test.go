package install_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// named is a small model that is stored under every name.
type named struct {
	prom.Model
	Name string  `prom:"unique"`
	Size int     `prom:"min=0,max=99"`
	Note *string `prom:"unique=pair"`
	No   *int    `prom:"unique=pair"`
}

// bare has no column of its own.
type bare struct{ prom.Model }

// namedBefore is named with fewer columns.
type namedBefore struct {
	prom.Model
	Name string
}

var (
	namedProto = prom.Proto[named]()
	namedName  = prom.TextOf(namedProto, &namedProto.Name)
	namedSize  = prom.NumberOf(namedProto, &namedProto.Size)
)

// hostileNames are the names of the columns of hostile: reserved words, capitals, spaces, quotes, digits, emoji, 63
// bytes.
func hostileNames() []string {
	var names []string
	for _, c := range prom.NewRepo[hostile]().Schema().Columns {
		if strings.HasPrefix(c.Field, "C") {
			names = append(names, c.Name)
		}
	}
	return names
}

// Ensure that any name works for a column and its index: in CREATE and ALTER TABLE, conditions, orders, inserts,
// updates. parity: A18 B15 B41 suite: 2
func TestHostileColumns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		repo := prom.NewRepo[hostile](prom.Using(db))
		names := hostileNames()
		is.True(len(names) >= 150)
		kit.MustCreate(t, prom.NewRepo[bare](prom.Using(db), prom.Table("hostile")), bare{})
		is.Equal(len(kit.AllOf(t, repo)), 1)                                                     // by ALTER TABLE
		kit.MustCreate(t, prom.NewRepo[hostile](prom.Using(db), prom.Table("other")), hostile{}) // by CREATE TABLE
		log.Take()
		is.NoErr(repo.Install(ctx))
		list := log.Take()
		is.Equal(kit.Starting(list, "CREATE")+kit.Starting(list, "ALTER"), 0) // all of them are found again

		v := &hostile{}
		field := func(i int) *int { return reflect.ValueOf(v).Elem().Field(i + 1).Interface().(*int) }
		for i := range names {
			reflect.ValueOf(v).Elem().Field(i + 1).Set(reflect.ValueOf(&i))
		}
		is.NoErr(repo.Create(ctx, v))
		for i, name := range names {
			f, err := prom.FieldByName(repo, name)
			is.NoErr(err)
			got, err := repo.Where(f.Eq(i)).OrderBy(f.Desc()).First(ctx)
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			is.Equal(got.ID, v.ID)
			*field(i) += 1000
			is.Equal(repo.Modified(v), []string{name})
			if err := repo.Save(ctx, v); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			n, err := repo.Where(f.Eq(i + 1000)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 1)
		}
		dbtest.Reportf(t, 2, "%d names of columns and indexes, in orders too", len(names))
	})
}

// Ensure that any name works for a table, whose indexes and constraints are named after it.
// parity: A18 B15 B35 X2
// suite: 2
func TestHostileTables(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		// which no table has
		names := slices.DeleteFunc(hostileNames(), func(name string) bool { return strings.Contains(name, ".") })
		size := len(names)
		if e.Name == dbtest.NameSQLite {
			size = 30 // each change makes each connection read all of the schema again
		}
		for list := range slices.Chunk(names, size) {
			var log kit.Statements
			if e.Name == dbtest.NameSQLite {
				e.DSN = dbtest.SQLite(t)
			}
			db := kit.Open(t, e.DSN, log.Option())
			for _, name := range list {
				if err := useTable(db, name, &log); err != nil {
					t.Errorf("%q: %v", name, err)
				}
			}
			is := is.New(t)
			is.Equal(len(kit.TablesOf(t, db)) >= len(list), true)
		}
		dbtest.Reportf(t, 2, "%d names of tables", len(names))
	})
}

// useTable goes through the life of a table of that name.
func useTable(db *prom.DB, name string, log *kit.Statements) error {
	ctx := context.Background()
	repo := prom.NewRepo[named](prom.Using(db), prom.Table(name))
	before := prom.NewRepo[namedBefore](prom.Using(db), prom.Table(name))
	if err := before.Create(ctx, &namedBefore{Name: "old"}); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	v := named{Name: "a", Size: 1}
	if _, err := before.WithoutWhere().Delete(ctx); err != nil {
		return fmt.Errorf("delete all: %w", err)
	}
	if err := repo.Create(ctx, &v); err != nil {
		return fmt.Errorf("add columns: %w", err)
	}
	log.Take()
	if err := repo.Install(ctx); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	if list := log.Take(); kit.Starting(list, "CREATE")+kit.Starting(list, "ALTER") > 0 {
		return fmt.Errorf("it is not found again")
	}
	upserted := named{Name: "a", Size: 2}
	if err := repo.Upsert(ctx, &upserted); err != nil || upserted.Size != 2 || upserted.ID != v.ID {
		return fmt.Errorf("upsert: %w", err)
	}
	v.Size = 3
	if err := repo.Save(ctx, &v); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	list, err := repo.Where(namedName.In("a", "b"), namedSize.Gte(3)).OrderBy(namedSize.Desc()).Limit(3).All(ctx)
	if err != nil || len(list) != 1 || list[0].ID != v.ID {
		return fmt.Errorf("query: %d rows, %w", len(list), err)
	}
	if n, err := repo.Where(namedSize.Eq(3)).Offset(0).Limit(5).Count(ctx); err != nil || n != 1 {
		return fmt.Errorf("count: %d rows, %w", n, err)
	}
	if n, err := repo.Where(namedSize.Eq(3)).Update(ctx, namedSize.Add(1)); err != nil || n != 1 {
		return fmt.Errorf("update: %d rows, %w", n, err)
	}
	return repo.Reload(ctx, &v)
}

// Ensure that a violation names table, column and constraint, whatever their names.
// parity: A18 X5 E7
func TestHostileViolations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		for _, name := range []string{"select", "Capital", "two words", `quo"te`, "a,b", "(paren)", "😀", "--comment",
			strings.Repeat("a", 63)} {
			is := is.New(t)
			repo := prom.NewRepo[named](prom.Using(db), prom.Table(name))
			note, no := "n", 1
			is.NoErr(repo.Create(ctx, &named{Name: "a", Note: &note, No: &no}))
			isUnique(t, repo.Create(ctx, &named{Name: "a"}), name, "name")
			isUnique(t, repo.Create(ctx, &named{Name: "b", Note: &note, No: &no}), name, "note", "no")
		}
	})
}

func isUnique(t *testing.T, err error, table string, columns ...string) {
	t.Helper()
	is := is.New(t)
	e := kit.AsError(t, err)
	is.Equal(e.Kind, prom.ErrUnique)
	is.Equal(e.Table, table)
	is.Equal(e.Columns, columns)
	is.True(e.Constraint != "")
}

// Ensure that a name that an engine could not keep as it is, or that belongs to an engine, is refused before any SQL.
// parity: A18
func TestRefusedNames(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, name := range []string{
		strings.Repeat("a", 64), strings.Repeat("a", 65), strings.Repeat("é", 32), strings.Repeat("😀",
			16), "nul\x00", "what?", "bad\xff",
		"pg_class", "PG_x", "sqlite_master", "SQLITE_x", "pragma_x", "json_each",
	} {
		err := panics(func() { prom.NewRepo[named](prom.Table(name)) })
		is.True(err != nil)
		is.True(strings.HasPrefix(err.Error(), "prom: model install_test.named: table name: "))
	}
	// A dot separates schema and table, and nothing else.
	for _, name := range []string{"a.b.c", ".a", "a.", `"a.b`, `"a"b.c`, `"".a`, `"a"."b"."c"`} {
		err := panics(func() { prom.NewRepo[named](prom.Table(name)) })
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), "is not of the form schema.table: "))
	}
	for name, why := range map[string]string{
		"pg_temp.x":                    "would be temporary",
		"pg_catalog.x":                 "belongs to PostgreSQL",
		"information_schema.x":         "belongs to PostgreSQL",
		"billing.pg_x":                 "begins with pg_",
		"billing.sqlite_master":        "begins with sqlite_",
		"billing.a?":                   "contains a question mark",
		"bill?ing.a":                   "contains a question mark",
		strings.Repeat("s", 64) + ".a": "PostgreSQL would truncate it",
		"s." + strings.Repeat("t", 64): "PostgreSQL would truncate it",
	} {
		err := panics(func() { prom.NewRepo[named](prom.Table(name)) })
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), why))
	}
	is.NoErr(panics(func() { prom.NewRepo[named](prom.Table(strings.Repeat("s", 63) + "." + strings.Repeat("t", 63))) }))
	type indexInSchema struct {
		ID int `prom:"key,index=billing.id"`
	}
	type blankInSchema struct {
		ID int `prom:"key"`
		No int
		_  struct{} `prom:"unique=billing.id,on='no'"`
	}
	for _, err := range []error{panics(func() { prom.NewRepo[indexInSchema]() }), panics(func() { prom.NewRepo[blankInSchema]() })} {
		is.True(strings.Contains(err.Error(), "contains a dot"))
	}
	type long struct {
		ID int `prom:"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`
	}
	type system struct {
		ID int `prom:"ctid"`
	}
	for _, err := range []error{panics(func() { prom.NewRepo[long]() }), panics(func() { prom.NewRepo[system]() })} {
		is.True(strings.Contains(err.Error(), "column name"))
	}
}

// panics returns the error that fn panics with.
func panics(fn func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	fn()
	return nil
}
