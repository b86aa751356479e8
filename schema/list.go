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
// numbers of up to 64 bits with a sign, texts, times and UUIDs, of types with a codec of their own, and of pointers to
// them or their sql.Null types, whose elements may be NULL. It returns nil for another type. A slice that converts
// itself is none.
func listElem(t reflect.Type) reflect.Type {
	if t.Kind() != reflect.Slice || t == rawJSONType || t.Implements(jsonMarshaler) {
		return nil
	}
	e := t.Elem()
	if e.Kind() == reflect.Pointer && e.Elem().Kind() != reflect.Pointer || IsNullType(e) {
		if of := Unwrap(e); registered(e) == nil && !of.Implements(referrerType) && isElem(of) { // which may be NULL
			return e
		}
		return nil
	}
	if isElem(e) {
		return e
	}
	return nil
}

// isElem reports whether a type is that of elements of a list which are not NULL.
func isElem(e reflect.Type) bool {
	switch {
	case IsAnyValue(e):
		return false
	case registered(e) != nil, isUUID(e), e == timeType, IsInfinite(e):
		return true
	case e.Implements(textMarshaler), e.Implements(valuerType), reflect.PointerTo(e).Implements(scannerType):
		return false
	}
	switch e.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint16, reflect.Uint32:
		return true
	}
	return false
}

// setList makes the column a list whose elements are what the tag says of one.
func (c *Column) setList(elem reflect.Type, tg *tag) error {
	one := Column{Field: c.Field, Type: elem}
	if err := one.setKind(tg); err != nil {
		return err
	}
	c.Kind, c.Precision, c.Scale, c.Codec = one.Kind.List(), one.Precision, one.Scale, one.Codec
	c.Dims, c.SQLType = one.Dims+1, one.SQLType
	return nil
}

// isArray reports whether a type is a slice of lists, which the option array makes an array of several dimensions.
func isArray(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && (listElem(t.Elem()) != nil || isArray(t.Elem()))
}

// Elem returns a column like c, a list, that holds one element. Its rules are those of the elements.
func (c *Column) Elem() *Column {
	elem := Unwrap(c.Type).Elem()
	e := &Column{
		Name: c.Name, Field: c.Field, Type: elem, Kind: c.Kind.Elem(), Precision: c.Precision, Scale: c.Scale, Codec: c.Codec,
		Null:    elem.Kind() == reflect.Pointer || IsNullType(elem),
		SQLType: c.SQLType, Enum: c.Enum, Rules: Rules{Choices: c.Rules.Choices},
	}
	if c.Dims > 1 {
		e.Kind, e.Dims = c.Kind, c.Dims-1
	}
	return e
}

// NewList returns the list of n values of kind k that at gives. They may be NULL, or lists.
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
	case Any:
		return gather(k, n, at, func(v Value) Value { return v })
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
		if v.kind == Null || v.list {
			return gatherValues(k, ListValue(k, elems), i, v, at)
		}
		elems[i] = get(v)
	}
	return ListValue(k, elems), nil
}

// gatherValues makes a list of values, some of which are NULL or lists. The first n are in another list; next is behind
// them.
func gatherValues(k Kind, first Value, n int, next Value, at func(i int) (Value, error)) (Value, error) {
	elems := make([]Value, first.Len())
	for i := range n {
		elems[i] = first.At(i)
	}
	elems[n] = next
	for i := n + 1; i < len(elems); i++ {
		v, err := at(i)
		if err != nil {
			return Value{}, err
		}
		elems[i] = v
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
	case []Value:
		return list[i]
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

// closing returns where the list or object that a text of JSON begins with ends.
func closing(text string) int {
	depth := 0
	for i := 0; ; i++ {
		switch text[i] {
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// listElems returns the elements of a JSON list, as they are written. It is false for other JSON, and for a list of
// objects, which are elements of no kind.
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
		case '{':
			return nil, false
		case '[':
			end = closing(rest)
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
	case s == "null":
		return Value{}, nil
	case s[0] == '[':
		return ParseList(k, []byte(s))
	case quoted != !(k == Bool || k.Integer() || k == Float32 || k == Float64):
		return Value{}, errList
	case quoted:
		if plain := s[1 : len(s)-1]; strings.IndexByte(plain, '\\') < 0 && utf8.ValidString(plain) {
			s = plain // as most are; the list has been found to be JSON
		} else if json.Unmarshal([]byte(s), &s) != nil || !utf8.ValidString(s) {
			return Value{}, errList
		}
		switch k {
		case Time, Date:
			if sign := InfiniteText(s); sign != 0 {
				return Infinity(k, sign), nil
			}
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
