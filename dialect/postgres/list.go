package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

var listOps = map[dialect.Func]string{
	dialect.FuncListEq: " = ", dialect.FuncListNe: " <> ",
	dialect.FuncListContains: " @> ", dialect.FuncListContainedBy: " <@ ", dialect.FuncListOverlaps: " && ",
}

// callList returns the call of a function on arrays. Of NULL, array_cat makes the other array.
func callList(fn dialect.Func, c *schema.Column, args []string) string {
	switch fn {
	case dialect.FuncListOf:
		return "ARRAY[" + strings.Join(args, ", ") + "]::" + listType(c.Kind.Elem()) + "[]"
	case dialect.FuncListLen:
		return "cardinality(" + args[0] + ")::bigint"
	case dialect.FuncListAppend:
		return "array_cat(" + args[0] + ", " + args[1] + ")"
	case dialect.FuncListConcat:
		return "array_cat(" + args[0] + ", " + args[1] + ")"
	case dialect.FuncListIndex:
		return "(array_position(" + args[0] + ", (" + args[1] + ")[1]) - 1)::bigint"
	case dialect.FuncListAt:
		return "(" + args[0] + ")[" + args[1] + " + 1]"
	case dialect.FuncListFromEnd:
		return "(SELECT q.l[cardinality(q.l) + 1 - q.i] FROM (SELECT " + args[0] + " AS l, " + args[1] + " AS i) AS q)"
	case dialect.FuncListSlice:
		at := func(i string) string {
			return "CASE WHEN " + i + " < 0 THEN cardinality(q.l) + " + i + " ELSE " + i + " END"
		}
		return "(SELECT q.l[" + at("q.f") + " + 1 : " + at("q.t") + "] FROM (SELECT " + args[0] + " AS l, " + args[1] +
			" AS f, " + args[2] + " AS t) AS q)"
	case dialect.FuncListRows:
		return "LATERAL unnest(" + args[0] + ") AS " + args[1] + " (v)"
	case dialect.FuncListRow:
		return args[0] + ".v"
	case dialect.FuncListJoin:
		return "array_to_string(NULLIF(" + args[0] + ", '{}'), " + args[1] + ")"
	case dialect.FuncListRemove:
		return "CASE WHEN " + args[0] + " IS NOT NULL THEN ARRAY(SELECT e FROM unnest(" + args[0] +
			") WITH ORDINALITY AS u(e, n) WHERE (e = ANY(" + args[1] + ")) IS NOT TRUE ORDER BY n) END"
	}
	return "(" + args[0] + listOps[fn] + args[1] + ")"
}
