DO $prom$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_collation WHERE collname = 'prom_nocase' AND pg_catalog.pg_collation_is_visible(oid)) THEN CREATE COLLATION IF NOT EXISTS "prom_nocase" (provider = icu, locale = 'und-u-ks-level2', deterministic = false); END IF; END $prom$;
CREATE TABLE "folded_key" (
	"code" TEXT COLLATE "prom_nocase" NOT NULL,
	"x" BIGINT,
	PRIMARY KEY ("code")
);

ALTER TABLE "folded_key" ADD COLUMN "code" TEXT COLLATE "prom_nocase" NOT NULL PRIMARY KEY;
ALTER TABLE "folded_key" ADD COLUMN "x" BIGINT;
