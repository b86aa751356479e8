package schema_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Model stands for prom.Model.
type Model struct {
	ID      int64     `prom:"_id,key,auto"`
	Created time.Time `prom:"_created,created"`
	Updated time.Time `prom:"_updated,updated"`
	tracker schema.Tracker
}

var _, _ = Model{}.tracker, valuer{}.v

// valuer converts itself, as decimals and the like of other libraries do.
type valuer struct{ v int }

func (*valuer) Scan(any) error              { return nil }
func (valuer) Value() (driver.Value, error) { return nil, nil }

type (
	status  string
	level   int8
	digest  [16]byte
	address struct{ Street, City string }
)

func (status) Values() []status { return []status{"on", "off"} }
func (level) Values() []level   { return []level{-1, 7} }

// notEnum has a method of the name, but not the one of an enum.
type notEnum string

func (notEnum) Values() []string { return nil }

type words []string

func (words) Values() []words { return nil }

func of[T any](t testing.TB) *schema.Table {
	t.Helper()
	tbl, err := schema.Of(reflect.TypeFor[T]())
	if err != nil {
		t.Fatal(err)
	}
	return tbl
}

// Ensure that each Go type has its kind, and that pointers and sql.Null types allow NULL.
// parity: F2 F14 F25 F26 F33
func TestKinds(t *testing.T) {
	t.Parallel()
	type all struct {
		B       bool
		I8      int8
		I16     int16
		I32     int32
		I64     int64
		I       int
		U8      uint8
		U16     uint16
		U32     uint32
		U64     uint64
		U       uint
		F32     float32
		F64     float64
		S       string
		Bytes   []byte
		Raw     json.RawMessage
		T       time.Time
		D       time.Time     `prom:"date"`
		C       time.Duration `prom:"clock"`
		Dur     time.Duration
		UUID    uuid.UUID
		Digest  digest
		US      string `prom:"uuid"`
		Dec     string `prom:"decimal=12.2"`
		DecV    valuer `prom:"decimal=12.0"`
		V       valuer
		VI      valuer `prom:"type=int"`
		VF      valuer `prom:"type=float"`
		VB      valuer `prom:"type=bool"`
		VY      valuer `prom:"type=bytes"`
		VT      valuer `prom:"type=time"`
		VU      valuer `prom:"type=uuid"`
		VJ      valuer `prom:"type=json"`
		VN      valuer `prom:"null"`
		Addr    netip.Addr
		AddrJS  netip.Addr `prom:"json"`
		Struct  address
		Map     map[string]int
		Slice   []int
		Array   [3]int
		Any     any
		JS      string `prom:"json"`
		Status  status
		Level   level
		NotEnum notEnum
		Words   words
		PI      *int
		PT      *time.Time
		PB      *[]byte
		NS      sql.NullString
		NI      sql.Null[int32]
		NT      sql.Null[time.Time] `prom:"date"`
		PV      *valuer
		PA      *address
	}
	is := is.New(t)
	want := []struct {
		name string
		kind schema.Kind
		null bool
	}{
		{"b", schema.Bool, false}, {"i8", schema.Int16, false}, {"i16", schema.Int16, false}, {"i32", schema.Int32, false},
		{"i64", schema.Int64, false}, {"i", schema.Int64, false}, {"u8", schema.Int16, false}, {"u16", schema.Int32, false},
		{"u32", schema.Int64, false}, {"u64", schema.Uint64, false}, {"u", schema.Uint64, false}, {"f32", schema.Float32,
			false},
		{"f64", schema.Float64, false}, {"s", schema.Text, false}, {"bytes", schema.Bytes, false}, {"raw", schema.JSON,
			false},
		{"t", schema.Time, false}, {"d", schema.Date, false}, {"c", schema.Clock, false}, {"dur", schema.Int64, false},
		{"uuid", schema.UUID, false}, {"digest", schema.UUID, false}, {"us", schema.UUID, false}, {"dec", schema.Decimal,
			false},
		{"dec_v", schema.Decimal, false}, {"v", schema.Text, false}, {"vi", schema.Int64, false}, {"vf", schema.Float64,
			false},
		{"vb", schema.Bool, false}, {"vy", schema.Bytes, false}, {"vt", schema.Time, false}, {"vu", schema.UUID, false},
		{"vj", schema.JSON, false}, {"vn", schema.Text, true}, {"addr", schema.Text, false}, {"addr_js", schema.JSON, false},
		{"struct", schema.JSON, false}, {"map", schema.JSON, false}, {"slice", schema.Int64.List(), false}, {"array",
			schema.JSON, false},
		{"any", schema.JSON, false}, {"js", schema.JSON, false}, {"status", schema.Text, false}, {"level", schema.Int16,
			false},
		{"not_enum", schema.Text, false}, {"words", schema.Text.List(), false}, {"pi", schema.Int64, true}, {"pt",
			schema.Time, true},
		{"pb", schema.Bytes, true}, {"ns", schema.Text, true}, {"ni", schema.Int32, true}, {"nt", schema.Date, true},
		{"pv", schema.Text, true}, {"pa", schema.JSON, true},
	}
	tbl := of[all](t)
	is.Equal(len(tbl.Columns), len(want))
	for i, w := range want {
		c := tbl.Columns[i]
		is.Equal(c.Name, w.name)
		is.Equal(c.Kind, w.kind)
		is.Equal(c.Null, w.null)
		is.Equal(c.Required(), !w.null)
		is.Equal(c.Ordinal, i)
		is.Equal(tbl.Column(w.name), c)
		is.Equal(tbl.At(c.Offset, c.Type), c)
		is.Equal(reflect.TypeFor[all]().FieldByIndex(c.Path).Name, c.Field)
	}
	is.Equal(tbl.Column("nope"), nil)
	is.Equal(tbl.Column("addr").TextCodec, true)
	is.Equal(tbl.Column("addr_js").TextCodec, false)
	is.Equal(tbl.Column("v").Scanner, true)
	is.Equal(tbl.Column("uuid").Scanner, false) // a UUID is one, whatever else it can do
	is.Equal([]int{tbl.Column("dec").Precision, tbl.Column("dec").Scale}, []int{12, 2})
	is.Equal(tbl.Column("status").Rules.Choices, []string{"on", "off"})
	is.Equal(tbl.Column("level").Rules.Choices, []string{"-1", "7"})
	is.Equal(tbl.Column("not_enum").Rules.Choices, nil)
	ni := tbl.Column("ni")
	is.Equal(tbl.At(ni.Offset, reflect.TypeFor[int32]()), ni) // by the value inside
	is.Equal(tbl.At(ni.Offset, reflect.TypeFor[int64]()), nil)
	is.Equal(tbl.At(ni.Offset+1, ni.Type), nil)
	is.Equal(len(tbl.Required()), 45)
	is.Equal(len(tbl.Key), 0)
	_, err := tbl.SingleKey()
	// parity: F4
	is.True(strings.Contains(err.Error(), "all has no primary key; give a field the tag option key, or embed prom.Model"))
	is.True(schema.IsNullType(reflect.TypeFor[sql.NullInt64]()) && !schema.IsNullType(reflect.TypeFor[valuer]()))
}

