package modelgen

import (
	"reflect"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// rangeTypes are the types of ranges and of multiranges by the kind of their bounds.
var rangeTypes = map[schema.Kind]struct {
	bound      string
	one, multi reflect.Type
}{
	schema.Int32:   {"int32", reflect.TypeFor[prom.Range[int32]](), reflect.TypeFor[prom.MultiRange[int32]]()},
	schema.Int64:   {"int64", reflect.TypeFor[prom.Range[int64]](), reflect.TypeFor[prom.MultiRange[int64]]()},
	schema.Decimal: {"string", reflect.TypeFor[prom.Range[string]](), reflect.TypeFor[prom.MultiRange[string]]()},
	schema.Time:    {"time.Time", reflect.TypeFor[prom.Range[time.Time]](), reflect.TypeFor[prom.MultiRange[time.Time]]()},
	schema.Date:    {"time.Time", reflect.TypeFor[prom.Range[time.Time]](), reflect.TypeFor[prom.MultiRange[time.Time]]()},
}

// ofRanges makes the field one of ranges or multiranges, if the type has them.
func (f *field) ofRanges(typ string) bool {
	kind, name, multi := schema.RangeType(typ)
	r, ok := rangeTypes[kind]
	switch {
	case !ok:
		return false
	case multi:
		f.typ, f.stored, f.family = "prom.MultiRange["+r.bound+"]", r.multi, "Ordered"
	default:
		f.typ, f.stored, f.family = "prom.Range["+r.bound+"]", r.one, "Range"
	}
	switch {
	case kind == schema.Date:
		f.tag = append(f.tag, "date")
	case name == "tsrange":
		f.tag = append(f.tag, typeTag+typ)
	}
	return true
}
