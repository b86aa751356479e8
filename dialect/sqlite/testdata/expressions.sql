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
"t"."c" + ?;
-- difference of float32
"t"."c" - ?;
-- argument float64
?;
-- operand float64
"t"."c";
-- in float64
"t"."c" IN (SELECT value FROM json_each(?));
-- not in float64
"t"."c" NOT IN (SELECT value FROM json_each(?));
-- sum of float64
"t"."c" + ?;
-- difference of float64
"t"."c" - ?;
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
-- match nocase=false fold=false not=false
"t"."c" GLOB ?;
-- match nocase=false fold=false not=true
"t"."c" NOT GLOB ?;
-- match nocase=false fold=true not=false
"t"."c" LIKE ? ESCAPE '\';
-- match nocase=false fold=true not=true
"t"."c" NOT LIKE ? ESCAPE '\';
-- match nocase=true fold=false not=false
"t"."c" GLOB ?;
-- match nocase=true fold=false not=true
"t"."c" NOT GLOB ?;
-- match nocase=true fold=true not=false
"t"."c" LIKE ? ESCAPE '\';
-- match nocase=true fold=true not=true
"t"."c" NOT LIKE ? ESCAPE '\';
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
-- limit
LIMIT ?;
-- offset
LIMIT -1 OFFSET ?;
-- page
LIMIT ? OFFSET ?;
