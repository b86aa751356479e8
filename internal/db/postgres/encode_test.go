package postgres

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// randomText returns a text of up to 20 characters that PostgreSQL holds.
func randomText(r *rand.Rand) string {
	const letters = `abc ÄΩ👩"'\{},NULL`
	var s []rune
	for range r.IntN(20) {
		all := []rune(letters)
		s = append(s, all[r.IntN(len(all))])
	}
	return string(s)
}

func randomInt(r *rand.Rand) int64 {
	return []int64{0, 1, -1, math.MinInt16, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64,
		r.Int64() >> r.IntN(64)}[r.IntN(9)]
}

func randomFloat(r *rand.Rand) float64 {
	return []float64{0, 1, -0.1, math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxFloat32,
		r.NormFloat64()}[r.IntN(9)]
}

// randomTime returns microseconds of Unix time, of the years 1 to 9999.
func randomTime(r *rand.Rand) int64 {
	return []int64{0, -1, epoch * 1e6, epoch*1e6 - 1, -62135596800e6, 253402300799999999, r.Int64N(1 << 52)}[r.IntN(7)]
}

func randomBytes(r *rand.Rand) []byte {
	b := make([]byte, r.IntN(20))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// randomLists are a list for each type of array that is encoded here.
func randomLists(r *rand.Rand) map[uint32]schema.Value {
	n := 1 + r.IntN(5) // pgx writes empty arrays in more than one form
	ints, times, floats, bools := make([]int64, n), make([]int64, n), make([]float64, n), make([]bool, n)
	texts, blobs := make([]string, n), make([][]byte, n)
	for i := range n {
		ints[i], times[i], floats[i], bools[i] = randomInt(r), randomTime(r), randomFloat(r), r.IntN(2) == 1
		texts[i], blobs[i] = randomText(r), randomBytes(r)
	}
	return map[uint32]schema.Value{
		pgtype.Int8ArrayOID: schema.ListValue(schema.Int32, ints), pgtype.TimestamptzArrayOID: schema.ListValue(schema.Time,
			times),
		pgtype.Float8ArrayOID: schema.ListValue(schema.Float64, floats), pgtype.BoolArrayOID: schema.ListValue(schema.Bool,
			bools),
		pgtype.TextArrayOID: schema.ListValue(schema.Text, texts), pgtype.ByteaArrayOID: schema.ListValue(schema.Bytes,
			blobs),
	}
}

// Ensure that the binary form of an argument is, byte for byte, the one that pgx gives the same value, for every type
// that it is written for.
func TestWireArgs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n, f := randomInt(r), randomFloat(r)
		values := map[uint32]schema.Value{
			pgtype.Int8OID: schema.IntValue(schema.Int64, n), pgtype.Int4OID: schema.IntValue(schema.Int16, int64(int32(n))),
			pgtype.Int2OID: schema.IntValue(schema.Int32, int64(int16(n))), pgtype.BoolOID: schema.BoolValue(n > 0),
			pgtype.Float8OID: schema.FloatValue(schema.Float64, f), pgtype.Float4OID: schema.FloatValue(schema.Float32,
				float64(float32(f))),
			pgtype.ByteaOID: schema.BytesValue(randomBytes(r)), pgtype.TimestamptzOID: schema.TimeValue(schema.Time,
				time.UnixMicro(randomTime(r))),
			pgtype.TimestampOID: schema.TimeValue(schema.Time, time.UnixMicro(randomTime(r))),
		}
		for oid, v := range randomLists(r) {
			values[oid] = v
		}
		var w wireArgs
		w.reset()
		var oids []uint32
		var list []schema.Value
		for oid, v := range values {
			oids, list = append(oids, oid, oid), append(list, v, schema.Value{})
		}
		is.NoErr(w.add(oids, list))
		for i, oid := range oids {
			is.Equal(w.formats[i], int16(pgtype.BinaryFormatCode))
			if i%2 == 1 {
				is.True(w.values[i] == nil) // NULL
				continue
			}
			want, err := typeMap.Encode(oid, pgtype.BinaryFormatCode, pgxArg(list[i]), nil)
			is.NoErr(err)
			if w.values[i] == nil || !bytes.Equal(w.values[i], want) {
				t.Fatalf("the type %d, %v: got\n%x, pgx has\n%x", oid, list[i].Any(), w.values[i], want)
			}
		}
	}
}

