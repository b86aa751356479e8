package conn

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that every kind has a text of its own, and is an error by which others are known.
// parity: E1
func TestKind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seen := map[string]bool{}
	for k := range Kind(len(kindTexts)) {
		is.True(k.Error() != "" && !seen[k.Error()])
		seen[k.Error()] = true
		err := fmt.Errorf("around: %w", &Error{Kind: k})
		is.True(errors.Is(err, k))
		is.True(!errors.Is(err, k+1))
		is.Equal(KindOf(err), k)
	}
	is.Equal(Kind(200).Error(), KindOther.Error())
	is.Equal(KindOf(nil), KindOther)
	is.Equal(KindOf(errOwn), KindOther)
}

// Ensure that the text of an error is one line that names what is known, and nothing that its cause says.
// parity: E3 E7
func TestError_Text(t *testing.T) {
	t.Parallel()
	cause := errors.New(secret)
	for _, test := range []struct {
		err  Error
		want string
	}{
		{Error{Err: cause}, "prom: database error"},
		{Error{Kind: KindUnique, Op: "insert", Table: "post", Columns: []string{"title"}, Constraint: "post_title", Err: cause},
			"prom: insert post: unique violation: column title: constraint post_title"},
		{Error{Kind: KindUnique, Op: "insert", Table: "post", Columns: []string{"a", "b"}}, "prom: insert post: unique violation: columns a, b"},
		{Error{Kind: KindNoTable, Table: "post"}, "prom: no such table: table post"},
		{Error{Kind: KindBusy, Op: "begin", Detail: "more"}, "prom: begin: busy: more"},
		{*Invalid("insert", "post", errors.New("prom: title: is empty")), "prom: insert post: invalid value: title: is empty"},
	} {
		is := is.New(t)
		is.Equal(test.err.Error(), test.want)
		is.True(errors.Is(&test.err, test.err.Kind))
	}
	is := is.New(t)
	is.True(errors.Unwrap(&Error{Err: cause}) == cause)
	is.True(errors.Is(&Error{Err: cause}, cause))
}

type located struct {
	ID    int64  `prom:"key,auto"`
	Name  string `prom:"unique"`
	First string `prom:"unique=pair"`
	Last  string `prom:"unique=pair"`
	Short string `prom:"size=0..3"`
	Owner *schema.Ref[located]
}

// Ensure that, with the schema at hand, both engines tell the same of a violation: the table, the columns and the constraint.
// parity: E7 X5 B11
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
			do(ctx, t, db, db.Dialect().CreateIndex(table, ix))
		}
		do(ctx, t, db, `INSERT INTO located (id, name, first, last, short) VALUES (1, 'n', 'f', 'l', 's')`)
		for _, f := range []failure{
			{name: "key", sql: `(1, 'x', 'x', 'x', 's')`, kind: KindUnique, columns: []string{"id"}, constraint: "located_pkey"},
			{name: "unique", sql: `(2, 'n', 'x', 'x', 's')`, kind: KindUnique, columns: []string{"name"}, constraint: "located_name"},
			{name: "unique of two", sql: `(2, 'x', 'f', 'l', 's')`, kind: KindUnique, columns: []string{"first", "last"}, constraint: "located_pair"},
			{name: "not null", sql: `(2, NULL, 'x', 'x', 's')`, kind: KindNotNull, columns: []string{"name"}},
			{name: "check", sql: `(2, 'x', 'x', 'x', '` + secret + `')`, kind: KindCheck, columns: []string{"short"}, constraint: "located_short_check"},
			{name: "no owner", sql: `(2, 'x', 'x', 'x', 's', 77)`, kind: KindForeignKey, columns: []string{"owner"}, constraint: "located_owner_fkey"},
		} {
			t.Run(f.name, func(t *testing.T) {
				is := is.New(t)
				f.table = "located"
				columns := "(id, name, first, last, short, owner)"
				if f.kind != KindForeignKey {
					columns = "(id, name, first, last, short)"
				}
				_, err := db.Exec(ctx, write(db, "INSERT INTO located "+columns+" VALUES "+f.sql))
				var e *Error
				is.True(errors.As(err, &e))
				e.Locate(table)
				f.check(is, err)
				e.Locate(table) // twice changes nothing
				f.check(is, err)
			})
		}
		other := &Error{Kind: KindUnique, Table: "other", Columns: []string{"name"}}
		other.Locate(table) // of a trigger, say
		is.Equal(other, &Error{Kind: KindUnique, Table: "other", Columns: []string{"name"}})
	})
}
