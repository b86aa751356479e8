package schema_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// couple has a key of two columns.
type couple struct {
	A int64 `prom:"key"`
	B int64 `prom:"key"`
}

// Ensure that tags which say what a foreign key cannot do are refused with what to write instead.
func TestActionTags(t *testing.T) {
	t.Parallel()
	for want, model := range map[string]reflect.Type{
		"ondelete=delete: write cascade, restrict": reflect.TypeFor[struct {
			A prom.Ref[painter] `prom:"ondelete=delete"`
		}](),
		"onupdate=set null sets all columns of the reference": reflect.TypeFor[struct {
			ID int64 `prom:"key"`
			A  int64
			B  *int64
			R  prom.CompositeRef[couple] `prom:"on='a, b',onupdate=set null"`
		}](),
		"ondelete=set null needs a column that may be NULL: make the field a pointer": reflect.TypeFor[struct {
			A prom.Ref[painter] `prom:"ondelete=set null"`
		}](),
		"onupdate=set default needs a constant default of the column \"a\"": reflect.TypeFor[struct {
			A prom.Ref[painter] `prom:"onupdate=set default"`
		}](),
		"deferrable=never: a constraint is checked": reflect.TypeFor[struct {
			A prom.Ref[painter] `prom:"deferrable=never"`
		}](),
		"onupdate is for references": reflect.TypeFor[struct {
			A int64 `prom:"onupdate=cascade"`
		}](),
		"this relation does not take": reflect.TypeFor[struct {
			ID int64              `prom:"key"`
			A  prom.Many[painter] `prom:"ondelete=cascade"`
		}](),
	} {
		_, err := schema.OfNamed(model, "thing")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	is := is.New(t)
	table, err := schema.OfNamed(reflect.TypeFor[struct {
		A *prom.Ref[painter] `prom:"ondelete=Set  Null,onupdate=NO ACTION,deferrable=DEFERRED"`
	}](), "thing")
	is.NoErr(err)
	is.Equal(table.Columns[0].References.Actions, schema.Actions{OnDelete: "SET NULL", OnUpdate: "NO ACTION",
		Deferrable: true, Deferred: true})
}
