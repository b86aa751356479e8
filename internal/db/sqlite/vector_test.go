package sqlite

import (
	"math"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
)

// Ensure that distances are those of pgvector, whatever the call before had as operands, and that a text that is no
// vector is told.
func TestDistances(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	operands := new(vectors)
	text := func(s string) sqlite3.Arg { return sqlite3.Arg{Type: sqlite3.Text, Text: s} }
	call := func(name, a, b string) sqlite3.Result {
		return operands.distance(distances[name])([]sqlite3.Arg{text(a), text(b)})
	}
	for _, test := range []struct {
		name, a, b string
		want       float64
	}{
		// The values are those of pgvector's own tests, vector_type.sql.
		{sqlite.L2Distance, "[0,0]", "[3,4]", 5},
		{sqlite.L2Distance, "[0,0]", "[0,1]", 1},
		{sqlite.L2Distance, "[3e38]", "[-3e38]", 2 * float64(float32(3e38))}, // infinity there
		{sqlite.NegativeInnerProduct, "[1,2]", "[3,4]", -11},
		{sqlite.CosineDistance, "[1,2]", "[2,4]", 0},
		{sqlite.CosineDistance, "[1,2]", "[0,0]", math.NaN()},
		{sqlite.CosineDistance, "[1,1]", "[1,1]", 0},
		{sqlite.CosineDistance, "[1,0]", "[0,2]", 1},
		{sqlite.CosineDistance, "[1,1]", "[-1,-1]", 2},
		{sqlite.CosineDistance, "[1,1]", "[1.1,1.1]", 0},
		{sqlite.CosineDistance, "[1,1]", "[-1.1,-1.1]", 2},
		{sqlite.L1Distance, "[0,0]", "[3,4]", 7},
		{sqlite.L1Distance, "[0,0]", "[0, 1]", 1},
	} {
		got := call(test.name, test.a, test.b)
		is.Equal(got.Err, "")
		is.Equal(got.Type, sqlite3.Float)
		off := math.Abs(got.Float - test.want)
		is.True(off < 1e-7*max(1, math.Abs(test.want)) || math.IsNaN(test.want) && math.IsNaN(got.Float))
	}
	for _, bad := range []string{"", " [1,2] ", "[", "]", "[]", "1,2", "[1,2", "[1,,2]", "[1,x]", "[NaN]", "[inf]",
		"[1e39]", "{1:1}/2"} {
		is.Equal(call(sqlite.L2Distance, "[1,2]", bad).Err, errVector)
		is.Equal(call(sqlite.L2Distance, bad, "[1,2]").Err, errVector)
	}
	is.Equal(call(sqlite.L2Distance, "[1,2]", "[1,2,3]").Err, errDimensions)
	is.Equal(call(sqlite.L2Distance, "[1,2]", "[1,2]").Float, 0.0)
	null := operands.distance(distances[sqlite.L1Distance])([]sqlite3.Arg{text("[1]"), {Null: true}})
	is.Equal(null, sqlite3.Result{})
}
