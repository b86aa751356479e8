package schema

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// listElem returns the type of the elements of a slice that is a list of its own kind and not JSON: of booleans,
// numbers of up to 64 bits with a sign, texts, times and UUIDs, and of types with a codec of their own. It returns nil
// for another type. A slice that converts itself is none.
func listElem(t reflect.Type) reflect.Type {
	if t.Kind() != reflect.Slice || t == rawJSONType || t.Implements(jsonMarshaler) {
		return nil
	}
	e := t.Elem()
	switch {
	case registered(e) != nil, isUUID(e), e == timeType:
		return e
	case e.Implements(textMarshaler), e.Implements(valuerType), reflect.PointerTo(e).Implements(scannerType):
		return nil
	}
	switch e.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint16, reflect.Uint32:
		return e
	}
	return nil
}

// setList makes the column a list whose elements are what the tag says of one.
func (c *Column) setList(elem reflect.Type, tg *tag) error {
	one := Column{Field: c.Field, Type: elem}
	if err := one.setKind(tg); err != nil {
		return err
	}
	c.Kind, c.Precision, c.Scale, c.Codec, c.SQLType = one.Kind.List(), one.Precision, one.Scale, one.Codec, one.SQLType
	return nil
}

// Elem returns a column like c, a list, that holds one element. Its rules are those of the elements.
func (c *Column) Elem() *Column {
	return &Column{
		Name: c.Name, Field: c.Field, Type: Unwrap(c.Type).Elem(), Kind: c.Kind.Elem(), Precision: c.Precision, Scale: c.Scale, Codec: c.Codec, SQLType: c.SQLType,
		Rules: Rules{Choices: c.Rules.Choices},
	}
}

// NewList returns the list of n values of kind k that at gives.
func NewList(k Kind, n int, at func(i int) (Value, error)) (Value, error) {
	switch k {
	case Bool:
		return gather(k, n, at, Value.Bool)
	case Int16, Int32, Int64, Time, Date, Clock:
		return gather(k, n, at, Value.Int)
	case Uint64:
		return gather(k, n, at, Value.Uint)
	case Float32, Float64:
		return gather(k, n, at, Value.Float)
	case Bytes:
		return gather(k, n, at, Value.Bytes)
	}
	return gather(k, n, at, Value.Text)
}

func gather[E ListElem](k Kind, n int, at func(i int) (Value, error), get func(Value) E) (Value, error) {
	elems := make([]E, n)
	for i := range elems {
		v, err := at(i)
		if err != nil {
			return Value{}, err
		}
		elems[i] = get(v)
	}
	return ListValue(k, elems), nil
}

// Len returns the number of elements of a list, 0 for anything else.
func (v Value) Len() int {
	if !v.list {
		return 0
	}
	return reflect.ValueOf(v.ref).Len()
}

// At returns an element of a list.
func (v Value) At(i int) Value {
	switch list := v.ref.(type) {
	case []bool:
		return BoolValue(list[i])
	case []int64:
		return Value{kind: v.kind, num: uint64(list[i])}
	case []uint64:
		return Value{kind: v.kind, num: list[i]}
	case []float64:
		return FloatValue(v.kind, list[i])
	case [][]byte:
		return BytesValue(list[i])
	}
	return Value{kind: v.kind, str: v.ref.([]string)[i]}
}

var errList = errors.New("it is not a JSON array of values of the element type")

// ParseList reads a list of values of kind k that is written as JSON: as SQLite's columns of lists are, and constants
// in tags. An error does not show what the list holds.
func ParseList(k Kind, text []byte) (Value, error) {
	if !json.Valid(text) {
		return Value{}, errList
	}
	elems, ok := listElems(string(text))
	if !ok {
		return Value{}, errList
	}
	return NewList(k, len(elems), func(i int) (Value, error) { return parseElem(k, elems[i]) })
}

// listElems returns the elements of a JSON list, as they are written. It is false for other JSON, and for a list of
// lists or objects, which are elements of no kind.
func listElems(text string) (elems []string, ok bool) {
	const space = " \t\n\r"
	text = strings.Trim(text, space)
	if text[0] != '[' {
		return nil, false
	}
	rest := strings.TrimLeft(text[1:], space)
	if rest[0] == ']' {
		return nil, true
	}
	elems = make([]string, 0, min(strings.Count(rest, ",")+1, 64))
	for rest != "" {
		end := 0
		switch rest[0] {
		case '[', '{':
			return nil, false
		case '"':
			for end = 1; rest[end] != '"'; end++ {
				if rest[end] == '\\' {
					end++
				}
			}
			end++
		default:
			end = strings.IndexAny(rest, ",]"+space)
		}
		elems = append(elems, rest[:end])
		rest = strings.TrimLeft(strings.TrimLeft(rest[end:], space)[1:], space) // behind the comma, or the end
	}
	return elems, true
}

func parseElem(k Kind, s string) (Value, error) {
	quoted := strings.HasPrefix(s, `"`)
	switch {
	case quoted != !(k == Bool || k.Integer() || k == Float32 || k == Float64):
		return Value{}, errList
	case quoted:
		if plain := s[1 : len(s)-1]; strings.IndexByte(plain, '\\') < 0 && utf8.ValidString(plain) {
			s = plain // as most are; the list has been found to be JSON
		} else if json.Unmarshal([]byte(s), &s) != nil || !utf8.ValidString(s) {
			return Value{}, errList
		}
		switch k {
		case Text:
			return TextValue(Text, s), nil
		case Bytes: // hexadecimal digits, as JSON has no bytes
			b, err := hex.DecodeString(s)
			if err != nil {
				return Value{}, errList
			}
			return BytesValue(b), nil
		}
	case k == Float32 || k == Float64:
		// Infinities are written as numbers that are too large.
		if f, _ := strconv.ParseFloat(s, 64); math.IsInf(f, 0) {
			return FloatValue(k, f), nil
		}
	}
	v, err := ParseLiteral(k, s)
	if err != nil {
		return Value{}, errList
	}
	return v, nil
}
