package postgres

import (
	"encoding/binary"
	"math"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// wireArgs holds the arguments of one statement in the form of the protocol. It belongs to a connection and is used
// again.
type wireArgs struct {
	values  [][]byte
	formats []int16
	buf     []byte
	types   *pgtype.Map // for [wireArgs.other]; not the connection's, in which the program may have types of its own
}

// maxKeptBuffer is how much of a buffer a connection keeps for its next statement.
const maxKeptBuffer = 64 << 10

func (w *wireArgs) reset() {
	if w.buf == nil || cap(w.buf) > maxKeptBuffer {
		w.buf = make([]byte, 0, 512) // never nil: a slice of it that is empty is an empty value, and nil is NULL
	}
	clear(w.values) // which may hold what was too large to keep
	w.values, w.formats, w.buf = w.values[:0], w.formats[:0], w.buf[:0]
}

// add appends the arguments of a statement whose parameters have the given types. What is encoded here are the values
// of each kind for the types that this library's columns have; the rest goes through pgx's type map.
func (w *wireArgs) add(oids []uint32, vs []schema.Value) error {
	if len(oids) != len(vs) {
		return driver.Unsent(&driver.Error{Kind: driver.KindType,
			Detail: "the number of parameters and the number of arguments differ"})
	}
	for i, v := range vs {
		from := len(w.buf)
		format := int16(pgtype.BinaryFormatCode)
		switch {
		case v.IsNull() && !v.IsList():
			w.values, w.formats = append(w.values, nil), append(w.formats, format)
			continue
		case v.IsList() && w.list(oids[i], v), !v.IsList() && w.scalar(oids[i], v):
		case !v.IsList() && textual(v.Kind()):
			// The text format is the same for every type: the server parses it.
			format = pgtype.TextFormatCode
			w.buf = append(w.buf, v.Text()...)
		default:
			var err error
			if format, err = w.other(oids[i], pgxArg(v)); err != nil {
				return err
			}
		}
		w.values = append(w.values, w.buf[from:len(w.buf):len(w.buf)])
		w.formats = append(w.formats, format)
	}
	return nil
}

func textual(k schema.Kind) bool {
	switch k {
	case schema.Text, schema.Decimal, schema.UUID, schema.JSON:
		return true
	}
	return false
}

// scalar appends a value in the binary form of a type, if it knows it and the value fits.
func (w *wireArgs) scalar(oid uint32, v schema.Value) bool {
	be := binary.BigEndian
	switch v.Kind() {
	case schema.Int16, schema.Int32, schema.Int64:
		n := v.Int()
		switch {
		case oid == pgtype.Int8OID:
			w.buf = be.AppendUint64(w.buf, uint64(n))
		case oid == pgtype.Int4OID && n == int64(int32(n)):
			w.buf = be.AppendUint32(w.buf, uint32(n))
		case oid == pgtype.Int2OID && n == int64(int16(n)):
			w.buf = be.AppendUint16(w.buf, uint16(n))
		default:
			return false
		}
		return true
	case schema.Bool:
		if oid != pgtype.BoolOID {
			return false
		}
		b := byte(0)
		if v.Bool() {
			b = 1
		}
		w.buf = append(w.buf, b)
		return true
	case schema.Float32, schema.Float64:
		switch oid {
		case pgtype.Float8OID:
			w.buf = be.AppendUint64(w.buf, math.Float64bits(v.Float()))
		case pgtype.Float4OID:
			w.buf = be.AppendUint32(w.buf, math.Float32bits(float32(v.Float())))
		default:
			return false
		}
		return true
	case schema.Bytes:
		if oid != pgtype.ByteaOID {
			return false
		}
		w.buf = append(w.buf, v.Bytes()...)
		return true
	case schema.Time:
		if oid != pgtype.TimestamptzOID && oid != pgtype.TimestampOID {
			return false
		}
		w.buf = be.AppendUint64(w.buf, uint64(wireMicros(v.Int())))
		return true
	}
	return false
}

// wireMicros returns the microseconds of a time as PostgreSQL counts them. Infinities are the same on both sides.
func wireMicros(us int64) int64 {
	if _, ok := schema.InfiniteMicros(us); ok {
		return us
	}
	return us - epoch*1e6
}

// list appends a list as a binary array of one dimension: the number of dimensions, a flag for NULLs, the elements'
// type, their number, the lower bound, and each element behind its length (array_recv in
// src/backend/utils/adt/arrayfuncs.c of PostgreSQL).
func (w *wireArgs) list(oid uint32, v schema.Value) bool {
	be := binary.BigEndian
	head := func(elem uint32, n int) {
		if n == 0 {
			w.buf = be.AppendUint32(be.AppendUint32(be.AppendUint32(w.buf, 0), 0), elem)
			return
		}
		for _, x := range [...]uint32{1, 0, elem, uint32(n), 1} {
			w.buf = be.AppendUint32(w.buf, x)
		}
	}
	switch oid {
	case pgtype.Int4ArrayOID, pgtype.Int2ArrayOID, pgtype.Float4ArrayOID, pgtype.UUIDArrayOID:
		from, elem := len(w.buf), arrayElems[oid]
		head(elem, v.Len())
		for i := range v.Len() {
			if !w.field(elem, v.At(i)) {
				w.buf = w.buf[:from]
				return false
			}
		}
		return true
	}
	switch list := v.List().(type) {
	case []schema.Value: // some of which are NULL
		elem, ok := arrayElems[oid]
		if !ok {
			return false
		}
		from := len(w.buf)
		for _, x := range [...]uint32{1, 1, elem, uint32(len(list)), 1} {
			w.buf = be.AppendUint32(w.buf, x)
		}
		for _, e := range list {
			if !w.field(elem, e) {
				w.buf = w.buf[:from]
				return false
			}
		}
	case []int64:
		switch {
		case oid == pgtype.Int8ArrayOID && v.Kind().Integer():
			head(pgtype.Int8OID, len(list))
			for _, n := range list {
				w.buf = be.AppendUint64(be.AppendUint32(w.buf, 8), uint64(n))
			}
		case (oid == pgtype.TimestamptzArrayOID || oid == pgtype.TimestampArrayOID) && v.Kind() == schema.Time:
			head(arrayElems[oid], len(list))
			for _, us := range list {
				w.buf = be.AppendUint64(be.AppendUint32(w.buf, 8), uint64(wireMicros(us)))
			}
		default:
			return false
		}
	case []string:
		if oid != pgtype.TextArrayOID {
			return false
		}
		head(pgtype.TextOID, len(list))
		for _, s := range list {
			w.buf = append(be.AppendUint32(w.buf, uint32(len(s))), s...)
		}
	case [][]byte:
		if oid != pgtype.ByteaArrayOID {
			return false
		}
		head(pgtype.ByteaOID, len(list))
		for _, b := range list {
			w.buf = append(be.AppendUint32(w.buf, uint32(len(b))), b...)
		}
	case []float64:
		if oid != pgtype.Float8ArrayOID {
			return false
		}
		head(pgtype.Float8OID, len(list))
		for _, f := range list {
			w.buf = be.AppendUint64(be.AppendUint32(w.buf, 8), math.Float64bits(f))
		}
	case []bool:
		if oid != pgtype.BoolArrayOID {
			return false
		}
		head(pgtype.BoolOID, len(list))
		for _, b := range list {
			x := byte(0)
			if b {
				x = 1
			}
			w.buf = append(be.AppendUint32(w.buf, 1), x)
		}
	default:
		return false
	}
	return true
}

// other appends an argument as pgx would send it: a text as it is, anything else in the format that its type prefers.
func (w *wireArgs) other(oid uint32, arg any) (format int16, err error) {
	if s, ok := arg.(string); ok {
		w.buf = append(w.buf, s...)
		return pgtype.TextFormatCode, nil
	}
	if w.types == nil {
		w.types = pgtype.NewMap()
	}
	format = formatOf(oid)
	for _, f := range [...]int16{format, 1 - format} {
		if buf, err := w.types.Encode(oid, f, arg, w.buf); err == nil && buf != nil {
			w.buf = buf
			return f, nil
		}
	}
	return 0, driver.Unsent(&driver.Error{Kind: driver.KindType,
		Detail: "an argument does not fit the type of its parameter"})
}
