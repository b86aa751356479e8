package postgres

import (
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prom-go/prom/schema"
)

// reading is a way to read a column.
type reading uint8

const (
	asBool reading = iota
	asInt
	asFloat
	asText
	asBytes
	asTime
	asClock
)

// String says what a column is read as.
func (r reading) String() string {
	return [...]string{"a boolean", "an integer", "a float", "a text", "bytes", "a time", "a time of day"}[r]
}

// readingOf is how a value of a kind is read.
func readingOf(k schema.Kind) reading {
	switch k {
	case schema.Bool:
		return asBool
	case schema.Int16, schema.Int32, schema.Int64:
		return asInt
	case schema.Float32, schema.Float64:
		return asFloat
	case schema.Time, schema.Date:
		return asTime
	case schema.Clock:
		return asClock
	case schema.Bytes:
		return asBytes
	}
	return asText
}

// readsAs reports whether a column of a type is read so.
func readsAs(oid uint32, as reading) bool {
	switch as {
	case asBool:
		return oid == pgtype.BoolOID
	case asInt:
		switch oid {
		case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.OIDOID, pgtype.NumericOID:
			return true
		}
	case asFloat:
		switch oid {
		case pgtype.Float8OID, pgtype.Float4OID, pgtype.NumericOID, pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
			return true
		}
	case asBytes:
		switch oid {
		case pgtype.JSONBOID, pgtype.JSONOID, pgtype.TextOID, pgtype.VarcharOID, pgtype.ByteaOID:
			return true
		}
	case asTime:
		return oid == pgtype.TimestamptzOID || oid == pgtype.TimestampOID || oid == pgtype.DateOID
	case asClock:
		return oid == pgtype.TimeOID
	case asText:
		return isText(oid)
	}
	return false
}

func isText(oid uint32) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.QCharOID, pgtype.UnknownOID,
		pgtype.NumericOID, pgtype.UUIDOID, pgtype.JSONBOID, pgtype.JSONOID:
		return true
	}
	// Enums and the types of extensions, citext among them, are their text. So are built-in types that have no binary
	// form; the others are not, in the modes too that send them as text.
	typ, builtIn := typeMap.TypeForOID(oid)
	return !builtIn || typ.Codec.PreferredFormat() != pgtype.BinaryFormatCode
}

// listElem returns the type of the elements of a type that is read as a list, 0 when it is not known before there are
// some.
func listElem(oid uint32) (elem uint32, ok bool) {
	if oid == pgtype.JSONBOID || oid == pgtype.JSONOID {
		return 0, true
	}
	typ, known := typeMap.TypeForOID(oid)
	if !known {
		return 0, true
	}
	array, ok := typ.Codec.(*pgtype.ArrayCodec)
	if !ok {
		return 0, false
	}
	return array.ElementType.OID, true
}
