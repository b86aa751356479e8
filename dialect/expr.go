package dialect

import (
	"math"
	"strconv"
	"strings"

	"github.com/prom-go/prom/schema"
)

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// LikePattern returns the argument of LIKE, with the escape character \, for a value. An escape character that ends the
// pattern of MatchLike stands for itself: PostgreSQL would refuse it and SQLite match nothing.
func LikePattern(m Match, value string) string {
	if m != MatchLike {
		value = likeEscaper.Replace(value)
		if m == MatchSuffix || m == MatchContains {
			value = "%" + value
		}
		if m == MatchPrefix || m == MatchContains {
			value += "%"
		}
		return value
	}
	if ends := len(value) - len(strings.TrimRight(value, `\`)); ends%2 == 1 {
		value += `\`
	}
	return value
}

// LikePrefix returns the text with which all begin that a value of MatchLike matches.
func LikePrefix(value string) string {
	var b strings.Builder
	for i := 0; i < len(value) && value[i] != '%' && value[i] != '_'; i++ {
		if value[i] == '\\' && i+1 < len(value) {
			i++
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// NumberLiteral returns an integer or a finite float as a constant in SQL, or false for another value.
func NumberLiteral(v schema.Value) (string, bool) {
	switch v.Kind() {
	case schema.Int16, schema.Int32, schema.Int64:
		return strconv.FormatInt(v.Int(), 10), true
	case schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10), true
	case schema.Float32, schema.Float64:
		f := v.Float()
		if v.Kind() == schema.Float32 {
			f = float64(float32(f)) // what SQLite, which has only one width, must store
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return "", false
		}
		s := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s, true
	}
	return "", false
}

// Sign returns the operator of a sum, or of a difference.
func Sign(minus bool) string {
	if minus {
		return " - "
	}
	return " + "
}
