package scan

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

var (
	errNull = errors.New("the column is NULL, and the field's type does not allow that; make it a pointer or a sql.Null type, " +
		"or read a result by OrNull, or another value in its place by OrValue")
	errRange = errors.New("the number is outside the range of the field's type")
)

// newBase returns the codec of a Go type for the kind of its column.
func newBase(t reflect.Type, col *schema.Column) (base, error) {
	switch {
	case col.Codec != nil && !col.Kind.IsList():
		return col.Codec.Codec.(base), nil
	case col.Scanner:
		return scannerBase(t, col), nil
	case col.Range != schema.Null && schema.IsRange(t):
		return rangeBase(t, col), nil
	case col.TextCodec:
		return textCodecBase(t), nil
	case col.Kind.IsList():
		return listBase(t, col)
	}
	switch {
	case (col.Kind == schema.Time || col.Kind == schema.Date) && schema.IsInfinite(t):
		return infiniteBase(col.Kind), nil
	case col.Kind == schema.Any && schema.IsAnyValue(t):
		return anyBase, nil
	}
	switch k := t.Kind(); col.Kind { // a decoder for another type would write where it must not
	case schema.JSON:
		return jsonBase(t), nil
	case schema.Bool:
		if k == reflect.Bool {
			return boolBase, nil
		}
	case schema.Bytes:
		if k == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
			return bytesBase, nil
		}
	case schema.Time, schema.Date:
		if t.ConvertibleTo(reflect.TypeFor[time.Time]()) {
			return timeBase(col.Kind), nil
		}
	case schema.Clock:
		if k == reflect.Int64 {
			return clockBase, nil
		}
	case schema.UUID:
		if k == reflect.String {
			return uuidTextBase, nil
		}
		if k == reflect.Array && t.Size() == 16 {
			return uuidBase, nil
		}
	case schema.Decimal:
		if k == reflect.String {
			return decimalBase(col), nil
		}
	case schema.Text:
		if t == reflect.TypeFor[time.Duration]() {
			return spanBase, nil
		}
		if k == reflect.String {
			return textBase, nil
		}
	}
	switch t.Kind() {
	case reflect.Int8:
		return intBase[int8](col.Kind), nil
	case reflect.Int16:
		return intBase[int16](col.Kind), nil
	case reflect.Int32:
		return intBase[int32](col.Kind), nil
	case reflect.Int64:
		return intBase[int64](col.Kind), nil
	case reflect.Int:
		return intBase[int](col.Kind), nil
	case reflect.Uint8:
		return intBase[uint8](col.Kind), nil
	case reflect.Uint16:
		return intBase[uint16](col.Kind), nil
	case reflect.Uint32:
		return intBase[uint32](col.Kind), nil
	case reflect.Uint64, reflect.Uint:
		return uintBase(t.Size()), nil
	case reflect.Float32:
		return floatBase[float32](col.Kind), nil
	case reflect.Float64:
		return floatBase[float64](col.Kind), nil
	}
	return base{}, fmt.Errorf("the type %s has no codec for kind %s", t, col.Kind)
}

var boolBase = base{
	op: opBool,
	decode: func(r Row, i int, p unsafe.Pointer) error {
		b, err := r.Bool(i)
		*(*bool)(p) = b
		return err
	},
	encode: func(p unsafe.Pointer) (schema.Value, error) { return schema.BoolValue(*(*bool)(p)), nil },
}

// intBase is for the integers that fit an int64.
func intBase[V int8 | int16 | int32 | int64 | int | uint8 | uint16 | uint32](k schema.Kind) base {
	return base{
		op: intOp(reflect.TypeFor[V]()),
		decode: func(r Row, i int, p unsafe.Pointer) error {
			n, err := r.Int(i)
			if err != nil {
				return err
			}
			if int64(V(n)) != n {
				return errRange
			}
			*(*V)(p) = V(n)
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) { return schema.IntValue(k, int64(*(*V)(p))), nil },
	}
}

func intOp(t reflect.Type) op {
	switch t.Kind() {
	case reflect.Int8:
		return opInt8
	case reflect.Int16:
		return opInt16
	case reflect.Int32:
		return opInt32
	case reflect.Uint8:
		return opUint8
	case reflect.Uint16:
		return opUint16
	case reflect.Uint32:
		return opUint32
	}
	if t.Size() == 4 {
		return opInt32
	}
	return opInt64
}

// uintBase is for uint64, and for uint, which is as wide or half as wide.
func uintBase(size uintptr) base {
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			n, err := r.Uint(i)
			if err != nil {
				return err
			}
			if size == 4 {
				if n > math.MaxUint32 {
					return errRange
				}
				*(*uint32)(p) = uint32(n)
				return nil
			}
			*(*uint64)(p) = n
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			if size == 4 {
				return schema.UintValue(uint64(*(*uint32)(p))), nil
			}
			return schema.UintValue(*(*uint64)(p)), nil
		},
	}
}

