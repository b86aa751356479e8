package postgres

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// pgRows reads rows as the server sent them, binary or text by the exec mode. They come from pgx, or by the direct way
// from its protocol layer.
type pgRows struct {
	rows   pgx.Rows             // nil by the direct way
	reader *pgconn.ResultReader // nil by pgx
	fields []pgconn.FieldDescription
	raw    [][]byte
	st     *driver.Statement
	finish func(err error) error // ends what the statement was guarded by; may be nil
	closed bool

	refused bool // by who reads it, so that the statement is undone
	broken  bool // by a row that is not of the result
	err     error
	tag     pgconn.CommandTag // after Close

	// Of the direct way.
	session  *session
	prepared *pgPrepared
	pooled   *pgxpool.Conn    // to give back at the end; nil in a transaction
	traced   context.Context  //nolint:containedctx // see session.traceQuery
	line     *pgconn.Pipeline // of a statement that asks about the log; nil for any other

	ctx context.Context //nolint:containedctx // of a statement of pgx's outside of transactions
}

func newPgRows(rows pgx.Rows, st *driver.Statement) *pgRows { return &pgRows{rows: rows, st: st} }

func (r *pgRows) Next() bool {
	if r.reader != nil {
		if !r.reader.NextRow() {
			return false
		}
		r.raw = r.reader.Values()
		if r.fields == nil {
			r.fields = r.reader.FieldDescriptions()
		}
		return r.whole()
	}
	if !r.rows.Next() {
		return false
	}
	if r.fields == nil {
		r.fields = r.rows.FieldDescriptions()
	}
	r.raw = r.rows.RawValues()
	return r.whole()
}

// errColumns is what a server deserves that does not send what it has announced, or announces another result than that
// of the statement.
var errColumns = errors.New("the server sent a result with a different number of columns")

// whole reports whether the row has the columns of its result. One that has not ends the reading.
func (r *pgRows) whole() bool {
	if len(r.raw) == len(r.fields) {
		return true
	}
	r.raw, r.broken = nil, true
	return false
}

// short reports whether the result lacks a column.
func (r *pgRows) short(i int) bool { return i >= len(r.raw) }

func (r *pgRows) Close() error {
	_, err := r.end()
	return err
}

// drain reads to the end and returns how many rows the statement changed.
func (r *pgRows) drain() (int64, error) {
	tag, err := r.end()
	return tag.RowsAffected(), err
}

// end reads to the end. By the direct way r belongs to the connection: once that is given back, r is the next user's.
func (r *pgRows) end() (tag pgconn.CommandTag, err error) {
	if r.closed {
		return r.tag, r.err
	}
	if r.reader != nil {
		tag, err = r.reader.Close()
		if r.line != nil {
			err = r.land(err)
		}
	} else {
		r.rows.Close()
		tag, err = r.rows.CommandTag(), r.rows.Err()
		if err == nil && r.ctx != nil && r.pooled != nil {
			thenLogApart(r.ctx, r.pooled.Conn(), r.st.Log)
		}
	}
	if err == nil && r.broken {
		err = &driver.Error{Kind: driver.KindConnection, Detail: errColumns.Error()}
	}
	if r.session != nil {
		r.session.traced(r.traced, tag, err)
	}
	if r.Commits() {
		err = outcome(err)
	}
	err = ErrorOf(err)
	switch {
	case r.session == nil:
	case err != nil:
		r.session.failed(r.prepared, err)
	default:
		r.prepared.ran = true
	}
	if r.finish != nil {
		err = r.settle(err)
	}
	if err != nil {
		err = driver.Describe(err, r.st)
	}
	if r.st.Counted {
		r.st.Changed = tag.RowsAffected()
	}
	pooled := r.pooled
	r.closed, r.tag, r.err, r.pooled = true, tag, err, nil
	if pooled != nil {
		giveBack(pooled, err)
	}
	return tag, err
}

func (r *pgRows) descriptions() []pgconn.FieldDescription {
	if r.reader != nil {
		return r.reader.FieldDescriptions()
	}
	return r.rows.FieldDescriptions()
}

func (r *pgRows) Len() int          { return len(r.descriptions()) }
func (r *pgRows) Name(i int) string { return r.descriptions()[i].Name }

// Wire returns the values of the current row as the server sent them.
func (r *pgRows) Wire() [][]byte { return r.raw }

// WireType returns the OID of a column's type, and whether its values are in the binary format.
func (r *pgRows) WireType(i int) (oid uint32, binary bool) {
	return r.fields[i].DataTypeOID, r.fields[i].Format == pgtype.BinaryFormatCode
}

