package postgres

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prom-go/prom/schema"
)

// CopyEncoder writes rows as COPY reads them: in the binary format when each column has a type whose binary form is
// known here, else in the text format, which every type has. It is not safe for concurrent use.
type CopyEncoder struct {
	w      wireArgs
	types  []uint32
	binary bool
}

// NewCopyEncoder returns an encoder for columns of these types, by their OIDs. Types of a database's own are encoded as
// texts: labels tells those that are enums, whose binary form is the label.
func NewCopyEncoder(types []uint32, labels []bool) *CopyEncoder {
	e := &CopyEncoder{types: types, binary: true}
	for i, oid := range types {
		if labels[i] {
			types[i] = pgtype.TextOID
		} else if !hasBinary(oid) {
			e.binary = false
		}
	}
	return e
}

// Format returns the format as the options of COPY name it.
func (e *CopyEncoder) Format() string {
	if e.binary {
		return "binary"
	}
	return "text"
}

// Begin appends what stands before the first row, and End what stands behind the last one.
func (e *CopyEncoder) Begin(dst []byte) []byte {
	if !e.binary {
		return dst
	}
	return append(dst, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
}

// End appends what stands behind the last row.
func (e *CopyEncoder) End(dst []byte) []byte {
	if !e.binary {
		return dst
	}
	return binary.BigEndian.AppendUint16(dst, 1<<16-1)
}

// ErrUnfit says that a value has no form in the type of its column.
var ErrUnfit = errors.New("the value does not fit the column's type")

// Append appends a row. The error, which names no value, comes with the number of its column.
func (e *CopyEncoder) Append(dst []byte, row []schema.Value) (to []byte, column int, err error) {
	if e.binary {
		e.w.buf = binary.BigEndian.AppendUint16(dst, uint16(len(row)))
		for i, v := range row {
			if !e.w.copyField(e.types[i], v) {
				return dst, i, ErrUnfit
			}
		}
		dst, e.w.buf = e.w.buf, nil
		return dst, 0, nil
	}
	for i, v := range row {
		if i > 0 {
			dst = append(dst, '\t')
		}
		switch {
		case v.IsNull() && !v.IsList():
			dst = append(dst, `\N`...)
		case v.Kind() == schema.Text && !v.IsList():
			dst = appendCopyText(dst, v.Text())
		default:
			dst = appendCopyText(dst, valueText(v))
		}
	}
	return append(dst, '\n'), 0, nil
}

// appendCopyText appends a value in the text format (PostgreSQL's manual, section "COPY", "Text Format").
func appendCopyText(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\':
			dst = append(dst, `\\`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// copyElems are the types of arrays that are encoded here, with those of their elements.
var copyElems = func() map[uint32]uint32 {
	m := map[uint32]uint32{
		pgtype.DateArrayOID: pgtype.DateOID, pgtype.TimeArrayOID: pgtype.TimeOID, pgtype.NumericArrayOID: pgtype.NumericOID,
		pgtype.VarcharArrayOID: pgtype.VarcharOID,
	}
	for array, elem := range arrayElems {
		m[array] = elem
	}
	return m
}()

func hasBinary(oid uint32) bool {
	switch oid {
	case pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.Float4OID, pgtype.Float8OID,
		pgtype.TextOID,
		pgtype.VarcharOID, pgtype.BPCharOID, pgtype.ByteaOID, pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID,
		pgtype.TimeOID, pgtype.UUIDOID, pgtype.JSONOID, pgtype.JSONBOID, pgtype.NumericOID:
		return true
	}
	return copyElems[oid] != 0
}

// day is how many microseconds a day has.
const day = 24 * 60 * 60 * 1e6

// copyField appends a value behind its length, in the binary form of any type of which hasBinary is true.
func (w *wireArgs) copyField(oid uint32, v schema.Value) bool {
	be := binary.BigEndian
	if v.IsNull() && !v.IsList() {
		w.buf = be.AppendUint32(w.buf, 1<<32-1)
		return true
	}
	at := len(w.buf)
	w.buf = be.AppendUint32(w.buf, 0)
	if !w.copied(oid, v) {
		return false
	}
	be.PutUint32(w.buf[at:], uint32(len(w.buf)-at-4))
	return true
}

func (w *wireArgs) copied(oid uint32, v schema.Value) bool {
	be := binary.BigEndian
	if v.IsList() {
		return w.copyArray(copyElems[oid], v)
	}
	k := v.Kind()
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID:
		if k == schema.Text || k == schema.UUID || k == schema.Decimal || k == schema.JSON {
			w.buf = append(w.buf, v.Text()...)
			return true
		}
	case pgtype.JSONOID, pgtype.JSONBOID:
		if k == schema.JSON || k == schema.Text {
			if oid == pgtype.JSONBOID {
				w.buf = append(w.buf, 1) // the version of its form
			}
			w.buf = append(w.buf, v.Text()...)
			return true
		}
	case pgtype.UUIDOID:
		if k == schema.UUID || k == schema.Text {
			u, err := uuid.Parse(v.Text())
			w.buf = append(w.buf, u[:]...)
			return err == nil
		}
	case pgtype.DateOID:
		if k == schema.Date || k == schema.Time {
			us := wireMicros(v.Int())
			switch text, _ := schema.InfiniteMicros(us); {
			case text != "":
				w.buf = be.AppendUint32(w.buf, map[bool]uint32{true: 0x7fffffff, false: 0x80000000}[us > 0])
			default:
				if us%day != 0 {
					return false
				}
				w.buf = be.AppendUint32(w.buf, uint32(int32(us/day)))
			}
			return true
		}
	case pgtype.TimestampOID, pgtype.TimestamptzOID:
		if k == schema.Date {
			w.buf = be.AppendUint64(w.buf, uint64(wireMicros(v.Int())))
			return true
		}
	case pgtype.TimeOID:
		if k == schema.Clock {
			w.buf = be.AppendUint64(w.buf, uint64(v.Clock().Microseconds()))
			return true
		}
	case pgtype.NumericOID:
		return w.numeric(numericOf(v))
	case pgtype.Int8OID:
		if k == schema.Uint64 && v.Uint() < 1<<63 {
			w.buf = be.AppendUint64(w.buf, v.Uint())
			return true
		}
	case pgtype.Float4OID:
		if f := v.Float(); (k == schema.Float32 || k == schema.Float64) && float64(float32(f)) != f && f == f {
			return false // it would lose digits
		}
	}
	return w.scalar(oid, v)
}

// numericOf returns the text of a number, "" for what is none.
func numericOf(v schema.Value) string {
	switch v.Kind() {
	case schema.Int16, schema.Int32, schema.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	case schema.Decimal, schema.Text:
		return v.Text()
	case schema.Float32, schema.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return ""
}

// numeric appends a decimal number in the binary form of NUMERIC; see numericText.
func (w *wireArgs) numeric(s string) bool {
	be := binary.BigEndian
	for sign, text := range notFinite {
		if s == text {
			w.buf = be.AppendUint16(be.AppendUint16(be.AppendUint16(be.AppendUint16(w.buf, 0), 0), sign), 0)
			return true
		}
	}
	digits, negative := strings.CutPrefix(strings.TrimPrefix(s, "+"), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" || len(fraction) > 0x3fff {
		return false
	}
	whole = strings.TrimLeft(whole, "0")
	// Groups of four digits, of which one begins at the point.
	whole = "0000"[:(4-len(whole)%4)%4] + whole
	all := whole + fraction + "0000"[:(4-len(fraction)%4)%4]
	weight := len(whole)/4 - 1
	for strings.HasPrefix(all, "0000") {
		all, weight = all[4:], weight-1
	}
	for strings.HasSuffix(all, "0000") {
		all = all[:len(all)-4]
	}
	sign := uint16(0)
	switch {
	case all == "":
		weight = 0
	case negative:
		sign = 0x4000
	}
	w.buf = be.AppendUint16(be.AppendUint16(w.buf, uint16(len(all)/4)), uint16(int16(weight)))
	w.buf = be.AppendUint16(be.AppendUint16(w.buf, sign), uint16(len(fraction)))
	for ; all != ""; all = all[4:] {
		n := uint16(all[0]-'0')*1000 + uint16(all[1]-'0')*100 + uint16(all[2]-'0')*10 + uint16(all[3]-'0')
		w.buf = be.AppendUint16(w.buf, n)
	}
	return true
}

// copyArray appends a list as an array of any number of dimensions, whose elements may be NULL; see wireArgs.list.
func (w *wireArgs) copyArray(elem uint32, v schema.Value) bool {
	be := binary.BigEndian
	var dims []int
	for at := v; at.IsList(); at = at.At(0) {
		if dims = append(dims, at.Len()); at.Len() == 0 {
			break
		}
	}
	if dims[len(dims)-1] == 0 {
		dims = nil // as the server writes each array without elements
	}
	w.buf = be.AppendUint32(be.AppendUint32(be.AppendUint32(w.buf, uint32(len(dims))), 1), elem)
	for _, n := range dims {
		w.buf = be.AppendUint32(be.AppendUint32(w.buf, uint32(n)), 1)
	}
	var all func(v schema.Value, dims []int) bool
	all = func(v schema.Value, dims []int) bool {
		if len(dims) == 0 {
			return !v.IsList() && w.copyField(elem, v)
		}
		if !v.IsList() || v.Len() != dims[0] {
			return false
		}
		for i := range v.Len() {
			if !all(v.At(i), dims[1:]) {
				return false
			}
		}
		return true
	}
	return dims == nil || all(v, dims)
}
