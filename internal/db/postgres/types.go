package postgres

import (
	"sync"

	"github.com/jackc/pgx/v5"
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

// isText reports whether a column of a type is read as a text: as the server writes its values, unless they have a kind
// of their own. So are enums, ranges, addresses, composite types, the types of extensions.
func isText(oid uint32) bool {
	switch oid {
	case pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.Float4OID, pgtype.Float8OID,
		pgtype.ByteaOID, pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID, pgtype.TimeOID,
		pgtype.RecordOID, pgtype.RecordArrayOID:
		return false
	}
	return !isOwnArray(oid)
}

// isOwnArray reports whether a type is an array that is read in its binary form.
func isOwnArray(oid uint32) bool {
	switch oid {
	case pgtype.BoolArrayOID, pgtype.Int2ArrayOID, pgtype.Int4ArrayOID, pgtype.Int8ArrayOID, pgtype.Float4ArrayOID,
		pgtype.Float8ArrayOID, pgtype.NumericArrayOID, pgtype.TextArrayOID, pgtype.VarcharArrayOID, pgtype.BPCharArrayOID,
		pgtype.NameArrayOID, pgtype.QCharArrayOID, pgtype.ByteaArrayOID, pgtype.UUIDArrayOID, pgtype.JSONArrayOID,
		pgtype.JSONBArrayOID, pgtype.TimestamptzArrayOID, pgtype.TimestampArrayOID, pgtype.DateArrayOID,
		pgtype.TimeArrayOID, pgtype.OIDArrayOID:
		return true
	}
	return false
}

// isOwn reports whether a type is one of those that are read in their binary form, if they have one.
func isOwn(oid uint32) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.QCharOID, pgtype.UnknownOID,
		pgtype.NumericOID, pgtype.UUIDOID, pgtype.JSONBOID, pgtype.JSONOID, pgtype.OIDOID:
		return true
	}
	return !isText(oid)
}

// lastOID is the last of the OIDs that PostgreSQL gives its own types (access/transam.h, FirstGenbkiObjectId).
const lastOID = 10_000

// asTexts are the other types of which pgx would ask for the binary form, as types whose values are sent as text.
var asTexts = sync.OnceValue(func() (list []*pgtype.Type) {
	for oid := range uint32(lastOID) {
		t, known := typeMap.TypeForOID(oid)
		if known && !isOwn(oid) && t.Codec.PreferredFormat() == pgtype.BinaryFormatCode {
			list = append(list, &pgtype.Type{Name: t.Name, OID: oid, Codec: textCodec{t.Codec}})
		}
	}
	return list
})

// textCodec is the codec of a type whose values are asked for as text.
type textCodec struct{ pgtype.Codec }

func (textCodec) PreferredFormat() int16 { return pgtype.TextFormatCode }

// resultFormats are the formats in which columns are asked for, by their types: in the binary one those that are read
// so, and as text all others.
var resultFormats = sync.OnceValue(func() pgx.QueryResultFormatsByOID {
	formats := pgx.QueryResultFormatsByOID{}
	for oid := range uint32(lastOID) {
		if isOwn(oid) && typeMap.FormatCodeForOID(oid) == pgtype.BinaryFormatCode {
			formats[oid] = pgtype.BinaryFormatCode
		}
	}
	return formats
})

// formatOf returns the format in which a column of a type is asked for, whatever types the program has registered with
// its connections.
func formatOf(oid uint32) int16 { return resultFormats()[oid] }

// preferTexts makes a connection's results be sent as [isText] reads them.
func preferTexts(c *pgx.Conn) { c.TypeMap().RegisterTypes(asTexts()) }

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
