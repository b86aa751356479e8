-- schema: create
CREATE TABLE "billing"."invoice" (
	"id" INTEGER NOT NULL PRIMARY KEY,
	"payer" INTEGER NOT NULL CONSTRAINT "invoice_payer_fkey" REFERENCES "user" ("id") ON UPDATE CASCADE ON DELETE CASCADE,
	"parent" INTEGER CONSTRAINT "invoice_parent_fkey" REFERENCES "invoice" ("id") ON UPDATE CASCADE ON DELETE SET NULL,
	"plain" INTEGER NOT NULL,
	"total" INTEGER NOT NULL CONSTRAINT "invoice_total_check" CHECK ("total" >= 0),
	"number" INTEGER NOT NULL
);
-- schema: index
CREATE UNIQUE INDEX "billing"."invoice_number" ON "invoice" ("number");
"billing"."invoice_number";
-- schema: index
CREATE INDEX "billing"."invoice_both" ON "invoice" ("total", "number");
"billing"."invoice_both";
-- schema: reference
;
-- schema: add
ALTER TABLE "billing"."invoice" ADD COLUMN "plain" INTEGER NOT NULL;
-- schema: rename a column
ALTER TABLE "billing"."invoice" RENAME COLUMN "a" TO "b";
-- schema: rows
SELECT EXISTS (SELECT 1 FROM "billing"."invoice");
SELECT count(*) FROM "billing"."invoice";
;
-- schema: drop
PRAGMA defer_foreign_keys = ON;
DROP TABLE IF EXISTS "billing"."invoice";
PRAGMA defer_foreign_keys = ON;
DELETE FROM "billing"."invoice";
-- schema: bulk
;
;
;
;
SELECT max("id") FROM "billing"."invoice";
-- schema: watch
;
-- schema: shadow
CREATE TABLE "invoice" (
	"id" INTEGER NOT NULL PRIMARY KEY,
	"payer" INTEGER NOT NULL CONSTRAINT "invoice_payer_fkey" REFERENCES "user" ("id") ON UPDATE CASCADE ON DELETE CASCADE,
	"parent" INTEGER CONSTRAINT "invoice_parent_fkey" REFERENCES "invoice" ("id") ON UPDATE CASCADE ON DELETE SET NULL,
	"plain" INTEGER NOT NULL,
	"total" INTEGER NOT NULL CONSTRAINT "invoice_total_check" CHECK ("total" >= 0),
	"number" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "invoice_number" ON "invoice" ("number");
CREATE INDEX "invoice_both" ON "invoice" ("total", "number");
-- schema: inspect
WITH t(name) AS (SELECT ?)
SELECT i.name, i."unique", i.partial, i.col, i.desc, NULL, NULL, 0, 0, i.bound, 0, i.method, NULL, NULL, i.coll, 0
FROM (SELECT l.name, l."unique", l.partial, c.name AS col, c.desc, l.origin = 'u' AS bound, NULL AS method, c.seqno AS n,
		CASE WHEN c.coll <> 'BINARY' THEN c.coll END AS coll
	FROM t, pragma_index_list(t.name, 'billing') AS l, pragma_index_xinfo(l.name, 'billing') AS c
	WHERE l.origin <> 'pk' AND c.key = 1
	UNION ALL
	SELECT s.name, 0, 0, c.name, 0, 0, 'fts5', c.cid, NULL
	FROM t, "billing".sqlite_schema AS s, pragma_table_xinfo(s.name, 'billing') AS c
	WHERE s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0 AND c.hidden = 0) AS i
ORDER BY i.name, i.n;
invoice;
-- dots: create
CREATE TABLE "bill.ing"."in""voice." (
	"id" INTEGER NOT NULL PRIMARY KEY,
	"payer" INTEGER NOT NULL,
	"parent" INTEGER CONSTRAINT "in""voice._parent_fkey" REFERENCES "in""voice." ("id") ON UPDATE CASCADE ON DELETE SET NULL,
	"plain" INTEGER NOT NULL,
	"total" INTEGER NOT NULL CONSTRAINT "in""voice._total_check" CHECK ("total" >= 0),
	"number" INTEGER NOT NULL
);
-- dots: index
CREATE UNIQUE INDEX "bill.ing"."in""voice._number" ON "in""voice." ("number");
"bill.ing"."in""voice._number";
-- dots: index
CREATE INDEX "bill.ing"."in""voice._both" ON "in""voice." ("total", "number");
"bill.ing"."in""voice._both";
-- dots: reference
;
-- dots: add
ALTER TABLE "bill.ing"."in""voice." ADD COLUMN "plain" INTEGER NOT NULL;
-- dots: rename a column
ALTER TABLE "bill.ing"."in""voice." RENAME COLUMN "a" TO "b";
-- dots: rows
SELECT EXISTS (SELECT 1 FROM "bill.ing"."in""voice.");
SELECT count(*) FROM "bill.ing"."in""voice.";
;
-- dots: drop
PRAGMA defer_foreign_keys = ON;
DROP TABLE IF EXISTS "bill.ing"."in""voice.";
PRAGMA defer_foreign_keys = ON;
DELETE FROM "bill.ing"."in""voice.";
-- dots: bulk
;
;
;
;
SELECT max("id") FROM "bill.ing"."in""voice.";
-- dots: watch
;
-- dots: shadow
CREATE TABLE "in""voice." (
	"id" INTEGER NOT NULL PRIMARY KEY,
	"payer" INTEGER NOT NULL,
	"parent" INTEGER CONSTRAINT "in""voice._parent_fkey" REFERENCES "in""voice." ("id") ON UPDATE CASCADE ON DELETE SET NULL,
	"plain" INTEGER NOT NULL,
	"total" INTEGER NOT NULL CONSTRAINT "in""voice._total_check" CHECK ("total" >= 0),
	"number" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "in""voice._number" ON "in""voice." ("number");
CREATE INDEX "in""voice._both" ON "in""voice." ("total", "number");
-- dots: inspect
WITH t(name) AS (SELECT ?)
SELECT i.name, i."unique", i.partial, i.col, i.desc, NULL, NULL, 0, 0, i.bound, 0, i.method, NULL, NULL, i.coll, 0
FROM (SELECT l.name, l."unique", l.partial, c.name AS col, c.desc, l.origin = 'u' AS bound, NULL AS method, c.seqno AS n,
		CASE WHEN c.coll <> 'BINARY' THEN c.coll END AS coll
	FROM t, pragma_index_list(t.name, 'bill.ing') AS l, pragma_index_xinfo(l.name, 'bill.ing') AS c
	WHERE l.origin <> 'pk' AND c.key = 1
	UNION ALL
	SELECT s.name, 0, 0, c.name, 0, 0, 'fts5', c.cid, NULL
	FROM t, "bill.ing".sqlite_schema AS s, pragma_table_xinfo(s.name, 'bill.ing') AS c
	WHERE s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0 AND c.hidden = 0) AS i
ORDER BY i.name, i.n;
in"voice.;
-- move
ALTER TABLE "old"."bill" RENAME TO "invoice";
-- schema
;
;
SELECT 'billing.' || CASE WHEN s.name LIKE '%.%' OR s.name LIKE '"%' THEN '"' || replace(s.name, '"', '""') || '"' ELSE s.name END,
	CASE WHEN EXISTS (SELECT 1 FROM "billing".sqlite_schema AS t WHERE t.type = 'table' AND s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0)
		THEN 'full-text index' ELSE s.type END, 1
FROM "billing".sqlite_schema AS s
WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND NOT EXISTS (SELECT 1 FROM pragma_table_list(s.name) AS l WHERE l.schema = 'billing' AND l.type = 'shadow')
ORDER BY s.name;
-- attached: create
CREATE TABLE "invoice" (
	"id" INTEGER NOT NULL PRIMARY KEY,
	"payer" INTEGER NOT NULL,
	"parent" INTEGER CONSTRAINT "invoice_parent_fkey" REFERENCES "invoice" ("id") ON UPDATE CASCADE ON DELETE SET NULL,
	"plain" INTEGER NOT NULL CONSTRAINT "invoice_plain_fkey" REFERENCES "user" ("id") ON UPDATE CASCADE ON DELETE CASCADE,
	"total" INTEGER NOT NULL CONSTRAINT "invoice_total_check" CHECK ("total" >= 0),
	"number" INTEGER NOT NULL
);
-- attached: index
CREATE UNIQUE INDEX "invoice_number" ON "invoice" ("number");
main."invoice_number";
-- attached: index
CREATE INDEX "invoice_both" ON "invoice" ("total", "number");
main."invoice_both";
-- attached: reference
;
-- attached: add
ALTER TABLE main."invoice" ADD COLUMN "plain" INTEGER NOT NULL CONSTRAINT "invoice_plain_fkey" REFERENCES "user" ("id") ON UPDATE CASCADE ON DELETE CASCADE;
-- attached: rename a column
ALTER TABLE main."invoice" RENAME COLUMN "a" TO "b";
-- attached: rows
SELECT EXISTS (SELECT 1 FROM main."invoice");
SELECT count(*) FROM main."invoice";
;
-- attached: drop
PRAGMA defer_foreign_keys = ON;
DROP TABLE IF EXISTS main."invoice";
PRAGMA defer_foreign_keys = ON;
DELETE FROM main."invoice";
-- attached: bulk
;
;
;
;
SELECT max("id") FROM main."invoice";
-- attached: watch
;
-- attached: shadow
CREATE TABLE "invoice" (
	"id" INTEGER NOT NULL PRIMARY KEY,
	"payer" INTEGER NOT NULL,
	"parent" INTEGER CONSTRAINT "invoice_parent_fkey" REFERENCES "invoice" ("id") ON UPDATE CASCADE ON DELETE SET NULL,
	"plain" INTEGER NOT NULL CONSTRAINT "invoice_plain_fkey" REFERENCES "user" ("id") ON UPDATE CASCADE ON DELETE CASCADE,
	"total" INTEGER NOT NULL CONSTRAINT "invoice_total_check" CHECK ("total" >= 0),
	"number" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "invoice_number" ON "invoice" ("number");
CREATE INDEX "invoice_both" ON "invoice" ("total", "number");
-- attached: inspect
WITH t(name) AS (SELECT ?)
SELECT i.name, i."unique", i.partial, i.col, i.desc, NULL, NULL, 0, 0, i.bound, 0, i.method, NULL, NULL, i.coll, 0
FROM (SELECT l.name, l."unique", l.partial, c.name AS col, c.desc, l.origin = 'u' AS bound, NULL AS method, c.seqno AS n,
		CASE WHEN c.coll <> 'BINARY' THEN c.coll END AS coll
	FROM t, pragma_index_list(t.name, 'main') AS l, pragma_index_xinfo(l.name, 'main') AS c
	WHERE l.origin <> 'pk' AND c.key = 1
	UNION ALL
	SELECT s.name, 0, 0, c.name, 0, 0, 'fts5', c.cid, NULL
	FROM t, "main".sqlite_schema AS s, pragma_table_xinfo(s.name, 'main') AS c
	WHERE s.type = 'table' AND s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' AND instr(
	lower(replace(replace(replace(replace(replace(s.sql, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')), 'content=' ||
	lower(replace(replace(replace(replace(replace(t.name, ' ', ''), '"', ''), '''', ''), '[', ''), ')', ',')) || ',') > 0 AND c.hidden = 0) AS i
ORDER BY i.name, i.n;
invoice;
