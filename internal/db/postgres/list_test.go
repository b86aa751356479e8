package postgres

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prom-go/prom/schema"
)

// FuzzArrays makes sure that an array of any bytes is read or refused, and that what is read is what was sent.
func FuzzArrays(f *testing.F) {
	var w wireArgs
	w.reset()
	w.list(pgtype.TextArrayOID, schema.ListValue(schema.Text, []string{"a", "", `"`}))
	f.Add(bytes.Clone(w.buf))
	f.Add(w.buf[:17])
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19"))
	for _, text := range []string{`{}`, `{a,"b\"\\",NULL,""}`, `{"a`, `{a,}`, `{{a}}`, `[0:1]={a,b}`, `{`, `{"\`, `{"a"b}`,
		``} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if elem, _, elems, err := binaryArray(b); err == nil && elem == pgtype.TextOID && len(b) == 20 && len(elems) > 0 {
			t.Errorf("%d elements without bytes", len(elems))
		}
		dims, elems, err := textArray(string(b), ',')
		if err != nil {
			return
		}
		_, again, err := textArray(arrayTextOf(dims, elems), ',')
		if err != nil || len(again) != len(elems) {
			t.Fatalf("%q became %q: %v", elems, again, err)
		}
		for i := range elems {
			if !bytes.Equal(elems[i], again[i]) || (elems[i] == nil) != (again[i] == nil) {
				t.Fatalf("%q became %q", elems, again)
			}
		}
	})
}

// arrayTextOf writes elements as an array of the given dimensions, NULL for nil.
func arrayTextOf(dims []int, elems [][]byte) string {
	var b bytes.Buffer
	b.WriteByte('{')
	n := len(elems)
	if len(dims) > 0 {
		n = dims[0]
	}
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		switch size := len(elems) / n; {
		case len(dims) > 1:
			b.WriteString(arrayTextOf(dims[1:], elems[i*size:(i+1)*size]))
		case elems[i] == nil:
			b.WriteString("NULL")
		default:
			b.WriteString(arrayElement(string(elems[i])))
		}
	}
	b.WriteByte('}')
	return b.String()
}

// Ensure that arrays of several dimensions are read in both forms, and that what is no array is refused.
func TestArrays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{}`: `{}`, `{1}`: `{"1"}`, `{NULL,"NULL"}`: `{NULL,"NULL"}`, `{{1,2},{3,NULL}}`: `{{"1","2"},{"3",NULL}}`,
		`{{{a}},{{b}}}`: `{{{"a"}},{{"b"}}}`,
		`{{1},{2,3}}`:   "", `{{1},2}`: "", `{1,{2}}`: "", `{{}}`: "", `{{1}`: "", `{1}}`: "", `{,}`: "", `{"a"b}`: "", `[0:0]={1}`: "",
		`{{{{{{{1}}}}}}}`: "",
	} {
		dims, elems, err := textArray(text, ',')
		got := ""
		if err == nil {
			got = arrayTextOf(dims, elems)
		}
		if got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
	be := func(ns ...uint32) (b []byte) {
		for _, n := range ns {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return b
	}
	two := be(2, 0, pgtype.Int4OID, 2, 1, 1, 1, 4, 7, 1<<32-1)
	_, dims, elems, err := binaryArray(two)
	if err != nil || !slices.Equal(dims, []int{2, 1}) || len(elems) != 2 || elems[1] != nil {
		t.Errorf("%v %v %v", dims, elems, err)
	}
	for _, b := range [][]byte{two[:len(two)-1], be(7, 0, pgtype.Int4OID), be(1, 0, pgtype.Int4OID, 0, 1),
		be(1, 0, pgtype.Int4OID, 1<<31, 1), be(2, 0, pgtype.Int4OID, 1<<31, 1, 2, 1), be(1, 0, pgtype.Int4OID, 1, 0, 4, 1)} {
		if _, _, _, err := binaryArray(b); err == nil {
			t.Errorf("%x is read", b)
		}
	}
}
