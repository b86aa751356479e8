package postgres

import (
	"bytes"
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
		if elem, elems, err := binaryArray(b); err == nil && elem == pgtype.TextOID && len(b) == 20 && len(elems) > 0 {
			t.Errorf("%d elements without bytes", len(elems))
		}
		elems, err := textArray(string(b), ',')
		if err != nil {
			return
		}
		again, err := textArray(arrayTextOf(elems), ',')
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

// arrayTextOf writes elements as an array, NULL for nil.
func arrayTextOf(elems [][]byte) string {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range elems {
		if i > 0 {
			b.WriteByte(',')
		}
		if e == nil {
			b.WriteString("NULL")
		} else {
			b.WriteString(arrayElement(string(e)))
		}
	}
	b.WriteByte('}')
	return b.String()
}
