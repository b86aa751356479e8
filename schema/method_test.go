package schema_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that the method and the operator class of an index are read, and that what no such index can be is refused.
func TestIndexMethods(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	table, err := schema.OfNamed(reflect.TypeFor[struct {
		A []string `prom:"index,using=GIN"`
		B any      `prom:"index=both,using=gin,ops=jsonb_path_ops"`
		C any      `prom:"index=both,using=gin,ops=jsonb_path_ops"`
		D string   `prom:"index,using=btree,ops=text_pattern_ops"`
		_ struct{} `prom:"index=blank,on='d, lower(d)',using=brin"`
	}](), "thing")
	is.NoErr(err)
	var got []string
	for _, ix := range table.Indexes {
		got = append(got, ix.Name+" "+ix.Method+" "+ix.Ops)
	}
	is.Equal(got, []string{"thing_a gin ", "thing_both gin jsonb_path_ops", "thing_d  text_pattern_ops",
		"thing_blank brin "})
	for want, model := range map[string]reflect.Type{
		"cannot be indexed by a B-tree; add the option using=gin": reflect.TypeFor[struct {
			A []string `prom:"index"`
		}](),
		"an index of the method gin cannot be unique": reflect.TypeFor[struct {
			A []string `prom:"unique,using=gin"`
		}](),
		"an index of the method gin has no order": reflect.TypeFor[struct {
			A []string `prom:"index,desc,using=gin"`
		}](),
		"using and ops need the option index": reflect.TypeFor[struct {
			A []string `prom:"using=gin"`
		}](),
		"say using, ops or nulls differently": reflect.TypeFor[struct {
			A []string `prom:"index=x,using=gin"`
			B []string `prom:"index=x,using=gist"`
		}](),
		"is no method or operator class": reflect.TypeFor[struct {
			A []string `prom:"index,using='gin (a'"`
		}](),
		"which a B-tree cannot index": reflect.TypeFor[struct {
			A []string
			_ struct{} `prom:"index=x,on='a'"`
		}](),
	} {
		if _, err := schema.OfNamed(model, "thing"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