func (r *pgRows) IsNull(i int) bool { return r.short(i) || r.raw[i] == nil }

// wrongType is the error of a column that is not of the type asked for.
func (r *pgRows) wrongType(i int, want string) error {
	name := "a type with the OID " + strconv.FormatUint(uint64(r.fields[i].DataTypeOID), 10)
	if t, ok := typeMap.TypeForOID(r.fields[i].DataTypeOID); ok {
		name = t.Name
	}
	return fmt.Errorf("the column's type is %s, which cannot be read as %s", name, want)
}

// typeMap knows the built-in types. It is only read.
var typeMap = pgtype.NewMap()

func (r *pgRows) binary(i int) bool { return r.fields[i].Format == pgtype.BinaryFormatCode }

func (r *pgRows) Bool(i int) (bool, error) {
	if r.short(i) {
		return false, errColumns
	}
	if !readsAs(r.fields[i].DataTypeOID, asBool) || len(r.raw[i]) != 1 {
		return false, r.wrongType(i, asBool.String())
	}
	return r.raw[i][0] == 1 || r.raw[i][0] == 't', nil
}

func (r *pgRows) Int(i int) (int64, error) {
	if r.short(i) {
		return 0, errColumns
	}
	raw := r.raw[i]
	switch r.fields[i].DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.OIDOID:
		if !r.binary(i) {
			return r.parseInt(i, string(raw))
		}
		switch len(raw) {
		case 8:
			return int64(binary.BigEndian.Uint64(raw)), nil
		case 4:
			if r.fields[i].DataTypeOID == pgtype.OIDOID { // has no sign
				return int64(binary.BigEndian.Uint32(raw)), nil
			}
			return int64(int32(binary.BigEndian.Uint32(raw))), nil
		case 2:
			return int64(int16(binary.BigEndian.Uint16(raw))), nil
		}
	case pgtype.NumericOID:
		text, err := r.numeric(i)
		if err != nil {
			return 0, err
		}
		return r.parseInt(i, text)
	}
	return 0, r.wrongType(i, asInt.String())
}

func (r *pgRows) parseInt(i int, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, r.wrongType(i, "an integer of 64 bits")
	}
	return n, nil
}

func (r *pgRows) Uint(i int) (uint64, error) {
	if r.short(i) {
		return 0, errColumns
	}
	if r.fields[i].DataTypeOID == pgtype.NumericOID {
		text, err := r.numeric(i)
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return 0, r.wrongType(i, "an unsigned integer of 64 bits")
		}
		return n, nil
	}
	n, err := r.Int(i)
	if err == nil && n < 0 {
		err = errors.New("a negative number does not fit an unsigned field")
	}
	return uint64(n), err
}

func (r *pgRows) Float(i int) (float64, error) {
	if r.short(i) {
		return 0, errColumns
	}
	raw := r.raw[i]
	switch r.fields[i].DataTypeOID {
	case pgtype.Float8OID, pgtype.Float4OID:
		switch {
		case !r.binary(i):
			bits := 64
			if r.fields[i].DataTypeOID == pgtype.Float4OID {
				bits = 32
			}
			f, err := strconv.ParseFloat(string(raw), bits)
			if err != nil {
				return 0, r.wrongType(i, asFloat.String())
			}
			return f, nil
		case len(raw) == 8:
			return math.Float64frombits(binary.BigEndian.Uint64(raw)), nil
		case len(raw) == 4:
			return float64(math.Float32frombits(binary.BigEndian.Uint32(raw))), nil
		}
	case pgtype.NumericOID:
		text, err := r.numeric(i)
		if err != nil {
			return 0, err
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, r.wrongType(i, "a float of 64 bits") // err shows the number
		}
		return f, nil
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		n, err := r.Int(i)
		return float64(n), err
	}
	return 0, r.wrongType(i, asFloat.String())
}

func (r *pgRows) Text(i int) (string, error) {
	if r.short(i) {
		return "", errColumns
	}
	raw := r.raw[i]
	if raw == nil {
		return "", errNull
	}
	switch r.fields[i].DataTypeOID {
	case pgtype.NumericOID:
		return r.numeric(i)
	case pgtype.UUIDOID:
		if r.binary(i) {
			if len(raw) != 16 {
				return "", r.wrongType(i, "a UUID")
			}
			return uuid.UUID(raw).String(), nil
		}
	case pgtype.JSONBOID, pgtype.JSONOID:
		b, err := r.Bytes(i)
		return string(b), err
	case pgtype.OIDOID:
		n, err := r.Int(i)
		return strconv.FormatInt(n, 10), err
	case pgtype.IntervalOID: // which the database or the role may have the server write in another style
		if !r.binary(i) {
			return schema.PlainInterval(string(raw)), nil
		}
	}
	if oid := r.fields[i].DataTypeOID; !isText(oid) || r.binary(i) && !sentAsText(oid) {
		return "", r.wrongType(i, asText.String())
	}
	return string(raw), nil
}