// Ensure that a field of an array or of COPY is the value's form behind its length, that what has no form of the type
// is told, and that nothing of it is left then.
func TestWireField(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uuid := schema.TextValue(schema.UUID, "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
	for _, c := range []struct {
		oid  uint32
		v    schema.Value
		want string // "" when it does not fit
	}{
		{pgtype.Int8OID, schema.Value{}, "ffffffff"},
		{pgtype.Int8OID, num(-2), "00000008fffffffffffffffe"},
		{pgtype.Int4OID, num(1 << 31), ""},
		{pgtype.Int2OID, num(-32768), "000000028000"},
		{pgtype.TextOID, txt(""), "00000000"},
		{pgtype.VarcharOID, txt("ä"), "00000002c3a4"},
		{pgtype.BPCharOID, txt("a"), ""},
		{pgtype.JSONBOID, schema.TextValue(schema.JSON, "1"), "000000020131"},
		{pgtype.JSONOID, schema.TextValue(schema.JSON, "1"), ""},
		{pgtype.UUIDOID, uuid, "000000106ba7b8109dad11d180b400c04fd430c8"},
		{pgtype.UUIDOID, schema.TextValue(schema.UUID, "no"), ""},
		{pgtype.TextOID, uuid, ""},
		{pgtype.NumericOID, schema.TextValue(schema.Decimal, "1.5"), ""},
		{pgtype.Float8OID, num(1), ""},
		{pgtype.Int8OID, schema.FloatValue(schema.Float64, 1), ""},
		{pgtype.TimestamptzOID, num(1), ""},
		{pgtype.BoolOID, schema.BoolValue(true), "0000000101"},
	} {
		var w wireArgs
		ok := w.field(c.oid, c.v)
		is.Equal(ok, c.want != "")
		if ok {
			is.Equal(hex.EncodeToString(w.buf), c.want)
		}
	}
}

// Ensure that arguments of every kind arrive at a server as they are, for parameters of the library's own types and of
// others.
func TestWireArgs_Server(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // has TestArgs_Kinds
		}
		is := is.New(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		d, err := dsn.Parse(e.DSN)
		is.NoErr(err)
		db, err := Driver{}.Open(ctx, d, nil)
		is.NoErr(err)
		defer db.Close()
		r := rand.New(rand.NewPCG(3, 4))
		for i := range 60 {
			n, at, s, blob := int64(int16(randomInt(r))), time.UnixMicro(randomTime(r)).UTC(), randomText(r), randomBytes(r)
			rows, err := db.Query(ctx, &driver.Statement{Op: "select",
				SQL: "SELECT $1::bigint, $2::smallint, $3::numeric, $4::text, $5::varchar, $6::bytea, $7::timestamptz, $8::jsonb, $9::text IS NULL",
				Args: []schema.Value{num(n), num(n), num(n), txt(s), txt(s), schema.BytesValue(blob),
					schema.TimeValue(schema.Time, at),
					schema.TextValue(schema.JSON, fmt.Sprint(i)), {}}})
			is.NoErr(err)
			is.True(rows.Next())
			for c := range 3 {
				got, err := rows.Int(c)
				is.NoErr(err)
				is.Equal(got, n)
			}
			for c := 3; c < 5; c++ {
				got, err := rows.Text(c)
				is.NoErr(err)
				is.Equal(got, s)
			}
			b, err := rows.Bytes(5)
			is.NoErr(err)
			is.True(bytes.Equal(b, blob))
			when, err := rows.Time(6)
			is.NoErr(err)
			is.True(when.Equal(at))
			j, err := rows.Text(7)
			is.NoErr(err)
			is.Equal(j, fmt.Sprint(i))
			null, err := rows.Bool(8)
			is.NoErr(err)
			is.True(null)
			is.NoErr(rows.Close())
		}
	})
}

func num(n int64) schema.Value  { return schema.IntValue(schema.Int64, n) }
func txt(s string) schema.Value { return schema.TextValue(schema.Text, s) }
