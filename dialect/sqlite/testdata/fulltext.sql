CREATE VIRTUAL TABLE IF NOT EXISTS "plain" USING fts5("title", "b""o'dy", content='a "table''s', content_rowid='_rowid_', tokenize='unicode61 remove_diacritics 0');
CREATE TRIGGER "plain_ai" AFTER INSERT ON "a ""table's" BEGIN INSERT INTO "plain" (rowid, "title", "b""o'dy") VALUES (new._rowid_, new."title", new."b""o'dy"); END;
CREATE TRIGGER "plain_ad" AFTER DELETE ON "a ""table's" BEGIN INSERT INTO "plain" ("plain", rowid, "title", "b""o'dy") VALUES ('delete', old._rowid_, old."title", old."b""o'dy"); END;
CREATE TRIGGER "plain_au" AFTER UPDATE OF "title", "b""o'dy", "id" ON "a ""table's" BEGIN INSERT INTO "plain" ("plain", rowid, "title", "b""o'dy") VALUES ('delete', old._rowid_, old."title", old."b""o'dy"); INSERT INTO "plain" (rowid, "title", "b""o'dy") VALUES (new._rowid_, new."title", new."b""o'dy"); END;
INSERT INTO "plain" ("plain") VALUES ('rebuild');
(t._rowid_ IN (SELECT rowid FROM "plain" WHERE "plain" MATCH ?));
coalesce((WITH a (id, v) AS MATERIALIZED (SELECT rowid, -bm25("plain") FROM "plain" WHERE "plain" MATCH ?) SELECT v FROM a WHERE id = t._rowid_), 0.0);
coalesce((SELECT highlight("plain", 0, ?, ?) FROM "plain" WHERE "plain" MATCH ? AND rowid = t._rowid_), t."title", '');
coalesce((SELECT snippet("plain", 0, ?, ?, '', ?) FROM "plain" WHERE "plain" MATCH ? AND rowid = t._rowid_), prom_excerpt(t."title", ?), '');
CREATE VIRTUAL TABLE IF NOT EXISTS "weighted" USING fts5("title", "b""o'dy", content='a "table''s', content_rowid='_rowid_', tokenize='porter unicode61 remove_diacritics 0');
CREATE TRIGGER "weighted_ai" AFTER INSERT ON "a ""table's" BEGIN INSERT INTO "weighted" (rowid, "title", "b""o'dy") VALUES (new._rowid_, new."title", new."b""o'dy"); END;
CREATE TRIGGER "weighted_ad" AFTER DELETE ON "a ""table's" BEGIN INSERT INTO "weighted" ("weighted", rowid, "title", "b""o'dy") VALUES ('delete', old._rowid_, old."title", old."b""o'dy"); END;
CREATE TRIGGER "weighted_au" AFTER UPDATE OF "title", "b""o'dy", "id" ON "a ""table's" BEGIN INSERT INTO "weighted" ("weighted", rowid, "title", "b""o'dy") VALUES ('delete', old._rowid_, old."title", old."b""o'dy"); INSERT INTO "weighted" (rowid, "title", "b""o'dy") VALUES (new._rowid_, new."title", new."b""o'dy"); END;
INSERT INTO "weighted" ("weighted") VALUES ('rebuild');
(t._rowid_ IN (SELECT rowid FROM "weighted" WHERE "weighted" MATCH ?));
coalesce((WITH a (id, v) AS MATERIALIZED (SELECT rowid, -bm25("weighted", 1.0, 0.1) FROM "weighted" WHERE "weighted" MATCH ?) SELECT v FROM a WHERE id = t._rowid_), 0.0);
coalesce((SELECT highlight("weighted", 0, ?, ?) FROM "weighted" WHERE "weighted" MATCH ? AND rowid = t._rowid_), t."title", '');
coalesce((SELECT snippet("weighted", 0, ?, ?, '', ?) FROM "weighted" WHERE "weighted" MATCH ? AND rowid = t._rowid_), prom_excerpt(t."title", ?), '');
--  (inverted: false)
""
""
-- go (inverted: false)
"go"
"go"
-- Go generics (inverted: false)
("Go" AND "generics")
("Go" AND "generics")
-- "type sets" x* (inverted: false)
("type sets" AND "x" *)
("type sets" AND "x" *)
-- "k b"* (inverted: false)
"k b" *
"k b" *
-- k OR b c -d (inverted: false)
("k" OR (("b" AND "c") NOT "d"))
("k" OR ("b" AND "c"))
-- -k (inverted: true)
"k"
""
-- -k -b (inverted: true)
("k" OR "b")
""
-- -k OR b (inverted: true)
"k" NOT "b"
"b"
-- -k OR -b (inverted: true)
("k" AND "b")
""
-- -k OR b OR c -d (inverted: true)
"k" NOT ("b" OR ("c" NOT "d"))
("b" OR "c")
-- -k -b OR -c OR d e (inverted: true)
(("k" OR "b") AND "c") NOT ("d" AND "e")
("d" AND "e")
-- k -b -c (inverted: false)
("k" NOT ("b" OR "c"))
"k"
-- the cat (inverted: false)
"cat"
"cat"
-- -the (inverted: false)
""
""
-- the OR the (inverted: false)
""
""
-- "cat in the hat" (inverted: false)
"cat in the hat"
"cat in the hat"
-- don't (inverted: false)
"don't"
"don't"
-- k"b\c'd (inverted: false)
("k" AND "b\c'd")
("k" AND "b\c'd")
-- or k or (inverted: false)
"k"
"k"
-- k or or b (inverted: false)
("k" OR "b")
("k" OR "b")
-- k & b (inverted: false)
("k" AND "b")
("k" AND "b")
-- --x (inverted: true)
"x"
""
-- "open (inverted: false)
"open"
"open"
-- the* (inverted: false)
""
""
