-- every_kind
-- rows
INSERT INTO "every_kind" ("bool", "i8", "i16", "u8", "i32", "u16", "i64", "int", "u32", "u64", "uint", "f32", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "uuid_str", "json", "raw", "list", "days", "small", "prices", "words", "any", "color", "chosen", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "every_kind";
-- every_null
-- rows
INSERT INTO "every_null" ("identifier", "bool", "int", "u64", "f64", "text", "no_case", "bytes", "decimal", "time", "date", "clock", "uuid", "json") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- constants
-- rows
INSERT INTO "constants" ("true", "false", "least", "small", "most", "f32", "f64", "tiny", "inf", "neg_inf", "zero", "empty", "bytes", "decimal", "time", "date", "clock", "uuid", "json", "now", "random", "color", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "constants";
-- hostile_defaults
-- rows
INSERT INTO "hostile_defaults" ("quote", "double", "backslash", "both", "newline", "dollar", "question", "comment", "stacked", "escapes", "percent", "emoji", "bytes", "json", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "hostile_defaults";
-- limits
-- rows
INSERT INTO "limits" ("range", "exact", "at_least", "at_most", "bytes", "null", "folded", "int", "int_min", "uint", "uint_min", "f64", "f32", "check", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "limits";
-- only_key
-- small_key
-- rows
INSERT INTO "small_key" ("x") VALUES (?) /* and so on, 32 in all */;
-- greatest
SELECT max("id") FROM "small_key";
-- medium_key
-- rows
INSERT INTO "medium_key" ("x") VALUES (?) /* and so on, 32 in all */;
-- greatest
SELECT max("id") FROM "medium_key";
-- plain_key
-- rows
INSERT INTO "plain_key" ("id", "x") VALUES (?, ?) /* and so on, 32 in all */;
-- text_key
-- rows
INSERT INTO "text_key" ("code", "x") VALUES (?, ?) /* and so on, 32 in all */;
-- folded_key
-- rows
INSERT INTO "folded_key" ("code", "x") VALUES (?, ?) /* and so on, 32 in all */;
-- uuid_key
-- rows
INSERT INTO "uuid_key" ("id", "x") VALUES (?, ?) /* and so on, 32 in all */;
-- uint_key
-- rows
INSERT INTO "uint_key" ("id") VALUES (?) /* and so on, 32 in all */;
-- decimal_key
-- rows
INSERT INTO "decimal_key" ("id") VALUES (?) /* and so on, 32 in all */;
-- pair_key
-- rows
INSERT INTO "pair_key" ("b", "a", "x") VALUES (?, ?, ?) /* and so on, 32 in all */;
-- author
-- rows
INSERT INTO "author" ("name", "_created", "_updated") VALUES (?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "author";
-- ref_key
-- rows
INSERT INTO "ref_key" ("author_id", "bio") VALUES (?, ?) /* and so on, 32 in all */;
-- post
-- rows
INSERT INTO "post" ("author_id", "editor_id", "tag", "device", "plain", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "post";
-- node
-- rows
INSERT INTO "node" ("parent", "_created", "_updated") VALUES (?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "node";
-- chicken
-- rows
INSERT INTO "chicken" ("egg", "_created", "_updated") VALUES (?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "chicken";
-- egg
-- rows
INSERT INTO "egg" ("chicken", "_created", "_updated") VALUES (?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "egg";
-- indexed
-- rows
INSERT INTO "indexed" ("a", "b", "c", "d", "e", "f", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "indexed";
-- marked
-- rows
INSERT INTO "marked" ("a", "b", "c", "gone at", "version", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "marked";
-- computed
-- rows
INSERT INTO "computed" ("a", "b", "sum", "lower", "_created", "_updated") VALUES (?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("_id") FROM "computed";
-- over_view
-- rows
INSERT INTO "over_view" ("view", "node") VALUES (?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("id") FROM "over_view";
-- hostile_names
-- rows
INSERT INTO "group""by; -- Ünïcode" ("qu""o""""te", "it's", " a b ", "CamelCase", "1st", "; DROP TABLE x; --", "$1", "😀", "Größe", "back\slash", "new
line", "c23456789012345678901234567890123456789012345678901234567890123", "[x]", "references") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) /* and so on, 32 in all */;
-- greatest
SELECT max("select") FROM "group""by; -- Ünïcode";
