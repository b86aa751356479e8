package postgres

import (
	"encoding/binary"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prom-go/prom/schema"
)

var (
	errListWire  = errors.New("the server sent an array that does not have the form of its type")
	errListStart = errors.New("the lower bound of the array is not 1, as a list needs")
)

// List reads an array, one of several dimensions as a list of lists. A column that holds JSON, as one that was made for an earlier form of the model
// does, is read as well.
func (r *pgRows) List(i int, k schema.Kind) (schema.Value, error) {
	if r.short(i) {
		return schema.Value{}, errColumns
	}
	raw, oid := r.raw[i], r.fields[i].DataTypeOID
	if raw == nil {
		return schema.Value{}, errNull
	}
	if oid == pgtype.JSONBOID || oid == pgtype.JSONOID {
		text, err := r.Bytes(i)
		if err != nil {
			return schema.Value{}, err
		}
		return schema.ParseList(k, text)
	}
	var elems [][]byte
	var dims []int
	var err error
	elem, ok := listElem(oid)
	if !ok {
		return schema.Value{}, r.wrongType(i, "a list")
	}
	if r.binary(i) {
		elem, dims, elems, err = binaryArray(raw)
	} else {
		dims, elems, err = textArray(string(raw), delimiter(oid))
	}
	if err != nil {
		return schema.Value{}, err
	}
	one := pgRows{fields: []pgconn.FieldDescription{{DataTypeOID: elem, Format: r.fields[i].Format}},
		raw: make([][]byte, 1)}
	return listOf(k, dims, elems, func(raw []byte) (schema.Value, error) {
		if raw == nil {
			return schema.Value{}, nil
		}
		one.raw[0] = raw
		return one.value(k)
	})
}

// listOf returns the list of an array with the given dimensions, whose elements come in the order of the last one.
func listOf(k schema.Kind, dims []int, elems [][]byte, value func(raw []byte) (schema.Value, error)) (schema.Value, error) {
	if len(dims) < 2 {
		return schema.NewList(k, len(elems), func(i int) (schema.Value, error) { return value(elems[i]) })
	}
	size := len(elems) / dims[0]
	return schema.NewList(k, dims[0], func(i int) (schema.Value, error) {
		return listOf(k, dims[1:], elems[i*size:(i+1)*size], value)
	})
}

// value reads the first column as a value of kind k.
func (r *pgRows) value(k schema.Kind) (schema.Value, error) {
	switch k {
	case schema.Bool:
		b, err := r.Bool(0)
		return schema.BoolValue(b), err
	case schema.Int16, schema.Int32, schema.Int64:
		n, err := r.Int(0)
		return schema.IntValue(k, n), err
	case schema.Float32, schema.Float64:
		f, err := r.Float(0)
		return schema.FloatValue(k, f), err
	case schema.Time, schema.Date:
		t, err := r.Time(0)
		if sign := schema.InfiniteSign(err); sign != 0 {
			return schema.Infinity(k, sign), nil
		}
		return schema.TimeValue(k, t), err
	case schema.Clock:
		d, err := r.Clock(0)
		return schema.ClockValue(d), err
	case schema.Bytes:
		b, err := r.Bytes(0)
		return schema.BytesValue(append([]byte{}, b...)), err
	}
	s, err := r.Text(0)
	return schema.TextValue(k, s), err
}

// maxDims is the most dimensions of an array (MAXDIM in src/include/utils/array.h of PostgreSQL).
const maxDims = 6

