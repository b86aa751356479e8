CREATE TABLE "author" (
	"name" TEXT NOT NULL CONSTRAINT "author_name_check" CHECK (length("name") >= 1 AND length("name") <= 100),
	"_id" INTEGER NOT NULL PRIMARY KEY,
	"_created" TIMESTAMP NOT NULL,
	"_updated" TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX "author_name" ON "author" ("name");

ALTER TABLE "author" ADD COLUMN "name" TEXT NOT NULL CONSTRAINT "author_name_check" CHECK (length("name") >= 1 AND length("name") <= 100);
ALTER TABLE "author" ADD COLUMN "_id" INTEGER NOT NULL PRIMARY KEY;
ALTER TABLE "author" ADD COLUMN "_created" TIMESTAMP NOT NULL;
ALTER TABLE "author" ADD COLUMN "_updated" TIMESTAMP NOT NULL;
