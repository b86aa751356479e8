package schema

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

var (
	timeType        = reflect.TypeFor[time.Time]()
	durationType    = reflect.TypeFor[time.Duration]()
	rawJSONType     = reflect.TypeFor[json.RawMessage]()
	trackerType     = reflect.TypeFor[Tracker]()
	scannerType     = reflect.TypeFor[sql.Scanner]()
	valuerType      = reflect.TypeFor[driver.Valuer]()
	jsonMarshaler   = reflect.TypeFor[json.Marshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	referrerType    = reflect.TypeFor[referrer]()
	relaterType     = reflect.TypeFor[relater]()
	tableNamer      = reflect.TypeFor[TableNamer]()
)

// nullInner returns the type of the value inside database/sql's Null types and its offset: sql.Null[V] and the older
// NullString, NullInt64 and so on, which are all structs of a value and a Valid.
func nullInner(t reflect.Type) (inner reflect.Type, offset uintptr, ok bool) {
	if t.Kind() != reflect.Struct || t.PkgPath() != "database/sql" || !strings.HasPrefix(t.Name(), "Null") {
		return nil, 0, false
	}
	if t.NumField() != 2 || t.Field(1).Name != "Valid" {
		return nil, 0, false
	}
	return t.Field(0).Type, t.Field(0).Offset, true
}

// Unwrap returns the type that holds a column's value when it is not NULL: the element of a pointer, the value inside a
// sql.Null type, the key of a reference; else t itself.
func Unwrap(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	} else if inner, _, ok := nullInner(t); ok {
		t = inner
	}
	if t.Implements(referrerType) {
		_, t = reflect.Zero(t).Interface().(referrer).ReferenceTypes()
	}
	return t
}

// setKind derives the column's kind from its Go type and the tag.
func (c *Column) setKind(tg *tag) error {
	t := c.Type
	inner := t
	if t.Kind() == reflect.Pointer {
		c.Null, inner = true, t.Elem()
	} else if v, _, ok := nullInner(t); ok {
		c.Null, inner = true, v
	}
	if c.Null && (inner.Kind() == reflect.Pointer || IsNullType(inner)) {
		return fmt.Errorf("%s allows NULL twice; use a pointer or sql.Null, not both", t)
	}
	if err := oneKindOption(tg); err != nil {
		return err
	}
	t = Unwrap(t)
	if r := registered(t); r != nil && !tg.has("json") {
		return c.setRegistered(r, tg)
	}

	if IsAnyValue(t) {
		return c.setAny(tg)
	}
	if k, name, multi := rangeOf(t); k != Null && !tg.has("json") {
		c.Multi = multi
		return c.setRange(k, name, tg)
	}

	scanner := reflect.PointerTo(t).Implements(scannerType) && t.Implements(valuerType)
	text := reflect.PointerTo(t).Implements(textUnmarshaler) && t.Implements(textMarshaler)
	if tg.has("null") {
		if !scanner {
			return fmt.Errorf("null is for types with sql.Scanner and driver.Valuer; make %s a pointer instead", t)
		}
		c.Null = true
	}
	elem := listElem(t)
	if scanner || text {
		elem = nil
	}
	decimal, isDecimal := tg.value("decimal")
	typeName, hasType := tg.value("type")

	switch {
	case tg.has("json"):
		if basicKind(t) == Null {
			return fmt.Errorf("a %s cannot be stored as JSON", t)
		}
		c.Kind = JSON
	case elem != nil:
		return c.setList(elem, tg)
	case tg.has("array") && !scanner && !text && isArray(t):
		return c.setList(t.Elem(), tg)
	case isDecimal:
		if !scanner && t.Kind() != reflect.String {
			return fmt.Errorf("decimal needs a string or a type with sql.Scanner and driver.Valuer, not %s", t)
		}
		c.Kind, c.Scanner = Decimal, scanner
		return c.setDecimal(decimal)
	case tg.has("uuid"):
		if t.Kind() != reflect.String && !isUUID(t) {
			return fmt.Errorf("uuid needs a string or a [16]byte type, not %s", t)
		}
		c.Kind = UUID
	case tg.has("date"):
		if t != timeType && !IsInfinite(t) {
			return fmt.Errorf("date needs a time.Time, not %s", t)
		}
		c.Kind = Date
	case tg.has("clock"):
		if t != durationType {
			return fmt.Errorf("clock needs a time.Duration, not %s", t)
		}
		c.Kind = Clock
	case isUUID(t):
		c.Kind = UUID
	case IsInfinite(t):
		c.Kind = Time
	case t == timeType:
		c.Kind = Time
	case t == rawJSONType:
		c.Kind = JSON
	case scanner:
		c.Scanner = true
		c.Kind = Text
		if !hasType {
			return c.setTypeOf(t)
		}
		k, ok := scannerKinds[typeName]
		if !ok {
			return c.setNative(typeName)
		}
		c.Kind = k
		return nil
	default:
		c.Kind = basicKind(t)
		if c.Kind == JSON && text {
			c.Kind, c.TextCodec = Text, true
		}
		if t == durationType && strings.EqualFold(typeName, "interval") {
			c.Kind = Text
		}
	}
	if c.Kind == Null {
		return fmt.Errorf("the type %s has no column type; to leave the field out, use the tag prom:\"-\"", t)
	}
	if hasType {
		return c.setNative(typeName)
	}
	return c.setTypeOf(t)
}

