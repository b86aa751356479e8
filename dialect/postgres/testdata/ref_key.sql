CREATE TABLE "ref_key" (
	"author_id" BIGINT NOT NULL,
	"bio" TEXT NOT NULL,
	PRIMARY KEY ("author_id")
);
ALTER TABLE "ref_key" ADD CONSTRAINT "ref_key_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "author" ("_id") ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE "ref_key" ADD COLUMN "author_id" BIGINT NOT NULL PRIMARY KEY CONSTRAINT "ref_key_author_id_fkey" REFERENCES "author" ("_id") ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "ref_key" ADD COLUMN "bio" TEXT NOT NULL;
