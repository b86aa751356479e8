package db

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that every kind has a text of its own, and is an error by which others are known.
// parity: E1
func TestKind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seen := map[string]bool{}
	for k := range driver.KindSyntax + 1 {
		is.True(k.Error() != "" && !seen[k.Error()])
		seen[k.Error()] = true
		err := fmt.Errorf("around: %w", &driver.Error{Kind: k})
		is.True(errors.Is(err, k))
		is.True(!errors.Is(err, k+1))
		is.Equal(driver.KindOf(err), k)
	}
	is.Equal(driver.Kind(200).Error(), driver.KindOther.Error())
	is.Equal(driver.KindOf(nil), driver.KindOther)
	is.Equal(driver.KindOf(errOwn), driver.KindOther)
}

// Ensure that the text of an error is one line that names what is known, and nothing that its cause says.
// parity: E3 E7
func TestError_Text(t *testing.T) {
	t.Parallel()
	cause := errors.New(secret)
	for _, test := range []struct {
		err  driver.Error
		want string
	}{
		{driver.Error{Err: cause}, "prom: database error"},
		{driver.Error{Kind: driver.KindUnique, Op: "insert", Table: "post", Columns: []string{"title"},
			Constraint: "post_title", Err: cause},
			"prom: insert post: unique violation: column title: constraint post_title"},
		{driver.Error{Kind: driver.KindUnique, Op: "insert", Table: "post", Columns: []string{"a", "b"}},
			"prom: insert post: unique violation: columns a, b"},
		{driver.Error{Kind: driver.KindNoTable, Table: "post"}, "prom: no such table: table post"},
		{driver.Error{Kind: driver.KindBusy, Op: "begin", Detail: "more"}, "prom: begin: busy: more"},
		{*driver.Invalid("insert", "post", errors.New("prom: title: is empty")),
			"prom: insert post: invalid value: title: is empty"},
	} {
		is := is.New(t)
		is.Equal(test.err.Error(), test.want)
		is.True(errors.Is(&test.err, test.err.Kind))
	}
	is := is.New(t)
	is.True(errors.Unwrap(&driver.Error{Err: cause}) == cause)
	is.True(errors.Is(&driver.Error{Err: cause}, cause))
}

type located struct {
	ID    int64  `prom:"key,auto"`
	Name  string `prom:"unique"`
	First string `prom:"unique=pair"`
	Last  string `prom:"unique=pair"`
	Short string `prom:"size=0..3"`
	Owner *ref[located]
}

// Ensure that, with the schema at hand, both engines tell the same of a violation: the table, the columns and the
// constraint. parity: E7 X5 B11
func TestError_Locate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.DSN)
		table, err := schema.Of(reflect.TypeFor[located]())
		is.NoErr(err)
		do(ctx, t, db, db.Dialect().CreateTable(table, func(*schema.Column) bool { return true })...)
		for _, ix := range table.Indexes {
			do(ctx, t, db, db.Dialect().CreateIndex(table, ix)...)
		}
		do(ctx, t, db, `INSERT INTO located (id, name, first, last, short) VALUES (1, 'n', 'f', 'l', 's')`)
		for _, f := range []failure{
			{name: "key", sql: `(1, 'x', 'x', 'x', 's')`, kind: driver.KindUnique, columns: []string{"id"},
				constraint: "located_pkey"},
			{name: "unique", sql: `(2, 'n', 'x', 'x', 's')`, kind: driver.KindUnique, columns: []string{"name"},
				constraint: "located_name"},
			{name: "unique of two", sql: `(2, 'x', 'f', 'l', 's')`, kind: driver.KindUnique, columns: []string{"first", "last"},
				constraint: "located_pair"},
			{name: "not null", sql: `(2, NULL, 'x', 'x', 's')`, kind: driver.KindNotNull, columns: []string{"name"}},
			{name: "check", sql: `(2, 'x', 'x', 'x', '` + secret + `')`, kind: driver.KindCheck, columns: []string{"short"},
				constraint: "located_short_check"},
			{name: "no owner", sql: `(2, 'x', 'x', 'x', 's', 77)`, kind: driver.KindForeignKey, columns: []string{"owner"},
				constraint: "located_owner_fkey"},
		} {
			t.Run(f.name, func(t *testing.T) {
				is := is.New(t)
				f.table = "located"
				columns := "(id, name, first, last, short, owner)"
				if f.kind != driver.KindForeignKey {
					columns = "(id, name, first, last, short)"
				}
				st := write(db, "INSERT INTO located "+columns+" VALUES "+f.sql)
				st.Table = "located" // of which SQLite's foreign keys are asked
				_, err := db.Exec(ctx, st)
				var e *driver.Error
				is.True(errors.As(err, &e))
				driver.Locate(e, table)
				f.check(is, err)
				driver.Locate(e, table) // twice changes nothing
				f.check(is, err)
			})
		}
		other := &driver.Error{Kind: driver.KindUnique, Table: "other", Columns: []string{"name"}}
		driver.Locate(other, table) // of a trigger, say
		is.Equal(other, &driver.Error{Kind: driver.KindUnique, Table: "other", Columns: []string{"name"}})
	})
}

// ref is a reference as package schema knows those of package prom, which imports this one.
type ref[T any] struct{ key int64 }

func (ref[T]) ReferenceTypes() (model, key reflect.Type) {
	return reflect.TypeFor[T](), reflect.TypeFor[int64]()
}

func (r ref[T]) ReferenceValues() (key, row any) { return r.key, nil }
