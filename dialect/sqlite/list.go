package sqlite

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// listElem returns a value as json_group_array is to write it.
func listElem(c *schema.Column, value string) string {
	switch c.Kind {
	case schema.Bool:
		return "json(iif(" + value + ", 'true', 'false'))"
	case schema.Bytes:
		return "lower(hex(" + value + "))"
	case schema.Float32, schema.Float64:
		return "CAST(" + value + " AS REAL)"
	case schema.Decimal:
		return "CAST(" + value + " AS TEXT)"
	}
	return value
}

// elementAt returns an element of a list, at a path of JSON, as a value of its kind.
func elementAt(c *schema.Column, list, path string) string {
	return elementOf(c, "json_extract("+list+", "+path+")")
}

// elementOf returns what JSON has for an element of a list as a value of its kind.
func elementOf(c *schema.Column, value string) string {
	switch c.Kind.Elem() {
	case schema.Bytes:
		return "unhex(" + value + ")"
	case schema.Float32, schema.Float64:
		return "CAST(" + value + " AS REAL)"
	}
	return value
}

// callListTerm returns the call of a function on a list that is any expression, and so may have arguments and is
// written once.
func callListTerm(fn dialect.Func, c *schema.Column, args []string) string {
	switch fn {
	case dialect.FuncListAt:
		return elementAt(c, args[0], "'$[' || "+args[1]+" || ']'")
	case dialect.FuncListFromEnd:
		return elementAt(c, args[0], "'$[#-' || "+args[1]+" || ']'")
	case dialect.FuncListRows:
		return "json_each(" + args[0] + ") AS " + args[1]
	case dialect.FuncListRow:
		return elementOf(c, args[0]+".value")
	case dialect.FuncListIndex:
		return "(SELECT min(e.key) FROM json_each(" + args[0] + ") AS e WHERE e.value IS (SELECT a.value FROM json_each(" +
			args[1] + ") AS a))"
	case dialect.FuncListJoin:
		return ListJoin + "(" + args[0] + ", " + args[1] + ")"
	case dialect.FuncListConcat:
		return "(SELECT CASE WHEN q.a IS NULL THEN q.b WHEN q.b IS NULL THEN q.a ELSE (SELECT json_group_array(" +
			elemForm(c) + ") FROM (SELECT value FROM json_each(q.a)" +
			" UNION ALL SELECT value FROM json_each(q.b)) AS e) END FROM (SELECT " + args[0] + " AS a, " + args[1] +
			" AS b) AS q)"
	}
	at := func(i string) string { return "iif(" + i + " < 0, json_array_length(q.l) + " + i + ", " + i + ")" }
	return "(SELECT CASE WHEN q.l IS NOT NULL THEN (SELECT json_group_array(" + elemForm(c) +
		" ORDER BY e.key) FROM json_each(q.l) AS e WHERE e.key >= " +
		at("q.f") + " AND e.key < " + at("q.t") + ") END FROM (SELECT " + args[0] + " AS l, " + args[1] + " AS f, " +
		args[2] + " AS t) AS q)"
}

// callList returns the call of a function on lists that are written as JSON. But for those of callListTerm the first
// one is a column.
func callList(fn dialect.Func, c *schema.Column, args []string) string {
	if fn == dialect.FuncListOf {
		elems := make([]string, len(args))
		for i, arg := range args {
			elems[i] = asElem(c, arg)
		}
		return "json_array(" + strings.Join(elems, ", ") + ")"
	}
	if fn >= dialect.FuncListConcat {
		return callListTerm(fn, c, args)
	}
	list := args[0]
	var cond string
	switch fn {
	case dialect.FuncListLen:
		return "json_array_length(" + list + ")"
	case dialect.FuncListAppend:
		return "(SELECT json_group_array(" + elemForm(c) + ") FROM (SELECT value FROM json_each(coalesce(" + list +
			", '[]')) UNION ALL SELECT value FROM json_each(" + args[1] + ")) AS e)"
	case dialect.FuncListRemove:
		cond = "(SELECT json_group_array(" + elemForm(c) + ") FROM json_each(" + list +
			") AS e WHERE (e.value IN (SELECT a.value FROM json_each(" +
			args[1] + ") AS a)) IS NOT TRUE)"
	case dialect.FuncListContains:
		// A subquery behind IN would be run for each element, since it is about the row.
		cond = "NOT EXISTS (SELECT a.value FROM json_each(" + args[1] + ") AS a EXCEPT SELECT b.value FROM json_each(" +
			list + ") AS b WHERE b.value IS NOT NULL)"
	case dialect.FuncListContainedBy:
		cond = "NOT EXISTS (SELECT 1 FROM json_each(" + list +
			") AS a WHERE (a.value IN (SELECT b.value FROM json_each(" +
			args[1] + ") AS b)) IS NOT TRUE)"
	case dialect.FuncListOverlaps:
		cond = "EXISTS (SELECT 1 FROM json_each(" + list + ") AS a WHERE a.value IN (SELECT b.value FROM json_each(" +
			args[1] + ") AS b))"
	default: // FuncListEq or FuncListNe
		sign := " = "
		if fn == dialect.FuncListNe {
			sign = " <> "
		}
		// Both in one form, whoever wrote the column.
		form := "(SELECT json_group_array(" + elemForm(c) + ") FROM json_each("
		cond = form + list + ") AS e)" + sign + form + args[1] + ") AS e)"
	}
	return "CASE WHEN " + list + " IS NOT NULL THEN " + cond + " END"
}

