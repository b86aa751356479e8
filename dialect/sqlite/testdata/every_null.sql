CREATE TABLE "every_null" (
	"identifier" TEXT,
	"bool" BOOL,
	"int" INTEGER,
	"u64" INTEGER CONSTRAINT "every_null_u64_check" CHECK ("u64" >= 0),
	"f64" REAL,
	"text" TEXT,
	"no_case" TEXT COLLATE NOCASE,
	"bytes" BLOB,
	"decimal" DECIMALTEXT,
	"time" TIMESTAMP,
	"date" DATE,
	"clock" TIME,
	"uuid" TEXT,
	"json" JSONBTEXT
);
CREATE INDEX "every_null_at" ON "every_null" ("time" DESC);

ALTER TABLE "every_null" ADD COLUMN "identifier" TEXT;
ALTER TABLE "every_null" ADD COLUMN "bool" BOOL;
ALTER TABLE "every_null" ADD COLUMN "int" INTEGER;
ALTER TABLE "every_null" ADD COLUMN "u64" INTEGER CONSTRAINT "every_null_u64_check" CHECK ("u64" >= 0);
ALTER TABLE "every_null" ADD COLUMN "f64" REAL;
ALTER TABLE "every_null" ADD COLUMN "text" TEXT;
ALTER TABLE "every_null" ADD COLUMN "no_case" TEXT COLLATE NOCASE;
ALTER TABLE "every_null" ADD COLUMN "bytes" BLOB;
ALTER TABLE "every_null" ADD COLUMN "decimal" DECIMALTEXT;
ALTER TABLE "every_null" ADD COLUMN "time" TIMESTAMP;
ALTER TABLE "every_null" ADD COLUMN "date" DATE;
ALTER TABLE "every_null" ADD COLUMN "clock" TIME;
ALTER TABLE "every_null" ADD COLUMN "uuid" TEXT;
ALTER TABLE "every_null" ADD COLUMN "json" JSONBTEXT;
