-- argument bool
?;
-- operand bool
"t"."c";
-- in bool
"t"."c" IN (SELECT value FROM json_each(?));
-- not in bool
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- argument int16
?;
-- operand int16
"t"."c";
-- in int16
"t"."c" IN (SELECT value FROM json_each(?));
-- not in int16
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- sum of int16
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN -32768 AND 32767, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" + ? AS v) AS s);
-- difference of int16
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN -32768 AND 32767, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" - ? AS v) AS s);
-- argument int32
?;
-- operand int32
"t"."c";
-- in int32
"t"."c" IN (SELECT value FROM json_each(?));
-- not in int32
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- sum of int32
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN -2147483648 AND 2147483647, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" + ? AS v) AS s);
-- difference of int32
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN -2147483648 AND 2147483647, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" - ? AS v) AS s);
-- argument int64
?;
-- operand int64
"t"."c";
-- in int64
"t"."c" IN (SELECT value FROM json_each(?));
-- not in int64
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- sum of int64
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN -9223372036854775807 - 1 AND 9223372036854775807, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" + ? AS v) AS s);
-- difference of int64
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN -9223372036854775807 - 1 AND 9223372036854775807, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" - ? AS v) AS s);
-- argument uint64
?;
-- operand uint64
"t"."c";
-- in uint64
"t"."c" IN (SELECT value FROM json_each(?));
-- not in uint64
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- sum of uint64
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN 0 AND 9223372036854775807, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" + ? AS v) AS s);
-- difference of uint64
(SELECT iif(typeof(s.v) = 'real' OR s.v NOT BETWEEN 0 AND 9223372036854775807, abs(-9223372036854775807 - 1), s.v) FROM (SELECT "t"."c" - ? AS v) AS s);
-- argument float32
?;
-- operand float32
"t"."c";
-- in float32
"t"."c" IN (SELECT value FROM json_each(?));
-- not in float32
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- sum of float32
prom_float32(prom_plus("t"."c", ?));
-- difference of float32
prom_float32(prom_minus("t"."c", ?));
-- argument float64
?;
-- operand float64
"t"."c";
-- in float64
"t"."c" IN (SELECT value FROM json_each(?));
-- not in float64
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- sum of float64
prom_plus("t"."c", ?);
-- difference of float64
prom_minus("t"."c", ?);
-- argument text
?;
-- operand text
"t"."c";
-- in text
"t"."c" IN (SELECT value FROM json_each(?));
-- not in text
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- argument bytes
?;
-- operand bytes
"t"."c";
-- in bytes
"t"."c" IN (SELECT unhex(value) FROM json_each(?));
-- not in bytes
"t"."c" NOT IN (SELECT unhex(value) FROM json_each(?));
-- argument decimal
?;
-- operand decimal
"t"."c" COLLATE prom_decimal;
-- in decimal
"t"."c" COLLATE prom_decimal IN (SELECT value FROM json_each(?));
-- not in decimal
"t"."c" COLLATE prom_decimal NOT IN (SELECT value FROM json_each(?));
-- argument time
?;
-- operand time
"t"."c";
-- in time
"t"."c" IN (SELECT value FROM json_each(?));
-- not in time
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- argument date
?;
-- operand date
"t"."c";
-- in date
"t"."c" IN (SELECT value FROM json_each(?));
-- not in date
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- argument clock
?;
-- operand clock
"t"."c";
-- in clock
"t"."c" IN (SELECT value FROM json_each(?));
-- not in clock
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- argument uuid
?;
-- operand uuid
"t"."c";
-- in uuid
"t"."c" IN (SELECT value FROM json_each(?));
-- not in uuid
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- argument json
?;
-- operand json
"t"."c";
-- in json
"t"."c" IN (SELECT value FROM json_each(?));
-- not in json
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- operand nocase
"t"."c";
-- operand of a computed nocase
a || b;
-- in nocase
"t"."c" IN (SELECT value FROM json_each(?));
-- equal texts
;
-- match 0 nocase=false fold=false not=false
prom_like(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=false fold=false not=false
"t"."c" GLOB ?;
-- match 2 nocase=false fold=false not=false
prom_ends(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=false fold=false not=false
prom_has(CAST("t"."c" AS TEXT), ?);
-- match 0 nocase=false fold=false not=true
NOT prom_like(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=false fold=false not=true
"t"."c" NOT GLOB ?;
-- match 2 nocase=false fold=false not=true
NOT prom_ends(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=false fold=false not=true
NOT prom_has(CAST("t"."c" AS TEXT), ?);
-- match 0 nocase=false fold=true not=false
prom_like_fold(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=false fold=true not=false
"t"."c" LIKE ? ESCAPE '\';
-- match 2 nocase=false fold=true not=false
prom_ends_fold(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=false fold=true not=false
prom_has_fold(CAST("t"."c" AS TEXT), ?);
-- match 0 nocase=false fold=true not=true
NOT prom_like_fold(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=false fold=true not=true
"t"."c" NOT LIKE ? ESCAPE '\';
-- match 2 nocase=false fold=true not=true
NOT prom_ends_fold(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=false fold=true not=true
NOT prom_has_fold(CAST("t"."c" AS TEXT), ?);
-- match 0 nocase=true fold=false not=false
prom_like(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=true fold=false not=false
"t"."c" GLOB ?;
-- match 2 nocase=true fold=false not=false
prom_ends(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=true fold=false not=false
prom_has(CAST("t"."c" AS TEXT), ?);
-- match 0 nocase=true fold=false not=true
NOT prom_like(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=true fold=false not=true
"t"."c" NOT GLOB ?;
-- match 2 nocase=true fold=false not=true
NOT prom_ends(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=true fold=false not=true
NOT prom_has(CAST("t"."c" AS TEXT), ?);
-- match 0 nocase=true fold=true not=false
prom_like_fold(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=true fold=true not=false
"t"."c" LIKE ? ESCAPE '\';
-- match 2 nocase=true fold=true not=false
prom_ends_fold(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=true fold=true not=false
prom_has_fold(CAST("t"."c" AS TEXT), ?);
-- match 0 nocase=true fold=true not=true
NOT prom_like_fold(CAST("t"."c" AS TEXT), ?);
-- match 1 nocase=true fold=true not=true
"t"."c" NOT LIKE ? ESCAPE '\';
-- match 2 nocase=true fold=true not=true
NOT prom_ends_fold(CAST("t"."c" AS TEXT), ?);
-- match 3 nocase=true fold=true not=true
NOT prom_has_fold(CAST("t"."c" AS TEXT), ?);
-- part 1 of a time
CAST(strftime('%Y', "t"."c", 'auto') AS INTEGER);
-- part 1 of a date
CAST(strftime('%Y', "t"."c", 'auto') AS INTEGER);
-- part 2 of a time
((CAST(strftime('%m', "t"."c", 'auto') AS INTEGER) + 2) / 3);
-- part 2 of a date
((CAST(strftime('%m', "t"."c", 'auto') AS INTEGER) + 2) / 3);
-- part 3 of a time
CAST(strftime('%m', "t"."c", 'auto') AS INTEGER);
-- part 3 of a date
CAST(strftime('%m', "t"."c", 'auto') AS INTEGER);
-- part 4 of a time
CAST(strftime('%V', "t"."c", 'auto') AS INTEGER);
-- part 4 of a date
CAST(strftime('%V', "t"."c", 'auto') AS INTEGER);
-- part 5 of a time
CAST(strftime('%d', "t"."c", 'auto') AS INTEGER);
-- part 5 of a date
CAST(strftime('%d', "t"."c", 'auto') AS INTEGER);
-- part 6 of a time
CAST(strftime('%u', "t"."c", 'auto') AS INTEGER);
-- part 6 of a date
CAST(strftime('%u', "t"."c", 'auto') AS INTEGER);
-- part 7 of a time
CAST(strftime('%j', "t"."c", 'auto') AS INTEGER);
-- part 7 of a date
CAST(strftime('%j', "t"."c", 'auto') AS INTEGER);
-- part 8 of a time
CAST(strftime('%H', "t"."c", 'auto') AS INTEGER);
-- part 8 of a date
CAST(strftime('%H', "t"."c", 'auto') AS INTEGER);
-- part 9 of a time
CAST(strftime('%M', "t"."c", 'auto') AS INTEGER);
-- part 9 of a date
CAST(strftime('%M', "t"."c", 'auto') AS INTEGER);
-- part 10 of a time
CAST(strftime('%S', "t"."c", 'auto') AS INTEGER);
-- part 10 of a date
CAST(strftime('%S', "t"."c", 'auto') AS INTEGER);
-- function 17 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(e.value) FROM json_each("t"."c") AS e) = (SELECT json_group_array(e.value) FROM json_each(?) AS e) END;
-- function 18 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(e.value) FROM json_each("t"."c") AS e) <> (SELECT json_group_array(e.value) FROM json_each(?) AS e) END;
-- function 19 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT a.value FROM json_each(?) AS a EXCEPT SELECT b.value FROM json_each("t"."c") AS b) END;
-- function 20 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IS NULL OR a.value NOT IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 21 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 22 of lists of text
json_array_length("t"."c");
-- function 23 of lists of text
(SELECT json_group_array(e.value) FROM (SELECT value FROM json_each(coalesce("t"."c", '[]')) UNION ALL SELECT value FROM json_each(?)) AS e);
-- function 24 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(e.value) FROM json_each("t"."c") AS e WHERE e.value NOT IN (SELECT a.value FROM json_each(?) AS a)) END;
-- list of text
json_array("t"."c");
-- function 17 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(json(iif(e.value, 'true', 'false'))) FROM json_each("t"."c") AS e) = (SELECT json_group_array(json(iif(e.value, 'true', 'false'))) FROM json_each(?) AS e) END;
-- function 18 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(json(iif(e.value, 'true', 'false'))) FROM json_each("t"."c") AS e) <> (SELECT json_group_array(json(iif(e.value, 'true', 'false'))) FROM json_each(?) AS e) END;
-- function 19 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT a.value FROM json_each(?) AS a EXCEPT SELECT b.value FROM json_each("t"."c") AS b) END;
-- function 20 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IS NULL OR a.value NOT IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 21 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 22 of lists of bool
json_array_length("t"."c");
-- function 23 of lists of bool
(SELECT json_group_array(json(iif(e.value, 'true', 'false'))) FROM (SELECT value FROM json_each(coalesce("t"."c", '[]')) UNION ALL SELECT value FROM json_each(?)) AS e);
-- function 24 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(json(iif(e.value, 'true', 'false'))) FROM json_each("t"."c") AS e WHERE e.value NOT IN (SELECT a.value FROM json_each(?) AS a)) END;
-- list of bool
json_array(json(CASE "t"."c" WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END));
-- function 17 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each("t"."c") AS e) = (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each(?) AS e) END;
-- function 18 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each("t"."c") AS e) <> (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each(?) AS e) END;
-- function 19 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT a.value FROM json_each(?) AS a EXCEPT SELECT b.value FROM json_each("t"."c") AS b) END;
-- function 20 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IS NULL OR a.value NOT IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 21 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 22 of lists of float64
json_array_length("t"."c");
-- function 23 of lists of float64
(SELECT json_group_array(CAST(e.value AS REAL)) FROM (SELECT value FROM json_each(coalesce("t"."c", '[]')) UNION ALL SELECT value FROM json_each(?)) AS e);
-- function 24 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each("t"."c") AS e WHERE e.value NOT IN (SELECT a.value FROM json_each(?) AS a)) END;
-- list of float64
json_array(CAST("t"."c" AS REAL));
-- function 26 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('text') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 27 of JSON
(SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r);
-- function 28 of JSON
(SELECT CASE WHEN i.n BETWEEN -128 AND 127 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 29 of JSON
(SELECT CASE WHEN i.n BETWEEN -32768 AND 32767 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 30 of JSON
(SELECT CASE WHEN i.n BETWEEN -2147483648 AND 2147483647 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 31 of JSON
(SELECT CASE WHEN i.n BETWEEN 0 AND 255 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 32 of JSON
(SELECT CASE WHEN i.n BETWEEN 0 AND 65535 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 33 of JSON
(SELECT CASE WHEN i.n BETWEEN 0 AND 4294967295 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 34 of JSON
(SELECT CASE WHEN abs(r.n) < 9e999 THEN r.n END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN CAST(json_extract(q.d, q.p) AS REAL) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r);
-- function 35 of JSON
(SELECT CASE WHEN abs(r.n) < 3.4028235677973366e38 THEN r.n END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN CAST(json_extract(q.d, q.p) AS REAL) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r);
-- function 36 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('true', 'false') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 37 of JSON
(prom_json_last("t"."c") -> ?);
-- function 38 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('object', 'null') THEN q.d -> q.p END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 39 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('array', 'null') THEN q.d -> q.p END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 40 of JSON
(json_type(prom_json_last("t"."c"), ?) IS NOT NULL);
-- function 41 of JSON
prom_json_contains("t"."c", ?);
-- function 42 of JSON
prom_json_merge(json("t"."c"), ?, ?);
-- function 43 of JSON
prom_json_merge(json("t"."c"), ?, '[]');
-- function 44 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'object' THEN json_set(q.d, q.p || '.' || json_quote(json_extract(q.l, '$[#-1]')), json(q.v)) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l, ? AS v) AS q);
-- function 45 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'array' THEN json_set(q.d, q.p || iif(CAST(json_extract(q.l, '$[#-1]') AS INTEGER) < json_array_length(q.d, q.p), '[' || json_extract(q.l, '$[#-1]') || ']', '[#]'), json(q.v)) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l, ? AS v) AS q);
-- function 46 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'object' THEN json_remove(q.d, q.p || '.' || json_quote(json_extract(q.l, '$[#-1]'))) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l) AS q);
-- function 47 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'array' THEN json_remove(q.d, q.p || iif(CAST(json_extract(q.l, '$[#-1]') AS INTEGER) < json_array_length(q.d, q.p), '[' || json_extract(q.l, '$[#-1]') || ']', '[#]')) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l) AS q);
-- limit
LIMIT ?;
-- offset
LIMIT -1 OFFSET ?;
-- page
LIMIT ? OFFSET ?;