// elemForm returns the element e of a list as json_group_array is to write it. Of a boolean, the value is a number.
func elemForm(c *schema.Column) string {
	switch c.Kind.Elem() {
	case schema.Bool:
		return "json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
	case schema.Float32, schema.Float64:
		return "CAST(e.value AS REAL)"
	}
	return "e.value"
}

// asElem returns a canonical value as json_array is to write it.
func asElem(c *schema.Column, expr string) string {
	switch c.Kind.Elem() {
	case schema.Bool:
		return "json(CASE " + expr + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
	case schema.Float32, schema.Float64:
		return "CAST(" + expr + " AS REAL)"
	case schema.Bytes:
		return "lower(hex(" + expr + "))"
	}
	return expr
}

// AppendList appends a list as JSON, for json_each and for columns. Bytes become hexadecimal digits; infinities become
// numbers that are read as such.
func AppendList(b []byte, v schema.Value) []byte {
	b = append(b, '[')
	switch list := v.List().(type) {
	case []bool:
		for i, x := range list {
			b = strconv.AppendBool(comma(b, i), x)
		}
	case []int64:
		kind := v.Kind()
		for i, x := range list {
			b = comma(b, i)
			switch kind {
			case schema.Time:
				b = append(AppendTime(append(b, '"'), time.UnixMicro(x)), '"')
			case schema.Date:
				b = append(AppendDate(append(b, '"'), time.UnixMicro(x).UTC()), '"')
			case schema.Clock:
				b = append(AppendClock(append(b, '"'), time.Duration(x)*time.Microsecond), '"')
			default:
				b = strconv.AppendInt(b, x, 10)
			}
		}
	case []uint64:
		for i, x := range list {
			b = strconv.AppendUint(comma(b, i), x, 10)
		}
	case []float64:
		for i, x := range list {
			b = comma(b, i)
			switch {
			case math.IsInf(x, 1):
				b = append(b, "9e999"...)
			case math.IsInf(x, -1):
				b = append(b, "-9e999"...)
			default:
				b = strconv.AppendFloat(b, x, 'e', -1, 64)
			}
		}
	case []string:
		for i, x := range list {
			b = appendJSON(comma(b, i), x)
		}
	case [][]byte:
		for i, x := range list {
			b = append(hex.AppendEncode(append(comma(b, i), '"'), x), '"')
		}
	case []schema.Value:
		for i, x := range list {
			b = appendElem(comma(b, i), v.Kind(), x)
		}
	}
	return append(b, ']')
}

// appendElem appends an element of a list of kind k of which some are NULL or lists, or have kinds of their own.
func appendElem(b []byte, k schema.Kind, v schema.Value) []byte {
	switch {
	case v.IsList():
		return AppendList(b, v)
	case v.IsNull():
		return append(b, "null"...)
	case k == schema.Any && v.Kind() == schema.Bytes: // which the type of the element tells from a text
		return AppendList(b, schema.ListValue(schema.Bytes, [][]byte{v.Bytes()}))
	}
	at := len(b)
	one, _ := schema.NewList(v.Kind(), 1, func(int) (schema.Value, error) { return v, nil })
	b = AppendList(b, one)
	return append(b[:at], b[at+1:len(b)-1]...) // without its brackets
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// appendJSON writes a string of JSON. What is not UTF-8 becomes U+FFFD.
func appendJSON(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(append(b, s[from:i]...), '\\', c)
		case c < ' ':
			b = append(append(b, s[from:i]...), '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		case c < utf8.RuneSelf:
			i++
			continue
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			b = append(append(b, s[from:i]...), "\ufffd"...)
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
