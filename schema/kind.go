package schema

// Kind is the kind of values that a column holds, independent of how an engine stores them. Dialects turn a Kind into a
// column type.
//
// The zero value is [Null], the kind of a [Value] that is NULL. No column has it.
type Kind uint8

// The kinds. The comment gives the Go side; the SQL types are the dialects' business.
const (
	Null    Kind = iota // SQL's NULL; never the kind of a column
	Bool                // bool
	Int16               // int8, int16, uint8
	Int32               // int32, uint16
	Int64               // int, int64, uint32
	Uint64              // uint, uint64
	Float32             // float32
	Float64             // float64
	Text                // string, and types that marshal to text
	Bytes               // []byte
	Decimal             // exact numbers with precision and scale, as their text
	Time                // time.Time: an instant in UTC, in microseconds
	Date                // time.Time with the option date: a day, midnight UTC
	Clock               // time.Duration with the option clock: the time since midnight
	UUID                // [16]byte types, or string with the option uuid, in canonical text
	JSON                // structs, maps, slices and any
	Any                 // AnyValue: a value of any storage class of SQLite, whose Value has a kind of its own
)

// listOf is the bit that makes a kind that of a list.
const listOf Kind = 1 << 7

// List returns the kind of a list whose elements are of kind k, such as []string for Text. A column of it is an array
// on PostgreSQL and JSON on SQLite.
func (k Kind) List() Kind { return k | listOf }

// IsList reports whether k is the kind of a list.
func (k Kind) IsList() bool { return k&listOf != 0 }

// Elem returns the kind of a list's elements, and k itself when it is no list's.
func (k Kind) Elem() Kind { return k &^ listOf }

var kindNames = [...]string{
	Null: "null", Bool: "bool", Int16: "int16", Int32: "int32", Int64: "int64", Uint64: "uint64",
	Float32: "float32", Float64: "float64", Text: "text", Bytes: "bytes", Decimal: "decimal",
	Time: "time", Date: "date", Clock: "clock", UUID: "uuid", JSON: "json",
	Any: "any",
}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	if k.IsList() {
		return "list of " + k.Elem().String()
	}
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind?"
}

// Integer reports whether k is one of the integer kinds.
func (k Kind) Integer() bool { return k >= Int16 && k <= Uint64 }

// Number reports whether k is a kind that can be added to: integers, floats and decimals.
func (k Kind) Number() bool {
	return k.Integer() || k == Float32 || k == Float64 || k == Decimal
}