func floatBase[V float32 | float64](k schema.Kind) base {
	o := opFloat64
	if unsafe.Sizeof(V(0)) == 4 {
		o = opFloat32
	}
	return base{
		op: o,
		decode: func(r Row, i int, p unsafe.Pointer) error {
			f, err := r.Float(i)
			if err != nil {
				return err
			}
			if math.IsInf(float64(V(f)), 0) && !math.IsInf(f, 0) {
				return errRange
			}
			*(*V)(p) = V(f)
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			f := float64(*(*V)(p))
			if f != f {
				// SQLite would store NULL; to give the same verdict everywhere it is refused everywhere.
				return schema.Value{}, errNaN
			}
			return schema.FloatValue(k, f), nil
		},
	}
}

var textBase = base{
	op: opText,
	decode: func(r Row, i int, p unsafe.Pointer) error {
		s, err := r.Text(i)
		*(*string)(p) = s
		return err
	},
	encode: func(p unsafe.Pointer) (schema.Value, error) { return encodeText(schema.Text, *(*string)(p)) },
}

// encodeText refuses what PostgreSQL cannot hold and SQLite would mangle.
func encodeText(k schema.Kind, s string) (schema.Value, error) {
	if err := checkText(s); err != nil {
		return schema.Value{}, err
	}
	return schema.TextValue(k, s), nil
}

func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return errors.New("a text cannot hold a NUL; use []byte")
	}
	if !utf8.ValidString(s) {
		return errors.New("a text must be valid UTF-8; use []byte")
	}
	return nil
}

var bytesBase = base{
	op: opBytes,
	decode: func(r Row, i int, p unsafe.Pointer) error {
		b, err := r.Bytes(i)
		*(*[]byte)(p) = append(make([]byte, 0, len(b)), b...)
		return err
	},
	encode: func(p unsafe.Pointer) (schema.Value, error) { return schema.BytesValue(*(*[]byte)(p)), nil },
	deep:   true,
}

func timeBase(k schema.Kind) base {
	o := opTime
	if k != schema.Time {
		o = viaCodec
	}
	return base{
		op: o,
		decode: func(r Row, i int, p unsafe.Pointer) error {
			t, err := r.Time(i)
			*(*time.Time)(p) = t
			return err
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			return schema.CheckedTime(k, *(*time.Time)(p))
		},
	}
}

// infiniteBase is for times that may be infinite.
func infiniteBase(k schema.Kind) base {
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			t, err := r.Time(i)
			sign := schema.InfiniteSign(err)
			if sign != 0 {
				t, err = time.Time{}, nil
			}
			*(*schema.Infinite)(p) = schema.Infinite{Time: t, Infinity: sign}
			return err
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			switch t := (*schema.Infinite)(p); {
			case t.Infinity != 0:
				return schema.Infinity(k, t.Infinity), nil
			default:
				return schema.CheckedTime(k, t.Time)
			}
		},
	}
}

// spanBase is for durations that are stored as intervals.
var spanBase = base{
	decode: func(r Row, i int, p unsafe.Pointer) error {
		s, err := r.Text(i)
		if err != nil {
			return err
		}
		months, days, micros, err := schema.ParseInterval(s)
		switch {
		case err != nil:
			return err
		case months != 0 || days != 0:
			return errors.New("the interval has months or days, which have no fixed length; make the field a prom.Interval")
		case micros > math.MaxInt64/1000 || micros < math.MinInt64/1000:
			return errRange
		}
		*(*time.Duration)(p) = time.Duration(micros) * time.Microsecond
		return nil
	},
	encode: func(p unsafe.Pointer) (schema.Value, error) {
		return schema.TextValue(schema.Text, schema.IntervalText(0, 0, (*(*time.Duration)(p)).Microseconds())), nil
	},
}

var clockBase = base{
	decode: func(r Row, i int, p unsafe.Pointer) error {
		d, err := r.Clock(i)
		*(*time.Duration)(p) = d
		return err
	},
	encode: func(p unsafe.Pointer) (schema.Value, error) {
		d := *(*time.Duration)(p)
		if d < 0 || d >= 24*time.Hour {
			return schema.Value{}, errors.New("a time of day is from 0 to less than 24 hours after midnight")
		}
		return schema.ClockValue(d), nil
	},
}

var uuidBase = base{
	op: opUUID,
	decode: func(r Row, i int, p unsafe.Pointer) error {
		s, err := r.Text(i)
		if err != nil {
			return err
		}
		u, err := uuid.Parse(s)
		if err != nil {
			return errNoUUID
		}
		*(*[16]byte)(p) = u
		return nil
	},
	encode: func(p unsafe.Pointer) (schema.Value, error) {
		return schema.TextValue(schema.UUID, uuid.UUID(*(*[16]byte)(p)).String()), nil
	},
}

var uuidTextBase = base{
	decode: textBase.decode,
	encode: func(p unsafe.Pointer) (schema.Value, error) {
		s := *(*string)(p)
		if s == "" {
			return schema.TextValue(schema.UUID, ""), nil
		}
		u, err := uuid.Parse(s)
		if err != nil {
			return schema.Value{}, errors.New("the text is not a UUID")
		}
		return schema.TextValue(schema.UUID, u.String()), nil
	},
}
