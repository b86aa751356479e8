package scan

import (
	"math"
	"unsafe"

	"github.com/prom-go/prom/internal/sqlite3"
)

// LiteRow is a row of SQLite, which is read where it lies.
type LiteRow interface {
	Row
	// Stmt returns the statement whose current row it is.
	Stmt() *sqlite3.Stmt
}

// decodeLite decodes the current row into the struct at to. A value that is not of the class that the library itself
// stores goes the codec's way, which knows what else is understood, and how to refuse the rest.
func (p *Plan) decodeLite(r LiteRow, row []sqlite3.Cell, to unsafe.Pointer, a *arena) error {
	need := 0
	for _, i := range p.texts {
		if b, ok := row[i].Bytes(); ok && len(b) <= longText && !p.steps[i].holds(to, b) {
			need += len(b)
		}
	}
	a.reserve(need)
	for i := range p.steps {
		s, c := &p.steps[i], &row[i]
		at := unsafe.Add(to, s.offset)
		if s.op != viaCodec && c.Type() == sqlite3.Null {
			if err := s.setNull(at); err != nil {
				return s.fail(err)
			}
			continue
		}
		if !liteOp(s.op, c) {
			if err := s.codec.decode(r, i, at); err != nil {
				return s.fail(err)
			}
			continue
		}
		if s.null != notNull {
			at = s.target(at)
		}
		var err error
		switch s.op {
		case opText:
			b, _ := c.Bytes()
			a.set((*string)(at), b)
		case opInt64:
			*(*int64)(at) = c.Int64()
		case opBool:
			n := c.Int64()
			*(*bool)(at) = n == 1
			if n != 0 && n != 1 {
				err = s.codec.decode(r, i, unsafe.Add(to, s.offset))
			}
		case opFloat64:
			*(*float64)(at) = c.Float64()
		case opFloat32:
			f := c.Float64()
			*(*float32)(at) = float32(f)
			if math.IsInf(float64(float32(f)), 0) && !math.IsInf(f, 0) {
				err = errRange
			}
		case opBytes:
			b, _ := c.Bytes()
			*(*[]byte)(at) = append(make([]byte, 0, len(b)), b...)
		default:
			err = setInt(s.op, at, c.Int64())
		}
		if err != nil {
			return s.fail(err)
		}
	}
	return nil
}

// liteOp reports whether an op decodes a cell.
func liteOp(o op, c *sqlite3.Cell) bool {
	switch o {
	case opInt64, opInt32, opInt16, opInt8, opUint8, opUint16, opUint32, opBool:
		return c.Type() == sqlite3.Integer
	case opText:
		return lies(c, sqlite3.Text)
	case opBytes:
		return lies(c, sqlite3.Blob)
	case opFloat64, opFloat32:
		return c.Type() == sqlite3.Float
	}
	return false
}

// lies reports whether a cell is of a class and its bytes lie ready.
func lies(c *sqlite3.Cell, class sqlite3.Type) bool {
	_, ok := c.Bytes()
	return ok && c.Type() == class
}
