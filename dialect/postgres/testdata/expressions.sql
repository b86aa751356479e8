-- argument bool
?;
-- operand bool
"t"."c";
-- in bool
"t"."c" = ANY(?::boolean[]);
-- not in bool
"t"."c" <> ALL(?::boolean[]);
-- elements bool
unnest(?::boolean[]) AS "k" (v);
-- argument int16
?;
-- operand int16
"t"."c";
-- in int16
"t"."c" = ANY(?::bigint[]);
-- not in int16
"t"."c" <> ALL(?::bigint[]);
-- elements int16
unnest(?::bigint[]) AS "k" (v);
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
-- elements int32
unnest(?::bigint[]) AS "k" (v);
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
-- elements int64
unnest(?::bigint[]) AS "k" (v);
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
-- elements uint64
unnest(?::numeric[]) AS "k" (v);
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
-- elements float32
unnest(?::double precision[]) AS "k" (v);
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
-- elements float64
unnest(?::double precision[]) AS "k" (v);
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
-- elements text
unnest(?::text[]) AS "k" (v);
-- argument bytes
?;
-- operand bytes
"t"."c";
-- in bytes
"t"."c" = ANY(?::bytea[]);
-- not in bytes
"t"."c" <> ALL(?::bytea[]);
-- elements bytes
unnest(?::bytea[]) AS "k" (v);
-- argument decimal
?::numeric;
-- operand decimal
"t"."c";
-- in decimal
"t"."c" = ANY(?::numeric[]);
-- not in decimal
"t"."c" <> ALL(?::numeric[]);
-- elements decimal
unnest(?::numeric[]) AS "k" (v);
-- argument time
?;
-- operand time
"t"."c";
-- in time
"t"."c" = ANY(?::timestamptz[]);
-- not in time
"t"."c" <> ALL(?::timestamptz[]);
-- elements time
unnest(?::timestamptz[]) AS "k" (v);
-- argument date
?::date;
-- operand date
"t"."c";
-- in date
"t"."c" = ANY(?::date[]);
-- not in date
"t"."c" <> ALL(?::date[]);
-- elements date
unnest(?::date[]) AS "k" (v);
-- argument clock
?::time;
-- operand clock
"t"."c";
-- in clock
"t"."c" = ANY(?::time[]);
-- not in clock
"t"."c" <> ALL(?::time[]);
-- elements clock
unnest(?::time[]) AS "k" (v);
-- argument uuid
?::uuid;
-- operand uuid
"t"."c";
-- in uuid
"t"."c" = ANY(?::uuid[]);
-- not in uuid
"t"."c" <> ALL(?::uuid[]);
-- elements uuid
unnest(?::uuid[]) AS "k" (v);
-- argument json
?::jsonb;
-- operand json
"t"."c";
-- in json
"t"."c" = ANY(?::jsonb[]);
-- not in json
"t"."c" <> ALL(?::jsonb[]);
-- elements json
unnest(?::jsonb[]) AS "k" (v);
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
-- part 11 of a time
EXTRACT(ISOYEAR FROM "t"."c" AT TIME ZONE 'UTC')::bigint;
-- part 11 of a date
EXTRACT(ISOYEAR FROM "t"."c"::timestamp)::bigint;
-- function 19 of lists of text
("t"."c" = ?::text[]);
-- function 20 of lists of text
("t"."c" <> ?::text[]);
-- function 21 of lists of text
("t"."c" @> ?::text[]);
-- function 22 of lists of text
("t"."c" <@ ?::text[]);
-- function 23 of lists of text
("t"."c" && ?::text[]);
-- function 24 of lists of text
cardinality("t"."c")::bigint;
-- function 25 of lists of text
array_cat("t"."c", ?::text[]);
-- function 26 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN ARRAY(SELECT e FROM unnest("t"."c") WITH ORDINALITY AS u(e, n) WHERE (e = ANY(?::text[])) IS NOT TRUE ORDER BY n) END;
-- function 27 of lists of text
ARRAY["t"."c", ?::text[]]::text[];
-- function 28 of lists of text
array_cat("t"."c", ?::text[]);
-- function 29 of lists of text
(array_position("t"."c", (?::text[])[1]) - 1)::bigint;
-- function 30 of lists of text
("t"."c")[?::integer + 1];
-- function 31 of lists of text
(SELECT q.l[cardinality(q.l) + 1 - q.i] FROM (SELECT "t"."c" AS l, ?::integer AS i) AS q);
-- function 32 of lists of text
(SELECT q.l[CASE WHEN q.f < 0 THEN cardinality(q.l) + q.f ELSE q.f END + 1 : CASE WHEN q.t < 0 THEN cardinality(q.l) + q.t ELSE q.t END] FROM (SELECT "t"."c" AS l, ?::integer AS f, ?::integer AS t) AS q);
-- function 33 of lists of text
LATERAL unnest("t"."c") AS e (v);
-- function 34 of lists of text
e.v;
-- function 35 of lists of text
array_to_string(NULLIF("t"."c", '{}'), ?::text);
-- list of text
ARRAY["t"."c"]::text[];
-- function 19 of lists of bool
("t"."c" = ?::boolean[]);
-- function 20 of lists of bool
("t"."c" <> ?::boolean[]);
-- function 21 of lists of bool
("t"."c" @> ?::boolean[]);
-- function 22 of lists of bool
("t"."c" <@ ?::boolean[]);
-- function 23 of lists of bool
("t"."c" && ?::boolean[]);
-- function 24 of lists of bool
cardinality("t"."c")::bigint;
-- function 25 of lists of bool
array_cat("t"."c", ?::boolean[]);
-- function 26 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN ARRAY(SELECT e FROM unnest("t"."c") WITH ORDINALITY AS u(e, n) WHERE (e = ANY(?::boolean[])) IS NOT TRUE ORDER BY n) END;
-- function 27 of lists of bool
ARRAY["t"."c", ?::boolean[]]::boolean[];
-- function 28 of lists of bool
array_cat("t"."c", ?::boolean[]);
-- function 29 of lists of bool
(array_position("t"."c", (?::boolean[])[1]) - 1)::bigint;
-- function 30 of lists of bool
("t"."c")[?::integer + 1];
-- function 31 of lists of bool
(SELECT q.l[cardinality(q.l) + 1 - q.i] FROM (SELECT "t"."c" AS l, ?::integer AS i) AS q);
-- function 32 of lists of bool
(SELECT q.l[CASE WHEN q.f < 0 THEN cardinality(q.l) + q.f ELSE q.f END + 1 : CASE WHEN q.t < 0 THEN cardinality(q.l) + q.t ELSE q.t END] FROM (SELECT "t"."c" AS l, ?::integer AS f, ?::integer AS t) AS q);
-- function 33 of lists of bool
LATERAL unnest("t"."c") AS e (v);
-- function 34 of lists of bool
e.v;
-- function 35 of lists of bool
array_to_string(NULLIF("t"."c", '{}'), ?::text);
-- list of bool
ARRAY["t"."c"]::boolean[];
-- function 19 of lists of float64
("t"."c" = ?::double precision[]);
-- function 20 of lists of float64
("t"."c" <> ?::double precision[]);
-- function 21 of lists of float64
("t"."c" @> ?::double precision[]);
-- function 22 of lists of float64
("t"."c" <@ ?::double precision[]);
-- function 23 of lists of float64
("t"."c" && ?::double precision[]);
-- function 24 of lists of float64
cardinality("t"."c")::bigint;
-- function 25 of lists of float64
array_cat("t"."c", ?::double precision[]);
-- function 26 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN ARRAY(SELECT e FROM unnest("t"."c") WITH ORDINALITY AS u(e, n) WHERE (e = ANY(?::double precision[])) IS NOT TRUE ORDER BY n) END;
-- function 27 of lists of float64
ARRAY["t"."c", ?::double precision[]]::double precision[];
-- function 28 of lists of float64
array_cat("t"."c", ?::double precision[]);
-- function 29 of lists of float64
(array_position("t"."c", (?::double precision[])[1]) - 1)::bigint;
-- function 30 of lists of float64
("t"."c")[?::integer + 1];
-- function 31 of lists of float64
(SELECT q.l[cardinality(q.l) + 1 - q.i] FROM (SELECT "t"."c" AS l, ?::integer AS i) AS q);
-- function 32 of lists of float64
(SELECT q.l[CASE WHEN q.f < 0 THEN cardinality(q.l) + q.f ELSE q.f END + 1 : CASE WHEN q.t < 0 THEN cardinality(q.l) + q.t ELSE q.t END] FROM (SELECT "t"."c" AS l, ?::integer AS f, ?::integer AS t) AS q);
-- function 33 of lists of float64
LATERAL unnest("t"."c") AS e (v);
-- function 34 of lists of float64
e.v;
-- function 35 of lists of float64
array_to_string(NULLIF("t"."c", '{}'), ?::text);
-- list of float64
ARRAY["t"."c"]::double precision[];
-- function 36 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('string') THEN q.j #>> '{}' END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 37 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -9223372036854775808 AND 9223372036854775807 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 38 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -128 AND 127 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 39 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -32768 AND 32767 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 40 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN -2147483648 AND 2147483647 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 41 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN 0 AND 255 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 42 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN 0 AND 65535 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 43 of JSON
(SELECT CASE WHEN r.n = trunc(r.n) AND r.n BETWEEN 0 AND 4294967295 THEN r.n::bigint END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 44 of JSON
(SELECT CASE WHEN abs(r.n) < 2.4703282292062328e-324 THEN 0 WHEN abs(r.n) < 1.797693134862315807e308 THEN r.n::double precision END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 45 of JSON
(SELECT CASE WHEN abs(r.n) < 2.4703282292062328e-324 THEN 0 WHEN abs(r.n) < 3.4028235677973366e38 THEN r.n::double precision END FROM (SELECT (SELECT CASE WHEN jsonb_typeof(q.j) IN ('number') THEN (q.j #>> '{}')::numeric END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q) AS n) AS r);
-- function 46 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('boolean') THEN (q.j #>> '{}')::boolean END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 47 of JSON
jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true);
-- function 48 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('object', 'null') THEN q.j END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 49 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('array', 'null') THEN q.j END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 50 of JSON
(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) IS NOT NULL);
-- function 51 of JSON
("t"."c" @> ?::jsonb);
-- function 52 of JSON
(SELECT (CASE WHEN jsonb_typeof(q.j) = 'object' THEN q.j ELSE '{}'::jsonb END - q.r) || q.m FROM (SELECT "t"."c" AS j, ?::jsonb AS m, ?::text[] AS r) AS q);
-- function 53 of JSON
(WITH RECURSIVE w (path, n, key, doc, patch) AS (SELECT '{}'::int[], 1::bigint, NULL::text, CASE WHEN jsonb_typeof(q.d) = 'object' THEN q.d ELSE '{}'::jsonb END, q.p FROM (SELECT "t"."c" AS d, ?::jsonb AS p) AS q UNION ALL SELECT w.path || k.n::int, k.n, k.key, k.doc, k.patch FROM w CROSS JOIN LATERAL (SELECT coalesce(doc.key, patch.key) AS key, doc.value AS doc, patch.value AS patch, row_number() OVER () AS n FROM jsonb_each(CASE WHEN jsonb_typeof(w.patch) = 'object' THEN CASE WHEN jsonb_typeof(w.doc) = 'object' THEN w.doc ELSE '{}'::jsonb END ELSE '{}'::jsonb END) AS doc (key, value) FULL JOIN jsonb_each(CASE WHEN jsonb_typeof(w.patch) = 'object' THEN CASE WHEN jsonb_typeof(w.patch) = 'object' THEN w.patch ELSE '{}'::jsonb END ELSE '{}'::jsonb END) AS patch (key, value) ON doc.key = patch.key WHERE patch.value IS DISTINCT FROM 'null'::jsonb) AS k WHERE jsonb_typeof(w.patch) = 'object') SELECT string_agg(t.text, '' ORDER BY t.path)::jsonb FROM (SELECT w.path, CASE WHEN w.n > 1 THEN ',' ELSE '' END || coalesce(to_json(w.key)::text || ':', '') || CASE WHEN jsonb_typeof(w.patch) = 'object' THEN '{' ELSE coalesce(w.patch, w.doc)::text END FROM w UNION ALL SELECT w.path || 2147483647, '}' FROM w WHERE jsonb_typeof(w.patch) = 'object') AS t (path, text));
-- function 54 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'object' THEN jsonb_set("t"."c", ?::text[], ?::jsonb) ELSE "t"."c" END;
-- function 55 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'array' THEN jsonb_set("t"."c", ?::text[], ?::jsonb) ELSE "t"."c" END;
-- function 56 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'object' THEN "t"."c" #- ?::text[] ELSE "t"."c" END;
-- function 57 of JSON
CASE WHEN jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true)) = 'array' THEN "t"."c" #- ?::text[] ELSE "t"."c" END;
-- function 58 of JSON
CASE WHEN jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) IS NOT NULL THEN jsonb_set("t"."c", ?::text[], ?::jsonb) ELSE "t"."c" END;
-- function 59 of JSON
CASE WHEN jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) IS NOT NULL THEN "t"."c" #- ?::text[] ELSE "t"."c" END;
-- function 60 of JSON
("t"."c" <@ ?::jsonb);
-- function 61 of JSON
("t"."c" ??| ?::text[]);
-- function 62 of JSON
("t"."c" ??& ?::text[]);
-- function 63 of JSON
(SELECT CASE WHEN jsonb_typeof(q.j) IN ('array') THEN jsonb_array_length(q.j)::bigint END FROM (SELECT jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true) AS j) AS q);
-- function 64 of JSON
jsonb_typeof(jsonb_path_query_first("t"."c", ('strict ' || ?::text)::jsonpath, '{}', true));
-- function 128 of int32
round("t"."c"::numeric, -2)::bigint;
-- function 128 of uint64
round("t"."c"::numeric, -2);
-- function 128 of float32
round("t"."c"::double precision::text::numeric, -2)::double precision;
-- function 128 of float64
round("t"."c"::text::numeric, -2)::double precision;
-- function 129 of int32
"t"."c"::bigint;
-- function 129 of uint64
"t"."c";
-- function 129 of float32
(ceil("t"."c"::double precision) + 0);
-- function 129 of float64
(ceil("t"."c") + 0);
-- function 130 of int32
"t"."c"::bigint;
-- function 130 of uint64
"t"."c";
-- function 130 of float32
(floor("t"."c"::double precision) + 0);
-- function 130 of float64
(floor("t"."c") + 0);
-- function 131 of int32
sign("t"."c")::bigint;
-- function 131 of uint64
sign("t"."c")::bigint;
-- function 131 of float32
sign("t"."c")::bigint;
-- function 131 of float64
sign("t"."c")::bigint;
-- function 132 of int32
NULLIF(power("t"."c"::double precision, "t"."d"::double precision), 'NaN');
-- function 132 of uint64
NULLIF(power("t"."c"::double precision, "t"."d"::double precision), 'NaN');
-- function 132 of float32
NULLIF(power("t"."c"::double precision, "t"."d"::double precision), 'NaN');
-- function 132 of float64
NULLIF(power("t"."c"::double precision, "t"."d"::double precision), 'NaN');
-- function 133 of int32
sqrt("t"."c"::double precision);
-- function 133 of uint64
sqrt("t"."c"::double precision);
-- function 133 of float32
sqrt("t"."c"::double precision);
-- function 133 of float64
sqrt("t"."c"::double precision);
-- function 134 of int32
"t"."c"::bigint;
-- function 134 of uint64
"t"."c"::bigint;
-- function 134 of float32
trunc("t"."c")::bigint;
-- function 134 of float64
trunc("t"."c")::bigint;
-- function 135 of int32
GREATEST("t"."c", "t"."d");
-- function 135 of text
GREATEST(("t"."c")::text COLLATE "C", ("t"."d")::text COLLATE "C");
-- function 135 of decimal
GREATEST("t"."c", "t"."d");
-- function 135 of time
GREATEST("t"."c", "t"."d");
-- function 136 of int32
LEAST("t"."c", "t"."d");
-- function 136 of text
LEAST(("t"."c")::text COLLATE "C", ("t"."d")::text COLLATE "C");
-- function 136 of decimal
LEAST("t"."c", "t"."d");
-- function 136 of time
LEAST("t"."c", "t"."d");
-- function 137 of text
lpad("t"."c", ?::integer, ?::text);
-- function 138 of text
rpad("t"."c", ?::integer, ?::text);
-- function 139 of text
strpos(("t"."c")::text COLLATE "C", ("t"."d")::text COLLATE "C")::bigint;
-- function 140 of text
(strpos(("t"."c")::text COLLATE "C", ("t"."d")::text COLLATE "C") > 0);
-- function 141 of text
starts_with(("t"."c")::text COLLATE "C", ("t"."d")::text COLLATE "C");
-- function 142 of text
starts_with(reverse(("t"."c")::text COLLATE "C"), reverse(("t"."d")::text COLLATE "C"));
-- function 143 of text
NULLIF(NULLIF(LEAST(GREATEST(substring(("t"."c")::text COLLATE "C" from '^[+-]{0,1}[0-9]+$')::numeric, -9223372036854775809), 9223372036854775808), -9223372036854775809), 9223372036854775808)::bigint;
-- function 144 of decimal
("t"."c" + "t"."d");
-- function 145 of decimal
("t"."c" - "t"."d");
-- function 146 of decimal
("t"."c" * "t"."d");
-- function 147 of decimal
round(div("t"."c" * 1e5, NULLIF("t"."d", 0)) * 1e-5, 4);
-- function 148 of decimal
(- "t"."c");
-- function 149 of decimal
abs("t"."c");
-- function 150 of decimal
round("t"."c", -2);
-- function 151 of int32
round("t"."c"::numeric, -2);
-- function 151 of uint64
round("t"."c"::numeric, -2);
-- function 151 of float32
round("t"."c"::double precision::text::numeric, -2);
-- function 151 of float64
round("t"."c"::text::numeric, -2);
-- function 152 of time
upper(tstzrange('0001-01-01 00:00:00+00', lower(tstzrange("t"."c" + "t"."d" / 3600000000000 * interval '1 hour' + "t"."d" % 3600000000000 / 1000 * interval '1 microsecond', '9999-12-31 23:59:59.999999+00', '[]')), '[]'));
-- function 153 of time
((EXTRACT(EPOCH FROM date_trunc('second', "t"."c" - "t"."d"))::bigint * 1000000 + EXTRACT(MICROSECONDS FROM "t"."c" - "t"."d")::bigint % 1000000) * 1000);
-- function 154 of time
date_trunc('week', "t"."c", ?::text);
-- function 155 of time
EXTRACT(HOUR FROM "t"."c" AT TIME ZONE ?::text)::bigint;
-- function 156 of time
("t"."c" AT TIME ZONE ?::text)::date;
-- function 157 of time
upper(tstzrange('0001-01-01 00:00:00+00', lower(tstzrange((("t"."c" AT TIME ZONE ?::text) + make_interval(days => "t"."d"::integer)) AT TIME ZONE ?::text, '9999-12-31 23:59:59.999999+00', '[]')), '[]'));
-- function 158 of time
upper(tstzrange('0001-01-01 00:00:00+00', lower(tstzrange((("t"."c" AT TIME ZONE ?::text) + make_interval(months => "t"."d"::integer)) AT TIME ZONE ?::text, '9999-12-31 23:59:59.999999+00', '[]')), '[]'));
-- function 159 of date
(upper(daterange('0001-01-01', lower(daterange("t"."c" + "t"."d"::integer, '9999-12-31', '[]')), '[]')) - 1);
-- function 160 of date
(upper(daterange('0001-01-01', lower(daterange(("t"."c"::timestamp + make_interval(months => "t"."d"::integer))::date, '9999-12-31', '[]')), '[]')) - 1);
-- function 161 of date
(- ("t"."c" - "t"."d"))::bigint;
-- function 162 of date
date_trunc('month', "t"."c"::timestamp)::date;
-- function 163 of clock
((EXTRACT(EPOCH FROM "t"."c") * 1000000)::bigint * 1000);
-- regular expression
("t"."c")::text COLLATE "C" ~ ?;
-- no regular expression
("t"."c")::text COLLATE "C" !~ ?;
-- fit of a decimal
CAST("t"."c" AS numeric);
-- aggregate 71 of bool, as "coalesce(%s, '{}')"
array_agg("t"."c"::boolean);
-- aggregate 71 of int32, as "coalesce(%s, '{}')"
array_agg("t"."c"::integer);
-- aggregate 72 of int32, as "(%s)::double precision"
var_pop("t"."c");
-- aggregate 73 of int32, as "(%s)::double precision"
var_samp("t"."c");
-- aggregate 74 of int32, as "(%s)::double precision"
stddev_pop("t"."c");
-- aggregate 75 of int32, as "(%s)::double precision"
stddev_samp("t"."c");
-- aggregate 71 of float64, as "coalesce(%s, '{}')"
array_agg("t"."c"::double precision);
-- aggregate 72 of float64, as "NULLIF((%s)::double precision, 'NaN')"
var_pop("t"."c");
-- aggregate 73 of float64, as "NULLIF((%s)::double precision, 'NaN')"
var_samp("t"."c");
-- aggregate 74 of float64, as "NULLIF((%s)::double precision, 'NaN')"
stddev_pop("t"."c");
-- aggregate 75 of float64, as "NULLIF((%s)::double precision, 'NaN')"
stddev_samp("t"."c");
-- aggregate 71 of text, as "coalesce(%s, '{}')"
array_agg(DISTINCT "t"."c"::text);
-- aggregate 71 of bytes, as "coalesce(%s, '{}')"
array_agg("t"."c"::bytea);
-- aggregate 71 of decimal, as "coalesce(%s, '{}')"
array_agg("t"."c"::numeric);
-- aggregate 72 of decimal, as "(%s)::double precision"
var_pop("t"."c");
-- aggregate 73 of decimal, as "(%s)::double precision"
var_samp("t"."c");
-- aggregate 74 of decimal, as "(%s)::double precision"
stddev_pop("t"."c");
-- aggregate 75 of decimal, as "(%s)::double precision"
stddev_samp("t"."c");
-- limit
LIMIT ?;
-- offset
OFFSET ?;
-- page
LIMIT ? OFFSET ?;