// Ensure that own fields come before those of an embedded Model, whatever their order in the struct, embedded structs
// are flattened, and what is no column is left out. parity: F2 F3 F6 F25 F26
func TestColumnOrder(t *testing.T) {
	t.Parallel()
	type Common struct {
		Model
		Note string
	}
	type inner struct{ Deep int }
	type post struct {
		Common
		Title   string   `prom:"private"`
		Skipped chan int `prom:"-"`
		hidden  int
		inner
		address  `prom:"-"`
		Home     address
		Tracker  schema.Tracker
		_        int
		_        int `prom:"-"`
		When     time.Time
		JSONData any
	}
	is := is.New(t)
	tbl := of[post](t)
	var names, fields []string
	for _, c := range tbl.Columns {
		names, fields = append(names, c.Name), append(fields, c.Field)
	}
	is.Equal(names, []string{"note", "title", "deep", "home", "when", "json_data", "_id", "_created", "_updated"})
	is.Equal(fields, []string{"Common.Note", "Title", "inner.Deep", "Home", "When", "JSONData", "Common.Model.ID",
		"Common.Model.Created", "Common.Model.Updated"})
	key, err := tbl.SingleKey()
	is.NoErr(err)
	is.True(key.Name == "_id" && key.Auto && key.Key)
	is.True(tbl.Column("_created").Created && tbl.Column("_updated").Updated && !tbl.Column("_created").Updated)
	is.True(tbl.Column("title").Private)
	v := post{Common: Common{Note: "n"}}
	f, _ := reflect.TypeFor[post]().FieldByName("Note")
	common, _ := reflect.TypeFor[post]().FieldByName("Common")
	is.Equal(tbl.Column("note").Offset, common.Offset+f.Offset)
	is.Equal(reflect.ValueOf(v).FieldByIndex(tbl.Column("note").Path).String(), "n")
	at, ok := schema.TrackerOffset(reflect.TypeFor[Model]())
	is.True(ok && at == reflect.TypeFor[Model]().Field(3).Offset)
	_, ok = schema.TrackerOffset(reflect.TypeFor[address]())
	is.True(!ok)
	at, ok = schema.TrackerOffset(reflect.TypeFor[Common]())
	is.True(ok && at == reflect.TypeFor[Model]().Field(3).Offset)
	_ = v.hidden
}

