package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/matryer/is"
)

// Ensure that what is said of a type before there is a row is what reading a row of it does.
func TestReadsAs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	raws := [][]byte{{}, {0}, {'t'}, {1, 2}, make([]byte, 4), make([]byte, 8), make([]byte, 16), []byte("1"),
		[]byte("12:00:00"), []byte("2024-01-01"),
		[]byte("2024-01-01 00:00:00+00"), []byte(`\x00`), {1, '{', '}'}}
	types := 0
	for oid := uint32(1); oid < 20_000; oid++ {
		if _, ok := typeMap.TypeForOID(oid); ok {
			types++
		} else if oid > 1000 {
			continue
		}
		can := map[reading]bool{}
		for _, raw := range raws {
			for _, format := range []int16{pgtype.TextFormatCode, pgtype.BinaryFormatCode} {
				r := &pgRows{fields: []pgconn.FieldDescription{{DataTypeOID: oid, Format: format}}, raw: [][]byte{raw}}
				for as, read := range map[reading]func() error{
					asBool:  func() error { _, err := r.Bool(0); return err },
					asInt:   func() error { _, err := r.Int(0); return err },
					asFloat: func() error { _, err := r.Float(0); return err },
					asText:  func() error { _, err := r.Text(0); return err },
					asBytes: func() error { _, err := r.Bytes(0); return err },
					asTime:  func() error { _, err := r.Time(0); return err },
					asClock: func() error { _, err := r.Clock(0); return err },
				} {
					can[as] = can[as] || read() == nil
				}
			}
		}
		for as := asBool; as <= asClock; as++ {
			if can[as] != readsAs(oid, as) {
				t.Errorf("type %d as %s: it is read: %v", oid, as, can[as])
			}
		}
	}
	is.True(types > 50)
}
