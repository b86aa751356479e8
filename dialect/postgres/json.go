package postgres

import "github.com/prom-go/prom/dialect"

// at returns what is at a path of a document. In the strict mode a path means what it says; in the other one, a key of
// a list would be that of its elements.
func at(doc, path string) string {
	return "jsonb_path_query_first(" + doc + ", ('strict ' || " + path + ")::jsonpath, '{}', true)"
}

// typed returns an expression of q.j, which is what is at a path, if that is of a type.
func typed(args []string, typ, expr string) string {
	return "(SELECT CASE WHEN jsonb_typeof(q.j) IN ('" + typ + "') THEN " + expr + " END FROM (SELECT " +
		at(args[0], args[1]) + " AS j) AS q)"
}

// jsonNumber returns an expression of r.n, which is the number at a path of a document.
func jsonNumber(args []string, when string) string {
	return "(SELECT CASE WHEN " + when + " END FROM (SELECT " +
		typed(args, "number", "(q.j #>> '{}')::numeric") + " AS n) AS r)"
}

// float returns the number at a path of a document if it is less than a limit. The cast would refuse a greater one,
// and one that is too small for a float and so is zero, and with it the whole statement.
func float(args []string, limit string) string {
	return jsonNumber(args, "abs(r.n) < 2.4703282292062328e-324 THEN 0 WHEN abs(r.n) < "+limit+" THEN r.n::double precision")
}

// callJSON returns the call of a function on jsonb.
func callJSON(fn dialect.Func, args []string) string {
	switch fn {
	case dialect.FuncJSONText:
		return typed(args, "string", "q.j #>> '{}'")
	case dialect.FuncJSONInt, dialect.FuncJSONInt8, dialect.FuncJSONInt16, dialect.FuncJSONInt32,
		dialect.FuncJSONUint8, dialect.FuncJSONUint16, dialect.FuncJSONUint32:
		low, high := fn.IntRange()
		return jsonNumber(args, "r.n = trunc(r.n) AND r.n BETWEEN "+low+" AND "+high+" THEN r.n::bigint")
	case dialect.FuncJSONFloat:
		return float(args, "1.797693134862315807e308")
	case dialect.FuncJSONFloat32:
		return float(args, "3.4028235677973366e38")
	case dialect.FuncJSONBool:
		return typed(args, "boolean", "(q.j #>> '{}')::boolean")
	case dialect.FuncJSONDoc:
		return at(args[0], args[1])
	case dialect.FuncJSONRecord:
		return typed(args, "object', 'null", "q.j")
	case dialect.FuncJSONList:
		return typed(args, "array', 'null", "q.j")
	case dialect.FuncJSONHas:
		return "(" + at(args[0], args[1]) + " IS NOT NULL)"
	case dialect.FuncJSONContains:
		return "(" + args[0] + " @> " + args[1] + ")"
	case dialect.FuncJSONContainedBy:
		return "(" + args[0] + " <@ " + args[1] + ")"
	case dialect.FuncJSONHasAny: // squirrel makes one question mark of two
		return "(" + args[0] + " ??| " + args[1] + ")"
	case dialect.FuncJSONHasAll:
		return "(" + args[0] + " ??& " + args[1] + ")"
	case dialect.FuncJSONLen:
		return typed(args, "array", "jsonb_array_length(q.j)::bigint")
	case dialect.FuncJSONType:
		return "jsonb_typeof(" + at(args[0], args[1]) + ")"
	case dialect.FuncJSONMembers:
		return "(SELECT (" + object("q.j") + " - q.r) || q.m FROM (SELECT " + args[0] + " AS j, " + args[1] + " AS m, " +
			args[2] + " AS r) AS q)"
	case dialect.FuncJSONMerge:
		return merge(args[0], args[1])
	}
	there := "jsonb_typeof(" + at(args[0], args[1]) + ") = 'object'"
	switch fn {
	case dialect.FuncJSONSetIndex, dialect.FuncJSONRemoveIndex:
		there = "jsonb_typeof(" + at(args[0], args[1]) + ") = 'array'"
	case dialect.FuncJSONSetFromEnd, dialect.FuncJSONRemoveFromEnd:
		there = at(args[0], args[1]) + " IS NOT NULL"
	}
	changed := args[0] + " #- " + args[2]
	switch fn {
	case dialect.FuncJSONSetKey, dialect.FuncJSONSetIndex, dialect.FuncJSONSetFromEnd:
		changed = "jsonb_set(" + args[0] + ", " + args[2] + ", " + args[3] + ")"
	}
	return "CASE WHEN " + there + " THEN " + changed + " ELSE " + args[0] + " END"
}

// object returns a document that is an object, or else an empty one.
func object(doc string) string {
	return "CASE WHEN jsonb_typeof(" + doc + ") = 'object' THEN " + doc + " ELSE '{}'::jsonb END"
}

// merge returns a document with a patch merged into it. It walks both, as deep as the patch has objects, and writes the
// text of what they make together: each value at its place, which is the numbers of the members on the way, and the end
// of an object behind all that is in it.
func merge(doc, patch string) string {
	members := func(of string) string {
		return "jsonb_each(CASE WHEN jsonb_typeof(w.patch) = 'object' THEN " + object("w."+of) +
			" ELSE '{}'::jsonb END) AS " + of + " (key, value)"
	}
	return "(WITH RECURSIVE w (path, n, key, doc, patch) AS (SELECT '{}'::int[], 1::bigint, NULL::text, " + object("q.d") +
		", q.p FROM (SELECT " + doc + " AS d, " + patch +
		" AS p) AS q UNION ALL SELECT w.path || k.n::int, k.n, k.key, k.doc, k.patch " +
		"FROM w CROSS JOIN LATERAL (SELECT coalesce(doc.key, patch.key) AS key, doc.value AS doc, patch.value AS patch, row_number() OVER () AS n FROM " +
		members("doc") + " FULL JOIN " + members("patch") +
		" ON doc.key = patch.key WHERE patch.value IS DISTINCT FROM 'null'::jsonb) AS k " +
		"WHERE jsonb_typeof(w.patch) = 'object') " +
		"SELECT string_agg(t.text, '' ORDER BY t.path)::jsonb FROM (" +
		"SELECT w.path, CASE WHEN w.n > 1 THEN ',' ELSE '' END || coalesce(to_json(w.key)::text || ':', '') || " +
		"CASE WHEN jsonb_typeof(w.patch) = 'object' THEN '{' ELSE coalesce(w.patch, w.doc)::text END FROM w UNION ALL " +
		"SELECT w.path || 2147483647, '}' FROM w WHERE jsonb_typeof(w.patch) = 'object') AS t (path, text))"
}