type named struct{ A int }

func (named) TableName() string { return "order" }

type namedByPointer struct{ A int }

func (*namedByPointer) TableName() string { return "Größe \"x\"" }

type generic[T any] struct{ A T }

type namedGeneric[T any] struct{ A T }

func (namedGeneric[T]) TableName() string { return "named_generic" }

// Ensure that the table's name is the type's in snake case, or the one that the model says.
// parity: A18
func TestTableName(t *testing.T) {
	t.Parallel()
	type UserAccount struct{ A int }
	is := is.New(t)
	is.Equal(of[UserAccount](t).Name, "user_account")
	is.Equal(of[named](t).Name, "order")
	is.Equal(of[namedByPointer](t).Name, `Größe "x"`)
	is.Equal(of[namedGeneric[int]](t).Name, "named_generic")

	tbl := of[UserAccount](t)
	same, err := tbl.WithName("user_account")
	is.NoErr(err)
	is.Equal(same, tbl)
	for _, bad := range []string{"", "a?", "sqlite_x", "PG_class", "pragma_x", "json_each"} {
		_, err := tbl.WithName(bad)
		is.True(err != nil)
	}
}

// Ensure that a table with another name is one for all who ask while somebody has it, and kept no longer.
func TestWithNameEnds(t *testing.T) {
	is := is.New(t)
	type tenant struct{ A int }
	tbl := of[tenant](t)
	one, err := tbl.WithName("tenant_1")
	is.NoErr(err)
	const many = 1000
	ended := make(chan bool, many)
	for i := range many {
		u, err := tbl.WithName(fmt.Sprintf("tenant_%d", i))
		is.NoErr(err)
		if i == 1 {
			is.True(u == one)
			continue
		}
		runtime.AddCleanup(u, func(ended chan bool) { ended <- true }, ended)
	}
	for range many - 1 {
		for collected := false; !collected; {
			runtime.GC()
			select {
			case collected = <-ended:
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	again, err := tbl.WithName("tenant_1")
	is.NoErr(err)
	is.True(again == one)
	runtime.KeepAlive(one)
}

// Ensure that Of returns one Table for a type, to all goroutines.
func TestOfIsOnce(t *testing.T) {
	t.Parallel()
	type once struct{ A, B int }
	is := is.New(t)
	var wg sync.WaitGroup
	got := make([]*schema.Table, 32)
	for i := range got {
		wg.Go(func() { got[i], _ = schema.Of(reflect.TypeFor[once]()) })
	}
	wg.Wait()
	for _, tbl := range got {
		is.True(tbl != nil && tbl == got[0])
	}
}
