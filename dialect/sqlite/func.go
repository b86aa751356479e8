package sqlite

import (
	"errors"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Typed returns the placeholder of one argument: a value brings its type along.
func (Dialect) Typed(schema.Kind) string { return "?" }

// Fit returns expr, made to fail when it gives an integer, a float32 or a decimal that the column cannot hold; a
// decimal is rounded to the column's scale, halves away from zero, as PostgreSQL does by itself. SQLite would turn an
// integer that overflows 64 bits into a float, and knows no smaller integers; abs of the least integer is its one error
// for an overflow (https://www.sqlite.org/lang_corefunc.html#abs).
func (Dialect) Fit(c *schema.Column, expr string) string {
	if c.Kind == schema.Decimal {
		return fitDecimal(c, expr)
	}
	if c.Kind == schema.Float32 {
		return Float32 + "(" + expr + ")"
	}
	low, high, ok := integerRange(c.Kind)
	if !ok {
		return expr
	}
	// The float next to the least integer equals it, so the range alone does not tell.
	bad := "typeof(s.v) = 'real' OR s.v NOT BETWEEN " + low + " AND " + high
	return "(SELECT iif(" + bad + ", abs(-9223372036854775807 - 1), s.v) FROM (SELECT " + expr + " AS v) AS s)"
}

// Call returns the call of a function. A division by zero is NULL here.
func (Dialect) Call(fn dialect.Func, c *schema.Column, args []string) string {
	if fn.OfList() {
		return callList(fn, c, args)
	}
	if fn.OfJSON() {
		return callJSON(fn, args)
	}
	if fn.OfTerms() {
		return callTerm(fn, c, args)
	}
	switch fn {
	case dialect.FuncAdd:
		return compute(Plus, args...)
	case dialect.FuncSub:
		return compute(Minus, args...)
	case dialect.FuncMul:
		return compute(Times, args...)
	case dialect.FuncDiv:
		return compute(Divided, args...)
	case dialect.FuncRangeTime: // the microseconds since 1970
		return "(SELECT unixepoch(s.v) * 1000000 + CAST(substr(s.v, 21, 6) AS INTEGER) FROM (SELECT " + args[0] +
			" AS v) AS s)"
	case dialect.FuncRangeOffset:
		return args[0]
	case dialect.FuncListElem:
		return listElem(c, args[0])
	case dialect.FuncNeg: // of the least integer it does not fit
		return compute(Minus, "0", args[0])
	}
	return dialect.PlainCall(fn, args...)
}

// compute returns the call of a function of two numbers.
func compute(name string, args ...string) string { return name + "(" + strings.Join(args, ", ") + ")" }

// Aggregate returns the call of an aggregate. A sum of integers that overflows is an error of SQLite's own.
func (d Dialect) Aggregate(fn dialect.Func, c *schema.Column, distinct bool, arg string) (call, as string, err error) {
	switch {
	case fn == dialect.FuncCount && arg == "":
		return "count(*)", "", nil
	case (fn == dialect.FuncMin || fn == dialect.FuncMax) && (c.Kind == schema.Bytes || c.Kind == schema.JSON):
		return "", "", errors.New("PostgreSQL has no min and no max of bytes and JSON")
	case fn == dialect.FuncArrayAgg:
		return "json_group_array(" + dialect.Distinct(distinct, arg) + ")", "", nil
	case variances[fn] != "":
		return variances[fn] + "(" + arg + ")", "", nil
	case fn == dialect.FuncSum && c.Kind == schema.Decimal:
		return DecimalSum + "(" + dialect.Distinct(distinct, d.Operand(c, arg)) + ")", "", nil
	case fn == dialect.FuncAvg && c.Kind == schema.Decimal:
		return DecimalAverage + "(" + dialect.Distinct(distinct, d.Operand(c, arg)) + ")", "", nil
	}
	return dialect.PlainCall(fn, dialect.Distinct(distinct, d.Operand(c, arg))), "", nil
}

var variances = map[dialect.Func]string{
	dialect.FuncVarPop: VarPop, dialect.FuncVarSamp: VarSamp, dialect.FuncStddevPop: StddevPop, dialect.FuncStddevSamp: StddevSamp,
}
