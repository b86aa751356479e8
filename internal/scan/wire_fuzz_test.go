package scan

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// sent is a row as a server might send it: any bytes, said to be of any type. Its readers, the codec's way, refuse
// everything.
type sent struct {
	raw  [][]byte
	oids []uint32
	text []bool
}

var errSent = errors.New("refused")

func (r *sent) Wire() [][]byte                       { return r.raw }
func (r *sent) WireType(i int) (uint32, bool)        { return r.oids[i], !r.text[i] }
func (r *sent) IsNull(i int) bool                    { return r.raw[i] == nil }
func (r *sent) Bool(int) (bool, error)               { return false, errSent }
func (r *sent) Int(int) (int64, error)               { return 0, errSent }
func (r *sent) Uint(int) (uint64, error)             { return 0, errSent }
func (r *sent) Float(int) (float64, error)           { return 0, errSent }
func (r *sent) Text(int) (string, error)             { return "", errSent }
func (r *sent) Bytes(int) ([]byte, error)            { return nil, errSent }
func (r *sent) Time(int) (time.Time, error)          { return time.Time{}, errSent }
func (r *sent) Clock(int) (t time.Duration, e error) { return 0, errSent }
func (r *sent) List(int, schema.Kind) (v schema.Value, e error) {
	return v, errSent
}

// numbers has a field of each size, between others that would show a write beside it.
type numbers struct {
	A int8
	B uint8
	C int16
	D *uint16
	E int32
	F uint32
	G int64
	H bool
	I float32
	J float64
	K string
	L []byte
	M time.Time
	N [16]byte
	O *string
	P *time.Time
	Q bool
}

var fuzzOIDs = []uint32{oidBool, oidBytea, oidInt8, oidInt2, oidInt4, oidText, oidFloat4, oidFloat8, oidVarchar,
	oidTimestamp,
	oidTimestampTZ, oidUUID, 0, 1700}

// Ensure that no bytes of a server, however wrong, do more than fail: no panic, nothing written outside the field, and
// no value of a number whose length is not that of a number.
func FuzzDecodeWire(f *testing.F) {
	const i8, i2, i4 = "\x02\x08\x00\x00\x00\x00\x00\x00\x00\x01", "\x03\x02\x00\x01", "\x04\x04\x00\x00\x00\x01"
	good := i8 + i2 + i4 + i8 + i2 + i4 + i8 + "\x00\x01\x01" + "\x06\x04\x3f\x80\x00\x00" +
		"\x07\x08\x3f\xf0\x00\x00\x00\x00\x00\x00" +
		"\x05\x03abc" + "\x01\x02\x00\xff" + "\x0a\x08\x00\x00\x00\x00\x00\x00\x00\x01" + "\x0b\x100123456789abcdef" +
		"\x08\x02de" + "\x09\xff"
	f.Add([]byte{})
	f.Add([]byte(good + "\x00\x01\x00\xff"))
	f.Add([]byte(good + "\x00\x01\x00\x05"))
	f.Add([]byte(good + "\x00\x02\x00\x00"))
	p, err := For(reflect.TypeFor[numbers]())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := len(p.steps)
		r := &sent{raw: make([][]byte, n), oids: make([]uint32, n), text: make([]bool, n)}
		take := func() byte {
			if len(data) == 0 {
				return 0
			}
			b := data[0]
			data = data[1:]
			return b
		}
		for i := range n {
			kind := take()
			r.oids[i], r.text[i] = fuzzOIDs[int(kind&0x7f)%len(fuzzOIDs)], kind >= 0x80
			if size := int(take()); size < 0x80 {
				size = min(size, len(data))
				r.raw[i], data = data[:size:size], data[size:]
			}
		}
		if cut := int(take()) % (2 * n); cut < n { // a server may send fewer columns than there are
			r.raw = r.raw[:cut]
		}
		var around [3]numbers
		var a arena
		err := p.decodeWire(p.wireSteps(r), r, unsafe.Pointer(&around[1]), &a)
		if !reflect.DeepEqual(around[0], numbers{}) || !reflect.DeepEqual(around[2], numbers{}) {
			t.Fatal("it wrote beside the struct")
		}
		if err != nil {
			return
		}
		if len(r.raw) < n {
			t.Fatal("a row without all columns was taken")
		}
		if b := r.raw[6]; len(b) == 8 && around[1].G != int64(binary.BigEndian.Uint64(b)) {
			t.Fatalf("%x became %d", b, around[1].G)
		}
		for i, b := range r.raw[:7] {
			if len(b) != 8 && len(b) != 4 && len(b) != 2 && b != nil {
				t.Fatalf("column %d took %d bytes for a number", i, len(b))
			}
		}
		if around[1].K != string(r.raw[10]) || string(around[1].L) != string(r.raw[11]) {
			t.Fatal("a text or bytes are not what was sent")
		}
		if len(r.raw[13]) != 16 || len(r.raw[7]) != 1 {
			t.Fatal("a UUID or boolean of the wrong length was taken")
		}
	})
}

// Ensure that a value whose length is not one of its type is refused, and that right ones are taken.
func TestWireLengths(t *testing.T) {
	t.Parallel()
	p, err := For(reflect.TypeFor[numbers]())
	if err != nil {
		t.Fatal(err)
	}
	oids := []uint32{oidInt8, oidInt8, oidInt2, oidInt2, oidInt4, oidInt8, oidInt8, oidBool, oidFloat4, oidFloat8, oidText,
		oidBytea,
		oidTimestampTZ, oidUUID, oidVarchar, oidTimestamp, oidBool}
	lengths := map[uint32][]int{oidBool: {1}, oidInt8: {2, 4, 8}, oidInt4: {2, 4, 8}, oidInt2: {2, 4, 8},
		oidFloat4: {4, 8}, oidFloat8: {4, 8},
		oidUUID: {16}, oidTimestamp: {8}, oidTimestampTZ: {8}}
	good := &sent{oids: oids, text: make([]bool, len(oids))}
	for _, oid := range oids {
		n := 1
		if l := lengths[oid]; l != nil {
			n = l[len(l)-1]
		}
		good.raw = append(good.raw, make([]byte, n))
	}
	for i, oid := range oids {
		for n := range 20 {
			r := &sent{raw: slices.Clone(good.raw), oids: oids, text: good.text}
			r.raw[i] = make([]byte, n)
			err := p.decodeWire(p.wireSteps(r), r, unsafe.Pointer(new(numbers)), new(arena))
			if taken := lengths[oid] == nil || slices.Contains(lengths[oid], n); taken != (err == nil) {
				t.Errorf("%d bytes of the type %d into %s: %v", n, oid, p.codecs[i].typ, err)
			}
		}
	}
}
