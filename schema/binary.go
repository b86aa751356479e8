package schema

import (
	"encoding/binary"
	"errors"
	"math"
)

// AppendBinary appends a value that is no list in a form that [ReadBinary] reads, for tokens that programs keep. Equal
// values have the same form.
func (v Value) AppendBinary(b []byte) []byte {
	b = append(b, byte(v.kind))
	switch v.kind {
	case Null:
	case Bool, Uint64:
		b = binary.AppendUvarint(b, v.num)
	case Int16, Int32, Int64, Time, Date, Clock:
		b = binary.AppendVarint(b, int64(v.num))
	case Float32, Float64:
		b = binary.BigEndian.AppendUint64(b, v.num)
	case Bytes:
		b = append(binary.AppendUvarint(b, uint64(len(v.Bytes()))), v.Bytes()...)
	default:
		b = append(binary.AppendUvarint(b, uint64(len(v.str))), v.str...)
	}
	return b
}

var errBinary = errors.New("the bytes are not an encoded value")

// ReadBinary reads a value that AppendBinary has written, and returns what follows it.
func ReadBinary(b []byte) (v Value, rest []byte, err error) {
	if len(b) == 0 {
		return v, nil, errBinary
	}
	v.kind, b = Kind(b[0]), b[1:]
	n := 0
	switch v.kind {
	case Null:
		return v, b, nil
	case Int16, Int32, Int64, Time, Date, Clock:
		var num int64
		num, n = binary.Varint(b)
		v.num = uint64(num)
	case Float32, Float64:
		if len(b) < 8 {
			return Value{}, nil, errBinary
		}
		v.num, n = binary.BigEndian.Uint64(b), 8
		if math.IsNaN(v.Float()) {
			return Value{}, nil, errBinary
		}
	case Bool, Uint64:
		v.num, n = binary.Uvarint(b)
	case Bytes, Text, Decimal, UUID, JSON:
		var size uint64
		if size, n = binary.Uvarint(b); n <= 0 || size > uint64(len(b)-n) {
			return Value{}, nil, errBinary
		}
		at := n
		n += int(size)
		if v.kind == Bytes {
			v.ref = append([]byte{}, b[at:n]...)
		} else {
			v.str = string(b[at:n])
		}
	}
	if n <= 0 || v.kind == Bool && v.num > 1 {
		return Value{}, nil, errBinary
	}
	return v, b[n:], nil
}
