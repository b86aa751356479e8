package scan

import (
	"reflect"
	"time"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// op says how a column is decoded straight from an engine's own form of a row. Go types that look the same in memory
// share one.
type op uint8

const (
	viaCodec op = iota // by the column's codec, through Row
	opBool
	opInt8
	opInt16
	opInt32
	opInt64
	opUint8
	opUint16
	opUint32
	opFloat32
	opFloat64
	opText
	opBytes
	opTime
	opUUID // of 16 bytes
)

// nullForm is what a field that may be NULL is.
type nullForm uint8

const (
	notNull nullForm = iota
	nullPointer
	nullStruct // a database/sql Null type
)

// step decodes one column into its place in the struct.
type step struct {
	op     op
	null   nullForm
	offset uintptr
	valid  uintptr      // of the Valid of a nullStruct, from its start
	elem   reflect.Type // what a nullPointer points to; the type of a nullStruct
	ref    bool         // a nullPointer that points to a reference
	codec  *Codec
}

// newSteps returns the steps of a model's columns, in their order, for rows of the types that the library itself gives
// them.
func newSteps(codecs []*Codec) []step {
	steps := make([]step, len(codecs))
	for i, c := range codecs {
		s := step{op: c.base.op, null: c.null, offset: c.column.Offset, codec: c}
		switch t := c.column.Type; {
		case c.null == nullPointer:
			s.elem, s.ref = t.Elem(), c.column.References != nil
		case c.null == nullStruct:
			if s.elem, s.valid = t, t.Field(1).Offset; s.valid >= t.Size() {
				s.op = viaCodec
			}
		case c.column.Null:
			s.op = viaCodec // a Scanner, say, that has its own way with NULL
		}
		steps[i] = s
	}
	return steps
}

// setNull makes the field at p NULL.
func (s *step) setNull(p unsafe.Pointer) error {
	switch s.null {
	case nullPointer:
		*(*unsafe.Pointer)(p) = nil
		return nil
	case nullStruct:
		reflect.NewAt(s.elem, p).Elem().SetZero()
		return nil
	}
	return errNull
}

// target returns where the value of a field at p goes, which is not NULL.
func (s *step) target(p unsafe.Pointer) unsafe.Pointer {
	switch s.null {
	case nullPointer:
		to := newTarget(s.elem, *(*unsafe.Pointer)(p), s.ref)
		*(*unsafe.Pointer)(p) = to
		return to
	case nullStruct:
		*(*bool)(unsafe.Add(p, s.valid)) = true
	}
	return p
}

// newTarget returns a new value for a pointer: writing through the old one would change what the caller shares with
// others. A new reference begins as the old one, since that may hold the row that it refers to; it is the key that says
// whether it still does.
func newTarget(elem reflect.Type, old unsafe.Pointer, ref bool) unsafe.Pointer {
	to := reflect.New(elem)
	if ref && old != nil {
		to.Elem().Set(reflect.NewAt(elem, old).Elem())
	}
	return to.UnsafePointer()
}

// encode encodes the field at p.
func (s *step) encode(value *schema.Value, p unsafe.Pointer) (err error) {
	if s.null == notNull {
		switch s.op {
		case opInt64:
			*value = schema.IntValue(s.codec.column.Kind, *(*int64)(p))
			return nil
		case opInt32:
			*value = schema.IntValue(s.codec.column.Kind, int64(*(*int32)(p)))
			return nil
		case opBool:
			*value = schema.BoolValue(*(*bool)(p))
			return nil
		case opText:
			text := *(*string)(p)
			if err := checkText(text); err != nil {
				return err
			}
			*value = schema.TextValue(schema.Text, text)
			return nil
		}
	}
	*value, err = s.codec.encode(p)
	return err
}

// stored makes the field at p what reading back the value that was made of it would.
func (s *step) stored(value schema.Value, p unsafe.Pointer) error {
	if value.IsNull() && s.null == nullStruct {
		return s.setNull(p) // which may hold a value that is not valid
	}
	switch s.op {
	case opBool, opInt8, opInt16, opInt32, opInt64, opUint8, opUint16, opUint32, opText, opUUID:
		return nil // it is that already
	case opTime:
		if s.null == notNull {
			*(*time.Time)(p) = value.Time()
			return nil
		}
	case opFloat64:
		if s.null == notNull {
			*(*float64)(p) = value.Float()
			return nil
		}
	}
	return s.codec.decode(valueRow{value}, 0, p)
}

// fail says which column an error is about.
func (s *step) fail(err error) error {
	return &ColumnError{Field: s.codec.column.Field, Column: s.codec.column.Name, Err: err}
}

// setInt stores n in an integer of the op's size, if it fits.
func setInt(o op, p unsafe.Pointer, n int64) error {
	switch o {
	case opInt64:
		*(*int64)(p) = n
		return nil
	case opInt32:
		*(*int32)(p) = int32(n)
		return fits(n == int64(int32(n)))
	case opInt16:
		*(*int16)(p) = int16(n)
		return fits(n == int64(int16(n)))
	case opInt8:
		*(*int8)(p) = int8(n)
		return fits(n == int64(int8(n)))
	case opUint8:
		*(*uint8)(p) = uint8(n)
		return fits(n == int64(uint8(n)))
	case opUint16:
		*(*uint16)(p) = uint16(n)
		return fits(n == int64(uint16(n)))
	default:
		*(*uint32)(p) = uint32(n)
		return fits(n == int64(uint32(n)))
	}
}

func fits(ok bool) error {
	if !ok {
		return errRange
	}
	return nil
}
