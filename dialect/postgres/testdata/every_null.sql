DO $prom$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_collation WHERE collname = 'prom_fold' AND pg_catalog.pg_collation_is_visible(oid)) THEN CREATE COLLATION IF NOT EXISTS "prom_fold" (provider = libc, locale = 'C'); END IF; END $prom$;
CREATE TABLE "every_null" (
	"identifier" TEXT,
	"bool" BOOLEAN,
	"int" BIGINT,
	"u64" NUMERIC(20,0) CONSTRAINT "every_null_u64_check" CHECK ("u64" >= 0),
	"f64" DOUBLE PRECISION,
	"text" TEXT,
	"no_case" TEXT COLLATE "prom_fold",
	"bytes" BYTEA,
	"decimal" NUMERIC(5,0),
	"time" TIMESTAMPTZ,
	"date" DATE,
	"clock" TIME,
	"uuid" UUID,
	"json" JSONB
);
CREATE INDEX "every_null_at" ON "every_null" ("time" DESC);

ALTER TABLE "every_null" ADD COLUMN "identifier" TEXT;
ALTER TABLE "every_null" ADD COLUMN "bool" BOOLEAN;
ALTER TABLE "every_null" ADD COLUMN "int" BIGINT;
ALTER TABLE "every_null" ADD COLUMN "u64" NUMERIC(20,0) CONSTRAINT "every_null_u64_check" CHECK ("u64" >= 0);
ALTER TABLE "every_null" ADD COLUMN "f64" DOUBLE PRECISION;
ALTER TABLE "every_null" ADD COLUMN "text" TEXT;
ALTER TABLE "every_null" ADD COLUMN "no_case" TEXT COLLATE "prom_fold";
ALTER TABLE "every_null" ADD COLUMN "bytes" BYTEA;
ALTER TABLE "every_null" ADD COLUMN "decimal" NUMERIC(5,0);
ALTER TABLE "every_null" ADD COLUMN "time" TIMESTAMPTZ;
ALTER TABLE "every_null" ADD COLUMN "date" DATE;
ALTER TABLE "every_null" ADD COLUMN "clock" TIME;
ALTER TABLE "every_null" ADD COLUMN "uuid" UUID;
ALTER TABLE "every_null" ADD COLUMN "json" JSONB;
