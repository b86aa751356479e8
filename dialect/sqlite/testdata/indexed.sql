CREATE TABLE "indexed" (
	"a" INTEGER NOT NULL,
	"b" INTEGER,
	"c" TEXT NOT NULL,
	"d" TEXT NOT NULL,
	"e" REAL NOT NULL,
	"f" TEXT COLLATE NOCASE NOT NULL,
	"_id" INTEGER NOT NULL PRIMARY KEY,
	"_created" TIMESTAMP NOT NULL,
	"_updated" TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX "indexed_a" ON "indexed" ("a");
CREATE INDEX "indexed_b" ON "indexed" ("b");
CREATE INDEX "indexed_cd" ON "indexed" ("c", "d" DESC);
CREATE UNIQUE INDEX "indexed_de" ON "indexed" ("d" DESC, "e");
CREATE UNIQUE INDEX "indexed_f" ON "indexed" ("f");
CREATE INDEX "indexed_recent" ON "indexed" ("_created" DESC, "a", "b") WHERE "b" IS NOT NULL;
CREATE UNIQUE INDEX "indexed_live" ON "indexed" ("c") WHERE "d" <> '';

ALTER TABLE "indexed" ADD COLUMN "a" INTEGER NOT NULL;
ALTER TABLE "indexed" ADD COLUMN "b" INTEGER;
ALTER TABLE "indexed" ADD COLUMN "c" TEXT NOT NULL;
ALTER TABLE "indexed" ADD COLUMN "d" TEXT NOT NULL;
ALTER TABLE "indexed" ADD COLUMN "e" REAL NOT NULL;
ALTER TABLE "indexed" ADD COLUMN "f" TEXT COLLATE NOCASE NOT NULL;
ALTER TABLE "indexed" ADD COLUMN "_id" INTEGER NOT NULL PRIMARY KEY;
ALTER TABLE "indexed" ADD COLUMN "_created" TIMESTAMP NOT NULL;
ALTER TABLE "indexed" ADD COLUMN "_updated" TIMESTAMP NOT NULL;
