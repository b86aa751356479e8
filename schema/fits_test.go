package schema_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that a column which cannot hold or return its field is told from one that can, on each engine.
func TestFits(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server, lite := &schema.Found{}, &schema.Found{FoldNames: true}
	for _, tt := range []struct {
		field, column    schema.Kind
		onServer, onLite bool
	}{
		{schema.Text, schema.Int64, false, false},
		{schema.Text, schema.Bool, false, false},
		{schema.Text, schema.Float64, false, false},
		{schema.Text, schema.Time, false, true},
		{schema.Text, schema.UUID, true, true},
		{schema.Text, schema.Decimal, true, true},
		{schema.Int64, schema.Text, false, true}, // others store numbers so on SQLite
		{schema.Int64, schema.Int32, true, true},
		{schema.Int64, schema.Time, false, false},
		{schema.Int64, schema.Bytes, false, false},
		{schema.Float64, schema.Int64, true, true},
		{schema.Bool, schema.Int64, false, true},
		{schema.Bool, schema.Text, false, true},
		{schema.Decimal, schema.Float64, true, true},
		{schema.Time, schema.Date, true, true},
		{schema.Time, schema.Int64, false, true}, // seconds since 1970
		{schema.Time, schema.Bytes, false, false},
		{schema.Clock, schema.Time, false, true},
		{schema.Bytes, schema.Text, false, true},
		{schema.Bytes, schema.Int64, false, false},
		{schema.JSON, schema.Int64, false, false},
		{schema.JSON, schema.Text, true, true},
		{schema.UUID, schema.Int64, false, false},
		{schema.Text.List(), schema.JSON, false, true},
		{schema.Text.List(), schema.Int64.List(), false, true},
		{schema.Int64.List(), schema.Int32.List(), true, true},
		{schema.Text.List(), schema.Int64, false, false},
		{schema.Int64, schema.Null, true, true},
	} {
		c, h := &schema.Column{Kind: tt.field}, &schema.FoundColumn{Kind: tt.column}
		is.Equal(server.Fits(c, h), tt.onServer)
		is.Equal(lite.Fits(c, h), tt.onLite)
	}
}
