package sqlite

import "github.com/prom-go/prom/dialect"

// last returns a document of which SQLite's functions find what the other engine and encoding/json find: the last of
// equal keys.
func last(doc string) string { return JSONLast + "(" + doc + ")" }

// typed returns an expression of q.d, a document, and q.p, a path, if what is there is of one of the types.
func typed(args []string, types, expr string) string {
	return "(SELECT CASE WHEN json_type(q.d, q.p) IN (" + types + ") THEN " + expr + " END FROM (SELECT " +
		last(args[0]) + " AS d, " + args[1] + " AS p) AS q)"
}

// member is the path of a member of an object by its key, and element that of an element of a list, a new one when the
// list is too short; both are the last of the list q.l, behind the path q.p.
const (
	member  = "q.p || '.' || json_quote(json_extract(q.l, '$[#-1]'))"
	element = "q.p || iif(CAST(json_extract(q.l, '$[#-1]') AS INTEGER) < json_array_length(q.d, q.p), '[' || json_extract(q.l, '$[#-1]') || ']', '[#]')"
)

// float returns the number at a path of a document if it is less than a limit.
func float(args []string, limit string) string {
	return "(SELECT CASE WHEN abs(r.n) < " + limit + " THEN r.n END FROM (SELECT " +
		typed(args, "'integer', 'real'", "CAST(json_extract(q.d, q.p) AS REAL)") + " AS n) AS r)"
}

// docKeys is a query for the keys of the document q.d as PostgreSQL's operators ?| and ?& know them: those of an
// object, the texts in a list, or the text that it is.
const (
	docKey  = "iif(json_type(q.d) = 'object', e.key, e.value)"
	docKeys = "SELECT " + docKey + " FROM json_each(q.d) AS e WHERE (json_type(q.d) = 'object' OR e.type = 'text')"
)

// keysOf returns a condition on a document, q.d, and a list of keys, q.k.
func keysOf(args []string, cond string) string {
	return "(SELECT CASE WHEN q.d IS NOT NULL THEN " + cond + " END FROM (SELECT " + args[0] + " AS d, " + args[1] +
		" AS k) AS q)"
}

// callJSON returns the call of a function on JSON.
func callJSON(fn dialect.Func, args []string) string {
	switch fn {
	case dialect.FuncJSONText:
		return typed(args, "'text'", "json_extract(q.d, q.p)")
	case dialect.FuncJSONInt8, dialect.FuncJSONInt16, dialect.FuncJSONInt32,
		dialect.FuncJSONUint8, dialect.FuncJSONUint16, dialect.FuncJSONUint32:
		low, high := fn.IntRange()
		return "(SELECT CASE WHEN i.n BETWEEN " + low + " AND " + high + " THEN i.n END FROM (SELECT " +
			callJSON(dialect.FuncJSONInt, args) + " AS n) AS i)"
	case dialect.FuncJSONInt:
		// A number that is too large for an integer is a float.
		return "(SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END" +
			" FROM (SELECT " + typed(args, "'integer', 'real'", "json_extract(q.d, q.p)") + " AS n) AS r)"
	case dialect.FuncJSONFloat:
		return float(args, "9e999") // an infinity, which is what a number beyond all floats becomes
	case dialect.FuncJSONFloat32:
		return float(args, "3.4028235677973366e38")
	case dialect.FuncJSONBool:
		return typed(args, "'true', 'false'", "json_extract(q.d, q.p)")
	case dialect.FuncJSONDoc:
		return "(" + last(args[0]) + " -> " + args[1] + ")"
	case dialect.FuncJSONRecord:
		return typed(args, "'object', 'null'", "q.d -> q.p")
	case dialect.FuncJSONList:
		return typed(args, "'array', 'null'", "q.d -> q.p")
	case dialect.FuncJSONHas:
		return "(json_type(" + last(args[0]) + ", " + args[1] + ") IS NOT NULL)"
	case dialect.FuncJSONContains:
		return JSONContains + "(" + args[0] + ", " + args[1] + ")"
	case dialect.FuncJSONContainedBy:
		return JSONContains + "(" + args[1] + ", " + args[0] + ")" // the document has no arguments
	case dialect.FuncJSONHasAny:
		return keysOf(args, "EXISTS ("+docKeys+" AND "+docKey+" IN (SELECT k.value FROM json_each(q.k) AS k))")
	case dialect.FuncJSONHasAll:
		return keysOf(args, "NOT EXISTS (SELECT k.value FROM json_each(q.k) AS k EXCEPT "+docKeys+")")
	case dialect.FuncJSONLen:
		return typed(args, "'array'", "json_array_length(q.d, q.p)")
	case dialect.FuncJSONType:
		return "(SELECT CASE t.t WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean'" +
			" WHEN 'false' THEN 'boolean' ELSE t.t END FROM (SELECT json_type(" + last(args[0]) + ", " + args[1] +
			") AS t) AS t)"
	case dialect.FuncJSONMerge:
		return JSONMerge + "(json(" + args[0] + "), " + args[1] + ", '[]')"
	case dialect.FuncJSONMembers:
		return JSONMerge + "(json(" + args[0] + "), " + args[1] + ", " + args[2] + ")"
	}
	is, path := " = 'object'", member
	switch fn {
	case dialect.FuncJSONSetIndex, dialect.FuncJSONRemoveIndex:
		is, path = " = 'array'", element
	case dialect.FuncJSONSetFromEnd, dialect.FuncJSONRemoveFromEnd:
		is, path = " IS NOT NULL", "q.p"
	}
	changed, value := "json_remove(q.d, "+path+")", ""
	switch fn {
	case dialect.FuncJSONSetKey, dialect.FuncJSONSetIndex, dialect.FuncJSONSetFromEnd:
		changed, value = "json_set(q.d, "+path+", json(q.v))", ", "+args[3]+" AS v"
	}
	return "(SELECT CASE WHEN json_type(q.d, q.p)" + is + " THEN " + changed + " ELSE q.d END FROM (SELECT " +
		last(args[0]) + " AS d, " + args[1] + " AS p, " + args[2] + " AS l" + value + ") AS q)"
}
