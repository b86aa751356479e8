package schema_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

type (
	listed struct {
		ID    int64  `prom:"key"`
		Code  string `prom:"unique"`
		Low   string `prom:"nocase,unique"`
		A     int    `prom:"unique=pair"`
		B     int    `prom:"unique=pair"`
		Some  string
		Plain string
		_     struct{} `prom:"unique=few,on=some,where='a > 1'"`
	}
	hidden struct {
		ID   int64      `prom:"key"`
		Code string     `prom:"unique"`
		Gone *time.Time `prom:"deleted"`
	}
	shared struct {
		Of   prom.Ref[hidden] `prom:"key"`
		Name string
	}
)

// Ensure that a reference to unique columns is one to columns of a unique index that a foreign key can use, and of the
// same types; and that one to a key of one column is a prom.Ref unless the key is a reference itself.
func TestReferencesToUnique(t *testing.T) {
	t.Parallel()
	type good struct {
		Code string
		X, Y int
		Of   int64
		One  prom.CompositeRef[listed] `prom:"on=code,to=code"`
		Two  prom.CompositeRef[listed] `prom:"on='x, y',to='b, a',ondelete=restrict"`
		Part prom.CompositeRef[shared] `prom:"on=of"`
	}
	is := is.New(t)
	table, err := schema.OfNamed(reflect.TypeFor[good](), "good")
	is.NoErr(err)
	is.NoErr(table.Check())
	for i, want := range []string{"code", "b,a", "of"} {
		is.Equal(strings.Join(schema.ColumnNames(table.ForeignKeys[i].To()), ","), want)
		key := schema.WantedKey(table, table.ForeignKeys[i], true)
		is.Equal(strings.Join(key.TargetColumns, ","), want)
	}
	is.Equal(schema.WantedKey(table, table.ForeignKeys[1], true).OnDelete, "RESTRICT")
	to, _, err := table.Relations[1].Referred()
	is.NoErr(err)
	is.Equal(schema.ColumnNames(to), []string{"b", "a"})

	for _, tt := range []struct {
		model any
		want  string
	}{
		{struct {
			Plain string
			Ref   prom.CompositeRef[listed] `prom:"on=plain,to=plain"`
		}{}, "to: listed has no unique index on (plain), which a foreign key needs"},
		{struct {
			Some string
			Ref  prom.CompositeRef[listed] `prom:"on=some,to=some"`
		}{}, "to: listed has no unique index on (some)"},
		{struct {
			X   int
			Ref prom.CompositeRef[listed] `prom:"on=x,to=a"`
		}{}, "to: listed has no unique index on (a)"},
		{struct {
			Code string
			Ref  prom.CompositeRef[hidden] `prom:"on=code,to=code"`
		}{}, "leaves out the soft-deleted rows"},
		{struct {
			Low string
			Ref prom.CompositeRef[listed] `prom:"on=low,to=low"`
		}{}, `"low" of listed ignores case`},
		{struct {
			Code string
			Ref  prom.CompositeRef[listed] `prom:"on=code,to=cod"`
		}{}, `listed has no column "cod"; its columns are id, code`},
		{struct {
			X, Y int
			Ref  prom.CompositeRef[listed] `prom:"on='x, y',to='a, a'"`
		}{}, `the column "a" appears twice`},
		{struct {
			X   int
			Ref prom.CompositeRef[listed] `prom:"on=x,to='a, b'"`
		}{}, "on names 1 columns, and to names 2 (a, b)"},
		{struct {
			X   int
			Ref prom.CompositeRef[listed] `prom:"on=x,to=code"`
		}{}, `the column "x" is a int, and the column "code" of listed, which it refers to, is a string`},
		{struct {
			ID  int64
			Ref prom.CompositeRef[listed] `prom:"on=id,to=id"`
		}{}, "are the primary key of listed; leave to out"},
		{struct {
			ID  int64
			Ref prom.CompositeRef[listed] `prom:"on=id"`
		}{}, "use a field of type prom.RefBy"},
		{struct {
			ID  prom.Ref[listed]
			Ref prom.CompositeRef[listed] `prom:"on=id,to=code"`
		}{}, `the column "id" is a reference already, by the type of field ID`},
		{struct {
			Code string
			Ref  prom.CompositeRef[listed] `prom:"on=code,to=' '"`
		}{}, "to names no column"},
	} {
		table, err := schema.OfNamed(reflect.TypeOf(tt.model), "t")
		if err == nil {
			err = table.Check()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%T: %v, not %s", tt.model, err, tt.want)
		}
	}
}
