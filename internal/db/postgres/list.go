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
	errListNull  = errors.New("the list contains NULL, and its elements cannot be NULL")
	errListDims  = errors.New("the array has several dimensions, and a list has one")
	errListWire  = errors.New("the server sent an array that does not have the form of its type")
	errListStart = errors.New("the lower bound of the array is not 1, as a list needs")
)

// List reads an array of one dimension. A column that holds JSON, as one that was made for an earlier form of the model
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
	var err error
	elem, ok := listElem(oid)
	if !ok {
		return schema.Value{}, r.wrongType(i, "a list")
	}
	if r.binary(i) {
		elem, elems, err = binaryArray(raw)
	} else {
		elems, err = textArray(string(raw), delimiter(oid))
	}
	if err != nil {
		return schema.Value{}, err
	}
	one := pgRows{fields: []pgconn.FieldDescription{{DataTypeOID: elem, Format: r.fields[i].Format}},
		raw: make([][]byte, 1)}
	return schema.NewList(k, len(elems), func(j int) (schema.Value, error) {
		if elems[j] == nil {
			return schema.Value{}, errListNull
		}
		one.raw[0] = elems[j]
		return one.value(k)
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

// binaryArray returns the type of an array's elements and the elements, nil for NULL; see wireArgs.list for the form.
func binaryArray(b []byte) (elem uint32, elems [][]byte, err error) {
	be := binary.BigEndian
	if len(b) < 12 {
		return 0, nil, errListWire
	}
	dims, elem := be.Uint32(b), be.Uint32(b[8:])
	switch {
	case dims == 0:
		return elem, nil, nil
	case dims > 1:
		return 0, nil, errListDims
	case len(b) < 20:
		return 0, nil, errListWire
	case be.Uint32(b[16:]) != 1:
		return 0, nil, errListStart
	}
	n := be.Uint32(b[12:])
	if b = b[20:]; uint64(n) > uint64(len(b)/4) { // before there is room for so many
		return 0, nil, errListWire
	}
	elems = make([][]byte, n)
	for i := range elems {
		if len(b) < 4 {
			return 0, nil, errListWire
		}
		size := int(int32(be.Uint32(b)))
		if b = b[4:]; size > len(b) || size < -1 {
			return 0, nil, errListWire
		}
		if size >= 0 {
			elems[i], b = b[:size:size], b[size:]
		}
	}
	if len(b) > 0 {
		return 0, nil, errListWire
	}
	return elem, elems, nil
}

// delimiter returns what stands between the elements of an array: a comma, but for boxes.
func delimiter(array uint32) byte {
	if array == pgtype.BoxArrayOID {
		return ';'
	}
	return ','
}

// textArray returns the elements of an array in text form, nil for NULL (PostgreSQL's manual, section "Array Input and
// Output Syntax").
func textArray(s string, between byte) ([][]byte, error) {
	if strings.HasPrefix(s, "[") {
		return nil, errListStart
	}
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' {
		return nil, errListWire
	}
	body := s[1 : len(s)-1]
	var elems [][]byte
	for body != "" {
		var elem []byte
		switch body[0] {
		case '{':
			return nil, errListDims
		case '"':
			end := 1
			elem = []byte{}
			for ; end < len(body) && body[end] != '"'; end++ {
				if body[end] == '\\' {
					end++
				}
				if end < len(body) {
					elem = append(elem, body[end])
				}
			}
			if end >= len(body) {
				return nil, errListWire
			}
			body = body[end+1:]
		default:
			end := strings.IndexByte(body, between)
			if end < 0 {
				end = len(body)
			}
			if body[:end] != "NULL" {
				elem = []byte(body[:end])
			}
			body = body[end:]
		}
		elems = append(elems, elem)
		if body == "" {
			break
		}
		if body[0] != between || len(body) == 1 {
			return nil, errListWire
		}
		body = body[1:]
	}
	return elems, nil
}
