-- argument bool
?;
-- operand bool
"t"."c";
-- in bool
"t"."c" = ANY(?::boolean[]);
-- not in bool
"t"."c" <> ALL(?::boolean[]);
-- argument int16
?;
-- operand int16
"t"."c";
-- in int16
"t"."c" = ANY(?::bigint[]);
-- not in int16
"t"."c" <> ALL(?::bigint[]);
-- sum of int16
"t"."c" + ?;
-- difference of int16
"t"."c" - ?;
-- argument int32
?;
-- operand int32
"t"."c";
-- in int32
"t"."c" = ANY(?::bigint[]);
-- not in int32
"t"."c" <> ALL(?::bigint[]);
-- sum of int32
"t"."c" + ?;
-- difference of int32
"t"."c" - ?;
-- argument int64
?;
-- operand int64
"t"."c";
-- in int64
"t"."c" = ANY(?::bigint[]);
-- not in int64
"t"."c" <> ALL(?::bigint[]);
-- sum of int64
"t"."c" + ?;
-- difference of int64
"t"."c" - ?;
-- argument uint64
?::numeric;
-- operand uint64
"t"."c";
-- in uint64
"t"."c" = ANY(?::numeric[]);
-- not in uint64
"t"."c" <> ALL(?::numeric[]);
-- sum of uint64
"t"."c" + ?::numeric;
-- difference of uint64
"t"."c" - ?::numeric;
-- argument float32
?;
-- operand float32
"t"."c";
-- in float32
"t"."c" = ANY(?::double precision[]);
-- not in float32
"t"."c" <> ALL(?::double precision[]);
-- sum of float32
NULLIF("t"."c" + ?, 'NaN');
-- difference of float32
NULLIF("t"."c" - ?, 'NaN');
-- argument float64
?;
-- operand float64
"t"."c";
-- in float64
"t"."c" = ANY(?::double precision[]);
-- not in float64
"t"."c" <> ALL(?::double precision[]);
-- sum of float64
NULLIF("t"."c" + ?, 'NaN');
-- difference of float64
NULLIF("t"."c" - ?, 'NaN');
-- argument text
?;
-- operand text
"t"."c";
-- in text
"t"."c" = ANY(?::text[]);
-- not in text
"t"."c" <> ALL(?::text[]);
-- argument bytes
?;
-- operand bytes
"t"."c";
-- in bytes
"t"."c" = ANY(?::bytea[]);
-- not in bytes
"t"."c" <> ALL(?::bytea[]);
-- argument decimal
?::numeric;
-- operand decimal
"t"."c";
-- in decimal
"t"."c" = ANY(?::numeric[]);
-- not in decimal
"t"."c" <> ALL(?::numeric[]);
-- argument time
?;
-- operand time
"t"."c";
-- in time
"t"."c" = ANY(?::timestamptz[]);
-- not in time
"t"."c" <> ALL(?::timestamptz[]);
-- argument date
?::date;
-- operand date
"t"."c";
-- in date
"t"."c" = ANY(?::date[]);
-- not in date
"t"."c" <> ALL(?::date[]);
-- argument clock
?::time;
-- operand clock
"t"."c";
-- in clock
"t"."c" = ANY(?::time[]);
-- not in clock
"t"."c" <> ALL(?::time[]);
-- argument uuid
?::uuid;
-- operand uuid
"t"."c";
-- in uuid
"t"."c" = ANY(?::uuid[]);
-- not in uuid
"t"."c" <> ALL(?::uuid[]);
-- argument json
?::jsonb;
-- operand json
"t"."c";
-- in json
"t"."c" = ANY(?::jsonb[]);
-- not in json
"t"."c" <> ALL(?::jsonb[]);
-- operand nocase
lower("t"."c" COLLATE "C");
-- operand of a computed nocase
lower((a || b) COLLATE "C");
-- in nocase
lower("t"."c" COLLATE "C") = ANY(ARRAY(SELECT lower(v COLLATE "C") FROM unnest(?::text[]) AS v));
-- equal texts
SELECT min(n) OVER (PARTITION BY v) FROM (SELECT "c" AS v, 0::bigint AS n FROM "t" WHERE false UNION ALL SELECT * FROM unnest($1::text[]) WITH ORDINALITY) AS texts ORDER BY n;
-- match 0 nocase=false fold=false not=false
"t"."c" LIKE ?;
-- match 1 nocase=false fold=false not=false
"t"."c" LIKE ?;
-- match 2 nocase=false fold=false not=false
"t"."c" LIKE ?;
-- match 3 nocase=false fold=false not=false
"t"."c" LIKE ?;
-- match 0 nocase=false fold=false not=true
"t"."c" NOT LIKE ?;
-- match 1 nocase=false fold=false not=true
"t"."c" NOT LIKE ?;
-- match 2 nocase=false fold=false not=true
"t"."c" NOT LIKE ?;
-- match 3 nocase=false fold=false not=true
"t"."c" NOT LIKE ?;
-- match 0 nocase=false fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 1 nocase=false fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 2 nocase=false fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 3 nocase=false fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 0 nocase=false fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- match 1 nocase=false fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- match 2 nocase=false fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- match 3 nocase=false fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- match 0 nocase=true fold=false not=false
"t"."c" COLLATE "C" LIKE ?;
-- match 1 nocase=true fold=false not=false
"t"."c" COLLATE "C" LIKE ?;
-- match 2 nocase=true fold=false not=false
"t"."c" COLLATE "C" LIKE ?;
-- match 3 nocase=true fold=false not=false
"t"."c" COLLATE "C" LIKE ?;
-- match 0 nocase=true fold=false not=true
"t"."c" COLLATE "C" NOT LIKE ?;
-- match 1 nocase=true fold=false not=true
"t"."c" COLLATE "C" NOT LIKE ?;
-- match 2 nocase=true fold=false not=true
"t"."c" COLLATE "C" NOT LIKE ?;
-- match 3 nocase=true fold=false not=true
"t"."c" COLLATE "C" NOT LIKE ?;
-- match 0 nocase=true fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 1 nocase=true fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 2 nocase=true fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 3 nocase=true fold=true not=false
"t"."c" COLLATE "C" ILIKE ?;
-- match 0 nocase=true fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- match 1 nocase=true fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- match 2 nocase=true fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- match 3 nocase=true fold=true not=true
"t"."c" COLLATE "C" NOT ILIKE ?;
-- part 1 of a time
EXTRACT(YEAR FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 1 of a date
EXTRACT(YEAR FROM "t"."c"::timestamp)::bigint;
-- part 2 of a time
EXTRACT(QUARTER FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 2 of a date
EXTRACT(QUARTER FROM "t"."c"::timestamp)::bigint;
-- part 3 of a time
EXTRACT(MONTH FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 3 of a date
EXTRACT(MONTH FROM "t"."c"::timestamp)::bigint;
-- part 4 of a time
EXTRACT(WEEK FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 4 of a date
EXTRACT(WEEK FROM "t"."c"::timestamp)::bigint;
-- part 5 of a time
EXTRACT(DAY FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 5 of a date
EXTRACT(DAY FROM "t"."c"::timestamp)::bigint;
-- part 6 of a time
EXTRACT(ISODOW FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 6 of a date
EXTRACT(ISODOW FROM "t"."c"::timestamp)::bigint;
-- part 7 of a time
EXTRACT(DOY FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 7 of a date
EXTRACT(DOY FROM "t"."c"::timestamp)::bigint;
-- part 8 of a time
EXTRACT(HOUR FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 8 of a date
EXTRACT(HOUR FROM "t"."c"::timestamp)::bigint;
-- part 9 of a time
EXTRACT(MINUTE FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 9 of a date
EXTRACT(MINUTE FROM "t"."c"::timestamp)::bigint;
-- part 10 of a time
FLOOR(EXTRACT(SECOND FROM "t"."c" AT TIME ZONE 'UTC'))::bigint;
-- part 10 of a date
FLOOR(EXTRACT(SECOND FROM "t"."c"::timestamp))::bigint;
-- function 17 of lists of text
("t"."c" = ?::text[]);
-- function 18 of lists of text
("t"."c" <> ?::text[]);
-- function 19 of lists of text
("t"."c" @> ?::text[]);
-- function 20 of lists of text
("t"."c" <@ ?::text[]);
-- function 21 of lists of text
("t"."c" && ?::text[]);
-- function 22 of lists of text
cardinality("t"."c")::bigint;
-- function 23 of lists of text
array_cat("t"."c", ?::text[]);
-- function 24 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN ARRAY(SELECT e FROM unnest("t"."c") WITH ORDINALITY AS u(e, n) WHERE (e = ANY(?::text[])) IS NOT TRUE ORDER BY n) END;
-- list of text
ARRAY["t"."c"]::text[];
-- function 17 of lists of bool
("t"."c" = ?::boolean[]);
-- function 18 of lists of bool
("t"."c" <> ?::boolean[]);
-- function 19 of lists of bool
("t"."c" @> ?::boolean[]);
-- function 20 of lists of bool
("t"."c" <@ ?::boolean[]);
-- function 21 of lists of bool
("t"."c" && ?::boolean[]);
-- function 22 of lists of bool
cardinality("t"."c")::bigint;
-- function 23 of lists of bool
array_cat("t"."c", ?::boolean[]);
-- function 24 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN ARRAY(SELECT e FROM unnest("t"."c") WITH ORDINALITY AS u(e, n) WHERE (e = ANY(?::boolean[])) IS NOT TRUE ORDER BY n) END;
-- list of bool
ARRAY["t"."c"]::boolean[];
-- function 17 of lists of float64
("t"."c" = ?::double precision[]);
-- function 18 of lists of float64
("t"."c" <> ?::double precision[]);
-- function 19 of lists of float64
("t"."c" @> ?::double precision[]);
-- function 20 of lists of float64
("t"."c" <@ ?::double precision[]);
-- function 21 of lists of float64
("t"."c" && ?::double precision[]);
-- function 22 of lists of float64
cardinality("t"."c")::bigint;
-- function 23 of lists of float64
array_cat("t"."c", ?::double precision[]);
-- function 24 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN ARRAY(SELECT e FROM unnest("t"."c") WITH ORDINALITY AS u(e, n) WHERE (e = ANY(?::double precision[])) IS NOT TRUE ORDER BY n) END;
-- list of float64
ARRAY["t"."c"]::double precision[];
-- function 26 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('string') THEN q.j #>> '{}' END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 27 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -9223372036854775808 AND 9223372036854775807 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 28 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -128 AND 127 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 29 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -32768 AND 32767 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 30 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -2147483648 AND 2147483647 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 31 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN 0 AND 255 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 32 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN 0 AND 65535 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 33 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN 0 AND 4294967295 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 34 of JSON
(SELECT CASE WHEN abs(r.n) < 2.4703282292062328e-324 THEN 0 WHEN abs(r.n) < 1.797693134862315807e308 THEN r.n::double precision END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 35 of JSON
(SELECT CASE WHEN abs(r.n) < 2.4703282292062328e-324 THEN 0 WHEN abs(r.n) < 3.4028235677973366e38 THEN r.n::double precision END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 36 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('boolean') THEN (q.j #>> '{}')::boolean END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 37 of JSON
jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true);
-- function 38 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('object', 'null') THEN q.j END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 39 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('array', 'null') THEN q.j END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 40 of JSON
(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) IS NOT NULL);
-- function 41 of JSON
("t"."c" @> ?::jsonb);
-- function 42 of JSON
(SELECT (CASE WHEN jsonb_typeof(q.j) = 'object' THEN q.j ELSE '{}'::jsonb END - q.r) || q.m FROM (SELECT "t"."c" AS j, ?::jsonb AS m, ?::text[] AS r) AS q);
-- function 43 of JSON
(WITH RECURSIVE w (path, n, key, doc, patch) AS (SELECT '{}'::int[], 1::bigint, NULL::text, CASE WHEN jsonb_typeof(q.d) = 'object' THEN q.d ELSE '{}'::jsonb END, q.p FROM (SELECT "t"."c" AS d, ?::jsonb AS p) AS q UNION ALL SELECT w.path || k.n::int, k.n, k.key, k.doc, k.patch FROM w CROSS JOIN LATERAL (SELECT coalesce(doc.key, patch.key) AS key, doc.value AS doc, patch.value AS patch, row_number() OVER () AS n FROM jsonb_each(CASE WHEN jsonb_typeof(w.patch) = 'object' THEN CASE WHEN jsonb_typeof(w.doc) = 'object' THEN w.doc ELSE '{}'::jsonb END ELSE '{}'::jsonb END) AS doc (key, value) FULL JOIN jsonb_each(CASE WHEN jsonb_typeof(w.patch) = 'object' THEN CASE WHEN jsonb_typeof(w.patch) = 'object' THEN w.patch ELSE '{}'::jsonb END ELSE '{}'::jsonb END) AS patch (key, value) ON doc.key = patch.key WHERE patch.value IS DISTINCT FROM 'null'::jsonb) AS k WHERE jsonb_typeof(w.patch) = 'object') SELECT string_agg(t.text, '' ORDER BY t.path)::jsonb FROM (SELECT w.path, CASE WHEN w.n > 1 THEN ',' ELSE '' END || coalesce(to_json(w.key)::text || ':', '') || CASE WHEN jsonb_typeof(w.patch) = 'object' THEN '{' ELSE coalesce(w.patch, w.doc)::text END FROM w UNION ALL SELECT w.path || 2147483647, '}' FROM w WHERE jsonb_typeof(w.patch) = 'object') AS t (path, text));
-- function 44 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'object' THEN jsonb_set("t"."c", ?::text[], ?::jsonb) ELSE "t"."c" END;
-- function 45 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'array' THEN jsonb_set("t"."c", ?::text[], ?::jsonb) ELSE "t"."c" END;
-- function 46 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'object' THEN "t"."c" #- ?::text[] ELSE "t"."c" END;
-- function 47 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'array' THEN "t"."c" #- ?::text[] ELSE "t"."c" END;
-- limit
LIMIT ?;
-- offset
OFFSET ?;
-- page
LIMIT ? OFFSET ?;