// postgresTyper is implemented by a type of values that are texts in Go, to name the type of its columns on PostgreSQL.
type postgresTyper interface{ PostgresType() string }

// setTypeOf sets the PostgreSQL type that a Go type names.
func (c *Column) setTypeOf(t reflect.Type) error {
	if c.Kind != Text || t.Kind() == reflect.Interface {
		return nil
	}
	if n, ok := reflect.TypeAssert[postgresTyper](reflect.New(t).Elem()); ok {
		return c.setNative(n.PostgresType())
	}
	return nil
}

// isUUID reports whether a type is the sixteen bytes of a UUID.
func isUUID(t reflect.Type) bool {
	return t.Kind() == reflect.Array && t.Len() == 16 && t.Elem().Kind() == reflect.Uint8
}

// oneKindOption refuses two options that each say what a column holds.
func oneKindOption(tg *tag) error {
	first := ""
	for _, it := range tg.items {
		switch it.name {
		case "json", "decimal", "uuid", "date", "clock", "type", "enum":
			if first != "" {
				return fmt.Errorf("%s and %s both set the type of the column; keep one", first, it.name)
			}
			first = it.name
		}
	}
	return nil
}

var scannerKinds = map[string]Kind{
	"text": Text, "int": Int64, "float": Float64, "bool": Bool, "bytes": Bytes, "time": Time, "uuid": UUID, "json": JSON,
}

func basicKind(t reflect.Type) Kind {
	switch t.Kind() {
	case reflect.Bool:
		return Bool
	case reflect.Int8, reflect.Int16, reflect.Uint8:
		return Int16
	case reflect.Int32, reflect.Uint16:
		return Int32
	case reflect.Int, reflect.Int64, reflect.Uint32:
		return Int64
	case reflect.Uint, reflect.Uint64:
		return Uint64
	case reflect.Float32:
		return Float32
	case reflect.Float64:
		return Float64
	case reflect.String:
		return Text
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return Bytes
		}
		return JSON
	case reflect.Interface:
		if t.NumMethod() == 0 { // nothing could be decoded into another
			return JSON
		}
	case reflect.Struct, reflect.Map, reflect.Array:
		return JSON
	}
	return Null
}

// setDecimal reads precision.scale.
func (c *Column) setDecimal(s string) error {
	if _, err := fmt.Sscanf(s, "%d.%d", &c.Precision, &c.Scale); err != nil ||
		fmt.Sprintf("%d.%d", c.Precision, c.Scale) != s ||
		c.Precision < 1 || c.Precision > 1000 || c.Scale < 0 || c.Scale > c.Precision {
		return fmt.Errorf("decimal=%s is not precision.scale, such as decimal=12.2", s)
	}
	return nil
}

// IsNullType reports whether t is one of database/sql's Null types: a value and a Valid.
func IsNullType(t reflect.Type) bool { _, _, ok := nullInner(t); return ok }
