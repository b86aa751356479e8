package scan

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"time"
	"unsafe"
)

// WireRow is a row as PostgreSQL sends it.
type WireRow interface {
	Row
	// Wire returns the values of the current row as they were sent, nil for NULL. They are valid until the next row.
	Wire() [][]byte
	// WireType returns the OID of a column's type, and whether its values are in the binary format.
	WireType(i int) (oid uint32, binary bool)
}

// The OIDs of types whose binary form is decoded here (src/include/catalog/pg_type.dat of PostgreSQL).
const (
	oidBool        = 16
	oidBytea       = 17
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidFloat4      = 700
	oidFloat8      = 701
	oidVarchar     = 1043
	oidTimestamp   = 1114
	oidTimestampTZ = 1184
	oidUUID        = 2950
)

// wireOp reports whether an op decodes values of a type.
func wireOp(o op, oid uint32, binary bool) bool {
	switch o {
	case opText:
		return oid == oidText || oid == oidVarchar // the same in both formats
	case opBool:
		return binary && oid == oidBool
	case opInt8, opInt16, opInt32, opInt64, opUint8, opUint16, opUint32:
		return binary && (oid == oidInt8 || oid == oidInt4 || oid == oidInt2)
	case opFloat32, opFloat64:
		return binary && (oid == oidFloat8 || oid == oidFloat4)
	case opBytes:
		return binary && oid == oidBytea
	case opTime:
		return binary && (oid == oidTimestampTZ || oid == oidTimestamp)
	case opUUID:
		return binary && oid == oidUUID
	}
	return false
}

// wireSteps returns the steps for a result: those of the plan, but the codec's way for columns that are of another
// type. A result without all columns has none.
func (p *Plan) wireSteps(r WireRow) []step {
	if len(r.Wire()) < len(p.steps) {
		return nil
	}
	steps := p.steps
	for i := range steps {
		if steps[i].op == viaCodec {
			continue
		}
		if oid, binary := r.WireType(i); !wireOp(steps[i].op, oid, binary) {
			if &steps[0] == &p.steps[0] {
				steps = slices.Clone(steps)
			}
			steps[i].op = viaCodec
		}
	}
	return steps
}

// decodeWire decodes the current row into the struct at to.
func (p *Plan) decodeWire(steps []step, r WireRow, to unsafe.Pointer, a *arena) error {
	raw := r.Wire()
	if len(steps) < len(p.steps) || len(raw) < len(steps) {
		return errColumns
	}
	need := 0
	for _, i := range p.texts {
		if b := raw[i]; len(b) <= longText && !steps[i].holds(to, b) {
			need += len(b)
		}
	}
	a.reserve(need)
	for i := range steps {
		s, b := &steps[i], raw[i]
		at := unsafe.Add(to, s.offset)
		switch {
		case s.op == viaCodec:
			if err := s.codec.decode(r, i, at); err != nil {
				return s.fail(err)
			}
			continue
		case b == nil:
			if err := s.setNull(at); err != nil {
				return s.fail(err)
			}
			continue
		case s.null != notNull:
			at = s.target(at)
		}
		var err error
		switch s.op {
		case opText:
			a.set((*string)(at), b)
		case opTime:
			var us int64
			if len(b) != 8 {
				err = errWire
				break
			}
			if us, err = wireInt(b); us == math.MaxInt64 || us == math.MinInt64 {
				err = s.codec.decode(r, i, unsafe.Add(to, s.offset)) // the infinities, which it refuses
				break
			}
			*(*time.Time)(at) = time.Unix(us/1e6+wireEpoch, us%1e6*1e3).UTC()
		case opInt64:
			*(*int64)(at), err = wireInt(b)
		case opBool:
			if len(b) != 1 {
				err = errWire
				break
			}
			*(*bool)(at) = b[0] != 0
		case opFloat64:
			*(*float64)(at), err = wireFloat(b)
		case opFloat32:
			var f float64
			f, err = wireFloat(b)
			*(*float32)(at) = float32(f)
			if err == nil && math.IsInf(float64(float32(f)), 0) && !math.IsInf(f, 0) {
				err = errRange
			}
		case opBytes:
			*(*[]byte)(at) = append(make([]byte, 0, len(b)), b...)
		case opUUID:
			if len(b) != 16 {
				err = errWire
				break
			}
			*(*[16]byte)(at) = [16]byte(b)
		default:
			var n int64
			if n, err = wireInt(b); err == nil {
				err = setInt(s.op, at, n)
			}
		}
		if err != nil {
			return s.fail(err)
		}
	}
	return nil
}

// holds reports whether the text of the struct at to is b already.
func (s *step) holds(to unsafe.Pointer, b []byte) bool {
	return s.null == notNull && *(*string)(unsafe.Add(to, s.offset)) == string(b)
}

// wireEpoch is midnight of 1 January 2000 UTC, from which PostgreSQL counts, in seconds of Unix time.
const wireEpoch = 946684800

var errColumns = errors.New("the server sent a row without all columns of the statement")

var errWire = errors.New("the server sent a value with the wrong length for its type")

func wireInt(b []byte) (int64, error) {
	switch len(b) {
	case 8:
		return int64(binary.BigEndian.Uint64(b)), nil
	case 4:
		return int64(int32(binary.BigEndian.Uint32(b))), nil
	case 2:
		return int64(int16(binary.BigEndian.Uint16(b))), nil
	}
	return 0, errWire
}

func wireFloat(b []byte) (float64, error) {
	switch len(b) {
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b))), nil
	}
	return 0, errWire
}
