-- every_kind
-- lists
INSERT INTO "every_kind" ("bool", "i8", "i16", "u8", "i32", "u16", "i64", "int", "u32", "u64", "uint", "f32", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "uuid_str", "json", "raw", "list", "days", "small", "prices", "words", "any", "color", "chosen", "_created", "_updated") SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25::text[], c26::date[], c27::smallint[], c28::numeric[], c29, c30, c31, c32, c33, c34 FROM unnest($1::boolean[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::numeric[], $11::numeric[], $12::double precision[], $13::double precision[], $14::text[], $15::text[], $16::bytea[], $17::numeric[], $18::timestamptz[], $19::date[], $20::time[], $21::uuid[], $22::uuid[], $23::jsonb[], $24::jsonb[], $25::text[], $26::text[], $27::text[], $28::text[], $29::jsonb[], $30::jsonb[], $31::text[], $32::text[], $33::timestamptz[], $34::timestamptz[]) AS u(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33, c34) RETURNING "_id";
-- copy
COPY "every_kind" ("_id", "bool", "i8", "i16", "u8", "i32", "u16", "i64", "int", "u32", "u64", "uint", "f32", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "uuid_str", "json", "raw", "list", "days", "small", "prices", "words", "any", "color", "chosen", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "bool", "i8", "i16", "u8", "i32", "u16", "i64", "int", "u32", "u64", "uint", "f32", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "uuid_str", "json", "raw", "list", "days", "small", "prices", "words", "any", "color", "chosen", "_created", "_updated" FROM "every_kind";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"every_kind"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"every_kind"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- every_null
-- lists
INSERT INTO "every_null" ("identifier", "bool", "int", "u64", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "json") SELECT * FROM unnest($1::text[], $2::boolean[], $3::bigint[], $4::numeric[], $5::double precision[], $6::text[], $7::text[], $8::bytea[], $9::numeric[], $10::timestamptz[], $11::date[], $12::time[], $13::uuid[], $14::jsonb[]);
-- copy
COPY "every_null" ("identifier", "bool", "int", "u64", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "json") FROM STDIN (FORMAT binary);
-- shape
SELECT "identifier", "bool", "int", "u64", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "json" FROM "every_null";
-- constants
-- lists
INSERT INTO "constants" ("true", "false", "least", "small", "most", "f32", "f64", "tiny", "inf", "neg_inf", "zero", "empty", "bytes", "decimal", "time", "date", "clock", "uuid", "json", "now", "random", "color", "_created", "_updated") SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19::text[], c20, c21, c22, c23, c24 FROM unnest($1::boolean[], $2::boolean[], $3::bigint[], $4::bigint[], $5::numeric[], $6::double precision[], $7::double precision[], $8::double precision[], $9::double precision[], $10::double precision[], $11::double precision[], $12::text[], $13::bytea[], $14::numeric[], $15::timestamptz[], $16::date[], $17::time[], $18::uuid[], $19::text[], $20::timestamptz[], $21::uuid[], $22::text[], $23::timestamptz[], $24::timestamptz[]) AS u(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24) RETURNING "_id";
-- copy
COPY "constants" ("_id", "true", "false", "least", "small", "most", "f32", "f64", "tiny", "inf", "neg_inf", "zero", "empty", "bytes", "decimal", "time", "date", "clock", "uuid", "json", "now", "random", "color", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "true", "false", "least", "small", "most", "f32", "f64", "tiny", "inf", "neg_inf", "zero", "empty", "bytes", "decimal", "time", "date", "clock", "uuid", "json", "now", "random", "color", "_created", "_updated" FROM "constants";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"constants"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"constants"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- hostile_defaults
-- lists
INSERT INTO "hostile_defaults" ("quote", "double", "backslash", "both", "newline", "dollar", "question", "comment", "stacked", "escapes", "percent", "emoji", "bytes", "json", "_created", "_updated") SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::jsonb[], $15::timestamptz[], $16::timestamptz[]) RETURNING "_id";
-- copy
COPY "hostile_defaults" ("_id", "quote", "double", "backslash", "both", "newline", "dollar", "question", "comment", "stacked", "escapes", "percent", "emoji", "bytes", "json", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "quote", "double", "backslash", "both", "newline", "dollar", "question", "comment", "stacked", "escapes", "percent", "emoji", "bytes", "json", "_created", "_updated" FROM "hostile_defaults";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"hostile_defaults"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"hostile_defaults"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- limits
-- lists
INSERT INTO "limits" ("range", "exact", "at_least", "at_most", "bytes", "null", "folded", "int", "int_min", "uint", "uint_min", "f64", "f32", "check", "_created", "_updated") SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::numeric[], $11::numeric[], $12::double precision[], $13::double precision[], $14::text[], $15::timestamptz[], $16::timestamptz[]) RETURNING "_id";
-- copy
COPY "limits" ("_id", "range", "exact", "at_least", "at_most", "bytes", "null", "folded", "int", "int_min", "uint", "uint_min", "f64", "f32", "check", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "range", "exact", "at_least", "at_most", "bytes", "null", "folded", "int", "int_min", "uint", "uint_min", "f64", "f32", "check", "_created", "_updated" FROM "limits";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"limits"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"limits"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- only_key
-- small_key
-- lists
INSERT INTO "small_key" ("x") SELECT * FROM unnest($1::bigint[]) RETURNING "id";
-- unnested
SELECT * FROM unnest(?::bigint[]);
-- copy
COPY "small_key" ("id", "x") FROM STDIN (FORMAT binary);
-- shape
SELECT "id", "x" FROM "small_key";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"small_key"', 'id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"small_key"'::regclass AND a.attname = 'id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- medium_key
-- lists
INSERT INTO "medium_key" ("x") SELECT * FROM unnest($1::bigint[]) RETURNING "id";
-- unnested
SELECT * FROM unnest(?::bigint[]);
-- copy
COPY "medium_key" ("id", "x") FROM STDIN (FORMAT binary);
-- shape
SELECT "id", "x" FROM "medium_key";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"medium_key"', 'id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"medium_key"'::regclass AND a.attname = 'id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- plain_key
-- lists
INSERT INTO "plain_key" ("id", "x") SELECT * FROM unnest($1::bigint[], $2::bigint[]);
-- unnested
SELECT * FROM unnest(?::bigint[], ?::bigint[]);
-- copy
COPY "plain_key" ("id", "x") FROM STDIN (FORMAT binary);
-- shape
SELECT "id", "x" FROM "plain_key";
-- text_key
-- lists
INSERT INTO "text_key" ("code", "x") SELECT * FROM unnest($1::text[], $2::bigint[]);
-- unnested
SELECT * FROM unnest(?::text[], ?::bigint[]);
-- copy
COPY "text_key" ("code", "x") FROM STDIN (FORMAT binary);
-- shape
SELECT "code", "x" FROM "text_key";
-- folded_key
-- lists
INSERT INTO "folded_key" ("code", "x") SELECT * FROM unnest($1::text[], $2::bigint[]);
-- unnested
SELECT * FROM unnest(?::text[], ?::bigint[]);
-- copy
COPY "folded_key" ("code", "x") FROM STDIN (FORMAT binary);
-- shape
SELECT "code", "x" FROM "folded_key";
-- uuid_key
-- lists
INSERT INTO "uuid_key" ("id", "x") SELECT * FROM unnest($1::uuid[], $2::bigint[]);
-- unnested
SELECT * FROM unnest(?::uuid[], ?::bigint[]);
-- copy
COPY "uuid_key" ("id", "x") FROM STDIN (FORMAT binary);
-- shape
SELECT "id", "x" FROM "uuid_key";
-- uint_key
-- lists
INSERT INTO "uint_key" ("id") SELECT * FROM unnest($1::numeric[]);
-- copy
COPY "uint_key" ("id") FROM STDIN (FORMAT binary);
-- shape
SELECT "id" FROM "uint_key";
-- decimal_key
-- lists
INSERT INTO "decimal_key" ("id") SELECT * FROM unnest($1::numeric[]);
-- unnested
SELECT * FROM unnest(?::numeric[]);
-- copy
COPY "decimal_key" ("id") FROM STDIN (FORMAT binary);
-- shape
SELECT "id" FROM "decimal_key";
-- pair_key
-- lists
INSERT INTO "pair_key" ("b", "a", "x") SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]);
-- unnested
SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[]);
-- copy
COPY "pair_key" ("b", "a", "x") FROM STDIN (FORMAT binary);
-- shape
SELECT "b", "a", "x" FROM "pair_key";
-- author
-- lists
INSERT INTO "author" ("name", "_created", "_updated") SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::text[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "author" ("_id", "name", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "name", "_created", "_updated" FROM "author";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"author"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"author"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- ref_key
-- lists
INSERT INTO "ref_key" ("author_id", "bio") SELECT * FROM unnest($1::bigint[], $2::text[]);
-- unnested
SELECT * FROM unnest(?::bigint[], ?::text[]);
-- copy
COPY "ref_key" ("author_id", "bio") FROM STDIN (FORMAT binary);
-- shape
SELECT "author_id", "bio" FROM "ref_key";
-- post
-- lists
INSERT INTO "post" ("author_id", "editor_id", "tag", "device", "plain", "_created", "_updated") SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[], $7::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::uuid[], ?::bigint[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "post" ("_id", "author_id", "editor_id", "tag", "device", "plain", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "author_id", "editor_id", "tag", "device", "plain", "_created", "_updated" FROM "post";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"post"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"post"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- node
-- lists
INSERT INTO "node" ("parent", "_created", "_updated") SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "node" ("_id", "parent", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "parent", "_created", "_updated" FROM "node";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"node"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"node"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- chicken
-- lists
INSERT INTO "chicken" ("egg", "_created", "_updated") SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "chicken" ("_id", "egg", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "egg", "_created", "_updated" FROM "chicken";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"chicken"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"chicken"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- egg
-- lists
INSERT INTO "egg" ("chicken", "_created", "_updated") SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "egg" ("_id", "chicken", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "chicken", "_created", "_updated" FROM "egg";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"egg"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"egg"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- indexed
-- lists
INSERT INTO "indexed" ("a", "b", "c", "d", "e", "f", "_created", "_updated") SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::double precision[], $6::text[], $7::timestamptz[], $8::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::double precision[], ?::text[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "indexed" ("_id", "a", "b", "c", "d", "e", "f", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "a", "b", "c", "d", "e", "f", "_created", "_updated" FROM "indexed";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"indexed"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"indexed"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- marked
-- lists
INSERT INTO "marked" ("a", "b", "c", "gone at", "version", "_created", "_updated") SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::bigint[], $6::timestamptz[], $7::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::timestamptz[], ?::bigint[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "marked" ("_id", "a", "b", "c", "gone at", "version", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
SELECT "_id", "a", "b", "c", "gone at", "version", "_created", "_updated" FROM "marked";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"marked"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"marked"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- computed
-- lists
INSERT INTO "computed" ("a", "b", "sum", "lower", "_created", "_updated") SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[]) RETURNING "_id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[]);
-- copy
COPY "computed" ("_id", "a", "b", "sum", "lower", "_created", "_updated") FROM STDIN (FORMAT binary);
-- shape
INSERT INTO "computed" ("a", "b", "sum", "lower", "_created", "_updated") SELECT "_id", "a", "b", "sum", "lower", "_created", "_updated" FROM "computed" RETURNING "_id", "a", "b", "sum", "lower", "_created", "_updated";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"computed"', '_id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"computed"'::regclass AND a.attname = '_id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- overlists
INSERT INTO "computed" ("a", "b", "sum", "lower", "_created", "_updated") OVERRIDING SYSTEM VALUE SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[]);
-- overshape
SELECT "_id", "a", "b", "sum", "lower", "_created", "_updated" FROM "computed";
-- over_view
-- lists
INSERT INTO "over_view" ("view", "node") SELECT * FROM unnest($1::bigint[], $2::bigint[]) RETURNING "id";
-- unnested
SELECT * FROM unnest(?::bigint[], ?::bigint[]);
-- copy
COPY "over_view" ("id", "view", "node") FROM STDIN (FORMAT binary);
-- shape
SELECT "id", "view", "node" FROM "over_view";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"over_view"', 'id')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"over_view"'::regclass AND a.attname = 'id' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
-- hostile_names
-- lists
INSERT INTO "group""by; -- Ünïcode" ("qu""o""""te", "it's", " a b ", "CamelCase", "1st", "; DROP TABLE x; --", "$1", "😀", "Größe", "back\slash", "new
line", "c23456789012345678901234567890123456789012345678901234567890123", "[x]", "references") SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bigint[]) RETURNING "select";
-- unnested
SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::bigint[]);
-- copy
COPY "group""by; -- Ünïcode" ("select", "qu""o""""te", "it's", " a b ", "CamelCase", "1st", "; DROP TABLE x; --", "$1", "😀", "Größe", "back\slash", "new
line", "c23456789012345678901234567890123456789012345678901234567890123", "[x]", "references") FROM STDIN (FORMAT binary);
-- shape
SELECT "select", "qu""o""""te", "it's", " a b ", "CamelCase", "1st", "; DROP TABLE x; --", "$1", "😀", "Größe", "back\slash", "new
line", "c23456789012345678901234567890123456789012345678901234567890123", "[x]", "references" FROM "group""by; -- Ünïcode";
-- keys
SELECT array_agg(nextval(s)) FROM (SELECT pg_get_serial_sequence('"group""by; -- Ünïcode"', 'select')::regclass AS s OFFSET 0) AS q, generate_series(1, $1::bigint) WHERE has_sequence_privilege(s, 'USAGE, UPDATE') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"group""by; -- Ünïcode"'::regclass AND a.attname = 'select' AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(s::text) || '::regclass)'));
