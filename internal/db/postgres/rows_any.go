package postgres

import "github.com/jackc/pgx/v5/pgtype"

// Any reads a column by its type. Numbers of any precision, UUIDs and JSON are their text.
func (r *pgRows) Any(i int) (any, error) {
	if r.short(i) {
		return nil, errColumns
	}
	raw := r.raw[i]
	if raw == nil {
		return nil, nil
	}
	switch oid := r.fields[i].DataTypeOID; oid {
	case pgtype.BoolOID:
		return r.Bool(i)
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.OIDOID:
		return r.Int(i)
	case pgtype.Float8OID, pgtype.Float4OID:
		return r.Float(i)
	case pgtype.ByteaOID:
		b, err := r.Bytes(i)
		return append([]byte{}, b...), err
	case pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID:
		return r.Time(i)
	case pgtype.TimeOID:
		return r.Clock(i)
	default:
		if sentAsText(oid) {
			if text, err := r.Text(i); err == nil {
				return text, nil
			}
		}
		// pgx keeps notes in its map while it decodes, so each use has its own.
		m := pgtype.NewMap()
		if t, ok := m.TypeForOID(oid); ok {
			if v, err := t.Codec.DecodeValue(m, oid, r.fields[i].Format, raw); err == nil {
				return v, nil
			}
		}
	}
	return nil, r.wrongType(i, "a value of Go")
}
