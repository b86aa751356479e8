-- argument bool
?;
-- operand bool
"t"."c";
-- in bool
"t"."c" IN (SELECT value FROM json_each(?));
-- not in bool
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- elements bool
(SELECT value AS v FROM json_each(?)) AS "k";
-- argument int16
?;
-- operand int16
"t"."c";
-- in int16
"t"."c" IN (SELECT value FROM json_each(?));
-- not in int16
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- elements int16
(SELECT value AS v FROM json_each(?)) AS "k";
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
-- elements int32
(SELECT value AS v FROM json_each(?)) AS "k";
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
-- elements int64
(SELECT value AS v FROM json_each(?)) AS "k";
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
-- elements uint64
(SELECT value AS v FROM json_each(?)) AS "k";
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
-- elements float32
(SELECT value AS v FROM json_each(?)) AS "k";
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
-- elements float64
(SELECT value AS v FROM json_each(?)) AS "k";
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
-- elements text
(SELECT value AS v FROM json_each(?)) AS "k";
-- argument bytes
?;
-- operand bytes
"t"."c";
-- in bytes
"t"."c" IN (SELECT unhex(value) FROM json_each(?));
-- not in bytes
"t"."c" NOT IN (SELECT unhex(value) FROM json_each(?));
-- elements bytes
(SELECT unhex(value) AS v FROM json_each(?)) AS "k";
-- argument decimal
?;
-- operand decimal
"t"."c" COLLATE prom_decimal;
-- in decimal
"t"."c" COLLATE prom_decimal IN (SELECT value FROM json_each(?));
-- not in decimal
"t"."c" COLLATE prom_decimal NOT IN (SELECT value FROM json_each(?));
-- elements decimal
(SELECT value AS v FROM json_each(?)) AS "k";
-- argument time
?;
-- operand time
"t"."c";
-- in time
"t"."c" IN (SELECT value FROM json_each(?));
-- not in time
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- elements time
(SELECT value AS v FROM json_each(?)) AS "k";
-- argument date
?;
-- operand date
"t"."c";
-- in date
"t"."c" IN (SELECT value FROM json_each(?));
-- not in date
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- elements date
(SELECT value AS v FROM json_each(?)) AS "k";
-- argument clock
?;
-- operand clock
"t"."c";
-- in clock
"t"."c" IN (SELECT value FROM json_each(?));
-- not in clock
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- elements clock
(SELECT value AS v FROM json_each(?)) AS "k";
-- argument uuid
?;
-- operand uuid
"t"."c";
-- in uuid
"t"."c" IN (SELECT value FROM json_each(?));
-- not in uuid
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- elements uuid
(SELECT value AS v FROM json_each(?)) AS "k";
-- argument json
?;
-- operand json
"t"."c";
-- in json
"t"."c" IN (SELECT value FROM json_each(?));
-- not in json
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- elements json
(SELECT value AS v FROM json_each(?)) AS "k";
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
-- part 11 of a time
CAST(strftime('%G', "t"."c", 'auto') AS INTEGER);
-- part 11 of a date
CAST(strftime('%G', "t"."c", 'auto') AS INTEGER);
-- function 19 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(e.value) FROM json_each("t"."c") AS e) = (SELECT json_group_array(e.value) FROM json_each(?) AS e) END;
-- function 20 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(e.value) FROM json_each("t"."c") AS e) <> (SELECT json_group_array(e.value) FROM json_each(?) AS e) END;
-- function 21 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT a.value FROM json_each(?) AS a EXCEPT SELECT b.value FROM json_each("t"."c") AS b WHERE b.value IS NOT NULL) END;
-- function 22 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE (a.value IN (SELECT b.value FROM json_each(?) AS b)) IS NOT TRUE) END;
-- function 23 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 24 of lists of text
json_array_length("t"."c");
-- function 25 of lists of text
(SELECT json_group_array(e.value) FROM (SELECT value FROM json_each(coalesce("t"."c", '[]')) UNION ALL SELECT value FROM json_each(?)) AS e);
-- function 26 of lists of text
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(e.value) FROM json_each("t"."c") AS e WHERE (e.value IN (SELECT a.value FROM json_each(?) AS a)) IS NOT TRUE) END;
-- function 27 of lists of text
json_array("t"."c", ?);
-- function 28 of lists of text
(SELECT CASE WHEN q.a IS NULL THEN q.b WHEN q.b IS NULL THEN q.a ELSE (SELECT json_group_array(e.value) FROM (SELECT value FROM json_each(q.a) UNION ALL SELECT value FROM json_each(q.b)) AS e) END FROM (SELECT "t"."c" AS a, ? AS b) AS q);
-- function 29 of lists of text
(SELECT min(e.key) FROM json_each("t"."c") AS e WHERE e.value IS (SELECT a.value FROM json_each(?) AS a));
-- function 30 of lists of text
json_extract("t"."c", '$[' || ? || ']');
-- function 31 of lists of text
json_extract("t"."c", '$[#-' || ? || ']');
-- function 32 of lists of text
(SELECT CASE WHEN q.l IS NOT NULL THEN (SELECT json_group_array(e.value ORDER BY e.key) FROM json_each(q.l) AS e WHERE e.key >= iif(q.f < 0, json_array_length(q.l) + q.f, q.f) AND e.key < iif(q.t < 0, json_array_length(q.l) + q.t, q.t)) END FROM (SELECT "t"."c" AS l, ? AS f, ? AS t) AS q);
-- function 33 of lists of text
json_each("t"."c") AS e;
-- function 34 of lists of text
e.value;
-- function 35 of lists of text
prom_list_join("t"."c", ?);
-- list of text
json_array("t"."c");
-- function 19 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)) FROM json_each("t"."c") AS e) = (SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)) FROM json_each(?) AS e) END;
-- function 20 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)) FROM json_each("t"."c") AS e) <> (SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)) FROM json_each(?) AS e) END;
-- function 21 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT a.value FROM json_each(?) AS a EXCEPT SELECT b.value FROM json_each("t"."c") AS b WHERE b.value IS NOT NULL) END;
-- function 22 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE (a.value IN (SELECT b.value FROM json_each(?) AS b)) IS NOT TRUE) END;
-- function 23 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 24 of lists of bool
json_array_length("t"."c");
-- function 25 of lists of bool
(SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)) FROM (SELECT value FROM json_each(coalesce("t"."c", '[]')) UNION ALL SELECT value FROM json_each(?)) AS e);
-- function 26 of lists of bool
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)) FROM json_each("t"."c") AS e WHERE (e.value IN (SELECT a.value FROM json_each(?) AS a)) IS NOT TRUE) END;
-- function 27 of lists of bool
json_array(json(CASE "t"."c" WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END), json(CASE ? WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END));
-- function 28 of lists of bool
(SELECT CASE WHEN q.a IS NULL THEN q.b WHEN q.b IS NULL THEN q.a ELSE (SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)) FROM (SELECT value FROM json_each(q.a) UNION ALL SELECT value FROM json_each(q.b)) AS e) END FROM (SELECT "t"."c" AS a, ? AS b) AS q);
-- function 29 of lists of bool
(SELECT min(e.key) FROM json_each("t"."c") AS e WHERE e.value IS (SELECT a.value FROM json_each(?) AS a));
-- function 30 of lists of bool
json_extract("t"."c", '$[' || ? || ']');
-- function 31 of lists of bool
json_extract("t"."c", '$[#-' || ? || ']');
-- function 32 of lists of bool
(SELECT CASE WHEN q.l IS NOT NULL THEN (SELECT json_group_array(json(CASE e.value WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END) ORDER BY e.key) FROM json_each(q.l) AS e WHERE e.key >= iif(q.f < 0, json_array_length(q.l) + q.f, q.f) AND e.key < iif(q.t < 0, json_array_length(q.l) + q.t, q.t)) END FROM (SELECT "t"."c" AS l, ? AS f, ? AS t) AS q);
-- function 33 of lists of bool
json_each("t"."c") AS e;
-- function 34 of lists of bool
e.value;
-- function 35 of lists of bool
prom_list_join("t"."c", ?);
-- list of bool
json_array(json(CASE "t"."c" WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END));
-- function 19 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each("t"."c") AS e) = (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each(?) AS e) END;
-- function 20 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each("t"."c") AS e) <> (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each(?) AS e) END;
-- function 21 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT a.value FROM json_each(?) AS a EXCEPT SELECT b.value FROM json_each("t"."c") AS b WHERE b.value IS NOT NULL) END;
-- function 22 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE (a.value IN (SELECT b.value FROM json_each(?) AS b)) IS NOT TRUE) END;
-- function 23 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("t"."c") AS a WHERE a.value IN (SELECT b.value FROM json_each(?) AS b)) END;
-- function 24 of lists of float64
json_array_length("t"."c");
-- function 25 of lists of float64
(SELECT json_group_array(CAST(e.value AS REAL)) FROM (SELECT value FROM json_each(coalesce("t"."c", '[]')) UNION ALL SELECT value FROM json_each(?)) AS e);
-- function 26 of lists of float64
CASE WHEN "t"."c" IS NOT NULL THEN (SELECT json_group_array(CAST(e.value AS REAL)) FROM json_each("t"."c") AS e WHERE (e.value IN (SELECT a.value FROM json_each(?) AS a)) IS NOT TRUE) END;
-- function 27 of lists of float64
json_array(CAST("t"."c" AS REAL), CAST(? AS REAL));
-- function 28 of lists of float64
(SELECT CASE WHEN q.a IS NULL THEN q.b WHEN q.b IS NULL THEN q.a ELSE (SELECT json_group_array(CAST(e.value AS REAL)) FROM (SELECT value FROM json_each(q.a) UNION ALL SELECT value FROM json_each(q.b)) AS e) END FROM (SELECT "t"."c" AS a, ? AS b) AS q);
-- function 29 of lists of float64
(SELECT min(e.key) FROM json_each("t"."c") AS e WHERE e.value IS (SELECT a.value FROM json_each(?) AS a));
-- function 30 of lists of float64
CAST(json_extract("t"."c", '$[' || ? || ']') AS REAL);
-- function 31 of lists of float64
CAST(json_extract("t"."c", '$[#-' || ? || ']') AS REAL);
-- function 32 of lists of float64
(SELECT CASE WHEN q.l IS NOT NULL THEN (SELECT json_group_array(CAST(e.value AS REAL) ORDER BY e.key) FROM json_each(q.l) AS e WHERE e.key >= iif(q.f < 0, json_array_length(q.l) + q.f, q.f) AND e.key < iif(q.t < 0, json_array_length(q.l) + q.t, q.t)) END FROM (SELECT "t"."c" AS l, ? AS f, ? AS t) AS q);
-- function 33 of lists of float64
json_each("t"."c") AS e;
-- function 34 of lists of float64
CAST(e.value AS REAL);
-- function 35 of lists of float64
prom_list_join("t"."c", ?);
-- list of float64
json_array(CAST("t"."c" AS REAL));
-- function 36 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('text') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 37 of JSON
(SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r);
-- function 38 of JSON
(SELECT CASE WHEN i.n BETWEEN -128 AND 127 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 39 of JSON
(SELECT CASE WHEN i.n BETWEEN -32768 AND 32767 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 40 of JSON
(SELECT CASE WHEN i.n BETWEEN -2147483648 AND 2147483647 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 41 of JSON
(SELECT CASE WHEN i.n BETWEEN 0 AND 255 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 42 of JSON
(SELECT CASE WHEN i.n BETWEEN 0 AND 65535 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 43 of JSON
(SELECT CASE WHEN i.n BETWEEN 0 AND 4294967295 THEN i.n END FROM (SELECT (SELECT CASE WHEN typeof(r.n) = 'integer' THEN r.n WHEN abs(r.n) < 9223372036854774785 AND r.n = CAST(r.n AS INTEGER) THEN CAST(r.n AS INTEGER) END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r) AS n) AS i);
-- function 44 of JSON
(SELECT CASE WHEN abs(r.n) < 9e999 THEN r.n END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN CAST(json_extract(q.d, q.p) AS REAL) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r);
-- function 45 of JSON
(SELECT CASE WHEN abs(r.n) < 3.4028235677973366e38 THEN r.n END FROM (SELECT (SELECT CASE WHEN json_type(q.d, q.p) IN ('integer', 'real') THEN CAST(json_extract(q.d, q.p) AS REAL) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q) AS n) AS r);
-- function 46 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('true', 'false') THEN json_extract(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 47 of JSON
(prom_json_last("t"."c") -> ?);
-- function 48 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('object', 'null') THEN q.d -> q.p END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 49 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('array', 'null') THEN q.d -> q.p END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 50 of JSON
(json_type(prom_json_last("t"."c"), ?) IS NOT NULL);
-- function 51 of JSON
prom_json_contains("t"."c", ?);
-- function 52 of JSON
prom_json_merge(json("t"."c"), ?, ?);
-- function 53 of JSON
prom_json_merge(json("t"."c"), ?, '[]');
-- function 54 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'object' THEN json_set(q.d, q.p || '.' || json_quote(json_extract(q.l, '$[#-1]')), json(q.v)) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l, ? AS v) AS q);
-- function 55 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'array' THEN json_set(q.d, q.p || iif(CAST(json_extract(q.l, '$[#-1]') AS INTEGER) < json_array_length(q.d, q.p), '[' || json_extract(q.l, '$[#-1]') || ']', '[#]'), json(q.v)) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l, ? AS v) AS q);
-- function 56 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'object' THEN json_remove(q.d, q.p || '.' || json_quote(json_extract(q.l, '$[#-1]'))) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l) AS q);
-- function 57 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) = 'array' THEN json_remove(q.d, q.p || iif(CAST(json_extract(q.l, '$[#-1]') AS INTEGER) < json_array_length(q.d, q.p), '[' || json_extract(q.l, '$[#-1]') || ']', '[#]')) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l) AS q);
-- function 58 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IS NOT NULL THEN json_set(q.d, q.p, json(q.v)) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l, ? AS v) AS q);
-- function 59 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IS NOT NULL THEN json_remove(q.d, q.p) ELSE q.d END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p, ? AS l) AS q);
-- function 60 of JSON
prom_json_contains(?, "t"."c");
-- function 61 of JSON
(SELECT CASE WHEN q.d IS NOT NULL THEN EXISTS (SELECT iif(json_type(q.d) = 'object', e.key, e.value) FROM json_each(q.d) AS e WHERE (json_type(q.d) = 'object' OR e.type = 'text') AND iif(json_type(q.d) = 'object', e.key, e.value) IN (SELECT k.value FROM json_each(q.k) AS k)) END FROM (SELECT "t"."c" AS d, ? AS k) AS q);
-- function 62 of JSON
(SELECT CASE WHEN q.d IS NOT NULL THEN NOT EXISTS (SELECT k.value FROM json_each(q.k) AS k EXCEPT SELECT iif(json_type(q.d) = 'object', e.key, e.value) FROM json_each(q.d) AS e WHERE (json_type(q.d) = 'object' OR e.type = 'text')) END FROM (SELECT "t"."c" AS d, ? AS k) AS q);
-- function 63 of JSON
(SELECT CASE WHEN json_type(q.d, q.p) IN ('array') THEN json_array_length(q.d, q.p) END FROM (SELECT prom_json_last("t"."c") AS d, ? AS p) AS q);
-- function 64 of JSON
(SELECT CASE t.t WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE t.t END FROM (SELECT json_type(prom_json_last("t"."c"), ?) AS t) AS t);
-- function 128 of int32
prom_round("t"."c", -2);
-- function 128 of uint64
prom_round("t"."c", -2);
-- function 128 of float32
prom_round("t"."c", -2);
-- function 128 of float64
prom_round("t"."c", -2);
-- function 129 of int32
prom_ceil("t"."c");
-- function 129 of uint64
prom_ceil("t"."c");
-- function 129 of float32
prom_ceil("t"."c");
-- function 129 of float64
prom_ceil("t"."c");
-- function 130 of int32
prom_floor("t"."c");
-- function 130 of uint64
prom_floor("t"."c");
-- function 130 of float32
prom_floor("t"."c");
-- function 130 of float64
prom_floor("t"."c");
-- function 131 of int32
prom_sign("t"."c");
-- function 131 of uint64
prom_sign("t"."c");
-- function 131 of float32
prom_sign("t"."c");
-- function 131 of float64
prom_sign("t"."c");
-- function 132 of int32
prom_power("t"."c", "t"."d");
-- function 132 of uint64
prom_power("t"."c", "t"."d");
-- function 132 of float32
prom_power("t"."c", "t"."d");
-- function 132 of float64
prom_power("t"."c", "t"."d");
-- function 133 of int32
prom_sqrt("t"."c");
-- function 133 of uint64
prom_sqrt("t"."c");
-- function 133 of float32
prom_sqrt("t"."c");
-- function 133 of float64
prom_sqrt("t"."c");
-- function 134 of int32
prom_int("t"."c");
-- function 134 of uint64
prom_int("t"."c");
-- function 134 of float32
prom_int("t"."c");
-- function 134 of float64
prom_int("t"."c");
-- function 135 of int32
prom_extreme('>', "t"."c", "t"."d");
-- function 135 of text
prom_extreme('>', "t"."c", "t"."d");
-- function 135 of decimal
prom_extreme('>decimal', "t"."c", "t"."d");
-- function 135 of time
prom_extreme('>', "t"."c", "t"."d");
-- function 136 of int32
prom_extreme('<', "t"."c", "t"."d");
-- function 136 of text
prom_extreme('<', "t"."c", "t"."d");
-- function 136 of decimal
prom_extreme('<decimal', "t"."c", "t"."d");
-- function 136 of time
prom_extreme('<', "t"."c", "t"."d");
-- function 137 of text
prom_pad('left', "t"."c", ?::integer, ?::text);
-- function 138 of text
prom_pad('right', "t"."c", ?::integer, ?::text);
-- function 139 of text
prom_position(CAST("t"."c" AS TEXT), CAST("t"."d" AS TEXT));
-- function 140 of text
prom_has(CAST("t"."c" AS TEXT), CAST("t"."d" AS TEXT));
-- function 141 of text
prom_begins(CAST("t"."c" AS TEXT), CAST("t"."d" AS TEXT));
-- function 142 of text
prom_ends(CAST("t"."c" AS TEXT), CAST("t"."d" AS TEXT));
-- function 143 of text
prom_parse_int(CAST("t"."c" AS TEXT));
-- function 144 of decimal
prom_decimals('+', "t"."c", "t"."d");
-- function 145 of decimal
prom_decimals('-', "t"."c", "t"."d");
-- function 146 of decimal
prom_decimals('*', "t"."c", "t"."d");
-- function 147 of decimal
prom_decimals('/', "t"."c", "t"."d", 4);
-- function 148 of decimal
prom_decimals('neg', "t"."c");
-- function 149 of decimal
prom_decimals('abs', "t"."c");
-- function 150 of decimal
prom_decimals('round', "t"."c", -2);
-- function 151 of int32
prom_decimals('round', "t"."c", -2);
-- function 151 of uint64
prom_decimals('round', "t"."c", -2);
-- function 151 of float32
prom_decimals('round', "t"."c", -2);
-- function 151 of float64
prom_decimals('round', "t"."c", -2);
-- function 152 of time
prom_moments('add', "t"."c", "t"."d", "t"."d");
-- function 153 of time
prom_moments('diff', "t"."c", "t"."d", "t"."c", "t"."d");
-- function 154 of time
prom_moments('trunc', "t"."c", 4, ?::text);
-- function 155 of time
prom_moments('part', "t"."c", ?::text, 8);
-- function 156 of time
prom_moments('date', "t"."c", ?::text);
-- function 157 of time
prom_moments('days', "t"."c", ?::text, "t"."d", ?::text);
-- function 158 of time
prom_moments('months', "t"."c", ?::text, "t"."d", ?::text);
-- function 159 of date
prom_moments('day', "t"."c", "t"."d");
-- function 160 of date
prom_moments('day months', "t"."c", "t"."d");
-- function 161 of date
prom_moments('day diff', "t"."c", "t"."d");
-- function 162 of date
prom_moments('day trunc', "t"."c", 3);
-- function 163 of clock
prom_moments('clock', "t"."c");
-- regular expression
prom_regexp(CAST("t"."c" AS TEXT), ?);
-- no regular expression
NOT prom_regexp(CAST("t"."c" AS TEXT), ?);
-- fit of a decimal
prom_decimals('fit', "t"."c", 12, 2);
-- aggregate 71 of bool, as ""
json_group_array(json(iif("t"."c", 'true', 'false')));
-- aggregate 71 of int32, as ""
json_group_array("t"."c");
-- aggregate 72 of int32, as ""
prom_var_pop("t"."c");
-- aggregate 73 of int32, as ""
prom_var_samp("t"."c");
-- aggregate 74 of int32, as ""
prom_stddev_pop("t"."c");
-- aggregate 75 of int32, as ""
prom_stddev_samp("t"."c");
-- aggregate 71 of float64, as ""
json_group_array(CAST("t"."c" AS REAL));
-- aggregate 72 of float64, as ""
prom_var_pop("t"."c");
-- aggregate 73 of float64, as ""
prom_var_samp("t"."c");
-- aggregate 74 of float64, as ""
prom_stddev_pop("t"."c");
-- aggregate 75 of float64, as ""
prom_stddev_samp("t"."c");
-- aggregate 71 of text, as ""
json_group_array(DISTINCT "t"."c");
-- aggregate 71 of bytes, as ""
json_group_array(lower(hex("t"."c")));
-- aggregate 71 of decimal, as ""
json_group_array(CAST("t"."c" AS TEXT));
-- aggregate 72 of decimal, as ""
prom_var_pop("t"."c");
-- aggregate 73 of decimal, as ""
prom_var_samp("t"."c");
-- aggregate 74 of decimal, as ""
prom_stddev_pop("t"."c");
-- aggregate 75 of decimal, as ""
prom_stddev_samp("t"."c");
-- limit
LIMIT ?;
-- offset
LIMIT -1 OFFSET ?;
-- page
LIMIT ? OFFSET ?;
