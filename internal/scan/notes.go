package scan

import (
	"math"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

// notes hold what the rows of a result were like, for change tracking, in less memory than copies of the structs take
// and in none that the collector must look through. A row is a few words: which columns are NULL, then the columns; a
// text is its place in the arena that the row's own strings lie in, which is never changed.
type notes struct {
	plan  *Plan
	texts []byte // the arena's chunk
	words []uint64
	rows  int
}

// layout says where in the words of a row each column is, the columns in groups that are noted in the same way.
type layout struct {
	at                         []int // by ordinal
	width                      int   // the words of a row; 0 when a column is not of a kind that words tell
	texts, times, words, other []place
}

// place is a column's place in the struct and in the words.
type place struct {
	offset  uintptr
	at      int
	ordinal int
}

func newLayout(steps []step) layout {
	l := layout{width: 1}
	if len(steps) > 64 {
		return layout{}
	}
	for i := range steps {
		s := &steps[i]
		p := place{s.offset, l.width, i}
		l.at = append(l.at, l.width)
		l.width++
		switch {
		case s.op == viaCodec, s.op == opBytes, s.null == nullPointer:
			return layout{}
		case s.null != notNull:
			l.other = append(l.other, p)
		case s.op == opText:
			l.texts = append(l.texts, p)
		case s.op == opTime:
			l.times = append(l.times, p)
		case s.op == opInt64, s.op == opFloat64:
			l.words = append(l.words, p)
		default:
			l.other = append(l.other, p)
		}
		if s.op == opUUID {
			l.width++
		}
	}
	return l
}

// add notes the row that was decoded to v. It is false when a text of it does not lie in the chunk.
func (n *notes) add(v unsafe.Pointer) bool {
	l := &n.plan.layout
	from := len(n.words)
	if cap(n.words)-from < l.width {
		n.words = append(make([]uint64, 0, 2*cap(n.words)+l.width), n.words...)
	}
	n.words = n.words[:from+l.width] // zero, since it was made so
	words := n.words[from:]
	base := uintptr(unsafe.Pointer(unsafe.SliceData(n.texts)))
	for i := range l.texts {
		p := &l.texts[i]
		word, ok := n.text(*(*string)(unsafe.Add(v, p.offset)), base)
		if !ok {
			clear(words)
			n.words = n.words[:from]
			return false
		}
		words[p.at] = word
	}
	for i := range l.times {
		p := &l.times[i]
		words[p.at] = uint64((*(*time.Time)(unsafe.Add(v, p.offset))).UnixMicro())
	}
	for i := range l.words {
		p := &l.words[i]
		words[p.at] = *(*uint64)(unsafe.Add(v, p.offset)) // an int64 or a float64
	}
	for i := range l.other {
		if !n.other(&l.other[i], words, v, base) {
			clear(words)
			n.words = n.words[:from]
			return false
		}
	}
	n.rows++
	return true
}

// text returns the place of a text in the chunk.
func (n *notes) text(s string, base uintptr) (uint64, bool) {
	if s == "" {
		return 0, true
	}
	// Both are addresses of the same chunk, which stays where it is; they are compared and not used.
	at := uintptr(unsafe.Pointer(unsafe.StringData(s))) - base
	return uint64(at)<<32 | uint64(len(s)), at < uintptr(len(n.texts))
}

// other notes a column that may be NULL, or is of a rarer type.
func (n *notes) other(p *place, words []uint64, v unsafe.Pointer, base uintptr) bool {
	s, at, word := &n.plan.steps[p.ordinal], unsafe.Add(v, p.offset), &words[p.at]
	if s.null == nullStruct && !*(*bool)(unsafe.Add(at, s.valid)) {
		words[0] |= 1 << p.ordinal
		return true
	}
	switch s.op {
	case opText:
		var ok bool
		*word, ok = n.text(*(*string)(at), base)
		return ok
	case opTime:
		*word = uint64((*(*time.Time)(at)).UnixMicro())
	case opInt64, opFloat64:
		*word = *(*uint64)(at)
	case opInt32:
		*word = uint64(*(*int32)(at))
	case opInt16:
		*word = uint64(*(*int16)(at))
	case opInt8:
		*word = uint64(*(*int8)(at))
	case opUint32:
		*word = uint64(*(*uint32)(at))
	case opUint16:
		*word = uint64(*(*uint16)(at))
	case opUint8:
		*word = uint64(*(*uint8)(at))
	case opBool:
		if *(*bool)(at) {
			*word = 1
		}
	case opFloat32:
		*word = math.Float64bits(float64(*(*float32)(at)))
	case opUUID:
		*(*[16]byte)(unsafe.Pointer(word)) = *(*[16]byte)(at) // the column has two words
	}
	return true
}

// value returns a column of a row as it would be encoded.
func (n *notes) value(row, ordinal int) schema.Value {
	p := n.plan
	words := n.words[row*p.layout.width:]
	if words[0]>>ordinal&1 != 0 {
		return schema.Value{}
	}
	word, kind := words[p.layout.at[ordinal]], p.Table.Columns[ordinal].Kind
	switch p.steps[ordinal].op {
	case opText:
		b := n.texts[word>>32:][:uint32(word)]
		// of the chunk, as the row's own string
		return schema.TextValue(schema.Text, unsafe.String(unsafe.SliceData(b), len(b)))
	case opTime:
		return schema.TimeValue(kind, time.UnixMicro(int64(word)).UTC())
	case opBool:
		return schema.BoolValue(word != 0)
	case opFloat64, opFloat32:
		return schema.FloatValue(kind, math.Float64frombits(word))
	case opUUID:
		u := *(*uuid.UUID)(unsafe.Pointer(&words[p.layout.at[ordinal]])) // as in add
		return schema.TextValue(schema.UUID, u.String())
	}
	return schema.IntValue(kind, int64(word))
}
