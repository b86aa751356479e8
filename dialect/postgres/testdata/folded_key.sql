CREATE COLLATION IF NOT EXISTS "prom_nocase" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE "folded_key" (
	"code" TEXT COLLATE "prom_nocase" NOT NULL,
	"x" BIGINT,
	PRIMARY KEY ("code")
);

ALTER TABLE "folded_key" ADD COLUMN "code" TEXT COLLATE "prom_nocase" NOT NULL PRIMARY KEY;
ALTER TABLE "folded_key" ADD COLUMN "x" BIGINT;
