package scan

import (
	"reflect"

	"github.com/prom-go/prom/schema"
)

// Types are the types of a result that is not there yet, in the form of a row: see ResultTypes of internal/db/driver.
type Types interface {
	Row
	Readable(err error) bool
	WireType(i int) (oid uint32, binary bool)
	NotNull(i int) bool
}

// CheckTypes returns an error when the columns of a result cannot be read by the plan, whatever they hold. It returns
// the columns too, each by its bit, of which some values cannot: NULL in a field that has none, a number that is too
// large for its field, what a codec may refuse.
func (p *Plan) CheckTypes(r Types, bit func(i int) uint64) (risky uint64, err error) {
	return p.CheckColumns(r, p.Table.Columns, bit)
}

// CheckColumns is [Plan.CheckTypes] for a result of some of the columns, in their order there.
func (p *Plan) CheckColumns(r Types, cols []*schema.Column, bit func(i int) uint64) (risky uint64, err error) {
	for i, col := range cols {
		c, s := p.codecs[col.Ordinal], &p.steps[col.Ordinal]
		if err := c.decode(r, i, reflect.New(c.column.Type).UnsafePointer()); !r.Readable(err) {
			return 0, s.fail(err)
		}
		if oid, binary := r.WireType(i); !exact(s.op, oid, binary) || c.null == notNull && !r.NotNull(i) {
			risky |= bit(i)
		}
	}
	return risky, nil
}

// exact reports whether an op decodes all values of a type. There are infinite times.
func exact(o op, oid uint32, binary bool) bool {
	if !wireOp(o, oid, binary) {
		return false
	}
	switch o {
	case opText, opBool, opInt64, opFloat64, opBytes, opUUID:
		return true
	case opInt32:
		return oid != oidInt8
	case opInt16:
		return oid == oidInt2
	case opFloat32:
		return oid == oidFloat4
	}
	return false
}