// binaryArray returns the type of an array's elements, its dimensions, none if it is empty, and the elements, nil for
// NULL; see wireArgs.list for the form.
func binaryArray(b []byte) (elem uint32, dims []int, elems [][]byte, err error) {
	be := binary.BigEndian
	if len(b) < 12 {
		return 0, nil, nil, errListWire
	}
	count, elem := be.Uint32(b), be.Uint32(b[8:])
	if b = b[12:]; count > maxDims || len(b) < 8*int(count) {
		return 0, nil, nil, errListWire
	}
	n := uint64(min(count, 1))
	for range count {
		if be.Uint32(b[4:]) != 1 {
			return 0, nil, nil, errListStart
		}
		size := be.Uint32(b)
		dims, b = append(dims, int(size)), b[8:]
		if n *= uint64(size); n == 0 || n > uint64(len(b)/4) { // before there is room for so many
			return 0, nil, nil, errListWire
		}
	}
	elems = make([][]byte, n)
	for i := range elems {
		if len(b) < 4 {
			return 0, nil, nil, errListWire
		}
		size := int(int32(be.Uint32(b)))
		if b = b[4:]; size > len(b) || size < -1 {
			return 0, nil, nil, errListWire
		}
		if size >= 0 {
			elems[i], b = b[:size:size], b[size:]
		}
	}
	if len(b) > 0 {
		return 0, nil, nil, errListWire
	}
	return elem, dims, elems, nil
}

// delimiter returns what stands between the elements of an array: a comma, but for boxes.
func delimiter(array uint32) byte {
	if array == pgtype.BoxArrayOID {
		return ';'
	}
	return ','
}

// textArray returns the dimensions and the elements of an array in text form, nil for NULL (PostgreSQL's manual,
// section "Array Input and Output Syntax").
func textArray(s string, between byte) (dims []int, elems [][]byte, err error) {
	if strings.HasPrefix(s, "[") {
		return nil, nil, errListStart
	}
	p := arrayParser{rest: s, between: between}
	if !p.array(0) || p.rest != "" {
		return nil, nil, errListWire
	}
	if len(p.elems) == 0 {
		return nil, nil, nil
	}
	return p.dims, p.elems, nil
}

// arrayParser reads an array in text form.
type arrayParser struct {
	rest    string
	between byte  // the elements
	dims    []int // the number of elements in each dimension, of the first array of it
	elems   [][]byte
}

// array reads an array of the given depth, and reports whether it has the form of one.
func (p *arrayParser) array(depth int) bool {
	if depth == maxDims || !strings.HasPrefix(p.rest, "{") {
		return false
	}
	p.rest = p.rest[1:]
	first := depth == len(p.dims)
	if first {
		p.dims = append(p.dims, 0)
	}
	if strings.HasPrefix(p.rest, "}") {
		p.rest = p.rest[1:]
		return depth == 0
	}
	for n := 1; p.element(depth) && p.rest != ""; n++ {
		end := p.rest[0]
		p.rest = p.rest[1:]
		switch end {
		case p.between:
		case '}':
			if first {
				p.dims[depth] = n
			}
			return p.dims[depth] == n
		default:
			return false
		}
	}
	return false
}

// element reads an element of an array of the given depth.
func (p *arrayParser) element(depth int) bool {
	if strings.HasPrefix(p.rest, "{") {
		return (depth+1 < len(p.dims) || len(p.elems) == 0) && p.array(depth+1)
	}
	if depth+1 != len(p.dims) {
		return false
	}
	if strings.HasPrefix(p.rest, `"`) {
		elem, end := []byte{}, 1
		for ; end < len(p.rest) && p.rest[end] != '"'; end++ {
			if p.rest[end] == '\\' {
				end++
			}
			if end < len(p.rest) {
				elem = append(elem, p.rest[end])
			}
		}
		if end >= len(p.rest) {
			return false
		}
		p.elems, p.rest = append(p.elems, elem), p.rest[end+1:]
		return true
	}
	end := strings.IndexAny(p.rest, string(p.between)+"}")
	if end < 1 {
		return false
	}
	var elem []byte
	if p.rest[:end] != "NULL" {
		elem = []byte(p.rest[:end])
	}
	p.elems, p.rest = append(p.elems, elem), p.rest[end:]
	return true
}