// sentAsText reports whether the binary form of a type is its text.
func sentAsText(oid uint32) bool {
	typ, builtIn := typeMap.TypeForOID(oid)
	return isOwn(oid) || !builtIn || typ.Codec.PreferredFormat() != pgtype.BinaryFormatCode
}

// numeric returns the text of a NUMERIC, with all the digits of its scale.
func (r *pgRows) numeric(i int) (string, error) {
	raw := r.raw[i]
	switch {
	case raw == nil:
		return "", errNull
	case r.binary(i):
		if text, ok := numericText(raw); ok {
			return text, nil
		}
	case len(raw) > 0:
		return string(raw), nil
	}
	return "", r.wrongType(i, "a number")
}

func (r *pgRows) Bytes(i int) ([]byte, error) {
	if r.short(i) {
		return nil, errColumns
	}
	raw := r.raw[i]
	if raw == nil {
		return nil, errNull
	}
	switch r.fields[i].DataTypeOID {
	case pgtype.JSONBOID:
		if r.binary(i) {
			if len(raw) == 0 || raw[0] != 1 {
				return nil, errors.New("the database sends an unknown version of jsonb")
			}
			return raw[1:], nil
		}
		return raw, nil
	case pgtype.JSONOID, pgtype.TextOID, pgtype.VarcharOID:
		return raw, nil
	case pgtype.ByteaOID:
		if r.binary(i) {
			return raw, nil
		}
		if len(raw) >= 2 && raw[0] == '\\' && raw[1] == 'x' {
			b := make([]byte, hex.DecodedLen(len(raw)-2))
			if _, err := hex.Decode(b, raw[2:]); err == nil {
				return b, nil
			}
		}
		return nil, errors.New("bytea is in the escape format; set the option bytea_output to hex")
	}
	return nil, r.wrongType(i, asBytes.String())
}

// DistinctKeys reports whether no object in a document has a key twice, because jsonb keeps the last one.
func (r *pgRows) DistinctKeys(i int) bool {
	return !r.short(i) && r.fields[i].DataTypeOID == pgtype.JSONBOID
}

// epoch is midnight of 1 January 2000 UTC, from which PostgreSQL counts, in seconds of Unix time.
const epoch = 946684800

func (r *pgRows) Time(i int) (time.Time, error) {
	if r.short(i) {
		return time.Time{}, errColumns
	}
	raw := r.raw[i]
	switch r.fields[i].DataTypeOID {
	case pgtype.TimestamptzOID, pgtype.TimestampOID:
		if r.binary(i) && len(raw) == 8 {
			us := int64(binary.BigEndian.Uint64(raw))
			if text, ok := schema.InfiniteMicros(us); ok {
				return time.Time{}, schema.InfiniteError(schema.InfiniteText(text))
			}
			return time.Unix(us/1e6+epoch, us%1e6*1e3).UTC(), nil
		}
	case pgtype.DateOID:
		if r.binary(i) && len(raw) == 4 {
			days := int32(binary.BigEndian.Uint32(raw))
			switch days {
			case math.MaxInt32:
				return time.Time{}, schema.ErrInfinite
			case math.MinInt32:
				return time.Time{}, schema.ErrNegativeInfinite
			}
			return time.Unix(epoch, 0).UTC().AddDate(0, 0, int(days)), nil
		}
	default:
		return time.Time{}, r.wrongType(i, asTime.String())
	}
	t, ok := parseTime(string(raw))
	if !ok {
		if sign := schema.InfiniteText(string(raw)); sign != 0 {
			return time.Time{}, schema.InfiniteError(sign)
		}
		return time.Time{}, r.wrongType(i, asTime.String())
	}
	return t, nil
}

var errNull = errors.New("the column is NULL")

func (r *pgRows) Clock(i int) (time.Duration, error) {
	if r.short(i) {
		return 0, errColumns
	}
	raw := r.raw[i]
	if r.fields[i].DataTypeOID != pgtype.TimeOID {
		return 0, r.wrongType(i, asClock.String())
	}
	if r.binary(i) && len(raw) == 8 {
		return time.Duration(binary.BigEndian.Uint64(raw)) * time.Microsecond, nil
	}
	return driver.ParseClock(string(raw))
}
