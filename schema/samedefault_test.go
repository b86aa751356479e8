package schema

import (
	"testing"

	"github.com/matryer/is"
)

// Ensure that constants of one value are one default, however an engine writes them, and that nothing else is.
func TestSameDefault(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind Kind
		a, b string
		same bool
	}{
		{Text, `'it''s'::character varying`, `'it''s'::text`, true},
		{Text, `'a'::character varying`, `'A'::text`, false},
		{Text, `'a'::text`, "", false},
		{Text, "", "", true},
		{Text, `('a'::text || 'b'::text)`, `'ab'::text`, false},
		{Decimal, "0", "'0.00'::numeric", true},
		{Decimal, "0", "'0.01'::numeric", false},
		{Float64, "0", "0.0", true},
		{Float64, "'-1.5'::double precision", "-1.5", true},
		{Int64, "(-7)::bigint", "-7", true},
		{Int64, "1", "2", false},
		{Bool, "1", "true", true},
		{Bool, "0", "true", false},
		{Time, "now()", "now()", true},
		{Time, "now()", "'2020-01-01 00:00:00+00'::timestamp with time zone", false},
		{Date, "'2020-01-01'::date", "'2020-01-01'", true},
		{Bytes, `'\x00'::bytea`, `'\x00'::bytea`, true},
		{Bytes, `'\x00'::bytea`, `'\x01'::bytea`, false},
		{Time, "'1970-01-01 00:00:00'::timestamp without time zone", "'1970-01-01 01:00:00+01'::timestamp with time zone", true},
		{Time, "'1970-01-01 00:00:00'::timestamp without time zone", "'1970-01-01 01:00:00+00'::timestamp with time zone", false},
		{JSON, `'{}'::json`, `'{}'::jsonb`, true},
	}
	for _, tt := range tests {
		is := is.New(t)
		c := &Column{Kind: tt.kind, Precision: 12, Scale: 2}
		is.Equal(c.sameDefault(tt.a, tt.b), tt.same) // tt.a and tt.b
		is.Equal(c.sameDefault(tt.b, tt.a), tt.same)
	}
}

// Ensure that the default of a column of numbers whose field is a text is compared as well.
func TestSameNumber(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := &Column{Kind: Text}
	want := &FoundColumn{Kind: Text, Default: "'0'::text"}
	is.True(c.sameNumber(&FoundColumn{Kind: Decimal, Default: "0"}, want))
	is.True(!c.sameNumber(&FoundColumn{Kind: Decimal, Default: "1"}, want))
	is.True(!c.sameNumber(&FoundColumn{Kind: Text, Default: "0"}, want))
	is.True(!c.sameNumber(&FoundColumn{Kind: Decimal, Default: "random()"}, want))
}
