package postgres

import (
	"errors"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

var typedNames = [...]string{
	schema.Bool: "boolean", schema.Int16: "smallint", schema.Int32: "integer", schema.Int64: "bigint",
	schema.Uint64: "numeric", schema.Decimal: "numeric", schema.Float32: "real", schema.Float64: "double precision",
	schema.Text: "text", schema.Bytes: "bytea", schema.Time: "timestamptz", schema.Date: "date", schema.Clock: "time",
	schema.UUID: "uuid", schema.JSON: "jsonb",
}

// Typed returns the placeholder of one argument with its type.
func (d Dialect) Typed(k schema.Kind) string {
	if int(k) < len(typedNames) && typedNames[k] != "" {
		return "?::" + typedNames[k]
	}
	return d.Arg(k)
}

// Fit returns expr: the server checks what it assigns. A field of a decimal or of a UUID may be a string in Go, and so
// what is computed of strings a text, which the server does not assign to them by itself.
func (Dialect) Fit(c *schema.Column, expr string) string {
	switch c.Kind {
	case schema.Decimal:
		return "CAST(" + expr + " AS numeric)"
	case schema.UUID:
		return "CAST(" + expr + " AS uuid)"
	}
	return expr
}

// Call returns the call of a function. Numbers are computed with 64 bits, as SQLite does, and letters in the collation
// C, which knows A to Z alone.
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
	case dialect.FuncAdd, dialect.FuncSub, dialect.FuncMul, dialect.FuncDiv, dialect.FuncMod, dialect.FuncNeg, dialect.FuncAbs:
		for i := range args {
			args[i] = wide(c, args[i])
		}
		if fn == dialect.FuncDiv || fn == dialect.FuncMod {
			args[1] = "NULLIF(" + args[1] + ", 0)"
		}
		if fn == dialect.FuncDiv && c.Kind == schema.Uint64 {
			return "div(" + strings.Join(args, ", ") + ")"
		}
		return number(c, dialect.PlainCall(fn, args...))
	case dialect.FuncRangeTime:
		return args[0]
	case dialect.FuncRangeOffset:
		return "(" + args[0] + " * interval '1 microsecond')"
	case dialect.FuncListElem: // of the type that the elements of a column have
		return args[0] + "::" + listType(c.Kind)
	case dialect.FuncLower, dialect.FuncUpper:
		args[0] += ` COLLATE "C"`
	case dialect.FuncLength:
		return dialect.PlainCall(fn, args...) + "::bigint"
	case dialect.FuncTrim, dialect.FuncReplace, dialect.FuncSubstr:
		if c.NoCase {
			args[0] += ` COLLATE "C"` // which replace needs before version 18
		}
	}
	return dialect.PlainCall(fn, args...)
}

// number returns what is computed of numbers, NULL when it is none, such as infinity minus infinity.
func number(c *schema.Column, expr string) string {
	if c.Kind == schema.Float32 || c.Kind == schema.Float64 {
		return "NULLIF(" + expr + ", 'NaN')"
	}
	return expr
}

// wide returns a number with 64 bits.
func wide(c *schema.Column, expr string) string {
	switch c.Kind {
	case schema.Int16, schema.Int32:
		return expr + "::bigint"
	case schema.Float32:
		return expr + "::double precision"
	}
	return expr
}

// Aggregate returns the call of an aggregate. Sums and averages have the types that SQLite gives them.
func (d Dialect) Aggregate(fn dialect.Func, c *schema.Column, distinct bool, arg string) (call, as string, err error) {
	switch fn {
	case dialect.FuncCount:
		if arg == "" {
			return "count(*)", "", nil
		}
	case dialect.FuncSum:
		switch c.Kind {
		case schema.Int16, schema.Int32, schema.Int64:
			as = "(%s)::bigint"
		case schema.Float32, schema.Float64:
			arg, as = wide(c, arg), number(c, "%s")
		}
	case dialect.FuncAvg:
		if c.Kind == schema.Decimal {
			break
		}
		arg, as = wide(c, arg), number(c, "(%s)::double precision")
	case dialect.FuncArrayAgg:
		return "array_agg(" + dialect.Distinct(distinct, arg) + ")", "coalesce(%s, '{}')", nil
	case dialect.FuncVarPop, dialect.FuncVarSamp, dialect.FuncStddevPop, dialect.FuncStddevSamp:
		as = number(c, "(%s)::double precision") // of integers the server's own is exact, as on the other engine
	case dialect.FuncMin, dialect.FuncMax:
		if isNative(c) {
			return leastOf(fn, c, arg)
		}
		switch c.Kind {
		case schema.Bool:
			name := "bool_and"
			if fn == dialect.FuncMax {
				name = "bool_or"
			}
			return name + "(" + arg + ")", "", nil
		case schema.Text:
			if c.Folded || computedRange(c) {
				order := d.Operand(c, arg)
				if fn == dialect.FuncMax {
					order += " DESC NULLS LAST"
				}
				return "array_agg(" + arg + " ORDER BY " + order + ")", "(%s)[1]", nil
			}
		case schema.UUID: // has neither before version 18; its text has the same order
			arg, as = arg+`::text COLLATE "C"`, "(%s)::uuid"
		case schema.Bytes, schema.JSON:
			return "", "", errors.New("PostgreSQL has no min and no max of bytes and JSON")
		}
	}
	return dialect.PlainCall(fn, dialect.Distinct(distinct, arg)), as, nil
}
