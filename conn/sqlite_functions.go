package conn

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/jsontext"
	"github.com/prom-go/prom/internal/sqlite3"
)

// addFunctions gives a connection the functions and the collation that the dialect's statements use.
func addFunctions(c *sqlite3.Conn) error {
	if err := c.CreateCollation(sqlite.DecimalCollation, compareDecimals); err != nil {
		return err
	}
	if err := c.CreateAggregate(sqlite.DecimalSum, func() sqlite3.Aggregate { return &decimalSum{} }); err != nil {
		return err
	}
	for name, compute := range arithmetic {
		if err := c.CreateArithmetic(name, 2, compute); err != nil {
			return err
		}
	}
	if err := c.CreateArithmetic(sqlite.Float32, 1, toFloat32); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.Value, 3, liteValue); err != nil {
		return err
	}
	if err := c.CreateFunction(sqlite.JSONLast, 1, jsonLast); err != nil {
		return err
	}
	return c.CreateFunction(sqlite.JSONContains, 2, jsonContains)
}

// jsonLast is a document in which an object has no key twice, since SQLite's functions take the first of equal ones,
// and PostgreSQL and encoding/json the last.
func jsonLast(args []sqlite3.Arg) sqlite3.Result {
	// A number, too, may be a document, and a BLOB one in SQLite's own form.
	if args[0].Null || args[0].Type == sqlite3.Blob {
		return sqlite3.Result{First: true}
	}
	if last := jsontext.Last(args[0].Text); len(last) < len(args[0].Text) {
		return sqlite3.Result{Type: sqlite3.Text, Text: last}
	}
	return sqlite3.Result{First: true}
}

// decimalSum adds decimal numbers exactly. Its result has as many digits after the point as the number that has the most, as on
// PostgreSQL.
type decimalSum struct {
	sum    big.Int // of so many digits after the point
	scale  int
	rows   int
	broken bool // a text was no number
}

func (s *decimalSum) Add(text string)    { s.add(text, 1) }
func (s *decimalSum) Remove(text string) { s.add(text, -1) }

func (s *decimalSum) add(text string, rows int) {
	s.rows += rows
	whole, fraction, _ := strings.Cut(strings.TrimSpace(text), ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok || strings.ContainsAny(fraction, "+-_") || strings.Contains(whole, "_") {
		s.broken = true
		return
	}
	if more := len(fraction) - s.scale; more > 0 {
		s.sum.Mul(&s.sum, powerOfTen(more))
		s.scale = len(fraction)
	} else {
		n.Mul(n, powerOfTen(-more))
	}
	if rows < 0 {
		n.Neg(n)
	}
	s.sum.Add(&s.sum, n)
}

func powerOfTen(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func (s *decimalSum) Result() sqlite3.Result {
	switch {
	case s.broken:
		return sqlite3.Result{Err: "a value of the sum is no decimal number"}
	case s.rows == 0:
		return sqlite3.Result{}
	}
	digits, sign := new(big.Int).Abs(&s.sum).String(), ""
	if s.sum.Sign() < 0 {
		sign = "-"
	}
	if short := s.scale + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	if s.scale > 0 {
		digits = digits[:len(digits)-s.scale] + "." + digits[len(digits)-s.scale:]
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: sign + digits}
}

// jsonContains is PostgreSQL's operator @> on jsonb: whether the second document is contained in the first one.
func jsonContains(args []sqlite3.Arg) sqlite3.Result {
	if args[0].Null || args[1].Null {
		return sqlite3.Result{}
	}
	whole, ok1 := parseJSON(args[0].Text)
	part, ok2 := parseJSON(args[1].Text)
	if !ok1 || !ok2 {
		return sqlite3.Result{Err: "malformed JSON"}
	}
	n := int64(0)
	if list, isList := whole.([]any); containsJSON(whole, part) || isList && isScalar(part) && hasElement(list, part) {
		n = 1 // a scalar is in a list, as an exception at the top
	}
	return sqlite3.Result{Type: sqlite3.Integer, Int: n}
}

func parseJSON(text string) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil, false
	}
	return v, !d.More()
}

func isScalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// containsJSON reports whether each member of an object, and each element of a list, in part is in whole; their order and number do not
// matter.
func containsJSON(whole, part any) bool {
	switch p := part.(type) {
	case map[string]any:
		w, ok := whole.(map[string]any)
		for k, v := range p {
			member, has := w[k]
			if !has || !containsJSON(member, v) {
				return false
			}
		}
		return ok
	case []any:
		w, ok := whole.([]any)
		for _, v := range p {
			if !hasElement(w, v) {
				return false
			}
		}
		return ok
	case json.Number:
		w, ok := whole.(json.Number)
		return ok && sameNumber(string(w), string(p))
	}
	return isScalar(whole) && whole == part
}

func hasElement(list []any, part any) bool {
	for _, v := range list {
		if containsJSON(v, part) {
			return true
		}
	}
	return false
}

// sameNumber compares numbers of JSON by their value: 1, 1.0 and 10e-1 are the same.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	for _, s := range []string{a, b} {
		if _, exponent, _ := strings.Cut(strings.ToLower(s), "e"); len(exponent) > 5 {
			return false // too large to be computed with, and for PostgreSQL to store
		}
	}
	x, ok1 := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok1 && ok2 && x.Cmp(y) == 0
}
